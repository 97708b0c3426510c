"""Sensitivity: indices against closed forms, swings against runs by hand, and what a user sees of them."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from shell import one_object, shell, written

import supplynet
from supplynet import from_graph, plot
from supplynet.distributions import Normal
from supplynet.policies.ordering import BaseStock
from supplynet.sensitivity import Indices, sobol, sobol_points, tornado

STOCKS = {"flour": 40.0, "sugar": 20.0, "salt": 10.0}
LEVERS = ("--vary", "stock_adjustment=0.3:1.0", "--vary", "supply_line_weight=0.3:1.0", "--vary", "smoothing=0.0:0.5")


def stores(periods: int = 5, sd: float = 0.0):
    """Stores whose stock nobody touches: the total cost is the sum of holding cost times stock times periods."""
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Normal(200.0, sd) if sd else 0.0)
    graph.add_node("mill", kind="supplier")
    for name, stock in STOCKS.items():
        graph.add_node(name, kind="distributor", ordering=BaseStock(stock), on_hand=stock, holding_cost=1.0)
        graph.add_edge("mill", name)
        graph.add_edge(name, "market", shipment_lead_time=0)
    return supplynet.Scenario("stores", from_graph(graph), periods=periods, start="empty")


def game():
    """The beer game without the builder's own levers, so that its rules are set in place, which is quick."""
    return supplynet.Scenario("game", supplynet.load("beer-game-sterman").network, periods=36)


def test_the_indices_of_ishigamis_function_are_found():
    ranges = dict.fromkeys(("x1", "x2", "x3"), (-math.pi, math.pi))
    points = sobol_points(ranges, 2048, 1)
    x1, x2, x3 = points.T
    values = np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    table = Indices(ranges, points, {"y": values}).table("y").loc[list(ranges)]
    # Source: Ishigami & Homma (1990), with a = 7 and b = 0.1
    v1, v2, v13 = 0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2, 49 / 8, 0.01 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    assert np.abs(table["first"] - np.array([v1, v2, 0.0]) / whole).max() < 0.03
    assert np.abs(table["total"] - np.array([v1 + v13, v2, v13]) / whole).max() < 0.03
    assert (table["half_first"] < 0.1).all() and table["half_total"].gt(0.0).all()


def test_the_indices_of_a_cost_that_is_a_sum_are_the_shares_of_its_parts():
    # cost = 5 (40 a + 20 b + 10 c): over ranges of 1, 2 and 2 the variances are as 40^2, 40^2 and 20^2
    ranges = {"flour.holding_cost": (1.0, 2.0), "sugar.holding_cost": (0.0, 2.0), "salt.holding_cost": (2.0, 4.0)}
    study = sobol(stores(), ranges, 128, outcomes=("total_cost",))
    assert study.points.shape == (128 * 5, 3)
    cost = 5.0 * study.points @ np.array(list(STOCKS.values()))
    assert study.values["total_cost"] == pytest.approx(cost, rel=1e-12)
    table = study.table("total_cost").loc[list(ranges)]
    for what in ("first", "total"):
        assert np.abs(table[what] - np.array([4.0, 4.0, 1.0]) / 9.0).max() < 0.04
    assert "Alone, the levers explain about " in study.sentence("total_cost")
    assert sobol(stores(), ranges, 128, outcomes=("total_cost",)).table("total_cost").equals(study.table("total_cost"))


def test_whole_ends_mean_whole_numbers_each_as_likely_as_the_others():
    points = sobol_points({"window": (2, 5), "smoothing": (0.0, 1.0)}, 256, 3)
    values, counts = np.unique(points[:256, 0], return_counts=True)
    assert values.tolist() == [2.0, 3.0, 4.0, 5.0] and np.abs(counts - 64).max() < 30
    assert np.unique(points[:, 1]).size == 512  # those of both independent samples


