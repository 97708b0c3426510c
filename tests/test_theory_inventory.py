"""Costs, fill rates and outages against inventory theory, derived here.

Measured means come with standard errors over independent replications; the tolerance is 4 of them.
"""

import math

import networkx as nx
import numpy as np
import pytest
from scipy.stats import norm

import supplynet
from supplynet.demand import Trace
from supplynet.distributions import Bernoulli, Normal
from supplynet.policies.ordering import BaseStock, MakeToOrder

RUNS = 200


def chain(demand, levels, leads, *, capacity=np.inf, unfilled="backorder", tiers=None, lanes=None, **scenario):
    """Customer, one distributor for each base-stock level, and a source; leads are (order, shipment) into each.

    `tiers` and `lanes` are further attributes of each distributor and of the lane into it; nearest the market first.
    """
    graph = nx.DiGraph()
    names = [f"tier {number}" for number in range(1, len(levels) + 1)]
    for name, level, own in zip(names, levels, tiers or [{}] * len(levels), strict=True):
        graph.add_node(name, kind="distributor", ordering=BaseStock(level), **own)
    graph.add_node("source", kind="supplier", capacity=capacity)
    graph.add_node("customer", kind="customer", demand=demand)
    graph.add_edge(names[0], "customer", order_lead_time=0, shipment_lead_time=0, unfilled=unfilled)
    ways = zip(names, [*names[1:], "source"], leads, lanes or [{}] * len(levels), strict=True)
    for buyer, supplier, (order, shipment), own in ways:
        graph.add_edge(supplier, buyer, order_lead_time=order, shipment_lead_time=shipment, **own)
    return supplynet.Scenario("chain", supplynet.from_graph(graph), **scenario)


def assert_mean(samples, expected, *, wrong=()):
    """Assert that the mean of independent samples is the expected one within 4 standard errors, and no wrong one."""
    error = samples.std(ddof=1) / math.sqrt(samples.size)
    assert abs(samples.mean() - expected) < 4.0 * error, f"{samples.mean()} +- {error}, expected {expected}"
    for other in wrong:
        assert abs(samples.mean() - other) > 4.0 * error, f"{samples.mean()} +- {error} cannot be told from {other}"


def mean_cost(scenario, runs=RUNS):
    """Cost of a period after the warm-up, [run]."""
    return supplynet.replicate(scenario, runs)["total_cost"] / (scenario.periods - scenario.warm_up)


def expected_backlog(level, mean, sd):
    """E[(X - level)+] of a normal X."""
    z = (level - mean) / sd
    return sd * (norm.pdf(z) - z * norm.sf(z))


@pytest.mark.parametrize(
    ("order", "shipment", "holding", "penalty", "sd"),
    [(0, 4, 1.0, 9.0, 20.0), (2, 1, 1.0, 4.0, 10.0), (1, 5, 2.0, 38.0, 20.0), (0, 1, 1.0, 1.0, 15.0)],
)
def test_the_best_base_stock_costs_and_fills_what_the_newsvendor_says(order, shipment, holding, penalty, sd):
    coverage = order + shipment
    spread, z = sd * math.sqrt(coverage), norm.ppf(penalty / (penalty + holding))
    level = 100.0 * coverage + z * spread
    cost = (holding + penalty) * norm.pdf(z) * spread
    # not filled is what is short at the end of a period and was not yet short before its demand
    before = expected_backlog(level, 100.0 * (coverage - 1), sd * math.sqrt(coverage - 1)) if coverage > 1 else 0.0
    filled = 100.0 - (expected_backlog(level, 100.0 * coverage, spread) - before)
    if (coverage, penalty) == (4, 9.0):
        assert cost == pytest.approx(70.20, abs=0.005) and filled / 100.0 == pytest.approx(0.98106, abs=5e-6)
    scenario = chain(
        Normal(100.0, sd), [level], [(order, shipment)], periods=1020, warm_up=20,
        tiers=[{"holding_cost": holding, "backlog_cost": penalty, "on_hand": z * spread}],
    )  # fmt: skip
    outcomes = supplynet.replicate(scenario, RUNS)
    wrong = [cost * math.sqrt(other / coverage) for other in (coverage - 1, coverage + 1)]
    assert_mean(outcomes["total_cost"] / 1000.0, cost, wrong=wrong)
    assert_mean(outcomes["fill_rate"] * outcomes["mean_demand"], filled, wrong=[100.0])


ECHELON_LEVELS = np.array([6.48, 12.03, 22.72])


def clark_scarf(echelon_levels, **scenario):
    """Snyder & Shen (2019), example 6.1, under local base-stock levels that do the same as these echelon levels."""
    holding = (7.0, 4.0, 2.0)
    return chain(
        Normal(5.0, 1.0), np.diff(echelon_levels, prepend=0.0), [(0, 1), (0, 1), (0, 2)], **scenario,
        tiers=[{"holding_cost": held, "backlog_cost": 37.12 * (at == 0)} for at, held in enumerate(holding)],
        lanes=[{"in_transit_cost": 4.0}, {"in_transit_cost": 2.0}, {}],
    )  # fmt: skip


