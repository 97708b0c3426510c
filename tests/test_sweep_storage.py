"""Sweeps in a folder: nothing is lost, doubled or played twice, whatever stops them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import psutil
import pytest
from sweeping import counted, deadly, stall, worst_day

import supplynet
from supplynet.sweeps import running
from supplynet.sweeps.storage import Folder

HERE = Path(__file__).parent


def design(scenario=None):
    return supplynet.vary(scenario or stall(), window=(2, 4, 8))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_what_is_stored_is_what_comes_back_and_is_not_played_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = supplynet.sweep(design(), 8, outcomes=("total_cost", worst_day))
    out = tmp_path / "new" / "sweep"
    asked = {"outcomes": ("total_cost", worst_day), "out": out, "block": 4}
    same(supplynet.sweep(design(), 8, **asked), here)
    assert sorted(path.name for path in out.iterdir()) == [f"runs-{at:06d}.parquet" for at in range(6)] + ["sweep.json"]
    played = counted(monkeypatch)
    same(supplynet.sweep(design(), 8, **asked), here)
    assert played == [0]  # the one that was tried
    same(supplynet.read_sweep(out), here)
    manifest = json.loads((out / "sweep.json").read_text())
    assert manifest["experiment"]["scenario"] == "stall" and manifest["experiment"]["seed"] == 3
    assert set(manifest["made_with"]) == {"python", "numpy", "machine", "seed_entropy", "git_commit"}


def test_a_sweep_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: int, total: int) -> None:
        if done == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        supplynet.sweep(design(), 8, out=tmp_path, block=4, progress=stop)
    assert len(list(tmp_path.glob("runs-*"))) == 3 and not list(tmp_path.glob(".*"))
    with pytest.warns(UserWarning, match="lacks 3 of 6 blocks"):
        assert len(supplynet.read_sweep(tmp_path)) == 12
    played, told = counted(monkeypatch), []
    same(
        supplynet.sweep(design(), 8, out=tmp_path, block=4, progress=lambda *at: told.append(at)),
        supplynet.sweep(design(), 8),
    )
    assert played[1:4] == [3, 4, 5] and told == [(16, 24), (20, 24), (24, 24)]


SLOW = """
import sys, time
sys.path.insert(0, {here!r})
import supplynet
from sweeping import stall
if __name__ == "__main__":
    supplynet.sweep(
        supplynet.vary(stall(), window=(2, 4, 8)), 8, out={out!r}, block=1, workers={workers},
        progress=lambda done, total: print(done, flush=True) or time.sleep(0.02 if done < {until} else 600.0),
    )
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_killed_at_any_moment_it_goes_on_and_nothing_is_lost_or_doubled(tmp_path: Path, workers: int) -> None:
    script = tmp_path / "slow.py"
    out = tmp_path / "out"
    script.write_text(
        SLOW.format(here=str(HERE), out=str(out), workers=workers, until=20)
    )  # then it waits to be killed
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            for _ in range(5):
                process.stdout.readline()
            with pytest.raises(BlockingIOError, match=f"process {process.pid} on .* is writing to it .shard 1/1."):
                supplynet.sweep(design(), 8, out=out, block=1)
            with pytest.raises(BlockingIOError, match=r"is writing to it .shard 1/1."):
                supplynet.sweep(design(), 8, out=out, block=1, shard=(1, 2))
        finally:
            process.send_signal(signal.SIGKILL)
    saved = {path: path.stat().st_mtime_ns for path in out.glob("runs-*")}
    assert 5 <= len(saved) < 24 and list(out.glob(".lock-*"))
    (out / ".999.runs-000020.parquet").write_text("half of a file")
    same(supplynet.sweep(design(), 8, out=out, block=1), supplynet.sweep(design(), 8))
    assert all(path.stat().st_mtime_ns == written for path, written in saved.items())
    assert len(list(out.glob("runs-*"))) == 24 and not list(out.glob(".*"))


