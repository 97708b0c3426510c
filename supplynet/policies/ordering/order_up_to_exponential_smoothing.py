"""Order-up-to with exponential smoothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class OrderUpToExponentialSmoothing(OrderingRule):
    """Order up to the smoothed demand times the coverage, and safety stock.

    Source: Chen, Ryan & Simchi-Levi (2000), Naval Research Logistics 47(4).
    """

    smoothing: float = parameter("", "weight of the newest observation", default=0.3, least=0.0, most=1.0)
    safety_periods: float = forecasts.safety_periods()
    forecast_from: str = forecasts.forecast_from()
    safety_factor: float = forecasts.safety_factor()
    error_smoothing: float = forecasts.error_smoothing()
    structure: ClassVar = ("forecast_from",)
    told_by: ClassVar = {"demand": "market"}

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", self.forecast_from, "coverage")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("forecast", "units/period", start="normal_output"), Memory("squared_error", "(units/period)^2"))

    def order(self, local: Local, production_order: Array) -> None:
        observed = getattr(local, self.forecast_from)
        forecasts.update_squared_error(
            local.squared_error, local.forecast, 1.0, observed, self.error_smoothing, local.period
        )
        forecasts.update_smoothed(local.forecast, observed, self.smoothing)
        forecasts.order_up_to(
            local.forecast, local.coverage, self.safety_periods, self.safety_factor, local.squared_error,
            local.inventory_position, production_order,
        )  # fmt: skip
