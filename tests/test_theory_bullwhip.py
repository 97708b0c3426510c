"""The bullwhip of order-up-to rules against theory, and Sterman's beer game against his paper."""

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet import engine
from supplynet.demand import AR1
from supplynet.distributions import Normal, Poisson
from supplynet.lower import Case
from supplynet.policies.ordering import BaseStock, OrderUpToExponentialSmoothing, OrderUpToMovingAverage
from supplynet.record import Keep, Record
from supplynet.scenarios.beer_game import PLAYERS

MEAN, SD = 2000.0, 10.0  # 200 standard deviations of demand: even orders that vary 400 times as much are never cut
RUNS, PERIODS, WARM_UP = 100, 900, 150


def chain(demand, rules, leads, *, shared=False):
    """Customer, one distributor for each rule, and a source; leads are (order, shipment) lead times into each."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=demand)
    graph.add_node("source", kind="supplier")
    tiers = [f"tier {number}" for number in range(1, len(rules) + 1)]
    for tier, rule in zip(tiers, rules, strict=True):
        graph.add_node(tier, kind="distributor", ordering=rule, on_hand=10.0 * MEAN)
    graph.add_edge(tiers[0], "customer", order_lead_time=0, shipment_lead_time=0)
    for buyer, supplier, (order, shipment) in zip(tiers, [*tiers[1:], "source"], leads, strict=True):
        graph.add_edge(supplier, buyer, order_lead_time=order, shipment_lead_time=shipment)
    signals = [supplynet.Signal("customer", tier, "demand", delay=0) for tier in tiers] if shared else []
    return supplynet.from_graph(graph, signals=signals)


def orders_and_demand(network, seed):
    """Orders of the tiers [tier, run, period] and demand of the customer [run, period], without the warm-up."""
    ready = engine.start([Case(network, seed, tuple(range(RUNS)), "steady")], PERIODS)
    record = Record(ready.union, PERIODS, Keep(columns=("production_order", "demand")))
    ready.run(PERIODS, [record])
    of_nodes = {
        key: record.of_runs(key, 0, RUNS)[WARM_UP:].reshape(PERIODS - WARM_UP, RUNS, -1).T
        for key in ("production_order", "demand")
    }
    return of_nodes["production_order"][2:], of_nodes["demand"][0]


def measured_ratios(network, seed=5):
    """Var(orders of a tier) / Var(customer demand) of all runs together, and its standard error [tier].

    The mean is known, so both variances are without bias; runs are independent, so the ratio of their means has the
    standard error of the residuals order variance - ratio * demand variance.
    """
    orders, demand = orders_and_demand(network, seed)
    assert orders.min() > 0.0, "an order was cut, and theory is about orders that are not"
    above, below = ((orders - MEAN) ** 2).mean(axis=2), ((demand - MEAN) ** 2).mean(axis=1)
    ratios = above.mean(axis=1) / below.mean()
    residuals = above - ratios[:, None] * below
    return ratios, residuals.std(axis=1, ddof=1) / np.sqrt(RUNS) / below.mean()


def response_ratio(response, correlation=0.0):
    """Var(order) / Var(demand) where today's order weighs demand k periods ago by response[k]; AR(1) demand."""
    lags = np.abs(np.subtract.outer(np.arange(len(response)), np.arange(len(response))))
    return float(np.asarray(response) @ np.power(float(correlation), lags) @ np.asarray(response))


def moving_average_response(coverage, window):
    """Today's demand and the change of the target: (1 + L/p) d(t) - (L/p) d(t - p); lowest power first."""
    return np.array([1.0 + coverage / window, *np.zeros(window - 1), -coverage / window])


def assert_measures(measured, expected, *wrong):
    """Assert that the ratios lie within 4 standard errors of theory, which are small, and far from wrong theories."""
    ratios, errors = measured
    expected = np.atleast_1d(expected)
    assert (errors < 0.01 * expected).all(), f"standard errors {errors} are too large to tell"
    assert (np.abs(ratios - expected) < 4.0 * errors).all(), f"{ratios} +- {errors}, expected {expected}"
    for other in wrong:
        assert (np.abs(ratios - other) > 4.0 * errors).all(), f"{ratios} +- {errors} cannot be told from {other}"


def test_a_fixed_base_stock_passes_demand_on_unchanged_at_every_tier():
    rules = [BaseStock(level * MEAN) for level in (12.0, 9.0, 14.0, 7.0)]
    leads = [(1, 2), (0, 3), (2, 1), (0, 1)]
    orders, demand = orders_and_demand(chain(Poisson(MEAN), rules, leads), seed=3)
    behind = 0
    for tier, (order_lead_time, _) in zip(orders, leads, strict=True):
        assert np.array_equal(tier[:, behind:], demand[:, : demand.shape[1] - behind])
        behind += order_lead_time


@pytest.mark.parametrize("correlation", [0.0, 0.7, -0.6])
@pytest.mark.parametrize(
    ("order", "shipment", "window"), [(0, 4, 5), (2, 2, 5), (1, 0, 3), (3, 4, 2), (0, 2, 12), (2, 1, 1)]
)
def test_order_up_to_a_moving_average_amplifies_as_chen_et_al_say(order, shipment, window, correlation):
    def theory(coverage, periods):
        excess = 2.0 * coverage / periods + 2.0 * (coverage / periods) ** 2
        return 1.0 + excess * (1.0 - correlation**periods)

    demand = AR1(MEAN, SD, correlation) if correlation else Normal(MEAN, SD)
    coverage = order + shipment
    response = moving_average_response(coverage, window)
    assert theory(coverage, window) == pytest.approx(response_ratio(response, correlation))
    measured = measured_ratios(chain(demand, [OrderUpToMovingAverage(window)], [(order, shipment)]))
    assert_measures(measured, theory(coverage, window), theory(coverage + 1, window), theory(coverage - 1, window))


