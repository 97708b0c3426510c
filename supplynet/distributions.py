"""Distributions of demand, capacity and lead times, as inverse distribution functions of uniform numbers.

A distribution is a demand process without memory: `path` is `quantile`. Special functions come from scipy,
which works one number at a time, never from numpy, whose last bit may depend on the place in the array.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from supplynet.ranges import ANY, CHANCE, CUT, NOT_NEGATIVE, POSITIVE, SHARE, check_fields, checked

FloatArray = NDArray[np.float64]

LEAST_UNIFORM = 2.0**-53  # supplynet.randomness.uniforms gives nothing smaller


class Distribution(ABC):
    """What a single draw may be, told by its inverse distribution function.

    Raises: ValueError when a parameter breaks the rule that stands beside it.
    """

    __slots__ = ()
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    @abstractmethod
    def mean(self) -> float:
        """Average of many draws."""

    @property
    @abstractmethod
    def sd(self) -> float:
        """Standard deviation of a draw."""

    @abstractmethod
    def quantile(self, uniform: FloatArray) -> FloatArray:
        """Turn uniform numbers into draws: the least value that is not exceeded with that probability.

        Shapes and units: any shape, inside (0, 1); the result has the same shape.
        """

    def path(self, uniform: FloatArray) -> FloatArray:
        """Draw each period afresh; [period, row], both in and out."""
        return self.quantile(uniform)

    def smallest(self) -> int:
        """Tell the least whole number >= 0 that a draw can round to; for a normal, 8.2 sd below the mean."""
        return max(0, round(float(self.quantile(np.array([LEAST_UNIFORM]))[0])))

    def largest(self, cut: float = 0.9999) -> int:
        """Tell the least whole number that a draw exceeds with probability 1 - cut at most.

        Raises: ValueError when the cut is outside (0, 1): a pipeline without a cut could be infinite.
        """
        if not 0.0 < cut < 1.0:
            raise ValueError(f"{self!r}: cut is {cut!r}, must be a number > 0 and < 1; try 0.9999")
        return max(0, math.ceil(float(self.quantile(np.array([cut]))[0])))

    def whole(self, uniform: FloatArray, cut: float = 0.9999) -> NDArray[np.int64]:
        """Draw whole numbers that a pipeline can hold: rounded, then cut to [smallest(), largest(cut)]."""
        return np.clip(np.rint(self.quantile(uniform)), self.smallest(), self.largest(cut)).astype(np.int64)


@dataclass(frozen=True, slots=True, repr=False)
class Normal(Distribution):
    """Bell-shaped around a mean; draws below `least` become `least`.

    Shapes and units: `mean` and `sd` are those before the cut, which raises the average to
    least + m * Phi(m/sd) + sd * phi(m/sd), m = mean - least (0.01 % of m for sd = m/3, 8 % for sd = m).

    Source: the average, Tobin (1958), Econometrica 26(1).
    """

    mean: float = field(metadata=ANY)
    sd: float = field(metadata=NOT_NEGATIVE)
    least: float = field(default=0.0, metadata=CUT)

    def __repr__(self) -> str:
        least = "float('-inf')" if self.least == -math.inf else repr(self.least)
        return f"Normal(mean={self.mean!r}, sd={self.sd!r}, least={least})"

    def quantile(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import ndtri

        draws: FloatArray = np.asarray(ndtri(uniform))
        draws *= self.sd
        draws += self.mean
        return np.maximum(draws, self.least, out=draws)


@dataclass(frozen=True, slots=True)
class Poisson(Distribution):
    """Counts of independent events at a steady rate. Source: Poisson (1837)."""

    mean: float = field(metadata=NOT_NEGATIVE)

    @property
    def sd(self) -> float:
        return math.sqrt(self.mean)

    def quantile(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import pdtr

        return _smallest_counts(lambda count: pdtr(count, self.mean), uniform)


@dataclass(frozen=True, slots=True)
class NegativeBinomial(Distribution):
    """Poisson counts whose rate is gamma distributed: sd**2 > mean. Source: Greenwood and Yule (1920)."""

    mean: float = field(metadata=POSITIVE)
    sd: float = field(metadata=POSITIVE)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.sd**2 <= self.mean:
            raise ValueError(
                f"NegativeBinomial: sd is {self.sd!r}, must be > {math.sqrt(self.mean):.6g}, the root of the "
                f"mean; raise it, or use Poisson({self.mean!r})"
            )

    def quantile(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import betainc

        chance = self.mean / self.sd**2
        shape = self.mean * chance / (1.0 - chance)
        return _smallest_counts(lambda count: betainc(shape, count + 1.0, chance), uniform)


@dataclass(frozen=True, slots=True)
class Exponential(Distribution):
    """Waiting time until an event that is always equally likely."""

    mean: float = field(metadata=NOT_NEGATIVE)

    @property
    def sd(self) -> float:
        return self.mean

    def quantile(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import log1p

        return np.asarray(log1p(np.negative(uniform)) * -self.mean)


@dataclass(frozen=True, slots=True)
class Gamma(Distribution):
    """Any amount > 0, the more skewed the larger sd / mean. Source: Burgin (1975), Oper. Research Quarterly 26(3)."""

    mean: float = field(metadata=POSITIVE)
    sd: float = field(metadata=POSITIVE)

    def quantile(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import gammaincinv

        return np.asarray(gammaincinv((self.mean / self.sd) ** 2, uniform) * (self.sd**2 / self.mean))


@dataclass(frozen=True, slots=True)
class Uniform(Distribution):
    """Anything between two values, equally likely."""

    low: float = field(metadata=NOT_NEGATIVE)
    high: float = field(metadata=NOT_NEGATIVE)

    def __post_init__(self) -> None:
        check_fields(self)
        if self.high < self.low:
            raise ValueError(f"Uniform: high is {self.high!r}, must be >= low, {self.low!r}; swap the two")

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2.0

    @property
    def sd(self) -> float:
        return (self.high - self.low) / math.sqrt(12.0)

    def quantile(self, uniform: FloatArray) -> FloatArray:
        return self.low + (self.high - self.low) * uniform


@dataclass(frozen=True, slots=True)
class Bernoulli(Distribution):
    """All or nothing: `size` with the given probability, otherwise 0."""

    probability: float = field(metadata=SHARE)
    size: float = field(default=1.0, metadata=NOT_NEGATIVE)

    @property
    def mean(self) -> float:
        return self.probability * self.size

    @property
    def sd(self) -> float:
        return self.size * math.sqrt(self.probability * (1.0 - self.probability))

    def quantile(self, uniform: FloatArray) -> FloatArray:
        return np.where(uniform > 1.0 - self.probability, self.size, 0.0)


@dataclass(frozen=True, slots=True)
class Geometric(Distribution):
    """Number of trials up to and including the first success: 1, 2, ..."""

    probability: float = field(metadata=CHANCE)

    @property
    def mean(self) -> float:
        return 1.0 / self.probability

    @property
    def sd(self) -> float:
        return math.sqrt(1.0 - self.probability) / self.probability

    def quantile(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import log1p

        if self.probability == 1.0:
            return np.ones(np.shape(uniform))
        trials = np.ceil(log1p(np.negative(uniform)) / math.log1p(-self.probability))
        return np.asarray(np.maximum(trials, 1.0))


@dataclass(frozen=True, slots=True)
class Discrete(Distribution):
    """One of a few values, each with its probability; the probabilities sum to 1 within 1e-9."""

    values: Sequence[float]
    probabilities: Sequence[float]

    def __post_init__(self) -> None:
        for name, bounds in (("values", NOT_NEGATIVE), ("probabilities", SHARE)):
            given = enumerate(getattr(self, name))
            numbers = tuple(checked(f"Discrete: {name}[{i}]", number, **bounds) for i, number in given)
            object.__setattr__(self, name, numbers)
        if (length := len(self.probabilities)) != len(self.values):
            raise ValueError(f"Discrete: length of probabilities is {length}, not {len(self.values)}; mend")
        if abs((total := math.fsum(self.probabilities)) - 1.0) > 1e-9:
            raise ValueError(f"Discrete: sum of probabilities is {total!r}, must be 1; divide them by it")

    @property
    def mean(self) -> float:
        return math.fsum(v * p for v, p in zip(self.values, self.probabilities, strict=True))

    @property
    def sd(self) -> float:
        mean, pairs = self.mean, zip(self.values, self.probabilities, strict=True)
        return math.sqrt(math.fsum(p * (v - mean) ** 2 for v, p in pairs))

    def quantile(self, uniform: FloatArray) -> FloatArray:
        possible = sorted((v, p) for v, p in zip(self.values, self.probabilities, strict=True) if p > 0.0)
        cumulative = np.cumsum([p for _, p in possible])[:-1]  # the last value takes the rest
        return np.asarray(np.array([v for v, _ in possible])[np.searchsorted(cumulative, uniform)])


def _smallest_counts(reached: Callable[[FloatArray], FloatArray], uniform: FloatArray) -> FloatArray:
    """Find the smallest whole numbers k with reached(k) >= uniform."""
    if np.size(uniform) == 0:
        return np.zeros(np.shape(uniform))
    ends = np.array([np.min(uniform), np.max(uniform)])
    if not 0.0 <= ends[0] <= ends[1] <= 1.0:
        raise ValueError(f"quantile: uniform spans {ends[0]} to {ends[1]}, must be inside (0, 1); clip it")
    first, last = _bisect(reached, ends)
    if last - first > 32 * np.size(uniform):  # a table of all counts between would be more work
        return _bisect(reached, uniform)
    table = np.maximum.accumulate(reached(np.arange(first, last + 1.0)))
    return np.asarray(np.searchsorted(table[:-1], uniform) + first)


def _bisect(reached: Callable[[FloatArray], FloatArray], uniform: FloatArray) -> FloatArray:
    above = np.zeros(np.shape(uniform))
    while (short := reached(above) < uniform).any():
        above[short] = 2.0 * above[short] + 1.0
    below = np.floor((above - 1.0) / 2.0)  # the last count known to be short; -1 where even 0 is enough
    while (above - below > 1.0).any():
        middle = np.floor((above + below) / 2.0)
        enough = reached(middle) >= uniform
        above, below = np.where(enough, middle, above), np.where(enough, below, middle)
    return above
