"""Peak order: the most that the tier farthest upstream orders in a period."""

from __future__ import annotations

from supplynet.metrics import peak
from supplynet.outcomes.runs import Array, Runs

UNIT = "units/period"


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return peak(runs.orders) if runs.vary else runs.nan
