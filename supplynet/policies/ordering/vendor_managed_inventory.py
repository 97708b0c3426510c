"""Vendor-managed inventory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.forecasts import safety_periods, update_smoothed
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class VendorManagedInventory(OrderingRule):
    """The vendor keeps its own stock and its customers' together at a target, from what they sell to the market.

    Each customer tells its stock and its sales: Signals of inventory_position and demand, as old as the orders that are
    booked today (delay = order_lead_time of the lane). Those orders only move goods from the vendor to the customers,
    who had not placed them when they told their stock; so they do not count.
    Source: Disney & Towill (2003), International Journal of Production Economics 85(2).
    """

    smoothing: float = parameter("", "weight of the newest sales in the forecast", default=0.3, least=0.0, most=1.0)
    customer_coverage: float = parameter(
        "periods", "from the customers' orders to goods on their shelves", default=1.0, least=0.0
    )
    safety_periods: float = safety_periods()
    reads: ClassVar = ("inventory_position", "demand", "told_inventory_position", "told_demand", "coverage")
    abbreviation: ClassVar = "vmi"
    told_by: ClassVar = {"inventory_position": "buyers", "demand": "buyers"}

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("forecast", "units/period", start="normal_output"),)

    def order(self, local: Local, production_order: Array) -> None:
        update_smoothed(local.forecast, local.told_demand, self.smoothing)
        target = local.forecast * (local.coverage + self.customer_coverage + self.safety_periods)
        held = local.inventory_position + local.demand + local.told_inventory_position
        np.maximum(0.0, target - held, out=production_order)
