"""Build-to-order against a filled channel: what differs, what it comes to, and whether it hangs on any one number."""

import math
from dataclasses import replace

import numpy as np
import pytest
from measuring import recorded
from scipy.stats import gamma
from test_theory_inventory import assert_mean

import supplynet
from supplynet import Disruption
from supplynet.scenarios import computers
from supplynet.sweeps.outcomes import name_of

PAIR = ("dell", "pc-channel")
RUNS = 12


def margin(result):
    """Profit for a unit of revenue."""
    return result.business["profit"] / result.business["revenue"]


def return_on_stock(result):
    """Profit of the run for a unit of money in stock; all cost is that of goods, which were sold so many times."""
    earned = result.business["profit"]
    return earned * result.business["inventory_turns"] / (result.business["revenue"] - earned)


OUTCOMES = (
    "days_of_inventory", "inventory_turns", "erosion", "cash_conversion_cycle", "profit", "waiting_time",
    "waiting_time_95", "fill_rate", margin, return_on_stock,
)  # fmt: skip
CLAIMS = {
    "dell has less stock": lambda dell, other: dell["days_of_inventory"] < other["days_of_inventory"] / 3,
    "dell turns faster": lambda dell, other: dell["inventory_turns"] > other["inventory_turns"],
    "dell loses less to falling prices": lambda dell, other: dell["erosion"] < other["erosion"] / 3,
    "dell is paid before it pays": lambda dell, other: dell["cash_conversion_cycle"] < 0.0,
    "the other pays before it is paid": lambda dell, other: other["cash_conversion_cycle"] > 0.0,
    "dell earns more": lambda dell, other: dell["profit"] > other["profit"],
    "dell earns more for what it sells": lambda dell, other: dell["margin"] > other["margin"],
    "dell earns more for what it ties up": lambda dell, other: dell["return_on_stock"] > other["return_on_stock"],
    "customers of dell wait longer": lambda dell, other: dell["waiting_time"] > other["waiting_time"] + 1.0,
    "most customers of the other do not wait": lambda dell, other: (
        (other["fill_rate"] > 0.9) & (dell["fill_rate"] == 0)
    ),
}


@pytest.fixture(scope="module")
def played():
    """The outcomes of both as they are, and of the other on the terms of dell, [run] each."""
    same_terms = supplynet.load("pc-channel", receivable_days=30, payable_days=70)
    scenarios = [*map(supplynet.load, PAIR), same_terms]
    table = supplynet.sweep(scenarios, RUNS, outcomes=OUTCOMES).sort_values(["scenario", "replication"])
    assert table["error"].isna().all()
    names = [name_of(outcome) for outcome in OUTCOMES]
    return [{name: rows[name].to_numpy() for name in names} for _, rows in table.groupby("scenario")]


def test_both_have_the_same_network_and_customers_and_only_rules_and_terms_differ():
    first, second = (supplynet.load(name).network for name in PAIR)
    assert first.names == second.names and first.lane_names() == second.lane_names()
    for table in ("node", "lane", "input"):
        one, other = getattr(first, table), getattr(second, table)
        differ = {name for name in one if not np.array_equal(one[name].astype(str), other[name].astype(str))}
        assert differ <= {"on_hand", "payment_terms"}, table
    for key, column in first.objects.items():
        same = [first.object_of(*key, row) == second.object_of(*key, row) for row in range(column.codes.size)]
        assert all(same) or key == ("node", "ordering"), key
    demand = [supplynet.run(supplynet.load(name), replication=3).record["demand"] for name in PAIR]
    customers = [row for row, name in enumerate(first.names) if name.startswith("customers")]
    assert np.array_equal(*(of_all[:, customers] for of_all in demand)) and len(customers) == 20


def test_prices_of_components_and_computers_fall_alike_by_a_part_a_week():
    network = supplynet.load("pc-channel", price_fall=0.02).network
    for name, start in (("memory-maker", 205.0), ("model-20", 1000.0)):
        price = network.object_of("node", "price", network.names.index(name)).path(np.full((15, 1), 0.5))[:, 0]
        np.testing.assert_allclose(price[[0, 7, 14]], [start, start * 0.98, start * 0.98**2], rtol=1e-12)


