"""What a rule infers of demand from interest or from sales, and how sure it is of it, against Bayes' theorem."""

import math
from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np
import pytest
from scipy.special import gammaincinv
from scipy.stats import poisson
from test_theory_inventory import assert_mean

import supplynet
from supplynet import engine
from supplynet.distributions import Exponential, Poisson
from supplynet.lower import Case
from supplynet.policies.ordering import BaseStock, DemandInference
from supplynet.processes.interest import EarlyInterest
from supplynet.record import Keep, Record

KEYS = ("demand", "interest", "shipped", "inventory_position", "production_order")


@dataclass(frozen=True)
class Unknown:
    """A market whose rate nobody knows but that it was drawn from the prior; in period 0 it shows the rate itself.

    Poisson: the rate is gamma with the shape `units` and the rate `periods`. Exponential: one over the mean is gamma
    with the shape `periods` + 1 and the rate `units`.
    """

    units: float
    periods: float
    law: str = "poisson"
    times: float = 1.0
    uses_randomness: ClassVar[bool] = True

    @property
    def mean(self):
        return self.units / self.periods

    def path(self, uniform):
        if self.law == "poisson":
            rate = gammaincinv(self.units, uniform[0]) / self.periods
            return np.stack([self.times * rate, *(poisson.ppf(luck, rate) for luck in uniform[1:])])
        rate = self.units / gammaincinv(self.periods + 1.0, uniform[0])
        return np.stack([rate, *(-rate * np.log1p(-luck) for luck in uniform[1:])])


def inferred(demand, *rules, stock=1e6, lead=1, periods, runs):
    """What the market wanted, its interest, what the shop sold, and the level of each rule's planner, [run, period].

    The shop has `stock` each morning and loses what it cannot serve. A planner looks `lead` periods ahead; since its
    own customer takes much, it comes to order each period, and its level is its position and its order (nan where it
    ordered nothing).
    """
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=demand)
    graph.add_node("shop", kind="supplier", ordering=BaseStock(stock), production_lead_time=1, on_hand=stock)
    graph.add_edge("shop", "market", shipment_lead_time=0, unfilled="lost")
    graph.add_node("taker", kind="customer", demand=1e4)
    signals = []
    for number, rule in enumerate(rules):
        planner = f"planner {number}"
        graph.add_node(planner, kind="supplier", ordering=rule, production_lead_time=lead)
        graph.add_edge(planner, "taker", shipment_lead_time=0)
        told = (("market", "interest", 0),)
        if rule.infer_from == "sales":
            told = (("shop", "shipped", 1), ("shop", "on_hand", 1))
        signals += [supplynet.Signal(source, planner, tells, delay) for source, tells, delay in told]
    network = supplynet.from_graph(graph, signals=signals)
    ready = engine.start([Case(network, 0, tuple(range(runs)), "empty")], periods)
    record = Record(ready.union, periods, Keep(columns=KEYS))
    ready.run(periods, [record])
    seen = {key: record.of_runs(key, 0, runs).reshape(periods, runs, -1).T for key in KEYS}  # [node, run, period]
    ordered = seen["production_order"] > 0.0
    levels = np.where(ordered, seen["inventory_position"] + seen["production_order"], np.nan)
    at = network.names.index
    planners = [levels[at(f"planner {number}")] for number in range(len(rules))]
    return seen["demand"][at("market")], seen["interest"][at("market")], seen["shipped"][at("shop")], *planners


@pytest.mark.parametrize("infer_from", ["sales", "interest"])
@pytest.mark.parametrize(("units", "known", "seen"), [(4.0, 2.0, 1), (3.0, 0.5, 4), (30.0, 2.0, 6)])
def test_the_error_of_the_inferred_rate_falls_as_the_gamma_poisson_posterior_says(infer_from, units, known, seen):
    # Given n periods the rate is gamma with the variance (a + sum) / (b + n)^2, on average a / (b (b + n)).
    def theory(seen):
        return units / (known * (known + seen))

    if infer_from == "sales":  # the sales of period 0 are told in period 1
        rule = DemandInference(units, known, "sales", delay=2)
        demand, _, _, level = inferred(Unknown(units, known), rule, periods=seen + 2, runs=4000)
        rate, told = demand[:, 0], level[:, -1]
    else:  # 0.4 of those who look today will buy in two periods; the interest of period 0 is told at once
        rule = DemandInference(units, known, "interest", delay=1, conversion=0.4)
        demand = EarlyInterest(Unknown(units, known, times=1e4), 0.4, 2)
        _, interest, _, level = inferred(demand, rule, periods=seen + 1, runs=4000)
        rate, told = interest[:, 0] / 1e4, level[:, -1] / 0.4
    assert_mean((told - rate) ** 2, theory(seen), wrong=[theory(seen - 1), theory(seen + 1)])
    assert_mean(told - rate, 0.0)


