"""Produce: start what is wanted, as far as capacity and inputs allow, and draw the inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange

from supplynet.compiled import kernel

ONE = np.uint32(1)
TINY = 1e-9  # of a lot or of a period: what is whole but for rounding is whole


@kernel
def produce(
    rows: Any, clock: Any, first_input: Any, first_end: Any, same_day: Any, dock_start: Any, dock_size: Any,
    transport: Any, received: Any, input_stock: Any, on_order: Any, stock: Any, units_per_output: Any, criticality: Any,
    capacity: Any, lot: Any, lot_time: Any, busy: Any, production_lead: Any, line_start: Any, line_size: Any, line: Any,
    production_backlog: Any, production_started: Any, in_process: Any, production: Any, on_hand: Any,
) -> None:  # fmt: skip
    """The scarcest input decides; lanes of one input substitute for each other and are drawn in proportion to stock.

    Goods of lanes that carry within the day are unloaded here. A machine with a `lot` starts whole lots, one after the
    other, as its time allows; `busy` is how long it still works on those it has started. Source of criticality: Pichler
    et al. (2022), Journal of Economic Dynamics and Control 144.
    """
    for i in prange(rows.size):
        node = rows[i]
        wanted = min(capacity[node], production_backlog[node])
        started = wanted
        for item in range(first_input[node], first_input[node + ONE]):
            held = 0.0
            for end in range(first_end[item], first_end[item + ONE]):
                if same_day[end]:
                    arrived = transport[dock_start[end] + clock[dock_size[end]]]
                    received[end] = arrived
                    input_stock[end] += arrived
                    on_order[end] -= arrived
                held += input_stock[end]
            units, critical = units_per_output[item], criticality[item]
            stock[item] = held
            makes = (1.0 - critical) * wanted + critical * (held / units)
            if held < units * wanted:
                started = min(started, makes)
        size = line_size[node]
        lots = 0.0
        if size > 1 and lot[node] > 0.0:
            busy[node] = max(0.0, busy[node] - 1.0)
            can_begin = np.ceil((1.0 - busy[node]) / lot_time[node] - TINY)
            lots = min(np.floor(started / lot[node] + TINY), max(0.0, can_begin))
            started = lots * lot[node]
        for item in range(first_input[node], first_input[node + ONE]):
            left = max(0.0, stock[item] - units_per_output[item] * started)
            first = first_end[item]
            if first_end[item + ONE] == first + ONE:
                input_stock[first] = left
            elif left < stock[item]:
                kept = left / stock[item]
                for end in range(first, first_end[item + ONE]):
                    input_stock[end] *= kept
        production_backlog[node] -= started
        production_started[node] = started
        if size == 1:
            production[node] = started
            on_hand[node] += started
        else:
            today = clock[size]
            read = today - ONE if today > 0 else size - ONE
            due = today + production_lead[node]
            if due >= size:
                due -= size
            line[line_start[node] + read] = 0.0
            if lot[node] > 0.0:
                for _ in range(int(lots)):
                    busy[node] += lot_time[node]
                    slot = np.int64(due) + np.int64(np.ceil(busy[node] - TINY))
                    while slot >= size:
                        slot -= np.int64(size)
                    line[line_start[node] + slot] += lot[node]
                in_process[node] += started
            elif due == today:
                production[node] += started
                on_hand[node] += started
            else:
                line[line_start[node] + due] += started
                in_process[node] += started
