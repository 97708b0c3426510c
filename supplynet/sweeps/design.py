"""Designs: which scenarios a sweep plays, as rows of levers; each scenario is made only when it is played."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import fail
from supplynet.policies.catalogue import FAMILIES
from supplynet.scenario import SETTINGS, Scenario
from supplynet.scenarios import load

if TYPE_CHECKING:
    import pandas as pd

DESIGNS: Final = ("grid", "latin_hypercube", "sobol")
TRIED: Final = 200  # scenarios that are made at most to see whether a design can be played


@dataclass(frozen=True, slots=True, eq=False)
class Design(Sequence[Scenario]):
    """Some scenarios: a base and rows of levers, or scenarios that were given one by one.

    levers: the values of each lever, one for each scenario. Other levers than these are those of the base.
    """

    levers: Mapping[str, tuple[Any, ...]]
    base: Scenario | None = None
    given: tuple[Scenario, ...] = ()
    _made: dict[tuple[Any, ...], Scenario] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        return len(self.given) if self.base is None else len(next(iter(self.levers.values()), (None,)))

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            levers = {lever: values[number] for lever, values in self.levers.items()}
            return Design(levers, self.base, self.given[number])
        if not -len(self) <= number < len(self):
            raise IndexError(f"scenario {number} of {len(self)}; count from 0")
        return self.given[number] if self.base is None else self._built(self._row(number))

    def shaped(self, number: int) -> Scenario:
        """A scenario with the network's size and the settings of this one; made once for all that share them."""
        if self.base is None:
            return self.given[number]
        recipe = self.base.recipe
        row = self._row(number)
        shaping = {
            lever: value
            for lever, value in row.items()
            if lever in SETTINGS or (recipe is not None and recipe.owns(lever))
        }
        key = tuple(map(repr, shaping.items()))
        if key not in self._made:
            self._made[key] = self._built(shaping)
        return self._made[key]

    def check(self) -> None:
        """Make sure that scenarios can be made of it, with every value of each lever, or with the extremes of many.

        Raises ValueError that names every lever and value that does not fit.
        """
        if self.base is None:
            return
        rows: dict[int, None] = {0: None}
        for values in self.levers.values():
            first = {repr(value): at for at, value in reversed(list(enumerate(values)))}
            ends = [] if len(first) <= TRIED else [_at(values, min), _at(values, max)]
            rows |= dict.fromkeys(ends or sorted(first.values()))
        problems: dict[str, None] = {}
        for row in itertools.islice(rows, TRIED):
            try:
                self[row]
            except (TypeError, ValueError) as fault:
                problems[str(fault)] = None
        if problems:
            fail(list(problems))

    def _row(self, number: int) -> dict[str, Any]:
        return {lever: values[number] for lever, values in self.levers.items()}

    def _built(self, row: Mapping[str, Any]) -> Scenario:
        """The base with some levers set, rules before their parameters."""
        assert self.base is not None
        recipe = self.base.recipe
        rules_first = sorted(row, key=lambda lever: lever.rpartition(".")[2] not in FAMILIES)
        also = [*(() if recipe is None else recipe.arguments), *SETTINGS]
        return self.base.with_levers({lever: row[lever] for lever in rules_first}, also)


def vary(
    base: Scenario | str | Path,
    levers: Mapping[str, Iterable[Any]] | pd.DataFrame | None = None,
    *,
    design: str = "grid",
    n: int | None = None,
    **named: Iterable[Any],
) -> Design:
    """Scenarios that differ in some levers: every combination of their values, n points between (low, high), or rows.

    levers: values by lever, for levers with a dot in their names, or a table with a column for each lever and a row for
    each scenario; design: "grid", "latin_hypercube" or "sobol", both by scipy.stats.qmc with the seed of the base.
    Whole numbers (low, high) give whole numbers, both ends included, where the lever takes no fractions.
    Raises ValueError that names what is wrong.
    """
    ready = base if isinstance(base, Scenario) else load(base)
    table: Any = levers if hasattr(levers, "columns") else None
    asked = {**({} if table is not None or levers is None else dict(levers)), **named}
    if design not in DESIGNS:
        raise ValueError(f"design is {design!r}, must be one of {', '.join(DESIGNS)}; choose one")
    if table is not None:
        if named or design != "grid" or not len(table):
            raise ValueError(
                "a table of levers names every scenario by a row and needs at least one; give no other levers with it, "
                "no design and no empty table"
            )
        columns = {str(lever): tuple(table[lever].tolist()) for lever in table.columns}
    elif not asked:
        raise ValueError("nothing to vary; name a lever and its values, for example vary(base, window=(4, 8, 12))")
    else:
        columns = _combined(ready, {lever: _values(lever, given) for lever, given in asked.items()}, design, n)
    made = Design(columns, ready)
    made.check()
    return made


