"""Shares by reliability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba

from supplynet.policies.contract import Array, Local, Memory, SourcingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class ShareByReliability(SourcingRule):
    """Give each supplier its agreed share, weighed by how much of what was due from it has lately come.

    Reliability is what came over what was due, both smoothed, at most 1; a supplier from which nothing was due yet is
    held to be reliable. Source: Dickson (1966), Journal of Purchasing 2(1), for delivery as a criterion.
    """

    smoothing: float = parameter("", "weight of the newest period", default=0.2, least=0.0, most=1.0)
    sensitivity: float = parameter("", "power to which reliability weighs; 0 = not at all", default=1.0, least=0.0)
    least_reliability: float = parameter(
        "", "so much is granted to everybody, so that nobody is forgotten", default=0.05, least=1e-9, most=1.0
    )
    reads: ClassVar = ("order", "received", "reach")

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (
            Memory("agreed", "", start="share"),
            Memory("ordered", "units/period", width="reach"),
            Memory("due", "units/period"),
            Memory("came", "units/period"),
        )

    def split(self, local: Local, share: Array) -> None:
        _compare(
            local.period, local.order, local.received, local.reach, self.smoothing, local.ordered, local.due, local.came
        )
        _weigh(local.first_end, local.agreed, local.due, local.came, self.sensitivity, self.least_reliability, share)


@numba.njit(cache=True)
def _compare(
    period: Any, order: Any, received: Any, reach: Any, smoothing: Any, ordered: Any, due: Any, came: Any
) -> None:
    """What was ordered a lead time ago is due today; before the first of it, what comes was due."""
    width = ordered.shape[0]
    for end in range(order.size):
        ordered[(period - 1) % width, end] = order[end]
        lead = min(max(int(reach[end]), 1), width)
        expected = ordered[(period - lead) % width, end] if period >= lead else received[end]
        due[end] += smoothing[end] * (expected - due[end])
        came[end] += smoothing[end] * (received[end] - came[end])


@numba.njit(cache=True)
def _weigh(
    first_end: Any, agreed: Any, due: Any, came: Any, sensitivity: Any, least_reliability: Any, share: Any
) -> None:
    """Agreed shares times a power of reliability, relative to the best, scaled to sum to 1."""
    for item in range(first_end.size - 1):
        best = 0.0
        for end in range(first_end[item], first_end[item + 1]):
            reliability = min(1.0, came[end] / due[end]) if due[end] > 0.0 else 1.0
            share[end] = max(reliability, least_reliability[end])
            best = max(best, share[end])
        total = 0.0
        for end in range(first_end[item], first_end[item + 1]):
            share[end] = agreed[end] * (share[end] / best) ** sensitivity[end]
            total += share[end]
        for end in range(first_end[item], first_end[item + 1]):
            share[end] = share[end] / total if total > 0.0 else agreed[end]
