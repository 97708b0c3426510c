"""Shortage gaming."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies.contract import Array, InputRule, Local, Memory
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
        _see(local.period, local.order, local.received, local.reach, self.most_inflation, local.ordered, local.times)
        _inflate(
            local.first_input, local.first_end, local.production_backlog, local.units_per_output, local.target,
            local.share, local.input_stock, local.on_order, local.times, order,
        )  # fmt: skip


@numba.njit(cache=True)
def _see(period: Any, order: Any, received: Any, reach: Any, most_inflation: Any, ordered: Any, times: Any) -> None:
    """What was ordered a lead time ago was due today; before the first of it, what came was due."""
    width = ordered.shape[0]
    for end in range(order.size):
        ordered[(period - 1) % width, end] = order[end]
        lead = min(max(int(reach[end]), 1), width)
        due = ordered[(period - lead) % width, end] if period >= lead else received[end]
        times[end] = 1.0
        if due > 0.0:
            enough = due < most_inflation[end] * received[end]
            times[end] = max(1.0, due / received[end]) if enough else most_inflation[end]


@numba.njit(cache=True)
def _inflate(
    first_input: Any, first_end: Any, production_backlog: Any, units_per_output: Any, target: Any, share: Any,
    input_stock: Any, on_order: Any, times: Any, order: Any,
) -> None:  # fmt: skip
    """Each lane's part of what its input lacks, times what was due for a unit that came."""
    for node in range(production_backlog.size):
        for item in range(first_input[node], first_input[node + 1]):
            held = 0.0
            for end in range(first_end[item], first_end[item + 1]):
                held += input_stock[end] + on_order[end]
            lacking = max(0.0, target[item] + units_per_output[item] * production_backlog[node] - held)
            for end in range(first_end[item], first_end[item + 1]):
                order[end] = share[end] * lacking * times[end]
