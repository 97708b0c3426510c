"""What an outcome depends on: one lever after the other, and all of them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import fail, nearest
from supplynet.comparison import Comparison, outcomes_of
from supplynet.outcomes import OUTCOMES
from supplynet.scenario import Scenario
from supplynet.sweeps.design import vary
from supplynet.sweeps.outcomes import Outcome, name_of
from supplynet.sweeps.running import Progress

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
Range = tuple[float, float]
SIDES: Final = ("low", "high")


@dataclass(frozen=True, eq=False)
class Tornado:
    """What one lever at a time does: the scenario itself, and each lever at either end of its range.

    base: each outcome as an array [run]; ends: by outcome, an array [lever, end, run], under the same luck as the base.
    """

    ranges: Mapping[str, Range]
    base: Mapping[str, Array]
    ends: Mapping[str, Array]
    confidence: float = 0.95

    def table(self, outcome: str) -> pd.DataFrame:
        """A row for each lever, the one with the widest swing first.

        low, high: the ends of its range; at_low, at_high: the mean outcome there; change_low, change_high: mean
        differences from the base, each with the half width of its paired interval (half_low, half_high); swing: from
        the least to the greatest of the three means. Only runs in which both are defined count.
        Raises ValueError for an unknown name.
        """
        import pandas as pd

        _check_name(outcome, self.base)
        rows = {}
        for at, (lever, (low, high)) in enumerate(self.ranges.items()):
            row: dict[str, float] = {"low": low, "high": high}
            for side, values in zip(SIDES, self.ends[outcome][at], strict=True):
                one = Comparison(("", ""), {outcome: self.base[outcome]}, {outcome: values}, self.confidence)
                told = one.table().loc[outcome]
                row |= {f"at_{side}": told.second, f"change_{side}": told.difference}
                row |= {f"half_{side}": (told.high - told.low) / 2}
            moved = [row["change_low"], row["change_high"], 0.0]
            rows[lever] = row | {"swing": max(moved) - min(moved) if np.isfinite(moved).all() else float("nan")}
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("lever")
        return table.sort_values("swing", ascending=False, kind="stable")

    def sentence(self, outcome: str) -> str:
        """Which lever moves an outcome most, in one sentence."""
        swing = self.table(outcome)["swing"]
        missing = int((~np.isfinite([*self.base[outcome], *self.ends[outcome].ravel()])).sum())
        note = f" In {missing} runs {outcome} is undefined; they are left out." if missing else ""
        if swing.isna().all():
            return f"{outcome} is undefined, so that no lever can be seen to move it.{note}"
        moving = swing[swing > 0.0]
        if not len(moving):
            return f"None of these levers moves {outcome}.{note}"
        still = swing.index[swing == 0.0]
        rest = f"; {', '.join(still)} did not move it" if len(still) else ""
        return f"Alone, {moving.index[0]} moves {outcome} most{rest}.{note}"


def tornado(
    scenario: Scenario,
    ranges: Mapping[str, Range],
    replications: int | Sequence[int] = 100,
    *,
    outcomes: Sequence[Outcome] = OUTCOMES,
    confidence: float = 0.95,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Tornado:
    """Set one lever at a time to either end of its range, the others staying as they are, under the same luck.

    ranges: (low, high) by lever; outcomes, executor, progress: as in `sweep`.
    Raises ValueError that names every range that does not fit, and what `sweep` raises.
    """
    check_ranges(ranges)
    scenarios = [scenario]
    problems: dict[str, None] = {}
    for lever, end in ((lever, end) for lever, ends in ranges.items() for end in ends):
        try:
            scenarios.append(scenario.with_lever(lever, end))
        except (TypeError, ValueError) as fault:
            problems[str(fault)] = None
    if problems:
        fail(list(problems))
    found = outcomes_of(scenarios, replications, outcomes, executor=executor, progress=progress)
    ends = {name: values[1:].reshape(len(ranges), 2, -1) for name, values in found.items()}
    return Tornado(dict(ranges), {name: values[0] for name, values in found.items()}, ends, confidence)


@dataclass(frozen=True, eq=False)
class Indices:
    """How the variance of an outcome over all ranges together is shared among the levers.

    points: an array [point, lever] in the order of Saltelli's design; values: each outcome as an array [point], the
    mean over the replications.
    """

    ranges: Mapping[str, Range]
    points: Array
    values: Mapping[str, Array]
    seed: int = 0
    confidence: float = 0.95

    def table(self, outcome: str) -> pd.DataFrame:
        """A row for each lever, the one with the greatest total index first: first, total, and half widths of both.

        first: the part of the variance that goes if this lever alone is known; total: what is left if all others are.
        The intervals are bootstrapped, and tell how well the points do, not how random the runs are. All are nan where
        the outcome is the same at all points, or undefined at one. Source: Saltelli et al. (2010), Computer Physics
        Communications 181(2). Raises ValueError for an unknown name.
        """
        import pandas as pd

        _check_name(outcome, self.values)
        values = self.values[outcome]
        empty = np.full(len(self.ranges), np.nan)
        columns = dict.fromkeys(("first", "half_first", "total", "half_total"), empty)
        if np.isfinite(values).all() and np.ptp(values) > 0.0:
            analysis = _salib("analyze.sobol").analyze(
                _problem(self.ranges), values, calc_second_order=False, conf_level=self.confidence,
                seed=self.seed + 1,  # it takes 0 for none
            )  # fmt: skip
            columns = dict(zip(columns, (analysis[key] for key in ("S1", "S1_conf", "ST", "ST_conf")), strict=True))
        table = pd.DataFrame(columns, index=pd.Index(list(self.ranges), name="lever"))
        return table.sort_values("total", ascending=False, kind="stable")

    def sentence(self, outcome: str) -> str:
        """How much the levers explain alone, and how much only together, in one sentence."""
        table, values = self.table(outcome), self.values[outcome]
        if missing := int((~np.isfinite(values)).sum()):
            return (
                f"At {missing} of {len(values)} points {outcome} is undefined, so that its variance has no shares; "
                "choose narrower ranges, or another outcome."
            )
        if not table["total"].notna().any():
            return f"{outcome} is the same at all points: none of these levers moves it."
        alone = min(max(float(table["first"].sum()), 0.0), 1.0)
        return (
            f"{table.index[0]} matters most. Alone, the levers explain about {100 * alone:.0f} % of the variance of "
            f"{outcome}; the rest comes from how they act together."
        )


def sobol(
    scenario: Scenario,
    ranges: Mapping[str, Range],
    n: int = 256,
    *,
    replications: int | Sequence[int] = 1,
    outcomes: Sequence[Outcome] = OUTCOMES,
    confidence: float = 0.95,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Indices:
    """First and total Sobol indices of outcomes over ranges of levers, at n times (levers + 2) points, by SALib.

    n: a power of two; replications: runs at each point, with the same luck at all, over which outcomes are averaged;
    outcomes, executor, progress: as in `sweep`. Between two whole numbers a lever takes whole numbers, both ends
    included. Raises ValueError that names every range that does not fit, where SALib is not installed, and what
    `sweep` raises.
    """
    import pandas as pd

    check_ranges(ranges)
    points = sobol_points(ranges, n, scenario.seed)
    levers = pd.DataFrame({lever: _as_lever(points[:, at], ends) for at, (lever, ends) in enumerate(ranges.items())})
    runs = outcomes_of(vary(scenario, levers), replications, outcomes, executor=executor, progress=progress)
    means = {name_of(outcome): runs[name_of(outcome)].mean(axis=1) for outcome in outcomes}
    return Indices(dict(ranges), points, means, scenario.seed, confidence)


def sobol_points(ranges: Mapping[str, Range], n: int, seed: int) -> Array:
    """The points of Saltelli's design, [point, lever]. Raises ValueError if n is no power of two."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 2 or n & (n - 1):
        near = 1 << max(1, int(n).bit_length() - 1) if isinstance(n, int) else 256
        raise ValueError(
            f"n is {n!r}, must be a power of two, or the points are not balanced; take {near} or {2 * near}"
        )
    points: Array = _salib("sample.sobol").sample(_problem(ranges), n, calc_second_order=False, seed=seed)
    for at, ends in enumerate(ranges.values()):
        if _whole(ends):
            points[:, at] = np.minimum(np.floor(points[:, at]), ends[1])
    return points


