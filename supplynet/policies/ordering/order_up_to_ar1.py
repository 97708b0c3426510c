"""Order-up-to with the best forecast of demand that remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
import numpy as np

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class OrderUpToAR1(OrderingRule):
    """Order up to what demand will be over the coverage, knowing how far a high or low day lingers, and safety stock.

    The mean demand is known (normal_output), and each period keeps the part `correlation` of the last one's deviation
    from it. The safety stock counts that an error of one period lingers too. Source: Lee, Padmanabhan & Whang (1997),
    Management Science 43(4).
    """

    correlation: float = parameter(
        "", "part of a deviation that is left a period later (1: forecast the last demand)", least=-1.0, most=1.0
    )
    safety_factor: float = forecasts.safety_factor()
    error_smoothing: float = forecasts.error_smoothing()
    forecast_from: str = forecasts.forecast_from()
    structure: ClassVar = ("forecast_from",)
    told_by: ClassVar = {"demand": "market"}
    example: ClassVar = {"correlation": 0.7}

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", self.forecast_from, "coverage", "normal_output")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("forecast", "units/period", start="normal_output"), Memory("squared_error", "(units/period)^2"))

    def order(self, local: Local, production_order: Array) -> None:
        observed = getattr(local, self.forecast_from)
        forecasts.update_squared_error(
            local.squared_error, local.forecast, 1.0, observed, self.error_smoothing, local.period
        )
        _order_up_to_ar1(
            self.correlation, self.safety_factor, observed, local.normal_output, local.coverage, local.squared_error,
            local.inventory_position, local.forecast, production_order,
        )  # fmt: skip


@numba.njit(cache=True)
def _order_up_to_ar1(
    correlation: Any, safety_factor: Any, observed: Any, normal_output: Any, coverage: Any, squared_error: Any,
    inventory_position: Any, forecast: Any, order: Any,
) -> None:  # fmt: skip
    """An error of today adds 1 + r + ... + r^(i-1) times itself to the demand of i periods, r being the correlation."""
    for row in range(order.size):
        deviation = observed[row] - normal_output[row]
        forecast[row] = normal_output[row] + correlation[row] * deviation
        lingers = 0.0
        squares = 0.0
        for _ in range(int(coverage[row])):
            lingers = 1.0 + correlation[row] * lingers
            squares += lingers * lingers
        level = coverage[row] * normal_output[row] + correlation[row] * lingers * deviation
        level += safety_factor[row] * np.sqrt(squares * squared_error[row])
        order[row] = max(0.0, level - inventory_position[row])
