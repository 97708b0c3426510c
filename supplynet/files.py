"""Files written together: all of them, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Writer = Callable[[Path], Any]


def check_folder(folder: Path) -> None:
    """Make sure that files can be written to a folder, or that it can be made. Raises OSError that says why not."""
    there = folder
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        raise NotADirectoryError(f"folder {str(folder)!r}: {str(there)!r} is a file, must be a folder; choose another")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as fault:
        raise PermissionError(
            f"folder {str(folder)!r} cannot be written to ({fault.strerror}); choose another, or change its permissions"
        ) from None


def write_together(files: Mapping[Path, Writer | None]) -> None:
    """Write files under temporary names beside their own, which they get only when all are whole.

    None is for a file that is not to be there. Folders are made. Raises OSError if one cannot be written or replaced;
    what was there is then there again.
    """
    for path in files:
        if path.is_dir():
            raise IsADirectoryError(f"{str(path)!r} is a folder, must be a file; move it away, or choose another place")
    hidden = {path: path.with_name(f".{os.getpid()}.{path.name}") for path in files}
    former = {path: path.with_name(f".{os.getpid()}.former.{path.name}") for path in files}
    moved: list[Path] = []
    placed: list[Path] = []
    try:
        for path, write in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if write is not None:
                write(hidden[path])
        for path, write in files.items():
            if path.exists():
                os.replace(path, former[path])
                moved.append(path)
            if write is not None:
                os.replace(hidden[path], path)
                placed.append(path)
    except BaseException:
        for path in placed:
            path.unlink()
        for path in moved:
            os.replace(former[path], path)
        raise
    else:
        for path in moved:
            with suppress(OSError):
                former[path].unlink()
    finally:
        for path in hidden.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
