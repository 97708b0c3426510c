"""One process at a time writes a part of a folder: a file says who it is, and is void once that process has ended."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil


@contextmanager
def held(folder: Path, part: int, n_parts: int) -> Iterator[None]:
    """Hold part `part` of `n_parts` (counted from 0) of a folder for as long as the block lasts.

    Others may hold other parts, if they cut the whole into as many. Raises BlockingIOError that says who holds it.
    """
    own = folder / f".lock-{part + 1}-of-{n_parts}"
    me = json.dumps({"pid": os.getpid(), "begun": psutil.Process().create_time(), "host": socket.gethostname()})
    _refuse_others(folder, own, n_parts)
    hidden = folder / f".{os.getpid()}{own.name}"
    hidden.write_text(me)
    try:
        os.link(hidden, own)  # fails where somebody was quicker
    except FileExistsError:
        raise _taken(folder, own) from None
    finally:
        hidden.unlink()
    try:
        _refuse_others(folder, own, n_parts, mine=True)
        yield
    finally:
        own.unlink(missing_ok=True)


def _refuse_others(folder: Path, own: Path, n_parts: int, *, mine: bool = False) -> None:
    """Raise if somebody alive holds this part, or cuts the whole in another way; take away what the dead have left."""
    for lock in sorted(folder.glob(".lock-*-of-*")):
        same_cut = lock.name.endswith(f"-of-{n_parts}")
        if (same_cut and lock != own) or (mine and lock == own):
            continue
        with suppress(FileNotFoundError):
            text = lock.read_text()
            if _alive(text):
                raise _taken(folder, lock)
            _take_away(lock, text)


def _take_away(lock: Path, text: str) -> None:
    """Remove a void lock, unless it is another one by now."""
    aside = lock.with_name(f".{os.getpid()}.void{lock.name}")
    os.rename(lock, aside)
    if aside.read_text() != text:
        with suppress(FileExistsError):
            os.link(aside, lock)
    aside.unlink()


def _alive(text: str) -> bool:
    """Whether the process that wrote a lock may still run; one on another machine may."""
    who = _read(text)
    if who.get("host") != socket.gethostname():
        return bool(who)
    try:
        return bool(psutil.Process(who["pid"]).create_time() == who["begun"])
    except psutil.NoSuchProcess:
        return False


def _taken(folder: Path, lock: Path) -> BlockingIOError:
    who: dict[str, Any] = {}
    with suppress(OSError):
        who = _read(lock.read_text())
    by = f"process {who.get('pid', '?')} on {who.get('host', '?')}"
    shard = lock.name.removeprefix(".lock-").replace("-of-", "/")
    return BlockingIOError(
        f"folder {str(folder)!r}: {by} is writing to it (shard {shard}); wait for it, give each process a "
        f"shard of its own, of as many for all, or delete {lock.name} if that process has ended"
    )


def _read(text: str) -> dict[str, Any]:
    try:
        who: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return who
