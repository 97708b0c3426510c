"""Networks of one's own, brought to the page: bounded, read with the package's readers, seen by nobody else."""

from __future__ import annotations

import base64
import binascii
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Any, Final

import solara

from supplynet.readers.folder import SETTINGS_FILE, is_folder_of_tables
from supplynet.readers.graph_files import FORMS, is_graph_file, read_path
from supplynet.scenarios import Recipe

UPLOADED: Final = "uploaded:"
"""What the name of a scenario begins with that somebody brought; it is known in the session of that one alone."""
LARGEST: Final = 5_000_000  # bytes of all files together
MOST: Final = 20  # files
KEPT: Final = 10  # networks of one user
KINDS: Final = (".csv", ".toml", *FORMS)
NAME: Final = re.compile(r"[\w\-+ ()][\w\-+. ()]{0,99}")

_brought: solara.Reactive[dict[str, Recipe]] = solara.reactive({})  # by name; one dict for each user


def brought() -> list[str]:
    """The names of what this user has brought."""
    return list(_brought.peek())


def find(name: str) -> Recipe:
    """The recipe of what this user has brought. Raises ValueError for what another one did, or nobody."""
    known: dict[str, Recipe] = _brought.peek()
    if name not in known:
        raise ValueError(
            f"{name.removeprefix(UPLOADED)!r} was uploaded in another session, where alone it is known; upload it here"
        )
    return known[name]


def bring(files: Iterable[Mapping[str, Any]]) -> str:
    """Read the files of a network, each with a name and its bytes in base64, and keep it for this user; its name.

    Raises ValueError that names every problem with file and line. Nothing stays on the disk.
    """
    folder, contents = _contents(files)
    with tempfile.TemporaryDirectory() as place:
        inside = Path(place) / folder
        inside.mkdir()
        for name, content in contents.items():
            (inside / name).write_bytes(content)
        graphs = [inside / name for name in contents if is_graph_file(inside / name)]
        path = graphs[0] if graphs and not is_folder_of_tables(inside) else inside
        try:
            scenario = read_path(path)
        except ValueError as fault:
            words = str(fault).replace(f"{inside}/", "").replace(str(inside), folder)
            raise ValueError(words.replace("; `supplynet check` lists them all", "")) from None
    known = dict([*_brought.peek().items()][1 - KEPT :])
    names = (f"{UPLOADED}{folder}{f' ({at})' if at > 1 else ''}" for at in count(1))
    name = next(name for name in names if name not in known)
    _brought.value = {**known, name: Recipe(scenario.name, read=scenario)}
    return name


def _contents(files: Iterable[Mapping[str, Any]]) -> tuple[str, dict[str, bytes]]:
    """The name of the network, and the bytes of each file by its name; of a zip, of those in it."""
    given = list(files)
    _check_count(len(given))
    if sum(len(str(file.get("data", ""))) for file in given) > LARGEST * 4 / 3 + 4 * len(given):
        raise ValueError(_too_large())
    read = {_checked(str(file.get("name", ""))): _decoded(file) for file in given}
    archives = [name for name in read if name.lower().endswith(".zip")]
    if not archives:
        first = next(iter(read))
        return (Path(first).stem if len(read) == 1 else "own-network"), _known(read)
    if len(read) > 1:
        raise ValueError(f"{archives[0]!r} comes with other files; upload one zip alone, or the tables themselves")
    return Path(archives[0]).stem, _known(dict(_unpacked(archives[0], read[archives[0]])))


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a zip, which may lie in one folder; no more is unpacked than may be uploaded."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [member for member in archive.infolist() if not member.is_dir()]
        _check_count(len(members))
        if sum(member.file_size for member in members) > LARGEST:
            raise ValueError(_too_large())
        folders = {member.filename.rpartition("/")[0] for member in members}
        if len(folders) > 1:
            raise ValueError(f"{name!r} holds files in several folders; zip the tables of one network")
        for folder in folders - {""}:
            _checked(folder)
        for member in members:
            with archive.open(member) as opened:
                found = opened.read(LARGEST + 1)
            yield _checked(PurePosixPath(member.filename).name), found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as fault:
        raise ValueError(f"{name!r} cannot be unpacked ({fault}); zip it anew, without a password") from None


def _decoded(file: Mapping[str, Any]) -> bytes:
    try:
        return base64.b64decode(str(file.get("data", "")), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{file.get('name')!r} did not arrive whole; upload it again") from None


def _checked(name: str) -> str:
    """A name without a path. Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} cannot be the name of a file here: letters, digits and -_+.() only, no path, at most 100; "
            "rename it"
        )
    return name


def _known(files: dict[str, bytes]) -> dict[str, bytes]:
    for name in files:
        if Path(name).suffix.lower() not in KINDS:
            raise ValueError(
                f"{name!r} is no table of a network; upload nodes.csv, lanes.csv and what else there is, with "
                f"{SETTINGS_FILE}, a graph file ({', '.join(FORMS)}), or a zip of them"
            )
    return files


def _check_count(files: int) -> None:
    if not 1 <= files <= MOST:
        raise ValueError(f"{files} files, must be 1 to {MOST}: the tables of one network; leave the others out")


def _too_large() -> str:
    return f"the files are larger than {LARGEST / 1e6:g} MB together, which is the most; open a folder instead"
