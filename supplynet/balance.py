"""Conservation: nothing comes from nowhere and nothing gets lost, every period, in every column.

A balance is a watcher: give it to a run, and it compares the end of each period with the end of the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.layout import owners
from supplynet.lower import Union

Array = NDArray[Any]
TOLERANCE: Final = 1e-9  # of the largest stock or flow
STOCKS: Final = ("on_hand", "in_process", "production_backlog", "lane_backlog", "input_stock", "on_order")


class Balance:
    """The laws of conservation of a union, checked at the end of each period.

    Raises ArithmeticError that names the law, the period, the place and by how much it is broken.
    """

    def __init__(self, union: Union) -> None:
        self.union = union
        self._before = self._stocks()

    def keep(self, period: int) -> None:
        """Check the period that has just ended."""
        after = self._stocks()
        scale = max((float(np.abs(block).max(initial=0.0)) for block in self.union.state.blocks.values()), default=0.0)
        for law, table, found, expected in self._laws(after):
            gap = np.abs(found - expected)
            if gap.size and not gap.max() <= TOLERANCE * scale:
                worst = int(gap.argmax())
                raise ArithmeticError(
                    f"period {period}: {law} is broken at {self.union.name_of(table, worst)}: {found[worst]} should be "
                    f"{expected[worst]}, off by {gap[worst]:g} (largest stock or flow: {scale:g})"
                )
        for block, values in self.union.state.blocks.items():
            for key, column in zip(self.union.state.keys[block], values, strict=True):
                if key != "inventory_position" and column.size and column.min() < -TOLERANCE * scale:
                    where = self.union.name_of(block, int(column.argmin()))
                    raise ArithmeticError(f"period {period}: {key} of {where} is {column.min()}, below zero")
        self._before = after

    def _stocks(self) -> dict[str, Array]:
        columns = self.union.state.columns
        kept = {name: columns[name].copy() for name in STOCKS}
        kept["in_mail"] = self._waiting("mail")
        kept["in_transit"] = self._waiting("transport")
        return kept

    def _waiting(self, carrier: str) -> Array:
        """What a carrier holds for each writer's end beyond what was due until today."""
        columns = self.union.state.columns
        start, size = columns[f"{carrier}_start"].astype(np.int64), columns[f"{carrier}_size"]
        if not start.size:
            return np.zeros(0)
        total: Array = np.add.reduceat(columns[carrier], start)
        return total - self._due(carrier, start, size)

    def _due(self, carrier: str, start: Array, size: Array) -> Array:
        """What was due today."""
        due: Array = self.union.state.columns[carrier][start + self.union.state.clock[size]]
        return due

    def _laws(self, after: dict[str, Array]) -> Iterator[tuple[str, str, Array, Array]]:
        """Each law: its name, its table, what is found, and what should be."""
        columns, before = self.union.state.columns, self._before
        outbound_of, inbound_of = columns["outbound_of"], columns["inbound_of"]
        n_nodes, n_inputs = columns["capacity"].size, columns["stock"].size
        supplier = owners(columns["first_outbound"])
        item = owners(columns["first_end"])
        buyer = owners(columns["first_input"])
        received = self._due("transport", columns["dock_start"].astype(np.int64), columns["dock_size"])
        cancelled = np.where(columns["lost_out"] > 0, columns["cancelled"], 0.0)
        unmade = np.where(columns["makes_to_order"] > 0, np.bincount(supplier, cancelled, n_nodes), 0.0)
        started, finished, shipped = (columns[key] for key in ("production_started", "production", "shipped"))
        wanted = before["production_backlog"] + columns["production_order"] - started - unmade - columns["lost"]
        sent = np.bincount(supplier, columns["shipment"], n_nodes)
        coming = after["in_mail"] + (after["lane_backlog"] + after["in_transit"])[outbound_of]
        held = np.bincount(item, before["input_stock"] + received, n_inputs)
        drawn = np.minimum(held, columns["units_per_output"] * started[buyer])
        gone = columns["shipment"] + cancelled
        on_hand = before["on_hand"] + finished - shipped - columns["scrapped"]
        left = columns["order"] - columns["booked"][outbound_of]
        carried = columns["shipment"] - received[inbound_of] - columns["destroyed"]
        spoiled = np.bincount(item, columns["spoiled"], n_inputs)

        yield "stock of finished goods", "node", after["on_hand"], on_hand
        yield "goods in process", "node", after["in_process"], before["in_process"] + started - finished
        yield "need", "node", after["production_backlog"], np.maximum(wanted, 0.0)
        yield "shipments", "node", shipped, np.where(columns["is_customer"] > 0, shipped, sent)
        yield "backlog of lanes", "outbound", after["lane_backlog"], before["lane_backlog"] + columns["booked"] - gone
        yield "goods in transit", "outbound", after["in_transit"], before["in_transit"] + carried
        yield "orders in the mail", "inbound", after["in_mail"], before["in_mail"] + left
        yield "what is on order", "inbound", after["on_order"], coming
        yield "input stock", "input", np.bincount(item, after["input_stock"], n_inputs), held - drawn - spoiled