def as_design(scenarios: Design | Scenario | str | Path | Iterable[Scenario | str | Path]) -> Design:
    """A design of what was given: itself, one scenario, or several, whose levers and names are told by the rows.

    Raises ValueError if there is none, TypeError for something else than a scenario.
    """
    if isinstance(scenarios, Design):
        return scenarios
    given = [scenarios] if isinstance(scenarios, (Scenario, str, Path)) else list(scenarios)
    listed = [load(each) if isinstance(each, (str, Path)) else each for each in given]
    if not listed:
        raise ValueError("no scenario to sweep; give at least one")
    for at, each in enumerate(listed):
        if not isinstance(each, Scenario):
            raise TypeError(f"scenario {at} is a {type(each).__name__}, must be a Scenario; make them with vary")
    told: list[dict[str, Any]] = [{**each.own_levers, **each.levers} for each in listed]
    names = dict.fromkeys(lever for row in told for lever in row)
    levers = {lever: tuple(row.get(lever) for row in told) for lever in names}
    if len({each.name for each in listed}) > 1:
        levers = {"name": tuple(each.name for each in listed), **levers}
    return Design(levers, None, tuple(listed))


def _values(lever: str, given: Any) -> list[Any]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"lever {lever!r} is {given!r}, must be several values; write ({given!r},) for one")
    values = [value.item() if isinstance(value, np.generic) else value for value in given]
    if not values:
        raise ValueError(f"lever {lever!r} has no values; give at least one")
    for at, value in enumerate(values):
        if value in values[:at]:
            raise ValueError(f"lever {lever!r} has {value!r} twice; give each value once")
    return values


def _combined(base: Scenario, asked: dict[str, list[Any]], design: str, n: int | None) -> dict[str, tuple[Any, ...]]:
    if design == "grid":
        if n is not None:
            raise ValueError(
                f"n is {n!r}, but a grid has every combination of the values; leave n out, or choose a design"
            )
        return dict(zip(asked, zip(*itertools.product(*asked.values()), strict=True), strict=True))
    from scipy.stats import qmc

    if not isinstance(n, int) or n < 1:
        raise ValueError(f"n is {n!r}, must be a whole number >= 1: how many points {design} has; give one")
    for lever, ends in asked.items():
        if len(ends) != 2 or not all(_is_number(end) for end in ends) or not ends[0] < ends[1]:
            raise ValueError(
                f"lever {lever!r} is {tuple(ends)!r}, must be (low, high) for {design}, low < high; mend it"
            )
    luck = np.random.default_rng(base.seed)
    if design == "sobol":
        if n & (n - 1):
            below = 1 << (n.bit_length() - 1)
            raise ValueError(
                f"n is {n}, must be a power of two, or Sobol points are not balanced; take {below} or {2 * below}"
            )
        points = qmc.Sobol(len(asked), seed=luck).random_base2(n.bit_length() - 1)
    else:
        points = qmc.LatinHypercube(len(asked), seed=luck).random(n)
    return {
        lever: tuple(_spread(low, high, points[:, at], whole=_is_whole(base, lever, low, high)))
        for at, (lever, (low, high)) in enumerate(asked.items())
    }


def _spread(low: Any, high: Any, shares: NDArray[Any], *, whole: bool) -> list[Any]:
    """Shares of a range as values in it."""
    spread: list[Any] = (low + np.floor(shares * (high - low + 1)) if whole else low + shares * (high - low)).tolist()
    return [int(value) for value in spread] if whole else spread


def _is_whole(base: Scenario, lever: str, low: Any, high: Any) -> bool:
    """Whether a lever between two whole numbers takes whole numbers only."""
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    try:
        Design({lever: (low + 0.5,)}, base)[0]
    except (TypeError, ValueError):
        return True
    return False


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _at(values: Sequence[Any], which: Any) -> int:
    """Where the least or the greatest of some values stands; 0 where they have no order."""
    try:
        return values.index(which(values))
    except TypeError:
        return 0


def words_of(values: Sequence[Any]) -> Iterator[Any]:
    """The values of a lever as a table holds them: numbers as they are, all else as text; None stays None."""
    plain = all(value is None or (isinstance(value, (int, float, np.number))) for value in values)
    for value in values:
        yield value if plain or value is None else value if isinstance(value, str) else repr(value)