def clark_scarf_cost(echelon_levels):
    """Expected cost of example 6.1, integrated over the demand of the lead times of stages 3 and 2.

    What stage 3 owes, stage 2 lacks: its stock is s2 - owed - demand of a period, and so on to stage 1.
    """
    near, middle, far = np.diff(echelon_levels, prepend=0.0)
    grid = np.linspace(-8.0, 8.0, 321)
    weight = norm.pdf(grid) / norm.pdf(grid).sum()
    stock_3 = far - (10.0 + math.sqrt(2.0) * grid)
    stock_2 = middle - np.maximum(-stock_3, 0.0)[:, None] - (5.0 + grid)[None, :]
    level_1 = near - np.maximum(-stock_2, 0.0)
    backlog_1 = expected_backlog(level_1, 5.0, 1.0)
    costs = 7.0 * (level_1 - 5.0 + backlog_1) + 37.12 * backlog_1 + 4.0 * np.maximum(stock_2, 0.0)
    in_transit = 4.0 * 5.0 + 2.0 * 5.0
    return in_transit + float(weight @ costs @ weight) + 2.0 * float(weight @ np.maximum(stock_3, 0.0))


@pytest.mark.parametrize("change", [(0.0, 0.0, 0.0), (-1.0, 0.0, 0.5), (0.5, -1.0, 0.0), (0.0, 0.5, -2.0)])
def test_clark_and_scarf_s_serial_system_costs_what_theory_says(change):
    levels = ECHELON_LEVELS + change
    expected = clark_scarf_cost(levels)
    if not any(change):
        assert expected == pytest.approx(47.66, abs=0.005), "47.67 in print, where demand lies on a grid"
    assert_mean(mean_cost(clark_scarf(levels, periods=1020, warm_up=20)), expected)


@pytest.mark.parametrize("unit", [-1.0, 1.0])
@pytest.mark.parametrize("stage", [0, 1, 2])
def test_one_unit_off_in_any_stage_of_clark_and_scarf_is_worse(stage, unit):
    off = ECHELON_LEVELS.copy()
    off[stage] += unit
    best, worse = (mean_cost(clark_scarf(levels, periods=520, warm_up=20)) for levels in (ECHELON_LEVELS, off))
    dearer = worse - best  # the demand is the same
    assert dearer.mean() > 4.0 * dearer.std(ddof=1) / math.sqrt(RUNS)
    assert_mean(dearer, clark_scarf_cost(off) - clark_scarf_cost(ECHELON_LEVELS))


def outage(start, length, normal, periods):
    """A capacity that is `normal`, and zero for `length` periods from `start` on."""
    able = np.full(periods, float(normal))
    able[start : start + length] = 0.0
    return Trace(able)


@pytest.mark.parametrize("inner", ["backorder", "lost"])
@pytest.mark.parametrize("recovers_at", [1.0, 1e6])
@pytest.mark.parametrize("seed", range(6))
def test_goods_in_transit_delay_an_outage_and_only_stock_covers_it(seed, recovers_at, inner):
    generator = np.random.default_rng(seed)
    n_tiers, start, length = (int(generator.integers(*ends)) for ends in ((1, 5), (3, 9), (4, 25)))
    stocks, shipments = generator.integers(0, 6, n_tiers), generator.integers(0, 4, n_tiers)
    orders = generator.integers(0, 3, n_tiers) if inner == "backorder" else np.zeros(n_tiers, int)
    scenario = chain(
        1.0, stocks + orders + shipments, list(zip(orders.tolist(), shipments.tolist(), strict=True)), periods=90,
        capacity=outage(start, length, recovers_at, 90), unfilled="lost",
        tiers=[{"on_hand": stock} for stock in stocks.tolist()], lanes=[{"unfilled": inner}] * n_tiers,
    )  # fmt: skip
    record = supplynet.run(scenario).record
    lost, held = record["lost"].sum(axis=1), record["on_hand"] + record["production_backlog"] - record["backlog"]
    expected = np.zeros(90)
    expected[start + shipments.sum() + stocks.sum() : start + shipments.sum() + length] = 1.0
    assert expected.sum() == max(0, length - stocks.sum())
    np.testing.assert_allclose(lost, expected, atol=1e-9)
    assert (held[:, :n_tiers] <= stocks + orders + shipments + 1e-9).all(), "a lost sale is not replenished"


