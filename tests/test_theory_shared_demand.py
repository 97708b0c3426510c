"""What sharing sales or stocks does to the bullwhip, against theory derived here."""

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet import engine
from supplynet.distributions import Normal
from supplynet.lower import Case
from supplynet.policies.ordering import (
    BaseStock,
    OrderUpToExponentialSmoothing,
    OrderUpToMovingAverage,
    POSReplenishment,
    VendorManagedInventory,
)
from supplynet.record import Keep, Record

MEAN, SD = 2000.0, 10.0  # 200 standard deviations of demand, so that no order is ever cut at zero
RUNS, PERIODS, WARM_UP = 100, 700, 150


def played(graph, signals=()):
    """Orders, and demand of the customers, by node, [run, period] each, without the warm-up."""
    network = supplynet.from_graph(graph, signals=signals)
    ready = engine.start([Case(network, 5, tuple(range(RUNS)))], PERIODS)
    record = Record(ready.union, PERIODS, Keep(columns=("production_order", "demand")))
    ready.run(PERIODS, [record])
    kept = {}
    for at, name in enumerate(network.names):
        key = "demand" if graph.nodes[name].get("kind") == "customer" else "production_order"
        kept[name] = record.of_runs(key, 0, RUNS).reshape(PERIODS, RUNS, -1)[WARM_UP:, :, at].T
    return kept


def assert_amplifies(orders, demand, mean, expected, *wrong):
    """Assert that Var(orders) / Var(demand) is the expected one within 4 standard errors over runs, and no wrong one.

    The mean is known, so both variances are without bias; runs are independent, so the ratio of their means has the
    standard error of the residuals order variance - ratio * demand variance.
    """
    assert orders.min() > 0.0, "an order was cut, and theory is about orders that are not"
    above, below = ((orders - mean) ** 2).mean(axis=1), ((demand - mean) ** 2).mean(axis=1)
    ratio = above.mean() / below.mean()
    error = (above - ratio * below).std(ddof=1) / np.sqrt(RUNS) / below.mean()
    assert error < 0.01 * expected, f"a standard error of {error} is too large to tell"
    assert abs(ratio - expected) < 4.0 * error, f"{ratio} +- {error}, expected {expected}"
    for other in wrong:
        assert abs(ratio - other) > 4.0 * error, f"{ratio} +- {error} cannot be told from {other}"


def response_of(gain, window):
    """Sales and the change of `gain * window` periods of their mean: (1 + g) d(t) - g d(t - p); lowest power first."""
    return np.array([1.0 + gain, *np.zeros(window - 1), -gain])


