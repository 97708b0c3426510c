"""Disruptions that would change nothing wherever they strike: said before a run, since silence would mislead."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import LONGEST
from supplynet.demand import Trace
from supplynet.disruptions import DISRUPTED, Disruption
from supplynet.network import Network, addresses_of
from supplynet.policies.input import LotForLot
from supplynet.schema import CUSTOMER, KINDS

Mask = NDArray[np.bool_]
SAMPLED: Final = 1_000  # periods of a process without an end


def check_disruptions(network: Network) -> Iterator[str]:
    """Faults in what disruptions can do, and in factors that nodes are given for ever."""
    yield from check_factors(network)
    if network.disruptions:
        reach = Reach(network)
        for event in network.disruptions:
            yield from reach.faults(event)


def check_factors(network: Network) -> Iterator[str]:
    """Faults in the factors that nodes are given for ever."""
    reach, part, wants = Reach(network), network.node["capacity_factor"], network.node["demand_factor"]
    for row in np.flatnonzero((part > 0.0) & (part < 1.0) & reach.endless).tolist():
        yield f"node {network.names[row]!r}: {ENDLESS}"
    for row in np.flatnonzero((wants != 1.0) & ~reach.is_customer).tolist():
        is_one = f"it is a {KINDS[network.node['kind'][row]]}"
        yield f"node {network.names[row]!r}: a demand_factor other than 1 is for customers, and {is_one}, {OTHERS}"


ENDLESS: Final = (
    "a part of its capacity is lost, but that is infinite, and nothing would change; give it a capacity, or a "
    "capacity_factor of 0"
)
OTHERS: Final = "whose demand is what is ordered of it; name a customer"


class Reach:
    """Whom a disruption of a column can do something to."""

    def __init__(self, network: Network) -> None:
        self.network, self.addresses = network, addresses_of(network)

    def faults(self, event: Disruption) -> Iterator[str]:
        """Why it would do nothing at any of its places, in words; one of no depth may."""
        kind = DISRUPTED[event.column]
        is_process = hasattr(event.factor, "path")
        if kind.table == "lane" or not (is_process or event.factor != kind.neutral):
            return
        idle: dict[str, Mask] = {
            "capacity_factor": self.endless, "demand_factor": ~self.is_customer, "order_factor": ~self.buys,
            "hoarding": ~self.has_target, "stock_factor": self.holds_nothing,
        }  # fmt: skip
        rows = self.addresses.rows(event.where, kind.table)
        if idle[event.column][rows].all() and (event.column != "capacity_factor" or _leaves_a_part(event)):
            yield f"disruption of {event.where!r}: {self._why(event.column, rows)}"

    def _why(self, column: str, rows: NDArray[Any]) -> str:
        one = rows.size == 1
        each = "it" if one else f"each of its {rows.size} nodes"
        if column == "capacity_factor":
            return ENDLESS
        if column == "demand_factor":
            what = f"a {KINDS[self.network.node['kind'][rows[0]]]}" if one else "none"
            return f"a demand_factor other than 1 is for customers, and {each} is {what}, {OTHERS}"
        if column == "order_factor":
            return f"an order_factor is for orders, but {each} buys nothing, and nothing would change; name who buys"
        if column == "hoarding":
            said = "buys nothing" if not self.buys[rows].any() else "has an input rule that looks at no target"
            cure = "name who buys" if not self.buys[rows].any() else "raise its cover or cards, or use lot_for_lot"
            return f"hoarding raises the target of inputs, but {each} {said}, and nothing would change; {cure}"
        return (
            f"a stock_factor is for stock, but {each} is a customer without a pantry, and nothing would change; give "
            "it a target, or name who holds stock"
        )

    @cached_property
    def endless(self) -> Mask:
        """Whose capacity is infinite in every period [node]."""
        network = self.network
        always: Mask = np.isinf(network.node["capacity"]) & (network.objects["node", "capacity"].codes < 0)
        return always

    @cached_property
    def is_customer(self) -> Mask:
        """Who is a customer [node]."""
        customers: Mask = self.network.node["kind"] == CUSTOMER
        return customers

    @cached_property
    def buys(self) -> Mask:
        """Who has inputs [node]."""
        return self._of_inputs(np.ones(self.network.n_inputs, bool))

    @cached_property
    def has_target(self) -> Mask:
        """Who has inputs, and a rule that looks at their target [node]."""
        found = np.zeros(self.network.n_nodes, bool)
        for column, usual in (("input_rule", LotForLot), ("ordering", None)):
            coded = self.network.objects["node", column]
            looks = ["target" in getattr(rule, "reads", ()) for rule in (*coded.values, usual)]
            found |= np.array(looks)[coded.codes]
        return found & self.buys

    @cached_property
    def holds_nothing(self) -> Mask:
        """Who is a customer that never holds anything at the end of a period, whatever happens [node].

        It orders lot for lot, without a pantry, what it can consume at once; one input alone, so that none waits for
        another.
        """
        network, table = self.network, self.network.input
        rules = network.objects["node", "input_rule"]
        plain = np.array([*(isinstance(rule, LotForLot) for rule in rules.values), True])[rules.codes]
        able = self.endless & (network.node["capacity_factor"] == 1.0) & (network.node["hoarding"] == 0.0)
        for event in network.disruptions:
            if event.column in ("capacity_factor", "hoarding"):
                able[self.addresses.rows(event.where, "node")] = False
        keeps = np.bincount(network.lane["input"], network.lane["input_stock"] > 0.0, network.n_inputs) > 0.0
        some = self._of_inputs((table["target"] > 0.0) | (table["criticality"] < 1.0) | keeps)
        alone = np.bincount(table["node"], minlength=network.n_nodes) == 1
        nothing: Mask = self.is_customer & plain & able & ~some & alone
        return nothing

    def _of_inputs(self, chosen: Mask) -> Mask:
        """Who has one of the chosen inputs [node]."""
        found = np.zeros(self.network.n_nodes, bool)
        found[self.network.input["node"][chosen]] = True
        return found


def _leaves_a_part(event: Disruption) -> bool:
    """Whether it may ever leave more than nothing of a capacity, and less than all of it."""
    if event.is_random:
        known = SAMPLED
    elif hasattr(event.factor, "path"):
        known = len(event.factor.quantities) if isinstance(event.factor, Trace) else 0
    else:
        known = 1
    if not (known or event.duration):
        return True  # who knows how long a function of the period can be asked
    try:
        factors = event.sample(min(known or LONGEST, event.duration or LONGEST))
    except ValueError:
        return False  # what leaves the range of the column is said to, where it is played
    fades = event.recovery != "sudden"
    return bool(((factors < 1.0) & ((factors > 0.0) | fades)).any())
