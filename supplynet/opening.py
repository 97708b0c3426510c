"""How a run opens: empty, or steady with every slot of every pipeline filled at the mean demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supplynet.checks import SHOWN
from supplynet.network import Network
from supplynet.schema import CUSTOMER

Array = NDArray[Any]
STARTS = ("empty", "steady")
LARGEST_FLOW = 1e200  # a cycle that needs more than it makes grows beyond any bound


@dataclass(frozen=True, slots=True)
class Traits:
    """What the rules of each node [node] mean for how it opens and is scheduled."""

    makes_to_order: NDArray[np.bool_]
    covers_backlog: NDArray[np.bool_]
    reads_yesterday: NDArray[np.bool_]


def mean_flows(network: Network, final_demand: Array) -> Array:
    """Mean output of every node [node] that serves the final demand [node], in units a period.

    Raises ValueError where a cycle of lanes needs more of a product than it makes of it.
    Source: Leontief (1936), Review of Economics and Statistics 18(3).
    """
    supplier, customer, of = network.lane["supplier"], network.lane["customer"], network.lane["input"]
    need = network.lane["share"] * network.input["units_per_output"][of]
    flow = final_demand
    for _ in range(10_000):
        after = final_demand + np.bincount(supplier, weights=need * flow[customer], minlength=network.n_nodes)
        if not (after < LARGEST_FLOW).all():
            break
        if np.abs(after - flow).max(initial=0.0) <= 1e-13 * np.abs(after).max(initial=0.0):
            return after
        flow = after
    names = [repr(network.names[node]) for node in _greediest_cycle(network, need)]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    raise ValueError(
        f"the mean flows do not settle: the cycle of lanes through {', '.join(names[:SHOWN])}{more} needs as much of a "
        "product as it makes of it; lower units_per_output on the cycle"
    )


def _greediest_cycle(network: Network, need: Array) -> list[int]:
    """The nodes of the cycles that hang together and need the most of what they make; need [lane] is for a unit.

    Source: the greatest eigenvalue of each part, by repeated multiplication, von Mises & Pollaczek-Geiringer (1929).
    """
    supplier, customer = network.lane["supplier"], network.lane["customer"]
    n_nodes = network.n_nodes
    graph = nx.DiGraph(zip(supplier.tolist(), customer.tolist(), strict=True))
    part = np.arange(n_nodes)
    for nodes in nx.strongly_connected_components(graph):
        part[list(nodes)] = min(nodes)
    within = np.where(part[supplier] == part[customer], need, 0.0)
    value = np.ones(n_nodes)
    for _ in range(1_000):
        value = value + np.bincount(supplier, within * value[customer], n_nodes)
        growth = np.zeros(n_nodes)
        np.maximum.at(growth, part, value)
        value /= growth[part]
    found: list[int] = np.flatnonzero(part == growth.argmax()).tolist()
    return found


def needs_of(network: Network, node: int) -> Array:
    """How much of a node's product a unit of each other's takes, by all ways through the network [node].

    Source: Leontief (1936), Review of Economics and Statistics 18(3).
    """
    supplier, customer = network.lane["supplier"], network.lane["customer"]
    takes = network.lane["share"] * network.input["units_per_output"][network.lane["input"]]
    itself = (np.arange(network.n_nodes) == node).astype(np.float64)
    needs: Array = itself
    for _ in range(10_000):
        after: Array = itself + np.bincount(customer, takes * needs[supplier], network.n_nodes)
        if np.abs(after - needs).max() <= 1e-13 * after.max():
            return after
        needs = after
    return needs


def downstream_of(network: Network, node: int, nodes: dict[str, Array], lanes: dict[str, Array]) -> float:
    """What the firms downstream of a node open with, on the way to them included, in units of the node's product."""
    needs, firm = needs_of(network, node), network.node["kind"] != CUSTOMER
    elsewhere = firm & (np.arange(network.n_nodes) != node)
    held = needs * np.where(elsewhere, nodes["on_hand"] + nodes["in_process"], 0.0)
    coming = lanes["input_stock"] + lanes["transport_slot"] * network.lane["shipment_lead_time"]
    to_firms = firm[network.lane["customer"]]
    return float(held.sum() + (needs[network.lane["supplier"]] * np.where(to_firms, coming, 0.0)).sum())


