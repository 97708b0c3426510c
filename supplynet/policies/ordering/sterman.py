"""Sterman's anchoring and adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, Memory, OrderingRule, check_parameter
from supplynet.policies.forecasts import update_smoothed


@dataclass(frozen=True, slots=True)
class Sterman(OrderingRule):
    """Order the expected demand, and correct a part of the gap to a desired stock, seeing a part of the supply line.

    desired_stock: units of stock and weighed supply line (S'); stock_adjustment: part of the gap closed each period
    (alpha); supply_line_weight: part of the supply line that is seen (beta); smoothing: of the expected demand (theta;
    0 keeps it as it opened); fixed_periods: opening periods in which normal_output is ordered whatever happens;
    whole_units: round orders half up. Source: Sterman (1989), Management Science 35(3).
    """

    desired_stock: float
    stock_adjustment: float = 1.0
    supply_line_weight: float = 1.0
    smoothing: float = 0.0
    fixed_periods: int = 0
    whole_units: bool = False
    reads: ClassVar = ("inventory_position", "supply_line", "demand", "normal_output")
    structure: ClassVar = ("whole_units",)

    def __post_init__(self) -> None:
        check_parameter(self, "desired_stock")
        check_parameter(self, "stock_adjustment", least=0.0)
        check_parameter(self, "supply_line_weight", least=0.0)
        check_parameter(self, "smoothing", least=0.0, most=1.0)
        check_parameter(self, "fixed_periods", least=0.0)

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("expected_demand", "units/period", start="normal_output"),)

    def order(self, local: Local, production_order: Array) -> None:
        update_smoothed(local.expected_demand, local.demand, self.smoothing)
        inventory_level = local.inventory_position - local.supply_line
        gap = self.desired_stock - inventory_level - self.supply_line_weight * local.supply_line
        wanted = np.maximum(0.0, local.expected_demand + self.stock_adjustment * gap)
        if self.whole_units:
            wanted = np.floor(wanted + 0.5)
        production_order[:] = np.where(local.period < np.asarray(self.fixed_periods), local.normal_output, wanted)
