"""Rules that push, buy for a season, or buy ahead, against theory, derived here."""

import math
from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np
import pytest
from measuring import recorded
from scipy.stats import norm
from shapes import shop
from test_theory_inventory import assert_mean

import supplynet
from supplynet.demand import Step
from supplynet.distributions import Discrete, Normal
from supplynet.policies.input import ShortageGaming
from supplynet.policies.ordering import (
    ForecastPush,
    ForwardBuying,
    MakeToOrder,
    OrderUpToExponentialSmoothing,
    PushAllocation,
    SeasonalBuy,
)

MEAN, SD, PERIODS, WARM_UP = 2000.0, 10.0, 840, 168


def watched(rule, lead, **more):
    """Orders, demand and net stock [run, period] of a shop whose goods come after so many periods."""
    scenario = shop(ordering=rule, demand=Normal(MEAN, SD), lane={"shipment_lead_time": lead}, periods=PERIODS, **more)
    seen = recorded(scenario, "shop", ("production_order", "demand", "on_hand", "backlog"), warm_up=WARM_UP)
    assert seen["production_order"].min() > 0.0, "an order was cut, and theory is about orders that are not"
    return seen["production_order"], seen["demand"], seen["on_hand"] - seen["backlog"]


def spread(series, mean):
    """Variance of each run about a known mean, in demand variances."""
    return ((series - mean) ** 2).mean(axis=1) / SD**2


@pytest.mark.parametrize(("smoothing", "safety", "lead"), [(0.3, 0.0, 1), (0.0, 2.0, 3), (1.0, 0.5, 4)])
def test_a_plan_of_one_period_is_order_up_to(smoothing, safety, lead):
    push, pull = (
        watched(rule, lead)[0]
        for rule in (ForecastPush(1, 1, 0, smoothing, safety), OrderUpToExponentialSmoothing(smoothing, safety))
    )
    np.testing.assert_allclose(push, pull, rtol=1e-12)


@pytest.mark.parametrize(("review", "horizon"), [(1, 4), (4, 4), (3, 7), (2, 6), (7, 8)])
def test_a_plan_from_a_steady_forecast_closes_a_part_of_the_gap_at_each_review(review, horizon):
    # Each of H periods gets a part q = gap / H. After R periods the gap has shrunk by R q and grown by the demand d of
    # R periods that was not foreseen: q' = q (1 - R/H) + d / H, so Var q = (R/H^2) / (1 - (1 - R/H)^2) = 1 / (2H - R).
    orders, _, _ = watched(ForecastPush(review, horizon, 0, 0.0, 1.0), 2)
    cycles = orders.reshape(orders.shape[0], -1, review)
    assert np.array_equal(cycles, np.broadcast_to(cycles[:, :, :1], cycles.shape)), "orders keep to the plan"
    wrong = [1.0 / (2 * horizon), 1.0 / (2 * horizon - review + 1)]
    assert_mean(spread(orders, MEAN), 1.0 / (2 * horizon - review), wrong=wrong)


@pytest.mark.parametrize(("review", "smoothing", "lead"), [(4, 0.3, 2), (1, 0.2, 3), (6, 0.5, 0), (3, 0.4, 5)])
def test_a_plan_made_anew_at_its_end_amplifies_demand_and_every_change_of_the_forecast(review, smoothing, lead):
    # Ordered in R periods: the demand d(1..R) before the review, and L + R - 1 periods of the change of the forecast,
    # the sum of a (1-a)^(R-j) d(j) less (1 - (1-a)^R) F, where the old forecast F has the variance a / (2 - a).
    def theory(covered):
        weights = 1.0 + covered * smoothing * (1.0 - smoothing) ** np.arange(review)
        old = covered * (1.0 - (1.0 - smoothing) ** review)
        return float(weights @ weights + old**2 * smoothing / (2.0 - smoothing)) / review**2

    orders, _, _ = watched(ForecastPush(review, review, 0, smoothing), lead)
    covered = lead + review - 1
    assert_mean(spread(orders, MEAN), theory(covered), wrong=[theory(covered + 1), theory(covered - 1)])


