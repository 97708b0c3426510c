"""Periodic review, order up to: (R, S)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class PeriodicReview(OrderingRule):
    """Look every few periods only, and then order up to a level: (R, S).

    Source: Hadley & Whitin (1963), Analysis of Inventory Systems, chapter 5.
    """

    order_up_to_level: float = parameter("units", "inventory position that a review restores (S)")
    review_period: int = parameter("periods", "from one review to the next (R)", least=1, whole=True)
    phase: int = parameter("periods", "the period of the first review", default=0, least=0, whole=True)
    reads: ClassVar = ("inventory_position",)
    abbreviation: ClassVar = "RS"
    example: ClassVar = {"order_up_to_level": 70.0, "review_period": 4}

    def __post_init__(self) -> None:
        OrderingRule.__post_init__(self)
        if self.phase >= self.review_period:
            raise ValueError(
                f"PeriodicReview: phase is {self.phase}, must be less than the review_period {self.review_period}; "
                "the first review falls into the first review period"
            )

    def order(self, local: Local, production_order: Array) -> None:
        lacking = np.maximum(self.order_up_to_level - local.inventory_position, 0.0)
        production_order[:] = np.where(local.period % self.review_period == self.phase, lacking, 0.0)
