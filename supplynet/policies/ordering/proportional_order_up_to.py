"""Proportional order-up-to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ProportionalOrderUpTo(OrderingRule):
    """Order the forecast, and close a part of the gap in stock and a part of the gap in the supply line.

    Closing only a part smooths the orders, and lets the stock swing wider. With both gains 1 it is order-up-to with the
    same forecast; gains that differ oscillate sooner. In steady flow the stock less the backlog is `safety_periods`
    of forecast at the end of each period. Source: Disney & Towill (2003), Omega 31(3), after John, Naim & Towill
    (1994), International Journal of Manufacturing System Design 1(4).
    """

    stock_gain: float = parameter("", "part of the gap in stock closed each period (1/Ti)", default=0.25, least=0.0)
    supply_line_gain: float = parameter(
        "", "part of the gap in the supply line closed each period (1/Tw)", default=0.25, least=0.0
    )
    smoothing: float = parameter(
        "", "weight of the newest observation; 0 keeps the forecast at normal_output", default=0.1, least=0.0, most=1.0
    )
    safety_periods: float = forecasts.safety_periods()
    forecast_from: str = forecasts.forecast_from()
    structure: ClassVar = ("forecast_from",)
    abbreviation: ClassVar = "pout"
    told_by: ClassVar = {"demand": "market"}

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", "supply_line", self.forecast_from, "coverage", "supply_line_periods")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("forecast", "units/period", start="normal_output"),)

    def order(self, local: Local, production_order: Array) -> None:
        forecasts.update_smoothed(local.forecast, getattr(local, self.forecast_from), self.smoothing)
        _proportional_order_up_to(
            self.stock_gain, self.supply_line_gain, self.safety_periods, local.forecast, local.coverage,
            local.supply_line_periods, local.inventory_position, local.supply_line, production_order,
        )  # fmt: skip


@numba.njit(cache=True)
def _proportional_order_up_to(
    stock_gain: Any, supply_line_gain: Any, safety_periods: Any, forecast: Any, coverage: Any, supply_line_periods: Any,
    inventory_position: Any, supply_line: Any, order: Any,
) -> None:  # fmt: skip
    """Of the coverage - 1 periods wanted beyond the stock, some are in the supply line, and the rest has arrived."""
    for row in range(order.size):
        arrived = coverage[row] - 1.0 - supply_line_periods[row]
        net_stock = inventory_position[row] - supply_line[row]
        stock_gap = forecast[row] * (safety_periods[row] + arrived) - net_stock
        supply_line_gap = forecast[row] * supply_line_periods[row] - supply_line[row]
        wanted = forecast[row] + stock_gain[row] * stock_gap + supply_line_gain[row] * supply_line_gap
        order[row] = max(0.0, wanted)
