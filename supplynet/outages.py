"""Outages: what works at full size or not at all, and stays as it is for a while."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from supplynet.distributions import FloatArray
from supplynet.ranges import CHANCE, NOT_NEGATIVE, check_fields


@dataclass(frozen=True, slots=True)
class Outages:
    """`size` while it works, 0 while it is out: a Markov chain that starts in its long run.

    Shapes and units: what works fails in the next period with the probability `fails`, what is out works again with
    the probability `mends`; an outage takes 1 / mends periods on average, and mends / (fails + mends) of all periods
    are good. The normal state is to work.

    Raises: ValueError when size is negative or a probability outside (0, 1].

    Source: Parlar & Berkin (1991), Naval Research Logistics 38(1); in periods, Tomlin (2006), Management Science 52(5).
    """

    size: float = field(metadata=NOT_NEGATIVE)
    fails: float = field(metadata=CHANCE)
    mends: float = field(metadata=CHANCE)
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def mean(self) -> float:
        return self.size

    def path(self, uniform: FloatArray) -> FloatArray:
        # Good luck helps in either state, so that runs with other chances differ no more than they must: beyond both
        # thresholds it does not matter how things were, and between them they stay, or change in every period.
        low, high = sorted((self.fails, 1.0 - self.mends))
        settles = (uniform < low) | (uniform >= high)
        works = uniform >= high
        settles[:1], works[:1] = True, uniform[:1] >= self.fails / (self.fails + self.mends)
        period = np.arange(len(uniform)).reshape(-1, *(1,) * (uniform.ndim - 1))
        last = np.maximum.accumulate(np.where(settles, period, 0), axis=0)
        changes = (period - last) % 2 == 1 if self.fails > 1.0 - self.mends else False
        return np.where(np.take_along_axis(works, last, axis=0) ^ changes, self.size, 0.0)
