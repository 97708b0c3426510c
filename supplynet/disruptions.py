"""Disruptions: what fails, by how much, from when and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DISRUPTED: Final = {"capacity_factor": "node", "open_factor": "lane", "stock_factor": "node", "demand_factor": "node"}
"""The columns that a disruption may change, and their tables."""
MAY_EXCEED_ONE: Final = ("demand_factor",)


@dataclass(frozen=True, slots=True)
class Disruption:
    """From `start` on, for `duration` periods, a factor of a node or a lane is multiplied by another.

    where: the name of a node (capacity_factor, stock_factor, a customer's demand_factor), or of a lane,
    "supplier>customer" (open_factor); factor: the part that is left, 0 = none, 1 = all, of demand also more.
    Disruptions of one place at one time multiply.
    """

    where: str
    column: str
    factor: float
    start: int
    duration: int

    def faults(self) -> Iterator[str]:
        """What cannot be, in words."""
        said = f"disruption of {self.where!r}"
        if self.column not in DISRUPTED:
            yield f"{said}: column is {self.column!r}, must be one of {', '.join(DISRUPTED)}; choose one"
        number = isinstance(self.factor, (int, float, np.number)) and np.isfinite(self.factor)
        most, must = (np.inf, "a number >= 0") if self.column in MAY_EXCEED_ONE else (1.0, "a number in [0, 1]")
        if not (number and 0.0 <= self.factor <= most):
            yield f"{said}: factor is {self.factor!r}, must be {must}: the part that is left; mend it"
        for name, least in (("start", 0), ("duration", 1)):
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                yield f"{said}: {name} is {value!r}, must be a whole number >= {least} of periods; mend it"


def factor_path(disruptions: Iterable[Disruption], where: str, column: str, periods: int) -> NDArray[np.float64]:
    """The factor of one place in every period [period]; what is not disrupted is 1."""
    path = np.ones(periods)
    for event in disruptions:
        if event.where == where and event.column == column:
            path[event.start : event.start + event.duration] *= event.factor
    return path
