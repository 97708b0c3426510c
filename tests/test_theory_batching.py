"""Rules that order now and then, or in lots: variance of orders, frequency and cost against theory, derived here."""

import math
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from measuring import recorded
from scipy.integrate import quad
from scipy.stats import norm, poisson
from shapes import shop
from test_theory_inventory import assert_mean, expected_backlog, mean_cost

import supplynet
from supplynet.distributions import Exponential, Normal, Poisson
from supplynet.policies.ordering import PeriodicReview, ReorderPointLots, ReorderPointOrderUpTo

POSITIONS = ("inventory_position", "production_order")


def test_levels_and_phases_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="order_up_to_level is 20, must be at least the reorder_point 30"):
        ReorderPointOrderUpTo(30.0, 20.0)
    with pytest.raises(ValueError, match="phase is 4, must be less than the review_period 4"):
        PeriodicReview(70.0, 4, 4)
    with pytest.raises(ValueError, match="order_quantity is 0"):
        ReorderPointLots(30.0, 0.0)


def parts_of_a_lot(lot, demand):
    """E[f (1 - f)], f being the part of a lot by which demand exceeds whole lots."""

    def part(amount):
        share = amount / lot % 1.0
        return share * (1.0 - share)

    if isinstance(demand, Poisson):
        counts = np.arange(poisson.ppf(1.0 - 1e-12, demand.mean) + 1)
        return float(poisson.pmf(counts, demand.mean) @ part(counts))
    low, high = demand.mean - 8.0 * demand.sd, demand.mean + 8.0 * demand.sd
    steps = np.arange(math.ceil(low / lot), math.ceil(high / lot)) * lot
    pieces = np.unique([low, *steps, high])
    law = norm(demand.mean, demand.sd).pdf
    return sum(quad(lambda x: law(x) * part(x), a, b)[0] for a, b in pairwise(pieces))


@pytest.mark.parametrize(
    ("demand", "lot"),
    [
        (Normal(100.0, 20.0), 250.0), (Normal(100.0, 20.0), 70.0), (Normal(100.0, 20.0), 13.0),
        (Normal(60.0, 8.0), 60.0), (Poisson(6.0), 10.0), (Poisson(20.0), 16.0),
    ],
)  # fmt: skip
def test_lots_make_orders_vary_by_what_does_not_fill_a_lot(demand, lot):
    # The position after ordering is r + Q u. It ends up spread evenly (over the whole numbers, if demand is whole), and
    # given demand D it takes floor(D / Q) lots, and one more in f = D / Q - floor(D / Q) of the cases.
    unevenness = parts_of_a_lot(lot, demand)
    rule = ReorderPointLots(300.0, lot)
    scenario = shop(ordering=rule, demand=demand, lane={"shipment_lead_time": 2}, periods=1100, node={"on_hand": 400.0})
    seen = recorded(scenario, "shop", POSITIONS, runs=200, warm_up=100)
    orders = seen["production_order"]
    expected = demand.sd**2 + lot**2 * unevenness
    assert_mean(((orders - demand.mean) ** 2).mean(axis=1), expected, wrong=[demand.sd**2])
    if abs(unevenness - 1.0 / 6.0) > 0.01:
        assert_mean(((orders - demand.mean) ** 2).mean(axis=1), expected, wrong=[demand.sd**2 + lot**2 / 6.0])
    above = seen["inventory_position"] + orders - rule.reorder_point
    grain = 1.0 if isinstance(demand, Poisson) else 0.0
    assert above.min() > 0.0 and above.max() <= lot
    assert_mean(above.mean(axis=1), (lot + grain) / 2.0)
    assert_mean(((above - (lot + grain) / 2.0) ** 2).mean(axis=1), (lot**2 - grain) / 12.0)


@pytest.mark.parametrize(
    ("mean", "point", "level", "coverage"), [(10.0, 40.0, 75.0, 2), (4.0, 30.0, 31.0, 1), (7.0, 5.0, 90.0, 3)]
)
def test_with_exponential_demand_a_reorder_point_is_passed_as_renewal_theory_says(mean, point, level, coverage):
    # From S down by Q = S - s takes 1 + Poisson(Q / m) demands, and the last one overshoots by an exponential amount,
    # since the exponential law forgets. So of the periods m / (m + Q) order, Q + m on average; else the position is
    # spread evenly over (s, S).
    gap = level - point
    often = mean / (mean + gap)
    scenario = shop(
        ordering=ReorderPointOrderUpTo(point, level), demand=Exponential(mean), node={"on_hand": 60.0}, periods=1200,
        lane={"order_lead_time": coverage - 1, "shipment_lead_time": 1},
    )  # fmt: skip
    seen = recorded(scenario, "shop", (*POSITIONS, "on_hand", "backlog"), runs=200, warm_up=200)
    orders = seen["production_order"]
    assert_mean((orders > 0.0).mean(axis=1), often, wrong=[1.0 / math.ceil(gap / mean)])
    of_order = orders.sum(axis=1) / (orders > 0.0).sum(axis=1)
    assert_mean(of_order, gap + mean, wrong=[gap])
    squares = (np.where(orders > 0.0, orders - gap - mean, 0.0) ** 2).sum(axis=1) / (orders > 0.0).sum(axis=1)
    assert_mean(squares, mean**2)
    expected = often * ((gap + mean) ** 2 + mean**2) - mean**2
    assert_mean(((orders - mean) ** 2).mean(axis=1), expected, wrong=[expected + mean**2, often * gap**2])
    after = often * level + (1.0 - often) * (point + level) / 2.0
    assert_mean((seen["on_hand"] - seen["backlog"]).mean(axis=1), after - coverage * mean)


