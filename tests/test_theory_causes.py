"""The four causes of the bullwhip of Lee, Padmanabhan & Whang (1997), each alone on one chain, and each switched off.

A shop buys what it sells from a mill. A cause is a rule of the shop, and one parameter of the rule switches it off;
then orders are demand, day by day and to the last digit.
"""

import networkx as nx
import numpy as np
import pytest
from measuring import recorded
from test_theory_inventory import assert_mean

import supplynet
from supplynet.distributions import Discrete, Poisson
from supplynet.policies.input import ShortageGaming
from supplynet.policies.ordering import ForwardBuying, MakeToOrder, OrderUpToExponentialSmoothing, PeriodicReview

MEAN, PERIODS, WARM_UP = 900.0, 720, 120  # whole units of a Poisson demand, whose variance is its mean
LEVEL, LEAD, LOW_PRICE, CHANCE, CAPACITY = 5.0 * MEAN, 2, 8.0, 0.3, 0.5 * MEAN
SMOOTHING, REVIEW, PROMOTION, INFLATION = 0.3, 4, LEVEL + 60.0, 1.5
GAIN = LEAD * SMOOTHING
# A rule, its parameters when the cause is on and off, the ratio that theory says and one that it does not say.
CAUSES = {
    "demand signal processing": (
        OrderUpToExponentialSmoothing, {"smoothing": SMOOTHING}, {"smoothing": 0.0},
        1.0 + 2.0 * GAIN + 2.0 * GAIN**2 / (2.0 - SMOOTHING), 1.0 + 2.0 * GAIN,
    ),
    # In a period of R all that was asked in R periods is ordered: (R s^2 + R^2 m^2) / R - m^2 = s^2 + (R - 1) m^2.
    "order batching": (
        PeriodicReview, {"order_up_to_level": LEVEL, "review_period": REVIEW},
        {"order_up_to_level": LEVEL, "review_period": 1},
        1.0 + (REVIEW - 1.0) * MEAN**2 / MEAN, 1.0 + REVIEW * MEAN,
    ),
    "price variation": (
        ForwardBuying, {"order_up_to_level": LEVEL, "promotion_level": PROMOTION, "promotion_price": LOW_PRICE},
        {"order_up_to_level": LEVEL, "promotion_level": LEVEL, "promotion_price": LOW_PRICE},
        1.0 + 2.0 * CHANCE * (1.0 - CHANCE) * (PROMOTION - LEVEL) ** 2 / MEAN,
        1.0 + CHANCE * (1.0 - CHANCE) * (PROMOTION - LEVEL) ** 2 / MEAN,
    ),
    # Half of what is needed comes, which would double the orders for ever; they are the most that the shop dares.
    "rationing game": (
        ShortageGaming, {"most_inflation": INFLATION}, {"most_inflation": 1.0}, INFLATION**2, INFLATION
    ),
}  # fmt: skip
each_cause = pytest.mark.parametrize(("rule", "on", "off", "ratio", "wrong"), CAUSES.values(), ids=list(CAUSES))


def orders_and_demand(cause):
    """What the mill is asked and what the shop is asked, [run, period]; the mill's price is low by chance.

    In the rationing game the mill cannot make enough, nobody waits, and nothing takes time.
    """
    rationed = isinstance(cause, ShortageGaming)
    rules = {"ordering": MakeToOrder(), "input_rule": cause} if rationed else {"ordering": cause, "on_hand": LEVEL}
    unfilled, capacity, lead = ("lost", CAPACITY, 0) if rationed else ("backorder", np.inf, LEAD)
    price = Discrete((LOW_PRICE, 10.0), (CHANCE, 1.0 - CHANCE))
    graph = nx.DiGraph()
    graph.add_node("mill", kind="supplier", capacity=capacity, price=price)
    graph.add_node("shop", **rules)
    graph.add_node("customer", kind="customer", demand=Poisson(MEAN))
    graph.add_edge("mill", "shop", shipment_lead_time=lead, unfilled=unfilled)
    graph.add_edge("shop", "customer", shipment_lead_time=0, unfilled=unfilled)
    signals = [supplynet.Signal("mill", "shop", "price", 0)]
    scenario = supplynet.Scenario("causes", supplynet.from_graph(graph, signals=signals), periods=PERIODS)
    orders, demand = (recorded(scenario, node, ("demand",), warm_up=WARM_UP)["demand"] for node in ("mill", "shop"))
    return orders, demand


@each_cause
def test_each_cause_alone_amplifies_demand_by_its_formula(rule, on, off, ratio, wrong):
    orders, _ = orders_and_demand(rule(**on))
    mean = INFLATION * MEAN if rule is ShortageGaming else MEAN
    assert rule is PeriodicReview or orders.min() > 0.0, "an order was cut"
    assert_mean(((orders - mean) ** 2).mean(axis=1) / MEAN, ratio, wrong=[wrong, 1.0])


@each_cause
def test_each_cause_switched_off_leaves_demand_as_it_is(rule, on, off, ratio, wrong):
    orders, demand = orders_and_demand(rule(**off))
    assert np.array_equal(orders, demand)
    assert orders.var() / demand.var() == 1.0
