"""Choosing rules by name: which nodes get one, with which parameters, and who tells them what they listen to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network, Signal
from supplynet.opening import needs_of
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

    beside: for a node, the parameters that other levers set. Raises ValueError that names the lever.
    """
    if not nodes.size:
        raise ValueError(f"lever {lever!r}: no node there can follow a rule of this kind; name another node or kind")
    for node in nodes.tolist():
        rule = _read(column, lever, value, beside(node))
        network = network.with_column("node", column, np.array([node]), rule)
    return with_needed_signals(network, nodes)


def with_needed_signals(network: Network, nodes: Array) -> Network:
    """A network in which these nodes are told all that their rules listen to.

    Where the network says itself who tells a column, that holds; else those tell it whom the rule names.
    Raises ValueError where two rules of a node want to be told one column in two ways.
    """
    readers = {network.names[node] for node in nodes.tolist()}
    kept = [signal for signal in network.signals if not (signal.automatic and signal.reader in readers)]
    heard = {(signal.reader, signal.tells) for signal in kept}
    added: list[Signal] = []
    for node in nodes.tolist():
        told: dict[str, tuple[str, list[Signal]]] = {}
        for column in FAMILIES:
            rule = network.object_of("node", column, node)
            for signal in missing_signals(network, node, rule) if rule is not None else ():
                if (signal.reader, signal.tells) not in heard:
                    told.setdefault(f"{column} {signal.tells}", (signal.tells, []))[1].append(signal)
        ways: dict[str, list[Signal]] = {}
        for tells, signals in told.values():
            if ways.setdefault(tells, signals) != signals:
                raise ValueError(
                    f"node {network.names[node]!r}: two of its rules want to be told {tells}, each by others or in "
                    "its own way; choose one of them, or add a Signal that holds for both"
                )
        added += [signal for signals in ways.values() for signal in signals]
    if not added and len(kept) == len(network.signals):
        return network
    return replace(network, signals=(*kept, *added))


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

    Each weighs what is told in units of the node's own product: how much of it a unit of the teller's takes, of which
    the node supplies a share; suppliers weigh what a unit of the node's product takes of theirs. They are `delay`
    periods old if the rule says so; what buyers tell is as old as the orders that are booked today; else they are as
    young as can be. What was lost is known a period later.
    """
    part = float(getattr(rule, rule.told_part)) if rule.told_part else 1.0
    needs = needs_of(network, node)
    for name in rule.reads:
        tells = name.removeprefix("told_")
        if name.startswith("told_") and tells in rule.told_by:
            who = rule.told_by[tells]
            for source in _tellers(network, node, who, needs):
                weight = _bought(network, source, node) if who == "suppliers" else needs[source]
                weight = 1.0 if who == "itself" else part * float(weight)
                delay = _delay(network, node, rule, source, tells)
                yield Signal(network.names[source], network.names[node], tells, delay, weight, automatic=True)


def _delay(network: Network, node: int, rule: Rule, source: int, tells: str) -> int:
    """How old what a source tells is."""
    who, wanted = rule.told_by[tells], int(getattr(rule, "delay", 0))
    if who == "buyers":
        wanted = _order_lead_time(network, node, source)
    if tells == "lost":
        return wanted + 1
    at_once = tells in (KNOWN_AT_ONCE if who in ("market", "buyers") else DRAWN)
    if not at_once and hasattr(rule, "delay") and wanted < 1:
        raise ValueError(
            f"{type(rule).__name__}: delay is {wanted}, must be >= 1, since {tells} is known only when the day is "
            "over; use delay=1"
        )
    return wanted if at_once else max(wanted, 1)


def _bought(network: Network, source: int, node: int) -> float:
    """How much of a supplier's product a unit of the node's takes, on the lane between them."""
    lane = (network.lane["supplier"] == source) & (network.lane["customer"] == node)
    takes = network.lane["share"] * network.input["units_per_output"][network.lane["input"]]
    return float(takes[lane].sum())


def _order_lead_time(network: Network, node: int, buyer: int) -> int:
    """How old an order of a buyer usually is when it is booked."""
    lane = np.flatnonzero((network.lane["supplier"] == node) & (network.lane["customer"] == buyer))[0]
    drawn = network.object_of("lane", "order_lead_time", int(lane))
    return int(network.lane["order_lead_time"][lane]) if drawn is None else round(drawn.mean)


def _tellers(network: Network, node: int, who: str, needs: Array) -> list[int]:
    """The nodes that a rule means by market, buyers, suppliers, line_end or itself."""
    supplier, customer = network.lane["supplier"], network.lane["customer"]
    if who == "itself":
        return [node]
    market = (network.node["kind"] == CUSTOMER) & (needs > 0.0)
    if who == "suppliers":
        tellers = supplier[customer == node]
    elif who == "buyers":
        tellers = customer[supplier == node]
    elif who == "market":
        tellers = np.flatnonzero(market)
    else:
        tellers = np.unique(supplier[market[customer] & (needs[supplier] > 0.0)])
    return [int(teller) for teller in tellers]
