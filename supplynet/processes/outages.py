"""Outages and interruptions: what works at full size or not, and stays as it is for a while."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from supplynet.checks import LONGEST
from supplynet.distributions import LEAST_UNIFORM, Distribution, FloatArray
from supplynet.ranges import CHANCE, NOT_NEGATIVE, SHARE, check_fields, checked


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


@dataclass(frozen=True, slots=True)
class Interruptions:
    """`size` in normal times, the part `left` of it while something interrupts; Poisson arrivals, each lasts a while.

    Shapes and units: on average `rate` interruptions begin in a period, so one at least with the probability
    1 - exp(-rate); each lasts `duration` periods with its first one, drawn, rounded, and at least 1. Where several
    overlap it is interrupted until all are over. None begins before the first period: in the n-th one all is well with
    the probability exp(-rate * E[min(duration, n)]), in the long run exp(-rate * E[duration]). The normal state is to
    work.

    Raises: ValueError when size or rate is negative, left is no share, or duration is neither a number of periods nor
    a distribution.

    Source: Takacs (1962), Introduction to the Theory of Queues: the queue M/G/infinity, here idle where all is well.
    """

    size: float = field(metadata=NOT_NEGATIVE)
    rate: float = field(metadata=NOT_NEGATIVE)
    duration: Distribution | float
    left: float = field(default=0.0, metadata=SHARE)
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)
        if not isinstance(self.duration, Distribution):
            must = f"a number >= 1 and <= {LONGEST:,} of periods, or a distribution; see supplynet.distributions"
            number = checked("Interruptions: duration", self.duration, least=1.0, most=LONGEST, must=must)
            object.__setattr__(self, "duration", number)

    @property
    def mean(self) -> float:
        return self.size

    def path(self, uniform: FloatArray) -> FloatArray:
        # The longest of those that begin in a period is at most d with the probability exp(-rate (1 - F(d))), F being
        # the distribution function of one of them; turned round, bad luck is long, and a higher rate never helps.
        begins = uniform < -math.expm1(-self.rate)
        lasts = np.zeros(uniform.shape, np.int64)
        lasts[begins] = self._longest(uniform[begins])
        period = np.arange(len(uniform)).reshape(-1, *(1,) * (uniform.ndim - 1))
        over = np.maximum.accumulate(period + lasts, axis=0)
        return np.where(period < over, self.left * self.size, self.size)

    def _longest(self, uniform: FloatArray) -> FloatArray:
        """For how many whole periods the longest of those lasts that begin together."""
        if not isinstance(self.duration, Distribution):
            return np.full(uniform.shape, np.rint(self.duration))
        one = np.clip(1.0 + np.log1p(-uniform) / self.rate, LEAST_UNIFORM, 1.0 - LEAST_UNIFORM)
        return np.clip(np.rint(self.duration.quantile(one)), 1.0, LONGEST)
