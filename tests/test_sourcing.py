"""Sourcing rules at work: what a backup saves, where shares settle, and that fixed shares cost nothing."""

import networkx as nx
import numpy as np
import pytest
from scipy.optimize import brentq

import supplynet
from supplynet import engine
from supplynet.demand import Trace
from supplynet.lower import Case
from supplynet.policies.ordering import BaseStock
from supplynet.policies.sourcing import BackupSupplier, FixedShares, ShareByReliability

PLENTY = 1e6


def two_suppliers(rule, shares, capacity, *, stock, demand=1.0, unfilled="lost", periods=80):
    """A shop one period from two suppliers of one product; the first has this capacity, the second enough."""
    graph = nx.DiGraph()
    graph.add_node("near", kind="supplier", product="tea", capacity=capacity)
    graph.add_node("far", kind="supplier", product="tea")
    graph.add_node("shop", ordering=BaseStock(demand + stock), sourcing=rule, on_hand=stock)
    graph.add_node("customer", kind="customer", demand=demand)
    for supplier, share in zip(("near", "far"), shares, strict=True):
        graph.add_edge(supplier, "shop", order_lead_time=0, shipment_lead_time=1, share=share, unfilled=unfilled)
    graph.add_edge("shop", "customer", order_lead_time=0, shipment_lead_time=0, unfilled="lost")
    return supplynet.run(supplynet.Scenario("two", supplynet.from_graph(graph), periods=periods))


def outage(start, length, periods=80):
    able = np.full(periods, PLENTY)
    able[start : start + length] = 0.0
    return Trace(able)


@pytest.mark.parametrize("length", [2, 5, 9, 30])
@pytest.mark.parametrize(("patience", "switching_delay", "stock"), [(0, 0, 0), (1, 2, 3), (2, 0, 1), (0, 4, 2)])
def test_a_backup_limits_the_loss_to_what_it_takes_to_notice_and_to_switch(length, patience, switching_delay, stock):
    # Nothing comes from the period after the outage began until the backup's first goods, a period after the switch.
    # The first empty period is counted 1; more than lead time + patience = 1 + patience of them mean failure, and
    # switching_delay periods later the backup is asked: 2 + patience + switching_delay empty periods in all.
    rule = BackupSupplier(patience, switching_delay, retry=50.0)
    helped = two_suppliers(rule, (1.0, 0.0), outage(10, length), stock=float(stock))
    alone = two_suppliers(FixedShares(), (1.0, 0.0), outage(10, length), stock=float(stock))
    assert alone.outcomes["lost"] == max(0, length - stock)
    assert helped.outcomes["lost"] == max(0, min(length, 2 + patience + switching_delay) - stock)


def test_a_supplier_that_failed_is_tried_again_and_gets_its_share_back():
    result = two_suppliers(BackupSupplier(0.0, 0.0, retry=6.0), (1.0, 0.0), outage(10, 20), stock=5.0)
    near, far = (result.record["order"][:, lane] for lane in (0, 1))
    assert near[:10].tolist() == [1.0] * 10 and far[:10].tolist() == [0.0] * 10
    # It has failed after two empty periods, in period 12; six periods later it is asked again, in vain for two; and so
    # on until period 34, when it delivers again.
    assert (np.flatnonzero(near[10:30]) + 10).tolist() == [10, 11, 18, 19, 26, 27]
    assert (np.flatnonzero(far == 0.0)).tolist() == [*range(12), 18, 19, 26, 27, *range(34, 80)]
    assert near[-20:].tolist() == [1.0] * 20 and far[-20:].tolist() == [0.0] * 20
    assert result.outcomes["lost"] == 0.0


@pytest.mark.parametrize(("capacity", "sensitivity"), [(0.2, 1.0), (0.1, 1.0), (0.3, 2.0), (0.2, 0.0)])
def test_shares_by_reliability_settle_where_reliability_confirms_them(capacity, sensitivity):
    # In the long run the shop asks for N a period, the near supplier delivers c of its share x N, the far one all of
    # (1 - x) N, and what comes is the demand of 1; x is the share that the reliability c / (x N) gives.
    def asked(x):
        return (1.0 - capacity) / (1.0 - x)

    def gap(x):
        weight = min(1.0, capacity / (x * asked(x))) ** sensitivity
        return weight / (weight + 1.0) - x

    rule = ShareByReliability(0.1, sensitivity, 0.01)
    result = two_suppliers(rule, (0.5, 0.5), capacity, stock=9.0, periods=600)
    order = result.record["order"][-1, :2]
    assert order[0] / order.sum() == pytest.approx(brentq(gap, 0.01, 0.9), rel=1e-6)
    assert result.record["received"][-1, :2].sum() == pytest.approx(1.0, rel=1e-6)


def test_fixed_shares_are_the_default_and_take_no_task():
    network = two_suppliers(FixedShares(), (0.3, 0.7), PLENTY, stock=2.0).scenario.network
    without = network.with_column("node", "sourcing", np.arange(network.n_nodes), None)
    tasks = [len(engine.start([Case(case)], 5).tasks) for case in (network, without)]
    assert tasks[0] == tasks[1]


def test_shares_open_anew_for_each_replication():
    scenario = two_suppliers(BackupSupplier(0.0, 0.0, 50.0), (1.0, 0.0), outage(3, 40), stock=1.0).scenario
    lost = supplynet.replicate(scenario, 5, block=1)["lost"]
    assert lost.tolist() == [lost[0]] * 5 and lost[0] > 0.0
