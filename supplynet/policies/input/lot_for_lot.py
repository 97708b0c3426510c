"""Lot-for-lot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies.contract import Array, InputRule, Local
from supplynet.policies.lanes import lot_for_lot


@dataclass(frozen=True, slots=True)
class LotForLot(InputRule):
    """Order what the production backlog and the target need beyond what is in stock and on order, split by share.

    Source: Orlicky (1975), Material Requirements Planning.
    """

    reads: ClassVar = ("production_backlog", "units_per_output", "target", "share", "input_stock", "on_order")

    def purchase(self, local: Local, order: Array) -> None:
        lot_for_lot(
            local.first_input, local.first_end, local.production_backlog, local.units_per_output, local.target,
            local.share, local.input_stock, local.on_order, order,
        )  # fmt: skip
