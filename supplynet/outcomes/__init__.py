"""What came out of a run: outcomes, one file each, and the measures of its nodes, from a record."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from numpy.typing import NDArray

from supplynet.outcomes.runs import Runs
from supplynet.outcomes.scrapped import TABLES
from supplynet.record import Keep, Record

Array = NDArray[Any]

OUTCOMES: Final = (
    "total_cost",
    "bullwhip_ratio",
    "fill_rate",
    "mean_on_hand",
    "mean_backlog",
    "lost",
    "peak_order",
    "mean_demand",
    "scrapped",
)
"""Each is a file of this folder: a sentence, its UNIT, columns that it READS over time, and `of` the runs of a case."""
_FILES: Final[dict[str, ModuleType]] = {name: import_module(f"{__name__}.{name}") for name in OUTCOMES}
UNITS: Final[dict[str, str]] = {name: file.UNIT for name, file in _FILES.items() if file.UNIT}
"""Of the outcomes; the others are ratios."""


def needed(names: Sequence[str] = OUTCOMES) -> Keep:
    """What a record must keep for these outcomes and for the measures of nodes."""
    read = [column for name in names for column in getattr(_FILES[name], "READS", ())]
    columns = tuple(dict.fromkeys(("demand", "production_order", *read)))
    return Keep(columns, totals=("filled", "on_hand", "backlog", "lost", "cost", *TABLES))


NEEDED: Final = needed()
"""What it must keep for all outcomes."""


def of_case(record: Record, case: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Measures [run, node] and outcomes [run] of all replications of one case, without the periods of the warm-up.

    What needs a column, or periods, that were not kept is nan.
    """
    runs = Runs(record, case)
    return runs.measures, {name: file.of(runs) for name, file in _FILES.items()}