def test_shards_play_a_part_each_and_are_merged_when_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played = counted(monkeypatch)
    for part in (2, 1):
        table = supplynet.sweep(design(), 8, out=tmp_path, block=3, shard=(part, 2))
        assert len(table) == sum(table["replication"].notna()) and len(table) < 24
    assert sorted(played[1:5] + played[6:]) == list(range(9))
    same(supplynet.read_sweep(tmp_path), supplynet.sweep(design(), 8))


def test_two_shards_may_be_written_at_the_same_time(tmp_path: Path) -> None:
    def other(done: int, total: int) -> None:
        supplynet.sweep(design(), 8, out=tmp_path, block=4, shard=(2, 2))
        with pytest.raises(BlockingIOError, match="shard 1/2"):
            supplynet.sweep(design(), 8, out=tmp_path, block=4, shard=(1, 2))

    supplynet.sweep(design(), 8, out=tmp_path, block=4, shard=(1, 2), progress=other)
    same(supplynet.read_sweep(tmp_path), supplynet.sweep(design(), 8))


def test_a_lock_of_another_machine_is_respected_and_one_of_a_process_that_ended_is_not(tmp_path: Path) -> None:
    lock = tmp_path / ".lock-1-of-1"
    lock.write_text(json.dumps({"pid": 1, "begun": 0.0, "host": "elsewhere"}))
    with pytest.raises(BlockingIOError, match=r"process 1 on elsewhere.*or delete .lock-1-of-1"):
        supplynet.sweep(design(), 2, out=tmp_path)
    import socket

    lock.write_text(json.dumps({"pid": os.getpid(), "begun": 0.0, "host": socket.gethostname()}))  # a number used again
    assert len(supplynet.sweep(design(), 2, out=tmp_path)) == 6 and not lock.exists()


def test_the_folder_of_another_experiment_is_refused_and_all_that_differs_is_told(tmp_path: Path) -> None:
    supplynet.sweep(design(), 2, out=tmp_path)
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"(?s)replications is .*levers|levers.*replications") as told:
        supplynet.sweep(supplynet.vary(stall(), window=(2, 4, 9)), 3, out=tmp_path)
    assert "network" not in str(told.value) and "'digest" not in str(told.value)
    for other, key in ((stall(seed=4), "seed is 3 there, and 4 now"), (stall(periods=30), "periods is 20 there")):
        with pytest.raises(ValueError, match=key):
            supplynet.sweep(design(other), 2, out=tmp_path)
    with pytest.raises(ValueError, match="network is"):
        supplynet.sweep(design(stall().with_lever("shop.on_hand", 1.0)), 2, out=tmp_path)
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.iterdir()) == before


def test_an_outcome_whose_code_has_changed_is_another_experiment(tmp_path: Path) -> None:
    def cost(result):
        return result.outcomes["total_cost"]

    supplynet.sweep(stall(), 2, out=tmp_path, outcomes=(cost,))

    def cost(result):
        return result.outcomes["total_cost"] / 2

    with pytest.raises(ValueError, match="outcomes is"):
        supplynet.sweep(stall(), 2, out=tmp_path, outcomes=(cost,))


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ValueError, match="holds 'thesis.txt' and is not that of a sweep"):
        supplynet.sweep(stall(), 2, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(ValueError, match="so it holds no sweep"):
        supplynet.read_sweep(tmp_path)


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"x" * len(data)]
)
def test_a_broken_file_is_told_and_the_rest_is_read_and_the_sweep_mends_it(tmp_path: Path, damage) -> None:
    whole = supplynet.sweep(design(), 8, out=tmp_path, block=4)
    file = tmp_path / "runs-000002.parquet"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.warns(UserWarning, match=r"runs-000002.parquet' is broken .*left out"):
        assert len(supplynet.read_sweep(tmp_path)) == 20
    with pytest.warns(UserWarning, match=r"runs-000002.parquet' is broken .*its runs are played again"):
        same(supplynet.sweep(design(), 8, out=tmp_path, block=4), whole)