@pytest.mark.parametrize(("frozen", "lead", "safety"), [(0, 2, 0.0), (3, 2, 1.0), (6, 1, 0.5), (1, 0, 2.0)])
def test_frozen_periods_delay_the_answer_and_cost_stock_as_lead_time_does(frozen, lead, safety):
    # A plan that is made anew each day and is free only in its last period orders f periods later what is sold today.
    orders, demand, net_stock = watched(ForecastPush(1, frozen + 1, frozen, 0.0, safety), lead)
    np.testing.assert_allclose(orders[:, frozen:], demand[:, : PERIODS - WARM_UP - frozen], rtol=1e-9)
    late = lead + frozen
    if late:
        assert_mean(spread(net_stock, safety * MEAN), late, wrong=[late + 1, late - 1])
    else:
        np.testing.assert_allclose(net_stock, safety * MEAN, atol=1e-6)


def test_a_centre_that_pushes_keeps_nothing_and_its_shops_get_their_parts():
    parts = {"north": 0.5, "south": 0.3, "east": 0.2}
    graph = nx.DiGraph()
    graph.add_node("mill", kind="supplier")
    graph.add_node("centre", ordering=ForecastPush(4, 8, 2, 0.3, 1.0, "told_demand"), on_hand=300.0)
    graph.add_edge("mill", "centre", shipment_lead_time=2)
    signals = []
    for name, part in parts.items():
        graph.add_node(name, ordering=PushAllocation(part), on_hand=100.0)
        graph.add_node(f"{name} customer", kind="customer", demand=Normal(100.0, 20.0))
        graph.add_edge("centre", name)
        graph.add_edge(name, f"{name} customer", shipment_lead_time=0)
        signals += [supplynet.Signal("centre", name, "production", 1)]
        signals += [supplynet.Signal(f"{name} customer", "centre", "demand", 0)]
    result = supplynet.run(supplynet.Scenario("push", supplynet.from_graph(graph, signals=signals), periods=200))
    record, at = result.record, result.nodes.index
    got = record["production"][:, at("centre")]
    assert got.std() > 1.0
    np.testing.assert_allclose(record["on_hand"][:, at("centre")], got, rtol=1e-9)
    for name, part in parts.items():
        np.testing.assert_allclose(record["production"][2:, at(name)], part * got[:-2], rtol=1e-9)


PRICES = {"selling_price": 100.0, "unit_cost": 40.0, "salvage_value": 20.0}
SHARE_SERVED = 0.75  # (selling_price - unit_cost) / (selling_price - salvage_value)
EARLY, SEASONS = 0.4, 20000


@dataclass(frozen=True)
class Season:
    """Normal demand of a season of four periods, which begins with a known part of it, give or take an error."""

    mean: float
    sd: float
    error: float = 0.0
    uses_randomness: ClassVar[bool] = True

    def path(self, uniform):
        asked = np.maximum(0.0, self.mean + self.sd * norm.ppf(uniform[0]))
        early = np.clip(EARLY * (asked + self.error * norm.ppf(uniform[1])), 0.0, asked)
        return np.stack([early / 2.0, early / 2.0, asked - early, np.zeros_like(asked)])


def after_a_season(rule, demand):
    """What was bought, what is left and what a shop was short of, [season], and what was asked."""
    graph = nx.DiGraph()
    graph.add_node("shop", kind="supplier", ordering=rule)
    graph.add_node("customer", kind="customer", demand=demand)
    graph.add_edge("shop", "customer", shipment_lead_time=0)
    scenario = supplynet.Scenario("season", supplynet.from_graph(graph), periods=4)
    seen = recorded(scenario, "shop", ("production_order", "on_hand", "backlog", "demand"), runs=SEASONS)
    bought, asked = (seen[key].sum(axis=1) for key in ("production_order", "demand"))
    return bought, seen["on_hand"][:, -1], seen["backlog"][:, -1], asked


def leftover(z):
    """E[(z - X)+] of a standard normal X."""
    return z * norm.cdf(z) + norm.pdf(z)


@pytest.mark.parametrize(("spread_of_forecast", "printed"), [(0.5, 0.308), (0.15, 0.112), (0.8, None)])
def test_one_buy_for_a_season_leaves_over_what_the_newsvendor_says(spread_of_forecast, printed):
    mean, sd, z = 320.0, 320.0 * spread_of_forecast, norm.ppf(SHARE_SERVED)
    with_demand_below_zero = sd * leftover(z)
    expected = with_demand_below_zero - sd * leftover(-mean / sd)  # here demand is never below zero
    if printed:
        assert with_demand_below_zero / (mean + z * sd) == pytest.approx(printed, abs=5e-4)
    bought, left, short, _ = after_a_season(SeasonalBuy(mean, sd, **PRICES, season=4), Season(mean, sd))
    np.testing.assert_allclose(bought, mean + z * sd)
    assert_mean(left, expected, wrong=[0.9 * expected, 1.1 * expected])
    assert_mean((short == 0.0).astype(float), SHARE_SERVED, wrong=[0.73, 0.77])


