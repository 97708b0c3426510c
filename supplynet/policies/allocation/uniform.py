"""Uniform rationing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from numba import prange

from supplynet.compiled import kernel
from supplynet.policies.contract import AllocationRule


@kernel
def _uniform(rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, shipment: Any) -> None:
    """Equal parts; who claims less is served in full and leaves the rest to the others."""
    for i in prange(rows.size):
        node = rows[i]
        left = on_hand[node]
        waiting = 0
        last = first_outbound[node]
        for end in range(first_outbound[node], first_outbound[node + 1]):
            shipment[end] = 0.0
            if lane_backlog[end] > 0.0:
                waiting += 1
                last = end
        served = True
        while served and waiting > 0:
            served = False
            part = left / waiting
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if shipment[end] == 0.0 and 0.0 < lane_backlog[end] <= part:
                    shipment[end] = lane_backlog[end]
                    left -= lane_backlog[end]
                    waiting -= 1
                    served = True
        if waiting > 0:
            part = left / waiting
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if shipment[end] == 0.0 and lane_backlog[end] > 0.0:
                    last = end
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if shipment[end] == 0.0 and lane_backlog[end] > 0.0:
                    shipment[end] = min(lane_backlog[end], left if end == last else part)
                    left -= shipment[end]


@dataclass(frozen=True, slots=True)
class Uniform(AllocationRule):
    """Give every claim the same, up to what it asks (max-min). Source: Sprumont (1991), Econometrica 59(2)."""

    allocate: ClassVar = _uniform
