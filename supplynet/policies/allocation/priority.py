"""Priority rationing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numba import prange

from supplynet.compiled import kernel
from supplynet.policies.contract import AllocationRule


@kernel
def _priority(rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, priority: Any, shipment: Any) -> None:
    """Rank after rank, lowest first; claims of one rank share in proportion, the last of them takes the remainder."""
    for i in prange(rows.size):
        node = rows[i]
        left = on_hand[node]
        for end in range(first_outbound[node], first_outbound[node + 1]):
            shipment[end] = 0.0
        rank = -np.inf
        while left > 0.0:
            following = np.inf
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if lane_backlog[end] > 0.0 and rank < priority[end] < following:
                    following = priority[end]
            if following == np.inf:
                break
            rank = following
            claimed = 0.0
            last = first_outbound[node]
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if priority[end] == rank and lane_backlog[end] > 0.0:
                    claimed += lane_backlog[end]
                    last = end
            available = left
            for end in range(first_outbound[node], first_outbound[node + 1]):
                if priority[end] == rank and lane_backlog[end] > 0.0:
                    part = lane_backlog[end]
                    if claimed > available:
                        part = min(part, left if end == last else min(left, available * (part / claimed)))
                    shipment[end] = part
                    left -= part
            left = max(left, 0.0)


@dataclass(frozen=True, slots=True)
class Priority(AllocationRule):
    """Serve the lanes of lowest `priority` first; equal ones share in proportion.

    Source: Snyder & Shen (2019), Fundamentals of Supply Chain Theory, chapter 6.
    """

    allocate: ClassVar = _priority
