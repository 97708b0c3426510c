"""What US households bought of food, week by week from October 2019 to December 2022, by state and for the nation.

Sales, not demand: shelves that were empty in March 2020 hide the true peak. A time series becomes the demand of a
customer as `Trace(tuple(sales))`.

Source: US Department of Agriculture, Economic Research Service using data from Circana, Weekly Retail Food Sales
(2022).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd

from supplynet.checks import nearest
from supplynet.readers.data_folder import read_table

NATION: Final = "United States"
DATASET: Final = "usda_weekly_food_sales"
NORMAL_WEEKS: Final = slice("2020-01-05", "2020-02-29")
MEASURES: Final[dict[str, type]] = {"units": float, "dollars": float, "volume": float}


def weekly_sales(
    category: str, state: str = NATION, data: str | Path | None = None, *, measure: str = "units"
) -> pd.Series:
    """Sales of one category in one of 43 states, or of one subcategory in the nation, by the Sunday that ends the week.

    A subcategory is written alone ("Flour and mixes"), or after its category where several have one of its name
    ("Dairy: Other"). measure: `units` (packages), `dollars`, or `volume` (mostly ounces, differs by category); weeks in
    which it is not known are nan. Raises ValueError with the nearest name for a category, state or measure that is not
    known.
    """
    if measure not in MEASURES:
        raise ValueError(f"measure {measure!r} is not known; {nearest(measure, MEASURES)}")
    table = _table(state, data)
    if state not in (places := [NATION, *table["state"].unique().tolist()]):
        raise ValueError(f"state {state!r} is not in the panel; {nearest(state, places)}")
    table = table[(table["state"] == state) & ((table["category"] == category) | (table["short"] == category))]
    if len(found := table["category"].unique().tolist()) != 1:
        rule = f"is several; write one of {', '.join(map(repr, found))}" if found else "is not known"
        hint = "" if found else f"; {nearest(category, categories(state, data))}"
        raise ValueError(f"category {category!r} {rule}{hint}")
    return table.set_index("week_ending")[measure].rename(f"{category}, {state}")


def categories(state: str = NATION, data: str | Path | None = None) -> list[str]:
    """The categories of the states, or the subcategories of the nation, each after its category."""
    return sorted(_table(state, data)["category"].unique().tolist())


def states(data: str | Path | None = None) -> list[str]:
    """The 43 states of the panel."""
    return sorted(_table("", data)["state"].unique().tolist())


def in_normal_weeks(sales: pd.Series) -> float:
    """Mean sales of January and February 2020, the weeks before the panic; units: those of the sales."""
    return float(sales[NORMAL_WEEKS].mean())


def _table(state: str, data: str | Path | None) -> pd.DataFrame:
    """Weekly sales of the nation or of the states, with `category` as one writes it and `short` as one may."""
    columns: dict[str, type] = {"category": str, **MEASURES}
    if state != NATION:
        table = read_table(DATASET, "state_category_weekly.csv.gz", columns | {"state": str}, data, day="week_ending")
        return table.assign(short=table["category"])
    file = "national_subcategory_weekly.csv.gz"
    table = read_table(DATASET, file, columns | {"subcategory": str}, data, day="week_ending")
    long = table["category"] + ": " + table["subcategory"]
    return table.assign(state=NATION, short=table["subcategory"], category=long)
