"""A given plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule


@dataclass(frozen=True, slots=True)
class Plan(OrderingRule):
    """Want what a plan says, whatever happens; past its end, nothing.

    quantities: units in each period, a tuple. Source: the master production schedule of Orlicky (1975), Material
    Requirements Planning.
    """

    quantities: tuple[float, ...]
    structure: ClassVar = ("quantities",)
    example: ClassVar = {"quantities": (8.0, 12.0, 6.0, 10.0)}

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantities", tuple(float(quantity) for quantity in self.quantities))
        for period, quantity in enumerate(self.quantities):
            if not (np.isfinite(quantity) and quantity >= 0):
                raise ValueError(
                    f"Plan: the quantity of period {period} is {quantity!r}, must be a number >= 0; mend it"
                )

    def order(self, local: Local, production_order: Array) -> None:
        production_order[:] = self.quantities[local.period] if local.period < len(self.quantities) else 0.0
