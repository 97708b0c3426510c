"""Playing a block: all its runs as one union, and where that fails, part by part until the faulty run is found."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.batch import Player
from supplynet.lower import Case
from supplynet.outcomes import of_case
from supplynet.record import Keep, Record
from supplynet.scenario import Scenario
from supplynet.sweeps.blocks import Block
from supplynet.sweeps.design import Design
from supplynet.sweeps.outcomes import Outcomes, RecordOfOne, ResultOfOne, as_number, name_of
from supplynet.sweeps.traces import Traces
from supplynet.unstable import warn_of_unstable

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What a block needs to be played anywhere: its scenarios, what to take of each run, what to record for that."""

    design: Design
    outcomes: Outcomes
    keep: Keep
    traces: Traces | None = None


@dataclass(slots=True, eq=False)
class Played:
    """The runs of a block, scenario by scenario: each outcome [run], the error of each run, the seed of each scenario.

    traces: by the name of their column, [run, kept period]. Outcomes and traces are nan where a run failed.
    """

    block: Block
    outcomes: dict[str, Array]
    errors: list[str | None]
    seeds: list[int]
    traces: dict[str, Array] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Worker:
    """Plays block after block, and keeps what the next may need: the scenarios, and the union to play in place."""

    player: Player = field(default_factory=Player)
    job: Job | None = None
    scenarios: list[Scenario | str] = field(default_factory=list)

    def play(self, job: Job, block: Block) -> Played:
        """Play a block. A run that fails is told with its error and does not end the others."""
        if job is not self.job:
            self.job, self.scenarios = job, [_made(job.design, number) for number in range(len(job.design))]
        runs, size = range(block.n_runs), len(block.replications)
        table = {name: np.full(block.n_runs, np.nan) for name in job.outcomes.names}
        seeds = [-1 if isinstance(scenario, str) else scenario.seed for scenario in self.scenarios]
        played = Played(block, table, [None for _ in runs], seeds)
        sound = []
        for at, scenario in enumerate(self.scenarios):
            if isinstance(scenario, str):
                played.errors[at * size : (at + 1) * size] = [scenario] * size
            else:
                sound.append(at)
        if job.traces is not None:
            played.traces = job.traces.blank((self._scenario(at).network for at in sound), block)
        if sound:
            self._try(job, played, sound, range(size))
        return played

    def _try(self, job: Job, played: Played, chosen: Sequence[int], part: range) -> None:
        """Play some scenarios, or a part of the replications of one; where that fails, half of it at a time."""
        block = played.block
        numbers = block.replications[part.start : part.stop]
        try:
            record = self._record(job, chosen, numbers, more=block.more and len(part) == len(block.replications))
        except MemoryError:
            raise
        except Exception as fault:
            if len(chosen) > 1:
                for half in (chosen[: len(chosen) // 2], chosen[len(chosen) // 2 :]):
                    self._try(job, played, half, part)
            elif len(part) > 1 and self._opens(job, chosen, numbers[:1]):
                middle = (part.start + part.stop) // 2
                self._try(job, played, chosen, range(part.start, middle))
                self._try(job, played, chosen, range(middle, part.stop))
            else:
                first = chosen[0] * len(block.replications)
                played.errors[first + part.start : first + part.stop] = [words(fault)] * len(part)
            return
        for case, at in enumerate(chosen):
            first = at * len(block.replications) + part.start
            self._measure(job, played, record, case, at, first)

    def _record(self, job: Job, chosen: Sequence[int], numbers: tuple[int, ...], *, more: bool) -> Record:
        scenarios = [self._scenario(at) for at in chosen]
        cases = [Case(each.network, each.seed, numbers, each.start) for each in scenarios]
        one = scenarios[0]
        return self.player.play(cases, one.periods, job.keep, warm_up=one.warm_up, more=more)

    def _opens(self, job: Job, chosen: Sequence[int], numbers: tuple[int, ...]) -> bool:
        """Whether one run of a scenario can be played, so that not all of them share a fault."""
        from supplynet import engine

        scenario = self._scenario(chosen[0])
        try:
            engine.start([Case(scenario.network, scenario.seed, numbers, scenario.start)], scenario.periods)
        except Exception:
            return False
        return True

    def _measure(self, job: Job, played: Played, record: Record, case: int, at: int, first: int) -> None:
        """Take the outcomes and traces of one case of a record into the rows from `first` on."""
        scenario = self._scenario(at)
        measures, whole = of_case(record, case)
        size = len(record.union.cases[case].replications)
        for name, values in job.outcomes.known(measures, whole, scenario.network.names).items():
            played.outcomes[name][first : first + size] = values
        if lacking := list(job.outcomes.unknown(scenario)):
            played.errors[first : first + size] = ["; ".join(lacking)] * size
        for name, values in () if job.traces is None else job.traces.take(record, case):
            played.traces[name][first : first + size] = values
        before = sum(len(earlier.replications) for earlier in record.union.cases[:case])
        for run in range(size if job.outcomes.own else 0):
            own = slice(run, run + 1)
            result = ResultOfOne(
                scenario,
                RecordOfOne(record, case, before + run),
                {name: values[own] for name, values in measures.items()},
                {name: values[own] for name, values in whole.items()},
            )
            for outcome in job.outcomes.own:
                try:
                    played.outcomes[name_of(outcome)][first + run] = as_number(name_of(outcome), outcome(result))
                except Exception as fault:
                    played.errors[first + run] = f"outcome {name_of(outcome)!r}: {words(fault)}"

    def _scenario(self, at: int) -> Scenario:
        scenario = self.scenarios[at]
        assert isinstance(scenario, Scenario)
        return scenario


def try_out(job: Job, replication: int) -> None:
    """Play one run, so that the kernels are compiled, and outcomes that cannot work are told before the sweep.

    Warns of settings that are known to be unstable. Raises ValueError that names the outcome. A run that fails is left
    for the sweep to tell.
    """
    part = replace(job, design=job.design[:1], traces=None)
    scenario = part.design[0]
    part.outcomes.check(scenario)
    warn_of_unstable(scenario.network, scenario.periods)
    tried = Worker().play(part, Block(0, 0, 1, (replication,), scenario.periods))
    if tried.errors[0] is not None and tried.errors[0].startswith("outcome "):
        raise ValueError(f"{tried.errors[0]} (tried on replication {replication} of the first scenario)")


def words(fault: Exception) -> str:
    """What went wrong, in one line."""
    return " ".join(f"{type(fault).__name__}: {fault}".split())


def _made(design: Design, number: int) -> Scenario | str:
    """A scenario, or why it cannot be made."""
    try:
        scenario: Scenario = design[number]
    except (TypeError, ValueError) as fault:
        return words(fault)
    return scenario


_worker = Worker()
_packed = b""
_one_at_a_time = Lock()  # for executors whose workers are threads; kernels do not run side by side in one process


def play_packed(packed: bytes, block: Block) -> Played:
    """Play a block for an executor. What came packed is unpacked once for all blocks that share it.

    Raises ValueError if this process cannot unpack it.
    """
    global _packed
    with _one_at_a_time:
        job = _worker.job
        if packed != _packed or job is None:
            _worker.job, _packed = None, packed
            job = _unpacked(packed)
        return _worker.play(job, block)


def _unpacked(packed: bytes) -> Job:
    try:
        job: Job = pickle.loads(packed)
    except (AttributeError, ImportError) as fault:
        raise ValueError(
            f"a worker process does not find a rule or an outcome ({fault}); define it in a file that it can import, "
            "or play the sweep with workers=1"
        ) from None
    return job
