"""Where real data lie: a folder that one names, never one that the package needs."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any, Final

import pandas as pd

from supplynet.checks import nearest

VARIABLE: Final = "SUPPLYNET_DATA"
PUBLIC: Final = {
    "willems2008": "the data set of S. P. Willems (2008), Manufacturing & Service Operations Management 10(1):19-23, "
    "doi:10.1287/msom.1070.0176",
    "usda_weekly_food_sales": "Weekly Retail Food Sales (2022) of the Economic Research Service, US Department of "
    "Agriculture",
    "oxcgrt": "the Oxford COVID-19 Government Response Tracker, repository OxCGRT/covid-policy-dataset",
    "supplygraph": "SupplyGraph by Wasi, Islam & Akib (2024), arXiv:2401.15299, repository "
    "ciol-researchlab/SupplyGraph",
    "bea_io_us_2021": "the Input-Output Accounts of the US Bureau of Economic Analysis (2021), make and use tables",
    "io_belgium_covid": "the repository twallema/pyIEEM, which joins the Belgian input-output table of 2015 with the "
    "survey of Pichler et al. (2022), Journal of Economic Dynamics and Control 144",
}
"""The data sets that readers know, by the name of their folder, and where the public finds them."""


def find_table(dataset: str, file: str, columns: tuple[str, ...], data: str | Path | None = None) -> Path:
    """The path of one table of a data set, in the folder `data` or in the one that SUPPLYNET_DATA names.

    The folder holds a folder for each data set, `dataset`/`file`. `columns` are those that the table must have. Raises
    ValueError that says where the public source is if no folder is named or the table is not in it, or that names
    the columns that it lacks.
    """
    source = f"its public source is {PUBLIC[dataset]}"
    named = data if data is not None else os.environ.get(VARIABLE) or None
    if named is None:
        raise ValueError(
            f"real data {dataset!r}: no folder is named; name it with --data DIR, data=... or the environment variable "
            f"{VARIABLE}, so that DIR/{dataset}/{file} is there; {source}"
        )
    path = Path(named) / dataset / file
    if not path.is_file():
        raise ValueError(
            f"real data {dataset!r}: there is no file {str(path)!r}; name the folder that holds {dataset}/ with --data "
            f"DIR, data=... or the environment variable {VARIABLE}; {source}"
        )
    try:
        known = list(pd.read_csv(path, nrows=0).columns)
    except (ValueError, OSError, EOFError) as fault:
        raise ValueError(f"real data {str(path)!r} cannot be read ({fault}); get the file again; {source}") from None
    if lacking := [column for column in columns if column not in known]:
        raise ValueError(f"real data {str(path)!r}: column {lacking[0]!r} is missing; {nearest(lacking[0], known)}")
    return path


def read_table(
    dataset: str, file: str, columns: dict[str, type], data: str | Path | None = None, day: str | None = None
) -> pd.DataFrame:
    """Those columns of one table of a data set, as a copy that is the caller's own.

    columns: the type of each; day: the column that holds dates. A file is read once for as long as it does not change.
    Raises ValueError as `find_table` does, and where a cell is not of its type.
    """
    path = find_table(dataset, file, (*columns, *([day] if day else ())), data)
    try:
        return _read(path, path.stat().st_mtime_ns, tuple(columns.items()), day).copy()
    except (ValueError, OSError, EOFError) as fault:
        raise ValueError(
            f"real data {str(path)!r} cannot be read ({fault}); get the file again; its public source is "
            f"{PUBLIC[dataset]}"
        ) from None


@cache
def _read(path: Path, changed: int, columns: tuple[tuple[str, Any], ...], day: str | None) -> pd.DataFrame:
    kinds = dict(columns)
    table = pd.read_csv(path, usecols=[*kinds, *([day] if day else ())], dtype=kinds)
    if day is not None:
        table[day] = pd.to_datetime(table[day], format="%Y-%m-%d")
    return table
