"""Disruptions: what is struck, by how much, from when and for how long, and how it recovers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import LONGEST
from supplynet.randomness import stream_keys, uniforms

Array = NDArray[Any]
Table = Literal["node", "lane"]
RECOVERIES: Final = ("sudden", "linear", "exponential", "stepwise")
SAMPLES: Final = 8  # of the luck of a process
STEPS: Final = 4  # of a stepwise recovery
OVER: Final = 1e-3  # part of an exponential recovery that is left when it counts as done


@dataclass(frozen=True, slots=True)
class Struck:
    """What a disruption does to a column: its table, the range of its factor, and whether factors are added.

    Where two strike one place at one time their factors multiply; where they are `added`, they add up.
    """

    table: Table
    least: float
    most: float
    added: bool = False
    whole: bool = False

    @property
    def must(self) -> str:
        """What a factor must be, in words."""
        number = "a whole number" if self.whole else "a number"
        return f"{number} >= {self.least:g}" if np.isinf(self.most) else f"{number} in [{self.least:g}, {self.most:,g}]"

    def may_be(self, factors: Any) -> Any:
        """Whether numbers may be factors [...]."""
        factors = np.asarray(factors, np.float64)
        fits = (factors >= self.least) & (factors <= self.most) & np.isfinite(factors)
        return fits & (factors == np.floor(factors)) if self.whole else fits

    @property
    def neutral(self) -> float:
        """The factor that changes nothing."""
        return 0.0 if self.added else 1.0


DISRUPTED: Final = {
    "capacity_factor": Struck("node", 0.0, 1.0),
    "stock_factor": Struck("node", 0.0, 1.0),
    "demand_factor": Struck("node", 0.0, np.inf),
    "order_factor": Struck("node", 0.0, 1.0),
    "hoarding": Struck("node", 0.0, np.inf, added=True),
    "open_factor": Struck("lane", 0.0, 1.0),
    "transit_factor": Struck("lane", 0.0, 1.0),
    "extra_lead_time": Struck("lane", 0.0, LONGEST, added=True, whole=True),
}
"""The columns that a disruption may change; each is an input column of the schema too, for what never ends."""


def streams(events: Iterable[Disruption]) -> list[str]:
    """What the random numbers of each event are drawn for: of those that would share them each but the first counts.

    Two causes of failure at one place from one period on are two disruptions, and independent.
    """
    before: Counter[str] = Counter()
    purposes = []
    for event in events:
        before[event.stream] += event.is_random
        again = before[event.stream]
        purposes.append(f"{event.stream}, {again}" if again > 1 else event.stream)
    return purposes


@dataclass(frozen=True, slots=True)
class Disruption:
    """From `start` on, for `duration` periods, a column of some places has a factor; then they recover.

    where: a node; nodes by a label, "region=north", "sector=steel", "kind=factory", "tier=1"; a lane,
    "works>shop", or lanes by their ends, "region=north>*". column: one of DISRUPTED. factor: what is left, 0 = none,
    1 = all (hoarding and extra_lead_time: periods that are added), or a process that says so for each period.
    duration: in periods (default: to the end). recovery: "sudden", or over `recovery_periods` "linear", "stepwise" (in
    four steps), or "exponential", with them as the time constant. together: where a process is random, whether all
    places share its luck. Disruptions of one place at one time multiply; what is added adds up.
    """

    where: str
    column: str
    factor: Any
    start: int = 0
    duration: int | None = None
    recovery: str = "sudden"
    recovery_periods: int = 0
    together: bool = False

    @property
    def is_random(self) -> bool:
        return bool(getattr(self.factor, "uses_randomness", False))

    @property
    def stream(self) -> str:
        """What its random numbers are drawn for; see `streams`."""
        return f"{self.column} of {self.where} from {self.start}"

    def faults(self) -> Iterator[str]:
        """What cannot be, in words."""
        said = f"disruption of {self.where!r}"
        if not isinstance(self.where, str):
            yield f"{said}: where is {self.where!r}, must be a text; write a node, a label=value, or a lane, works>shop"
        if self.column not in DISRUPTED:
            yield f"{said}: column is {self.column!r}, must be one of {', '.join(DISRUPTED)}; choose one"
            return
        kind = DISRUPTED[self.column]
        if hasattr(self.factor, "path") and self.column == "extra_lead_time":
            yield f"{said}: factor is a process, but pipelines are finite; give extra_lead_time as a number"
        elif not hasattr(self.factor, "path"):
            means = "how many periods are added" if kind.added else "the part that is left"
            if not (isinstance(self.factor, (int, float, np.number)) and kind.may_be(self.factor)):
                yield f"{said}: factor is {self.factor!r}, must be {kind.must}: {means}; mend it"
        for name, least in (("start", 0), ("duration", 1), ("recovery_periods", 0)):
            value: Any = getattr(self, name)
            whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least
            if not whole and not (name == "duration" and value is None):
                yield f"{said}: {name} is {value!r}, must be a whole number >= {least} of periods; mend it"
        if self.recovery not in RECOVERIES:
            yield f"{said}: recovery is {self.recovery!r}, must be one of {', '.join(RECOVERIES)}; choose one"
        elif self.recovery == "sudden" and self.recovery_periods:
            yield f"{said}: recovery is sudden, but recovery_periods is {self.recovery_periods}; name another recovery"
        elif self.recovery != "sudden" and not self.recovery_periods:
            yield f"{said}: recovery is {self.recovery}, but recovery_periods is 0; say how long it takes"

    def beyond(self, periods: int) -> str:
        """What is wrong with its start in a run of so many periods, in words; nothing where it is in time."""
        if self.start < periods:
            return ""
        return (
            f"disruption of {self.where!r}: start is {self.start}, must be below the {periods} periods, or nobody "
            f"would notice; run {self.start + 1} or more, or strike earlier"
        )

    def sample(self, periods: int) -> Array:
        """What it may leave in its first periods, under some luck [period, sample].

        Raises ValueError where a process leaves the range of the column.
        """
        sampled: Array = np.atleast_1d(self._struck(periods, self.some_luck(periods), 0))
        return sampled

    def some_luck(self, periods: int) -> Array:
        """Numbers that a process may make its factors of [period, sample]."""
        return uniforms(stream_keys(0, self.stream, [str(at) for at in range(SAMPLES)]), range(periods))

    def levels(self, periods: int, uniform: Array | None = None) -> Array:
        """The factor in every period [period], or [period, row] from random numbers of that shape.

        Raises ValueError where a process leaves the range of the column.
        """
        kind = DISRUPTED[self.column]
        shape = (periods,) if uniform is None else uniform.shape
        levels = np.full(shape, kind.neutral)
        end = periods if self.duration is None else min(periods, self.start + self.duration)
        if self.start >= periods:
            return levels
        levels[self.start : end] = self._struck(end - self.start, uniform, self.start)
        left = self.left(periods - end)
        levels[end : end + left.size] = kind.neutral + np.multiply.outer(left, levels[end - 1] - kind.neutral)
        if self.column == "extra_lead_time":
            levels = np.ceil(levels - 1e-9)
        return levels

    def left(self, periods: int) -> Array:
        """What part of the blow is left in each of so many periods after it, as far as any is [period]."""
        after = np.arange(1, periods + 1)
        if self.recovery == "exponential":
            part = np.exp(-after / self.recovery_periods)
            return part[part > OVER]
        done = after[: self.recovery_periods] / (self.recovery_periods + 1)
        return 1.0 - (np.floor(done * STEPS) / STEPS if self.recovery == "stepwise" else done)

    def _struck(self, periods: int, uniform: Array | None, start: int) -> Any:
        """The factor while it lasts, from the numbers of its periods."""
        if not hasattr(self.factor, "path"):
            return self.factor
        luck = np.full((periods, 1), 0.5) if uniform is None else uniform[start : start + periods]
        path = np.asarray(self.factor.path(luck.reshape(periods, -1))).reshape(luck.shape)
        kind = DISRUPTED[self.column]
        if path.size and not (path.min() >= kind.least and path.max() <= kind.most):
            raise ValueError(
                f"disruption of {self.where!r}: the process of {self.column} gives {path.min():g} to {path.max():g}, "
                f"must stay in [{kind.least:g}, {kind.most:g}]; mend it"
            )
        return path[:, 0] if uniform is None else path
