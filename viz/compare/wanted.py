"""What one compares: two scenarios, what is set in both or in one alone, and what strikes both."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from supplynet.scenario import Scenario
from supplynet.shell.options import with_options

from ..within import open_recipe

Levers = Mapping[str, str]
SIDES: Final = {"both": "set", "a": "set_a", "b": "set_b"}
"""Where a lever may be set, and the part of a link that says so."""
OWN_PARTS: Final = ("periods", "seed")
"""Levers of both that have a part of a link, and an option in the shell, of their own."""
USUAL: Final = "30"
MOST: Final = 500  # replications that the page runs
STRIKES: Final = 20  # of one link


@dataclass(frozen=True)
class Wanted:
    """Two scenarios by name or path, the levers set on both and on each alone, as text, and what strikes both.

    replications: how many pairs of runs, as text; last: what was set last, as the name of its field.
    """

    a: str
    b: str
    both: Levers = field(default_factory=dict)
    alone_a: Levers = field(default_factory=dict)
    alone_b: Levers = field(default_factory=dict)
    strikes: tuple[str, ...] = ()
    replications: str = USUAL
    last: str = ""

    def levers(self, side: str) -> Levers:
        """Those set in "both", or in "a" or "b" alone."""
        return {"both": self.both, "a": self.alone_a, "b": self.alone_b}[side]

    def with_levers(self, side: str, levers: Levers) -> Wanted:
        """The same with other levers on one side."""
        if side == "both":
            return replace(self, both=dict(levers))
        return replace(self, alone_a=dict(levers)) if side == "a" else replace(self, alone_b=dict(levers))

    def with_lever(self, side: str, lever: str, value: str) -> Wanted:
        """The same with one lever set; without a value it is as it was at the start."""
        others = {name: given for name, given in self.levers(side).items() if name != lever}
        return replace(self.with_levers(side, {**others, lever: value} if value else others), last=name_of(side, lever))

    def split(self, lever: str, values: Sequence[str]) -> Wanted:
        """The same with a lever that may differ between the two, from what it is now."""
        apart = self.with_lever("both", lever, "")
        return apart.with_lever("a", lever, values[0]).with_lever("b", lever, values[1])

    def without(self, lever: str) -> Wanted:
        """The same with a lever as it was at the start, on both sides."""
        for side in SIDES:
            self = self.with_lever(side, lever, "")
        return self

    @property
    def same(self) -> bool:
        """Whether nothing tells the two apart."""
        return self.a == self.b and self.alone_a == self.alone_b

    @property
    def runs(self) -> int:
        """How many pairs of runs. Raises ValueError for what is no such number."""
        text = self.replications.strip()
        if not re.fullmatch(r"[0-9]{1,6}", text) or not 2 <= int(text) <= MOST:
            raise ValueError(
                f"replications is {text!r}, must be a whole number from 2, for an interval, to {MOST} on this page; "
                f"give {USUAL}, or use the command"
            )
        return int(text)

    def build(self) -> tuple[Scenario, Scenario]:
        """The two scenarios. Raises ValueError that says what does not fit, and why."""
        shared = [f"{lever}={value}" for lever, value in self.both.items()]
        built = []
        for name, side in ((self.a, "a"), (self.b, "b")):
            recipe = with_options(open_recipe(name), shared, None, None, list(self.strikes))
            alone = [f"{lever}={value}" for lever, value in self.levers(side).items()]
            built.append(with_options(recipe, alone, None, None, option=f"--set-{side}").build())
        return built[0], built[1]

    def settled(self) -> Wanted:
        """The same, made comparable: where they differ, the seed of A, and the fewer periods and warm-up.

        Raises ValueError for what cannot be opened or set.
        """
        first, second = self.build()
        for setting in ("periods", "warm_up", "seed"):
            one, other = getattr(first, setting), getattr(second, setting)
            if one != other and not any(setting in self.levers(side) for side in ("a", "b")):
                shared = one if setting == "seed" else min(one, other)
                self = self.with_levers("both", {**self.both, setting: str(shared)})
        return self

    def as_link(self) -> dict[str, str | list[str]]:
        """The parts of a link that ask for the same."""
        sets = {
            part: [f"{lever}={value}" for lever, value in self.levers(side).items() if lever not in self._own(side)]
            for side, part in SIDES.items()
        }
        own = {lever: self.both.get(lever, "") for lever in OWN_PARTS}
        return {
            "a": self.a, "b": self.b, **sets, "disrupt": list(self.strikes), **own, "replications": self.replications,
        }  # fmt: skip

    @property
    def command(self) -> str:
        """The same from the shell."""
        words = ["supplynet", "compare", self.a]
        words += [] if self.b == self.a and self.alone_b else [self.b]
        for side, part in SIDES.items():
            for lever, value in self.levers(side).items():
                if lever not in self._own(side):
                    words += [f"--{part.replace('_', '-')}", f"{lever}={value}"]
        for row in self.strikes:
            words += ["--disrupt", row]
        for lever in OWN_PARTS:
            words += [f"--{lever}", self.both[lever]] if lever in self.both else []
        return shlex.join([*words, "--replications", self.replications.strip()])

    def _own(self, side: str) -> Sequence[str]:
        return OWN_PARTS if side == "both" else ()


@dataclass(frozen=True)
class Choice:
    """A comparison that is one click away: what to call it, what it asks, and what it is."""

    name: str
    about: str
    wanted: Wanted


CHOICES: Final = (
    Choice("Zara", "fashion: push a plan and sell the rest, or make what sells", Wanted("push-retail", "zara")),
    Choice("Toyota", "a line: large lots and a schedule, or small lots and cards", Wanted("batch-line", "toyota")),
    Choice("Dell", "computers: build to a forecast, or to order", Wanted("pc-channel", "dell")),
    Choice("Netflix", "films: look back at sales, or at who is looking", Wanted("netflix-history", "netflix")),
    Choice(
        "Just in time", "chips in a pandemic: no buffer, or five days of it",
        Wanted("jit-covid", "jit-covid", alone_a={"buffer": "0"}, alone_b={"buffer": "5"}),
    ),
    Choice(
        "Two rules", "flour in 2020: order up to a level, or half of the way there",
        Wanted("flour-2020", "flour-2020", alone_b={"ordering": "pout", "smoothing": "0.5"}),
    ),
)  # fmt: skip


def wanted_of(link: Mapping[str, tuple[str, ...]]) -> Wanted:
    """What a link asks for; what it leaves out is as in the first of the choices."""
    first = CHOICES[0].wanted
    sets: dict[str, Any] = {}
    for side, part in SIDES.items():
        pairs = [text.partition("=") for text in link.get(part, ())]
        sets[side] = {lever.strip(): value.strip() for lever, equals, value in pairs if equals and lever and value}
    sets["both"] |= {lever: link[lever][0] for lever in OWN_PARTS if link.get(lever, ("",))[0]}
    a = link.get("a", (first.a,))[0]
    return Wanted(
        a, link.get("b", (a if "a" in link else first.b,))[0], sets["both"], sets["a"], sets["b"],
        link.get("disrupt", ())[:STRIKES], link.get("replications", (USUAL,))[0],
    )  # fmt: skip


def name_of(side: str, lever: str) -> str:
    """The name of the field of a lever."""
    return f"{side}-{lever}"
