"""Disruptions: what fails, by how much, from when and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DISRUPTED: Final = {"capacity_factor": "node", "open_factor": "lane"}
"""The columns that a disruption may lower, and their tables."""


@dataclass(frozen=True, slots=True)
class Disruption:
    """From `start` on, for `duration` periods, a node or a lane keeps only a part of a factor.

    where: the name of a node (capacity_factor), or of a lane, "supplier>customer" (open_factor); factor: the part that
    is left, 0 = none, 1 = all. Disruptions of one place at one time multiply.
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
        if not (isinstance(self.factor, (int, float, np.number)) and 0.0 <= self.factor <= 1.0):
            yield f"{said}: factor is {self.factor!r}, must be a number in [0, 1]: the part that is left; mend it"
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
