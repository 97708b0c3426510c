"""What a sweep comes to: a row for each scenario, with the mean of each outcome and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import t as student

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE: Final = 0.95


def levers_of(runs: pd.DataFrame) -> list[str]:
    """The columns of the levers; the seed is one where it differs."""
    columns = list(runs.columns)
    between = columns[columns.index("scenario") + 1 : columns.index("replication")]
    return [name for name in between if name != "seed" or runs["seed"].nunique() > 1]


def outcomes_of(runs: pd.DataFrame) -> list[str]:
    """The columns of the outcomes."""
    columns = list(runs.columns)
    return columns[columns.index("replication") + 1 : columns.index("error")]


def summarise(runs: pd.DataFrame) -> pd.DataFrame:
    """A row for each scenario: levers, runs, failed runs, and of each outcome the mean over the runs that have it.

    `<outcome>_half` is half of the 95 % interval of that mean, by Student's t; nan for fewer than two runs.
    """
    groups = runs.groupby("scenario", sort=True)
    table = groups[levers_of(runs)].first()
    table["runs"] = groups.size()
    table["failed"] = groups["error"].count()
    for outcome in outcomes_of(runs):
        count = groups[outcome].count()
        error = groups[outcome].std() / np.sqrt(count)
        table[outcome] = groups[outcome].mean()
        table[f"{outcome}_half"] = error * student.ppf(0.5 + CONFIDENCE / 2, np.maximum(count - 1, 1))
    return table.reset_index()
