"""Order-up-to with exponential smoothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies.contract import Array, Local, Memory, OrderingRule, check_parameter
from supplynet.policies.forecasts import order_up_to, update_smoothed


@dataclass(frozen=True, slots=True)
class OrderUpToExponentialSmoothing(OrderingRule):
    """Order up to the smoothed demand, times the coverage and some safety periods.

    smoothing: weight of the newest observation, in [0, 1]; safety_periods: periods of forecast held as safety stock;
    forecast_from: the column that is forecast ("told_demand" where customer demand is shared).
    Source: Chen, Ryan & Simchi-Levi (2000), Naval Research Logistics 47(4).
    """

    smoothing: float
    safety_periods: float = 0.0
    forecast_from: str = "demand"
    structure: ClassVar = ("forecast_from",)

    def __post_init__(self) -> None:
        check_parameter(self, "smoothing", least=0.0, most=1.0)
        check_parameter(self, "safety_periods", least=0.0)

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", self.forecast_from, "coverage")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("forecast", "units/period", start="normal_output"),)

    def order(self, local: Local, production_order: Array) -> None:
        update_smoothed(local.forecast, getattr(local, self.forecast_from), self.smoothing)
        order_up_to(local.forecast, local.coverage, self.safety_periods, local.inventory_position, production_order)
