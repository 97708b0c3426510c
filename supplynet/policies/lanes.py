"""What rules share that look at lanes: what an input lacks, and what was due on a lane."""

from __future__ import annotations

from typing import Any

import numba


@numba.njit(cache=True)
def lot_for_lot(
    first_input: Any, first_end: Any, production_backlog: Any, units_per_output: Any, target: Any,
    share: Any, input_stock: Any, on_order: Any, order: Any,
) -> None:  # fmt: skip
    """Each lane's part of what its input lacks."""
    for node in range(production_backlog.size):
        for item in range(first_input[node], first_input[node + 1]):
            held = 0.0
            for end in range(first_end[item], first_end[item + 1]):
                held += input_stock[end] + on_order[end]
            lacking = max(0.0, target[item] + units_per_output[item] * production_backlog[node] - held)
            for end in range(first_end[item], first_end[item + 1]):
                order[end] = share[end] * lacking


@numba.njit(cache=True)
def update_due(period: Any, order: Any, received: Any, reach: Any, ordered: Any, due: Any) -> None:
    """What was ordered a lead time ago is due today [end]; before the first of it, what comes was due.

    `ordered` [width, end] remembers the orders of as many periods as the longest lane takes.
    """
    width = ordered.shape[0]
    for end in range(order.size):
        ordered[(period - 1) % width, end] = order[end]
        lead = min(max(int(reach[end]), 1), width)
        due[end] = ordered[(period - lead) % width, end] if period >= lead else received[end]
