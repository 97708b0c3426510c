"""Point-of-sale replenishment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.forecasts import update_moving_sum
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class POSReplenishment(OrderingRule):
    """Replace what the tills sold, and what the target of everything downstream has changed by.

    The target is `horizon` periods of the mean sales of the last `window` periods; what is too much is worked off
    before anything is ordered again. Each customer that takes part tells its demand by a Signal, and a period later
    what of it was lost; the rest of the market is seen as what it orders: (1 - participation) of the node's own demand.
    Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
    """

    horizon: float = parameter("periods", "periods of sales that the node and all downstream of it hold", least=0.0)
    window: int = parameter("periods", "how many periods the mean is over", default=5, least=1, whole=True)
    participation: float = parameter("", "part of the market that tells its sales", default=1.0, least=0.0, most=1.0)
    delay: int = parameter("periods", "how old the sales are that it is told of", default=0, least=0, whole=True)
    structure: ClassVar = ("window",)
    reads: ClassVar = ("told_demand", "told_lost", "demand", "production_order")
    abbreviation: ClassVar = "pos"
    told_by: ClassVar = {"demand": "market", "lost": "market"}
    told_part: ClassVar = "participation"
    example: ClassVar = {"horizon": 4.0, "window": 3}

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (
            Memory("sales", "units/period", width=self.window, start="normal_output"),
            Memory("total", "units", start="normal_output", times=self.window),
            Memory("echelon_position", "units", start="normal_output", times=self.horizon),
        )

    def order(self, local: Local, production_order: Array) -> None:
        sold = local.told_demand - local.told_lost + (1.0 - self.participation) * local.demand
        update_moving_sum(local.sales, local.total, sold, local.period)
        if local.period > 0:
            local.echelon_position += local.production_order
        local.echelon_position -= sold
        np.maximum(0.0, self.horizon * (local.total / self.window) - local.echelon_position, out=production_order)
