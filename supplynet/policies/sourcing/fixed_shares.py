"""Fixed shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from supplynet.policies.contract import Array, Local, Memory, SourcingRule


@dataclass(frozen=True, slots=True)
class FixedShares(SourcingRule):
    """Buy from each supplier of an input the share that was agreed, whatever happens.

    Source: the multi-sourcing of Minner (2003), International Journal of Production Economics 81-82.
    """

    fixed: ClassVar = True

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("agreed", "", start="share"),)

    def split(self, local: Local, share: Array) -> None:
        share[:] = local.agreed
