"""Forecasts that ordering rules share: each updates a memory in place from one more observation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def update_moving_sum(window: Array, total: Array, observed: Array, period: int) -> None:
    """Let the newest observation replace the oldest in a window [width, row], and keep the sum of the window [row]."""
    oldest = window[period % window.shape[0]]
    total -= oldest
    total += observed
    oldest[...] = observed


def update_smoothed(forecast: Array, observed: Array, smoothing: Array | float) -> None:
    """Move the forecast [row] towards the observation by a part `smoothing` of the error.

    Source: Brown (1959), Statistical Forecasting for Inventory Control.
    """
    forecast += smoothing * (observed - forecast)


def order_up_to(forecast: Array, periods: Array, inventory_position: Array, production_order: Array) -> None:
    """Write the order [row] that lifts the inventory position to so many periods of the forecast, if it is below."""
    np.multiply(forecast, periods, out=production_order)
    production_order -= inventory_position
    np.maximum(production_order, 0.0, out=production_order)
