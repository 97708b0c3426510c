"""Lot-for-lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies.contract import Array, InputRule, Local


@dataclass(frozen=True, slots=True)
class LotForLot(InputRule):
    """Order what the production backlog and the target need beyond what is in stock and on order, split by share.

    Source: Orlicky (1975), Material Requirements Planning.
    """

    reads: ClassVar = ("production_backlog", "units_per_output", "target", "share", "input_stock", "on_order")

    def purchase(self, local: Local, order: Array) -> None:
        _lot_for_lot(
            local.first_input, local.first_end, local.production_backlog, local.units_per_output, local.target,
            local.share, local.input_stock, local.on_order, order,
        )  # fmt: skip


@numba.njit(cache=True)
def _lot_for_lot(
    first_input: Any, first_end: Any, production_backlog: Any, units_per_output: Any, target: Any,
    share: Any, input_stock: Any, on_order: Any, order: Any,
) -> None:  # fmt: skip
    """Each lane's part of what its input lacks."""
    for node in range(production_backlog.size):
        for item in range(first_input[node], first_input[node + 1]):
            held = 0.0
            for end in range(first_end[item], first_end[item + 1]):
                held += input_stock[end] + on_order[end]
            lacking = max(0.0, target[item] + units_per_output[item] * production_backlog[node] - held)
            for end in range(first_end[item], first_end[item + 1]):
                order[end] = share[end] * lacking
