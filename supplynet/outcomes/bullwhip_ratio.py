"""Bullwhip ratio: variance of the orders of the tier farthest upstream over that of what customers demand."""

from __future__ import annotations

from supplynet.metrics import bullwhip_ratio
from supplynet.outcomes.runs import Array, Runs

UNIT = ""


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return bullwhip_ratio(runs.orders, runs.sales) if runs.vary else runs.nan
