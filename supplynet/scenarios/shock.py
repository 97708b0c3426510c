"""The shock of 2020, laid over any scenario: customers buy less, then more than before, and a supplier is out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from supplynet.checks import LONGEST, nearest
from supplynet.disruptions import Disruption
from supplynet.prepare import normal_flow
from supplynet.ranges import NOT_NEGATIVE, POSITIVE, checked, within
from supplynet.scenario import Scenario
from supplynet.schema import CUSTOMER

DAYS: Final = 360
"""Of the run for which the times below are given; in other runs they keep their place, in days or in weeks."""

CAPACITY: Final = within(POSITIVE["least"], math.inf, must="a number > 0, or inf for no limit; give 1 for just enough")


@dataclass(frozen=True, slots=True)
class Shock:
    """A slump of demand, a rebound that stays, and an outage that begins with it.

    slump, rebound: times the demand of before; start: day on which the slump begins; slump_length, outage_length: days;
    capacity: what the supplier can make before and after the outage, times what it makes in a normal day; inf = any.
    Raises ValueError for what cannot be.
    """

    slump: float = 0.5
    rebound: float = 1.1
    start: int = 60
    slump_length: int = 60
    outage_length: int = 60
    capacity: float = 1.1

    def __post_init__(self) -> None:
        for name in ("slump", "rebound"):
            checked(name, getattr(self, name), **NOT_NEGATIVE)
        checked("capacity", self.capacity, **CAPACITY)
        for name in ("start", "slump_length", "outage_length"):
            if (days := getattr(self, name)) != int(days) or days < 0:
                raise ValueError(f"{name} is {days!r}, must be a whole number >= 0 of days; mend it")

    @property
    def rebound_start(self) -> int:
        """The day on which demand comes back, and the supplier fails."""
        return self.start + self.slump_length

    def within(self, periods: int) -> Shock:
        """The same shock at the same places of a run of so many periods."""
        times = {
            name: round(getattr(self, name) * periods / DAYS) for name in ("start", "slump_length", "outage_length")
        }
        return replace(self, **times)

    def events(self, customers: Sequence[str], suppliers: Sequence[str]) -> tuple[Disruption, ...]:
        """What happens to whom; the rebound stays, however long the run."""
        spans = [(self.slump, self.start, self.slump_length), (self.rebound, self.rebound_start, LONGEST)]
        found = [
            Disruption(customer, "demand_factor", factor, start, length)
            for customer in customers
            for factor, start, length in spans
            if length
        ]
        for supplier in suppliers if self.outage_length else ():
            found.append(Disruption(supplier, "capacity_factor", 0.0, self.rebound_start, self.outage_length))
        return tuple(found)


def shocked(scenario: Scenario, shock: Shock, suppliers: Sequence[str], customers: Sequence[str] = ()) -> Scenario:
    """A scenario that is struck: some of its customers (default: all) slump and rebound, and some suppliers fail.

    The times of the shock are those of the run; `shock.within(periods)` fits them to it.
    Raises ValueError for a name that is not there.
    """
    network = scenario.network
    every = [name for name, kind in zip(network.names, network.node["kind"], strict=True) if kind == CUSTOMER]
    for what, name, known in (
        *(("supplier", supplier, [name for name in network.names if name not in every]) for supplier in suppliers),
        *(("customer", customer, every) for customer in customers),
    ):
        if name not in known:
            raise ValueError(f"scenario {scenario.name!r} has no {what} {name!r} to strike; {nearest(name, known)}")
    events = shock.events(customers or every, suppliers)
    flow = normal_flow(network)
    for row in (network.names.index(supplier) for supplier in suppliers):
        network = network.with_column("node", "capacity", np.array([row]), shock.capacity * flow[row])
    return replace(scenario, network=replace(network, disruptions=(*network.disruptions, *events)))