@pytest.mark.parametrize("correlation", [0.0, 0.5])
@pytest.mark.parametrize(
    ("order", "shipment", "smoothing"), [(0, 4, 0.2), (3, 1, 0.2), (1, 1, 0.6), (4, 4, 0.1), (0, 1, 1.0)]
)
def test_order_up_to_exponential_smoothing_amplifies_as_chen_et_al_say(order, shipment, smoothing, correlation):
    def theory(coverage):
        # order = (1 + L a) d(t) - L a F(t-1), with F(t-1) the sum of a (1-a)^k d(t-1-k)
        gain, forgets = coverage * smoothing, 1.0 - (1.0 - smoothing) * correlation
        forecast_variance = smoothing / (2.0 - smoothing) * (1.0 + (1.0 - smoothing) * correlation) / forgets
        covariance = smoothing * correlation / forgets
        return (1.0 + gain) ** 2 + gain**2 * forecast_variance - 2.0 * gain * (1.0 + gain) * covariance

    coverage = order + shipment
    if not correlation:
        gain = coverage * smoothing
        assert theory(coverage) == pytest.approx(1.0 + 2.0 * gain + 2.0 * gain**2 / (2.0 - smoothing))
    demand = AR1(MEAN, SD, correlation) if correlation else Normal(MEAN, SD)
    measured = measured_ratios(chain(demand, [OrderUpToExponentialSmoothing(smoothing)], [(order, shipment)]))
    assert_measures(measured, theory(coverage), theory(coverage + 1), theory(coverage - 1))


@pytest.mark.parametrize("window", [5, 9])
@pytest.mark.parametrize("leads", [[(0, 2), (1, 1), (2, 0)], [(0, 1), (0, 4), (2, 1)], [(1, 2), (0, 0), (3, 1)]])
def test_a_chain_of_own_forecasts_multiplies_the_responses_of_its_tiers(leads, window):
    response, expected, product = np.ones(1), [], [1.0]
    for coverage in (order + shipment for order, shipment in leads):
        response = np.polymul(response, moving_average_response(coverage, window))
        expected.append(response_ratio(response))
        product.append(product[-1] * response_ratio(moving_average_response(coverage, window)))
    if leads[0] == (0, 2) and window == 5:
        assert expected == pytest.approx([2.12, 5.12, 13.52], abs=0.005)
    measured = measured_ratios(chain(Normal(MEAN, SD), [OrderUpToMovingAverage(window)] * 3, leads))
    assert_measures(measured, expected)
    assert measured[0][-1] - 4.0 * measured[1][-1] > product[-1], "the product of the ratios is a lower bound only"


@pytest.mark.parametrize(("coverages", "window"), [((2, 2, 2), 5), ((1, 4, 2), 6), ((3, 1, 5), 10)])
def test_a_chain_that_shares_customer_demand_amplifies_with_the_accumulated_coverage(coverages, window):
    gain = np.cumsum(coverages) / window
    expected = 1.0 + 2.0 * gain + 2.0 * gain**2
    if coverages == (2, 2, 2):
        assert expected == pytest.approx([2.12, 3.88, 6.28])
    rules = [OrderUpToMovingAverage(window, forecast_from="told_demand")] * 3
    leads = [(0, coverage) for coverage in coverages]
    assert_measures(measured_ratios(chain(Normal(MEAN, SD), rules, leads, shared=True)), expected)


def played(name, **levers):
    """Costs [player] and orders [week, player] of a beer game."""
    result = supplynet.run(supplynet.load(name, **levers))
    rows = [result.nodes.index(player) for player in PLAYERS]
    return result.record["cost"].sum(axis=0)[rows], result.record["production_order"][:, rows]


def test_the_beer_game_at_its_best_costs_204():
    costs, orders = played("beer-game")
    assert costs.tolist() == [46.0, 50.0, 54.0, 54.0]
    assert orders.max(axis=0).tolist() == [12.0] * 4


def test_no_other_desired_stocks_play_the_beer_game_better():
    stocks = [(common, factory) for common in range(20, 35) for factory in range(14, 27)]
    scenarios = [
        supplynet.load("beer-game", desired_stock=float(common), factory_desired_stock=float(factory))
        for common, factory in stocks
    ]
    ready = engine.start([Case(scenario.network) for scenario in scenarios], 36)
    record = Record(ready.union, 36, Keep(columns=("cost",)))
    ready.run(36, [record])
    costs = record.of_runs("cost", 0, len(stocks)).reshape(36, len(stocks), -1).sum(axis=(0, 2))
    assert costs.min() == costs[stocks.index((28, 20))] == 204.0


def test_people_swing_wider_and_later_the_farther_they_are_from_the_market():
    costs, orders = played("beer-game-sterman")
    assert (np.diff(orders.var(axis=0)) > 0.0).all()
    peaks = orders.argmax(axis=0)
    assert (np.diff(peaks) >= 0).all() and peaks[-1] > peaks[0]
    assert 1500.0 <= costs.sum() <= 3500.0


def test_seeing_the_whole_supply_line_calms_people_and_seeing_none_of_it_makes_them_wild():
    (calm, calm_orders), (human, orders), (wild, wild_orders) = (
        played("beer-game-sterman", supply_line_weight=weight) for weight in (1.0, 0.34, 0.0)
    )
    assert calm.sum() < human.sum() < wild.sum()
    for spread in (np.var, np.max):
        assert (spread(calm_orders, axis=0) < spread(orders, axis=0)).all()
        assert (spread(orders, axis=0) < spread(wild_orders, axis=0)).all()