def chain(rules, coverages):
    """Customer, one distributor for each rule, and a source; coverages are shipment lead times into each."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=Normal(MEAN, SD))
    graph.add_node("source", kind="supplier")
    tiers = [f"tier {number}" for number in range(1, len(rules) + 1)]
    for tier, rule in zip(tiers, rules, strict=True):
        graph.add_node(tier, kind="distributor", ordering=rule, on_hand=10.0 * MEAN)
    graph.add_edge(tiers[0], "customer", order_lead_time=0, shipment_lead_time=0)
    for buyer, supplier, lead_time in zip(tiers, [*tiers[1:], "source"], coverages, strict=True):
        graph.add_edge(supplier, buyer, order_lead_time=0, shipment_lead_time=lead_time)
    return graph, tiers


def of_market(reader, weight=1.0):
    """What customers want, told at once, and what of it was lost, told a period later."""
    return [supplynet.Signal("customer", reader, tells, delay, weight) for tells, delay in (("demand", 0), ("lost", 1))]


@pytest.mark.parametrize(("coverages", "window"), [((2, 2, 2), 5), ((1, 4, 2), 6), ((3, 1, 5), 10)])
def test_a_chain_that_replaces_what_the_tills_sold_amplifies_with_the_accumulated_coverage(coverages, window):
    gains = np.cumsum(coverages) / window
    expected = 1.0 + 2.0 * gains + 2.0 * gains**2
    if coverages == (2, 2, 2):
        assert expected == pytest.approx([2.12, 3.88, 6.28])
    rules = [POSReplenishment(float(horizon), window) for horizon in np.cumsum(coverages)]
    graph, tiers = chain(rules, coverages)
    kept = played(graph, [signal for tier in tiers for signal in of_market(tier)])
    unshared, sold = np.ones(1), kept["customer"]
    for tier, gain, coverage, ratio in zip(tiers, gains, coverages, expected, strict=True):
        unshared = np.polymul(unshared, response_of(coverage / window, window))
        worse = [] if tier == "tier 1" else [unshared @ unshared]  # where each tier forecasts the orders that it sees
        assert_amplifies(kept[tier], sold, MEAN, ratio, *worse)
        theory = (1.0 + gain) * sold[:, window:] - gain * sold[:, :-window]
        np.testing.assert_allclose(kept[tier][:, window:], theory, rtol=1e-9, err_msg="order by order")


@pytest.mark.parametrize(("window", "gain", "shop_gain"), [(4, 1.5, 0.75), (6, 0.5, 1.0)])
def test_the_more_of_the_market_takes_part_the_less_the_wholesaler_amplifies(window, gain, shop_gain):
    ratios = []
    for participation in (0.0, 0.4, 1.0):
        # The wholesaler sees a part of the sales themselves and the rest as the shop's orders, which amplify.
        seen = response_of((1.0 - participation) * shop_gain, window)
        response = np.polymul(seen, response_of(gain, window))
        rules = [OrderUpToMovingAverage(window), POSReplenishment(gain * window, window, participation)]
        graph, _ = chain(rules, (int(shop_gain * window), 2))
        kept = played(graph, of_market("tier 2", participation))
        wrong = [expected for expected in ratios if expected > response @ response]
        assert_amplifies(kept["tier 2"], kept["customer"], MEAN, response @ response, *wrong)
        ratios.append(float(response @ response))
    assert ratios == sorted(ratios, reverse=True)


SHOPS = {"shop 1": 1, "shop 2": 2}  # and the shipment lead time from the vendor


def managed(rule, shops_rule, order_lead, delay):
    """Orders of a vendor with lead time 3, and sales of the two shops it serves, [run, period] each."""
    graph, signals = nx.DiGraph(), []
    graph.add_node("source", kind="supplier")
    graph.add_node("vendor", kind="distributor", ordering=rule, on_hand=20.0 * MEAN)
    graph.add_edge("source", "vendor", order_lead_time=1, shipment_lead_time=2)
    for shop, lead_time in SHOPS.items():
        graph.add_node(shop, ordering=shops_rule, on_hand=3.0 * MEAN)
        graph.add_node(f"customer of {shop}", kind="customer", demand=Normal(MEAN / 2.0, SD))
        graph.add_edge(shop, f"customer of {shop}", order_lead_time=0, shipment_lead_time=0)
        graph.add_edge("vendor", shop, order_lead_time=order_lead, shipment_lead_time=lead_time)
        signals += [supplynet.Signal(shop, "vendor", tells, delay) for tells in ("demand", "inventory_position")]
    kept = played(graph, signals)
    return kept["vendor"], sum(kept[f"customer of {shop}"] for shop in SHOPS)


def smoothing_response(periods, smoothing):
    """Sales and the change of `periods` times their smoothed mean: (1 + L a) d(t) - L a a (1 - a)^k d(t - 1 - k)."""
    gain = periods * smoothing
    return np.array([1.0 + gain, *(-gain * smoothing * (1.0 - smoothing) ** np.arange(400))])


def ratio_of_managed(periods, smoothing, order_lead, delay, shops):
    """Var(orders of the vendor) / Var(sales), where the orders of each shop weigh its sales by a response.

    Own stock before today's orders and the told stock rise by what the vendor orders and fall by what is sold; news
    that is older or younger than the orders booked today counts some of the shops' orders twice or not at all:
    order(t) = change of target + sold(t - delay) + shops' order(t - 1 - lead) - shops' order(t - 1 - delay).
    """
    total = 0.0
    for shop in shops:
        response = np.zeros(500)
        response[delay : delay + 401] = smoothing_response(periods, smoothing)
        response[1 + order_lead : 1 + order_lead + shop.size] += shop
        response[1 + delay : 1 + delay + shop.size] -= shop
        total += response @ response / len(shops)
    return total


@pytest.mark.parametrize(("order_lead", "delay", "smoothing"), [(0, 0, 0.2), (1, 1, 0.5), (3, 3, 0.1), (1, 2, 0.2)])
def test_a_vendor_that_manages_its_customers_stock_amplifies_as_its_forecast_of_their_sales(
    order_lead, delay, smoothing
):
    rule = VendorManagedInventory(smoothing, customer_coverage=2.0, safety_periods=1.0)
    shops = [response_of((order_lead + lead_time) / 4.0, 4) for lead_time in SHOPS.values()]
    expected, short, long = (
        ratio_of_managed(periods, smoothing, order_lead, delay, shops) for periods in (3 + 2 + 1, 5, 7)
    )
    gain = 6.0 * smoothing
    fitting = 1.0 + 2.0 * gain + 2.0 * gain**2 / (2.0 - smoothing)  # as of exponential smoothing of sales alone
    orders, sales = managed(rule, OrderUpToMovingAverage(4), order_lead, delay)
    if delay == order_lead:
        assert expected == pytest.approx(fitting)
        same, _ = managed(rule, BaseStock(9.0 * MEAN), order_lead, delay)
        np.testing.assert_allclose(orders, same, rtol=1e-9, err_msg="whatever the shops order, and when")
        assert_amplifies(orders, sales, MEAN, expected, short, long)
    else:
        assert_amplifies(orders, sales, MEAN, expected, short, long, fitting)


@pytest.mark.parametrize(("order_lead", "smoothing"), [(0, 0.2), (2, 0.1)])
def test_a_vendor_that_sees_only_orders_amplifies_once_more_what_the_shops_have_amplified(order_lead, smoothing):
    # The same 6 periods and the same forecast, but of what the shops order.
    seen = [response_of((order_lead + lead_time) / 4.0, 4) for lead_time in SHOPS.values()]
    own = smoothing_response(6.0, smoothing)
    expected = np.mean([np.polymul(shop, own) @ np.polymul(shop, own) for shop in seen])
    managed_ratio = ratio_of_managed(6.0, smoothing, order_lead, order_lead, seen)
    assert expected > 2.0 * managed_ratio
    rule = OrderUpToExponentialSmoothing(smoothing, 3.0)
    assert_amplifies(*managed(rule, OrderUpToMovingAverage(4), order_lead, 1), MEAN, expected, managed_ratio)
