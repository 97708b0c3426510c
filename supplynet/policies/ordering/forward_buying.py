"""Forward buying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ForwardBuying(OrderingRule):
    """Order up to a higher stock while the supplier's price is low.

    A signal from the supplier tells its price. Source: Lee, Padmanabhan & Whang (1997), Management Science 43(4).
    """

    order_up_to_level: float = parameter("units", "inventory position to order up to at the usual price")
    promotion_level: float = parameter("units", "inventory position to order up to at a low price")
    promotion_price: float = parameter("money/unit", "the price is low at this or below")
    reads: ClassVar = ("inventory_position", "told_price")
    told_by: ClassVar = {"price": "suppliers"}
    example: ClassVar = {"order_up_to_level": 40.0, "promotion_level": 60.0, "promotion_price": 8.0}

    def order(self, local: Local, production_order: Array) -> None:
        low = local.told_price <= self.promotion_price
        level = np.where(low, self.promotion_level, self.order_up_to_level)
        np.maximum(level - local.inventory_position, 0.0, out=production_order)
