"""What the contract of rules refuses, and how it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np
import pytest
from shapes import shop

from supplynet import Scenario, from_graph, replicate, run
from supplynet.compiled import kernel
from supplynet.policies.allocation import Proportional
from supplynet.policies.contract import AllocationRule, InputRule, Memory, OrderingRule
from supplynet.policies.ordering import BaseStock, OrderUpToMovingAverage


@dataclass(frozen=True)
class Counting(OrderingRule):
    """Order one more each period, from memory."""

    rebinds: bool = False
    structure: ClassVar = ("rebinds",)

    @property
    def memory(self):
        return (Memory("seen", "units"),)

    def order(self, local, production_order):
        if self.rebinds:
            local.seen = local.seen + 1
        else:
            local.seen += 1
        production_order[:] = local.seen


def test_memory_is_filled_in_place_and_not_rebound() -> None:
    assert run(shop(ordering=Counting(), periods=3)).record["production_order"][:, 1].tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(AttributeError, match=r"declare a Memory and fill it: local.seen\[:\]"):
        run(shop(ordering=Counting(rebinds=True), periods=3))


def test_memory_opens_anew_for_each_replication_whatever_the_block() -> None:
    for block in (1, 2, 3):
        assert replicate(shop(ordering=Counting(), periods=5), 3, block=block)["peak_order"].tolist() == [5.0] * 3


@pytest.mark.parametrize("window", [10**21, 10**13])
def test_a_memory_that_cannot_be_held_names_its_rule(window) -> None:
    with pytest.raises(MemoryError, match="OrderUpToMovingAverage: window of 1 nodes would be 10*,0.* remember fewer"):
        run(shop(ordering=OrderUpToMovingAverage(window), periods=3))


def test_a_column_that_was_not_declared_cannot_be_read_and_a_declared_one_not_written() -> None:
    class Peeking(BaseStock):
        def order(self, local, production_order):
            production_order[:] = local.on_hand

    class Meddling(BaseStock):
        def order(self, local, production_order):
            local.inventory_position[:] = 0.0

    with pytest.raises(AttributeError, match="reads 'on_hand' without declaring it"):
        run(shop(ordering=Peeking(1.0)))
    with pytest.raises(ValueError, match="read-only"):
        run(shop(ordering=Meddling(1.0)))


def test_a_rule_checks_its_parameters_once_in_plain_python_though_rows_are_stacked() -> None:
    @dataclass(frozen=True)
    class Checked(BaseStock):
        def __post_init__(self):
            if self.base_stock_level < 0:
                raise ValueError("below zero")

    graph = nx.DiGraph()
    graph.add_node("source", kind="supplier")
    for at in range(3):
        graph.add_node(f"customer-{at}", kind="customer", demand=2.0)
        graph.add_node(f"shop-{at}", ordering=Checked(10.0 * at))
        graph.add_edge("source", f"shop-{at}")
        graph.add_edge(f"shop-{at}", f"customer-{at}")
    record = run(Scenario("three", from_graph(graph), periods=1, start="empty")).record
    assert record["production_order"][0, [2, 4, 6]].tolist() == [2.0, 12.0, 22.0]


def refused(ordering: OrderingRule | None = None, **node: object) -> str:
    """What is said of a rule that breaks the contract."""
    with pytest.raises(ValueError) as raised:
        run(shop(ordering=ordering, node=node))
    return str(raised.value)


def test_a_parameter_that_is_no_number_must_be_named_in_structure() -> None:
    @dataclass(frozen=True)
    class Worded(OrderingRule):
        how: str = "much"

    assert "how is 'much', must be a number" in refused(Worded())


def test_a_rule_that_reads_what_is_not_there_is_told_the_nearest_column() -> None:
    class Misread(BaseStock):
        reads = ("inventory_positoin",)

    class Untold(BaseStock):
        reads = ("told_demand",)

    class Astray(InputRule):
        reads = ("supplier",)

    assert "did you mean 'inventory_position'" in refused(Misread(1.0))
    assert "no signal tells it; add a Signal" in refused(Untold(1.0))
    assert "reads 'supplier', which is not a column of its rows" in refused(input_rule=Astray())


def test_a_memory_cannot_have_the_name_of_a_column_that_is_read() -> None:
    class Twice(BaseStock):
        memory = (Memory("inventory_position", "units"),)

    assert "has the name of a column" in refused(Twice(1.0))


def test_an_allocation_rule_has_no_parameters() -> None:
    @dataclass(frozen=True)
    class Tuned(AllocationRule):
        allocate: ClassVar = Proportional.allocate
        weight: float = 2.0

    assert "an allocation rule has no parameters" in refused(allocation=Tuned())


def test_an_allocation_rule_of_ones_own_is_a_kernel_that_reads_what_its_arguments_name() -> None:
    @kernel
    def hold_back(rows, first_outbound, on_hand, lane_backlog, shipment):
        for i in range(rows.size):
            for end in range(first_outbound[rows[i]], first_outbound[rows[i] + 1]):
                shipment[end] = min(lane_backlog[end], on_hand[rows[i]]) / 2.0

    @dataclass(frozen=True)
    class HoldBack(AllocationRule):
        """Ship half of what could be shipped."""

        allocate: ClassVar = hold_back

    record = run(shop(node={"allocation": HoldBack()}, periods=2, start="empty")).record
    assert record["shipped"][:, 1].tolist() == [5.0, 7.5]


def test_a_rule_that_writes_nonsense_ends_the_run_with_its_name() -> None:
    class Wild(BaseStock):
        def order(self, local, production_order):
            production_order[:] = np.nan

    class Souring(OrderingRule):
        def order(self, local, production_order):
            production_order[:] = 3.0 - local.period

    class Forgetful(OrderingRule):
        def order(self, local, production_order):
            pass

    with pytest.raises(ArithmeticError, match="production_order of node 'shop' is -16.0, must be a finite number >= 0"):
        run(shop(ordering=Souring()))
    with pytest.raises(ArithmeticError, match="Forgetful wrote production_order nan"):
        run(shop(ordering=Forgetful()))
    with pytest.raises(ArithmeticError, match="Wild wrote production_order nan .1 of 1., must be finite"):
        run(shop(ordering=Wild(1.0)))


def test_a_rule_sees_the_backlog_with_todays_demand_in_it() -> None:
    class Chasing(OrderingRule):
        reads = ("backlog",)

        def order(self, local, production_order):
            production_order[:] = local.backlog

    record = run(shop(ordering=Chasing(), node={"on_hand": 0.0}, periods=3, start="empty")).record
    # owed at the end of a period 10, then 20 less the 10 that came; each order sees 10 more
    assert record["production_order"][:, 1].tolist() == [10.0, 20.0, 20.0]
    assert record["backlog"][:, 1].tolist() == [10.0, 10.0, 0.0]