@pytest.mark.parametrize("conversion", [1.0, 0.5])
@pytest.mark.parametrize(("law", "units", "known"), [("poisson", 6.0, 2.0), ("exponential", 240.0, 8.0)])
@pytest.mark.parametrize("lead", [1, 4])
def test_a_standard_deviation_of_safety_is_that_of_the_demand_that_comes(law, units, known, lead, conversion):
    rules = [DemandInference(units, known, "sales", 2, conversion, law, safety_factor=factor) for factor in (0.0, 1.0)]
    runs = 12000 if law == "poisson" else 24000  # exponential demand of an unknown mean has heavy tails
    demand, _, _, mean, safe = inferred(Unknown(units, known, law), *rules, lead=lead, periods=3 + lead, runs=runs)
    foretold, sd = mean[:, 2], (safe - mean)[:, 2]  # in period 2, which is told the sales of period 1
    coming = demand[:, 3:]
    if law == "poisson" and conversion < 1.0:  # only some of what is sold is also wanted here
        coming = np.random.default_rng(6).binomial(coming.astype(int), conversion)
    error = (coming if law == "poisson" else conversion * coming).sum(axis=1) - foretold
    assert_mean(error, 0.0)
    with_a_known_rate = foretold if law == "poisson" else foretold**2 / lead
    assert_mean(error**2 - sd**2, 0.0, wrong=[np.mean(with_a_known_rate - sd**2)])


@pytest.mark.parametrize(("mean", "stock"), [(100.0, 100.0), (100.0, 30.0), (40.0, 90.0)])
def test_exponential_demand_that_is_cut_off_by_the_stock_is_corrected(mean, stock):
    naive = mean * (1.0 - math.exp(-stock / mean))
    if mean == stock == 100.0:
        assert naive == pytest.approx(63.2, abs=0.05)
    rule = DemandInference(2.0 * mean, 2.0, "sales", demand_law="exponential")
    demand, _, sold, level = inferred(Exponential(mean), rule, stock=stock, periods=3001, runs=100)
    assert_mean(demand.mean(axis=1), mean, wrong=[naive])
    assert_mean(sold.mean(axis=1), naive, wrong=[mean])
    assert_mean(level[:, -1], mean, wrong=[naive])


@pytest.mark.parametrize(("mean", "stock"), [(10.0, 9.0), (10.0, 7.0), (3.0, 5.0), (20.0, 20.0)])
def test_poisson_demand_that_is_cut_off_by_the_stock_is_corrected(mean, stock):
    # A prior that is trusted completely stands still, and what is taken for demand has its mean; one that knows little
    # and is wrong by half finds the rate.
    naive = poisson.sf(np.arange(stock), mean).sum()
    trusted, seen = 1e6, 2000
    rules = [DemandInference(mean * trusted, trusted, "sales"), DemandInference(0.5 * mean, 1.0, "sales")]
    _, _, sold, firm, light = inferred(Poisson(mean), *rules, stock=stock, periods=seen + 1, runs=100)
    assert_mean(sold.mean(axis=1), naive, wrong=[mean])
    assert_mean(mean + (firm[:, -1] - mean) * trusted / seen, mean, wrong=[naive])
    assert_mean(light[:, -1], mean, wrong=[naive])


@pytest.mark.parametrize("stock", [8.0, 9.0, 10.0])
def test_a_period_without_stock_counts_for_about_what_it_tells_of_a_poisson_rate(stock):
    # The squared error of the rate is what the safety stock is made for, units / periods^2, to about a tenth: the rate
    # given cut-off sales is nearly gamma. With whole periods counted it would be a / (b (b + n)).
    units, known, seen = 40.0, 4.0, 20
    rules = [DemandInference(units, known, "sales", 2, safety_factor=factor) for factor in (0.0, 1.0)]
    demand, _, _, mean, safe = inferred(Unknown(units, known), *rules, stock=stock, periods=seen + 2, runs=8000)
    told, variance = mean[:, -1], (safe - mean)[:, -1] ** 2
    measured, foretold = np.mean((told - demand[:, 0]) ** 2), np.mean(variance - told)
    assert foretold == pytest.approx(measured, rel=0.12)
    assert units / (known * (known + seen)) < 0.85 * measured


@pytest.mark.parametrize(("forgetting", "known"), [(0.1, 2.0), (0.3, 5.0), (0.05, 10.0)])
def test_what_is_forgotten_leaves_the_prior_and_a_weighted_mean_of_what_was_seen_lately(forgetting, known):
    # Of the demand k periods ago (1 - f)^k is kept, in 1 / f periods in all, and beside it the whole prior.
    rate, prior = 20.0, 35.0
    rule = DemandInference(prior * known, known, "sales", forgetting=forgetting)
    *_, level = inferred(Poisson(rate), rule, periods=300, runs=1000)
    weight = 1.0 / (1.0 + known * forgetting)
    assert_mean(level[:, -1], weight * rate + (1.0 - weight) * prior, wrong=[rate, prior])
    variance = weight**2 * rate * forgetting / (2.0 - forgetting)
    assert_mean((level[:, -1] - weight * rate - (1.0 - weight) * prior) ** 2, variance, wrong=[variance / weight**2])
