"""The networks that speed is measured on: a chain of four tiers, a tree, and firms at random."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import networkx as nx
import numpy as np

from supplynet import from_columns, from_graph
from supplynet.distributions import Normal
from supplynet.network import Network
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import MakeToOrder, OrderUpToMovingAverage

TIERS: Final = ("customer", "retailer", "wholesaler", "distributor", "factory")


def chain(delay: int, rule: Any, demand: Any = None) -> Network:
    """Four tiers behind a customer; every lane between firms has this order and shipment lead time."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=demand or Normal(100.0, 20.0))
    for customer, supplier in pairwise(TIERS):
        graph.add_node(supplier, ordering=rule, on_hand=100.0, holding_cost=1.0, backlog_cost=9.0)
        at_once = customer == "customer"
        lead = 0 if at_once else delay
        graph.add_edge(supplier, customer, order_lead_time=lead, shipment_lead_time=lead)
    graph.add_node("source", kind="supplier")
    graph.add_edge("source", "factory", order_lead_time=delay, shipment_lead_time=delay)
    return from_graph(graph)


def tree(n_nodes: int, branches: int) -> Network:
    """A distribution tree from one source; the leaves are customers."""
    graph = nx.DiGraph()
    graph.add_node("0", kind="supplier")
    for child in range(1, n_nodes):
        leaf = child * branches + 1 >= n_nodes
        if leaf:
            graph.add_node(str(child), kind="customer", demand=Normal(100.0, 20.0))
        else:
            graph.add_node(str(child), ordering=OrderUpToMovingAverage(5, 1.0))
        parent = (child - 1) // branches
        graph.add_edge(str(parent), str(child), order_lead_time=0 if leaf else 1, shipment_lead_time=1)
    return from_graph(graph)


def firms(n_nodes: int, suppliers: int = 5) -> Network:
    """Firms that make to order with days of cover, each with some random suppliers, and a household for every tenth."""
    luck = np.random.default_rng(0)
    n_households = n_nodes // 10
    n_firms = n_nodes - n_households
    customer = np.repeat(np.arange(n_firms), suppliers)
    supplier = (customer + luck.integers(1, n_firms, customer.size)) % n_firms
    pair = np.unique(customer * n_firms + supplier)
    customer, supplier = pair // n_firms, pair % n_firms
    kind = ["factory"] * n_firms + ["customer"] * n_households
    at = luck.permutation(n_firms)[:n_households]
    suppliers_of = np.concatenate([supplier, at])
    customers_of = np.concatenate([customer, np.arange(n_firms, n_nodes)])
    make, cover, buy = MakeToOrder(), DaysOfCover(), Normal(100.0, 0.0)
    return from_columns(
        [str(node) for node in range(n_nodes)],
        suppliers_of,
        customers_of,
        node={
            "kind": kind,
            "capacity": np.full(n_nodes, np.inf),
            "ordering": [make] * n_firms + [None] * n_households,
            "input_rule": [cover] * n_firms + [None] * n_households,
            "demand": [None] * n_firms + [buy] * n_households,
        },
        lane={
            "units_per_output": np.concatenate([np.full(customer.size, 0.1), np.ones(n_households)]),
            "cover": np.full(suppliers_of.size, 9.0),
            "unfilled": ["lost"] * suppliers_of.size,
            "shipment_lead_time": np.concatenate([np.ones(customer.size), np.zeros(n_households)]),
        },
    )
