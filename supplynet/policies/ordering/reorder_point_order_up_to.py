"""Reorder point, order up to: (s, S)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ReorderPointOrderUpTo(OrderingRule):
    """Wait until the inventory position is down at the reorder point, then order up to a level: (s, S).

    Source: Scarf (1960), in Arrow, Karlin & Suppes (eds.), Mathematical Methods in the Social Sciences.
    """

    reorder_point: float = parameter("units", "inventory position at or below which one orders (s)")
    order_up_to_level: float = parameter("units", "inventory position that an order restores (S)")
    reads: ClassVar = ("inventory_position",)
    abbreviation: ClassVar = "sS"
    example: ClassVar = {"reorder_point": 30.0, "order_up_to_level": 60.0}

    def __post_init__(self) -> None:
        OrderingRule.__post_init__(self)
        if self.order_up_to_level < self.reorder_point:
            raise ValueError(
                f"ReorderPointOrderUpTo: order_up_to_level is {self.order_up_to_level:g}, must be at least the "
                f"reorder_point {self.reorder_point:g}; raise the one or lower the other"
            )

    def order(self, local: Local, production_order: Array) -> None:
        above = np.round(local.inventory_position - self.reorder_point, 9)
        lacking = np.maximum(self.order_up_to_level - local.inventory_position, 0.0)
        production_order[:] = np.where(above <= 0.0, lacking, 0.0)
