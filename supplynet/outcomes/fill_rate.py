"""Fill rate: share of what those who sell to the market are asked for that they ship at once."""

from __future__ import annotations

import numpy as np

from supplynet.outcomes.runs import Array, Runs

UNIT = ""


def of(runs: Runs) -> Array:
    """The outcome of each run [run]."""
    asked = runs.over(runs.front, runs.measures["mean_demand"])
    served = runs.over(runs.front, np.nan_to_num(runs.measures["fill_rate"] * runs.measures["mean_demand"]))
    return np.where(asked > 0, served / np.where(asked > 0, asked, 1.0), np.nan)
