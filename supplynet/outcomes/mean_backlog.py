"""Mean backlog of those who sell to the market."""

from __future__ import annotations

from supplynet.outcomes.runs import Array, Runs

UNIT = "units"


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return runs.over(runs.front, runs.measures["mean_backlog"])
