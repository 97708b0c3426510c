"""Small networks that several tests share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from supplynet import Scenario, Signal, from_graph
from supplynet.policies.ordering import BaseStock


def shop(
    *,
    demand: Any = 10.0,
    ordering: Any = None,
    lane: dict[str, Any] | None = None,
    node: dict[str, Any] | None = None,
    sale: dict[str, Any] | None = None,
    customer: dict[str, Any] | None = None,
    signals: Sequence[Signal] = (),
    **settings: Any,
) -> Scenario:
    """A source, a shop and its customer; `lane` is the lane into the shop, `sale` the lane out of it."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=demand, **(customer or {}))
    graph.add_node("shop", ordering=ordering or BaseStock(40.0), **({"on_hand": 40.0} | (node or {})))
    graph.add_node("source", kind="supplier")
    graph.add_edge("shop", "customer", **({"shipment_lead_time": 0} | (sale or {})))
    graph.add_edge("source", "shop", **(lane or {}))
    return Scenario("shop", from_graph(graph, signals=signals), **({"periods": 20} | settings))
