"""Build-to-order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True, repr=False)
class BuildToOrder(OrderingRule):
    """Release from the order book what is owed and neither in stock, in process nor wanted, evenly if so asked.

    Components lie ready as the `target` of the node's inputs, and no finished goods do. Unlike MakeToOrder it looks at
    the book and not at today's orders, so what was put off or scrapped is made later.
    Source: Gunasekaran & Ngai (2005), Journal of Operations Management 23(5).
    """

    release_rate: float = parameter(
        "units/period", "most that is released in a period", default=math.inf, least=0.0, most=math.inf
    )
    reads: ClassVar = ("inventory_position",)
    abbreviation: ClassVar = "bto"
    makes_to_order: ClassVar = True

    def __repr__(self) -> str:
        rate = repr(self.release_rate)  # an endless one could not be read back as Python
        return f"BuildToOrder({'' if rate == 'inf' else f'release_rate={rate}'})"

    def order(self, local: Local, production_order: Array) -> None:
        np.minimum(self.release_rate, np.maximum(0.0, -local.inventory_position), out=production_order)
