"""Comparing: the same luck, intervals that hold what they promise, and what pairing saves."""

from __future__ import annotations

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from scipy.stats import t
from shell import one_object, shell, written

import supplynet
from supplynet import from_graph, plot
from supplynet.comparison import Comparison, compare, names_of
from supplynet.distributions import Normal
from supplynet.plot.sweeps import with_unit
from supplynet.policies.ordering import BaseStock
from supplynet.shell.compare import tell

PERIODS = 10


def stall(mean: float, sd: float, **node):
    """A stall that always has enough: its mean demand is that of the market, whatever else happens."""
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Normal(mean, sd))
    graph.add_node("stall", kind="distributor", ordering=BaseStock(4000.0), on_hand=4000.0, **node)
    graph.add_node("farm", kind="supplier")
    graph.add_edge("stall", "market", shipment_lead_time=0)
    graph.add_edge("farm", "stall", shipment_lead_time=1)
    return supplynet.Scenario("stall", from_graph(graph), periods=PERIODS)


def by_hand(first, second, confidence=0.95):
    """The mean difference, and the half width of its interval, from the textbook."""
    difference = np.asarray(second) - np.asarray(first)
    half = t.ppf(0.5 + confidence / 2, difference.size - 1) * difference.std(ddof=1) / math.sqrt(difference.size)
    return difference.mean(), half


def test_the_interval_of_the_textbook_is_found():
    first, second = np.array([1.0, 4.0, 2.0, 7.0]), np.array([2.0, 6.0, 2.0, 11.0])
    row = Comparison(("a", "b"), {"cost": first}, {"cost": second}, 0.9).table().loc["cost"]
    # the differences are 1, 2, 0, 4: mean 7/4, variance 35/12; t(3) at 0.95 is 2.3533634
    half = 2.3533634 * math.sqrt(35 / 12 / 4)
    assert row[["first", "second", "difference"]].tolist() == [3.5, 5.25, 1.75]
    assert [row.low, row.high] == pytest.approx([1.75 - half, 1.75 + half], rel=1e-6)
    # the variances are 21/3 and 54.75/3
    assert row.variance_reduction == pytest.approx((7.0 + 18.25) / (35 / 12))
    assert (row.pairs, row.undefined) == (4, 0)


def test_pairs_in_which_one_is_undefined_are_left_out_and_counted():
    first, second = np.array([1.0, np.nan, 2.0, 7.0, 3.0]), np.array([2.0, 6.0, 2.0, np.nan, 5.0])
    row = Comparison(("a", "b"), {"cost": first}, {"cost": second}).table().loc["cost"]
    mean, half = by_hand([1.0, 2.0, 3.0], [2.0, 2.0, 5.0])
    assert [row.difference, row.low, row.high] == pytest.approx([mean, mean - half, mean + half])
    assert row["first"] == 2.0 and row.second == 3.0 and (row.pairs, row.undefined) == (3, 2)


@pytest.mark.parametrize(("defined", "mean"), [(0, math.nan), (1, 2.0)])
def test_fewer_than_two_pairs_tell_no_interval(defined, mean):
    first = np.where(np.arange(3) < defined, 1.0, np.nan)
    row = Comparison(("a", "b"), {"cost": first}, {"cost": np.full(3, 3.0)}).table().loc["cost"]
    assert row.difference == pytest.approx(mean, nan_ok=True)
    assert np.isnan([row.low, row.high, row.variance_reduction]).all() and row.undefined == 3 - defined


def test_what_is_the_same_in_every_run_has_a_point_for_an_interval_whatever_a_mean_is_rounded_to():
    first, second = np.full(7, 0.1), np.full(7, 0.4)
    assert second.var() > 0.0  # by rounding
    row = Comparison(("a", "b"), {"cost": first}, {"cost": second}).table().loc["cost"]
    assert row.low == row.difference == row.high == 0.4 - 0.1 and math.isnan(row.variance_reduction)


def test_the_interval_covers_a_known_difference_as_often_as_it_says():
    # Mean demands are 200 + 20 z and 203 + 30 z, where z is the mean of the shared draws: they differ by 3 on average.
    groups, size = 400, 6
    runs = [supplynet.replicate(stall(*moments), groups * size) for moments in ((200.0, 20.0), (203.0, 30.0))]
    first, second = (one["mean_demand"].reshape(groups, size) for one in runs)
    for confidence in (0.8, 0.95):
        tables = [
            Comparison(("a", "b"), {"x": a}, {"x": b}, confidence).table().loc["x"]
            for a, b in zip(first, second, strict=True)
        ]
        covered = sum(row.low <= 3.0 <= row.high for row in tables)
        deviation = math.sqrt(groups * confidence * (1 - confidence))
        assert abs(covered - groups * confidence) < 4.0 * deviation, (confidence, covered / groups)


