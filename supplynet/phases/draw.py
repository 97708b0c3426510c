"""Draw: the luck of the day, before anything else: lead times of lanes and lines, and capacities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.distributions import Distribution
from supplynet.randomness import uniforms

Array = NDArray[Any]
CELLS = 2_000_000  # drawn ahead at a time


def draw_lead_times(
    distribution: Distribution, keys: Array, clock: Array, rows: Array, lead: Array
) -> Callable[[], None]:
    """One lead time for each of these rows and each period, as a call without arguments.

    `keys` [row] are the streams of the rows; draws are made some periods ahead, in blocks.
    """
    periods = max(1, CELLS // max(rows.size, 1))
    drawn = np.empty((0, rows.size), lead.dtype)
    first = 0

    def draw() -> None:
        nonlocal drawn, first
        period = int(clock[0])
        if not first <= period < first + drawn.shape[0]:
            first = period
            drawn = distribution.whole(uniforms(keys, range(period, period + periods))).astype(lead.dtype)
        lead[rows] = drawn[period - first]

    return draw


def follow_path(path: Array, clock: Array, rows: Array, column: Array) -> Callable[[], None]:
    """Let a column of these rows follow a path [period, row], as a call without arguments; its last value holds."""

    def follow() -> None:
        column[rows] = path[min(int(clock[0]), path.shape[0] - 1)]

    return follow
