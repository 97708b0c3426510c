"""Mean stock of finished goods, all nodes together."""

from __future__ import annotations

from supplynet.outcomes.runs import Array, Runs

UNIT = "units"


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return runs.over(runs.every, runs.measures["mean_on_hand"])
