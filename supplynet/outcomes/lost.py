"""Lost: what customers demanded and nobody will serve."""

from __future__ import annotations

from supplynet.outcomes.runs import Array, Runs

UNIT = "units"


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return runs.over(runs.market, runs.measures["lost"])