def test_plans_of_the_models_come_on_days_of_their_own():
    network = supplynet.load("pc-channel").network
    rules = [network.object_of("node", "ordering", row) for row, name in enumerate(network.names) if "model" in name]
    days = [rule.phase for rule in rules]
    assert len(set(days)) == len(days) == 20 and max(days) - min(days) < 28
    assert set(np.diff(days)) == {1, 2}, "28 days for 20 plans"


@pytest.mark.parametrize("name", PAIR)
def test_without_one_component_no_computer_is_built_and_the_others_wait_for_it(name):
    scenario = supplynet.load(name)
    out = Disruption("memory-maker", "capacity_factor", 0.0, 100, 200)
    record = supplynet.run(replace(scenario, network=replace(scenario.network, disruptions=(out,)))).record
    row = {node: at for at, node in enumerate(scenario.network.names)}
    built = record["production"][:, row["kits"]]
    assert built[90:100].sum() > 1000.0 and built[120:300].sum() < 1e-6 and built[300:].sum() > 0.0
    lane = {lane: at for at, lane in enumerate(scenario.network.lane_names())}
    assert record["input_stock"][250, lane["drives>kits"]] > 1000.0
    assert record["input_stock"][250, lane["memory>kits"]] < 1e-6


def test_they_differ_as_it_is_told_and_surely(played):
    dell, channel, _ = played
    for claim, holds in CLAIMS.items():
        assert holds(dell, channel).all(), claim
    for name in ("days_of_inventory", "erosion", "profit", "margin", "waiting_time", "cash_conversion_cycle"):
        paired = channel[name] - dell[name]
        assert abs(paired.mean()) > 4.0 * paired.std(ddof=1) / math.sqrt(RUNS), name


def test_stock_cash_and_waiting_are_near_what_was_published(played):
    dell, channel, _ = played
    assert 4.0 < dell["days_of_inventory"].mean() < 6.0, "about 5 days"
    assert 25.0 < channel["days_of_inventory"].mean() < 31.0, "about 28 days"
    assert -40.0 < dell["cash_conversion_cycle"].mean() < -34.0, "-37, -36 and -37 days in fiscal 2003 to 2005"
    assert (dell["waiting_time_95"] <= 5.0).all() and (channel["waiting_time_95"] == 0.0).all()


def test_on_the_same_terms_both_cycles_are_negative_and_differ_by_their_stock(played):
    dell, own, same = played
    assert (same["cash_conversion_cycle"] < 0.0).all() and (own["cash_conversion_cycle"] > 0.0).all()
    assert np.array_equal(same["days_of_inventory"], own["days_of_inventory"])
    of_rules = same["cash_conversion_cycle"] - dell["cash_conversion_cycle"]
    of_stock = same["days_of_inventory"] - dell["days_of_inventory"]
    # What is owed for stock on the way in, and prices that fell since, move the days of the terms a little.
    assert np.abs(of_rules - of_stock).max() < 0.12 * of_stock.min()
    part = of_rules / (own["cash_conversion_cycle"] - dell["cash_conversion_cycle"])
    assert 0.3 < part.mean() < 0.4, "a third is the way of working, the rest the terms"


def test_mean_stock_is_the_cover_less_half_the_days_between_reviews():
    dell, channel = map(supplynet.load, PAIR)
    seen = recorded(dell, "drives", ("on_hand", "backlog"), runs=40, warm_up=dell.warm_up)
    assert_mean((seen["on_hand"] - seen["backlog"]).mean(axis=1) / 200.0, 7.0 - (7 - 1) / 2)
    seen = supplynet.replicate(channel, 40)
    assert_mean((seen["mean_on_hand"] - seen["mean_backlog"]) / 200.0, 42.0 - (28 - 1) / 2)


def before_delivery(runs=60, **levers):
    """Days of drives, less what is owed of them, at the end of the last day before each delivery [run, week]."""
    scenario = supplynet.load("dell", **levers).with_lever("periods", 84 + 26 * 7)
    seen = recorded(scenario, "drives", ("on_hand", "backlog"), runs=runs, warm_up=84)
    days = (seen["on_hand"] - seen["backlog"]) / (10.0 * levers.get("models", 20))
    return days[:, 1::7]  # reviews come on days 0, 7, ...; what they order comes on days 2, 9, ...


WAITS = 2 + 7 - 1  # days whose demand has left the stock since it was ordered up to its level


def demand_of_those_days(models):
    """The law of that demand, in days of mean demand: a sum of independent gammas."""
    spread = 0.4**2 * 7.0 * WAITS / models
    return gamma(WAITS**2 / spread, scale=spread / WAITS)


