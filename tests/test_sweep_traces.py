"""Traces of sweeps: each is that of the run alone, they resume with their runs, and they are read in part."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from shell import shell, written
from sweeping import Breaks, counted, stall, worst_day

import supplynet
from supplynet import Traces, read_traces
from supplynet.plot import traces as plots

ASKED = Traces(("order", "on_hand", "works>shop.shipment", "shop.backlog"), every=3)


def design():
    """Eight scenarios, of which the first four and the last four may share blocks."""
    return supplynet.vary(stall(), {"periods": (20, 25), "works>shop.shipment_lead_time": (0, 3)}, window=(2, 6))


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_each_trace_is_that_of_the_run_alone_bit_for_bit_whatever_the_block(tmp_path: Path) -> None:
    asked = {"traces": ASKED, "outcomes": ("total_cost", worst_day)}
    runs = supplynet.sweep(design(), 5, out=tmp_path / "own", **asked)
    traces = read_traces(tmp_path / "own")
    lanes, nodes = ("shop>market", "works>shop", "mine>works"), ("market", "shop", "works", "mine")
    assert list(traces.columns) == [
        "scenario", "replication", "period", *(f"{lane}.order" for lane in lanes),
        *(f"{node}.on_hand" for node in nodes), "works>shop.shipment", "shop.backlog",
    ]  # fmt: skip
    assert len(traces) == 4 * 5 * (6 + 8)
    for (number, replication), own in traces.groupby(["scenario", "replication"]):
        scenario = design()[number]
        record = supplynet.run(scenario, replication=replication).record
        assert own["period"].tolist() == list(range(2, scenario.periods, 3))
        for name in traces.columns[3:]:
            place, _, key = name.rpartition(".")
            at = (lanes if ">" in place else nodes).index(place)
            assert np.array_equal(own[name], record[key][2::3, at]), name
    same(runs, supplynet.sweep(design(), 5, outcomes=("total_cost", worst_day)))
    for block in (1, 7, 12):
        supplynet.sweep(design(), 5, out=tmp_path / str(block), block=block, **asked)
        same(read_traces(tmp_path / str(block)), traces)
    with ThreadPoolExecutor(2) as executor:
        supplynet.sweep(design(), 5, out=tmp_path / "others", block=4, executor=executor, **asked)
    same(read_traces(tmp_path / "others"), traces)


def test_only_what_is_asked_for_is_recorded_and_counts_for_the_size_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    from supplynet.batch import runs_of_a_block
    from supplynet.sweeps.outcomes import Outcomes

    by_name = Outcomes(("total_cost",))
    plain, traced = by_name.keep(None), by_name.keep(None, ASKED.keys)
    assert set(traced.columns) == {*plain.columns, "order", "on_hand", "shipment", "backlog"}
    long = stall(periods=100_000)
    # bytes of a run: 4 nodes of 2 columns, and then 4 nodes of 4 columns and 3 lanes of 2
    assert runs_of_a_block(long.network, long.periods, plain) == 64_000_000 // (8 * 100_000 * 8)
    assert runs_of_a_block(long.network, long.periods, traced) == 64_000_000 // (8 * 100_000 * 22)


def test_a_part_is_read_and_nothing_else(tmp_path: Path) -> None:
    supplynet.sweep(design(), 5, out=tmp_path, traces=ASKED, block=4)
    whole = read_traces(tmp_path)
    part = read_traces(tmp_path, ("order", "shop.on_hand"), scenarios=(1, 6), replications=range(2))
    names = ["scenario", "replication", "period", *(name for name in whole if name.endswith(".order")), "shop.on_hand"]
    expected = whole[whole["scenario"].isin([1, 6]) & (whole["replication"] < 2)][names].reset_index(drop=True)
    same(part, expected)
    assert len(part) == 2 * 8 + 2 * 6
    assert list(read_traces(tmp_path, "shop.backlog").columns[3:]) == ["shop.backlog"]
    assert read_traces(tmp_path, scenarios=[99]).empty
    with pytest.raises(ValueError, match=r"trace 'shop.onhand' was not kept; did you mean 'shop.on_hand'"):
        read_traces(tmp_path, ("order", "shop.onhand"))


def test_networks_that_differ_have_the_traces_of_their_own_places(tmp_path: Path) -> None:
    beer = replace(supplynet.load("beer-game"), periods=20)
    supplynet.sweep([stall(), beer], 2, out=tmp_path, traces=Traces(("on_hand",), every=20))
    traces = read_traces(tmp_path)
    assert traces.groupby("scenario")["shop.on_hand"].count().tolist() == [2, 0]
    alone = supplynet.run(beer).record["on_hand"][-1, beer.network.names.index("retailer")]
    assert traces["retailer.on_hand"].isna().tolist() == [True, True, False, False]
    assert traces["retailer.on_hand"].iloc[-1] == alone


def test_a_run_that_fails_has_traces_of_nan_and_the_others_their_own(tmp_path: Path) -> None:
    runs = supplynet.sweep(stall(Breaks(145.0)), 20, out=tmp_path, traces=Traces(("shop.demand",)))
    failed = runs["error"].notna().to_numpy()
    demand = read_traces(tmp_path)["shop.demand"].to_numpy().reshape(20, 20)
    assert 0 < failed.sum() < 20 and np.array_equal(np.isnan(demand), np.repeat(failed[:, None], 20, axis=1))
    assert (demand[~failed] <= 145.0).all()


def test_a_block_is_finished_when_its_traces_are_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"out": tmp_path, "traces": ASKED, "block": 5}
    runs = supplynet.sweep(design(), 5, **asked)
    traces = read_traces(tmp_path)
    played = counted(monkeypatch)
    files = sorted(tmp_path.glob("*.parquet"))
    assert len(files) == 8 * 2
    (tmp_path / "traces-000001.parquet").unlink()
    (tmp_path / "traces-000003.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "runs-000005.parquet").unlink()
    (tmp_path / ".9.traces-000006.parquet").write_text("half of a file")
    broken = pytest.warns(UserWarning, match="traces-000003.parquet' is broken .* and left out")
    with broken, pytest.warns(UserWarning, match="lacks 2 of 8 blocks"):
        part = read_traces(tmp_path)
    assert sorted(part["scenario"].unique()) == [0, 2, 4, 6, 7]
    with pytest.warns(UserWarning, match=r"traces-000003.parquet' is broken .*its runs are played again"):
        same(supplynet.sweep(design(), 5, **asked), runs)
    assert played == [0, 1, 3, 5]  # the first is the one that was tried
    same(read_traces(tmp_path), traces)
    assert sorted(tmp_path.glob("*.parquet")) == files and not list(tmp_path.glob(".*"))


def test_stopped_between_the_files_of_a_block_it_plays_the_block_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = os.replace

    def stop(old, new):
        if "runs-000002" in str(new):
            raise KeyboardInterrupt
        place(old, new)

    with monkeypatch.context() as moment:
        moment.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            supplynet.sweep(design(), 5, out=tmp_path, traces=ASKED, block=5)
    assert [path.name for path in sorted(tmp_path.glob("*2.parquet"))] == ["traces-000002.parquet"]
    supplynet.sweep(design(), 5, out=tmp_path, traces=ASKED, block=5)
    traces = read_traces(tmp_path)
    assert not traces.duplicated(["scenario", "replication", "period"]).any() and len(traces) == 280


def test_other_traces_are_another_experiment(tmp_path: Path) -> None:
    supplynet.sweep(stall(), 2, out=tmp_path / "traced", traces=Traces(("order",)))
    supplynet.sweep(stall(), 2, out=tmp_path / "plain")
    for folder, traces in (("traced", None), ("traced", Traces(("order",), 2)), ("plain", Traces(("order",)))):
        with pytest.raises(ValueError, match="holds another experiment: traces is .* there, and .* now"):
            supplynet.sweep(stall(), 2, out=tmp_path / folder, traces=traces)
    with pytest.raises(ValueError, match=r"holds no traces; sweep into a new folder with traces=Traces\(...\)"):
        read_traces(tmp_path / "plain")


@pytest.mark.parametrize(
    ("columns", "every", "message"),
    [
        (("ordr",), 1, "trace 'ordr': 'ordr' is not a result column; did you mean 'order'?"),
        (("shop.onhand",), 1, "'onhand' is not a result column; did you mean 'on_hand'?"),
        (("shp.on_hand",), 1, "there is no node 'shp'; did you mean 'shop'?"),
        (("works>shp.order",), 1, "there is no lane 'works>shp'; did you mean 'works>shop'?"),
        (("shop.order",), 1, "order is a column of lanes, and 'shop' is a node; write shop>market.order"),
        (("works>shop.on_hand",), 1, "on_hand is a column of nodes, and 'works>shop' is a lane; write works.on_hand"),
        (("order", "order"), 1, "trace 'order' is asked for twice; name it once"),
        (("shop.on_hand", "on_hand"), 1, "trace 'shop.on_hand' is among those of 'on_hand'; leave one of them out"),
        ("order", 1, "columns is a text, must be a tuple of names; write ('order',)"),
        ((), 1, "no column is named; name one"),
        ((3,), 1, "column 3 must be a text"),
        (("order",), 0, "every is 0, must be a whole number >= 1"),
        (("order",), 2.5, "every is 2.5, must be a whole number >= 1"),
        (("order",), 21, "every is 21 of 20 periods, so nothing is kept; lower it, or run longer"),
    ],
)
def test_traces_that_cannot_be_kept_are_refused_before_anything_is_written(
    tmp_path: Path, columns, every, message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        supplynet.sweep(design(), 2, out=tmp_path / "runs", traces=Traces(columns, every))
    assert not (tmp_path / "runs").exists()


def test_traces_need_a_folder_and_are_traces(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="traces are kept in a folder, and there is no `out`; name one"):
        supplynet.sweep(stall(), 2, traces=ASKED)
    with pytest.raises(TypeError, match="must be Traces; write for example"):
        supplynet.sweep(stall(), 2, out=tmp_path, traces=("order",))


def test_the_shell_keeps_them_draws_them_and_reads_them_from_a_file(folder: Path) -> None:
    words = ("sweep", "flour-2020", "--vary", "window=4,8", "--seeds", "3", "--workers", "1")
    done = shell(*words, "--trace", "order", "--trace", "mill.on_hand", "--every", "4", "--out", "runs")
    assert done.exit_code == 0, done.output
    traces = read_traces("runs")
    assert len(traces) == 6 * 13 and traces["period"].max() == 51 and len(traces.columns) == 3 + 11 + 1
    (folder / "plan.toml").write_text(
        'scenario = "flour-2020"\nseeds = 3\ntraces = ["order", "mill.on_hand"]\nevery = 4\nout = "own"\n'
        "[vary]\nwindow = [4, 8]\n"
    )
    assert shell("sweep", "plan.toml").exit_code == 0
    same(read_traces("own"), traces)
    done = shell("results", "runs")
    for name in ("order", "on_hand"):
        assert f"File: runs/trace-{name}.png" in done.stdout
        picture = (imread(f"runs/trace-{name}.png")[::3, ::3, :3] * 255).astype(int)
        assert np.unique(picture @ [1, 256, 65536]).size > 9
    before = written(folder)
    for more, message in ((("--every", "3"), "every thins traces"), (("--trace", "order"), "there is no `out`")):
        refused = shell(*words, *more)
        assert refused.exit_code == 2 and refused.stderr.startswith("error: ") and message in refused.stderr
    assert written(folder) == before


def test_a_fan_has_the_median_of_each_line_and_the_band_of_most_runs(tmp_path: Path) -> None:
    runs = supplynet.sweep(
        supplynet.vary(stall(), window=(2, 8)), 40, out=tmp_path, traces=Traces(("on_hand", "works>shop.order"))
    )
    drawn = plots.fans(tmp_path, runs)
    assert list(drawn) == ["trace-on_hand", "trace-order"]
    traces = read_traces(tmp_path, "works>shop.order")
    panel = drawn["trace-order"].axes[0]
    assert panel.get_title(loc="left") == "works>shop" and panel.get_ylabel() == "units/period"
    for number, line in enumerate(panel.lines):
        own = traces[traces["scenario"] == number]["works>shop.order"].to_numpy().reshape(40, 20)
        assert np.allclose(line.get_ydata(), np.median(own, axis=0))
        band = panel.collections[number].get_paths()[0].vertices
        assert np.isclose(band[:, 1].max(), np.quantile(own, 0.9, axis=0).max())
    titles = [ax.get_title(loc="left") for ax in drawn["trace-on_hand"].axes]
    assert titles == ["shop", "works"]
    assert "never changes: market, mine" in drawn["trace-on_hand"].get_supxlabel().replace("\n", " ")


def test_scenarios_are_lines_where_they_are_few_and_else_the_values_of_a_lever() -> None:
    def lines(levers: dict[str, list[object]]) -> list[str]:
        n = len(next(iter(levers.values())))
        runs = pd.DataFrame({"scenario": range(n), **levers, "seed": 1, "replication": 0, "cost": 1.0, "error": None})
        return plots.lines_of(runs).tolist()

    assert lines({"window": [2, 4], "rule": ["pout", "pout"]}) == ["window = 2", "window = 4"]
    assert lines({"window": [2, 4], "mill.lot": [0.5, 1.0]})[1] == "window = 4, mill.lot = 1"
    assert lines({"a": [*range(6)], "b": [1, 2] * 3})[:3] == ["b = 1", "b = 2", "b = 1"]
    assert lines({"a": [*range(6)]}) == [""] * 6
    assert lines({"a": ["x" * 40 + "1", "x" * 40 + "2"]}) == ["scenario 0", "scenario 1"]


def test_of_many_places_those_are_drawn_that_change_most_and_of_many_runs_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = supplynet.sweep(supplynet.vary(stall(), window=(2, 8)), 40, out=tmp_path, traces=Traces(("on_hand",)))
    monkeypatch.setattr(plots, "PANELS", 1)
    monkeypatch.setattr(plots, "ROWS", 20 * 10)  # of 20 periods each
    figure = plots.fans(tmp_path, runs)["trace-on_hand"]
    most = read_traces(tmp_path, replications=range(5)).filter(like=".on_hand").std().idxmax()
    assert [f"{ax.get_title(loc='left')}.on_hand" for ax in figure.axes] == [most]
    note = figure.get_supxlabel().replace("\n", " ")
    assert "10 in all" in note and "the 1 of 4 places that change most" in note


def test_a_sweep_without_traces_has_no_pictures_of_them(tmp_path: Path) -> None:
    assert plots.fans(tmp_path, supplynet.sweep(stall(), 2, out=tmp_path)) == {}