def layers(generator, lead, stock, capacity, periods):
    """Firms in 4 layers of 3, each with 1 to 3 suppliers in the layer above, whose goods it cannot do without.

    Every firm has a household; one firm of the top layer has this capacity. Gives the scenario, the distance [firm]
    from that firm (-1: none), and what each household wants.
    """
    graph = nx.DiGraph()
    edges = [
        (3 * layer + supplier, 3 * layer + 3 + place)
        for layer in range(3)
        for place in range(3)
        for supplier in generator.choice(3, int(generator.integers(1, 4)), replace=False).tolist()
    ]
    units = {edge: generator.uniform(0.3, 2.0) for edge in edges}
    final = generator.uniform(1.0, 5.0, 12)
    flow = final.copy()
    for supplier, buyer in sorted(edges, key=lambda edge: -edge[1]):
        flow[supplier] += units[supplier, buyer] * flow[buyer]
    for firm in range(12):
        graph.add_node(
            f"firm {firm}", kind="factory", ordering=MakeToOrder(), capacity=np.inf if firm else Trace(capacity)
        )
    for supplier, buyer in edges:
        usage = units[supplier, buyer] * flow[buyer]
        graph.add_edge(
            f"firm {supplier}", f"firm {buyer}", unfilled="lost", shipment_lead_time=lead,
            target=(lead + stock) * usage, input_stock=stock * usage, units_per_output=units[supplier, buyer],
        )  # fmt: skip
    for firm in range(12):
        graph.add_node(f"household {firm}", kind="customer", demand=final[firm])
        graph.add_edge(f"firm {firm}", f"household {firm}", unfilled="lost", shipment_lead_time=0)
    hit = nx.single_source_shortest_path_length(nx.DiGraph(edges), 0)
    scenario = supplynet.Scenario("layers", supplynet.from_graph(graph), periods=periods)
    return scenario, np.array([hit.get(firm, -1) for firm in range(12)]), final


@pytest.mark.parametrize("seed", range(8))
def test_where_every_input_is_essential_an_outage_loses_the_stock_of_each_hop(seed):
    generator = np.random.default_rng(seed)
    lead, stock, start, length = (int(generator.integers(*ends)) for ends in ((1, 4), (0, 5), (2, 6), (4, 20)))
    able = np.full(80, 1e6)
    able[start : start + length] = 0.0
    scenario, hops, final = layers(generator, lead, stock, able, 80)
    expected = np.zeros((80, 12))
    for firm, hop in enumerate(hops.tolist()):
        if hop >= 0:
            expected[start + hop * (lead + stock) : start + hop * lead + length, firm] = final[firm]
            assert expected[:, firm].sum() == pytest.approx(final[firm] * max(0, length - hop * stock))
    assert hops.max() >= 1
    np.testing.assert_allclose(supplynet.run(scenario).record["lost"][:, 12:], expected, atol=1e-9)


@pytest.mark.parametrize(("length", "catch_up"), [(10, 1.25), (10, 2.0), (6, 1.1), (7, 3.0)])
@pytest.mark.parametrize("lead", [0, 2])
@pytest.mark.parametrize("stock", [0, 4])
def test_a_backlog_is_caught_up_in_the_length_of_the_outage_over_the_spare_capacity(length, catch_up, lead, stock):
    start, periods = 5, 120
    scenario = chain(
        1.0, [lead + stock], [(0, lead)], capacity=outage(start, length, catch_up, periods), periods=periods,
        tiers=[{"on_hand": stock}],
    )  # fmt: skip
    record = supplynet.run(scenario).record
    level = record["on_hand"][:, 0] - record["backlog"][:, 0]
    out = np.clip(np.arange(periods) - (start + lead) + 1, 0, length)
    since = np.clip(np.arange(periods) - (start + lead + length) + 1, 0, None)
    np.testing.assert_allclose(level, stock - np.maximum(out - (catch_up - 1.0) * since, 0.0), atol=1e-9)
    recovered = np.flatnonzero(level < stock - 1e-9)[-1] + 1
    assert since[recovered] == math.ceil(length / (catch_up - 1.0) - 1e-9)


@pytest.mark.parametrize(("asked", "served", "stock"), [(0.5, 0.7, 3), (0.5, 0.6, 2), (0.3, 0.8, 0), (0.7, 0.85, 1)])
def test_make_to_stock_with_geometric_service_fills_what_its_queue_says(asked, served, stock):
    # A demand joins the shortfall n before the period's service, so n rises with l (1 - m) and falls with m (1 - l);
    # the demand waits where n > z, and where n = z and there is no service.
    ratio = asked * (1.0 - served) / (served * (1.0 - asked))
    fill = 1.0 - ratio**stock * (1.0 - served + served * ratio)
    chance = (1.0 - ratio) * ratio ** np.arange(400)  # of a shortfall n
    assert fill == pytest.approx(1.0 - chance[stock + 1 :].sum() - chance[stock] * (1.0 - served))
    graph = nx.DiGraph()
    graph.add_node("shop", kind="supplier", ordering=BaseStock(stock), capacity=Bernoulli(served), on_hand=stock)
    graph.add_node("customer", kind="customer", demand=Bernoulli(asked))
    graph.add_edge("shop", "customer", order_lead_time=0, shipment_lead_time=0)
    scenario = supplynet.Scenario("shop", supplynet.from_graph(graph), periods=2200, warm_up=200)
    outcomes = supplynet.replicate(scenario, RUNS)
    after_service = 1.0 - ratio ** (stock + 1)
    assert_mean(outcomes["fill_rate"] * outcomes["mean_demand"], asked * fill, wrong=[asked * after_service])
    assert_mean(outcomes["mean_backlog"], ratio ** (stock + 1) / (1.0 - ratio))
