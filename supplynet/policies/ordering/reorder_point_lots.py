"""Reorder point, lots: (r, nQ)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.containers import full
from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ReorderPointLots(OrderingRule):
    """At or below the reorder point, order as few lots as lift the inventory position above it: (r, nQ).

    Source: Hadley & Whitin (1963), Analysis of Inventory Systems, section 5-3; Caplin (1985), Econometrica 53(6).
    """

    reorder_point: float = parameter("units", "inventory position at or below which one orders (r)")
    order_quantity: float = parameter("units", "what is ordered, once or several times (Q)", least=1e-6)
    reads: ClassVar = ("inventory_position",)
    abbreviation: ClassVar = "rnQ"
    example: ClassVar = {"reorder_point": 30.0, "order_quantity": 25.0}

    def order(self, local: Local, production_order: Array) -> None:
        lots = full(self.reorder_point - local.inventory_position, self.order_quantity) + 1.0
        np.multiply(np.maximum(lots, 0.0), self.order_quantity, out=production_order)
