"""Demand of one selling season, around a level that nobody knows before the season begins."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, ClassVar, Final

import numpy as np

from supplynet.demand import Constant, Process, as_process
from supplynet.distributions import FloatArray
from supplynet.ranges import NOT_NEGATIVE, SHARE, check_fields

_ONCE: Final = Constant(1.0)


@dataclass(frozen=True, slots=True)
class SellingSeason:
    """Sales rise, peak and fall over the `length` periods from `start` on; before and after nobody buys.

    Of a level drawn once, gamma with the mean 1 and the coefficient of variation `cv` (how wrong the forecast is), each
    period has a part, and what is bought is Poisson. The parts form a triangle that peaks `peak` of the season after
    its start, or are even where `swing` is 0, and in between mix the two. Customers whose demand names the same `style`
    share the level, others have their own. The luck belongs to the periods of the season, so a later start moves the
    same demand.

    Shapes and units: `units` in a season at the level 1; start and length in periods; `times` is a process that
    multiplies the rate, such as a PriceResponse. The normal state is an average period of the season.

    Raises: ValueError when start or length is no whole number >= 1, another parameter is out of its range, or `times`
    is drawn; TypeError when `times` is no process.

    Source: gamma-Poisson demand of a style, Agrawal & Smith (1996), Naval Research Logistics 43(6).
    """

    units: float = field(metadata=NOT_NEGATIVE)
    cv: float = field(metadata=NOT_NEGATIVE)
    start: int = 1
    length: int = 16
    peak: float = field(default=0.5, metadata=SHARE)
    swing: float = field(default=1.0, metadata=SHARE)
    times: Process = _ONCE
    style: str = ""
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("start", "length"):
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
                raise ValueError(f"SellingSeason: {name} is {value!r}, must be a whole number >= 1 periods; round it")
        object.__setattr__(self, "times", as_process(self.times))
        if self.times.uses_randomness:
            raise ValueError(
                f"SellingSeason: times is {self.times!r}, must not be drawn, since what it stands for, such as a "
                "price, would be drawn another way elsewhere; give a Step or a Trace"
            )

    @property
    def mean(self) -> float:
        return self.units / self.length

    def expected(self, periods: int) -> FloatArray:
        """What a forecast at the level 1 says of each period [period]."""
        parts = np.zeros(periods)
        sold = self._sold(np.arange(self.length + 1) / self.length)
        season = parts[self.start : self.start + self.length]
        season[:] = np.diff(sold)[: season.size]
        return self.units * parts * self.times.path(np.full((periods, 1), 0.5))[:, 0]

    def path(self, uniform: FloatArray) -> FloatArray:
        from scipy.special import gammaincinv
        from scipy.stats import poisson

        asked = np.zeros(uniform.shape)
        weeks = min(self.length, len(uniform) - self.start)
        if weeks > 0:
            shape = 1.0 / self.cv**2 if self.cv > 0.0 else np.inf
            level = gammaincinv(shape, uniform[0]) / shape if self.cv > 0.0 else np.ones(uniform.shape[1:])
            season = slice(self.start, self.start + weeks)
            rate = self.expected(len(uniform))[season].reshape(-1, *(1,) * level.ndim) * level
            asked[season] = poisson.ppf(uniform[1 : weeks + 1], rate)
        return asked

    def _sold(self, at: FloatArray) -> FloatArray:
        """The part of a season's demand that has come after a part of its time: a triangular distribution."""
        rising = at**2 / self.peak if self.peak > 0.0 else np.zeros(at.size)
        falling = 1.0 - (1.0 - at) ** 2 / (1.0 - self.peak) if self.peak < 1.0 else np.ones(at.size)
        return self.swing * np.where(at < self.peak, rising, falling) + (1.0 - self.swing) * at


def style_of(process: Any) -> str:
    """The style whose level a process shares, itself or by a process in it; nothing where it has its own luck."""
    if isinstance(process, SellingSeason):
        return process.style
    inner = [getattr(process, own.name) for own in fields(process)] if is_dataclass(process) else []
    return next(filter(None, (style_of(part) for part in inner if isinstance(part, Process))), "")
