"""Results without a browser: which sweeps there are, what is kept, where points lie, and the run that a link opens."""

from __future__ import annotations

import shlex
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from shell import one_object, shell
from supplynet.viz import link
from supplynet.viz.explore.answers import Runner, read_link
from supplynet.viz.faults import Fault
from supplynet.viz.results import drawing, reading
from supplynet.viz.results.drawing import Asked
from supplynet.viz.results.page import fitting, offered_kinds

import supplynet
from supplynet.disruptions import Disruption

SHUT = Disruption("mill", "capacity_factor", 0.0, 20, 5)
BASE = supplynet.load("flour-2020", mill_capacity=1.2).with_levers({"periods": 40, "mill.on_hand": 9.0})


@pytest.fixture
def swept(tmp_path, monkeypatch) -> reading.Sweep:
    monkeypatch.chdir(tmp_path)
    base = BASE.with_disruptions([SHUT])
    supplynet.sweep(supplynet.vary(base, window=(2, 4, 8), safety_periods=(0.5, 1.0)), 3, out="study/runs")
    return reading.open_sweep("./study/runs")


def test_sweeps_in_the_folder_are_found_and_those_that_are_hidden_are_not(swept, tmp_path):
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "study")
    assert reading.sweeps() == ["./study/runs"]


@pytest.mark.parametrize("name", ["../elsewhere", "/etc", "study/out"])
def test_a_sweep_outside_of_the_folder_is_not_opened_by_a_link_either(swept, tmp_path, name):
    (tmp_path / "study" / "out").symlink_to("/etc")
    with pytest.raises(ValueError, match="outside of the folder"):
        reading.open_sweep(name)


def test_a_folder_that_is_no_sweep_says_what_to_name(swept):
    with pytest.raises(ValueError, match="holds no sweep"):
        reading.open_sweep("study")


def test_runs_are_kept_by_value_and_by_range(swept):
    assert swept.few() == {"window": ["2", "4", "8"], "safety_periods": ["0.5", "1"]}
    kept = reading.filtered(swept, {"window": ("2", "8"), "safety_periods": ("0.5",)})
    assert set(kept["window"]) == {2, 8} and set(kept["safety_periods"]) == {0.5} and len(kept) == 6
    many = pd.DataFrame(
        {"scenario": range(20), "x": np.linspace(0, 1, 20), "seed": 0, "replication": 0, "y": 1.0, "error": None}
    )
    wide = reading.Sweep("wide", many, ("x",), ("y",), {}, ())
    assert wide.spans() == {"x": (0.0, 1.0)} and len(reading.filtered(wide, {"x": ("0.5:1",)})) == 10
    for text, says in (("1:0", "turn them round"), ("half", "must be LOW:HIGH")):
        with pytest.raises(ValueError, match=says):
            reading.filtered(wide, {"x": (text,)})


@pytest.mark.parametrize("kind", drawing.KINDS)
def test_each_point_lies_where_the_picture_has_it_and_picks_its_runs(swept, kind):
    asked = fitting(swept, swept.runs, Asked(kind))
    drawn = drawing.draw(swept.runs, asked)
    assert len(drawn["points"]) == 6 and drawn["src"].startswith("data:image/png;base64,")
    assert all(0 < point["x"] < 1 and 0 < point["y"] < 1 for point in drawn["points"])
    for point in drawn["points"]:
        chosen = swept.runs
        for name, value in point["pick"].items():
            chosen = chosen[chosen[name].map(reading.word) == value]
        assert len(chosen) == 3 and chosen["scenario"].nunique() == 1
    assert all("total cost (money) " in point["said"] for point in drawn["points"])
    if kind == "heat map":  # along from left to right, up from below
        spots = {tuple(point["pick"].values()): (point["x"], point["y"]) for point in drawn["points"]}
        assert spots["2", "0.5"][0] < spots["4", "0.5"][0] < spots["8", "0.5"][0]
        assert spots["2", "0.5"][1] > spots["2", "1"][1] and spots["2", "1"][0] == spots["2", "0.5"][0]


def test_a_line_has_its_points_at_the_means(swept):
    drawn = drawing.draw(swept.runs, fitting(swept, swept.runs, Asked("line")))
    means = {pick: point["y"] for point in drawn["points"] for pick in [tuple(point["pick"].values())]}
    costs = swept.runs.groupby(["window", "safety_periods"])["total_cost"].mean()
    of_picks = [costs[int(window), float(safety)] for window, safety in means]
    ys = np.array(list(means.values()))
    slope, constant = np.polyfit(of_picks, ys, 1)
    assert slope < 0 and np.allclose(ys, constant + slope * np.array(of_picks), atol=1e-4)  # one linear axis


def test_what_cannot_be_drawn_is_not_offered(swept):
    assert offered_kinds(swept) == list(drawing.KINDS)
    alone = reading.Sweep("one", swept.runs.head(3), (), ("total_cost",), swept.told, ())
    with pytest.raises(ValueError, match="vary a lever"):
        offered_kinds(alone)
    again = fitting(swept, swept.runs, Asked("pie", "speed", "window", "profit", "total_cost"))
    assert again == Asked("line", "window", "safety_periods", "total_cost", "bullwhip_ratio")


def test_the_link_of_a_run_makes_the_very_run(swept):
    assert reading.why_not(swept) == ""
    row = swept.runs.iloc[11].to_dict()
    parts = link.read(urlsplit(reading.link_of(swept, row)).query)
    asked = read_link(parts)
    answer = Runner().attempt(asked.wanted)
    assert asked.wrong == () and answer.fault == Fault() and answer.study is not None
    result = answer.study.result
    assert result.record.replication == row["replication"] == 2 and SHUT in result.scenario.strikes
    for outcome in swept.outcomes:
        assert result.outcomes[outcome] == row[outcome]
    from_shell = one_object(shell(*shlex.split(answer.study.wanted.command)[1:], "--json").stdout)
    assert from_shell["outcomes"] == result.outcomes


def test_runs_that_no_link_can_name_say_why(swept):
    old = reading.Sweep("old", swept.runs, swept.levers, swept.outcomes, {"experiment": {"scenarios": 6}}, ())
    given = reading.Sweep("given", swept.runs, (), swept.outcomes, {**swept.told}, ())
    assert "older version" in reading.why_not(old) and "made in Python" in reading.why_not(given)
