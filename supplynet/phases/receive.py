"""Receive: goods due join the buyer's input stock, and finished production joins what is on hand."""

from __future__ import annotations

from typing import Any

from numba import prange

from supplynet.compiled import kernel


@kernel
def unload(
    ends: Any, window_rows: Any, near: Any, far: Any, glanced: Any, clock: Any, dock_start: Any, dock_size: Any,
    transport: Any, input_stock: Any, on_order: Any, received: Any,
) -> None:  # fmt: skip
    """What is due today on a lane leaves the transport and is no longer on order."""
    for window in prange(window_rows.size - 1):
        glance = 0.0
        for slot in range(near[window], far[window], 8):
            glance += transport[slot]
        glanced[window] = glance
        for i in range(window_rows[window], window_rows[window + 1]):
            end = ends[i]
            arrived = transport[dock_start[end] + clock[dock_size[end]]]
            received[end] = arrived
            input_stock[end] += arrived
            on_order[end] -= arrived


@kernel
def finish(
    rows: Any, clock: Any, line_start: Any, line_size: Any, line: Any, production: Any, in_process: Any, on_hand: Any
) -> None:
    """What was started a production lead time ago is finished today."""
    for i in prange(rows.size):
        node = rows[i]
        finished = line[line_start[node] + clock[line_size[node]]]
        production[node] = finished
        in_process[node] -= finished
        on_hand[node] += finished