def test_pairing_saves_what_theory_says():
    # sd 20 and 30 of one draw: (20^2 + 30^2) / (30 - 20)^2 = 13 times the runs, and exactly, since all is one draw
    row = compare(stall(200.0, 20.0), stall(203.0, 30.0), 50).table().loc["mean_demand"]
    assert row.variance_reduction == pytest.approx(13.0, rel=1e-9)
    # with the luck of other replications nothing is saved: the ratio is 1 but for the chance of 2,000 pairs
    first, second = (supplynet.replicate(stall(200.0, 20.0), range(at, at + 2000)) for at in (0, 2000))
    apart = Comparison(("a", "b"), first, second).table().loc["mean_demand"]
    assert abs(apart.variance_reduction - 1.0) < 4.0 / math.sqrt(2000)


def test_a_scenario_does_not_differ_from_itself():
    comparison = compare(stall(200.0, 20.0), stall(200.0, 20.0), 5)
    table = comparison.table()
    assert (table[["difference", "low", "high"]].dropna() == 0.0).all(axis=None) and comparison.varies
    assert table.loc["mean_demand", "variance_reduction"] == math.inf
    assert math.isnan(table.loc["total_cost", "variance_reduction"])  # there are no costs, so neither varies


def test_both_see_the_same_demand_whatever_their_rule():
    shops = [stall(200.0, 20.0).with_lever("base_stock_level", level) for level in (4000.0, 150.0)]
    table = compare(*shops, 20).table()
    assert table.loc["mean_demand", ["difference", "low", "high"]].tolist() == [0.0, 0.0, 0.0]
    assert table.loc["mean_on_hand", "high"] < 0.0


def test_without_randomness_each_interval_is_a_point_and_it_is_known():
    game = supplynet.load("beer-game")
    comparison = compare(game, game.with_lever("desired_stock", 32.0), 3)
    cost = comparison.table().loc["total_cost"]
    assert not comparison.varies and cost["first"] == 204.0 and cost.low == cost.difference == cost.high > 0.0


def test_two_scenarios_of_one_name_are_called_by_what_was_set():
    flour = supplynet.load("flour-2020")
    changed = flour.with_lever("window", 8).with_lever("mill.capacity", 12.0)
    assert names_of(flour, changed) == ("flour-2020", "flour-2020, window=8, mill.capacity=12.0")
    assert names_of(supplynet.load("beer-game"), flour) == ("beer-game", "flour-2020")


def test_what_cannot_be_compared_is_refused_with_every_reason():
    one = stall(200.0, 20.0)
    with pytest.raises(ValueError) as told:
        compare(one, replace(one, seed=4, periods=20, warm_up=3))
    assert "seed is 4, must be 0 as that of 'stall', or the two do not share their luck" in str(told.value)
    assert "periods is 20, must be 10" in str(told.value) and "warm_up is 3, must be 0" in str(told.value)
    with pytest.raises(ValueError, match="replications is 1, must be at least 2 for an interval; run more"):
        compare(one, one, 1)
    with pytest.raises(ValueError, match=r"confidence is 95, must be a number in \[0.5, 0.9999\]; give 0.95"):
        compare(one, one, 2, confidence=95)


def test_a_run_that_fails_is_told_and_not_averaged_away():
    shops = [stall(200.0, 20.0), stall(203.0, 30.0)]
    openings = [supplynet.run(shops[0], replication=at).record["demand"][0, 0] for at in range(4)]
    worst = int(np.argmax(openings))
    fine = (worst + 1) % 4

    def broken(result):
        if result.record["demand"][0, 0] == openings[worst]:
            raise ArithmeticError("too much for me")
        return 1.0

    with pytest.raises(ValueError, match=f"scenario 0, replication {worst} failed: .*too much for me"):
        compare(*shops, (fine, worst), outcomes=(broken,))


def test_outcomes_of_ones_own_are_compared_too():
    def last_demand(result):
        return result.record["demand"][-1, 0]

    table = compare(stall(200.0, 20.0), stall(300.0, 20.0), 4, outcomes=(last_demand,)).table()
    assert table.loc["last_demand", ["difference", "low", "high"]].tolist() == pytest.approx([100.0] * 3)


