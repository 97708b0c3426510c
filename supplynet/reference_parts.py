"""What the agents of reference.py hold in their hands: lanes, inputs, pipelines, and what chance and time decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from operator import add
from types import SimpleNamespace
from typing import Any

import numpy as np

from supplynet.demand import as_process
from supplynet.disruptions import factor_path
from supplynet.interest import EarlyInterest
from supplynet.network import Network
from supplynet.policies.contract import Array
from supplynet.randomness import replicate, stream_keys, uniforms
from supplynet.season import style_of

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


class Lane(SimpleNamespace):
    """The buyer's end knows order, input_stock and on_order, the supplier's end booked, backlog and shipment."""

    def claim(self, today: int) -> float:
        """What waits on the lane, or as much of it as can leave while the lane is not wholly open."""
        can_leave = self.open_on(today) * self.normal_order if self.open_on(today) < 1.0 else np.inf
        return float(min(self.lane_backlog, can_leave))


class Input(SimpleNamespace):
    """One product that an agent needs, and the lanes that bring it; they substitute for each other."""

    def held(self) -> float:
        return total(lane.input_stock for lane in self.lanes)

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

    def factor(self, what: str, where: str, given: float) -> Callable[[int], float]:
        """What disruptions leave of a factor, by period."""
        return cache(lambda today: given * float(factor_path(self.network.disruptions, where, what, today + 1)[today]))

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
        factor = self.factor("demand_factor", self.network.names[row], float(self.network.node["demand_factor"][row]))
        return lambda today: wanted(today) * factor(today)

    def _path(self, table: str, purpose: str, row: int, path: Callable[[Array], Array]) -> Callable[[int], Any]:
        name = self.network.names[row] if table == "node" else self.network.lane_names()[row]
        style = style_of(self.network.object_of(table, purpose, row))

        def luck(today: int) -> Array:
            drawn = uniforms(self._key(purpose, name), range(today + 1))
            if style:
                drawn[0] = uniforms(self._key("style", style), range(1))[0]
            return drawn

        return cache(lambda today: path(luck(today))[today, 0].item())

    def _key(self, purpose: str, name: str) -> Array:
        return replicate(stream_keys(self.seed, purpose, [name]), self.replication)


def row_of(table: Mapping[str, Array], row: int) -> dict[str, Any]:
    """One row of a prepared table, in plain Python."""
    return {name: column[row].item() for name, column in table.items()}