@pytest.mark.parametrize(("sd", "error", "first_share"), [(60.0, 40.0, 0.3), (80.0, 80.0, 0.0), (50.0, 0.0, 0.5)])
def test_early_sales_cut_what_is_left_over_and_short_as_bayes_says(sd, error, first_share):
    # Demand given early sales is normal with the variance 1 / (1/sd^2 + 1/error^2), and the second buy is the
    # newsvendor's for it. The first one is never too much: the mean is more than 12 standard deviations.
    mean, z, known = 1000.0, norm.ppf(SHARE_SERVED), sd * error / math.hypot(sd, error)
    rule = SeasonalBuy(mean, sd, **PRICES, season=4, first_share=first_share, second_buy=1, early_share=EARLY,
                       signal_sd=error)  # fmt: skip
    bought, left, short, asked = after_a_season(rule, Season(mean, sd, error))
    if not known:
        np.testing.assert_allclose(bought, asked)
        return
    assert_mean(bought, mean + z * known, wrong=[mean + z * sd, mean])
    for measured, expected in ((left, leftover(z)), (short, leftover(-z))):
        assert_mean(measured, known * expected, wrong=[sd * expected, error * expected])


@pytest.mark.parametrize(
    ("chance", "usual", "promotion"), [(0.5, 9000.0, 9100.0), (0.1, 7000.0, 7060.0), (0.8, 9000.0, 8970.0)]
)
def test_buying_ahead_at_low_prices_adds_the_swings_of_the_level(chance, usual, promotion):
    # An order is what was sold and the change of the level, whose variance is twice that of the level, q (1-q) S^2.
    graph = supplynet.to_graph(shop(demand=Normal(MEAN, SD), lane={"shipment_lead_time": 3}).network)
    graph.nodes["source"]["price"] = Discrete((8.0, 10.0), (chance, 1.0 - chance))
    graph.nodes["shop"]["ordering"] = ForwardBuying(usual, promotion, 8.0)
    network = supplynet.from_graph(graph, signals=[supplynet.Signal("source", "shop", "price", 0)])
    scenario = supplynet.Scenario("promotions", network, periods=PERIODS)
    orders = recorded(scenario, "shop", ("production_order",), warm_up=WARM_UP)["production_order"]
    swings = chance * (1.0 - chance) * ((promotion - usual) / SD) ** 2
    assert orders.min() > 0.0
    assert_mean(spread(orders, MEAN), 1.0 + 2.0 * swings, wrong=[1.0 + swings, 1.0])


@pytest.mark.parametrize(
    ("needed", "able", "most", "lifted"), [(10.0, 8.0, 50.0, 9), (12.0, 4.0, 40.0, 3), (10.0, 5.0, 4.0, 7)]
)
def test_naive_answers_to_rationing_grow_geometrically_and_collapse_on_the_first_full_fill(needed, able, most, lifted):
    graph = nx.DiGraph()
    graph.add_node("mill", kind="supplier", capacity=Step(able, 1e9, lifted))
    graph.add_node("shop", ordering=MakeToOrder(), input_rule=ShortageGaming(most))
    graph.add_node("customer", kind="customer", demand=needed)
    graph.add_edge("mill", "shop", shipment_lead_time=0, unfilled="lost")
    graph.add_edge("shop", "customer", shipment_lead_time=0, unfilled="lost")
    network = supplynet.from_graph(graph)
    record = supplynet.run(supplynet.Scenario("rationing", network, periods=lifted + 60)).record
    orders = record["order"][:, network.lane_names().index("mill>shop")]
    expected = [needed * min(most, (needed / able) ** period) for period in range(lifted + 1)]
    surplus = expected[-1] - needed  # the last order comes in full; what is too much is used up before more is asked
    while len(expected) < lifted + 60:
        expected.append(max(0.0, needed - surplus))
        surplus = max(0.0, surplus - needed)
    np.testing.assert_allclose(orders, expected, atol=1e-9)
    assert orders[lifted] == orders.max() > 2.0 * needed and orders[lifted + 1] == 0.0
