"""Shortage gaming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies.contract import Array, InputRule, Local, Memory
from supplynet.policies.lanes import lot_for_lot, update_due
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ShortageGaming(InputRule):
    """Ask for more than is needed while a supplier delivers only a part, so that the part will be enough.

    The need is that of lot-for-lot; on each lane it is divided by the fill rate that the buyer last saw there: what
    came, over what was due, ordered a lead time ago. Where nothing was due nothing is added.
    Source: Lee, Padmanabhan & Whang (1997), Management Science 43(4).
    """

    most_inflation: float = parameter("", "at most so many times the need is ordered", default=3.0, least=1.0)
    reads: ClassVar = (
        "production_backlog", "units_per_output", "target", "share", "input_stock", "on_order", "order", "received",
        "reach",
    )  # fmt: skip
    memory_of: ClassVar = "inbound"

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("ordered", "units/period", width="reach"), Memory("times", "", start=1.0))

    def purchase(self, local: Local, order: Array) -> None:
        update_due(local.period, local.order, local.received, local.reach, local.ordered, local.times)
        _inflate(local.received, self.most_inflation, local.times)
        lot_for_lot(
            local.first_input, local.first_end, local.production_backlog, local.units_per_output, local.target,
            local.share, local.input_stock, local.on_order, order,
        )  # fmt: skip
        order *= local.times


@numba.njit(cache=True)
def _inflate(received: Any, most_inflation: Any, times: Any) -> None:
    """From what was due on a lane to how many times the need is asked: what was due for a unit that came."""
    for end in range(times.size):
        due = times[end]
        times[end] = 1.0
        if due > 0.0:
            enough = due < most_inflation[end] * received[end]
            times[end] = max(1.0, due / received[end]) if enough else most_inflation[end]
