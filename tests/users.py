"""Rules as users would write them, in plain numpy."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, InputRule, Local, Memory, OrderingRule


@dataclass(frozen=True, slots=True)
class Listener(OrderingRule):
    """A rule of a user, plain numpy: closes a part of the gap to what the dearer of two sources lately showed."""

    periods: float
    adjustment: float = 0.5
    width: int = 2
    reads: ClassVar = ("inventory_position", "supply_line", "told_demand", "told_shipped")
    structure: ClassVar = ("width",)

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (
            Memory("lately", "units/period", width=self.width, start="normal_output"),
            Memory("age", "periods", dtype=np.int64),
            Memory("highest", "units/period", start="normal_output", times=0.5),
        )

    def order(self, local: Local, production_order: Array) -> None:
        local.lately[local.age % self.width, np.arange(local.age.size)] = np.maximum(
            local.told_demand, local.told_shipped
        )
        local.age[:] += 1
        np.maximum(local.highest, local.lately.max(axis=0), out=local.highest)
        wanted = self.periods * local.lately.mean(axis=0) + local.highest
        seen = local.inventory_position - 0.5 * local.supply_line
        production_order[:] = np.maximum(0.0, self.adjustment * (wanted - seen))


@dataclass(frozen=True, slots=True)
class Hoarder(InputRule):
    """A rule of a user, plain numpy: lot-for-lot for the backlog, and a part of its own last order once more."""

    again: float
    reads: ClassVar = ("production_backlog", "units_per_output", "share", "input_stock", "on_order", "order", "reach")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("wanted", "units", start="normal_output"),)

    def purchase(self, local: Local, order: Array) -> None:
        local.wanted[:] = 0.5 * (local.wanted + local.production_backlog)
        lanes = np.diff(local.first_end)
        owner = np.repeat(np.arange(local.wanted.size), np.diff(local.first_input))
        need = np.repeat(local.units_per_output * local.wanted[owner], lanes) * local.share
        lacking = np.maximum(0.0, need - local.input_stock - local.on_order)
        order[:] = lacking + self.again * local.order / (1.0 + local.reach)
