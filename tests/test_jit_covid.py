"""Lean in a pandemic: what is lost, to the digit, why, and the same shock laid over other scenarios."""

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from shell import shell

from supplynet import Scenario, from_graph, load, run
from supplynet.demand import Seasonal
from supplynet.distributions import Poisson
from supplynet.policies.ordering import BaseStock, Plan
from supplynet.scenarios.shock import Shock, shocked

SLUMP, REBOUND, LEAD, START, SLUMP_LENGTH, OUTAGE = 0.5, 1.1, 30, 60, 60, 60
BACK = START + SLUMP_LENGTH


def forecast(slump=SLUMP, smoothing=0.3, length=SLUMP_LENGTH):
    """What is forecast on the last day of the slump: a part of the demand before is still in it."""
    return slump + (1.0 - slump) * (1.0 - smoothing) ** length


def lost(**levers):
    return run(load("jit-covid", **levers)).outcomes["lost"]


@pytest.mark.parametrize("buffer", [0.0, 1.0, 7.3, 13.0, 20.0, 28.0])
def test_half_a_day_is_lost_fewer_for_a_day_of_buffer(buffer):
    # What is there when demand is back, F (30 + 1 + s), has to last for the outage and the lead time.
    expected = REBOUND * (OUTAGE + LEAD) - forecast() * (LEAD + 1 + buffer)
    assert expected == pytest.approx(83.5 - 0.5 * buffer, abs=1e-7)
    assert lost(buffer=buffer) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(
    "levers",
    [
        {"slump": 0.6, "buffer": 12.0}, {"rebound": 1.3, "capacity": 1.4, "buffer": 5.0}, {"outage_length": 45},
        {"supply_lead": 21, "buffer": 8.0}, {"smoothing": 0.2, "buffer": 4.0}, {"slump_start": 90, "buffer": 6.0},
        {"slump_length": 80, "buffer": 15.0}, {"slump": 0.8, "rebound": 1.0, "capacity": 1.0, "outage_length": 30},
    ],
)  # fmt: skip
def test_what_is_lost_is_what_is_wanted_until_goods_come_again_less_what_is_there(levers):
    levers = {"buffer": 10.0, **levers}
    lead, rebound = levers.get("supply_lead", LEAD), levers.get("rebound", REBOUND)
    held = forecast(levers.get("slump", SLUMP), levers.get("smoothing", 0.3), levers.get("slump_length", SLUMP_LENGTH))
    expected = rebound * (levers.get("outage_length", OUTAGE) + lead) - held * (lead + 1 + levers["buffer"])
    assert expected > 0.0
    assert lost(**levers) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("buffer", [29.0, 40.0, 75.0, 98.0, 120.0])
def test_a_buffer_that_the_slump_is_too_short_to_shed_counts_in_full(buffer):
    # Nothing is ordered in the slump, and 31 + s - 30 are there at its end: half of 31 + s at 29 days.
    assert lost(buffer=buffer) == pytest.approx(max(0.0, 98.0 - buffer), abs=1e-7)


@pytest.mark.parametrize("buffer", [0.0, 9.0, 20.0])
def test_eighteen_days_are_self_inflicted_by_ordering_at_the_rate_of_the_slump(buffer):
    # The same orders, but those of the last days of the slump at the rate of their use: 30 (1.1 - .5) = 18.
    scenario = load("jit-covid", buffer=buffer)
    orders = run(scenario).record["production_order"][:, 1].copy()
    orders[BACK - LEAD : BACK] += REBOUND - SLUMP
    foreseen = run(scenario.with_lever("carmaker.ordering", Plan(tuple(orders)))).outcomes["lost"]
    assert lost(buffer=buffer) - foreseen == pytest.approx(18.0, abs=1e-9)


@pytest.mark.parametrize("buffer", [2.0, 10.0, 25.0])
def test_who_does_not_follow_the_slump_keeps_the_whole_buffer_and_loses_68_less_it(buffer):
    assert lost(buffer=buffer, smoothing=0.0) == pytest.approx(68.0 - buffer, abs=1e-9)


def test_nothing_is_lost_without_slump_and_outage_or_before_the_buffer_is_gone():
    assert lost(slump=1.0, rebound=1.0, outage_length=0) == 0.0
    record = run(load("jit-covid", buffer=10.0)).record
    days = np.flatnonzero(record["lost"][:, 0])
    assert days[0] > BACK and days[-1] == BACK + OUTAGE + LEAD - 1
    assert np.array_equal(days, np.arange(days[0], days[-1] + 1))


BASE = {"buffer": 10.0, "slump": 0.5, "rebound": 1.1, "supply_lead": 30, "smoothing": 0.3}


