"""Kanban."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.containers import begun, full
from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class Kanban(OrderingRule):
    """Make a container for every card that hangs on no full container and is not already asking for one.

    Counted after today's backlog. Demand beyond the cards waits at the buyer: at most `cards` containers are ever in
    process or wanted, and a container that a customer has opened carries no card.
    Source: Sugimori, Kusunoki, Cho & Uchikawa (1977), International Journal of Production Research 15(6).
    """

    cards: int = parameter("cards", "how many containers may be full, in process or wanted", least=0, whole=True)
    container: float = parameter("units/card", "what one container holds", default=1.0, least=1e-9)
    reads: ClassVar = ("on_hand", "backlog", "in_process", "production_backlog")
    example: ClassVar = {"cards": 16, "container": 2.0}

    def order(self, local: Local, production_order: Array) -> None:
        kept = full(np.maximum(0.0, local.on_hand - local.backlog), self.container)
        coming = begun(local.in_process + local.production_backlog, self.container)
        production_order[:] = self.container * np.maximum(0.0, self.cards - kept - coming)