def open_columns(
    network: Network, flow: Array, traits: Traits, *, steady: bool
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Opening columns of the nodes and of the lanes, in the user's order of rows.

    `flow` [node] is the mean output. Nodes: on_hand, in_process, line_slot (in process for each period of lead time),
    production_backlog, backlog, and yesterday's demand and output. Lanes: mail_slot and transport_slot (for each
    period of lead time), lane_backlog, input_stock, on_order.
    """
    node, lane, of = network.node, network.lane, network.lane["input"]
    supplier, customer = lane["supplier"], lane["customer"]
    units = network.input["units_per_output"][of]
    usual = lane["share"] * units * flow[customer] if steady else np.zeros(network.n_lanes)
    usual_output = flow if steady else np.zeros(network.n_nodes)
    mail_slot, transport_slot = _given(lane["orders_in_mail"], usual), _given(lane["goods_in_transit"], usual)
    waits = traits.makes_to_order[supplier] & (lane["unfilled"] == 0)
    lead = lane["order_lead_time"] + lane["shipment_lead_time"]
    with np.errstate(divide="ignore", invalid="ignore"):
        lasts = np.nan_to_num(network.input["target"][of] / (units * flow[customer]))  # periods that the target covers
    lane_backlog = usual * np.where(waits, _coverage(network, lead - lasts, waits)[supplier], 0.0)
    on_order = mail_slot * lane["order_lead_time"] + transport_slot * lane["shipment_lead_time"] + lane_backlog

    covers = np.maximum(network.input["cover"][of] - 1.0, 0.0) * usual  # and today's slot arrives before use
    kept = np.where(traits.covers_backlog[customer], 0.0, covers)
    input_stock = _given(lane["input_stock"], kept)

    def by_input(column: Array) -> Array:
        return np.bincount(of, weights=column, minlength=network.n_inputs)

    wanted = (by_input(on_order + input_stock) - network.input["target"]) / network.input["units_per_output"]
    production_backlog = np.zeros(network.n_nodes)
    np.maximum.at(production_backlog, network.input["node"], wanted)
    production_backlog[~traits.covers_backlog] = 0.0
    if steady:
        needed = network.input["target"] + network.input["units_per_output"] * production_backlog[network.input["node"]]
        lacking = np.maximum(needed - by_input(on_order + input_stock), 0.0)
        free = traits.covers_backlog[customer] & np.isnan(lane["input_stock"])
        input_stock = input_stock + np.where(free, lane["share"] * lacking[of], 0.0)
    nodes = {
        "on_hand": node["on_hand"],
        "line_slot": usual_output,
        "in_process": usual_output * node["production_lead_time"],
        "production_backlog": production_backlog,
        "backlog": np.bincount(supplier, weights=lane_backlog, minlength=network.n_nodes),
        **dict.fromkeys(
            ("demand", "production_order", "production_started", "production", "shipped", "filled"), usual_output
        ),
    }
    lanes = {
        "mail_slot": mail_slot, "transport_slot": transport_slot, "lane_backlog": lane_backlog,
        "input_stock": input_stock, "on_order": on_order,
    }  # fmt: skip
    return nodes, lanes


def _given(column: Array, otherwise: Array) -> Array:
    return np.where(np.isnan(column), otherwise, column)


def coverage_of(network: Network, on_machine: Array) -> Array:
    """Periods from a node's order to its goods on hand [node]: the longest lane into it, machine and production."""
    lead = network.lane["order_lead_time"] + network.lane["shipment_lead_time"]
    return _coverage(network, lead, np.zeros(network.n_lanes, bool)) + on_machine


def supply_line_of(network: Network, on_machine: Array) -> Array:
    """Periods of steady flow that have not arrived when a node orders [node]; goods of the same day arrive later."""
    lane = network.lane
    longest = np.zeros(network.n_nodes)
    np.maximum.at(longest, lane["customer"], lane["order_lead_time"] + np.maximum(lane["shipment_lead_time"], 1) - 1)
    periods: Array = longest + np.maximum(network.node["production_lead_time"] + on_machine, 1) - 1
    return periods


def _coverage(network: Network, lead: Array, waits: Array) -> Array:
    """Periods from deciding to having [node], where some suppliers [lane] first have to make what is ordered."""
    supplier, customer = network.lane["supplier"], network.lane["customer"]

    def once(coverage: Array) -> Array:
        longest = np.zeros(network.n_nodes)
        np.maximum.at(longest, customer, lead + np.where(waits, coverage[supplier], 0.0))
        return longest + network.node["production_lead_time"]

    return _settle(once, once(np.zeros(network.n_nodes)), network.n_nodes)


def _settle(once: Callable[[Array], Array], value: Array, most: int) -> Array:
    for _ in range(most + 1):
        after = once(value)
        if np.array_equal(after, value):
            return after
        value = after
    raise ValueError(
        "a cycle of firms that all make to order waits for itself, so it has no steady start; "
        'use start="empty", or give one of them a stock'
    )
