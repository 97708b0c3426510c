"""What one explores: a scenario with some levers set, its run, and how to say the same in the shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import supplynet
from supplynet.levers import superseded
from supplynet.outcomes import UNITS
from supplynet.policies.catalogue import FAMILIES
from supplynet.scenario import Result, Scenario
from supplynet.scenarios import Recipe
from supplynet.words.report import figure, percent, sentence

from ..uploads import UPLOADED
from .breaking import aftermath
from .controls import rule_text
from .frames import NEEDED, Frames, geometry
from .pace import Pace
from .pictures import charts

TOLD: Final = {
    "bullwhip_ratio": ("bullwhip ratio", "variance of the orders farthest upstream over that of what customers want"),
    "fill_rate": ("fill rate", "share of what customers want that is served at once"),
    "lost": ("lost", "demand of customers that nobody serves"),
    "mean_on_hand": ("mean stock", "of all nodes together"),
    "total_cost": ("total cost", "of all nodes and periods"),
}
MOST_CELLS: Final = 20_000_000  # nodes times periods of a run; a record of so many takes some gigabytes


@dataclass(frozen=True)
class Wanted:
    """A scenario by name or path, the levers set on it, as text, in order, and the rows of disruptions that strike it.

    last: the lever that was set last, or the row that was added; replication: which repetition (default: that of a
    saved run, or the first).
    """

    scenario: str
    levers: Mapping[str, str] = field(default_factory=dict)
    last: str = ""
    strikes: tuple[str, ...] = ()
    replication: int | None = None

    @property
    def base(self) -> Wanted:
        """The same with nothing set and nothing broken."""
        return Wanted(self.scenario, replication=self.replication)

    def as_link(self) -> dict[str, str | list[str]]:
        """The parts of a link that ask for the same."""
        sets = [f"{lever}={value}" for lever, value in self.levers.items()]
        number = "" if self.replication is None else str(self.replication)
        return {"scenario": self.scenario, "set": sets, "disrupt": list(self.strikes), "replication": number}

    def with_strike(self, row: str) -> Wanted:
        """The same, struck once more."""
        return replace(self, strikes=(*self.strikes, row), last=row)

    def without_strike(self, row: str) -> Wanted:
        """The same, without a blow; of equal ones, the last."""
        at = len(self.strikes) - 1 - self.strikes[::-1].index(row) if row in self.strikes else len(self.strikes)
        return replace(self, strikes=self.strikes[:at] + self.strikes[at + 1 :])

    @property
    def command(self) -> str:
        """The same run from the shell."""
        sets = [part for lever, value in self.levers.items() for part in ("--set", f"{lever}={value}")]
        rows = [part for row in self.strikes for part in ("--disrupt", row)]
        number = [] if self.replication is None else ["--replication", str(self.replication)]
        return shlex.join(["supplynet", "run", self.scenario.removeprefix(UPLOADED), *sets, *rows, *number])


@dataclass(frozen=True, eq=False)
class Study:
    """A run that worked, with what the page draws of it. `start` makes the scenario with no lever set.

    before: what it is compared with: unbroken, where something strikes, else with no lever set; story: what happened,
    in words. What is drawn is drawn when it is first asked for.
    """

    wanted: Wanted
    start: Recipe
    result: Result
    before: Result | None
    story: str

    @cached_property
    def geometry(self) -> str:
        """The network for the canvas, as JSON."""
        return json.dumps(geometry(self.result))

    @cached_property
    def frames(self) -> Frames:
        """Each period for the canvas."""
        return Frames(self.result)

    @cached_property
    def charts(self) -> str:
        """The charts, and where their axes lie, as JSON."""
        return charts(self.result)

    def drawn(self) -> Study:
        """The same, with all of it drawn."""
        _ = self.geometry, self.frames, self.charts
        return self

    def with_lever(self, wanted: Wanted, lever: str, value: str) -> Wanted:
        """What is wanted, with one lever set; a rule brings its parameters, and voids what was said of the old one."""
        rule = lever.rpartition(".")[2] in FAMILIES
        said = rule_text(self.result, lever, value) if rule else value
        return replace(wanted, levers={**self._without(wanted, lever), lever: said}, last=lever)

    def without_lever(self, wanted: Wanted, lever: str) -> Wanted:
        """What is wanted, with one lever as it was at the start."""
        return replace(wanted, levers=self._without(wanted, lever), last=lever)

    def _without(self, wanted: Wanted, lever: str) -> dict[str, str]:
        name = lever.rpartition(".")[2]
        void = superseded(self.result.scenario.network, lever, wanted.levers) if name in FAMILIES else {lever}
        return {other: value for other, value in wanted.levers.items() if other not in void}


def ready(wanted: Wanted, start: Recipe) -> Scenario:
    """The scenario with the levers set, struck. Raises ValueError that names the lever, or the row."""
    recipe = start
    for lever, value in wanted.levers.items():
        recipe = recipe.with_lever(lever, value)
    return replace(recipe, disruptions=(*recipe.disruptions, *wanted.strikes)).build()


def play(wanted: Wanted, start: Recipe, before: Result | None = None, pace: Pace | None = None) -> Study:
    """Set the levers, strike, and run; `pace` is told of each period. Raises one of BAD_INPUT that says what does
    not fit, and why.
    """
    scenario = ready(wanted, start)
    most = MOST_CELLS // scenario.network.n_nodes
    if scenario.periods > most:
        raise ValueError(
            f"periods is {scenario.periods:,}, must be at most {most:,} on this page, where every period of "
            f"{scenario.network.n_nodes:,} nodes is kept; run fewer here, or use the command"
        )
    watchers = None if pace is None else lambda _: (pace.through(scenario.periods),)
    result = supplynet.run(scenario, replication=start.replication, keep=NEEDED, watchers=watchers)
    told = [sentence(result)]
    if wanted.strikes and before is not None:
        told.append(aftermath(result, before))
    return Study(wanted, start, result, before, " ".join(told))


def outcomes(study: Study) -> list[dict[str, str]]:
    """What a run comes to, each with its name, unit and meaning, and what it was in the run it is compared with."""
    now, was = study.result.outcomes, (study.before or study.result).outcomes
    words = {key: percent if key == "fill_rate" else figure for key in TOLD}
    return [
        {
            "name": name,
            "about": about,
            "value": words[key](now[key]),
            "unit": UNITS.get(key, ""),
            "was": words[key](was[key]) if words[key](was[key]) != words[key](now[key]) else "",
        }
        for key, (name, about) in TOLD.items()
    ]
