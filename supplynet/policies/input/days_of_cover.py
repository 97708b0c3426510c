"""Days of cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from numba import prange

from supplynet.compiled import kernel
from supplynet.policies.contract import Array, InputRule, Local
from supplynet.policies.parameters import parameter

BASES: Final = {"output": ("production_started",), "capped_demand": ("demand", "normal_output"), "demand": ("demand",)}
"""What usage can follow, and the columns that it is read from."""


@dataclass(frozen=True, slots=True)
class DaysOfCover(InputRule):
    """Order yesterday's usage, and close a part of the gap to a stock of `cover` periods, lane by lane.

    The basis says what usage follows: with yesterday's "output" a long stop is absorbing, with "capped_demand" (demand
    up to normal output) it recovers, with "demand" it oscillates. Source: Inoue & Todo (2019), Nature Sustainability 2.
    """

    adjustment_time: float = parameter("periods", "time in which a gap is closed", default=6.0, least=1e-9)
    supply_line_weight: float = parameter("", "part of the supply line that is seen", default=1.0, least=0.0)
    basis: str = parameter("", "what usage follows", default="capped_demand", choices=tuple(BASES))
    structure: ClassVar = ("basis",)
    reads_yesterday: ClassVar = True
    covers_backlog: ClassVar = False

    @property
    def reads(self) -> tuple[str, ...]:
        return (*BASES[self.basis], "units_per_output", "cover", "share", "reach", "input_stock", "on_order")

    def purchase(self, local: Local, order: Array) -> None:
        follows = [getattr(local, name) for name in BASES[self.basis]]
        _days_of_cover.over(local.first_input.size)(
            local.first_input, local.first_end, follows[0], follows[-1], local.units_per_output, local.cover,
            local.share, local.reach, local.input_stock, local.on_order,
            self.adjustment_time, self.supply_line_weight, order,
        )  # fmt: skip


@kernel
def _days_of_cover(
    first_input: Any, first_end: Any, output: Any, at_most: Any, units_per_output: Any, cover: Any,
    share: Any, reach: Any, input_stock: Any, on_order: Any,
    adjustment_time: Any, supply_line_weight: Any, order: Any,
) -> None:  # fmt: skip
    """Usage, and a part of the gap between what is wanted and what is held or on its way."""
    for node in prange(output.size):
        for item in range(first_input[node], first_input[node + 1]):
            for end in range(first_end[item], first_end[item + 1]):
                usage = share[end] * units_per_output[item] * min(output[node], at_most[node])
                supply_line = usage * (reach[end] - 1.0) - on_order[end]
                gap = cover[item] * usage - input_stock[end] + supply_line_weight[end] * supply_line
                order[end] = max(0.0, usage + gap / adjustment_time[end])
