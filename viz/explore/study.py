"""What one explores: a scenario with some levers set, its run, and how to say the same in the shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import supplynet
from supplynet.levers import superseded
from supplynet.policies.catalogue import FAMILIES
from supplynet.report import figure, percent, sentence
from supplynet.scenario import Result, Scenario
from supplynet.scenarios import Recipe

from .controls import rule_text
from .frames import NEEDED, Frames, geometry
from .pictures import charts

BAD_INPUT: Final = (ValueError, TypeError, KeyError, ArithmeticError, MemoryError, OSError)
"""What a lever or a scenario that does not fit raises."""
TOLD: Final = {
    "bullwhip_ratio": ("bullwhip ratio", "variance of the orders farthest upstream over that of what customers want"),
    "fill_rate": ("fill rate", "share of what customers want that is served at once"),
    "lost": ("lost", "demand of customers that nobody serves, in units"),
    "mean_on_hand": ("mean stock", "of all nodes together, in units"),
    "total_cost": ("total cost", "of all nodes and periods, in money"),
}


@dataclass(frozen=True)
class Wanted:
    """A scenario by name or path, and the levers set on it, as text, in order; `last` is the one set last."""

    scenario: str
    levers: Mapping[str, str] = field(default_factory=dict)
    last: str = ""

    def as_link(self) -> dict[str, str | list[str]]:
        """The parts of a link that ask for the same."""
        return {"scenario": self.scenario, "set": [f"{lever}={value}" for lever, value in self.levers.items()]}

    @property
    def command(self) -> str:
        """The same run from the shell."""
        sets = [part for lever, value in self.levers.items() for part in ("--set", f"{lever}={value}")]
        return shlex.join(["supplynet", "run", self.scenario, *sets])


@dataclass(frozen=True, eq=False)
class Study:
    """A run that worked, with what the page draws of it. `start` makes the scenario with no lever set.

    geometry: the network for the canvas; charts: the pictures; both as JSON. story: what happened, in a sentence.
    """

    wanted: Wanted
    start: Recipe
    result: Result
    geometry: str
    frames: Frames
    charts: str
    story: str

    def with_lever(self, wanted: Wanted, lever: str, value: str) -> Wanted:
        """What is wanted, with one lever set; a rule brings its parameters, and voids what was said of the old one."""
        rule = lever.rpartition(".")[2] in FAMILIES
        said = rule_text(self.result, lever, value) if rule else value
        return Wanted(wanted.scenario, {**self._without(wanted, lever), lever: said}, lever)

    def without_lever(self, wanted: Wanted, lever: str) -> Wanted:
        """What is wanted, with one lever as it was at the start."""
        return Wanted(wanted.scenario, self._without(wanted, lever), lever)

    def _without(self, wanted: Wanted, lever: str) -> dict[str, str]:
        name = lever.rpartition(".")[2]
        void = superseded(self.result.scenario.network, lever, wanted.levers) if name in FAMILIES else {lever}
        return {other: value for other, value in wanted.levers.items() if other not in void}


def ready(wanted: Wanted, start: Recipe) -> Scenario:
    """The scenario with the levers set. Raises ValueError that names the lever."""
    recipe = start
    for lever, value in wanted.levers.items():
        recipe = recipe.with_lever(lever, value)
    return recipe.build()


def play(wanted: Wanted, start: Recipe) -> Study:
    """Set the levers, run, and draw. Raises one of BAD_INPUT that says what does not fit, and why."""
    result = supplynet.run(ready(wanted, start), replication=start.replication, keep=NEEDED)
    return Study(wanted, start, result, json.dumps(geometry(result)), Frames(result), charts(result), sentence(result))


def told(fault: BaseException) -> str:
    """What went wrong, in the words of whoever raised it."""
    return str(fault.args[0] if isinstance(fault, KeyError) and fault.args else fault) or type(fault).__name__


def outcomes(study: Study, before: Study) -> list[dict[str, str]]:
    """What a run comes to, each with its name and what it means, and what it was with no lever set."""
    now, was = study.result.outcomes, before.result.outcomes
    words = {key: percent if key == "fill_rate" else figure for key in TOLD}
    return [
        {
            "name": name,
            "about": about,
            "value": words[key](now[key]),
            "was": words[key](was[key]) if words[key](was[key]) != words[key](now[key]) else "",
        }
        for key, (name, about) in TOLD.items()
    ]
