"""Order-up-to with a moving-average forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies.contract import Array, Local, Memory, OrderingRule, check_parameter
from supplynet.policies.forecasts import order_up_to, update_moving_sum


@dataclass(frozen=True, slots=True)
class OrderUpToMovingAverage(OrderingRule):
    """Order up to the mean demand of the last `window` periods, times the coverage and some safety periods.

    window: periods; safety_periods: periods of forecast held as safety stock; forecast_from: the column that is
    forecast ("told_demand" where customer demand is shared).
    Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
    """

    window: int
    safety_periods: float = 0.0
    forecast_from: str = "demand"
    structure: ClassVar = ("window", "forecast_from")

    def __post_init__(self) -> None:
        if not (isinstance(self.window, int) and self.window >= 1):
            raise ValueError(
                f"OrderUpToMovingAverage: window is {self.window!r}, must be a whole number >= 1; round it"
            )
        check_parameter(self, "safety_periods", least=0.0)

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", self.forecast_from, "coverage")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (
            Memory("window", "units/period", width=self.window, start="normal_output"),
            Memory("total", "units", start="normal_output", times=self.window),
        )

    def order(self, local: Local, production_order: Array) -> None:
        update_moving_sum(local.window, local.total, getattr(local, self.forecast_from), local.period)
        forecast = local.total / self.window
        order_up_to(forecast, local.coverage, self.safety_periods, local.inventory_position, production_order)
