"""Order-up-to with a moving-average forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class OrderUpToMovingAverage(OrderingRule):
    """Order up to the mean demand of the last `window` periods times the coverage, and safety stock.

    Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
    """

    window: int = parameter("periods", "how many periods the mean is over", default=5, least=1, whole=True)
    safety_periods: float = forecasts.safety_periods()
    forecast_from: str = forecasts.forecast_from()
    safety_factor: float = forecasts.safety_factor()
    error_smoothing: float = forecasts.error_smoothing()
    structure: ClassVar = ("window", "forecast_from")
    told_by: ClassVar = {"demand": "market"}

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", self.forecast_from, "coverage")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (
            Memory("window", "units/period", width=self.window, start="normal_output"),
            Memory("total", "units", start="normal_output", times=self.window),
            Memory("squared_error", "(units/period)^2"),
        )

    def order(self, local: Local, production_order: Array) -> None:
        observed = getattr(local, self.forecast_from)
        forecasts.update_squared_error(
            local.squared_error, local.total, 1.0 / self.window, observed, self.error_smoothing, local.period
        )
        forecasts.update_moving_sum(local.window, local.total, observed, local.period)
        forecasts.order_up_to(
            local.total / self.window, local.coverage, self.safety_periods, self.safety_factor, local.squared_error,
            local.inventory_position, production_order,
        )  # fmt: skip
