"""Draw: the luck of the day, before anything else: lead times, capacities, prices, and what disruptions leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.distributions import Distribution
from supplynet.layout import spans
from supplynet.randomness import uniforms

Array = NDArray[Any]
CELLS: Final = 2_000_000  # drawn ahead at a time


class DrawLeadTimes:
    """One lead time for each of these rows and each period, from the stream of each row, drawn `periods` ahead."""

    def __init__(self, distribution: Distribution, periods: int, clock: Array, rows: Array, lead: Array) -> None:
        self._distribution, self._clock, self._rows, self._lead = distribution, clock, rows, lead
        self._ahead = min(periods, max(1, CELLS // max(rows.size, 1)))
        self._keys: Array = np.zeros(rows.size, np.uint64)
        self._drawn: Array = np.empty((0, rows.size), lead.dtype)
        self._first = 0

    def deal(self, keys: Array) -> None:
        """Begin anew with other streams, [row]."""
        self._keys, self._drawn = keys, self._drawn[:0]

    def __call__(self) -> None:
        period = int(self._clock[0])
        if not self._first <= period < self._first + self._drawn.shape[0]:
            self._first = period
            luck = uniforms(self._keys, range(period, period + self._ahead))
            self._drawn = self._distribution.whole(luck).astype(self._lead.dtype)
        self._lead[self._rows] = self._drawn[period - self._first]


class FollowPath:
    """Lets a column of these rows follow a path [period, row], times a factor of theirs; its last value holds."""

    def __init__(self, path: Array, clock: Array, rows: Array, column: Array, factor: Array | None = None) -> None:
        self._path, self._clock, self._rows, self._column, self._factor = path, clock, rows, column, factor

    def __call__(self) -> None:
        today = self._path[min(int(self._clock[0]), self._path.shape[0] - 1)]
        self._column[self._rows] = today if self._factor is None else today * self._factor[self._rows]


class FollowShock:
    """Lets a column of these rows have the factors that disruptions leave in each period, `at(period)` [row]."""

    def __init__(self, at: Callable[[int], Array], clock: Array, rows: Array, column: Array) -> None:
        self._at, self._clock, self._rows, self._column = at, clock, rows, column

    def __call__(self) -> None:
        self._column[self._rows] = self._at(int(self._clock[0]))


class LoseCapacity:
    """Leaves these rows a part of their capacity; `drawn` [row] says whose is drawn each day."""

    def __init__(self, rows: Array, drawn: Array, columns: dict[str, Array]) -> None:
        self._rows, self._drawn = rows, drawn
        self._capacity, self._factor = columns["capacity"], columns["capacity_factor"]
        self._fixed = self._capacity[rows]

    def __call__(self) -> None:
        factor = self._factor[self._rows]
        whole = np.where(self._drawn, self._capacity[self._rows], self._fixed)
        self._capacity[self._rows] = np.multiply(whole, factor, out=np.zeros(factor.size), where=factor > 0.0)


class Lengthen:
    """Adds periods to the shipment lead time of these outbound ends; `drawn` [row] says whose is drawn each day."""

    def __init__(self, rows: Array, drawn: Array, columns: dict[str, Array]) -> None:
        self._rows, self._drawn = rows, drawn
        self._lead, self._extra = columns["shipment_lead"], columns["extra_lead_time"]
        self._fixed = self._lead[rows]

    def __call__(self) -> None:
        usual = np.where(self._drawn, self._lead[self._rows], self._fixed)
        self._lead[self._rows] = (usual + self._extra[self._rows]).astype(self._lead.dtype)


class Hoard:
    """Raises the target of every input of these rows by so many periods of normal use."""

    def __init__(self, rows: Array, columns: dict[str, Array]) -> None:
        first = columns["first_input"]
        self._inputs = spans(first[rows], first[rows + 1])
        self._node = np.repeat(rows, (first[rows + 1] - first[rows]).astype(np.int64))
        self._target, self._hoarding = columns["target"], columns["hoarding"]
        self._usual = self._target[self._inputs]
        self._use = columns["units_per_output"][self._inputs] * columns["normal_output"][self._node]

    def __call__(self) -> None:
        self._target[self._inputs] = self._usual + self._hoarding[self._node] * self._use
