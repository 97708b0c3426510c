"""Input-output tables: any square one from two CSV files, and that of the United States of 2021.

From a table to a network: `firm_network(firms_of(read_io_table("flows.csv", "sectors.csv"), 10_000))`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supplynet.checks import Faults, fail, nearest
from supplynet.readers.data_folder import find_table
from supplynet.topologies import IoTable

Array = NDArray[Any]
UNITED_STATES: Final = "bea_io_us_2021"
CARRIES_MARGINS: Final = "4"  # the codes of trade and transport begin with it


def read_io_table(
    flows: str | Path, sectors: str | Path, *, output: str = "output", value_added: str = "value_added"
) -> IoTable:
    """A table from two CSV files: who sells how much to whom, and what each sector makes.

    flows: the first column names the sector that sells, each other column is one that buys; sectors: the first column
    names the sector, and the columns called `output` and `value_added` say what it makes and adds (the second may be
    missing: it is then output less inputs). Raises ValueError that says where.
    """
    table, facts = square(flows), _csv(sectors)
    facts = facts.set_index(facts.columns[0])
    facts.index = facts.index.map(str)
    names = list(table.columns)
    if output not in facts.columns:
        raise ValueError(f"{str(sectors)!r}: column {output!r} is missing; {nearest(output, list(facts.columns))}")
    if twice := facts.index[facts.index.duplicated()].tolist():
        raise ValueError(f"{str(sectors)!r}: sector {twice[0]!r} is given twice; names must differ")
    if lacking := [name for name in names if name not in facts.index]:
        raise ValueError(f"{str(sectors)!r}: sector {lacking[0]!r} is not there; {nearest(lacking[0], facts.index)}")
    if unknown := [name for name in facts.index if name not in names]:
        raise ValueError(f"{str(flows)!r}: sector {unknown[0]!r} is not there; {nearest(unknown[0], names)}")
    facts = facts.loc[names]
    columns = [output, *([value_added] if value_added in facts.columns else [])]
    read = [_numbers(facts[[column]], sectors)[:, 0] for column in columns]
    try:
        return IoTable(tuple(names), _numbers(table, flows), *read)
    except Faults as fault:
        fail([f"{str(flows)!r}, {problem}" for problem in fault.problems])


def square(path: str | Path) -> pd.DataFrame:
    """A table by sector and sector, its rows in the order of its columns.

    Raises ValueError where a sector has a row and no column, or the other way.
    """
    table = _csv(path)
    table = table.set_index(table.columns[0])
    table.index, table.columns = table.index.map(str), table.columns.map(str)
    if twice := table.index[table.index.duplicated()].tolist():
        raise ValueError(f"{str(path)!r}: row {twice[0]!r} is given twice; names must differ")
    for here, what, there in ((table.index, "row", table.columns), (table.columns, "column", table.index)):
        if alone := [name for name in here if name not in there]:
            other = "column" if what == "row" else "row"
            raise ValueError(f"{str(path)!r}: {what} {alone[0]!r} has no {other}; {nearest(alone[0], there)}")
    return table.loc[table.columns.tolist()]


def united_states(data: str | Path | None = None) -> IoTable:
    """The 71 industries of the United States in 2021, from home to home, in million dollars a year.

    What industries use is valued as buyers pay; of each commodity the same part of that, whoever buys it, is the margin
    of trade and transport, and is moved to them; and the same part comes from abroad, and is left out. Commodities are
    then given to the industries that make them, in parts of what they make (the industry technology assumption). Raises
    ValueError where the files are not there.
    Source: Miller & Blair (2009), Input-Output Analysis, chapters 4 and 5; Bureau of Economic Analysis (2021).
    """
    paths = [find_table(UNITED_STATES, f"{name}_71.csv", (), data) for name in ("use", "make", "sectors")]
    use, make, facts = (pd.read_csv(path) for path in paths)
    names, n = facts["code"].astype(str).tolist(), len(facts)
    if use.columns[1 : n + 1].tolist() != names or make.columns[1 : n + 1].tolist() != facts["name"].tolist():
        raise ValueError(f"real data {str(paths[0].parent)!r}: files name other industries; get them again")
    made = np.maximum(make.iloc[:n, 1 : n + 1].to_numpy(np.float64), 0.0)  # commodity by industry
    bought = np.maximum(use.iloc[:n, 1 : n + 1].to_numpy(np.float64), 0.0)
    paid, supplied = use["T019"].to_numpy(np.float64)[:n], make.iloc[:n, -1].to_numpy(np.float64)
    output, value_added = (facts[f"{name}_musd"].to_numpy(np.float64) for name in ("output", "value_added"))
    carries = np.array([name.startswith(CARRIES_MARGINS) for name in names])
    margin = np.maximum(paid - supplied, 0.0)
    earned = np.where(carries, np.maximum(supplied - paid, 0.0), 0.0)
    rate = np.divide(margin, paid, out=np.zeros(n), where=paid > 0.0)
    basic = bought * (1.0 - rate)[:, None] + np.outer(earned / margin.sum(), rate @ bought)
    home = np.minimum(1.0, made.sum(axis=1) / supplied)
    by_maker = made / made.sum(axis=1, keepdims=True)
    return IoTable(tuple(names), by_maker.T @ (home[:, None] * basic), output, value_added)


def _csv(path: str | Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path)
    except (ValueError, OSError) as fault:
        raise ValueError(f"{str(path)!r} cannot be read ({fault}); give a CSV file in UTF-8") from None


def _numbers(table: pd.DataFrame, path: str | Path) -> Array:
    """The cells as numbers, an empty one as zero. Raises ValueError that says which cell is none."""
    numbers = table.apply(pd.to_numeric, errors="coerce")
    if (wrong := np.argwhere((numbers.isna() & table.notna()).to_numpy())).size:
        row, column = wrong[0]
        raise ValueError(
            f"{str(path)!r}: row {table.index[row]!r}, column {table.columns[column]!r} is "
            f"{table.iat[row, column]!r}, must be a number; mend it"
        )
    filled: Array = numbers.fillna(0.0).to_numpy(np.float64)
    return filled
