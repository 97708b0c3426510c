"""Shortage gaming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies.contract import Array, InputRule, Local
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ShortageGaming(InputRule):
    """Ask for more than is needed while the supplier delivers only a part, so that the part will be enough.

    The need is that of lot-for-lot; it is divided by the part of yesterday's demand that the supplier filled, which
    signals from the supplier tell (`filled` and `demand`, one period old). Where nothing was asked nothing is added.
    Source: Lee, Padmanabhan & Whang (1997), Management Science 43(4).
    """

    most_inflation: float = parameter("", "at most so many times the need is ordered", default=3.0, least=1.0)
    reads: ClassVar = (
        "production_backlog", "units_per_output", "target", "share", "input_stock", "on_order", "told_filled",
        "told_demand",
    )  # fmt: skip
    told_by: ClassVar = {"filled": "suppliers", "demand": "suppliers"}

    def purchase(self, local: Local, order: Array) -> None:
        _inflate(
            local.first_input, local.first_end, local.production_backlog, local.units_per_output, local.target,
            local.share, local.input_stock, local.on_order, local.told_filled, local.told_demand, self.most_inflation,
            order,
        )  # fmt: skip


@numba.njit(cache=True)
def _inflate(
    first_input: Any, first_end: Any, production_backlog: Any, units_per_output: Any, target: Any, share: Any,
    input_stock: Any, on_order: Any, told_filled: Any, told_demand: Any, most_inflation: Any, order: Any,
) -> None:  # fmt: skip
    """Each lane's part of what its input lacks, times what was asked of the supplier for a unit that it filled."""
    for node in range(production_backlog.size):
        asked, filled = told_demand[node], told_filled[node]
        for item in range(first_input[node], first_input[node + 1]):
            held = 0.0
            for end in range(first_end[item], first_end[item + 1]):
                held += input_stock[end] + on_order[end]
            lacking = max(0.0, target[item] + units_per_output[item] * production_backlog[node] - held)
            for end in range(first_end[item], first_end[item + 1]):
                most = most_inflation[end]
                times = 1.0
                if asked > 0.0:
                    times = max(1.0, asked / filled) if asked < most * filled else most
                order[end] = share[end] * lacking * times
