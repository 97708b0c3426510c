"""Make-to-order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies.contract import Array, Local, OrderingRule


@dataclass(frozen=True, slots=True)
class MakeToOrder(OrderingRule):
    """Want exactly what was asked for today, and hold no finished goods.

    Source: Hopp & Spearman (2004), Manufacturing & Service Operations Management 6(2).
    """

    reads: ClassVar = ("demand",)
    abbreviation: ClassVar = "mto"
    makes_to_order: ClassVar = True

    def order(self, local: Local, production_order: Array) -> None:
        production_order[:] = local.demand
