"""Settle: what was cancelled is struck off, what spoils is scrapped, shipments are billed, costs are counted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import prange

from supplynet.compiled import kernel

ONE = np.uint32(1)


@kernel
def cancel(
    rows: Any, window_rows: Any, near: Any, far: Any, glanced: Any, first_input: Any, first_end: Any,
    answer_start: Any, lost_in: Any, is_customer: Any, reply: Any, units_per_output: Any, input_stock: Any,
    on_order: Any, production_backlog: Any, backlog: Any, lost: Any,
) -> None:  # fmt: skip
    """A firm keeps its need and asks again; a customer keeps only the need that stock and orders cover."""
    for window in prange(window_rows.size - 1):
        glance = 0.0
        for slot in range(near[window], far[window], 8):
            glance += reply[slot]
        glanced[window] = glance
        for i in range(window_rows[window], window_rows[window + 1]):
            node = rows[i]
            struck = 0.0
            for end in range(first_end[first_input[node]], first_end[first_input[node + ONE]]):
                if lost_in[end]:
                    refused = reply[answer_start[end]]
                    on_order[end] = max(0.0, on_order[end] - refused)
                    struck += refused
            lost[node] = 0.0
            if is_customer[node] and struck > 0.0:
                covered = np.inf
                for item in range(first_input[node], first_input[node + ONE]):
                    coming = 0.0
                    for end in range(first_end[item], first_end[item + ONE]):
                        coming += input_stock[end] + on_order[end]
                    covered = min(covered, coming / units_per_output[item])
                if covered < production_backlog[node]:
                    lost[node] = production_backlog[node] - covered
                    production_backlog[node] = covered
                    backlog[node] = covered


@kernel
def sink(
    rows: Any, first_outbound: Any, clock: Any, transport_start: Any, transport_size: Any, transport: Any,
    transit_factor: Any, destroyed: Any,
) -> None:  # fmt: skip
    """Of the goods in transit only a part outlasts the period; today's slot holds what has arrived already."""
    for i in prange(rows.size):
        node = rows[i]
        for end in range(first_outbound[node], first_outbound[node + ONE]):
            gone = 0.0
            for slot in range(transport_size[end]):
                if transit_factor[end] < 1.0 and slot != clock[transport_size[end]]:
                    kept = transport[transport_start[end] + slot] * transit_factor[end]
                    gone += transport[transport_start[end] + slot] - kept
                    transport[transport_start[end] + slot] = kept
            destroyed[end] = gone


@kernel
def miss(rows: Any, first_input: Any, first_end: Any, outbound_of: Any, destroyed: Any, on_order: Any) -> None:
    """What was destroyed on its way is no longer on order."""
    for i in prange(rows.size):
        node = rows[i]
        for end in range(first_end[first_input[node]], first_end[first_input[node + ONE]]):
            on_order[end] = max(0.0, on_order[end] - destroyed[outbound_of[end]])


@kernel
def scrap(
    rows: Any, first_input: Any, first_end: Any, stock_factor: Any, on_hand: Any, input_stock: Any, scrapped: Any,
    spoiled: Any,
) -> None:  # fmt: skip
    """What does not outlast the period is written off, products and inputs."""
    for i in prange(rows.size):
        node = rows[i]
        kept = on_hand[node] * stock_factor[node]
        scrapped[node] = on_hand[node] - kept
        on_hand[node] = kept
        for end in range(first_end[first_input[node]], first_end[first_input[node + ONE]]):
            kept = input_stock[end] * stock_factor[node]
            spoiled[end] = input_stock[end] - kept
            input_stock[end] = kept


@kernel
def bill(rows: Any, first_outbound: Any, price: Any, shipment: Any, billed: Any) -> None:
    """What was shipped is charged at the price of the day."""
    for i in prange(rows.size):
        node = rows[i]
        for end in range(first_outbound[node], first_outbound[node + ONE]):
            billed[end] = price[node] * shipment[end]


@kernel
def charge(
    rows: Any, holding_cost: Any, backlog_cost: Any, lost_cost: Any, fixed_order_cost: Any, setup_cost: Any, lot: Any,
    on_hand: Any, backlog: Any, lost: Any, production_order: Any, production_started: Any, cost: Any,
) -> None:  # fmt: skip
    """What a node pays for the state in which it ends the period, for ordering, and for setting up its machine."""
    for i in prange(rows.size):
        node = rows[i]
        paid = holding_cost[node] * on_hand[node] + backlog_cost[node] * backlog[node] + lost_cost[node] * lost[node]
        ordered = fixed_order_cost[node] if production_order[node] > 0.0 else 0.0
        lots = production_started[node] / lot[node] if lot[node] > 0.0 else 0.0
        cost[node] = paid + ordered + setup_cost[node] * lots


@kernel
def charge_goods(
    rows: Any, first_outbound: Any, first_input: Any, first_end: Any, clock: Any, transport_start: Any,
    transport_size: Any, transport: Any, in_transit_cost: Any, input_holding_cost: Any, input_stock: Any, cost: Any,
) -> None:  # fmt: skip
    """What a node pays besides for inputs in stock, and for the goods that it has in transit."""
    for i in prange(rows.size):
        node = rows[i]
        paid = 0.0
        for item in range(first_input[node], first_input[node + ONE]):
            for end in range(first_end[item], first_end[item + ONE]):
                paid += input_holding_cost[item] * input_stock[end]
        for end in range(first_outbound[node], first_outbound[node + ONE]):
            carried = 0.0
            for slot in range(transport_size[end]):
                if slot != clock[transport_size[end]]:
                    carried += transport[transport_start[end] + slot]
            paid += in_transit_cost[end] * carried
        cost[node] += paid
