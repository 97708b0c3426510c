"""Comparing two scenarios under the same luck: what differs, and how sure one can be of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.business import BUSINESS
from supplynet.checks import fail
from supplynet.outcomes import OUTCOMES
from supplynet.prepare import has_price
from supplynet.ranges import checked
from supplynet.scenario import SETTINGS, Scenario
from supplynet.sweeps.design import Design
from supplynet.sweeps.outcomes import Outcome, name_of
from supplynet.sweeps.running import Progress, sweep

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
COLUMNS: Final = (
    "first", "second", "difference", "low", "high", "variance_reduction", "pairs", "undefined",
)  # fmt: skip
"""Of the table of a comparison."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The outcomes of two scenarios, run by run under the same luck, and what they say of the difference.

    names: what to call the two; first, second: each outcome as an array [run]; confidence: of the intervals.
    """

    names: tuple[str, str]
    first: Mapping[str, Array]
    second: Mapping[str, Array]
    confidence: float = 0.95

    def __post_init__(self) -> None:
        checked("confidence", self.confidence, least=0.5, most=0.9999, must="a number in [0.5, 0.9999]; give 0.95")

    def table(self) -> pd.DataFrame:
        """A row for each outcome: its mean in both, and the difference, second - first, with its interval.

        Only pairs of runs in which both are defined count; `undefined` says how many others there are. The interval
        [low, high] is Student's for the mean of paired differences; nan with fewer than two pairs.
        `variance_reduction` is how many times as many runs would be needed for the same interval if the two did not
        share their luck: Var(first) + Var(second) over Var(second - first); nan where neither varies. Source: Law
        (2015), Simulation Modeling and Analysis, sections 10.2 and 11.2.
        """
        import pandas as pd

        rows = [self._row(first, self.second[name]) for name, first in self.first.items()]
        table = pd.DataFrame(rows, columns=list(COLUMNS), index=pd.Index(list(self.first), name="outcome"))
        return table.astype({"pairs": int, "undefined": int})

    def _row(self, first: Array, second: Array) -> tuple[float, ...]:
        from scipy.special import stdtrit

        both = np.isfinite(first) & np.isfinite(second)
        first, second, pairs = first[both], second[both], int(both.sum())
        if not pairs:
            return (*[float("nan")] * 6, 0, both.size)
        difference = second - first
        mean = float(difference.mean()) if np.ptp(difference) else float(difference[0])
        half, saved = float("nan"), float("nan")
        if pairs > 1:
            alone, paired = _variance(first) + _variance(second), _variance(difference)
            half = float(stdtrit(pairs - 1, 0.5 + self.confidence / 2)) * float(np.sqrt(paired / pairs))
            if alone > 0.0:
                saved = alone / paired if paired > 0.0 else float("inf")
        return first.mean(), second.mean(), mean, mean - half, mean + half, saved, pairs, both.size - pairs

    @property
    def varies(self) -> bool:
        """Whether any outcome differs between runs of the same scenario; if not, one run tells all."""
        every = (values[np.isfinite(values)] for runs in (self.first, self.second) for values in runs.values())
        return any(values.size and float(np.ptp(values)) > 0.0 for values in every)


def _variance(values: Array) -> float:
    """The sample variance; exactly 0 where all values are the same, whatever their mean is rounded to."""
    return float(values.var(ddof=1)) if float(np.ptp(values)) > 0.0 else 0.0


def compare(
    first: Scenario,
    second: Scenario,
    replications: int | Sequence[int] = 100,
    *,
    outcomes: Sequence[Outcome] | None = None,
    names: tuple[str, str] | None = None,
    confidence: float = 0.95,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run two scenarios with the same random numbers, replication by replication, and compare their outcomes.

    replications: how many, at least 2, or which; outcomes: as in `sweep` (default: those of a run, and where there are
    prices also those of business); executor, progress: as in `sweep`; names: what to call the two (default: their own,
    and what was set). Raises ValueError where the two cannot be compared: another seed, number
    of periods or warm-up; and what `sweep` raises.
    """
    problems = [
        f"scenario {second.name!r}: {setting} is {getattr(second, setting)}, must be {getattr(first, setting)} as that "
        f"of {first.name!r}, or {why}; set {setting} in both"
        for setting, why in (
            ("seed", "the two do not share their luck"),
            ("periods", "their totals cannot be compared"),
            ("warm_up", "their totals cannot be compared"),
        )
        if getattr(first, setting) != getattr(second, setting)
    ]
    if problems:
        fail(problems)
    count = np.asarray(replications)
    if (count.size if count.ndim else int(count)) < 2:
        raise ValueError(f"replications is {replications!r}, must be at least 2 for an interval; run more")
    priced = any(has_price(scenario.network).any() for scenario in (first, second))
    asked = outcomes or (*OUTCOMES, *(BUSINESS if priced else ()))
    found = outcomes_of([first, second], replications, asked, executor=executor, progress=progress)
    one, other = ({name: values[at] for name, values in found.items()} for at in (0, 1))
    return Comparison(names or names_of(first, second), one, other, confidence)


def outcomes_of(
    scenarios: Design | Sequence[Scenario],
    replications: int | Sequence[int],
    outcomes: Sequence[Outcome],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> dict[str, Array]:
    """The outcomes of some scenarios under the same luck, each [scenario, run].

    Raises ValueError that names the first run that failed, and what `sweep` raises.
    """
    table = sweep(scenarios, replications, outcomes=outcomes, executor=executor, progress=progress)
    table = table.sort_values(["scenario", "replication"])
    for _, run in table[table["error"].notna()].iterrows():
        raise ValueError(f"scenario {run.scenario}, replication {run.replication} failed: {run.error}")
    return {name: table[name].to_numpy().reshape(len(scenarios), -1) for name in map(name_of, outcomes)}


def names_of(first: Scenario, second: Scenario) -> tuple[str, str]:
    """What to call two scenarios: their names, and for those of one name also what was set in each alone."""
    if first.name != second.name:
        return first.name, second.name
    set_in = [_set(scenario) for scenario in (first, second)]
    own = ({key: value for key, value in set_in[at].items() if set_in[1 - at].get(key) != value} for at in (0, 1))
    called = [", ".join([first.name, *(f"{lever}={value}" for lever, value in one.items())]) for one in own]
    return called[0], called[1]


def _set(scenario: Scenario) -> dict[str, Any]:
    settings = {name: getattr(scenario, name) for name in SETTINGS}
    return {**settings, **scenario.own_levers, **scenario.levers}