def test_the_command_compares_two_scenarios_and_saves_a_picture(folder):
    done = shell("compare", "beer-game", "beer-game-sterman", "--replications", "3")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[:2] == ["A: beer-game", "B: beer-game-sterman"]
    cost = next(line.split() for line in lines if line.startswith(" total_cost"))
    assert cost == ["total_cost", "money", "204", "2,694", "2,490", "2,490", "to", "2,490", "-"]
    told = " ".join(done.stdout.split())
    assert "Higher in B: total_cost," in told and "Lower in B: fill_rate." in told
    assert (
        "The same in both: lost, mean_demand, scrapped." in told
        and "one run tells all, and each interval is a point" in told
    )
    assert lines[-1] == "Picture: compare-beer-game.png" and written(folder) == ["compare-beer-game.png"]


def test_the_command_compares_a_rule_with_the_scenarios_own(folder):
    words = ("flour-2020", "--rule", "ordering=pout", "--set-b", "smoothing=0.5", "--set", "periods=30", "--set-a")
    done = shell("compare", *words, "window=6", "--replications", "2", "--json")
    told = one_object(done.stdout)
    assert told["a"] == "flour-2020, window=6" and told["b"] == "flour-2020, ordering=pout, smoothing=0.5"
    base = supplynet.load("flour-2020").with_lever("periods", 30)
    other = base.with_levers({"ordering": "pout", "smoothing": 0.5})
    for side, scenario in (("first", base.with_lever("window", 6)), ("second", other)):
        for name, value in supplynet.run(scenario).outcomes.items():
            assert told["outcomes"][name][side] == pytest.approx(value, rel=1e-12)
    assert told["outcomes"]["total_cost"]["variance_reduction"] is None


def test_the_words_sort_outcomes_by_what_their_intervals_say(folder, capsys):
    hole, none = np.array([1.0, np.nan, 2.0]), np.full(3, np.nan)
    first = dict.fromkeys(("more", "less", "same", "either", "hole", "none"), np.array([1.0, 2.0, 4.0]))
    second = {
        "more": first["more"] + 1.0,
        "less": first["less"] - 1.0,
        "same": first["same"],
        "hole": hole,
        "none": none,
    }
    tell(Comparison(("a", "b"), first, {**second, "either": np.array([2.0, 1.0, 4.5])}), None)
    words = " ".join(capsys.readouterr().out.split())
    assert "Higher in B: more. Lower in B: less. The same in both: same. Not told apart: either, hole." in words
    assert "Undefined: none." in words and "Pairs in which an outcome is undefined are left out: hole in 1." in words


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("flour-2020",), "there is nothing to compare it with; name another scenario, or say what is to differ"),
        (("flour-2020", "beer-game"), "periods is 36, must be 52 as that of 'flour-2020', or their totals cannot"),
        (
            ("flour-2020", "--rule", "orderin=pout"),
            "must be KIND=RULE, where KIND is a kind of rule; did you mean 'ord",
        ),
        (("flour-2020", "--rule", "ordering=pot"), "rule 'pot' is not known; did you mean 'pout'?"),
        (("flour-2020", "--set-b", "widow=3"), "lever 'widow' is not known here; did you mean 'window'?"),
        (("flour-2020", "flour-2020", "--set-a", "window"), "--set-a 'window': must be LEVER=VALUE"),
        (("flour-2020", "--set-b", "window=3", "--replications", "1"), "must be at least 2 for an interval"),
        (("flour-2020", "--set-b", "window=3", "--confidence", "95"), "confidence is 95.0, must be a number in"),
        (("flour-2020", "--set-b", "window=3", "--plot", "a.gif"), "must be one of .png, .svg, .pdf"),
    ],
)
def test_a_command_that_cannot_be_says_why_and_writes_nothing(folder, words, message):
    done = shell("compare", *words)
    assert done.exit_code == 2 and message in done.stderr and "Traceback" not in done.output
    assert done.stderr.startswith("error: ") and written(folder) == []


def test_the_picture_has_a_strip_for_each_outcome_that_differs_and_names_the_others():
    found = compare(stall(200.0, 20.0), stall(203.0, 30.0), 20)
    figure, table = plot.differences(found), found.table()
    differing = table.index[(table["pairs"] > 0) & ~(table[["difference", "low", "high"]] == 0.0).all(axis=1)]
    words = [with_unit(name) for name in differing]
    assert [ax.get_yticklabels()[0].get_text() for ax in figure.axes] == words and "peak order (units/period)" in words
    assert "the same in both: total_cost, " in figure._supxlabel.get_text()
    for outcome, ax in zip(differing, figure.axes, strict=True):
        assert ax.lines[1].get_xdata() == pytest.approx(table.loc[outcome, ["low", "high"]].tolist())
    assert not plot.differences(compare(stall(2.0, 0.1), stall(2.0, 0.1), 2)).axes[0].axison
