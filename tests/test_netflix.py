"""The library ordered by looks and the one ordered by sales: what differs, by how much, and when it no longer does."""

import math

import numpy as np
import pytest
from shell import shell

from supplynet import Keep, compare, load, replicate, run, sweep
from supplynet.scenario import SETTINGS

LOOKS, SALES = "netflix", "netflix-history"
FREE = {
    "lookers": (32.0, 48.0), "popularity_spread": (0.64, 0.96), "conversion": (0.24, 0.36), "lead": (1, 3),
    "supply_lead": (2, 4), "first_buy": (1.6, 2.4), "safety_factor": (1.2, 1.8), "life": (42, 62), "titles": (12, 18),
}  # fmt: skip
"""Each constant, a fifth down and up; whole ones by one at least."""
VARIANTS = [{}, *({lever: value} for lever, values in FREE.items() for value in values)]
SAFETY = 1.5
RUNS = 16
TITLES = 15
LESS_SAFE = (0.2, 0.5)
"""Parts of the safety factor at which sales are tried, to find what they serve with as little stock as looks need."""


def scrapped(result):
    """Copies that were left when the titles' life ended."""
    return result.record["scrapped"].sum()


def unwanted(result):
    """Of these, copies of the half of the titles that were wanted least."""
    named = {kind: [at for at, name in enumerate(result.nodes) if name.startswith(kind)] for kind in ("title", "fans")}
    wanted = result.record["demand"][:, named["fans"]].sum(axis=0)
    least = np.argsort(wanted, kind="stable")[: wanted.size // 2]
    return result.record["scrapped"][:, np.array(named["title"])[least]].sum()


def lost_at_first(result):
    """Sales lost in the six weeks in which the first orders tell on the shelf."""
    return result.record["lost"][2:10].sum()


OUTCOMES = ("mean_on_hand", "lost", scrapped, unwanted, lost_at_first)
NAMES = ("mean_on_hand", "lost", "scrapped", "unwanted", "lost_at_first")


def played(name, part=1.0):
    """Each outcome of each variant of a scenario, by name, [variant, run]; part: of the safety factor."""
    scenarios = [
        load(name, **{"titles": TITLES, **levers, "safety_factor": part * levers.get("safety_factor", SAFETY)})
        for levers in VARIANTS
    ]
    table = sweep(scenarios, RUNS, outcomes=OUTCOMES, keep=Keep(columns=("demand", "lost", "scrapped")), workers=1)
    assert table["error"].isna().all()
    return {key: table[key].to_numpy().reshape(len(VARIANTS), RUNS) for key in NAMES}


@pytest.fixture(scope="module")
def worse():
    """By claim, how much more sales have of what one wants little of than looks, [variant, run]."""
    looks, sales = played(LOOKS), played(SALES)
    little, more = (played(SALES, part) for part in LESS_SAFE)
    stock = [own["mean_on_hand"].mean(axis=1) for own in (looks, little, more)]
    part = ((stock[0] - stock[1]) / (stock[2] - stock[1]))[:, None]
    same_stock = {key: (1.0 - part) * little[key] + part * more[key] for key in NAMES}
    return {
        "stock": sales["mean_on_hand"] - looks["mean_on_hand"],
        "copies written off": sales["scrapped"] - looks["scrapped"],
        "copies written off of titles that few want": sales["unwanted"] - looks["unwanted"],
        "orders lost with the same stock": same_stock["lost"] - looks["lost"],
        "orders lost at first with the same stock": same_stock["lost_at_first"] - looks["lost_at_first"],
    }


@pytest.mark.parametrize("at", range(len(VARIANTS)), ids=[str(levers) for levers in VARIANTS])
def test_looks_do_better_in_every_way_with_each_constant_a_fifth_down_and_up(at, worse):
    for claim, found in worse.items():
        error = found[at].std(ddof=1) / math.sqrt(RUNS)
        assert found[at].mean() > 3.0 * error, f"{claim}: {found[at].mean()} +- {error}"


def test_at_the_same_safety_factor_sales_take_far_more_stock_and_serve_worse():
    table = compare(load(LOOKS), load(SALES), 60, outcomes=("mean_on_hand", "fill_rate")).table()
    assert table.loc["fill_rate", "high"] < 0.0
    stock = table.loc["mean_on_hand"]
    assert stock.low > 0.7 * stock["first"]


@pytest.mark.parametrize("rule", ["order_up_to_exponential_smoothing", "order_up_to_moving_average"])
def test_the_usual_forecasts_of_what_was_sold_take_more_stock_and_lose_more_too(rule):
    usual = load(SALES).with_levers({"distributor.ordering": rule, "distributor.safety_factor": 2.5})
    table = compare(load(LOOKS), usual, 40, outcomes=("mean_on_hand", "lost")).table()
    assert (table.low > 0.5 * table["first"]).all()


def test_the_two_share_network_customers_and_luck_and_differ_in_the_rule_alone():
    first, second = load(LOOKS), load(SALES)
    for table in ("node", "lane", "input"):
        one, two = getattr(first.network, table), getattr(second.network, table)
        assert one.keys() == two.keys()
        for key in one:
            assert np.array_equal(one[key], two[key], equal_nan=one[key].dtype.kind == "f"), key
    assert first.network.names == second.network.names
    assert first.network.signals == second.network.signals
    assert first.network.disruptions == second.network.disruptions
    for key, objects in first.network.objects.items():
        same = objects.values == second.network.objects[key].values
        assert same != (key == ("node", "ordering")), key
        assert np.array_equal(objects.codes, second.network.objects[key].codes)
    for setting in SETTINGS:
        assert getattr(first, setting) == getattr(second, setting)
    demand = [run(scenario, replication=3).record["demand"][:, 1::2] for scenario in (first, second)]
    assert demand[0].sum() > 0.0 and np.array_equal(*demand)


def test_an_old_title_keeps_only_the_advantage_of_knowing_who_will_order(old):
    # Of C = 3 weeks K = min(lead, 3) are known as far as c goes: a safety stock of sqrt(1 - c K / C), for the whole
    # stock at the same safety factor, since stock is in proportion to the error. Copies of titles that nobody wants,
    # and a rate that is still being learned, leave sales some percent worse.
    for (lead, conversion), (looks, sales) in old.items():
        theory = math.sqrt(1.0 - conversion * min(lead, 3) / 3.0)
        left = looks - theory * sales
        error = left.std(ddof=1) / math.sqrt(RUNS)
        assert -0.08 * sales.mean() - 4.0 * error < left.mean() < 4.0 * error, (lead, conversion)


@pytest.fixture(scope="module")
def old():
    """Stock of titles in their third year by (lead, conversion), of looks and of sales [run]."""
    found = {}
    for lead, conversion in ((0, 0.3), (2, 0.01), (1, 0.3), (3, 0.3), (3, 0.8), (5, 0.8)):
        own = {"titles": TITLES, "lead": lead, "conversion": conversion, "lookers": 12.0 / conversion, "first_buy": 0.5}
        scenarios = [load(name, **own, life=157).with_lever("warm_up", 104) for name in (LOOKS, SALES)]
        found[lead, conversion] = [replicate(scenario, RUNS)["mean_on_hand"] for scenario in scenarios]
    return found


@pytest.mark.parametrize(
    ("lever", "message"),
    [
        ("conversion=1.5", "conversion is 1.5, must be a number > 0 and <= 1; give the share of lookers who order"),
        ("conversion=0", "conversion is 0.0, must be a number > 0 and <= 1"),
        ("titles=0", "titles is 0, must be a whole number >= 1"),
        ("lead=-1", "lead is -1, must be a whole number >= 0"),
        ("supply_lead=0", "supply_lead is 0, must be a whole number >= 1"),
        ("life=0", "life is 0, must be a whole number >= 1"),
        ("lookers=-3", "lookers is -3.0, must be a finite number > 0"),
        ("popularity_spread=0", "popularity_spread is 0.0, must be a finite number > 0"),
        ("first_buy=-1", "first_buy is -1.0, must be a finite number >= 0"),
        ("safety_factor=-1", "safety_factor is -1.0, must be a finite number >= 0"),
    ],
)
@pytest.mark.parametrize("name", [LOOKS, SALES])
def test_a_lever_that_cannot_be_is_named_with_its_rule(name, lever, message, folder):
    done = shell("run", name, "--set", lever)
    assert done.exit_code == 2 and "Traceback" not in done.output
    assert message in " ".join(done.output.split())


def test_a_rule_that_would_have_more_ordered_than_looked_is_refused_too(folder):
    done = shell("run", LOOKS, "--set", "title-01.conversion=1.5")
    assert done.exit_code == 2 and "DemandInference: conversion is 1.5, must be <= 1 with a lead" in done.output
