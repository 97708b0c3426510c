"""Outcomes: what a sweep keeps of each run, by name or by a function of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.business import BUSINESS, READS
from supplynet.checks import fail, nearest
from supplynet.outcomes import OUTCOMES, needed
from supplynet.outcomes.measures import MEASURES
from supplynet.prepare import Prepared
from supplynet.record import BLOCK_OF, Keep, Record
from supplynet.scenario import Result, Scenario

Array = NDArray[Any]
Outcome = str | Callable[[Result], Any]
DEFAULT: Final = ("total_cost", "bullwhip_ratio", "fill_rate")


@dataclass(frozen=True, slots=True)
class OfBusiness:
    """One measure of `Result.business` as an outcome."""

    measure: str

    @property
    def __name__(self) -> str:
        return self.measure

    def __call__(self, result: Result) -> float:
        return result.business[self.measure]


class RecordOfOne(Record):
    """The record of one run of a union: reads like the record of that run alone."""

    def __init__(self, record: Record, case: int, run: int) -> None:
        self.union, self.periods, self.warm_up = record.union, record.periods, record.warm_up
        self.keep_what, self.summed, self.labels = record.keep_what, False, ()
        self._record, self._case, self._run = record, case, run

    @property
    def n_runs(self) -> int:
        return 1

    @property
    def keys(self) -> list[str]:
        return self._record.keys

    @property
    def prepared(self) -> Prepared:
        return self.union.prepared[self._case]

    @property
    def replication(self) -> int:
        first = sum(len(case.replications) for case in self.union.cases[: self._case])
        return int(self.union.replications[self._case][self._run - first])

    @property
    def totals(self) -> dict[str, Array]:
        """Sums over all periods after the warm-up, [node] or [lane]."""
        layout, (nodes, lanes) = self.union.layout, self.union.case_rows(self._case)
        first = sum(len(case.replications) for case in self.union.cases[: self._case])
        row, lane = nodes[self._run - first], lanes[self._run - first]
        place = {"node": row, "inbound": layout.inbound[lane], "outbound": layout.outbound[lane]}
        return {key: total[place[BLOCK_OF[key]]] for key, total in self._record.totals.items()}

    def rows(self, key: str) -> Array:
        """A column as it was kept, [period, node] or [period, lane], in the user's order, as a copy."""
        return self._record.of_runs(key, self._run, self._run + 1)

    def of_runs(self, key: str, first: int, last: int) -> Array:
        """The same: there is one run."""
        return self.rows(key)


class ResultOfOne(Result):
    """One run of a union, with its measures taken before."""

    def __init__(
        self, scenario: Scenario, record: RecordOfOne, measures: dict[str, Array], outcomes: dict[str, Array]
    ) -> None:
        super().__init__(scenario, record)
        self.__dict__["_measured"] = measures, outcomes


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The outcomes asked for, by the name of their column."""

    asked: tuple[Outcome, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(name_of, self.asked))

    @property
    def own(self) -> tuple[Callable[[Result], Any], ...]:
        """What is taken run by run: functions, and measures of business."""
        named = (OfBusiness(outcome) if outcome in BUSINESS else outcome for outcome in self.asked)
        return tuple(outcome for outcome in named if not isinstance(outcome, str))

    def keep(self, wanted: Keep | None, traced: Sequence[str] = ()) -> Keep:
        """What the record of a block must hold, the columns that are traced included.

        Raises ValueError for sums or thinned periods.
        """
        if wanted is not None and (wanted.groupings or wanted.every > 1):
            raise ValueError("keep: outcomes are taken from single nodes and every period; give columns only")
        functions = [outcome for outcome in self.own if not isinstance(outcome, OfBusiness)]
        base = needed([outcome for outcome in self.asked if outcome in OUTCOMES])
        if functions and (wanted is None or wanted.columns is None):
            return Keep(totals=base.totals)
        books = READS if len(functions) < len(self.own) else ()
        chosen = () if wanted is None or not functions else wanted.columns or ()
        columns = (*(base.columns or ()), *books, *chosen, *traced)
        return Keep(columns=tuple(dict.fromkeys(columns)), totals=base.totals)

    def known(self, measures: dict[str, Array], outcomes: dict[str, Array], names: Sequence[str]) -> dict[str, Array]:
        """The outcomes that have a name, [run], from the measures and outcomes of one case, for nodes that it has."""
        taken = {}
        for outcome in self.asked:
            if isinstance(outcome, str) and outcome not in BUSINESS:
                node, _, measure = outcome.rpartition(".")
                if not node or node in names:
                    taken[outcome] = measures[measure][:, names.index(node)] if node else outcomes[outcome]
        return taken

    def check(self, scenario: Scenario) -> None:
        """Make sure that a scenario has what is asked by name. Raises ValueError that names all that is not known."""
        problems = list(self.unknown(scenario))
        if not self.asked:
            problems.append(f"no outcome to keep; name one of {', '.join(OUTCOMES)}")
        if repeated := sorted({name for name in self.names if self.names.count(name) > 1}):
            problems.append(f"outcome {repeated[0]!r} is asked for twice; give each a name of its own, once")
        if problems:
            fail(problems)

    def unknown(self, scenario: Scenario) -> Iterator[str]:
        """What is asked by name and a scenario does not have."""
        nodes = scenario.network.names
        for outcome in self.asked:
            if not isinstance(outcome, str):
                if not callable(outcome):
                    yield f"outcome {outcome!r} must be a name or a function of a result; give one"
                continue
            node, _, measure = outcome.rpartition(".")
            if node and node not in nodes:
                yield f"outcome {outcome!r}: there is no node {node!r}; {nearest(node, nodes, shown=12)}"
            elif measure not in (known := MEASURES if node else (*OUTCOMES, *BUSINESS)):
                yield f"outcome {outcome!r} is not known; {nearest(measure, known)}"


def name_of(outcome: Outcome) -> str:
    """The name of an outcome: its text, or that of the function."""
    return outcome if isinstance(outcome, str) else getattr(outcome, "__name__", type(outcome).__name__)


def as_number(name: str, value: Any) -> float:
    """What a function gave for one run, as a number. Raises ValueError if it is something else."""
    given = np.asarray(value)
    if given.shape != () or given.dtype.kind not in "biuf":
        what = f"an array of shape {given.shape}" if given.shape else f"{value!r}"
        raise ValueError(f"outcome {name!r} gave {what}, must be one number for each run; sum it, or take its mean")
    return float(given)
