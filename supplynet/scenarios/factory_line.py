"""A line of machines that make lots, and what all ways of running it share: stations, customers, luck and money."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real
from typing import Any, Final

import networkx as nx

from supplynet.demand import Constant
from supplynet.distributions import Bernoulli, Gamma
from supplynet.graphs import from_graph
from supplynet.network import Signal
from supplynet.ranges import NOT_NEGATIVE, POSITIVE, check_fields, within
from supplynet.scenario import Scenario

SHIFT: Final = 480  # minutes
WEEK: Final = 5 * SHIFT
YEAR: Final = 48 * WEEK
STATIONS: Final = 5
UNIT_TIME: Final = 0.8  # minutes; with 100 units and 20 minutes of set-up a lot keeps a machine for 100 minutes
DEMAND: Final = 0.75
"""Units a minute. Machines are busy three quarters of the time, so that each number here may be a fifth larger."""
DEMAND_SD: Final = 1.6
"""Units a minute: 10 % of what is asked in a shift, the most that cards are said to follow. Source: Monden (1983),
Toyota Production System."""

STEEL: Final = 10.0  # money a unit, an assumption, as are wages and the price
WAGE: Final = 0.5  # money a minute of machine or set-up
PRICE: Final = 20.0
HOLDING_RATE: Final = 0.25
"""A year, of what goods are worth: the low end of Richardson (1995), Transportation and Distribution 36(12)."""


@dataclass(frozen=True)
class Line:
    """Stations in a row, each a machine that makes lots, then an assembly that keeps the finished goods.

    A period is a minute. stations: how many machines; lot: units; setup: minutes before the first unit of a lot;
    unit_time: minutes a unit; demand: mean and demand_sd: standard deviation, units a minute; breakdown: chance that a
    machine cannot begin a lot in a minute. Raises ValueError that names the lever.
    """

    stations: int
    lot: float = field(metadata=POSITIVE)
    setup: float = field(metadata=NOT_NEGATIVE)
    unit_time: float = field(metadata=POSITIVE)
    demand: float = field(metadata=POSITIVE)
    demand_sd: float = field(metadata=NOT_NEGATIVE)
    breakdown: float = field(metadata=within(0.0, 0.99, must="a number >= 0 and <= 0.99; give a chance a minute"))

    def __post_init__(self) -> None:
        object.__setattr__(self, "stations", whole("stations", self.stations, least=1))
        check_fields(self)

    @property
    def names(self) -> list[str]:
        """The machines, in the order in which goods pass them."""
        return [f"station-{number}" for number in range(1, self.stations + 1)]

    @property
    def busy(self) -> float:
        """Minutes that a lot keeps a machine."""
        return self.setup + self.lot * self.unit_time

    def value(self, number: int) -> float:
        """What a unit is worth once so many machines have worked on it: its steel and their wages."""
        return STEEL + number * WAGE * (self.unit_time + self.setup / self.lot)

    def scenario(
        self,
        name: str,
        station: Callable[[int], Mapping[str, Any]],
        assembly: Mapping[str, Any],
        *,
        signals: Sequence[Signal] = (),
        input_stock: float | None = None,
        about: str,
        hint: str,
    ) -> Scenario:
        """The line with the rules and opening stocks of a station, by its number from 0, and of the assembly.

        input_stock: what lies beside each machine and the assembly at the start.
        """
        rate = HOLDING_RATE / YEAR
        machine: dict[str, Any] = {
            "kind": "factory", "lot": self.lot, "setup": self.setup, "unit_time": self.unit_time,
            "setup_cost": WAGE * self.setup, "production_cost": WAGE * self.unit_time,
        }  # fmt: skip
        if self.breakdown > 0.0:
            machine["capacity"] = Bernoulli(1.0 - self.breakdown, self.lot * (1.0 + 1.0 // self.busy))
        graph = nx.DiGraph()
        graph.add_node("steel", kind="supplier", price=STEEL)
        for number, machine_name in enumerate(self.names):
            graph.add_node(machine_name, holding_cost=rate * self.value(number + 1), **machine, **station(number))
        graph.add_node(
            "assembly", kind="factory", capacity=1.0 / self.unit_time, price=PRICE,
            production_cost=WAGE * self.unit_time, holding_cost=rate * self.value(self.stations), **assembly,
        )  # fmt: skip
        demand = Gamma(self.demand, self.demand_sd) if self.demand_sd > 0.0 else Constant(self.demand)
        graph.add_node("customers", kind="customer", demand=demand)
        at_once: dict[str, Any] = {"order_lead_time": 0, "shipment_lead_time": 0}
        opening = {} if input_stock is None else {"input_stock": input_stock}
        for number, (supplier, user) in enumerate(pairwise(["steel", *self.names, "assembly"])):
            graph.add_edge(supplier, user, input_holding_cost=rate * self.value(number), **at_once, **opening)
        graph.add_edge("assembly", "customers", **at_once)
        network = from_graph(graph, signals=signals)
        return Scenario(name, network, periods=3 * WEEK, warm_up=WEEK, start="empty", about=about, hint=hint)


def whole(lever: str, value: Any, *, least: int) -> int:
    """A lever that is a whole number. Raises ValueError that names it."""
    number = isinstance(value, Real) and not isinstance(value, bool) and float(value).is_integer()
    if not (number and value >= least):
        raise ValueError(f"{lever} is {value!r}, must be a whole number >= {least}; mend it")
    return int(value)
