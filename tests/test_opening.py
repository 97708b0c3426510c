"""How runs open: empty, steady or as given, for every kind of node and lead time."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from shapes import shop

from supplynet import Scenario, from_graph, run
from supplynet.distributions import Discrete
from supplynet.opening import mean_flows
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, MakeToOrder, ProportionalOrderUpTo


def test_a_steady_start_goes_on_as_it_began() -> None:
    lane = {"order_lead_time": 2, "shipment_lead_time": 3}
    scenario = shop(ordering=BaseStock(50.0), lane=lane, node={"on_hand": 0.0})
    record = run(scenario).record
    # coverage 2 + 3: position 50 is all in the pipeline after demand, so each order is the demand
    assert (record["production_order"][:, 1] == 10.0).all()
    assert (record["shipped"][:, :2] == 10.0).all()
    assert (record["on_order"][:, 1] == 50.0).all()


def test_a_steady_start_fills_random_pipelines_at_their_usual_length() -> None:
    lead = Discrete((1, 2, 3), (0.25, 0.5, 0.25))
    sent = run(shop(lane={"order_lead_time": lead, "shipment_lead_time": lead}, ordering=BaseStock(0.0))).record
    # 2 slots of orders and 2 of goods, 10 each; the rule orders nothing until the position has fallen
    assert sent["on_order"][0, 1] + sent["shipped"][0, 1] == 40.0 + 40.0 - sent["on_hand"][0, 1]


@pytest.mark.parametrize("lead", [0, 1, 3])
def test_a_rule_that_wants_a_part_of_the_flow_in_its_supply_line_finds_it_there(lead: int) -> None:
    rule = ProportionalOrderUpTo(stock_gain=0.5, supply_line_gain=0.2, safety_periods=2.0)
    scenario = shop(
        lane={"order_lead_time": 1, "shipment_lead_time": 2},
        ordering=rule,
        node={"production_lead_time": lead, "on_hand": 20.0},
    )
    record = run(scenario).record
    # two periods of the flow of 10 on hand, the rest of the coverage on its way: both gaps are nothing from the start
    assert np.allclose(record["production_order"][:, 1], 10.0, rtol=1e-12)
    assert np.allclose(record["on_hand"][:, 1], 20.0, rtol=1e-12)


def test_who_makes_to_order_owes_only_what_its_own_inputs_do_not_cover() -> None:
    graph = nx.DiGraph()
    graph.add_node("buyers", kind="customer", demand=10.0)
    graph.add_node("shop", ordering=BaseStock(40.0), on_hand=20.0)
    graph.add_node("works", kind="factory", ordering=MakeToOrder())
    graph.add_node("mine", kind="supplier")
    graph.add_edge("shop", "buyers", shipment_lead_time=0)
    graph.add_edge("works", "shop", shipment_lead_time=1)
    graph.add_edge("mine", "works", shipment_lead_time=3, target=20.0)
    record = run(Scenario("made to order", from_graph(graph), periods=8)).record
    # of the 3 periods that ore takes, 2 lie here; so the shop waits for 1 period's goods, has 10 on the way, and 20
    assert (record["backlog"][:, 2] == 10.0).all()
    assert (record["production_order"][:, 1] == 10.0).all() and (record["on_hand"][:, 1] == 20.0).all()


def test_a_steady_start_of_days_of_cover_holds_the_cover_when_it_orders() -> None:
    node = {"input_rule": DaysOfCover(), "on_hand": 0.0}
    scenario = shop(lane={"cover": 5.0, "unfilled": "lost"}, ordering=MakeToOrder(), node=node)
    record = run(scenario).record
    assert np.allclose(record["order"][:, 1], 10.0, rtol=1e-12)
    assert np.allclose(record["input_stock"][:, 1], 40.0, rtol=1e-12)  # 5 days before today's use, 4 after


def test_a_steady_start_of_firms_that_make_to_order_waits_as_long_as_its_lead_times() -> None:
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=10.0)
    graph.add_node("assembler", ordering=MakeToOrder(), production_lead_time=1)
    graph.add_node("maker", kind="factory", ordering=MakeToOrder(), production_lead_time=2)
    graph.add_edge("assembler", "customer", shipment_lead_time=1)
    graph.add_edge("maker", "assembler", order_lead_time=1, shipment_lead_time=1)
    record = run(Scenario("to order", from_graph(graph), periods=12)).record
    assert (record["shipped"] == 10.0).all()
    # maker 2; assembler 1 + 1 + 2 + 1 = 5; the customer waits one more for the goods to come: 6 periods of 10
    assert (record["backlog"] == [60.0, 50.0, 20.0]).all()


def test_an_empty_start_is_empty_but_for_what_is_given() -> None:
    lane = {"shipment_lead_time": 2, "goods_in_transit": 7.0, "input_stock": 3.0}
    record = run(shop(start="empty", lane=lane, ordering=BaseStock(0.0), node={"on_hand": 0.0})).record
    # 3 in stock and 7 due in each of two periods, all of it wanted: 3 + 7, then 7; then nothing until what period 1
    # ordered is there: the position was 7 on the line less 10 owed, so 3, two periods later
    assert record["production"][:4, 1].tolist() == [10.0, 7.0, 0.0, 3.0]


def test_mean_flows_solve_leontiefs_equations() -> None:
    luck = np.random.default_rng(3)
    n = 12
    need = luck.uniform(0.0, 0.12, (n, n)) * (luck.random((n, n)) < 0.5)
    np.fill_diagonal(need, 0.0)
    need[0, 1] = 0.1
    graph = nx.DiGraph()
    for node in range(n):
        graph.add_node(f"firm-{node}", ordering=MakeToOrder())
    graph.add_node("household", kind="customer", demand=5.0)
    graph.add_edge("firm-0", "household")
    for supplier, customer in zip(*np.nonzero(need), strict=True):
        graph.add_edge(f"firm-{supplier}", f"firm-{customer}", units_per_output=float(need[supplier, customer]))
    final = np.zeros(n + 1)
    final[n] = 5.0
    outside = np.zeros(n)
    outside[0] = 5.0
    expected = np.linalg.solve(np.eye(n) - need, outside)
    assert np.allclose(mean_flows(from_graph(graph), final)[:n], expected, rtol=1e-10)


def test_a_cycle_that_eats_what_it_makes_is_an_error() -> None:
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=1.0)
    for name in "ab":
        graph.add_node(name, ordering=BaseStock(1.0))
    graph.add_edge("a", "b")
    graph.add_edge("b", "a")
    graph.add_edge("a", "customer")
    with pytest.raises(ValueError, match="lower units_per_output"):
        run(Scenario("eats itself", from_graph(graph)))


def test_a_lost_sale_counts_as_far_as_todays_goods_go_though_an_input_that_is_not_critical_is_missing() -> None:
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=10.0)
    graph.add_node("works", kind="factory", ordering=BaseStock(10.0))
    graph.add_node("steel", kind="supplier")
    graph.add_node("polish", kind="supplier", capacity=0.0)
    graph.add_edge("works", "customer", shipment_lead_time=0, unfilled="lost")
    graph.add_edge("steel", "works", shipment_lead_time=1)
    graph.add_edge("polish", "works", shipment_lead_time=1, criticality=0.0)
    record = run(Scenario("no polish", from_graph(graph), periods=6, start="empty")).record
    # period 0 has nothing to sell; from then on the steel ordered a period ago becomes the goods that are sold
    assert record["lost"][:, 0].tolist() == [10.0, 0.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("units", [1.0, 2.0])
def test_the_supply_line_is_what_has_not_arrived(units: float) -> None:
    class Watching(BaseStock):
        reads = ("inventory_position", "supply_line")

        def order(self, local, production_order):  # type: ignore[no-untyped-def]
            production_order[:] = local.supply_line

    lane = {"shipment_lead_time": 3, "input_stock": 50.0 * units, "units_per_output": units}
    scenario = shop(lane=lane, ordering=Watching(0.0), node={"capacity": 8.0, "on_hand": 20.0}, periods=2)
    # in units that can be made of it: 30 on the way, of which 10 have come this morning, and 50 lie here; 80 wanted, so
    # 20 are still to come;
    # then 20 more are wanted, 8 were made, 52 of 60 lie here with 10 more: 30 that are on the way, and the 20
    assert run(scenario).record["production_order"][:, 1].tolist() == [20.0, 30.0]
