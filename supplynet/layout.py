"""Where everything lies: networks side by side, sorted so that each rule's rows and each node's lanes are neighbours.

A lane has two ends. Inbound ends lie by buyer and input, outbound ends by supplier; orders and goods cross between
them in two carriers, flat arrays in which each lane owns `lead time + 1` slots, one for each day on which something can
be due. The writer owns the slots (mail by inbound end, transport by outbound end); the reader knows where they start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One network and how many copies of it are laid out; tables in the user's order of rows.

    `lane` has supplier, customer, input (indices); `input` has node. `rank` [node, key]: rows are sorted by these
    keys, then by node, then by copy.
    """

    node: Mapping[str, Array]
    lane: Mapping[str, Array]
    input: Mapping[str, Array]
    rank: NDArray[np.int64]
    copies: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The columns of all copies in the order of rows and ends, which become those of the state, and where each node and
    lane of each copy went.

    `row`, `inbound`, `outbound`: the row of each node and the ends of each lane, copies one after the other in the
    user's order; `nodes_of`, `lanes_of`: offsets [copy + 1] into them.
    """

    columns: dict[str, Array]
    row: Array
    inbound: Array
    outbound: Array
    nodes_of: Array
    lanes_of: Array
    input_order: Array = field(default_factory=lambda: np.zeros(0, np.int64))


def lay_out(parts: Sequence[Part]) -> Layout:
    """Copy the parts, sort rows, inputs and ends, and say how they join."""
    n_nodes = np.array([part.rank.shape[0] for part in parts])
    n_lanes = np.array([part.lane["supplier"].size for part in parts])
    n_inputs = np.array([part.input["node"].size for part in parts])
    copies = np.array([part.copies for part in parts])
    nodes_of = np.concatenate([[0], np.cumsum(np.repeat(n_nodes, copies))])
    lanes_of = np.concatenate([[0], np.cumsum(np.repeat(n_lanes, copies))])
    inputs_of = np.concatenate([[0], np.cumsum(np.repeat(n_inputs, copies))])
    per_copy = np.repeat(n_lanes, copies)

    row_order = _sort_rows(parts, n_nodes)
    row = _inverse(row_order)
    node = {name: column[row_order] for name, column in _side_by_side(parts, "node").items()}

    lane = _side_by_side(parts, "lane")
    supplier = row[lane.pop("supplier") + np.repeat(nodes_of[:-1], per_copy)]
    lane.pop("customer")
    of_input = lane.pop("input") + np.repeat(inputs_of[:-1], per_copy)
    table = _side_by_side(parts, "input")
    buyer = row[table.pop("node") + np.repeat(nodes_of[:-1], np.repeat(n_inputs, copies))]
    input_order = in_order(buyer)
    place_of_input = _inverse(input_order)[of_input]
    inbound_order, outbound_order = in_order(place_of_input), in_order(supplier)
    inbound, outbound = _inverse(inbound_order), _inverse(outbound_order)

    columns = node | {name: column[input_order] for name, column in table.items()}
    for name, column in lane.items():
        columns[name] = column[outbound_order if name in OUTBOUND else inbound_order]
    columns["first_input"] = _offsets(buyer, row.size)
    columns["first_end"] = _offsets(place_of_input, buyer.size)
    columns["first_outbound"] = _offsets(supplier, row.size)
    columns["outbound_of"] = outbound[inbound_order].astype(np.uint32)
    columns["inbound_of"] = inbound[outbound_order].astype(np.uint32)
    return Layout(columns, row, inbound, outbound, nodes_of, lanes_of, input_order)


READ_TOGETHER = 1 << 15  # ends; their slots of two periods are half a megabyte, which the cache of a core holds
OUTBOUND = (
    "priority",
    "normal_order",
    "open_factor",
    "may_close",
    "may_sink",
    "transit_factor",
    "extra_lead_time",
    "to_customer",
    "lost_out",
    "transport_size",
    "shipment_lead",
    "transport_slot",
    "transport_filled",
    "in_transit_cost",
    "lane_backlog",
)
"""Lane columns that lie at the supplier's end; all others lie at the buyer's."""


def add_carrier(
    columns: dict[str, Array], name: str, size: str, slot: str | None, filled: str | None, read_at: str | None = None
) -> None:
    """Add a flat carrier: `<name>_start` and the slots, the first `filled` of each owner opened at `slot`; these go.

    Where the reader of a slot lies elsewhere, at `read_at`, slots lie in windows of READ_TOGETHER readers, and in the
    order of their owners within: what is read together is in the cache, and what is written goes on in a few places.
    `<name>_windows` are the offsets [window + 1] of the slots of each window.
    """
    sizes = columns[size].astype(np.int64)
    window = None if read_at is None else (columns[read_at] // READ_TOGETHER).astype(np.uint16)
    lie = slice(None) if window is None or not window.any() else np.argsort(window, kind="stable")
    if window is not None:
        columns[f"{name}_windows"] = np.cumsum([0, *np.bincount(window, sizes)]).astype(np.int64)
    sizes = sizes[lie]
    begins = np.cumsum(sizes) - sizes
    start = np.empty(sizes.size, np.uint32)
    start[lie] = begins
    columns[f"{name}_start"] = start
    opened = np.zeros(int(sizes.sum()))
    if slot is not None and filled is not None:
        day = np.arange(opened.size) - np.repeat(begins, sizes)
        full = day < np.repeat(columns.pop(filled)[lie], sizes)
        opened = np.where(full, np.repeat(columns.pop(slot)[lie], sizes), 0.0)
    columns[name] = opened


def _sort_rows(parts: Sequence[Part], n_nodes: Array) -> Array:
    """The order of rows: by rank, node, copy."""
    ranks = np.concatenate([part.rank for part in parts])
    rank = np.zeros(len(ranks), np.int64)
    for key in ranks.T:
        rank = _dense(rank * (int(key.max(initial=0)) + 1) + key)
    ends = np.cumsum(n_nodes)
    keys = [
        np.tile(rank[end - n : end] * int(n_nodes.max()) + np.arange(n), part.copies)
        for part, n, end in zip(parts, n_nodes, ends, strict=True)
    ]
    return in_order(np.concatenate(keys))


def _dense(number: Array) -> Array:
    """Small numbers >= 0 without gaps, in the same order."""
    there = np.bincount(number) > 0
    dense: Array = (np.cumsum(there) - 1)[number]
    return dense


def in_order(number: Array) -> Array:
    """How to sort whole numbers >= 0, equals in the order in which they are given.

    Source: the radix sort, least digit first, Knuth (1973), The Art of Computer Programming 3, section 5.2.5.
    """
    if (number[1:] >= number[:-1]).all():
        return np.arange(number.size)
    order = np.argsort((number & 0xFFFF).astype(np.uint16), kind="stable")
    for shift in range(16, int(number.max(initial=0)).bit_length(), 16):
        digit = ((number >> shift) & 0xFFFF).astype(np.uint16)
        order = order[np.argsort(digit[order], kind="stable")]
    return order


def _side_by_side(parts: Sequence[Part], table: str) -> dict[str, Array]:
    """The columns of a table for all copies of all parts, one after the other."""
    tables = [getattr(part, table) for part in parts]
    if len(parts) == 1 and parts[0].copies == 1:
        return dict(tables[0])
    return {
        name: np.concatenate([np.tile(columns[name], part.copies) for columns, part in zip(tables, parts, strict=True)])
        for name in tables[0]
    }


def _inverse(order: Array) -> Array:
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    return place


def _offsets(owner: Array, n_owners: int) -> NDArray[np.uint32]:
    count = np.bincount(owner, minlength=n_owners)
    return np.concatenate([[0], np.cumsum(count)]).astype(np.uint32)


def owners(first: Array) -> Array:
    """Who owns each member, from the offsets [owner + 1] of the first member of each owner."""
    return np.repeat(np.arange(first.size - 1), np.diff(first))


def spans(start: Array, stop: Array) -> Array:
    """The numbers from each start up to its stop, one span after the other."""
    size = stop.astype(np.int64) - start
    return np.repeat(start - np.cumsum(size) + size, size) + np.arange(size.sum())


def owner_of(first: Array, member: int) -> int:
    """Who owns one member."""
    return int(np.searchsorted(first, member, side="right")) - 1
