"""Sweeps from the shell: what the words mean, what is printed, drawn and refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from shell import shell, written
from sweeping import stall

import supplynet
from supplynet.plot import sweeps as plots
from supplynet.sweeps import running
from supplynet.sweeps.summary import levers_of, outcomes_of, summarise
from supplynet.sweeps.wording import read_values


@pytest.mark.parametrize(
    ("text", "ends", "values"),
    [
        ("1,2,4", False, [1, 2, 4]),
        ("0.1:0.9:5", False, [0.1, 0.3, 0.5, 0.7, 0.9]),
        ("1:9:5", False, [1, 3, 5, 7, 9]),
        ("0.1:0.9", True, [0.1, 0.9]),
        ("kanban(cards=3, container=2),pout", False, ["kanban(cards=3, container=2)", "pout"]),
        ("true,false", False, [True, False]),
        ("1e3", False, [1000.0]),
    ],
)
def test_values_are_read_as_they_are_meant(text: str, ends: bool, values: list[object]) -> None:
    assert read_values("lever", text, ends=ends) == values
    assert [type(value) for value in read_values("lever", text, ends=ends)] == [type(value) for value in values]


@pytest.mark.parametrize("text", ["1:2", "1:2:1", "2:1:3", "1:2:2.5", "a:b:3", "1:2:3:4"])
def test_a_range_that_cannot_be_read_says_how_one_is_written(text: str) -> None:
    with pytest.raises(ValueError, match="lever 'window' is .* must be LOW:HIGH:HOW_MANY"):
        read_values("window", text, ends=False)


def test_a_sweep_prints_its_summary_and_stores_its_runs(folder: Path) -> None:
    words = ("sweep", "flour-2020", "--vary", "window=4,8", "--vary", "mill.capacity=8:16:2", "--seeds", "3")
    done = shell(*words, "--out", "runs", "--workers", "1", "--outcomes", "total_cost,mill.peak_order")
    assert done.exit_code == 0, done.output
    runs = supplynet.read_sweep("runs")
    assert list(runs.columns) == [
        "scenario", "window", "mill.capacity", "seed", "replication", "total_cost", "mill.peak_order", "error",
    ]  # fmt: skip
    scenario = supplynet.load("flour-2020", window=8).with_lever("mill.capacity", 16)
    assert runs["total_cost"].iloc[-1] == supplynet.run(scenario, replication=2).outcomes["total_cost"]
    assert re.search(r"^ 3 +8 +16 +3 ", done.stdout, re.MULTILINE) and "12 runs." in done.stdout
    assert "Runs: runs (pictures: supplynet results runs)" in done.stdout
    assert shell(*words, "--out", "runs", "--outcomes", "total_cost,mill.peak_order").exit_code == 0
    other = shell(*words, "--out", "runs")
    assert other.exit_code == 2 and "holds another experiment: outcomes is" in other.stderr


def test_an_experiment_in_a_file_is_the_same_as_its_options(folder: Path) -> None:
    (folder / "there").mkdir()
    (folder / "there" / "plan.toml").write_text(
        'scenario = "beer-game"\nseeds = 2\nout = "runs"\noutcomes = ["total_cost"]\n'
        '[set]\nperiods = 30\n[vary]\nstock_adjustment = [0.3, 1.0]\nretailer.on_hand = "10:12:2"\n'
    )
    done = shell("sweep", "there/plan.toml")
    assert done.exit_code == 0, done.output
    words = ("--set", "periods=30", "--vary", "stock_adjustment=0.3,1.0", "--vary", "retailer.on_hand=10,12")
    assert shell("sweep", "beer-game", *words, "--seeds", "2", "--outcomes", "total_cost", "--out", "b").exit_code == 0
    pd.testing.assert_frame_equal(supplynet.read_sweep("there/runs"), supplynet.read_sweep("b"), check_exact=True)
    more = shell("sweep", "there/plan.toml", "--seeds", "3", "--out", "more")
    assert more.exit_code == 0 and len(supplynet.read_sweep("more")) == 12
    (folder / "bad.toml").write_text('scenaro = "beer-game"\nseeds = 2\noutcomes = "total_cost"\n')
    bad = shell("sweep", "bad.toml")
    assert bad.exit_code == 2
    assert "'scenaro' is not a key; did you mean 'scenario'" in bad.stderr and "outcomes is 'total_cost'" in bad.stderr


def test_shards_of_the_shell_are_merged_by_results(folder: Path) -> None:
    words = ("sweep", "flour-2020", "--vary", "window=4,8", "--seeds", "2000", "--out", "runs", "--workers", "1")
    assert shell(*words, "--shard", "2/2").exit_code == 0
    half = shell("results", "runs", "--no-plot")
    assert half.exit_code == 0 and re.search(r"warning: folder 'runs' lacks \d of \d blocks", half.stderr)
    assert shell(*words, "--shard", "1/2").exit_code == 0
    whole = shell("results", "runs", "--no-plot")
    assert "4,000 runs." in whole.stdout and not whole.stderr
    assert not [name for name in written(folder) if name.endswith((".png", ".csv"))]


def test_results_saves_pictures_that_show_something_and_a_table(folder: Path) -> None:
    design = supplynet.vary(stall(), {"shop.on_hand": (100, 200)}, window=(2, 4, 8))
    supplynet.sweep(design, 5, out="runs")
    done = shell("results", "runs")
    assert done.exit_code == 0, done.output
    for name in ("lines", "heat_map", "frontier"):
        assert f"File: runs/{name}.png" in done.stdout
        assert np.unique((imread(f"runs/{name}.png")[::5, ::5, :3] * 255).astype(int) @ [1, 256, 65536]).size > 9
    table = pd.read_csv("runs/summary.csv")
    own = supplynet.read_sweep("runs").groupby("scenario")["total_cost"]
    assert np.allclose(table["total_cost"], own.mean())
    assert np.allclose(table["total_cost_half"], 2.776445 * own.std() / 5**0.5)  # t of 4 degrees, 0.975
    assert len(supplynet.sweep(design, 5, out="runs")) == 30  # pictures are no strangers in the folder


def test_the_lines_pass_through_the_means_and_the_frontier_through_the_unbeaten() -> None:
    runs = pd.DataFrame({
        "scenario": np.repeat(range(4), 2), "window": np.repeat([2, 4, 6, 8], 2), "seed": 0, "replication": [0, 1] * 4,
        "cost": [1.0, 3.0, 4.0, 4.0, 5.0, 7.0, 3.0, 3.0], "lost": [9.0, 9.0, 5.0, 5.0, 6.0, 6.0, 5.5, 5.5],
        "error": None,
    })  # fmt: skip
    assert levers_of(runs) == ["window"] and outcomes_of(runs) == ["cost", "lost"]
    line = plots.line(runs, "window", "cost").lines[0]
    assert line.get_xdata().tolist() == [2, 4, 6, 8] and line.get_ydata().tolist() == [2.0, 4.0, 6.0, 3.0]
    best = plots.frontier(runs, "cost", "lost").lines[-1]
    assert best.get_xdata().tolist() == [2.0, 3.0, 4.0] and best.get_ydata().tolist() == [9.0, 5.5, 5.0]
    runs.insert(5, "fill_rate", runs["lost"])
    rates = plots.frontier(runs, "cost", "fill_rate").lines[-1]
    assert rates.get_xdata().tolist() == [2.0]


def test_a_heat_map_has_a_cell_for_each_pair_and_dots_where_pairs_are_rare() -> None:
    design = supplynet.vary(stall(), {"shop.on_hand": (100, 200)}, window=(2, 4, 8))
    runs = supplynet.sweep(design, 3)
    cells = plots.heat_map(runs, "window", "shop.on_hand", "total_cost").collections[0].get_array()
    means = runs.groupby(["shop.on_hand", "window"])["total_cost"].mean().unstack()
    assert np.allclose(np.ravel(cells), means.to_numpy().ravel())
    points = supplynet.vary(stall(), {"shop.on_hand": (100.0, 200.0)}, window=(2, 8), design="sobol", n=16)
    dots = plots.heat_map(supplynet.sweep(points, 1), "window", "shop.on_hand", "total_cost").collections[0]
    assert len(dots.get_offsets()) == 16


def test_failed_runs_are_counted_in_the_summary_and_left_out_of_its_means() -> None:
    runs = pd.DataFrame({"scenario": [0, 0, 0], "seed": 1, "replication": [0, 1, 2], "cost": [1.0, 3.0, np.nan],
                         "error": [None, None, "ValueError: no"]})  # fmt: skip
    row = summarise(runs).iloc[0]
    assert (row["runs"], row["failed"], row["cost"]) == (3, 1, 2.0)


def test_ctrl_c_says_what_is_safe_and_leaves_no_lock(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*asked, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_play", stop)
    done = shell("sweep", "beer-game", "--seeds", "3", "--out", "runs")
    assert done.exit_code == 130 and done.stderr == (
        "stopped: what is finished is safe in runs; the same command goes on with it\n"
    )
    assert written(folder) == ["runs/sweep.json"]
    assert shell("sweep", "beer-game", "--seeds", "3").stderr == "stopped: nothing kept, since there was no --out\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--vary", "windw=1,2"), "lever 'windw' is not known here; did you mean 'window'"),
        (("--vary", "window="), "lever 'window' has no values"),
        (("--vary", "=3"), "must be LEVER=VALUES"),
        (("--seeds", "0"), "seeds is 0, must be how many replications"),
        (("--shard", "3"), "must be I/N"),
        (("--shard", "3/2"), "shard is 3/2"),
        (("--outcomes", "fil_rate"), "did you mean 'fill_rate'"),
        (("--design", "sobol", "--vary", "window=2:8"), "n is None, must be a whole number"),
        (("--workers", "2", "--cluster", "tcp://127.0.0.1:1"), "leave one out"),
        (("--out", "file"), "is a file, must be a folder"),
    ],
)
def test_a_sweep_that_cannot_be_played_is_one_line_and_writes_nothing(
    folder: Path, words: tuple[str, ...], message: str
) -> None:
    (folder / "file").write_text("")
    done = shell("sweep", "flour-2020", *words)
    assert done.exit_code == 2 and done.stderr.startswith("error: ") and message in done.stderr
    assert "Traceback" not in done.stderr and written(folder) == ["file"]


def test_results_of_no_sweep_are_refused(folder: Path) -> None:
    done = shell("results", ".")
    assert done.exit_code == 2 and "so it holds no sweep" in done.stderr
    supplynet.sweep(stall(), 2, out="runs")
    (folder / "runs" / "sweep.json").write_text("{")
    assert "is broken; delete it" in shell("results", "runs").stderr
    shutil.rmtree("runs")
