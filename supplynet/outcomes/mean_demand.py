"""Mean demand of the market."""

from __future__ import annotations

from supplynet.outcomes.runs import Array, Runs

UNIT = "units/period"


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return runs.over(runs.market, runs.measures["mean_demand"])
