"""A line on cards against batches: what it saves, what each change alone saves, and what it gives up.

Measured over many runs that share their luck in pairs; means of differences have standard errors.
"""

from __future__ import annotations

import numpy as np
import pytest
from lines import error, play, with_outage
from measuring import recorded

import supplynet

RUNS = 24
WEEK = 2400
BATCHES = {"lot": 100, "setup": 20}
WAYS = {
    "push": ("batch-line", {}),
    "cards alone": ("toyota", {**BATCHES, "cards": 20}),
    "small lots alone": ("batch-line", {"lot": 25, "setup": 5}),
    "both": ("toyota", {}),
    "conwip": ("conwip-line", {}),
    "lean": ("batch-line", {"safety_periods": 50.0, "finished_periods": 360.0}),
    "lean with small lots": (
        "batch-line",
        {"lot": 25, "setup": 5, "safety_periods": 25.0, "finished_periods": 300.0},
    ),
}
LARGE = ("push", "cards alone", "lean")


@pytest.fixture(scope="module")
def ways():
    """Measures [run] of the line run in five ways; see lines.play."""
    scenarios = {way: supplynet.load(name, **levers) for way, (name, levers) in WAYS.items()}
    return play(scenarios, RUNS, periods=2 * WEEK, warm_up=WEEK)


def saved(ways, way):
    """The part of the work in process of the pushed line that another way does without, [run]."""
    return 1.0 - ways[way]["wip"] / ways["push"]["wip"]


def assert_more(samples, least=0.0):
    """Assert that a mean over runs is more than this by four standard errors."""
    assert samples.mean() - 4.0 * error(samples) > least, f"{samples.mean()} +- {error(samples)}"


def test_cards_and_small_lots_together_save_about_three_quarters_of_the_work_in_process(ways):
    both = saved(ways, "both")
    assert_more(both, least=0.70)
    assert_more(-both, least=-0.85)


@pytest.mark.parametrize("way", ["cards alone", "small lots alone"])
def test_cards_alone_or_small_lots_alone_save_a_third_of_that_at_most(ways, way):
    assert_more(saved(ways, way))
    assert_more(saved(ways, "both") / 3.0 - saved(ways, way))


@pytest.mark.parametrize("way", WAYS)
def test_all_ways_have_the_same_output_and_serve_customers_at_once(ways, way):
    more = ways[way]["output"] - ways["push"]["output"]
    assert abs(more.mean()) <= 4.0 * error(more) + 1e-12 and error(more) < 0.002 * ways["push"]["output"].mean()
    assert ways[way]["fill"].mean() > 0.98
    assert (ways[way]["fill"] - ways["push"]["fill"]).mean() > -0.005


@pytest.mark.parametrize("way", WAYS)
def test_machines_hold_their_busy_time_over_the_takt_whatever_rules_the_line(ways, way):
    lot, setup = (100, 20) if way in LARGE else (25, 5)
    over = ways[way]["machines"] - 5 * (setup + 0.8 * lot) * ways[way]["output"]
    assert abs(over.mean()) < 4.0 * error(over) + 0.005 * ways[way]["machines"].mean()


def test_a_quarter_of_the_lot_at_a_quarter_of_the_setup_leaves_a_quarter_of_the_work_in_machines():
    # Eight machines at a steady takt of 1 are never idle: N (setup + Q t) / takt is 800, and 200.
    steady = {"stations": 8, "demand": 1.0, "demand_sd": 0.0}
    scenarios = {name: supplynet.load(name, **steady) for name in ("batch-line", "toyota")}
    held = play(scenarios, 1, periods=1600, warm_up=1000)
    assert held["batch-line"]["machines"] == pytest.approx(800.0) and held["toyota"]["machines"] == pytest.approx(200.0)
    assert held["batch-line"]["output"] == held["toyota"]["output"] == pytest.approx(1.0)


def test_cards_for_the_whole_line_do_with_less_than_cards_for_each_station(ways):
    assert_more(ways["both"]["wip"] - ways["conwip"]["wip"])
    total = {way: ways[way]["wip"] + ways[way]["finished"] for way in ("both", "conwip")}
    assert_more(total["both"] - total["conwip"])


def test_a_schedule_that_keeps_its_reserve_in_finished_goods_still_holds_more_in_all(ways):
    total = {way: ways[way]["wip"] + ways[way]["finished"] for way in ways}
    assert_more(total["lean"] - 2.0 * total["both"])
    assert_more(total["lean with small lots"] - total["both"])
    assert_more(ways["both"]["wip"] - ways["lean with small lots"]["wip"])
    assert_more(ways["lean with small lots"]["finished"] - 3.0 * ways["both"]["finished"])


def test_a_line_on_cards_keeps_fewer_finished_goods(ways):
    assert_more(ways["push"]["finished"] - ways["both"]["finished"])


def test_small_lots_without_quick_setups_cannot_keep_up():
    # Each machine is busy for 20 + 25 * 0.8 = 40 minutes with 25 units.
    slow = {"slow": supplynet.load("toyota", setup=20.0, demand=0.9)}
    output = play(slow, 4, periods=3400, warm_up=1800)["slow"]["output"]
    assert output == pytest.approx(25.0 / 40.0, rel=0.01)


def test_quick_setups_make_small_lots_as_cheap_and_the_smaller_stock_makes_them_cheaper():
    books = {}
    for name in ("batch-line", "toyota"):
        result = supplynet.run(supplynet.load(name).with_lever("periods", 2 * WEEK))
        sold = result.record["shipped"][WEEK:, result.nodes.index("assembly")].sum()
        books[name] = result.statement(), result.business, sold
        set_ups = books[name][0].set_ups[WEEK:].sum() / sold
        assert set_ups == pytest.approx(5 * 0.5 * 20.0 / 100.0, rel=0.05), "money for set-ups by unit"
    old, new = books["batch-line"], books["toyota"]
    assert new[0].holding[WEEK:].sum() < 0.4 * old[0].holding[WEEK:].sum()
    assert new[1]["days_of_inventory"] < 0.4 * old[1]["days_of_inventory"]
    assert new[1]["profit"] > old[1]["profit"]


def test_in_an_outage_customers_of_the_line_on_cards_are_short_sooner_and_for_more():
    start, duration = WEEK, 600
    first, owed = {}, {}
    for name in ("toyota", "batch-line"):
        scenario = with_outage(supplynet.load(name).with_lever("periods", start + duration), start, duration)
        backlog = recorded(scenario, "assembly", ("backlog",), runs=RUNS, warm_up=start)["backlog"]
        short = backlog > 0.0
        first[name] = np.where(short.any(axis=1), short.argmax(axis=1), duration)
        owed[name] = backlog[:, -1]
    assert_more((first["batch-line"] - first["toyota"]).astype(float))
    assert_more(owed["toyota"] - owed["batch-line"])
    assert first["toyota"].mean() < (265.0 + 40.0) / 0.75, "before as much is sold as the line holds"