def test_numbers_that_changed_on_the_disk_are_noticed(tmp_path: Path) -> None:
    supplynet.sweep(stall(), 50, out=tmp_path)
    file = tmp_path / "runs-000000.parquet"
    data = bytearray(file.read_bytes())
    data[len(data) // 4] ^= 255
    file.write_bytes(data)
    with pytest.warns(UserWarning, match="is broken"), pytest.raises(ValueError, match="no finished block"):
        supplynet.read_sweep(tmp_path)


def test_a_full_disk_ends_the_sweep_with_what_is_safe_and_it_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as pq

    write, written = pq.write_table, []

    def full(table, path, **asked):
        write(table, path, **asked)
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(pq, "write_table", full)
        with pytest.raises(OSError, match=r"block 2 could not be written .*No space left on device.; 2 of 6 blocks"):
            supplynet.sweep(design(), 8, out=tmp_path, block=4)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "runs-000000.parquet",
        "runs-000001.parquet",
        "sweep.json",
    ]
    same(supplynet.sweep(design(), 8, out=tmp_path, block=4), supplynet.sweep(design(), 8))


def test_a_worker_that_dies_is_told_and_what_was_saved_is_safe(tmp_path: Path) -> None:
    with pytest.raises(ChildProcessError, match="a worker process ended before its work was done"):
        supplynet.sweep(stall(), 200, outcomes=(deadly,), out=tmp_path, block=5, workers=1 + 1)
    saved = len(list(tmp_path.glob("runs-*")))
    assert saved < 40 and not list(tmp_path.glob(".*"))


ORPHAN = """
import multiprocessing, os, time
from supplynet.sweeps import running

def late():
    while multiprocessing.parent_process().is_alive():
        time.sleep(0.01)
    running._begin(1)
    time.sleep(60.0)

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=late)
    process.start()
    print(process.pid, flush=True)
    os._exit(0)
"""


def test_a_worker_whose_parent_was_killed_before_it_began_ends_at_once(tmp_path: Path) -> None:
    script, said = tmp_path / "orphan.py", tmp_path / "said"
    script.write_text(ORPHAN)
    with said.open("w") as told:  # a file, since the orphan would keep a pipe open
        subprocess.run([sys.executable, str(script)], stdout=told, stderr=told, check=True)
    with suppress(psutil.NoSuchProcess):
        orphan = psutil.Process(int(said.read_text()))
        _, alive = psutil.wait_procs([orphan], timeout=20)
        for each in alive:
            each.kill()
        assert not alive


def test_processes_are_started_unasked_only_when_much_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(running, "ProcessPoolExecutor", lambda *asked: started.append(asked) or 1 / 0)
    monkeypatch.setattr(running, "time", SimpleNamespace(perf_counter=count(step=0.1).__next__))  # a block takes 0.1 s
    assert len(supplynet.sweep(design(), 8, block=1)) == 24 and not started
    monkeypatch.setattr(running, "time", SimpleNamespace(perf_counter=count(step=1.0).__next__))
    with pytest.raises(ZeroDivisionError):
        supplynet.sweep(design(), 8, block=1)
    assert len(started) == 1
    assert len(supplynet.sweep(design(), 8, block=1, outcomes=(lambda result: 1.0,))) == 24  # cannot be sent
    assert len(supplynet.sweep(design(), 8, block=1, workers=1)) == 24 and len(started) == 1


def test_a_script_without_a_guard_is_not_started_again_unasked(tmp_path: Path) -> None:
    script = tmp_path / "plain.py"
    lines = SLOW.format(here=str(HERE), out=str(tmp_path / "out"), workers=None, until=25).splitlines()
    at = lines.index('if __name__ == "__main__":')
    plain = ["from supplynet.sweeps import running", "running.WORTH = 0.0", *(line[4:] for line in lines[at + 1 :])]
    script.write_text("\n".join([*lines[:at], *plain]))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr and done.stdout.splitlines()[-1] == "24"


def test_the_files_of_all_blocks_have_the_same_columns(tmp_path: Path) -> None:
    mixed = supplynet.vary(stall(), pd.DataFrame({"works.on_hand": [1, 2.5], "shop.window": [2, 3]}))
    supplynet.sweep(mixed, 4, out=tmp_path, block=2)
    schemas = {str(table.schema) for table in Folder(tmp_path).tables(range(4))}
    assert len(schemas) == 1
