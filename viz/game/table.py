"""The rules of the table: who plays, what may be ordered, and a game as the model plays it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

import supplynet
from supplynet.checks import nearest
from supplynet.demand import Trace
from supplynet.distributions import Poisson
from supplynet.policies.ordering import Plan
from supplynet.randomness import stream_keys, uniforms
from supplynet.scenario import Result, Scenario
from supplynet.scenarios.beer_game import PLAYERS

WEEKS: Final = 36
FIXED: Final = 4  # opening weeks in which everybody orders USUAL. Source: Sterman (1989), Management Science 35(3)
USUAL: Final = 4  # cases that customers want in a week of the opening
LATER: Final = 8.0  # cases that customers want a week from then on, on the mean
MOST: Final = 999  # cases in one order
LAST_SEED: Final = 999_999
AHEAD: Final = 2  # weeks that anything is away in the mail or on the road
AGENTS: Final = {"base-stock": "beer-game", "anchoring": "beer-game-sterman"}
"""Who plays the other roles, and the scenario in which they do."""
DEMANDS: Final = ("classic", "random")
INFORMATION: Final = ("hidden", "shared")


@dataclass(frozen=True, slots=True)
class Setting:
    """Who plays which role, with whom, what customers do, and whether everybody sees everything.

    roles: those that people play, from the retailer upwards. Raises ValueError that names what does not fit.
    """

    roles: tuple[str, ...] = ("retailer",)
    agents: str = "base-stock"
    demand: str = "classic"
    seed: int = 1
    information: str = "hidden"

    def __post_init__(self) -> None:
        for role in self.roles:
            if role not in PLAYERS:
                raise ValueError(f"there is no role {role[:40]!r}; {nearest(role[:40], PLAYERS)}")
        for name, known in (("agents", tuple(AGENTS)), ("demand", DEMANDS), ("information", INFORMATION)):
            if (said := getattr(self, name)) not in known:
                shown = repr(said)[:40]
                raise ValueError(f"{name} is {shown}, must be one of {', '.join(known)}; {nearest(shown, known)}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed <= LAST_SEED:
            raise ValueError(
                f"seed is {repr(self.seed)[:40]}, must be a whole number from 0 to {LAST_SEED}; choose another"
            )
        object.__setattr__(self, "roles", tuple(role for role in PLAYERS if role in self.roles))


@dataclass(frozen=True, slots=True)
class Game:
    """A setting, and what the people at the table have ordered so far: orders [week][role of theirs], in cases.

    Raises ValueError that names week and role of an order that cannot be.
    """

    setting: Setting = field(default_factory=Setting)
    orders: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        if len(self.orders) > WEEKS:
            raise ValueError(f"there are orders of {len(self.orders)} weeks, and a game has {WEEKS}; leave some out")
        for week, orders in enumerate(self.orders, 1):
            for role, cases in zip(self.setting.roles, orders, strict=True):
                _check(role, week, cases)

    @property
    def week(self) -> int:
        """The week to be played, counted from 1; after the end the last one."""
        return min(len(self.orders) + 1, WEEKS)

    @property
    def finished(self) -> bool:
        """Whether all weeks are played."""
        return len(self.orders) == WEEKS

    def plays(self, role: str) -> bool:
        """Whether a person plays a role."""
        return role in self.setting.roles

    def of(self, role: str) -> tuple[int, ...]:
        """What a person ordered in a role, week after week."""
        at = self.setting.roles.index(role)
        return tuple(orders[at] for orders in self.orders)

    def with_orders(self, orders: Mapping[str, int]) -> Game:
        """The game one week on. Raises ValueError for an order that is missing or cannot be, and after the end."""
        if missing := [role for role in self.setting.roles if role not in orders]:
            raise ValueError(f"week {self.week}: the {missing[0]} has not ordered yet; write a number, 0 for nothing")
        return Game(self.setting, (*self.orders, tuple(orders[role] for role in self.setting.roles)))


def _check(role: str, week: int, cases: Any) -> None:
    said = f"week {week}: the {role} orders {repr(cases)[:40]}"
    if isinstance(cases, bool) or not isinstance(cases, int) or not 0 <= cases <= MOST:
        raise ValueError(f"{said}, must be a whole number of cases from 0 to {MOST}; mend it")
    if week <= FIXED and cases != USUAL:
        raise ValueError(f"{said}; in weeks 1 to {FIXED} everybody orders {USUAL}, so that all games open alike")


def order_of(text: str) -> int:
    """A number of cases from what a person typed. Raises ValueError that says what to write."""
    said = text.strip()
    if said.isascii() and said.isdecimal() and len(said.lstrip("0")) <= len(str(MOST)):
        return int(said)
    if not said:
        raise ValueError(f"no number yet; write the cases to order, 0 to {MOST}")
    shown = said if len(said) <= 20 else f"{said[:20]} ..."
    if said.startswith("-") and said[1:].isdecimal():
        raise ValueError(f"{shown} is below nothing, and beer cannot be sent back; write 0 to {MOST}")
    if said.isascii() and said.isdecimal():
        raise ValueError(f"{shown} cases are more than the brewery's books can hold; write 0 to {MOST}")
    raise ValueError(f"{shown!r} is no whole number of cases; write it in digits, 0 to {MOST}")


def seed_of(text: str) -> int:
    """A seed from what a person typed. Raises ValueError that says what to write."""
    said = text.strip()
    if not (said.isascii() and said.isdecimal() and len(said) <= len(str(LAST_SEED))):
        raise ValueError(f"seed is {said[:20]!r}, must be a whole number from 0 to {LAST_SEED}; write it in digits")
    return int(said)


def demand_of(setting: Setting) -> tuple[float, ...]:
    """What customers want in each week, in cases: one step, or after the opening a number drawn for each week."""
    if setting.demand == "classic":
        return tuple(float(USUAL) if week < FIXED else LATER for week in range(WEEKS))
    luck = uniforms(stream_keys(setting.seed, "beer game", ["customer"]), range(FIXED, WEEKS))
    return (float(USUAL),) * FIXED + tuple(Poisson(LATER).path(luck)[:, 0].tolist())


def scenario_of(game: Game, periods: int = WEEKS) -> Scenario:
    """The scenario in which people order what they ordered (nothing in weeks to come), and agents by their rule."""
    scenario = supplynet.load(AGENTS[game.setting.agents])
    network, row = scenario.network, scenario.network.names.index
    network = network.with_column("node", "demand", np.array([row("customer")]), Trace(demand_of(game.setting)))
    for role in game.setting.roles:
        plan = Plan((*map(float, game.of(role)), 0.0))
        network = network.with_column("node", "ordering", np.array([row(role)]), plan)
    return replace(scenario, network=network, periods=periods)


def play(game: Game) -> Result:
    """The game so far, and two weeks more: what is on its way now is what arrives then, whatever will be ordered."""
    return supplynet.run(scenario_of(game, game.week + AHEAD))


def agents_alone(setting: Setting) -> Result:
    """The same game with agents in all seats."""
    alone = Setting((), setting.agents, setting.demand, setting.seed)
    return supplynet.run(scenario_of(Game(alone, ((),) * WEEKS)))


def costs(result: Result) -> dict[str, float]:
    """What each role paid in a whole game, in dollars."""
    paid = np.asarray(result.record["cost"])[:WEEKS].sum(axis=0)
    return {role: float(paid[result.nodes.index(role)]) for role in PLAYERS}
