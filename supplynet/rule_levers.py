"""Choosing rules by name: which nodes get one, with which parameters, and who tells them what they listen to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network, Signal
from supplynet.policies.catalogue import FAMILIES, read_rule
from supplynet.policies.contract import Rule
from supplynet.schedule import DRAWN
from supplynet.schema import CUSTOMER

Array = NDArray[Any]
KNOWN_AT_ONCE: Final = (*DRAWN, "demand", "inventory_position")
"""What those downstream may tell on the same day without anybody waiting in a circle."""


def set_rule(
    network: Network, column: str, lever: str, value: Any, nodes: Array, beside: Callable[[int], dict[str, Any]]
) -> Network:
    """A network in which these nodes follow a rule: one given, or a text that names it.

    beside: for a node, the parameters that other levers set. Signals are added where a rule listens and the network
    does not say who tells it. Raises ValueError that names the lever.
    """
    if not nodes.size:
        raise ValueError(f"lever {lever!r}: no node there can follow a rule of this kind; name another node or kind")
    for node in nodes.tolist():
        rule = _read(column, lever, value, beside(node))
        network = network.with_column("node", column, np.array([node]), rule)
    rules = network.objects["node", column]
    heard = {(signal.reader, signal.tells) for signal in network.signals}
    signals = [
        signal
        for node in nodes.tolist()
        for signal in missing_signals(network, node, rules.values[rules.codes[node]])
        if (signal.reader, signal.tells) not in heard
    ]
    return network.with_signals(signals) if signals else network


def _read(column: str, lever: str, value: Any, beside: dict[str, Any]) -> Rule:
    if isinstance(value, FAMILIES[column][1]):
        return value
    if not isinstance(value, str):
        raise ValueError(
            f"lever {lever!r} is {value!r}, must be a rule of kind {FAMILIES[column][1].__name__}, or its name; "
            "`supplynet rules` lists them"
        )
    try:
        return read_rule(value, column, beside)
    except ValueError as fault:
        raise ValueError(f"lever {lever!r}: {fault}") from None


def missing_signals(network: Network, node: int, rule: Rule) -> Iterator[Signal]:
    """The signals by which a node is told what its rule listens to, by those whom the rule names.

    What buyers tell is as old as the orders that are booked today.
    """
    part = float(getattr(rule, rule.told_part)) if rule.told_part else 1.0
    for name in rule.reads:
        if name.startswith("told_") and (tells := name.removeprefix("told_")) in rule.told_by:
            who = rule.told_by[tells]
            for source in _tellers(network, node, who):
                lane = (network.lane["supplier"] == node) & (network.lane["customer"] == source)
                at_once = tells in (KNOWN_AT_ONCE if who in ("market", "buyers") else DRAWN)
                as_orders = int(network.lane["order_lead_time"][lane].max(initial=0)) if who == "buyers" else 0
                delay = max(as_orders, 0 if at_once else 1)
                yield Signal(network.names[source], network.names[node], tells, delay, part)


def _tellers(network: Network, node: int, who: str) -> list[int]:
    """The nodes that a rule means by market, buyers, suppliers, line_end or itself."""
    supplier, customer = network.lane["supplier"].tolist(), network.lane["customer"].tolist()
    lanes = list(zip(supplier, customer, strict=True))
    if who == "itself":
        return [node]
    if who == "suppliers":
        return [source for source, buyer in lanes if buyer == node]
    if who == "buyers":
        return [buyer for source, buyer in lanes if source == node]
    served = nx.descendants(nx.DiGraph(lanes), node) if node in supplier else set()
    market = {at for at in served if network.node["kind"][at] == CUSTOMER}
    if who == "market":
        return sorted(market)
    return sorted({source for source, buyer in lanes if buyer in market and source in served | {node}})
