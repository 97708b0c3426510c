"""Base-stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class BaseStock(OrderingRule):
    """Order up to a fixed inventory position.

    Source: Clark & Scarf (1960), Management Science 6(4).
    """

    base_stock_level: float = parameter("units", "inventory position to order up to")
    reads: ClassVar = ("inventory_position",)
    example: ClassVar = {"base_stock_level": 40.0}

    def order(self, local: Local, production_order: Array) -> None:
        np.subtract(self.base_stock_level, local.inventory_position, out=production_order)
        np.maximum(production_order, 0.0, out=production_order)