def test_a_tornado_is_what_runs_by_hand_give_and_its_intervals_are_paired():
    scenario = stores(periods=20, sd=20.0)
    ranges = {"flour.holding_cost": (0.5, 2.0), "market.mean": (150.0, 260.0)}
    table = tornado(scenario, ranges, 30).table("total_cost")
    base = supplynet.replicate(scenario, 30)["total_cost"]
    for lever, row in table.iterrows():
        for side in ("low", "high"):
            end = supplynet.replicate(scenario.with_lever(lever, row[side]), 30)["total_cost"]
            assert row[f"at_{side}"] == pytest.approx(end.mean()) and row[f"change_{side}"] == pytest.approx(
                (end - base).mean()
            )
            half = 2.0452296 * (end - base).std(ddof=1) / math.sqrt(30)  # Student's t with 29 degrees of freedom
            assert row[f"half_{side}"] == pytest.approx(half, rel=1e-6)
    assert table["swing"].is_monotonic_decreasing


def test_a_lever_that_does_harm_at_both_ends_swings_from_where_it_stands():
    table = tornado(supplynet.load("beer-game"), {"desired_stock": (27.0, 29.0)}, 1).table("total_cost")
    row = table.loc["desired_stock"]
    assert row.change_low > 0.0 and row.change_high > 0.0  # 28 is the best there is
    assert row.swing == max(row.change_low, row.change_high)


def test_in_the_beer_game_the_supply_line_matters_most_and_expectations_least():
    # Sterman (1989): the cost comes from ignoring the supply line, hardly from how expectations are formed.
    ranges = {"smoothing": (0.2, 0.5), "stock_adjustment": (0.2, 0.5), "supply_line_weight": (0.0, 1.0)}
    alone = tornado(game(), ranges, 1, outcomes=("total_cost",)).table("total_cost")
    together = sobol(game(), ranges, 32, outcomes=("total_cost",)).table("total_cost")
    assert alone.index.tolist()[0] == together.index.tolist()[0] == "supply_line_weight"
    assert alone.index.tolist()[-1] == together.index.tolist()[-1] == "smoothing"


def test_an_outcome_that_never_moves_or_is_undefined_has_no_indices_and_says_so():
    ranges, points = {"a": (0.0, 1.0)}, np.zeros((6, 1))
    study = Indices(ranges, points, {"same": np.ones(6), "hole": np.array([1.0, np.nan, 2.0, 3.0, 4.0, 5.0])})
    assert study.table("same").isna().all(axis=None) and study.table("hole").isna().all(axis=None)
    assert study.sentence("same") == "same is the same at all points: none of these levers moves it."
    assert study.sentence("hole").startswith("At 1 of 6 points hole is undefined")
    still = tornado(stores(), {"flour.holding_cost": (0.5, 2.0)}, 2)
    assert still.sentence("lost") == "None of these levers moves lost."
    told = still.sentence("bullwhip_ratio")
    assert told.startswith("bullwhip_ratio is undefined") and told.endswith(
        "In 6 runs bullwhip_ratio is undefined; they are left out."
    )


def test_outcomes_of_ones_own_are_studied_too():
    def flour_left(result):
        return result.record["on_hand"][-1, list(result.nodes).index("flour")]

    table = tornado(stores(), {"flour.on_hand": (50.0, 60.0)}, 1, outcomes=(flour_left,)).table("flour_left")
    assert table.loc["flour.on_hand", ["at_low", "at_high"]].tolist() == [50.0, 60.0]


def test_ranges_that_do_not_fit_are_all_told_at_once():
    with pytest.raises(ValueError) as told:
        tornado(stores(), {"a": (2.0, 1.0), "b": (1.0,), "c": (0.0, math.inf), "d": ("1", 2)})
    lines = str(told.value).splitlines()
    assert [line[:9] for line in lines] == [f"lever {name!r}" for name in "abcd"]
    assert lines[0] == "lever 'a': its range is (2.0, 1.0), must be two numbers, low < high; write (0.1, 0.9)"
    with pytest.raises(ValueError, match="there is nothing to vary"):
        sobol(stores(), {})
    with pytest.raises(ValueError, match="lever 'holding_cst' is not known here; did you mean 'holding_cost'") as told:
        tornado(stores(), {"holding_cst": (0.0, 1.0), "flour.on_hand": (-1.0, 1.0)})
    assert "flour.on_hand" in str(told.value)
    with pytest.raises(ValueError, match="n is 100, must be a power of two, .*; take 64 or 128"):
        sobol(stores(), {"holding_cost": (0.0, 1.0)}, 100)
    with pytest.raises(ValueError, match="outcome 'total_cots' is not known; did you mean 'total_cost'"):
        tornado(stores(), {"holding_cost": (0.0, 1.0)}, 1).table("total_cots")


