"""Ten periods of a rule at work in the smallest network that needs it: what it saw, and what it decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supplynet.demand import Process, Trace
from supplynet.distributions import Poisson
from supplynet.graphs import from_graph
from supplynet.policies.catalogue import find_rule
from supplynet.policies.contract import AllocationRule, Rule
from supplynet.policies.ordering import BaseStock, Plan
from supplynet.processes.interest import EarlyInterest
from supplynet.rule_levers import set_rule
from supplynet.scenario import Scenario, run
from supplynet.watching import METHODS, PLACES, watched

Array = NDArray[Any]
PERIODS: Final = 10
SALES: Final = (8.0, 8.0, 12.0, 8.0, 4.0, 8.0, 16.0, 8.0, 0.0, 8.0)
PRICES: Final = (10.0, 10.0, 8.0, 10.0, 10.0, 10.0, 8.0, 10.0, 10.0, 10.0)
OUTAGE: Final = (1.0, *(0.0,) * 6, *(1.0,) * 3)  # from period 1 to 6


@dataclass(frozen=True, slots=True)
class Example:
    """A rule, the network it is at work in, in words, and a table: titles, and a row of texts for each period."""

    rule: Rule
    story: str
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def worked_example(name: str) -> Example:
    """Ten periods of a rule, by its name, with the parameters of its example. Raises ValueError for an unknown name."""
    column, kind = find_rule(name)
    rule = kind(**kind.example)
    return _of_allocation(rule) if isinstance(rule, AllocationRule) else _of_decider(rule, column)


def _of_decider(rule: Rule, column: str) -> Example:
    """A shop or wholesaler that follows the rule; a spy notes what it is shown and what it writes."""
    spy, notes = watched(rule, column)
    graph, place, story = _network(rule, column)
    network = from_graph(graph)
    node = np.array([network.names.index(place)])
    network = set_rule(network, column, column, spy, node, lambda node: {})
    run(Scenario("example", network, periods=PERIODS))
    reads = [name for name in rule.reads if name not in PLACES]
    titles = ("period", *reads, f"-> {METHODS[column][1]}")
    rows = [(str(at), *(_words(seen[name]) for name in reads), _words(out)) for at, (seen, out) in enumerate(notes)]
    return Example(rule, story, titles, tuple(rows))


def _network(rule: Rule, column: str) -> tuple[nx.DiGraph, str, str]:
    """The smallest network in which a rule has something to do, the node that follows it, and the story."""
    graph = nx.DiGraph()
    told = {name.removeprefix("told_") for name in rule.reads if name.startswith("told_")}
    upstream = bool({"market", "buyers"} & {rule.told_by.get(tells) for tells in told})
    place = "wholesaler" if upstream else "shop"
    fails = "received" in rule.reads or "filled" in told or column == "sourcing"
    lead, unfilled = 1 if fails else 2, "lost" if fails and column == "input_rule" else "backorder"
    demand: Process = Trace(SALES)
    sales = f"customers want {', '.join(f'{sold:g}' for sold in SALES)}"
    if "interest" in told:
        conversion = getattr(rule, "conversion", 1.0)
        demand, sales = EarlyInterest(Poisson(8.0 / conversion), conversion, 2), "customers look before they buy"
    graph.add_node("customers", kind="customer", demand=demand)
    graph.add_node("shop", kind="distributor", ordering=BaseStock(24.0), on_hand=8.0)
    graph.add_edge("shop", "customers", order_lead_time=0, shipment_lead_time=0)
    if upstream:
        graph.add_node("wholesaler", kind="distributor", ordering=BaseStock(24.0), on_hand=8.0)
        graph.add_edge("wholesaler", "shop", order_lead_time=0, shipment_lead_time=1)
    able = [(5.0 if column == "input_rule" else 0.0) + 1e6 * there for there in OUTAGE]
    graph.add_node(
        "source", kind="supplier", product="goods", price=Trace(PRICES), capacity=Trace(able) if fails else np.inf,
        ordering=Plan((20.0,) * PERIODS) if "production" in told else None,
    )  # fmt: skip
    graph.add_edge("source", place, order_lead_time=0, shipment_lead_time=lead, cover=2.0, unfilled=unfilled)
    story = f"A {place} {lead} period{'s' * (lead > 1)} from its source{', which is short in periods 1 to 6' * fails}"
    if column == "sourcing":
        share = 1.0 if "on_order" in rule.reads else 0.5
        graph.edges["source", place]["share"] = share
        graph.add_node("other source", kind="supplier", product="goods")
        graph.add_edge("other source", place, order_lead_time=0, shipment_lead_time=lead, cover=2.0, share=1.0 - share)
        story += ", and another one"
    return graph, place, f"{story}; {sales}."


def _of_allocation(rule: Rule) -> Example:
    """A works that is short of goods, and three lanes that wait for them."""
    graph = nx.DiGraph()
    graph.add_node("works", kind="supplier", ordering=Plan((24.0, 6.0, 0.0, 12.0, 18.0) * 2), allocation=rule)
    wants = {"shop north": (8.0, 12.0), "shop south": (16.0, 4.0), "households": (6.0, 6.0)}
    for rank, (name, wanted) in enumerate(wants.items()):
        final = name == "households"
        graph.add_node(
            name,
            kind="customer" if final else "distributor",
            **({"demand": Trace(wanted, repeat=True)} if final else {}),
        )
        graph.add_edge(
            "works", name, order_lead_time=0, shipment_lead_time=0, priority=float(rank), normal_order=sum(wanted) / 2
        )
        if not final:
            graph.nodes[name]["ordering"] = BaseStock(0.0)
            graph.add_node(f"{name}'s customers", kind="customer", demand=Trace(wanted, repeat=True))
            graph.add_edge(name, f"{name}'s customers", order_lead_time=0, shipment_lead_time=0)
    record = run(Scenario("example", from_graph(graph), periods=PERIODS, start="empty")).record
    lanes = [from_graph(graph).lane_names().index(f"works>{name}") for name in wants]
    shipped, waiting = record["shipment"][:, lanes], record["lane_backlog"][:, lanes]
    works = list(graph.nodes).index("works")
    there = record["on_hand"][:, works] + record["shipped"][:, works]
    titles = ("period", "on_hand", *(f"{name} claims" for name in wants), *(f"-> {name}" for name in wants))
    rows = [
        (str(at), *map(_words, (there[at : at + 1], *(shipped + waiting)[at, :, None], *shipped[at, :, None])))
        for at in range(PERIODS)
    ]
    story = "A works whose output falls short, two shops and a household; priorities 0, 1, 2; usual orders 10, 10, 6."
    return Example(rule, story, titles, tuple(rows))


def _words(values: Array) -> str:
    return " / ".join(f"{value + 0.0:.4g}" for value in np.atleast_1d(values).tolist())
