"""Push allocation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from supplynet.policies.contract import Array, Local, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class PushAllocation(OrderingRule):
    """Take a fixed part of whatever the centre got, needed or not.

    A signal from the centre tells its production, one period old, since the centre is busy until the end of the day.
    Source: push control of Silver, Pyke & Thomas (2017), Inventory and Production Management in Supply Chains.
    """

    allocation_share: float = parameter("", "part of what the centre got", least=0.0, most=1.0)
    reads: ClassVar = ("told_production",)
    told_by: ClassVar = {"production": "suppliers"}
    example: ClassVar = {"allocation_share": 0.5}

    def order(self, local: Local, production_order: Array) -> None:
        np.maximum(0.0, self.allocation_share * local.told_production, out=production_order)
