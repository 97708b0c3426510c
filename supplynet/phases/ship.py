"""Ship: goods leave on the lanes as the allocation rule shared them; unfilled claims on lost-sales lanes end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange

from supplynet.compiled import kernel

ONE = np.uint32(1)


@kernel
def limit(rows: Any, first_outbound: Any, open_factor: Any, normal_order: Any, lane_backlog: Any, claim: Any) -> None:
    """On a lane that is not open no more can be claimed than a part of its normal order."""
    for i in prange(rows.size):
        node = rows[i]
        for end in range(first_outbound[node], first_outbound[node + ONE]):
            can_leave = open_factor[end] * normal_order[end] if open_factor[end] < 1.0 else np.inf
            claim[end] = min(lane_backlog[end], can_leave)


@kernel
def ship(
    rows: Any, window_rows: Any, clock: Any, first_outbound: Any, makes_to_order: Any, lost_out: Any,
    shipment_lead: Any, transport_start: Any, transport_size: Any, transport: Any, booked: Any, shipment: Any,
    cancelled: Any, reply_start: Any, reply: Any, lane_backlog: Any, on_hand: Any, production_backlog: Any,
    backlog: Any, shipped: Any, filled: Any,
) -> None:  # fmt: skip
    """Goods go into the slot of the day on which they are due; what is owed from before is served first."""
    for window in prange(window_rows.size - 1):
        for i in range(window_rows[window], window_rows[window + 1]):
            node = rows[i]
            sent = 0.0
            owed = 0.0
            at_once = 0.0
            for end in range(first_outbound[node], first_outbound[node + ONE]):
                goods, claim = shipment[end], lane_backlog[end]
                at_once += max(0.0, goods - (claim - booked[end]))
                left = claim - goods
                if lost_out[end]:
                    cancelled[end] = left
                    reply[reply_start[end]] = left
                    if makes_to_order[node]:
                        production_backlog[node] = max(0.0, production_backlog[node] - left)
                    left = 0.0
                lane_backlog[end] = left
                owed += left
                sent += goods
                size = transport_size[end]
                today = clock[size]
                read = today - ONE if today > 0 else size - ONE
                due = today + shipment_lead[end]
                if due >= size:
                    due -= size
                if due == read:
                    transport[transport_start[end] + read] = goods
                else:
                    transport[transport_start[end] + read] = 0.0
                    transport[transport_start[end] + due] += goods
            on_hand[node] = max(0.0, on_hand[node] - sent)
            shipped[node] = sent
            filled[node] = at_once
            backlog[node] = owed


@kernel
def serve(
    rows: Any, demand: Any, production_backlog: Any, on_hand: Any, backlog: Any, shipped: Any, filled: Any
) -> None:
    """A customer consumes what it has; need that waited longest is met first."""
    for i in prange(rows.size):
        node = rows[i]
        shipped[node] = on_hand[node]
        on_hand[node] = 0.0
        backlog[node] = production_backlog[node]
        filled[node] = max(0.0, demand[node] - production_backlog[node])
