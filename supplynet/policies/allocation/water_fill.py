"""Water-fill rationing by order ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
from numba import prange

from supplynet.compiled import kernel
from supplynet.policies.contract import AllocationRule


@kernel
def _water_fill(
    rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, normal_order: Any, shipment: Any
) -> None:
    """The level rises: who claims no more than that part of its normal order is served and leaves the rest to others.

    A pass serves a third of the normal orders that wait, or the level rises by half as much after it as before: what
    lifts it is what those served leave below it, and they had asked for more than the level before. So passes are few.
    """
    for i in prange(rows.size):
        node = rows[i]
        left = on_hand[node]
        claimed, normal = 0.0, 0.0
        for end in range(first_outbound[node], first_outbound[node + 1]):
            claimed += lane_backlog[end]
            if lane_backlog[end] > 0.0:
                normal += normal_order[end]
        scarce = claimed > left
        for end in range(first_outbound[node], first_outbound[node + 1]):
            shipment[end] = 0.0 if scarce else lane_backlog[end]
        rises = scarce
        while rises and normal > 0.0:
            rises = False
            level = left / normal
            normal = 0.0
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if shipment[end] == 0.0 and lane_backlog[end] > 0.0:
                    if lane_backlog[end] <= level * normal_order[end]:
                        shipment[end] = lane_backlog[end]
                        left = max(0.0, left - lane_backlog[end])
                        rises = True
                    else:
                        normal += normal_order[end]
        if scarce:
            _share(first_outbound[node], first_outbound[node + 1], left, normal, lane_backlog, normal_order, shipment)


@numba.njit(cache=True)
def _share(first: Any, last: Any, left: Any, normal: Any, lane_backlog: Any, normal_order: Any, shipment: Any) -> None:
    """Share what is left by normal orders; where those are served, in proportion to the claims of the others."""
    total, final = 0.0, first
    for end in range(first, last):
        if shipment[end] == 0.0 and lane_backlog[end] > 0.0:
            weight = normal_order[end] if normal > 0.0 else lane_backlog[end]
            total += weight
            if weight > 0.0:
                final = end
    available = left
    for end in range(first, last):
        if shipment[end] == 0.0 and lane_backlog[end] > 0.0:
            weight = normal_order[end] if normal > 0.0 else lane_backlog[end]
            part = left if end == final else min(left, available * (weight / total))
            shipment[end] = min(lane_backlog[end], part)
            left -= shipment[end]


@dataclass(frozen=True, slots=True)
class WaterFill(AllocationRule):
    """Serve every lane up to the same part of its normal order, so that nobody gains by asking for more than usual.

    Lanes on which nothing is usually ordered are served last, in proportion to their claims.
    Source: Inoue & Todo (2019), Nature Sustainability 2.
    """

    allocate: ClassVar = _water_fill
