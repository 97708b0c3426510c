"""Measures of a record: pure functions of arrays [period, ...]; what is undefined is nan.

Sums run over time in the order of time, row by row, so a run in a union has the same digits as the run alone.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def mean(series: Array) -> Array:
    """Mean over time of each row. Shapes: [period, ...] -> [...]."""
    middle: Array = total(series) / series.shape[0]
    return middle


def variance(series: Array) -> Array:
    """Sample variance over time of each row (divided by periods - 1). Shapes: [period, ...] -> [...]."""
    return mean_and_variance(series)[1]


def total(series: Array) -> Array:
    """Sum over time of each row. Shapes: [period, ...] -> [...]."""
    flat, shape = _flat(series)
    summed: Array = _sum(flat).reshape(shape)
    return summed


def mean_and_variance(series: Array) -> tuple[Array, Array]:
    """Mean and sample variance over time of each row, in one go. Shapes: [period, ...] -> [...] each."""
    flat, shape = _flat(series)
    middle, spread = _mean_and_variance(flat)
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
def _mean_and_variance(series: Any) -> Any:
    """Squared distances from the mean in the order of time; two passes, so large means do no harm."""
    n_periods, n_rows = series.shape
    middle = _sum(series) / n_periods
    if n_periods < 2:
        return middle, np.full(n_rows, np.nan)
    squared = np.zeros(n_rows)
    for period in range(n_periods):
        for row in range(n_rows):
            squared[row] += (series[period, row] - middle[row]) ** 2
    return middle, squared / (n_periods - 1)
