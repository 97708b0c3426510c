"""Measures of a record: pure functions of arrays [period, ...]; what is undefined is nan.

Sums run over time in the order of time, row by row, so a run in a union has the same digits as the run alone.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
DUST = 1e-12  # of what was demanded in a period, or of a mean: less than that is rounding; it does not wait, nor vary


def mean(series: Array) -> Array:
    """Mean over time of each row. Shapes: [period, ...] -> [...]."""
    middle: Array = total(series) / series.shape[0]
    return middle


def variance(series: Array) -> Array:
    """Sample variance over time of each row (divided by periods - 1), 0 of what is rounding.

    Shapes: [period, ...] -> [...].
    """
    return mean_and_variance(series)[1]


def total(series: Array) -> Array:
    """Sum over time of each row. Shapes: [period, ...] -> [...]."""
    flat, shape = _flat(series)
    summed: Array = _sum(flat).reshape(shape)
    return summed


def mean_and_variance(series: Array) -> tuple[Array, Array]:
    """Mean and sample variance over time of each row, in one go. Shapes: [period, ...] -> [...] each."""
    flat, shape = _flat(series)
    middle, spread = _mean_and_variance(flat, DUST)
    return middle.reshape(shape), spread.reshape(shape)


def bullwhip_ratio(order: Array, demand: Array) -> Array:
    """Var(order) / Var(demand) of each row, nan where demand does not vary.

    Shapes: [period, ...] -> [...]; drop the warm-up first. Source: Chen, Drezner, Ryan & Simchi-Levi (2000).
    """
    return ratio(variance(order), variance(demand))


def fill_rate(filled: Array, demand: Array) -> Array:
    """Share of demanded units that were shipped in the period in which they were demanded, nan without demand.

    Shapes: [period, ...] -> [...]. Source: Silver, Pyke & Thomas (2017), Inventory and Production Management.
    """
    return ratio(mean(filled), mean(demand))


def cycle_service_level(backlog: Array, lost: Array | float = 0.0) -> Array:
    """Share of periods without a stock-out. Shapes: [period, ...] -> [...]. Source: Silver, Pyke & Thomas (2017)."""
    return mean((backlog + lost <= 0.0).astype(np.float64))


def days_of_supply(on_hand: Array, demand: Array) -> Array:
    """Mean stock over mean demand, in periods, nan without demand. Shapes: [period, ...] -> [...]."""
    return ratio(mean(on_hand), mean(demand))


def waiting_units(
    demand: Array, served: Array, lost: Array | None = None, *, queue: Array | None = None, warm_up: int = 0
) -> Array:
    """How many units waited how long from demand to service, those that waited longest served first.

    Units that are lost leave from the end of the queue; those that still wait at the end count with what they have
    waited. A `queue` of units that waited before the first period is served before all, and does not count; nor does
    demand in the warm-up. Shapes: [period, ...], queue [...] -> units [wait in periods], all rows together.
    """
    flat, _ = _flat(demand)
    gone = np.zeros(flat.shape) if lost is None else _flat(lost)[0]
    before = np.zeros(flat.shape[1]) if queue is None else np.asarray(queue, np.float64).ravel()
    waited: Array = _waits(flat, _flat(served)[0], gone, before, warm_up)
    return waited


def waiting_time(units: Array, part: float | None = None) -> float:
    """Mean waiting time of units [wait], or the shortest time within which that part of them was served; nan of none.

    Source: Little (1961), Operations Research 9(3), measures it by the queue; here unit by unit.
    """
    every = float(units.sum())
    if every <= 0.0:
        return float("nan")
    if part is None:
        return float((units * np.arange(units.size)).sum()) / every
    return float(np.searchsorted(np.cumsum(units), part * every * (1.0 - 1e-12)))


def peak(series: Array) -> Array:
    """Greatest value of each row. Shapes: [period, ...] -> [...]."""
    greatest: Array = np.asarray(series).max(axis=0)
    return greatest


def ratio(above: Array, below: Array) -> Array:
    """One array over another, nan where the lower one is not positive. Shapes: equal."""
    defined = below > 0
    return np.where(defined, above / np.where(defined, below, 1.0), np.nan)


def _flat(series: Array) -> tuple[Array, tuple[int, ...]]:
    return np.ascontiguousarray(series, np.float64).reshape(series.shape[0], -1), series.shape[1:]


@numba.njit(cache=True)
def _sum(series: Any) -> Any:
    """Row sums in the order of time."""
    n_periods, n_rows = series.shape
    summed = np.zeros(n_rows)
    for period in range(n_periods):
        for row in range(n_rows):
            summed[row] += series[period, row]
    return summed


@numba.njit(cache=True)
def _mean_and_variance(series: Any, dust: Any) -> Any:
    """Squared distances from the mean in the order of time; two passes, so large means do no harm."""
    n_periods, n_rows = series.shape
    middle = _sum(series) / n_periods
    if n_periods < 2:
        return middle, np.full(n_rows, np.nan)
    squared = np.zeros(n_rows)
    for period in range(n_periods):
        for row in range(n_rows):
            squared[row] += (series[period, row] - middle[row]) ** 2
    for row in range(n_rows):
        squared[row] /= n_periods - 1
        if squared[row] < (dust * middle[row]) ** 2:
            squared[row] = 0.0
    return middle, squared


@numba.njit(cache=True)
def _waits(demand: Any, served: Any, lost: Any, queue: Any, warm_up: Any) -> Any:
    """A queue for each row: new units join the end, served ones leave the front, lost ones the end."""
    n_periods, n_rows = demand.shape
    units = np.zeros(n_periods + 1)
    left = np.zeros(n_periods)
    for row in range(n_rows):
        front, ahead = 0, queue[row]
        for period in range(n_periods):
            left[period] = demand[period, row]
            out, back = lost[period, row], period
            while out > 0.0 and back >= front:
                taken = min(out, left[back])
                left[back] -= taken
                out -= taken
                back -= 1
            out = max(0.0, served[period, row] - ahead)
            ahead = max(0.0, ahead - served[period, row])
            while out > 0.0 and front <= period:
                taken = min(out, left[front])
                left[front] -= taken
                out -= taken
                if front >= warm_up:
                    units[period - front] += taken
                if left[front] > DUST * demand[front, row]:
                    break
                left[front] = 0.0
                front += 1
        for period in range(max(front, warm_up), n_periods):
            units[n_periods - period] += left[period]
    return units
