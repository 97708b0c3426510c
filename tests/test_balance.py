"""Goods and orders are conserved each period, under every rule; and a broken law is noticed."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from networks import networks, starts

from supplynet import engine, from_graph, load
from supplynet.balance import Balance
from supplynet.distributions import Bernoulli, Discrete, Normal
from supplynet.lower import Case
from supplynet.phases import draw
from supplynet.policies.allocation import Priority, Uniform
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, MakeToOrder, OrderUpToMovingAverage


def everything() -> nx.DiGraph:
    """A network with a bit of all: scarce capacity, random lead times, assembly, substitutes, lost sales, a pantry."""
    graph = nx.DiGraph()
    for name, unfilled in (("north", "backorder"), ("south", "lost")):
        graph.add_node(name, kind="customer", demand=Normal(20.0, 8.0))
        graph.add_node(f"shop-{name}", ordering=OrderUpToMovingAverage(3, 1.0), on_hand=15.0, holding_cost=1.0)
        graph.add_edge(f"shop-{name}", name, shipment_lead_time=0, unfilled=unfilled, target=5.0)
        graph.add_edge(
            "works", f"shop-{name}", order_lead_time=1, shipment_lead_time=Discrete((0, 2, 5), (0.3, 0.4, 0.3))
        )
    capacity = Bernoulli(0.8, size=55.0)
    graph.add_node(
        "works", kind="factory", ordering=BaseStock(180.0), on_hand=30.0, capacity=capacity, allocation=Uniform(),
        production_lead_time=Discrete((0, 1, 3), (0.2, 0.5, 0.3)),
    )  # fmt: skip
    for name in ("steel", "steel-too"):
        graph.add_node(name, kind="supplier", product="steel", capacity=25.0)
        graph.add_edge(name, "works", units_per_output=1.5, shipment_lead_time=1, unfilled="lost", target=20.0)
    graph.add_node("gum", kind="supplier", allocation=Priority())
    graph.add_edge("gum", "works", units_per_output=0.1, criticality=0.4, order_lead_time=Discrete((0, 1), (0.5, 0.5)))
    return graph


def firms() -> nx.DiGraph:
    """Firms in a circle that order by days of cover and lose what is not delivered."""
    graph = nx.DiGraph()
    for at in range(6):
        graph.add_node(f"firm-{at}", ordering=MakeToOrder(), input_rule=DaysOfCover(4.0), capacity=Normal(40.0, 15.0))
        lane = {"units_per_output": 0.3, "cover": 4.0, "unfilled": "lost", "shipment_lead_time": 1}
        graph.add_edge(f"firm-{(at + 1) % 6}", f"firm-{at}", **lane)
        graph.add_edge(f"firm-{(at + 2) % 6}", f"firm-{at}", **lane)
    graph.add_node("household", kind="customer", demand=20.0)
    graph.add_edge("firm-0", "household", shipment_lead_time=0, unfilled="lost")
    return graph


@pytest.mark.parametrize(("make", "start"), [(everything, "empty"), (everything, "steady"), (firms, "steady")])
def test_goods_and_orders_are_conserved_whatever_happens(make, start) -> None:
    ready = engine.start([Case(from_graph(make()), 3, tuple(range(4)), start)], 150)
    ready.run(150, [Balance(ready.union)])
    assert ready.union.state.columns["shipped"].sum() > 0


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(networks(), st.integers(0, 99), st.integers(0, 9), starts())
def test_random_networks_conserve_under_every_rule(network, seed, replication, start) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "CELLS", 1000)  # lead times are drawn a few periods ahead, so that small runs are quick
        ready = engine.start([Case(network, seed, (replication, replication + 1), start)], 30)
        ready.run(30, [Balance(ready.union)])


@pytest.mark.parametrize("name", ["flour-2020", "beer-game", "beer-game-sterman"])
def test_the_ready_made_scenarios_conserve(name) -> None:
    scenario = load(name)
    ready = engine.start([Case(scenario.network)], scenario.periods)
    ready.run(scenario.periods, [Balance(ready.union)])


@pytest.mark.parametrize(
    ("key", "law"),
    [
        ("on_hand", "stock of finished goods"),
        ("in_process", "goods in process"),
        ("production_backlog", "need"),
        ("lane_backlog", "backlog of lanes"),
        ("transport", "goods in transit"),
        ("mail", "orders in the mail"),
        ("on_order", "what is on order"),
        ("input_stock", "input stock"),
        ("shipped", "stock of finished goods"),
        ("shipment", "shipments"),
    ],
)
def test_a_broken_law_is_noticed_and_named(key, law) -> None:
    ready = engine.start([Case(from_graph(everything()), 3)], 30)
    balance = Balance(ready.union)
    ready.run(20, [balance])
    ready.run(1)
    ready.union.state.columns[key][:] += 0.01
    with pytest.raises(ArithmeticError, match=f"period 20: {law} is broken"):
        balance.keep(20)


def test_what_falls_below_zero_is_noticed() -> None:
    ready = engine.start([Case(from_graph(everything()), 3)], 30)
    balance = Balance(ready.union)
    ready.run(1)
    ready.union.state.columns["filled"][0] = -5.0
    with pytest.raises(ArithmeticError, match="filled of node '.*' is -5.0, below zero"):
        balance.keep(0)
