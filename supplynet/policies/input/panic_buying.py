"""Panic buying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
import numpy as np

from supplynet.policies.contract import Array, InputRule, Local, Memory
from supplynet.policies.lanes import lot_for_lot
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class PanicBuying(InputRule):
    """Order lot-for-lot, and stock up beyond the target while the shelves of the shops look empty, or lately did.

    What looks empty is what was asked of the shops and was not there at once, as a part of all, as far as it exceeds
    the threshold; the greatest fear of it is kept, and fades. Fear 1 raises the pantry by all of `periods_hoarded`.
    Source: Sterman & Dogan (2015), Journal of Operations Management 39-40, for hoarding as a larger safety stock in
    answer to scarcity; the part that is missing as its measure, and how it fades, are assumptions of this package.
    """

    periods_hoarded: float = parameter("periods", "of normal use that full fear adds", default=4.0, least=0.0)
    threshold: float = parameter("", "part that may be missing and nobody worries", default=0.1, least=0.0, most=0.99)
    forgetting: float = parameter("", "part of the fear that is gone a period later", default=0.25, least=0.0, most=1.0)
    reads: ClassVar = (
        "told_demand", "told_filled", "normal_output", "production_backlog", "units_per_output", "target", "share",
        "input_stock", "on_order",
    )  # fmt: skip
    told_by: ClassVar = {"demand": "suppliers", "filled": "suppliers"}

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("fear", ""),)

    def purchase(self, local: Local, order: Array) -> None:
        wanted = np.empty_like(local.fear)
        _want(
            local.first_input, local.first_end, local.told_demand, local.told_filled, local.normal_output,
            local.production_backlog, self.periods_hoarded, self.threshold, self.forgetting, local.fear, wanted,
        )  # fmt: skip
        lot_for_lot(
            local.first_input, local.first_end, wanted, local.units_per_output, local.target,
            local.share, local.input_stock, local.on_order, order,
        )  # fmt: skip


@numba.njit(cache=True)
def _want(
    first_input: Any, first_end: Any, told_demand: Any, told_filled: Any, normal_output: Any, production_backlog: Any,
    periods_hoarded: Any, threshold: Any, forgetting: Any, fear: Any, wanted: Any,
) -> None:  # fmt: skip
    """What is needed today, and so many periods of normal use as fear says."""
    for node in range(fear.size):
        wanted[node] = production_backlog[node]
        if first_input[node] < first_input[node + 1]:
            end = first_end[first_input[node]]
            empty = 0.0
            if told_demand[node] > 0.0:
                missing = 1.0 - told_filled[node] / told_demand[node]
                empty = min(1.0, max(0.0, (missing - threshold[end]) / (1.0 - threshold[end])))
            fear[node] = max(empty, (1.0 - forgetting[end]) * fear[node])
            wanted[node] += fear[node] * periods_hoarded[end] * normal_output[node]
