"""Scrapped: all that was destroyed, spoiled or written off."""

from __future__ import annotations

from typing import Final

import numpy as np

from supplynet.metrics import total
from supplynet.outcomes.runs import Array, Runs
from supplynet.schema import Table

UNIT = "units"
TABLES: Final[dict[str, Table]] = {"scrapped": "node", "spoiled": "inbound", "destroyed": "outbound"}
"""Goods that are no more: finished, held by their buyer, in transit; each in units of its product."""


def of(runs: Runs) -> Array:
    """The outcome of each run [run]; nan where a record does not hold it."""
    record, rows, lanes = runs.record, *runs.record.union.case_rows(runs.case)
    layout, totals = record.union.layout, record.totals
    summed = np.zeros(rows.shape[0])
    whole_periods = not record.summed and record.keep_what.every == 1
    for key, table in TABLES.items():
        place = {"node": rows, "inbound": layout.inbound[lanes], "outbound": layout.outbound[lanes]}[table]
        if key in totals:
            of_each = totals[key][place]
        elif key in record and whole_periods:
            of_each = total(record.rows(key)[record.warm_up :, place.ravel()]).reshape(place.shape)
        else:
            return runs.nan
        summed = summed + _in_order(of_each)
    return summed


def _in_order(values: Array) -> Array:
    """Sums over the last axis, one after the other, so that the digits do not depend on the other axes."""
    summed: Array = np.cumsum(values, axis=-1)[..., -1] if values.shape[-1] else np.zeros(values.shape[:-1])
    return summed
