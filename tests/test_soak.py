"""What the soak would notice: test_readme runs it small, here its checks are shown what they are to refuse."""

from __future__ import annotations

import gc
import os
import shutil
import weakref
from pathlib import Path
from types import ModuleType

import psutil
import pytest
from sweeping import stall

import supplynet
from supplynet import engine
from supplynet.batch import Player
from supplynet.lower import Case


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "experiments")
    from shared import watched

    return watched


def test_the_soak_notices_a_block_that_was_lost_or_written_again(watched: ModuleType, tmp_path: Path) -> None:
    supplynet.sweep(stall(), 8, out=tmp_path, block=4)
    before = watched.finished(tmp_path)
    assert len(before) == 2
    watched.check_kept(before, watched.finished(tmp_path))
    watched.check_kept({}, before)
    one, other = (tmp_path / name for name in before)
    shutil.copy2(one, tmp_path / "copy")
    os.replace(tmp_path / "copy", one)  # the same bytes, size and time, in another file
    with pytest.raises(AssertionError, match="lost or written again: runs-000000.parquet$"):
        watched.check_kept(before, watched.finished(tmp_path))
    other.unlink()
    with pytest.raises(AssertionError, match="runs-000000.parquet, runs-000001.parquet"):
        watched.check_kept(before, watched.finished(tmp_path))


def test_the_soak_notices_another_byte_a_missing_block_and_what_is_left_behind(
    watched: ModuleType, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        supplynet.sweep(stall(), 8, out=folder, block=4)
    watched.check_same(one, other)
    (one / ".1.runs-000001.parquet").touch()
    with pytest.raises(AssertionError, match=r"left behind in the folder: .1.runs-000001.parquet"):
        watched.check_same(one, other)
    supplynet.sweep(stall(seed=4), 8, out=tmp_path / "third", block=4)
    with pytest.raises(AssertionError, match=r"runs-000000.parquet differs"):
        watched.check_same(tmp_path / "third", other)
    (other / "runs-000001.parquet").unlink()
    with pytest.raises(AssertionError, match="one folder has 2 blocks, the other 1"):
        watched.check_same(one, other)


def played(player: Player, seed: int) -> weakref.ref:
    """A block of another seed each time, and what tells whether its union is still in memory."""
    record = player.play([Case(stall().network, seed, (0, 1))], 20, more=True)
    return weakref.ref(record.union.state.columns["on_hand"])


def test_the_memory_of_a_block_is_free_before_another_one_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    player, start, free = Player(), engine.start, []
    gc.collect()
    gc.disable()  # it must not take a search for circles
    try:
        union = played(player, 1)
        assert union() is not None  # kept, since more blocks like it may follow
        monkeypatch.setattr(engine, "start", lambda *asked: free.append(union() is None) or start(*asked))
        played(player, 2)
    finally:
        gc.enable()
    assert free == [True]


LEAVES = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
"""


def test_the_soak_notices_a_process_that_outlives_its_sweep_and_ends_it(
    watched: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "PATIENCE", 0.2)
    with watched.started(["-c", LEAVES], tmp_path / "log") as process:
        process.wait()
        (left,) = watched.family(process.pid)
        assert watched.memory(process.pid) > 1e6
        with pytest.raises(AssertionError, match="a process was left behind"):
            watched.seconds_until_gone(process.pid)
    assert psutil.wait_procs([left], timeout=20)[1] == []
    assert watched.seconds_until_gone(process.pid) < 0.2


GROWS = """
import pathlib, sys, time
time.sleep(0.3)
pathlib.Path(sys.argv[1]).touch()
held = b"x" * 100_000_000
time.sleep(0.5)
"""


def test_the_soak_keeps_the_most_memory_of_each_phase(watched: ModuleType, tmp_path: Path) -> None:
    grown = tmp_path / "grown"
    with watched.started(["-c", GROWS, str(grown)], tmp_path / "log") as process:
        most = watched.peaks(process, lambda: "late" if grown.exists() else "early", 0.02)
    assert most["late"] - most["early"] > 0.9e8 and process.returncode == 0
