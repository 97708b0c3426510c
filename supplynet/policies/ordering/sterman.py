"""Sterman's anchoring and adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.forecasts import update_smoothed
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class Sterman(OrderingRule):
    """Order the expected demand, and correct a part of the gap to a desired stock, seeing a part of the supply line.

    Source: Sterman (1989), Management Science 35(3).
    """

    desired_stock: float = parameter("units", "stock and weighed supply line that one wants (S')")
    stock_adjustment: float = parameter("", "part of the gap closed each period (alpha)", default=1.0, least=0.0)
    supply_line_weight: float = parameter("", "part of the supply line that is seen (beta)", default=1.0, least=0.0)
    smoothing: float = parameter(
        "", "of the expected demand (theta); 0 keeps it as it opened", default=0.0, least=0.0, most=1.0
    )
    fixed_periods: int = parameter(
        "periods", "opening periods in which normal_output is ordered whatever happens", default=0, least=0, whole=True
    )
    whole_units: bool = parameter("", "round orders half up", default=False)
    reads: ClassVar = ("inventory_position", "supply_line", "demand", "normal_output")
    structure: ClassVar = ("whole_units",)
    example: ClassVar = {"desired_stock": 17.0, "stock_adjustment": 0.26, "supply_line_weight": 0.34, "smoothing": 0.36}

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
