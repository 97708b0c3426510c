"""Demand at a steady rate that nobody knows beforehand: a new title, a new customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numba
import numpy as np

from supplynet.distributions import FloatArray, NegativeBinomial
from supplynet.ranges import POSITIVE, check_fields


@dataclass(frozen=True, slots=True)
class UnknownRate:
    """Poisson counts at a rate that is gamma distributed, drawn once for each node and run.

    Shapes and units: the rate has the shape `units` and the rate `periods`, as if so many units had been seen in so
    many periods: its mean is units / periods, its coefficient of variation 1 / sqrt(units). The first count tells the
    rate, as far as a count can: given it, the rate is gamma with the shape units + count and the rate periods + 1.

    Raises: ValueError when a parameter is not a finite number > 0.

    Source: Greenwood & Yule (1920), J. Royal Statistical Society 83(2); the rate given a count, Gelman et al. (2013),
    Bayesian Data Analysis, section 2.6.
    """

    units: float = field(metadata=POSITIVE)
    periods: float = field(metadata=POSITIVE)
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def mean(self) -> float:
        return self.units / self.periods

    def path(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import pdtr

        counts = np.empty(uniform.shape)
        if not len(uniform):
            return counts
        counts[0], rate = self._first(uniform[0])
        middle = np.floor(rate)
        up_to_middle, below = pdtr(middle, rate), np.where(middle > 0.0, pdtr(np.maximum(middle - 1.0, 0.0), rate), 0.0)
        _count(uniform[1:], rate, middle, up_to_middle, up_to_middle - below, counts[1:])
        return counts

    def _first(self, uniform: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The first count and the rate [row]: one number decides both.

        Among the numbers that give the same count each is as likely as another, so that where it lies between them is
        a number of its own, which decides the rate given that count.
        """
        from scipy.special import betainc, gammaincinv

        chance = self.periods / (self.periods + 1.0)
        count = NegativeBinomial(self.mean, np.sqrt(self.mean / chance)).quantile(uniform)
        below = np.where(count > 0.0, betainc(self.units, np.maximum(count, 1.0), chance), 0.0)
        width = betainc(self.units, count + 1.0, chance) - below
        within = np.clip((uniform - below) / np.maximum(width, 2.0**-60), 2.0**-30, 1.0 - 2.0**-30)
        return count, gammaincinv(self.units + count, within) / (self.periods + 1.0)


@numba.njit(cache=True)
def _count(uniform: Any, rate: Any, middle: Any, up_to_middle: Any, at_middle: Any, counts: Any) -> None:
    """The Poisson quantiles of numbers [period, row]: from the middle of each row's law one walks down or up to it.

    Where a step is too small to count, at 1e-18, the walk ends: that is nine standard deviations away.
    Source: the search from the mode, Devroye (1986), Non-Uniform Random Variate Generation, section X.3.
    """
    for row in range(rate.size):
        for period in range(uniform.shape[0]):
            wanted, count = uniform[period, row], middle[row]
            reached, chance = up_to_middle[row], at_middle[row]
            while count > 0.0 and reached - chance >= wanted and chance > 1e-18:
                reached -= chance
                chance *= count / rate[row]
                count -= 1.0
            while reached < wanted and chance > 1e-18:
                count += 1.0
                chance *= rate[row] / count
                reached += chance
            counts[period, row] = count
