"""Water-fill rationing by order ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import prange

from supplynet.compiled import kernel
from supplynet.policies.contract import AllocationRule


@kernel
def _water_fill(
    rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, normal_order: Any, shipment: Any
) -> None:
    """From the least order ratio up, each claim gets at most its normal order's part of what is left for the rest.

    Once that is less than a claim, the parts of all that follow are of one ratio, and the last one takes what remains.
    """
    for i in prange(rows.size):
        node = rows[i]
        first, size = first_outbound[node], first_outbound[node + 1] - first_outbound[node]
        claimed = 0.0
        for end in range(first, first + size):
            claimed += lane_backlog[end]
            shipment[end] = lane_backlog[end]
        if claimed > on_hand[node]:
            ratio = np.zeros(size)
            for at in range(size):
                if lane_backlog[first + at] > 0.0:
                    ratio[at] = lane_backlog[first + at] / normal_order[first + at]
            by_ratio = np.argsort(ratio)
            weight, rest = np.empty(size), np.empty(size)
            for place in range(size - 1, -1, -1):
                at = by_ratio[place]
                usual = ratio[at] < np.inf
                weight[place] = normal_order[first + at] if usual else lane_backlog[first + at]
                rest[place] = weight[place]
                if place < size - 1 and usual == (ratio[by_ratio[place + 1]] < np.inf):
                    rest[place] += rest[place + 1]
            left = on_hand[node]
            for place in range(size):
                end = first + by_ratio[place]
                if lane_backlog[end] > 0.0:
                    shipment[end] = min(lane_backlog[end], left * (weight[place] / rest[place]))
                    left -= shipment[end]


@dataclass(frozen=True, slots=True)
class WaterFill(AllocationRule):
    """Serve every lane up to the same part of its normal order, so that nobody gains by asking for more than usual.

    Lanes on which nothing is usually ordered are served last, in proportion to their claims.
    Source: Inoue & Todo (2019), Nature Sustainability 2.
    """

    allocate: ClassVar = _water_fill
