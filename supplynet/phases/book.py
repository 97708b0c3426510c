"""Book: orders due join the backlog of their lane; the node sees its demand and its inventory position."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange

from supplynet.compiled import kernel

ONE = np.uint32(1)


@kernel
def book(
    rows: Any, window_rows: Any, near: Any, far: Any, glanced: Any, clock: Any, first_outbound: Any, first_input: Any,
    first_end: Any, mailbox_start: Any, mailbox_size: Any, mail: Any, lost_out: Any, open_factor: Any,
    normal_order: Any, makes_to_order: Any, counts_arrivals: Any, line_size: Any, capacity: Any, units_per_output: Any,
    criticality: Any, input_stock: Any, on_hand: Any, in_process: Any, production_backlog: Any, booked: Any,
    lane_backlog: Any, demand: Any, backlog: Any, inventory_position: Any, supply_line: Any,
) -> None:  # fmt: skip
    """A node's demand is what is asked of it today; it joins the backlog of the lane it came by.

    A sale that will be lost must not be replenished: of the backlog of lost-sales lanes only that counts which the
    node can ship today, out of stock or out of what has arrived and will be ready today. What has arrived is counted
    only where that, or the supply line, is asked for.
    """
    for window in prange(window_rows.size - 1):
        glance = 0.0
        for slot in range(near[window], far[window], 8):
            glance += mail[slot]
        glanced[window] = glance
        for i in range(window_rows[window], window_rows[window + 1]):
            node = rows[i]
            asked = 0.0
            owed = 0.0
            fleeting = 0.0
            for end in range(first_outbound[node], first_outbound[node + ONE]):
                due = mail[mailbox_start[end] + clock[mailbox_size[end]]]
                booked[end] = due
                lane_backlog[end] += due
                asked += due
                if lost_out[end]:
                    can_leave = open_factor[end] * normal_order[end] if open_factor[end] < 1.0 else np.inf
                    fleeting += min(lane_backlog[end], can_leave)
                else:
                    owed += lane_backlog[end]
            demand[node] = asked
            backlog[node] = owed + fleeting
            wanted = in_process[node] + production_backlog[node]
            if counts_arrivals[node]:
                arrived = production_backlog[node]
                for item in range(first_input[node], first_input[node + ONE]):
                    held = 0.0
                    for end in range(first_end[item], first_end[item + ONE]):
                        held += input_stock[end]
                    if held < units_per_output[item] * production_backlog[node]:
                        without = (1.0 - criticality[item]) * production_backlog[node]
                        arrived = min(arrived, without + criticality[item] * (held / units_per_output[item]))
                made_from_nothing = first_input[node] == first_input[node + ONE]
                supply_line[node] = wanted if made_from_nothing else wanted - arrived
                if not makes_to_order[node]:
                    ready = min(arrived, capacity[node]) if line_size[node] == 1 else 0.0
                    fleeting = min(fleeting, on_hand[node] + ready)
            inventory_position[node] = on_hand[node] + wanted - owed - fleeting


@kernel
def consume(
    rows: Any, clock: Any, consumption: Any, consumption_column: Any, demand_factor: Any, production_backlog: Any,
    on_hand: Any, in_process: Any, demand: Any, backlog: Any, inventory_position: Any,
) -> None:  # fmt: skip
    """A customer's demand is what it would consume today; its backlog is the need not yet met."""
    period = min(clock[0], consumption.shape[0] - 1)
    for i in prange(rows.size):
        node = rows[i]
        demand[node] = consumption[period, consumption_column[node]] * demand_factor[node]
        backlog[node] = production_backlog[node] + demand[node]
        wanted = in_process[node] + production_backlog[node]
        inventory_position[node] = on_hand[node] + wanted - backlog[node]
