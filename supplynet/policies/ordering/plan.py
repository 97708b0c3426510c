"""A given plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class Plan(OrderingRule):
    """Want what a plan says, whatever happens; past its end, nothing.

    Source: the master production schedule of Orlicky (1975), Material Requirements Planning.
    """

    quantities: tuple[float, ...] = parameter("units/period", "what is wanted, period by period", least=0.0, many=True)
    structure: ClassVar = ("quantities",)
    example: ClassVar = {"quantities": (8.0, 12.0, 6.0, 10.0)}

    def order(self, local: Local, production_order: Array) -> None:
        production_order[:] = self.quantities[local.period] if local.period < len(self.quantities) else 0.0
