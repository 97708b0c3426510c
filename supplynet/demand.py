"""Processes in time: what happens to a quantity, period after period, in every row.

A process turns uniform numbers [period, row] into values [period, row]. It looks back only, so that a longer
horizon extends a shorter one, and row by row, so that a run among many equals the run alone.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from numbers import Real
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np

from supplynet.distributions import FloatArray
from supplynet.ranges import ANY, CUT, NOT_NEGATIVE, POSITIVE, SHARE, check_fields, checked, within


@runtime_checkable
class Process(Protocol):
    """A quantity over time; every distribution is one, drawn afresh each period."""

    @property
    def uses_randomness(self) -> bool:
        """Whether `path` reads the numbers it is given, or only their shape."""

    @property
    def mean(self) -> float:
        """Expected value in the normal state, before anything happens; pipelines start filled at it."""

    def path(self, uniform: FloatArray) -> FloatArray:
        """Tell the value in every period and row.

        Shapes and units: [period, row] from period 0 on, both in and out; the result may be a read-only view.
        """


@dataclass(frozen=True, slots=True)
class Constant:
    """The same every period.

    Raises: ValueError when the quantity is not a finite number >= 0.
    """

    quantity: float = field(metadata=NOT_NEGATIVE)
    uses_randomness: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def mean(self) -> float:
        return self.quantity

    def path(self, uniform: FloatArray) -> FloatArray:
        return np.broadcast_to(self.quantity, uniform.shape)


@dataclass(frozen=True, slots=True)
class Step:
    """One level before a period, another from it on; the normal state is the level before.

    Raises: ValueError when a level is not a finite number >= 0, or the period not a whole number >= 0.
    """

    before: float = field(metadata=NOT_NEGATIVE)
    after: float = field(metadata=NOT_NEGATIVE)
    period: int
    uses_randomness: ClassVar[bool] = False

    def __post_init__(self) -> None:
        check_fields(self)
        must = "a whole number >= 0; periods count from 0"
        period = checked("Step: period", self.period, **within(0.0, must=must))
        if period != int(period):
            raise ValueError(f"Step: period is {self.period!r}, must be {must}")
        object.__setattr__(self, "period", int(period))

    @property
    def mean(self) -> float:
        return self.before

    def path(self, uniform: FloatArray) -> FloatArray:
        return _every_row(np.where(np.arange(len(uniform)) < self.period, self.before, self.after), uniform)


@dataclass(frozen=True, slots=True)
class Trace:
    """A recorded history, played once (its last value is then held) or over and over.

    Shapes and units: one quantity per period. The normal state (`mean`) is the first value.

    Raises: ValueError when there is no quantity, or one is not a finite number >= 0.
    """

    quantities: Sequence[float]
    repeat: bool = False
    uses_randomness: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if np.ndim(self.quantities) != 1 or not len(self.quantities):
            raise ValueError(
                f"Trace: quantities has shape {np.shape(self.quantities)}, must be a list of one number or "
                "more; give one Trace per node"
            )
        must = "a finite number >= 0; fill gaps and move returns elsewhere"
        quantities = tuple(
            checked(f"Trace: quantities[{i}]", quantity, **within(0.0, must=must))
            for i, quantity in enumerate(self.quantities)
        )
        object.__setattr__(self, "quantities", quantities)
        object.__setattr__(self, "repeat", bool(self.repeat))

    @property
    def mean(self) -> float:
        return self.quantities[0]

    def path(self, uniform: FloatArray) -> FloatArray:
        periods = np.arange(len(uniform))
        length = len(self.quantities)
        played = periods % length if self.repeat else np.minimum(periods, length - 1)
        return _every_row(np.array(self.quantities)[played], uniform)


@dataclass(frozen=True, slots=True, repr=False)
class AR1:
    """Demand that remembers: above average today, likely so tomorrow.

    Shapes and units: `mean` and `sd` are those of the demand itself (its shocks have the standard deviation
    sd * sqrt(1 - correlation**2)), before values below `least` become `least`; it starts in its long run.

    Raises: ValueError when sd < 0 or the correlation is outside (-1, 1).

    Source: Yule (1927); in supply chains Lee, Padmanabhan and Whang (1997), Management Science 43(4).
    """

    mean: float = field(metadata=ANY)
    sd: float = field(metadata=NOT_NEGATIVE)
    correlation: float = field(
        metadata=within(
            math.nextafter(-1.0, 0.0),
            math.nextafter(1.0, 0.0),
            must="a number > -1 and < 1; at 1 demand would wander off, use a Trace",
        )
    )
    least: float = field(default=0.0, metadata=CUT)
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)

    def __repr__(self) -> str:
        least = "float('-inf')" if self.least == -math.inf else repr(self.least)
        return f"AR1(mean={self.mean!r}, sd={self.sd!r}, correlation={self.correlation!r}, least={least})"

    def path(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import ndtri

        values: FloatArray = np.asarray(ndtri(uniform))
        values[1:] *= math.sqrt((1.0 - self.correlation) * (1.0 + self.correlation))
        for yesterday, today in pairwise(values):
            today += self.correlation * yesterday
        values *= self.sd
        values += self.mean
        return np.maximum(values, self.least, out=values)


@dataclass(frozen=True, slots=True)
class Seasonal:
    """Another process, times 1 + amplitude * sin(2 pi (period + phase) / season).

    Shapes and units: `season` and `phase` in periods, `amplitude` a share; the normal state is the base's.

    Raises: ValueError when the amplitude is outside [0, 1] or the season not > 0; TypeError when the base is
    no process.
    """

    base: Process
    amplitude: float = field(metadata=SHARE)
    season: float = field(metadata=POSITIVE)
    phase: float = field(default=0.0, metadata=ANY)

    def __post_init__(self) -> None:
        check_fields(self)
        object.__setattr__(self, "base", as_process(self.base))

    @property
    def uses_randomness(self) -> bool:
        return self.base.uses_randomness

    @property
    def mean(self) -> float:
        return self.base.mean

    def path(self, uniform: FloatArray) -> FloatArray:
        angles = (2.0 * math.pi * ((t + self.phase) % self.season / self.season) for t in range(len(uniform)))
        factors = np.array([1.0 + self.amplitude * math.sin(angle) for angle in angles])
        return self.base.path(uniform) * _every_row(factors, uniform)


@dataclass(frozen=True, slots=True)
class FromFunction:
    """What a function of the period says, the same in every row; the normal state is its value in period 0.

    Shapes and units: it takes a period, 0, 1, ..., and gives a quantity, the same one each time it is asked.

    Raises: TypeError when it is not callable; ValueError, on use, when it gives no finite number >= 0.
    """

    function: Callable[[int], float]
    uses_randomness: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise TypeError(f"FromFunction: function is {self.function!r}, must be callable; use Constant")

    @property
    def mean(self) -> float:
        return self._at(0)

    def path(self, uniform: FloatArray) -> FloatArray:
        return _every_row(np.array([self._at(period) for period in range(len(uniform))]), uniform)

    def _at(self, period: int) -> float:
        return checked(f"FromFunction: the value in period {period}", self.function(period), **NOT_NEGATIVE)


def as_process(value: Any) -> Process:
    """Read a process from what a planner would write: a number, a list of numbers, a function or a process.

    Raises: TypeError when it is none of these; ValueError when a number in it is wrong.
    """
    if isinstance(value, type):
        raise TypeError(f"a process is {value!r}, must be no class; write {value.__name__}(...)")
    if isinstance(value, Process):
        return value
    if isinstance(value, Real):
        return Constant(float(value))
    if isinstance(value, (Sequence, np.ndarray)) and not isinstance(value, (str, bytes)):
        return Trace(tuple(value))
    if hasattr(value, "__array__"):
        return Trace(tuple(np.asarray(value)))
    if callable(value):
        return FromFunction(value)
    raise TypeError(
        f"a process is {value!r}, must be a number, a list of numbers, a function of the period or a "
        "process; give one, such as Normal(10, 2)"
    )


def _every_row(values: FloatArray, uniform: FloatArray) -> FloatArray:
    """Lay one value per period across the rows, as a read-only view."""
    return np.broadcast_to(values.reshape(-1, *(1,) * (uniform.ndim - 1)), uniform.shape)
