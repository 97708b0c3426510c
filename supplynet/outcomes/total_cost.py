"""Total cost: what all nodes paid for stock, backlog, lost sales, orders, set-ups and transit."""

from __future__ import annotations

from supplynet.outcomes.runs import Array, Runs

UNIT = "money"


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    return runs.over(runs.every, runs.measures["total_cost"])