def test_without_salib_one_message_says_what_to_install_and_the_tornado_still_works(monkeypatch):
    for module in ("SALib", "SALib.sample.sobol", "SALib.analyze.sobol"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ValueError, match=r"need SALib.*; install it with: pip install 'supplynet\[sensitivity\]'"):
        sobol(stores(), {"holding_cost": (0.0, 1.0)}, 8)
    assert len(tornado(stores(), {"holding_cost": (0.0, 1.0)}, 1).table("total_cost")) == 1


@pytest.mark.parametrize(("method", "more"), [("tornado", ("--replications", "3")), ("sobol", ("--points", "4"))])
def test_the_command_prints_a_table_and_saves_a_picture(folder, method, more):
    done = shell("sensitivity", "beer-game", *LEVERS, "--method", method, *more)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "beer-game: what total_cost depends on"
    rows = done.stdout.partition("───")[2].splitlines()[1:4]
    assert rows[0].split()[0] == "supply_line_weight"
    assert {row.split()[0] for row in rows} == {"supply_line_weight", "stock_adjustment", "smoothing"}
    assert done.stdout.splitlines()[-1] == f"Picture: {method}-beer-game.png"
    assert written(folder) == [f"{method}-beer-game.png"] and Path(written(folder)[0]).stat().st_size > 10_000


def test_the_command_prints_one_strict_object(folder):
    done = shell("sensitivity", "beer-game", *LEVERS, "--replications", "1", "--json", "--outcome", "fill_rate")
    told = one_object(done.stdout)
    assert (told["method"], told["outcome"], told["runs"]) == ("tornado", "fill_rate", 7)
    assert told["levers"]["smoothing"]["low"] == 0.0 and told["levers"]["smoothing"]["half_low"] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--vary", "smoothing"), "--vary 'smoothing': must be LEVER=LOW:HIGH with two numbers; write for example"),
        (("--vary", "smoothing=0.1:much"), "--vary 'smoothing=0.1:much': must be LEVER=LOW:HIGH"),
        (
            ("--vary", "smoothing=0.9:0.1"),
            "lever 'smoothing': its range is (0.9, 0.1), must be two numbers, low < high",
        ),
        (("--vary", "smooth=0.1:0.9"), "lever 'smooth' is not known here; did you mean 'smoothing'?"),
        ((*LEVERS, "--method", "sobel"), "--method 'sobel': must be one of tornado, sobol; did you mean 'sobol'?"),
        ((*LEVERS, "--outcome", "cost"), "outcome 'cost' is not known"),
        ((*LEVERS, "--method", "sobol", "--points", "100"), "n is 100, must be a power of two"),
        ((*LEVERS, "--replications", "0"), "must be how many replications, at least 1"),
    ],
)
def test_a_command_that_cannot_be_says_why_and_writes_nothing(folder, words, message):
    done = shell("sensitivity", "beer-game", *words)
    assert done.exit_code == 2 and message in done.stderr and "Traceback" not in done.output
    assert done.stderr.startswith("error: ") and written(folder) == []


def test_the_pictures_show_what_the_tables_say():
    study = tornado(game(), {"smoothing": (0.2, 0.5), "supply_line_weight": (0.0, 1.0)}, 1)
    table, ax = study.table("total_cost"), plot.tornado(study, "total_cost")
    assert [label.get_text().split("\n")[0] for label in ax.get_yticklabels()][::-1] == table.index.tolist()
    ends = sorted(bar.get_x() + bar.get_width() for bar in ax.patches)
    assert ends == pytest.approx(sorted([*table["at_low"], *table["at_high"]]))
    shares = Indices({"a": (0.0, 1.0)}, np.zeros((6, 1)), {"same": np.ones(6)})
    assert plot.indices(shares, "same").get_xlabel().startswith("share of the variance of same")
