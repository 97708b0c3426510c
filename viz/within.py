"""What the app may open: ready-made scenarios, what it was started with, what lies in the folder it was started in."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from supplynet.readers.folder import is_folder_of_tables
from supplynet.readers.graph_files import is_graph_file
from supplynet.scenarios import READY_MADE, Recipe, find_recipe
from supplynet.sweeps.storage import MANIFEST

from .uploads import UPLOADED, brought, find

OFFERED: Final = "SUPPLYNET_APP"
"""The environment variable that names the scenario, file or folder that the app opens with."""
DEEP: Final = 3  # folders in folders that are looked into
MOST: Final = 200  # things to open that are listed
LONGEST: Final = 1_000  # characters of a path


def offered() -> str:
    """What the app was started with."""
    return os.environ.get(OFFERED, READY_MADE[0])


def allowed(name: str) -> Path:
    """A path that may be opened, with all that lies in it. Raises ValueError for one that leads out of the folder the
    app was started in, itself or by a link in it.
    """
    if len(name) > LONGEST or "\0" in name:
        raise ValueError(f"{name[:40]!r}... is no path: it has {len(name)} characters; choose one of the list")
    root, path = Path.cwd().resolve(), Path(name).resolve()
    inside = list(path.iterdir()) if path.is_relative_to(root) and path.is_dir() else []
    if not all(part.resolve().is_relative_to(root) for part in (path, *inside)):
        raise ValueError(
            f"{name!r} lies outside of the folder in which the app was started, and only what is in it can be opened; "
            "start the app there, or copy it here"
        )
    return path


def open_recipe(name: str) -> Recipe:
    """The recipe of a scenario by its name, by its path in the folder the app was started in, or of what this user
    uploaded.

    Raises ValueError for what lies elsewhere, by a link too, or cannot be read.
    """
    if name.startswith(UPLOADED):
        return find(name)
    if name not in READY_MADE and name != offered():
        path = allowed(name)
        if path.suffix == ".toml":
            _check_source(path)
    return find_recipe(name)


def to_open() -> list[str]:
    """What can be opened: what the app was started with, the ready-made, and folders and files in its folder."""
    return list(dict.fromkeys(name for _, names in headed() for name in names))[:MOST]


def headed() -> list[tuple[str, list[str]]]:
    """What can be opened, under headings."""
    here = sorted(_found(Path(), DEEP))[:MOST]
    start = offered()
    groups = [
        ("Uploaded by you", brought()),
        ("Started with", [start] * (start not in READY_MADE and start not in here)),
        ("Ready-made", [*READY_MADE]),
        ("In this folder", here),
    ]
    return [(title, names) for title, names in groups if names]


def _check_source(path: Path) -> None:
    """The tables of a saved run must lie in the folder too, and are not looked at before that is known."""
    try:
        source = tomllib.loads(path.read_text(encoding="utf-8")).get("source")
    except (OSError, ValueError):  # which the reader tells in its own words
        return
    if source is not None:
        allowed(str(path.parent / str(source)))


def seen(folder: Path) -> list[Path]:
    """What lies in a folder, in order, but what is hidden or linked; nothing where it is closed."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_symlink())
    except OSError:
        return []


def _found(folder: Path, deep: int) -> Iterator[str]:
    """Folders of tables, graph files and saved runs; what is hidden, linked or closed is passed over."""
    for path in seen(folder)[:MOST]:
        if path.is_dir():
            if is_folder_of_tables(path):
                yield f"./{path.as_posix()}"
            elif (path / "scenario.toml").is_file():
                yield (path / "scenario.toml").as_posix()
            elif deep > 1:
                yield from _found(path, deep - 1)
        elif is_graph_file(path) and path.name != MANIFEST:
            yield f"./{path.as_posix()}"
