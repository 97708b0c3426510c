"""Does it hold under load, and against nonsense? Expected: nothing lost or shared, flat memory, and no traceback.

Run it as `python experiments/soak.py`, which takes some ten minutes; `--quick` does a small part. A sweep with two
worker processes is killed by SIGKILL at moments drawn by chance, from its first import to its last block, and the same
command goes on: what is in the folder in the end must be what a sweep that nobody disturbed writes, byte by byte. A
million runs need less than 1 GB. Fifty users play in the app for two minutes, each with a lever of their own. Folders
of tables are spoiled by chance, and the shell must say what is wrong and where. Networks made up by chance, with every
rule and every disruption, must conserve goods and orders in every period.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
from shared.networks import chain
from shared.soak_app import measure_app
from shared.soak_folders import measure_folders
from shared.soak_networks import measure_networks
from shared.timing import Table
from shared.watched import check_kept, check_same, finished, peaks, seconds_until_gone, started

from supplynet import Scenario, read_sweep, sweep, vary, write_folder
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.sweeps.storage import Folder

WINDOWS: Final = range(2, 12)
MOST: Final = 1e9  # bytes of memory
GROWTH: Final = 1.1  # of memory, from the first tenth of a sweep to its last block


def scenario(periods: int) -> Scenario:
    """The chain of four tiers behind a customer."""
    return Scenario("chain", chain(1, OrderUpToMovingAverage(5)), periods=periods)


def command(tables: Path, runs: int, out: Path) -> list[str]:
    """The words of a sweep in the shell, which is killed and given again."""
    varied = f"window={','.join(map(str, WINDOWS))}"
    words = ["-m", "supplynet.cli", "sweep", str(tables), "--vary", varied, "--seeds", str(runs // len(WINDOWS))]
    return [*words, "--workers", "2", "--out", str(out)]


def measure_kills(table: Table, folder: Path, runs: int, kills: int) -> None:
    """Kill a sweep again and again: every fourth time while it starts, else while some next blocks are played."""
    luck = np.random.default_rng(0)
    tables, out, undisturbed, log = (folder / name for name in ("tables", "killed", "undisturbed", "log"))
    write_folder(scenario(50), tables)
    expected = sweep(vary(scenario(50), window=WINDOWS), runs // len(WINDOWS), workers=1, out=undisturbed)
    n_blocks, saved = len(finished(undisturbed)), finished(out)
    in_blocks, longest = 0, 0.0
    for kill in range(kills):
        in_start = kill % 4 == 0
        goal = len(saved) + (1 if in_start else luck.integers(1, max(3, n_blocks // kills)))
        latest = time.perf_counter() + (luck.uniform(0.2, 2.0) if in_start else 60.0)
        with started(command(tables, runs, out), log) as process:
            while len(finished(out)) < goal and time.perf_counter() < latest:
                time.sleep(0.001)
            time.sleep(luck.uniform(0.0, 0.01))
            assert process.poll() is None, f"the sweep ended before it was killed: {log.read_text()}"
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            longest = max(longest, seconds_until_gone(process.pid))
        now = finished(out)
        check_kept(saved, now)
        in_blocks += len(now) > len(saved)
        saved = now
    assert 0 < len(saved) < n_blocks, "the kills did not come in the midst of the sweep"
    with started(command(tables, runs, out), log) as process:
        assert process.wait() == 0, log.read_text()
    check_kept(saved, finished(out))
    check_same(out, undisturbed)
    rows = read_sweep(out)
    assert rows.equals(expected) and not rows.duplicated(["scenario", "replication"]).any() and len(rows) == runs
    assert rows["error"].isna().all() and rows["fill_rate"].min() > 0.1, "nothing flowed"
    table.add(f"{runs:,} runs in {n_blocks} blocks, two workers: killed", f"{kills} times", "20 times")
    table.add("  of these while blocks were played and saved", f"{in_blocks} times", "most")
    table.add("  blocks that were saved before the last start", f"{len(saved)} of {n_blocks}", "some, not all")
    table.add("  of these lost, or written again", "0", "0")
    table.add("  runs missing, doubled, or with another bit than undisturbed", "0", "0")
    table.add("  files left behind in the folder", "0", "0")
    table.add("  until no process was left after a kill, at most", f"{longest:.1f} s", "some seconds")


def measure_memory(table: Table, folder: Path, runs: int) -> None:
    """What all processes of a sweep hold together: in its first tenth, later, and when its rows are read and summed."""
    tables, out, log = (folder / name for name in ("tables", "large", "log"))
    write_folder(scenario(200), tables)
    names = ("it starts", "its first tenth is played", "the rest is played", "its rows are read and summed up")

    def phase() -> str:
        done = len(finished(out))
        n_blocks = Folder(out).manifest()["experiment"]["blocks"] if done else 1
        return names[0 if not done else 1 if done <= n_blocks / 10 else 2 if done < n_blocks else 3]

    begun = time.perf_counter()
    with started(command(tables, runs, out), log) as process:
        most = peaks(process, phase)
    assert process.returncode == 0, log.read_text()
    table.add(f"{runs:,} runs x 200 periods, two workers", f"{time.perf_counter() - begun:.0f} s", "")
    for name in names:
        if name in most:
            table.add(f"  memory of all its processes while {name}", f"{most[name] / 1e9:.2f} GB", "< 1 GB")
    size = sum(told[2] for told in finished(out).values())
    table.add("  stored", f"{size / runs:.0f} bytes a run", "")
    assert max(most.values()) < MOST, "the sweep needs too much memory"
    if names[1] in most and names[2] in most:
        growth = most[names[2]] / most[names[1]]
        table.add("  the rest against its first tenth", f"{growth:.2f} times", f"< {GROWTH} times")
        assert growth < GROWTH, "memory grows with the sweep"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small part of the work")
    parser.add_argument("--out", type=Path, help="a file for the table, as text")
    arguments = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory() as place:
        kills, memory, app, spoiled = (Path(place) / name for name in ("kills", "memory", "app", "spoiled"))
        for folder in (kills, memory, app, spoiled):
            folder.mkdir()
        measure_kills(table, kills, *((24_000, 2) if arguments.quick else (1_000_000, 20)))
        measure_memory(table, memory, 4_000 if arguments.quick else 1_000_000)
        measure_app(table, app, *((2, 1.0) if arguments.quick else (50, 120.0)))
        measure_folders(table, spoiled, 40 if arguments.quick else 2_000)
    measure_networks(table, 20 if arguments.quick else 1_000)
    table.save(arguments.out)


if __name__ == "__main__":
    main()
