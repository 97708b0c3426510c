"""Networks from NetworkX graphs and back: node and edge attributes are the input columns of the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np

from supplynet.checks import fail, nearest
from supplynet.disruptions import Disruption
from supplynet.network import RULES, Network, Signal, from_columns
from supplynet.schema import KINDS, UNFILLED, Column, inputs, lane_inputs


def from_graph(graph: nx.DiGraph, *, signals: Sequence[Signal] = (), disruptions: Sequence[Disruption] = ()) -> Network:
    """The network of a directed graph whose edges point the way the goods flow.

    Node attributes: any input column of the node table, and `ordering`, `input_rule`, `allocation`, `demand`. Edge
    attributes: any input column of lanes, their ends and their input. Raises ValueError that names every fault.
    """
    if not graph.is_directed() or graph.is_multigraph():
        raise ValueError(
            "the graph must be a networkx.DiGraph, edges from supplier to customer; convert it with nx.DiGraph(graph)"
        )
    names = list(graph.nodes)
    problems: list[str] = []
    known_nodes, known_lanes = [*inputs("node"), *RULES], list(lane_inputs())
    for name, attributes in graph.nodes(data=True):
        problems += [
            f"node {name!r}: {key!r} is not a column; {nearest(key, known_nodes)}"
            for key in attributes
            if key not in known_nodes
        ]
    for supplier, customer, attributes in graph.edges(data=True):
        problems += [
            f"lane {supplier!r} -> {customer!r}: {key!r} is not a column; {nearest(key, known_lanes)}"
            for key in attributes
            if key not in known_lanes
        ]
    if problems:
        fail(problems)
    place = {name: index for index, name in enumerate(names)}
    node_rows = [attributes for _, attributes in graph.nodes(data=True)]
    lane_rows = [attributes for _, _, attributes in graph.edges(data=True)]
    return from_columns(
        names,
        [place[supplier] for supplier, _ in graph.edges],
        [place[customer] for _, customer in graph.edges],
        node=_columns(
            node_rows, {name: column.default for name, column in inputs("node").items()} | dict.fromkeys(RULES)
        ),
        lane=_columns(lane_rows, {name: column.default for name, column in lane_inputs().items()}),
        signals=signals,
        disruptions=disruptions,
    )


def _columns(rows: list[dict[str, Any]], defaults: dict[str, Any]) -> dict[str, list[Any]]:
    """Columns of those attributes that any row gives."""
    used = {key for row in rows for key in row}
    return {key: [row.get(key, default) for row in rows] for key, default in defaults.items() if key in used}


def to_graph(network: Network) -> nx.DiGraph:
    """The network as a graph, with every column that differs from its default as an attribute."""
    graph = nx.DiGraph()
    of_nodes, of_lanes = inputs("node"), lane_inputs()
    for row, name in enumerate(network.names):
        attributes = {key: _value(network, "node", key, row) for key in [*of_nodes, *RULES]}
        graph.add_node(
            name, **{key: value for key, value in attributes.items() if not _is_default(of_nodes, key, value, name)}
        )
    for row in range(network.n_lanes):
        supplier, customer = (network.names[network.lane[end][row]] for end in ("supplier", "customer"))
        attributes = {key: _value(network, "lane", key, row) for key in of_lanes if key != "product"}
        product = network.input["product"][network.lane["input"][row]]
        if product != network.node["product"][network.lane["supplier"][row]]:
            attributes["product"] = product
        graph.add_edge(
            supplier,
            customer,
            **{key: value for key, value in attributes.items() if not _is_default(of_lanes, key, value, "")},
        )
    return graph


def _value(network: Network, table: str, key: str, row: int) -> Any:
    """One cell in the user's own terms."""
    if (table, key) in network.objects and (found := network.object_of(table, key, row)) is not None:
        return found
    if table == "lane" and key in network.input:
        return network.input[key][network.lane["input"][row]].item()
    column = (network.node if table == "node" else network.lane).get(key)
    if column is None:
        return None
    value = column[row].item() if isinstance(column[row], np.generic) else column[row]
    return KINDS[value] if key == "kind" else UNFILLED[value] if key == "unfilled" else value


def _is_default(columns: Mapping[str, Column], key: str, value: Any, name: str) -> bool:
    column = columns.get(key)
    default = None if column is None else name if key == "product" else column.default
    return value == default or value is None or (value != value)
