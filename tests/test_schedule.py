"""The order of the day: same-day messages are read after they are sent, and a day that cannot be ordered is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplynet import Scenario, Signal, from_graph, run
from supplynet.engine import start
from supplynet.lower import Case
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, MakeToOrder
from supplynet.schedule import BOOK, PRODUCE, PURCHASE, SET_BY, SHIP, find_levels


def chain(delays: list[int], rule: object = None) -> nx.DiGraph:
    """A row of nodes behind a customer; the delays are those of orders and goods of each lane from the market on."""
    graph = nx.DiGraph()
    graph.add_node("n0", kind="customer", demand=5.0)
    for at, delay in enumerate(delays):
        last = at == len(delays) - 1
        graph.add_node(f"n{at + 1}", **({"kind": "supplier"} if last else {"ordering": rule or BaseStock(50.0)}))
        graph.add_edge(f"n{at + 1}", f"n{at}", order_lead_time=delay, shipment_lead_time=delay)
    return graph


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_whoever_reads_a_same_day_message_comes_after_whoever_sends_it(delays: list[int]) -> None:
    network = from_graph(chain(delays))
    lane = network.lane
    levels = find_levels(network, np.zeros(network.n_nodes, bool), lane["order_lead_time"], lane["shipment_lead_time"])
    assert (np.diff(levels, axis=0) > 0).all()
    for supplier, customer, delay in zip(lane["supplier"], lane["customer"], lane["order_lead_time"], strict=True):
        if delay == 0:
            assert levels[BOOK, supplier] > levels[PURCHASE, customer]
            assert levels[PRODUCE, customer] > levels[SHIP, supplier]


def test_goods_cross_a_chain_without_delays_within_a_period() -> None:
    graph = chain([0, 0, 0, 0], MakeToOrder())
    record = run(Scenario("at once", from_graph(graph), periods=3, start="empty")).record
    assert (record["shipped"] == 5.0).all()
    assert (record["backlog"] == 0.0).all()


def test_tasks_that_can_wait_share_calls() -> None:
    apart = start([Case(from_graph(chain([0, 1, 1, 1, 1])))], 1)
    assert sum(task.phase == "book" for task in apart.tasks) == 2  # the customer's, and one for all others
    assert sum(task.phase == "produce" for task in apart.tasks) == 2


def test_a_cycle_of_zero_delays_is_named() -> None:
    graph = chain([0, 1, 1])
    graph.nodes["n2"]["kind"] = "factory"
    graph.add_edge("n1", "n2", order_lead_time=1, shipment_lead_time=0, units_per_output=0.1)
    graph.edges["n2", "n1"]["shipment_lead_time"] = 0
    with pytest.raises(ValueError, match="a cycle without delay: .*n1.*n2.* at least 1 period"):
        run(Scenario("stuck", from_graph(graph)))


def test_same_day_orders_on_a_cycle_are_possible_where_rules_read_yesterday() -> None:
    graph = nx.DiGraph()
    graph.add_node("household", kind="customer", demand=10.0)
    for name in "ab":
        graph.add_node(name, kind="factory", ordering=MakeToOrder(), input_rule=DaysOfCover())
    lane = {"order_lead_time": 0, "shipment_lead_time": 1, "cover": 4.0, "units_per_output": 0.3, "unfilled": "lost"}
    graph.add_edge("a", "b", **lane)
    graph.add_edge("b", "a", **lane)
    graph.add_edge("a", "household", shipment_lead_time=0, unfilled="lost")
    record = run(Scenario("cycle", from_graph(graph), periods=30)).record
    output = np.linalg.solve([[1.0, -0.3], [-0.3, 1.0]], [10.0, 0.0])
    assert np.allclose(record["production_started"][:, 1:], output, rtol=1e-9)


def test_a_signal_without_delay_tells_what_an_earlier_phase_has_set() -> None:
    class Told(MakeToOrder):
        reads = ("told_demand",)

        def order(self, local, production_order):  # type: ignore[no-untyped-def]
            production_order[:] = local.told_demand

    def told(delay: int) -> np.ndarray:
        graph = chain([1, 1, 1])
        graph.nodes["n0"]["demand"] = [1.0, 2.0, 3.0, 4.0, 5.0]
        graph.nodes["n2"].update(ordering=Told())
        signal = Signal("n0", "n2", "demand", delay=delay)
        return run(Scenario("told", from_graph(graph, signals=[signal]), periods=5)).record["production_order"][:, 2]

    assert told(0).tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert told(2).tolist() == [1.0, 1.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("tells", sorted(SET_BY))
def test_what_is_told_without_delay_is_what_stands_in_the_column_at_the_end_of_the_day(tells: str) -> None:
    @dataclass(frozen=True)
    class Copy(MakeToOrder):
        reads: ClassVar = (f"told_{tells}",)

        def order(self, local, production_order):  # type: ignore[no-untyped-def]
            production_order[:] = np.abs(getattr(local, f"told_{tells}"))

    graph = nx.DiGraph()
    graph.add_node("town", kind="customer", demand=10.0)
    graph.add_node("maker", kind="factory", ordering=MakeToOrder(), capacity=3.0)
    graph.add_edge("maker", "town", unfilled="lost")
    graph.add_node("reader", kind="factory", ordering=Copy())
    graph.add_node("hamlet", kind="customer", demand=1.0)
    graph.add_edge("reader", "hamlet")
    network = from_graph(graph, signals=[Signal("maker", "reader", tells)])
    record = run(Scenario("told", network, periods=4)).record
    assert np.array_equal(record["production_order"][:, 2], np.abs(record[tells][:, 1]))