def check_ranges(ranges: Mapping[str, Any]) -> None:
    """Make sure that there are ranges, and that each is two numbers, low < high. Raises ValueError for all at once."""
    problems = list(_faulty(ranges))
    if problems:
        fail(problems)


def _faulty(ranges: Mapping[str, Any]) -> Iterator[str]:
    if not ranges:
        yield "there is nothing to vary; give the range of at least one lever: {'window': (2, 12)}"
    for lever, ends in ranges.items():
        numbers = isinstance(ends, (tuple, list)) and len(ends) == 2
        if not (numbers and all(_finite(end) for end in ends) and ends[0] < ends[1]):
            yield f"lever {lever!r}: its range is {ends!r}, must be two numbers, low < high; write (0.1, 0.9)"


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and bool(np.isfinite(value))


def _whole(ends: Range) -> bool:
    return all(isinstance(end, int) for end in ends)


def _as_lever(values: Array, ends: Range) -> list[float]:
    """Values of a lever as plain numbers, whole ones where both ends are."""
    return [int(value) if _whole(ends) else float(value) for value in values]


def _problem(ranges: Mapping[str, Range]) -> dict[str, Any]:
    """Ranges as SALib wants them; of whole numbers each is as likely as any other."""
    bounds = [[low, high + 1 if _whole((low, high)) else high] for low, high in ranges.values()]
    return {"num_vars": len(ranges), "names": list(ranges), "bounds": bounds}


def _salib(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ModuleNotFoundError as fault:
        raise ValueError(
            f"Sobol indices need {fault.name}; install it with: pip install 'supplynet[sensitivity]'"
        ) from None


def _check_name(outcome: str, known: Mapping[str, Any]) -> None:
    if outcome not in known:
        raise ValueError(f"outcome {outcome!r} is not known; {nearest(outcome, known)}")
