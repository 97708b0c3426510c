"""How strict the rules against COVID-19 were, day by day from January 2020 to February 2023, in 185 countries.

Rules on paper, not what they did to output: what part of a capacity they leave is a choice, which `lockdowns` states.

Source: Hale et al. (2021), Nature Human Behaviour 5: the Oxford COVID-19 Government Response Tracker.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from supplynet.checks import fail, nearest
from supplynet.disruptions import Disruption
from supplynet.ranges import SHARE, checked
from supplynet.readers.data_folder import find_table, read_table
from supplynet.readers.schedules import from_schedule

DATASET: Final = "oxcgrt"
FILES: Final = ("stringency_national.csv.gz", "stringency_state.csv.gz")
FREE: Final = 20.0  # of 100: campaigns and advice, which close nothing


def stringency(*codes: str, data: str | Path | None = None) -> pd.DataFrame:
    """The Stringency Index, 0 to 100, by day, a column for each country ("BEL") or state ("US_CA").

    Days that are not known are nan. Raises ValueError with the nearest code.
    """
    known = {
        code: file
        for file in FILES
        for code in pd.read_csv(find_table(DATASET, file, ("date",), data), nrows=0).columns[1:]
    }
    if problems := [
        f"place {code!r} is not known; {nearest(code, known, shown=12)}" for code in codes if code not in known
    ]:
        fail(problems)
    columns = [
        read_table(DATASET, known[code], {code: float}, data, day="date").set_index("date")[code] for code in codes
    ]
    return pd.concat(columns, axis=1)


def lockdowns(
    regions: Mapping[str, str],
    depth: float = 0.5,
    *,
    first: str = "2020-01-01",
    last: str = "2022-12-31",
    free: float = FREE,
    days: int = 1,
    data: str | Path | None = None,
) -> tuple[Disruption, ...]:
    """What lockdowns leave of the capacity of regions: 1 - depth * (stringency - free) / (100 - free), at most 1.

    regions: the code of a country or state for each region of a network; depth: the part of a capacity that the
    strictest rules take, a choice to be varied (the first-order shock to Belgium's output in April 2020, 17 % at a
    stringency of 81, would be a depth of 0.22: Pichler et al., 2022, Journal of Economic Dynamics and Control 144);
    free: the index up to which nothing closes; days: of a period. Raises ValueError.
    """
    checked("lockdowns: depth", depth, **SHARE)
    checked("lockdowns: free", free, least=0.0, most=99.0, must="a number in [0, 99], of the index; give 20")
    if not regions:
        raise ValueError("lockdowns: regions is empty, must name one at least; give {region: code of a country}")
    from_day, to_day = _day("first", first), _day("last", last)
    if from_day > to_day:
        raise ValueError(f"lockdowns: first is {first!r}, after last, {last!r}; exchange them")
    index = stringency(*dict.fromkeys(regions.values()), data=data)[from_day:to_day]
    taken = ((index - free) / (100.0 - free)).clip(lower=0.0)
    taken[index.isna()] = float("nan")
    left = pd.DataFrame({region: 1.0 - depth * taken[code] for region, code in regions.items()})
    return from_schedule(left, "capacity_factor", label="region", days=days)


def _day(name: str, text: Any) -> pd.Timestamp:
    """A day that is written as 2020-03-18. Raises ValueError."""
    day = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce") if isinstance(text, str) else pd.NaT
    if pd.isna(day):
        raise ValueError(f"lockdowns: {name} is {text!r}, must be a day; write it as 2020-03-18")
    return day
