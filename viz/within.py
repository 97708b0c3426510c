"""What the app may open: ready-made scenarios, what it was started with, what lies in the folder it was started in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from supplynet.readers.folder import is_folder_of_tables
from supplynet.readers.graph_files import is_graph_file
from supplynet.scenarios import READY_MADE, Recipe, find_recipe

OFFERED: Final = "SUPPLYNET_APP"
"""The environment variable that names the scenario, file or folder that the app opens with."""
DEEP: Final = 3  # folders in folders that are looked into
MOST: Final = 200  # things to open that are listed


def offered() -> str:
    """What the app was started with."""
    return os.environ.get(OFFERED, READY_MADE[0])


def allowed(name: str) -> Path:
    """A path that may be opened. Raises ValueError for one that leads out of the folder the app was started in."""
    root, path = Path.cwd().resolve(), Path(name).resolve()
    if not path.is_relative_to(root):
        raise ValueError(
            f"{name!r} lies outside of the folder in which the app was started, and only what is in it can be opened; "
            "start the app there, or copy it here"
        )
    return path


def open_recipe(name: str) -> Recipe:
    """The recipe of a scenario by its name, or by its path in the folder the app was started in.

    Raises ValueError for what lies elsewhere, by a link too, or cannot be read.
    """
    if name not in READY_MADE and name != offered():
        allowed(name)
    recipe = find_recipe(name)
    if name != offered() and recipe.read is not None and recipe.read.source is not None:
        allowed(str(recipe.read.source))
    return recipe


def to_open() -> list[str]:
    """What can be opened: what the app was started with, the ready-made, and folders and files in its folder."""
    return list(dict.fromkeys([offered(), *READY_MADE, *sorted(_found(Path(), DEEP))]))[:MOST]


def _found(folder: Path, deep: int) -> Iterator[str]:
    """Folders of tables, graph files and saved runs; what is hidden, linked or closed is passed over."""
    try:
        inside = sorted(Path(folder).iterdir())[:MOST]
    except OSError:
        return
    for path in inside:
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            if is_folder_of_tables(path):
                yield f"./{path.as_posix()}"
            elif (path / "scenario.toml").is_file():
                yield (path / "scenario.toml").as_posix()
            elif deep > 1:
                yield from _found(path, deep - 1)
        elif is_graph_file(path):
            yield f"./{path.as_posix()}"
