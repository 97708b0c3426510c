"""CONWIP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.containers import begun
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class Conwip(OrderingRule):
    """Release work at the head of a line when an order waits for it and one of the line's cards is free.

    A card goes with up to `container` units (the last container released need not be full) from the order until the
    last station ships them, which a Signal tells: told_shipped, delay 1 for a card that is free the next period. What
    the line opens with has cards, too; once it holds no more than cards * container, it never does again. The stations
    behind pass orders on to the head at once and work on what comes: MakeToOrder and order_lead_time 0.
    Source: Spearman, Woodruff & Hopp (1990), International Journal of Production Research 28(5).
    """

    cards: int = parameter("cards", "how many containers the whole line may hold", least=0, whole=True)
    container: float = parameter("units/card", "what goes with one card", default=1.0, least=1e-9)
    reads: ClassVar = (
        "inventory_position", "on_hand", "in_process", "production_backlog", "shipped", "told_shipped",
    )  # fmt: skip
    makes_to_order: ClassVar = True
    told_by: ClassVar = {"shipped": "line_end"}
    example: ClassVar = {"cards": 6}

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("behind", "units", start="downstream"),)

    def order(self, local: Local, production_order: Array) -> None:
        if local.period > 0:
            local.behind += local.shipped - local.told_shipped
        in_line = local.on_hand + local.in_process + local.production_backlog + local.behind
        free = np.maximum(0.0, self.cards - begun(in_line, self.container))
        not_released = np.maximum(0.0, -local.inventory_position)
        np.minimum(self.container * free, not_released, out=production_order)
