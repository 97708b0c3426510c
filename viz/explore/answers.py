"""From what is wanted to a run: what a link asks for, what can be done of it, and what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from supplynet.checks import nearest
from supplynet.scenario import Result
from supplynet.scenarios import READY_MADE
from supplynet.schema import KINDS

from ..faults import BAD_INPUT, Fault, told
from ..within import offered, open_recipe
from .pace import Pace
from .study import Study, Wanted, play

KEPT: Final = 8  # scenarios of which the run with no lever set is kept
READY: Final[dict[str, Study]] = {}
"""The runs of ready-made scenarios with no lever set, which are the same for all users and are never changed."""


@dataclass(frozen=True)
class Answer:
    """What came of what was wanted: a run, if one is new, and what did not fit."""

    wanted: Wanted
    study: Study | None = None
    fault: Fault = field(default_factory=Fault)


@dataclass(frozen=True)
class Link:
    """What a link asks for: a run, the period and the node to show, and what of it cannot be read."""

    wanted: Wanted
    period: int = 0
    node: str = ""
    wrong: tuple[str, ...] = ()


def read_link(link: Mapping[str, tuple[str, ...]]) -> Link:
    """What a link asks for; what it does not say is as the app was started, and what cannot be read is told."""
    odd = [part for part in link if part not in PARTS]
    wrong = [f"{part!r} is no part of a link to this page; {nearest(part, PARTS)}" for part in odd]
    pairs = [(text, text.partition("=")) for text in link.get("set", ())]
    wrong += [f"set={text!r} must be LEVER=VALUE, such as set=seed=3; mend it" for text, pair in pairs if not pair[2]]
    levers = {lever: value for _, (lever, _, value) in pairs if value}
    scenario, period, node = ((link.get(name) or ("",))[0] for name in ("scenario", "period", "node"))
    number = int(period) if period.isdecimal() and len(period) < 9 else 0
    if period and period != str(number):
        wrong.append(f"period is {period!r}, must be a whole number >= 0; shown is the first")
    replication = (link.get("replication") or ("",))[0]
    repeats = int(replication) if replication.isdecimal() and len(replication) < 9 else None
    if replication and repeats is None:
        wrong.append(f"replication is {replication!r}, must be a whole number >= 0; shown is the first")
    wanted = Wanted(scenario or offered(), levers, strikes=link.get("disrupt", ()), replication=repeats)
    return Link(wanted, number, node, tuple(wrong))


PARTS: Final = ("scenario", "set", "disrupt", "replication", "period", "node", "by")


def not_there(link: Link, study: Study) -> list[str]:
    """What a link asks to show that the run does not have."""
    names, periods = study.result.nodes, study.result.scenario.periods
    wrong = []
    if study.wanted.scenario == link.wanted.scenario and link.period >= periods:
        wrong.append(f"period is {link.period}, but the run has {periods}, counted from 0; shown is the last")
    known = (*names, *KINDS)
    if study.wanted.scenario == link.wanted.scenario and link.node and link.node not in known and ">" not in link.node:
        wrong.append(f"there is no node {link.node!r}; {nearest(link.node, names, shown=12)}")
    return wrong


class Runner:
    """Plays what is wanted; keeps the run of each scenario with no lever set."""

    def __init__(self) -> None:
        self.starts: dict[tuple[str, int | None], Study] = {}

    def attempt(self, wanted: Wanted, before: Study | None = None, pace: Pace | None = None) -> Answer:
        """Play what is wanted. Of several things asked for at once, those that fit are done, and the first fault is
        told; a scenario that cannot be opened leaves the last run, or, where there is none, brings what the app was
        started with. Raises pace.Stopped.

        before: the last run that worked.
        """
        if before is not None and before.wanted == wanted:
            return Answer(wanted, before)
        came = self._play(wanted, before, pace)
        if isinstance(came, Study):
            return Answer(wanted, came.drawn())
        steps = self._one_by_one(wanted, before, pace)
        played = [step for step in steps if isinstance(step, Study)]
        faults = [step for step in steps if isinstance(step, Fault)]
        if not played and before is None and wanted.scenario != offered():
            start = self._play(Wanted(offered()), None, pace)
            played = [start] if isinstance(start, Study) else []
        return Answer(wanted, played[-1].drawn() if played else None, faults[0] if faults else came)

    def _one_by_one(self, wanted: Wanted, before: Study | None, pace: Pace | None) -> list[Study | Fault]:
        """What comes of each thing that is new, set on what was and on those that fitted; nothing where it is one."""
        same = before is not None and before.wanted.base == wanted.base
        known = before.wanted if before is not None and same else wanted.base
        fresh = [lever for lever, value in wanted.levers.items() if known.levers.get(lever) != value]
        blows = [row for row in wanted.strikes if row not in known.strikes]
        if len(fresh) + len(blows) + (not same) < 2:
            return []
        now = replace(
            known,
            levers={lever: value for lever, value in known.levers.items() if lever in wanted.levers},
            strikes=tuple(row for row in known.strikes if row in wanted.strikes),
        )
        steps = [self._play(now, before, pace)]
        for lever in fresh:
            others = {other: value for other, value in now.levers.items() if other != lever}
            more = replace(now, levers={**others, lever: wanted.levers[lever]}, last=lever)  # last, as it was set
            steps.append(self._play(more, before, pace))
            now = more if isinstance(steps[-1], Study) else now
        for row in blows:
            more = replace(now, strikes=(*now.strikes, row), last=row)
            steps.append(self._play(more, before, pace))
            now = more if isinstance(steps[-1], Study) else now
        return steps

    def _play(self, wanted: Wanted, before: Study | None, pace: Pace | None) -> Study | Fault:
        """One run, or what does not fit."""
        try:
            at = (wanted.scenario, wanted.replication)
            if at not in self.starts:
                kept = list(self.starts.items())[1 - KEPT :]
                self.starts = {**dict(kept), at: _start(wanted, pace)}
            start = self.starts[at]
            if not wanted.levers and not wanted.strikes:
                return start
            return play(wanted, start.start, self._unbroken(wanted, start, before, pace), pace)
        except BAD_INPUT as fault:
            return Fault(wanted.last, wanted.levers.get(wanted.last, ""), told(fault))

    @staticmethod
    def _unbroken(wanted: Wanted, start: Study, last: Study | None, pace: Pace | None) -> Result:
        """The run to compare with: with the same levers and no blows, or, where there are none, with no lever set."""
        calm = replace(wanted, strikes=())
        if not wanted.strikes or not wanted.levers:
            return start.result
        if last is not None and _same_levers(last.wanted, wanted):
            return last.before if last.wanted.strikes and last.before is not None else last.result
        return play(calm, start.start, pace=pace).result


def _start(wanted: Wanted, pace: Pace | None) -> Study:
    """The run of a scenario with no lever set."""
    ready_made = wanted.scenario in READY_MADE and wanted.replication is None
    if ready_made and wanted.scenario in READY:
        return READY[wanted.scenario]
    recipe = open_recipe(wanted.scenario)
    if wanted.replication is not None:
        recipe = replace(recipe, replication=wanted.replication)
    start = play(wanted.base, recipe, pace=pace)
    if ready_made:
        READY[wanted.scenario] = start
    return start


def _same_levers(one: Wanted, other: Wanted) -> bool:
    """Whether both set the same levers on the same scenario, in the same order, which may matter."""
    return one.base == other.base and [*one.levers.items()] == [*other.levers.items()]
