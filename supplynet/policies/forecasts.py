"""What forecasting rules share: each loop updates a memory, or writes an order, in one pass over the rows."""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np

from supplynet.policies.parameters import parameter

FORECAST_FROM: Final = ("demand", "told_demand")


def safety_periods() -> Any:
    """The parameter of rules that hold some periods of their forecast as safety stock."""
    return parameter("periods", "periods of forecast held as safety stock", default=0.0, least=0.0)


def safety_factor() -> Any:
    """The parameter of rules that hold safety stock by how wrong their forecast has been."""
    return parameter(
        "", "safety stock, in standard deviations of the forecast error over the coverage", default=0.0, least=0.0
    )


def error_smoothing() -> Any:
    """The parameter of rules that learn how wrong their forecast is."""
    return parameter(
        "", "weight of the newest squared forecast error (before that many are known, their mean)",
        default=0.1, least=0.0, most=1.0,
    )  # fmt: skip


def forecast_from() -> Any:
    """The parameter of rules that forecast what they are asked for, or what they are told of the market."""
    return parameter(
        "", "what is forecast: own demand, or told_demand where customer demand is shared", default="demand",
        choices=FORECAST_FROM,
    )  # fmt: skip


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
def update_squared_error(
    squared_error: Any, forecast: Any, forecast_scale: Any, observed: Any, smoothing: Any, period: Any
) -> None:
    """Smooth the squared error [row] of the last forecast [row] (times a scale) with a part `smoothing` [row].

    At first it is the plain mean of the errors seen, so that it opens without bias.
    Source: Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains, section 3.5.
    """
    for row in range(squared_error.size):
        error = observed[row] - forecast_scale * forecast[row]
        weight = max(smoothing[row], 1.0 / (period + 1.0))
        squared_error[row] += weight * (error * error - squared_error[row])


@numba.njit(cache=True)
def order_up_to(
    forecast: Any, coverage: Any, safety_periods: Any, safety_factor: Any, squared_error: Any, inventory_position: Any,
    order: Any,
) -> None:  # fmt: skip
    """Write the order [row] that lifts the position to the forecast of the coverage and the safety stock.

    Errors of single periods are taken as independent, so that of L periods is sqrt(L) times that of one.
    Source: Silver, Pyke & Thomas (2017), section 6.7.
    """
    for row in range(order.size):
        level = forecast[row] * (coverage[row] + safety_periods[row])
        level += safety_factor[row] * np.sqrt(coverage[row] * squared_error[row])
        order[row] = max(0.0, level - inventory_position[row])