@pytest.mark.parametrize(
    "levers",
    [
        {}, *({name: times * BASE[name]} for name in ("buffer", "slump", "smoothing") for times in (0.8, 1.2)),
        {"supply_lead": 24}, {"supply_lead": 36}, {"outage_length": 48}, {"outage_length": 72}, {"slump_length": 48},
        {"slump_length": 72}, {"slump_start": 48}, {"slump_start": 72}, {"rebound": 1.0},
        {"rebound": 1.3, "capacity": 1.3}, {"capacity": 1.32},
    ],
)  # fmt: skip
def test_the_signs_hold_with_each_constant_a_fifth_down_and_up(levers):
    levers = {**BASE, **levers}
    usual = lost(**levers)
    more = lost(**{**levers, "buffer": levers["buffer"] + 5.0})
    assert more < usual, "a buffer helps"
    assert usual - more < 5.0, "by less than it holds, since the slump sheds a part of it"
    assert lost(**{**levers, "slump": 1.0}) < usual, "the slump makes the outage worse"
    assert lost(**{**levers, "smoothing": 0.0}) < usual, "and so does following it"
    assert lost(**{**levers, "rebound": levers["rebound"] * 1.1, "capacity": 1.5}) > usual, "and so does the rebound"


def village():
    """Two towns, a shop for each, and two suppliers of the second shop."""
    graph = nx.DiGraph()
    for town, demand in (("north", Poisson(20.0)), ("south", Seasonal(10.0, 0.5, 12.0))):
        graph.add_node(town, kind="customer", demand=demand)
        graph.add_node(f"shop-{town}", ordering=BaseStock(90.0), on_hand=30.0)
        graph.add_edge(f"shop-{town}", town, shipment_lead_time=0, unfilled="lost")
    graph.add_node("mill", kind="supplier", product="flour")
    graph.add_node("farm", kind="supplier", product="flour")
    graph.add_edge("mill", "shop-north", shipment_lead_time=1)
    graph.add_edge("mill", "shop-south", shipment_lead_time=1, share=0.5)
    graph.add_edge("farm", "shop-south", shipment_lead_time=1, share=0.5)
    return Scenario("village", from_graph(graph), periods=36)


def test_the_shock_keeps_its_place_in_a_run_of_any_length():
    assert Shock().within(360) == Shock()
    weeks = Shock().within(36)
    assert (weeks.start, weeks.slump_length, weeks.outage_length, weeks.rebound_start) == (6, 6, 6, 12)
    assert (weeks.slump, weeks.rebound, weeks.capacity) == (0.5, 1.1, 1.1)


def test_the_shock_strikes_the_customers_and_the_supplier_that_it_is_told_to():
    plain = village()
    struck = shocked(plain, Shock().within(36), ["mill"], ["north"])
    before, after = run(plain).record["demand"], run(struck).record["demand"]
    factor = np.repeat([1.0, 0.5, 1.1], [6, 6, 24])
    np.testing.assert_allclose(after[:, 0], before[:, 0] * factor)
    assert np.array_equal(after[:, 2], before[:, 2])
    every = run(shocked(plain, Shock().within(36), ["mill"])).record["demand"]
    np.testing.assert_allclose(every[:, [0, 2]], before[:, [0, 2]] * factor[:, None])
    made = run(struck).record["production"]
    assert (made[12:18, 4] == 0.0).all() and (made[:12, 4] > 0.0).any()
    assert struck.network.node["capacity"][4] == pytest.approx(1.1 * (20.0 + 0.5 * 10.0))
    assert made[:, 4].max() <= struck.network.node["capacity"][4]
    assert np.array_equal(struck.network.node["capacity"][[1, 3, 5]], plain.network.node["capacity"][[1, 3, 5]])
    assert math.isinf(shocked(plain, Shock(capacity=math.inf).within(36), ["mill"]).network.node["capacity"][4])


def test_the_rebound_stays_however_long_the_run():
    longer = run(replace(load("jit-covid"), periods=900)).record["demand"][:, 0]
    assert (longer[BACK:] == REBOUND).all()


@pytest.mark.parametrize(
    ("supplier", "customers", "message"),
    [
        ("mil", (), "scenario 'village' has no supplier 'mil' to strike; did you mean 'mill'"),
        ("north", (), "has no supplier 'north' to strike"),
        ("mill", ("nort",), "has no customer 'nort' to strike; did you mean 'north'"),
        ("mill", ("shop-north",), "has no customer 'shop-north' to strike"),
    ],
)
def test_whoever_is_not_there_to_be_struck_is_named(supplier, customers, message):
    with pytest.raises(ValueError, match=message):
        shocked(village(), Shock(), [supplier], customers)


@pytest.mark.parametrize(
    ("lever", "message"),
    [
        ("buffer=-1", "buffer is -1.0, must be a finite number >= 0"),
        ("slump=-0.5", "slump is -0.5, must be a finite number >= 0"),
        ("rebound=nan", "rebound is nan, must be a finite number >= 0"),
        ("capacity=0", "capacity is 0.0, must be a number > 0, or inf for no limit"),
        ("slump_length=-1", "slump_length is -1, must be a whole number >= 0 of days"),
        ("outage_length=1.5", "'outage_length' is '1.5', must be a whole number"),
        ("supply_lead=-3", "supply_lead is -3, must be a whole number >= 0 of days"),
        ("smoothing=2", "smoothing is 2.0, must be a finite number >= 0 and <= 1"),
    ],
)
def test_a_lever_that_cannot_be_is_named_with_its_rule(lever, message, folder):
    done = shell("run", "jit-covid", "--set", lever)
    assert done.exit_code == 2 and "Traceback" not in done.output
    assert message in " ".join(done.output.split())
