"""Withdrawal cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
import numpy as np

from supplynet.policies.containers import begun, full
from supplynet.policies.contract import Array, InputRule, Local
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class WithdrawalCards(InputRule):
    """Fetch a container for every card that hangs on no full container beside the machine and is not under way.

    Each lane into the node has its own cards. A card comes off when its container is opened, so what today's production
    will draw, as far as capacity, machine and arrived inputs allow, counts as gone.
    Source: Sugimori, Kusunoki, Cho & Uchikawa (1977), International Journal of Production Research 15(6).
    """

    cards: int = parameter("cards", "how many containers of a lane may be full or under way", least=0, whole=True)
    container: float = parameter("units/card", "what one container holds", default=1.0, least=1e-9)
    reads: ClassVar = (
        "production_backlog", "capacity", "lot", "lot_time", "busy", "units_per_output", "criticality", "input_stock",
        "on_order",
    )  # fmt: skip
    covers_backlog: ClassVar = False
    example: ClassVar = {"cards": 8, "container": 4.0}

    def purchase(self, local: Local, order: Array) -> None:
        _stock_after_today(
            local.first_input, local.first_end, local.production_backlog, local.capacity, local.lot, local.lot_time,
            local.busy, local.units_per_output, local.criticality, local.input_stock, order,
        )  # fmt: skip
        free = self.cards - full(order, self.container) - begun(local.on_order, self.container)
        order[:] = self.container * np.maximum(0.0, free)


@numba.njit(cache=True)
def _stock_after_today(
    first_input: Any, first_end: Any, production_backlog: Any, capacity: Any, lot: Any, lot_time: Any, busy: Any,
    units_per_output: Any, criticality: Any, input_stock: Any, left: Any,
) -> None:  # fmt: skip
    """Write what today's production leaves of each lane's stock; lanes of one input are drawn in proportion."""
    for node in range(production_backlog.size):
        wanted = min(production_backlog[node], capacity[node])
        started = wanted
        for item in range(first_input[node], first_input[node + 1]):
            held = 0.0
            for end in range(first_end[item], first_end[item + 1]):
                held += input_stock[end]
            if held < units_per_output[item] * wanted:
                without = (1.0 - criticality[item]) * wanted
                started = min(started, without + criticality[item] * (held / units_per_output[item]))
        if lot[node] > 0.0:
            can_begin = np.ceil((1.0 - max(0.0, busy[node] - 1.0)) / lot_time[node] - 1e-9)
            started = lot[node] * min(np.floor(started / lot[node] + 1e-9), max(0.0, can_begin))
        for item in range(first_input[node], first_input[node + 1]):
            held = 0.0
            for end in range(first_end[item], first_end[item + 1]):
                held += input_stock[end]
            kept = max(0.0, held - units_per_output[item] * started)
            for end in range(first_end[item], first_end[item + 1]):
                left[end] = input_stock[end] * (kept / held) if held > 0.0 else 0.0
