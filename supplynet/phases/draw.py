"""Draw: the luck of the day, before anything else: lead times, capacities, prices, and what disruptions leave."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.distributions import Distribution
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
    """Lets a column of these rows follow a path [period, row]; its last value holds."""

    def __init__(self, path: Array, clock: Array, rows: Array, column: Array) -> None:
        self._path, self._clock, self._rows, self._column = path, clock, rows, column

    def __call__(self) -> None:
        self._column[self._rows] = self._path[min(int(self._clock[0]), self._path.shape[0] - 1)]


class LoseCapacity:
    """Leaves these rows a part of their capacity, where that is drawn each day of what was drawn.

    `path` [period, row] is the factor, and its last value holds; `drawn` [row] says whose capacity is drawn.
    """

    def __init__(self, path: Array, clock: Array, rows: Array, drawn: Array, columns: dict[str, Array]) -> None:
        self._path, self._clock, self._rows, self._drawn = path, clock, rows, drawn
        self._capacity, self._factor = columns["capacity"], columns["capacity_factor"]
        self._fixed = self._capacity[rows]

    def __call__(self) -> None:
        factor = self._path[min(int(self._clock[0]), self._path.shape[0] - 1)]
        whole = np.where(self._drawn, self._capacity[self._rows], self._fixed)
        self._capacity[self._rows] = np.multiply(whole, factor, out=np.zeros(factor.size), where=factor > 0.0)
        self._factor[self._rows] = factor
