"""Forecast push."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ForecastPush(OrderingRule):
    """Order by a plan that is made from a forecast every few periods, and keep to it whatever customers do meanwhile.

    At a review the first `frozen` periods stay as the old plan had them; what the forecast lacks over the coverage and
    the horizon is spread evenly over the others. A horizon of one period is order-up-to with exponential smoothing.
    Source: Baker (1977), Decision Sciences 8(1); frozen periods, Sridharan, Berry & Udayabhanu (1987), Management
    Science 33(9).
    """

    review_period: int = parameter("periods", "from one plan to the next", default=4, least=1, whole=True)
    horizon: int = parameter("periods", "how far a plan reaches", default=8, least=1, whole=True)
    frozen: int = parameter(
        "periods", "opening periods of a new plan that stay as planned before", default=0, least=0, whole=True
    )
    smoothing: float = parameter(
        "", "weight of the newest observation in the forecast", default=0.3, least=0.0, most=1.0
    )
    safety_periods: float = forecasts.safety_periods()
    forecast_from: str = forecasts.forecast_from()
    structure: ClassVar = ("horizon", "forecast_from")
    told_by: ClassVar = {"demand": "market"}

    def __post_init__(self) -> None:
        OrderingRule.__post_init__(self)
        if self.review_period + self.frozen > self.horizon:
            raise ValueError(
                f"ForecastPush: review_period + frozen is {self.review_period} + {self.frozen}, must be at most the "
                f"horizon, {self.horizon}, so that the old plan reaches over what the new one keeps; plan farther ahead"
            )

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", self.forecast_from, "coverage")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (
            Memory("forecast", "units/period", start="normal_output"),
            Memory("plan", "units/period", width=self.horizon, start="normal_output"),
        )

    def order(self, local: Local, production_order: Array) -> None:
        forecasts.update_smoothed(local.forecast, getattr(local, self.forecast_from), self.smoothing)
        _follow_plan(
            local.period, self.review_period, self.frozen, self.safety_periods, local.forecast, local.coverage,
            local.inventory_position, local.plan, production_order,
        )  # fmt: skip


@numba.njit(cache=True)
def _follow_plan(
    period: Any, review_period: Any, frozen: Any, safety_periods: Any, forecast: Any, coverage: Any,
    inventory_position: Any, plan: Any, order: Any,
) -> None:  # fmt: skip
    """Plan [slot, row] again where a review is due; period t stands in slot t % horizon.

    The last period of the plan has to leave enough for the coverage, as an order-up-to level does.
    """
    horizon = plan.shape[0]
    for row in range(order.size):
        if period % review_period[row] == 0:
            kept, fence = 0.0, int(frozen[row])
            for ahead in range(fence):
                kept += plan[(period + ahead) % horizon, row]
            needed = forecast[row] * (coverage[row] + horizon - 1.0 + safety_periods[row])
            lacking = max(0.0, needed - inventory_position[row] - kept)
            for ahead in range(fence, horizon):
                plan[(period + ahead) % horizon, row] = lacking / (horizon - fence)
        order[row] = plan[period % horizon, row]