@pytest.mark.parametrize("models", [1, 4, 20])
def test_the_spread_of_a_shared_stock_in_days_falls_with_the_root_of_the_models(models):
    # Source: Eppen (1979), Management Science 25(5).
    last, law = before_delivery(models=models), demand_of_those_days(models)
    assert law.std() == pytest.approx(demand_of_those_days(1).std() / math.sqrt(models))
    assert_mean(((last - (9.0 - WAITS)) ** 2).mean(axis=1), law.var())
    assert_mean((last < 0.0).mean(axis=1), law.sf(9.0))


def test_one_model_runs_dry_in_a_week_of_three_or_needs_four_times_the_safety_stock():
    alone, shared = demand_of_those_days(1), demand_of_those_days(20)
    assert 1 / 3.2 < alone.sf(9.0) < 1 / 2.8 and 1 / 15 < shared.sf(9.0) < 1 / 13
    needed = alone.isf(shared.sf(9.0))
    assert_mean((before_delivery(models=1, cover_days=needed - 2.0) < 0.0).mean(axis=1), shared.sf(9.0))
    assert 4.0 < (needed - WAITS) / (9.0 - WAITS) < 5.0, "the root of twenty is 4.5; demand of one is more skewed"


SHARED = {
    "models": (16, 24), "weekly_cv": (0.32, 0.48), "price_fall": (0.008, 0.012), "cost_share": (0.656, 0.984),
    "processing": (1, 3), "building": (0, 2), "delivery": (1, 3),
}  # fmt: skip
"""Constants of both, 20 % down and up, days to the next whole one."""
OWN = {
    "dell": {"cover_days": (5.6, 8.4), "review_days": (5, 9), "receivable_days": (24, 36), "payable_days": (56, 84)},
    "pc-channel": {
        "cover_days": (33.6, 50.4), "review_days": (22, 34), "receivable_days": (40, 62), "payable_days": (36, 56),
    },
}  # fmt: skip


def test_every_claim_holds_with_every_constant_a_fifth_up_or_down():
    assert set(SHARED) | set(OWN["dell"]) == set(computers.Maker.__dataclass_fields__)
    both = [{name: value} for name, values in SHARED.items() for value in values]
    alone = {name: [{lever: value} for lever, values in OWN[name].items() for value in values] for name in PAIR}
    cases = [({}, {}), *((levers, levers) for levers in both), *((levers, {}) for levers in alone["dell"])]
    cases += [({}, levers) for levers in alone["pc-channel"]]
    needed = list(
        dict.fromkeys((name, *levers.items()) for case in cases for name, levers in zip(PAIR, case, strict=True))
    )
    scenarios = [supplynet.load(name, **dict(levers)).with_lever("periods", 84 + 140) for name, *levers in needed]
    table = supplynet.sweep(scenarios, 2, outcomes=OUTCOMES)
    assert table["error"].isna().all()
    means = table.groupby("scenario")[[name_of(outcome) for outcome in OUTCOMES]].mean()
    for case in cases:
        dell, channel = (
            means.loc[needed.index((name, *levers.items()))] for name, levers in zip(PAIR, case, strict=True)
        )
        for claim, holds in CLAIMS.items():
            assert holds(dell, channel), f"{claim}, with {case}"


@pytest.mark.parametrize(
    ("lever", "value", "message"),
    [
        ("payable_days", -1, "payable_days is -1, must be a whole number of days, 0 to 366"),
        ("receivable_days", 30.5, "receivable_days is 30.5, must be a whole number of days"),
        ("models", 0, "models is 0, must be a whole number, 1 to 1000"),
        ("review_days", 0, "review_days is 0, must be a whole number of days, 1 to 366"),
        ("cover_days", -7.0, "cover_days is -7.0, must be a finite number >= 0"),
        ("price_fall", 1.5, "price_fall is 1.5, must be a number >= 0 and <= 1"),
        ("weekly_cv", 0.0, "weekly_cv is 0.0, must be a finite number > 0"),
        ("cost_share", "most", "cost_share is 'most', must be a number >= 0 and <= 1"),
    ],
)
@pytest.mark.parametrize("name", PAIR)
def test_a_lever_that_cannot_be_is_named(name, lever, value, message):
    with pytest.raises(ValueError, match=f"scenario '{name}' with {lever}=.*: {message}"):
        supplynet.load(name, **{lever: value})
