"""Is a large sweep safe? Expected: a million runs in less than 1 GB, and no kill loses, doubles or repeats a run.

Run it as `python experiments/soak.py`; `--quick` does a hundredth of the work. Each sweep runs in a process of its own,
whose memory is watched; the kills are SIGKILL at moments drawn by chance, each after some more blocks were finished.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
from speed import Table, chain

from supplynet import Scenario, read_sweep, sweep, vary
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.sweeps.design import Design

PERIODS = 50
WINDOWS = range(2, 12)
BLOCK = 20  # runs of a block of a sweep that is killed


def design() -> Design:
    return vary(Scenario("chain", chain(1, OrderUpToMovingAverage(5)), periods=PERIODS), window=WINDOWS)


def play(out: str, seeds: int, workers: int, block: int | None) -> None:
    """What each process does."""
    sweep(design(), seeds, out=out, workers=workers, block=block)


def started(out: Path, seeds: int, workers: int, block: int | None = None) -> multiprocessing.Process:
    process = multiprocessing.get_context("spawn").Process(target=play, args=(str(out), seeds, workers, block))
    process.start()  # type: ignore[no-untyped-call, unused-ignore]
    return process  # type: ignore[return-value, unused-ignore]


def peak_memory(process: multiprocessing.Process) -> float:
    """The most that a process and its children held at one moment, in bytes, watched until it ends.

    What they share counts once (proportional set size), where the system tells it.
    """
    most = 0.0
    while process.is_alive():
        with suppress(psutil.NoSuchProcess):
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            told = [member.memory_full_info() for member in family]
            most = max(most, sum(getattr(member, "pss", member.rss) for member in told))
        time.sleep(0.25)
    process.join()
    assert process.exitcode == 0
    return most


def measure_memory(table: Table, folder: Path, runs: int) -> None:
    """Sweeps of two sizes, one ten times the other, in one process; and the larger in two."""
    for workers in (1, 2):
        for size in (runs // 10, runs) if workers == 1 else (runs,):
            out = folder / f"{workers}-{size}"
            begun = time.perf_counter()
            most = peak_memory(started(out, size // len(WINDOWS), workers))
            seconds = time.perf_counter() - begun
            table.add(f"{size:,} runs, {workers} process(es): memory", f"{most / 1e9:.2f} GB", "< 1 GB")
            table.add("  time, start included", f"{seconds:.1f} s", "")
    one, two = (read_sweep(folder / f"{workers}-{runs}") for workers in (1, 2))
    assert one.equals(two), "two workers give what one gives"
    table.add("one process and two give the same runs, bit for bit", "yes", "")
    table.add(
        "stored, a run",
        f"{sum(file.stat().st_size for file in (folder / f'1-{runs}').glob('runs-*')) / runs:.0f} bytes",
        "",
    )


def measure_kills(table: Table, folder: Path, seeds: int, kills: int) -> None:
    """Kill a sweep again and again; what comes out must be what an undisturbed one gives."""
    luck = np.random.default_rng(0)
    for workers in (1, 2):
        out, saved = folder / f"killed-{workers}", dict[Path, int]()
        n_blocks = len(WINDOWS) * -(-seeds // BLOCK)
        for kill in range(kills):
            process = started(out, seeds, workers, BLOCK)
            while len(list(out.glob("runs-*.parquet"))) <= (kill + 1) * n_blocks / (kills + 2):
                time.sleep(0.001)
            time.sleep(luck.uniform(0.0, 0.01))
            assert process.pid is not None
            children = psutil.Process(process.pid).children(recursive=True)
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            psutil.wait_procs(children, timeout=20)
            now = {file: file.stat().st_mtime_ns for file in out.glob("runs-*.parquet")}
            assert now.items() >= saved.items(), "a finished block was lost or written again"
            saved = now
        assert len(saved) < n_blocks, "nothing was left to do"
        runs = sweep(design(), seeds, out=out, block=BLOCK, workers=workers)
        assert all(file.stat().st_mtime_ns == written for file, written in saved.items())
        assert not runs.duplicated(["scenario", "replication"]).any() and len(runs) == seeds * len(WINDOWS)
        assert runs.equals(sweep(design(), seeds, workers=1)), "the kills changed something"
        assert not list(out.glob(".*")), "something was left behind"
        name = f"{len(runs):,} runs, {workers} process(es), {len(saved)} of {n_blocks} blocks saved before the end"
        table.add(name, f"{kills} kills", "none lost or doubled")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the work")
    parser.add_argument("--out", type=Path, help="a file for the table, as text")
    arguments = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        measure_memory(table, Path(folder), 10_000 if arguments.quick else 1_000_000)
        measure_kills(table, Path(folder), *((400, 1) if arguments.quick else (4_000, 15)))
    if arguments.out:
        arguments.out.write_text("\n".join("\t".join(row) for row in table.rows) + "\n")


if __name__ == "__main__":
    main()
