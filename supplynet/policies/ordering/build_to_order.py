"""Build-to-order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule


@dataclass(frozen=True, slots=True)
class BuildToOrder(OrderingRule):
    """Release from the order book all that is owed and neither in stock, in process nor wanted.

    Components lie ready as the `target` of the node's inputs, and no finished goods do. Unlike MakeToOrder it looks at
    the book and not at today's orders, so what was put off or scrapped is made later; `order_cap` levels it.
    Source: Gunasekaran & Ngai (2005), Journal of Operations Management 23(5).
    """

    reads: ClassVar = ("inventory_position",)
    abbreviation: ClassVar = "bto"
    makes_to_order: ClassVar = True

    def order(self, local: Local, production_order: Array) -> None:
        np.maximum(0.0, -local.inventory_position, out=production_order)
