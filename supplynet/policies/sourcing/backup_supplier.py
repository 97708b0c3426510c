"""A backup supplier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies.contract import Array, Local, Memory, SourcingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class BackupSupplier(SourcingRule):
    """Buy as agreed until a supplier fails, then, after a switching delay, give its share to the backups.

    A supplier has failed when goods were asked of it for its lead time and `patience` periods more and none came; the
    first goods that come from it restore it. What it owes stays on order, unless the lane loses what is unfilled.
    Backups are the suppliers of the same product whose agreed share is zero; without any, those that still deliver take
    over in proportion. Where all have failed, all keep their shares.
    Source: Tomlin (2006), Management Science 52(5).
    """

    patience: float = parameter("periods", "how long goods may be overdue", default=1.0, least=0.0)
    switching_delay: float = parameter("periods", "from failure to orders at the backup", default=2.0, least=0.0)
    retry: float = parameter(
        "periods", "after which a supplier that failed and owes nothing gets orders again", default=10.0, least=1.0
    )
    reads: ClassVar = ("order", "on_order", "received", "reach")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("agreed", "", start="share"), Memory("waited", "periods"), Memory("failed", "periods"))

    def split(self, local: Local, share: Array) -> None:
        _watch(
            local.order,
            local.on_order,
            local.received,
            local.reach,
            self.patience,
            self.retry,
            local.waited,
            local.failed,
        )
        _switch(local.first_end, local.agreed, local.failed, self.switching_delay, share)


@numba.njit(cache=True)
def _watch(
    order: Any, on_order: Any, received: Any, reach: Any, patience: Any, retry: Any, waited: Any, failed: Any
) -> None:
    """Count for how long a lane has brought nothing, and for how long it has failed."""
    for end in range(on_order.size):
        if received[end] > 0.0:
            waited[end] = 0.0
            failed[end] = 0.0
        elif on_order[end] > 0.0 or order[end] > 0.0:
            waited[end] += 1.0
        if waited[end] > reach[end] + patience[end]:
            failed[end] += 1.0
            if failed[end] > retry[end] and on_order[end] <= 0.0:
                waited[end] = 0.0
                failed[end] = 0.0


@numba.njit(cache=True)
def _switch(first_end: Any, agreed: Any, failed: Any, switching_delay: Any, share: Any) -> None:
    """The shares of those that failed long enough ago go to the backups, else to those that deliver."""
    for item in range(first_end.size - 1):
        lost = 0.0
        kept = 0.0
        backups = 0
        for end in range(first_end[item], first_end[item + 1]):
            if failed[end] > switching_delay[end]:
                lost += agreed[end]
            elif agreed[end] > 0.0:
                kept += agreed[end]
            else:
                backups += 1
        for end in range(first_end[item], first_end[item + 1]):
            share[end] = agreed[end]
            if lost > 0.0 and (backups > 0 or kept > 0.0):
                if failed[end] > switching_delay[end]:
                    share[end] = 0.0
                elif backups == 0:
                    share[end] = agreed[end] / kept
                elif agreed[end] == 0.0:
                    share[end] = lost / backups
