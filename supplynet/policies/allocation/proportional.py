"""Proportional rationing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from numba import prange

from supplynet.compiled import kernel
from supplynet.policies.contract import AllocationRule


@kernel
def _proportional(rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, shipment: Any) -> None:
    """Each open claim gets its part of what is on hand; the last one gets the remainder, so no dust is left."""
    for i in prange(rows.size):
        node = rows[i]
        claimed = 0.0
        last = first_outbound[node]
        for end in range(first_outbound[node], first_outbound[node + 1]):
            claimed += lane_backlog[end]
            if lane_backlog[end] > 0.0:
                last = end
        scarce = claimed > on_hand[node]
        left = on_hand[node]
        for end in range(first_outbound[node], first_outbound[node + 1]):
            part = lane_backlog[end]
            if scarce:
                part = min(part, left if end == last else min(left, on_hand[node] * (part / claimed)))
            shipment[end] = part
            left -= part


@dataclass(frozen=True, slots=True)
class Proportional(AllocationRule):
    """Share what is on hand in proportion to the claims.

    Source: Lee, Padmanabhan & Whang (1997), Management Science 43(4).
    """

    allocate: ClassVar = _proportional
