"""What the agents of reference.py hold in their hands: lanes, inputs, pipelines, and what chance and time decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial, reduce
from operator import add
from types import SimpleNamespace
from typing import Any

import numpy as np

from supplynet.demand import as_process
from supplynet.disruptions import DISRUPTED, streams
from supplynet.network import Network, addresses_of
from supplynet.policies.contract import Array
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.season import style_of
from supplynet.randomness import replicate, stream_keys, uniforms

TINY = 1e-9  # of a lot or of a period: what is whole but for rounding is whole


def pipeline(filled: int, quantity: float) -> defaultdict[int, float]:
    """What is under way, by the period in which it is due; the first periods are filled."""
    return defaultdict(float, dict.fromkeys(range(filled), quantity))


def total(quantities: Iterable[float]) -> float:
    """Add up one after the other, as the engine does; the built-in sum may round otherwise."""
    return reduce(add, quantities, 0.0)


def sized(agent: Any, wanted: float) -> float:
    """Nothing, or at least the minimum order quantity, in whole multiples, and at most the cap."""
    wanted, multiple = max(wanted, agent.minimum_order_quantity) if wanted else 0.0, agent.order_multiple
    if not multiple:
        return float(min(wanted, agent.order_cap))
    return float(multiple * min(np.ceil(wanted / multiple - TINY), np.floor(agent.order_cap / multiple + TINY)))


def column(owners: Iterable[Any], name: str) -> Array:
    """What each of these shows under a name."""
    return np.array([getattr(owner, name) for owner in owners])


def heard(agent: Any, tells: str, today: int) -> float:
    """The weighted sum of what the sources of signals showed some periods ago."""
    said = 0.0
    for signal, source in agent.hears:
        if signal.tells == tells:
            shown = source.diary[max(0, today + 1 - signal.delay)] if signal.delay else vars(source)
            early = today < signal.delay and not np.isnan(signal.start)
            said += signal.weight * float(signal.start if early else shown[tells])
    return said


def shared(agent: Any, today: int) -> list[float]:
    """What each lane gets of what an agent has on hand, by its allocation rule."""
    seen = {"first_outbound": np.array([0, len(agent.sells)], np.uint32), "on_hand": np.array([agent.on_hand])}
    seen |= {name: column(agent.sells, name) for name in agent.allocation.allocate.arguments[3:]}
    seen["lane_backlog"] = np.array([lane.claim(today) for lane in agent.sells])
    agent.allocation.allocate.bind(seen, np.zeros(1, np.uint32), parallel=False)()
    return [float(quantity) for quantity in seen["shipment"]]


class Lane(SimpleNamespace):
    """The buyer's end knows order, input_stock and on_order, the supplier's end booked, backlog and shipment."""

    on_order: float
    input_stock: float
    transport: defaultdict[int, float]

    def claim(self, today: int) -> float:
        """What waits on the lane, or as much of it as can leave while the lane is not wholly open."""
        open_factor = self.factor["open_factor"](today)
        return float(min(self.lane_backlog, open_factor * self.normal_order if open_factor < 1.0 else np.inf))

    def shipment_lead_time(self, today: int) -> int:
        """How long goods take that are shipped today."""
        return int(self.usual_lead_time(today) + self.factor["extra_lead_time"](today))

    def sink(self, today: int) -> None:
        """Of the goods on their way only a part outlasts the day."""
        before, part = total(self.transport.values()), self.factor["transit_factor"](today)
        self.transport = defaultdict(float, {due: part * quantity for due, quantity in self.transport.items()})
        self.destroyed = before - total(self.transport.values())
        self.on_order = max(0.0, self.on_order - self.destroyed)

    def spoil(self, part: float) -> None:
        """Of what the buyer holds only a part outlasts the day."""
        self.spoiled, self.input_stock = self.input_stock - part * self.input_stock, part * self.input_stock


class Input(SimpleNamespace):
    """One product that an agent needs, and the lanes that bring it; they substitute for each other."""

    target: float

    def held(self) -> float:
        return total(lane.input_stock for lane in self.lanes)

    def hoard(self, more: float) -> None:
        """Raise the target by so many units of the product that the input goes into."""
        self.usual = getattr(self, "usual", self.target)
        self.target = self.usual + more * self.units_per_output

    def draw(self, quantity: float) -> None:
        """Take out a quantity, or all there is, from each lane in proportion to its stock."""
        held = self.held()
        left = max(0.0, held - quantity)
        for lane in self.lanes:
            lane.input_stock = left if len(self.lanes) == 1 else lane.input_stock * (left / held if held else 1.0)


@dataclass(frozen=True)
class Chance:
    """What chance or time decides about a row in a period; a process may look back to the beginning."""

    network: Network
    seed: int
    replication: int

    def of(self, table: str, what: str, row: int, fixed: Any) -> Callable[[int], Any]:
        """A lead time, capacity, price or demand, by period."""
        if (given := self.network.object_of(table, what, row)) is None:
            return lambda today: fixed
        return self._path(table, what, row, given.whole if what.endswith("lead_time") else as_process(given).path)

    def factors(self, table: str, row: int) -> dict[str, Callable[[int], float]]:
        """What disruptions make of each factor of a row, by period."""
        columns = [column for column, kind in DISRUPTED.items() if kind.table == table]
        return {column: cache(partial(self._factor, column, row)) for column in columns}

    def _factor(self, column: str, row: int, today: int) -> float:
        """The factor of today: what is always so, and each disruption that strikes the row."""
        kind, network = DISRUPTED[column], self.network
        factor = float((network.node if kind.table == "node" else network.lane)[column][row])
        for event, purpose in zip(network.disruptions, streams(network.disruptions), strict=True):
            if event.column == column and row in addresses_of(network).rows(event.where, kind.table):
                name = event.where if event.together else self._name(kind.table, row)
                keys = self._key(purpose, name)
                level = float(event.levels(today + 1, uniforms(keys, range(today + 1)))[today, 0])
                factor = factor + level if kind.added else factor * level
        return factor

    def _name(self, table: str, row: int) -> str:
        return self.network.names[row] if table == "node" else self.network.lane_names()[row]

    def of_demand(self, row: int) -> Callable[[int], Any]:
        """What a customer would consume, by period."""
        return self._shocked(row, self.of("node", "demand", row, 0.0))

    def of_interest(self, row: int) -> Callable[[int], Any]:
        """What a customer looks at, by period: decided by the numbers that decide what it buys."""
        given = self.network.object_of("node", "demand", row)
        if not isinstance(given, EarlyInterest):
            return lambda today: 0.0
        return self._shocked(row, self._path("node", "demand", row, given.interest_path))

    def _shocked(self, row: int, wanted: Callable[[int], Any]) -> Callable[[int], Any]:
        """What disruptions make of a customer's demand or interest."""
        return lambda today: wanted(today) * self._factor("demand_factor", row, today)

    def _path(self, table: str, purpose: str, row: int, path: Callable[[Array], Array]) -> Callable[[int], Any]:
        style = style_of(self.network.object_of(table, purpose, row))

        def luck(today: int) -> Array:
            drawn = uniforms(self._key(purpose, self._name(table, row)), range(today + 1))
            if style:
                drawn[0] = uniforms(self._key("style", style), range(1))[0]
            return drawn

        return cache(lambda today: path(luck(today))[today, 0].item())

    def _key(self, purpose: str, name: str) -> Array:
        return replicate(stream_keys(self.seed, purpose, [name]), self.replication)


def row_of(table: Mapping[str, Array], row: int) -> dict[str, Any]:
    """One row of a prepared table, in plain Python."""
    return {name: column[row].item() for name, column in table.items()}