@pytest.mark.parametrize(
    ("review_period", "phase", "lead", "holding", "penalty", "sd"),
    [
        (1, 0, (0, 4), 1.0, 9.0, 20.0),
        (4, 1, (0, 2), 1.0, 9.0, 20.0),
        (3, 2, (2, 1), 2.0, 38.0, 15.0),
        (7, 0, (0, 1), 1.0, 4.0, 20.0),
    ],
)
def test_a_review_has_to_cover_until_the_next_one_s_goods_arrive(review_period, phase, lead, holding, penalty, sd):
    # What is ordered in t decides the stock at the ends of t + C, ..., t + C + R - 1, so a level S bears the demand of
    # C to C + R - 1 periods: a base-stock of coverage C, where R is 1.
    coverage = sum(lead)
    longest = coverage + review_period - 1
    level = 100.0 * longest + norm.ppf(penalty / (penalty + holding)) * sd * math.sqrt(longest)

    def cost(level):
        means = [100.0 * periods for periods in range(coverage, longest + 1)]
        short = [expected_backlog(level, mean, sd * math.sqrt(mean / 100.0)) for mean in means]
        kept = [holding * (level - mean + owed) + penalty * owed for mean, owed in zip(means, short, strict=True)]
        return sum(kept) / review_period

    scenario = shop(
        ordering=PeriodicReview(level, review_period, phase), demand=Normal(100.0, sd), periods=860, warm_up=20,
        lane={"order_lead_time": lead[0], "shipment_lead_time": lead[1]},
        node={"on_hand": level - 100.0 * (coverage - 1), "holding_cost": holding, "backlog_cost": penalty},
    )  # fmt: skip
    assert (scenario.periods - scenario.warm_up) % review_period == 0
    assert_mean(mean_cost(scenario), cost(level), wrong=[cost(level - 100.0), cost(level + 100.0)])
    seen = recorded(scenario, "shop", ("production_order", "backlog"), runs=200, warm_up=20)
    reviews = np.arange(20, 860) % review_period == phase
    assert (seen["production_order"] > 0.0).all(axis=0).tolist() == reviews.tolist()
    before_goods = (np.arange(20, 860) - phase - coverage) % review_period == review_period - 1
    short = (seen["backlog"][:, before_goods] > 0.0).mean(axis=1)
    assert_mean(
        short,
        holding / (penalty + holding),
        wrong=[norm.sf((level - 100.0 * (longest + 1)) / (sd * math.sqrt(longest + 1)))],
    )


def retailers(phases, mean, sd, review_period):
    """Groups of retailers, each group with a source of its own, in one network; phases are [group, retailer]."""
    graph = nx.DiGraph()
    for group, row in enumerate(phases):
        graph.add_node(f"source {group}", kind="supplier")
        for number, phase in enumerate(row.tolist()):
            name = f"{group}-{number}"
            rule = PeriodicReview(mean * (review_period + 4.0), review_period, phase)
            graph.add_node(f"shop {name}", ordering=rule, on_hand=mean * review_period)
            graph.add_node(f"customer {name}", kind="customer", demand=Normal(mean, sd))
            graph.add_edge(f"shop {name}", f"customer {name}", shipment_lead_time=0)
            graph.add_edge(f"source {group}", f"shop {name}", shipment_lead_time=1)
    return supplynet.from_graph(graph)


@pytest.mark.parametrize(
    ("n", "review_period", "mean", "sd"), [(14, 4, 10.0, 2.0), (5, 7, 20.0, 3.0), (9, 3, 6.0, 1.0), (8, 2, 10.0, 2.0)]
)
def test_orders_of_retailers_who_review_together_vary_most_and_taking_turns_least(n, review_period, mean, sd):
    # If M retailers order in a period, each what R periods sold, the sum has mean M R m and variance M R s^2; M itself
    # is N or 0, or binomial, or one of the two whole numbers nearest to N / R. In the mean of M = N / R.
    groups, luck = 150, np.random.default_rng(11)
    turns = n % review_period  # so many of the days of a cycle have one retailer more
    expected = {
        "correlated": n * sd**2 + mean**2 * n**2 * (review_period - 1),
        "random": n * sd**2 + mean**2 * n * (review_period - 1),
        "balanced": n * sd**2 + mean**2 * turns * (review_period - turns),
    }
    if n == 14:
        assert list(expected.values()) == [58856.0, 4256.0, 456.0]
    phases = {
        "correlated": np.repeat(np.arange(groups) % review_period, n).reshape(groups, n),
        "random": luck.integers(0, review_period, (groups, n)),
        "balanced": (np.arange(n) + np.arange(groups)[:, None]) % review_period,
    }
    for how, own in phases.items():
        wrong = [other for name, other in expected.items() if name != how]
        network = retailers(own, mean, sd, review_period)
        scenario = supplynet.Scenario(how, network, periods=21 * review_period)
        record = supplynet.run(scenario, keep=supplynet.Keep(columns=("demand",))).record
        sources = [network.names.index(f"source {group}") for group in range(groups)]
        asked = record["demand"][review_period:, sources]
        assert_mean(((asked - n * mean) ** 2).mean(axis=0), expected[how], wrong=wrong)
