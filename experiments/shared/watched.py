"""Sweeps in a session of their own, which can be watched and killed, and of which no process stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psutil

Blocks = dict[str, tuple[int, int, int]]
PATIENCE: Final = 20.0  # seconds that what was killed has to end, on a machine that has much else to do


@contextmanager
def started(words: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Python with these words; what is left of its session in the end is killed.

    It writes to a file: workers that outlive it would keep a pipe open, and whoever reads it waiting.
    """
    with log.open("ab") as told:
        process = subprocess.Popen([sys.executable, *words], stdout=told, stderr=told, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def family(session: int) -> list[psutil.Process]:
    """The processes that live in a session, whoever their parent is by now."""
    found = []
    for number in psutil.pids():
        with suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            if os.getsid(number) == session and (each := psutil.Process(number)).status() != psutil.STATUS_ZOMBIE:
                found.append(each)
    return found


def seconds_until_gone(session: int) -> float:
    """How long it takes until nobody is left in a session; AssertionError if somebody stays."""
    begun = time.perf_counter()
    while left := family(session):
        assert time.perf_counter() - begun < PATIENCE, f"a process was left behind: {left}"
        time.sleep(0.01)
    return time.perf_counter() - begun


def memory(session: int) -> float:
    """What the processes of a session hold, in bytes; files that they map count once, where the system tells them.

    Not the proportional set size, which grows when processes of others end that map the same libraries.
    """
    held, mapped = 0.0, 0.0
    for each in family(session):
        with suppress(psutil.NoSuchProcess):
            told = each.memory_info()
            files = getattr(told, "shared", 0)
            held += told.rss - files
            mapped = max(mapped, files)
    return held + mapped


def peaks(process: subprocess.Popen[bytes], phase: Callable[[], str], every: float = 0.25) -> dict[str, float]:
    """The most memory in each phase of a command, in bytes, watched until it ends."""
    most: dict[str, float] = {}
    while process.poll() is None:
        now = phase()
        most[now] = max(most.get(now, 0.0), memory(process.pid))
        time.sleep(every)
    return most


def finished(out: Path) -> Blocks:
    """The finished blocks of a sweep: inode, time of writing and size of each file."""
    told = {path.name: path.stat() for path in out.glob("runs-*.parquet")}
    return {name: (each.st_ino, each.st_mtime_ns, each.st_size) for name, each in told.items()}


def check_kept(before: Blocks, now: Blocks) -> None:
    """AssertionError if a finished block was lost, or written again."""
    touched = [name for name, told in before.items() if now.get(name) != told]
    assert not touched, f"finished blocks were lost or written again: {', '.join(touched)}"


def check_same(out: Path, undisturbed: Path) -> None:
    """AssertionError if two folders differ in a byte of their runs, or if the first holds what nobody needs."""
    one, other = finished(out), finished(undisturbed)
    assert one.keys() == other.keys(), f"one folder has {len(one)} blocks, the other {len(other)}"
    for name in one:
        assert (out / name).read_bytes() == (undisturbed / name).read_bytes(), f"{name} differs"
    left = [path.name for path in out.iterdir() if path.name.startswith(".")]
    assert not left, f"left behind in the folder: {', '.join(left)}"
