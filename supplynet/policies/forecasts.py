"""What forecasting rules share: each loop updates a memory, or writes an order, in one pass over the rows."""

from __future__ import annotations

from typing import Any

import numba


@numba.njit(cache=True)
def update_moving_sum(window: Any, total: Any, observed: Any, period: Any) -> None:
    """Let the newest observation replace the oldest in a window [width, row], and keep the sum of the window [row]."""
    oldest = period % window.shape[0]
    for row in range(total.size):
        total[row] += observed[row] - window[oldest, row]
        window[oldest, row] = observed[row]


@numba.njit(cache=True)
def update_smoothed(forecast: Any, observed: Any, smoothing: Any) -> None:
    """Move the forecast [row] towards the observation by a part `smoothing` [row] of the error.

    Source: Brown (1959), Statistical Forecasting for Inventory Control.
    """
    for row in range(forecast.size):
        forecast[row] += smoothing[row] * (observed[row] - forecast[row])


@numba.njit(cache=True)
def order_up_to(forecast: Any, coverage: Any, safety_periods: Any, inventory_position: Any, order: Any) -> None:
    """Write the order [row] that lifts the position to the coverage and some safety periods of the forecast."""
    for row in range(order.size):
        level = forecast[row] * (coverage[row] + safety_periods[row])
        order[row] = max(0.0, level - inventory_position[row])
