"""A network of firms to be struck: made by a few levers, or opened, with what a unit of each firm's output is worth."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import supplynet
from supplynet.disruptions import Disruption
from supplynet.firms import firm_network
from supplynet.ripples import NEEDED
from supplynet.scenario import Result, Scenario
from supplynet.schema import CUSTOMER

from ..within import open_recipe
from .made import KINDS, kinds, make

Array = NDArray[Any]
REGIONS: Final = {"north": 0.4, "east": 0.3, "south": 0.2, "west": 0.1}
"""Where the firms of a network that is made lie, with the odds of each."""
LEAST_COVER: Final = 4.0  # days, or the lever where it is less. Source: Inoue & Todo (2020), PLoS ONE 15(9)
MOST_CELLS: Final = 3_700_000  # firms times days; a byte each is what the page is sent
MOST_TRACED: Final = 5_000_000  # lanes times days that are kept, so that shortages can be traced


class BadLever(ValueError):
    """A lever that does not fit: which one, and why."""

    def __init__(self, lever: str, words: str) -> None:
        super().__init__(words)
        self.lever = lever


@dataclass(frozen=True, slots=True)
class Lever:
    """A number that makes a network: its range, its unit and what it means; `kinds` that have it, all if empty."""

    name: str
    label: str
    unit: str
    least: float
    most: float
    step: float
    meaning: str
    kinds: tuple[str, ...] = ()

    def read(self, text: str) -> float | int:
        """The number in a text. Raises BadLever."""
        whole = self.step == 1.0
        must = f"{self.label} is {text!r}, must be a {'whole ' * whole}number from {self.least:g} to {self.most:,g}"
        try:
            value = float(text)
        except ValueError:
            raise BadLever(self.name, f"{must}; write one") from None
        if not self.least <= value <= self.most or (whole and value != round(value)):
            raise BadLever(self.name, f"{must}; choose one between")
        return int(value) if whole else value


LEVERS: Final = (
    Lever("firms", "firms", "", 20, 5000, 1, "how many there are"),
    Lever("groups", "layers or sectors", "", 2, 7, 1, "how many there are", ("layers", "scale-free")),
    Lever("suppliers", "suppliers", "of each need", 1, 6, 1, "from how many a firm buys an input"),
    Lever("cover", "cover", "days", 1, 60, 0.5, "of usage in stock of each input; drawn by firm, this is the mean"),
    Lever("criticality", "criticality", "part", 0, 1, 0.05, "how far output falls for want of an input; 0: not at all"),
    Lever("adjustment_time", "adjustment time", "days", 1, 30, 0.5, "to close a gap of stock in; short: orders swing"),
    Lever("seed", "seed", "", 0, 99_999, 1, "of all that is drawn: who supplies whom, cover, regions"),
    Lever("days", "days", "days", 20, 365, 1, "how long to look"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Economy:
    """A network of firms by its levers; `kind` is one that is made, or the name or path of something to open."""

    kind: str = "made-up"
    firms: int = 300
    groups: int = 5
    suppliers: int = 2
    cover: float = 9.0
    criticality: float = 1.0
    adjustment_time: float = 6.0
    seed: int = 1
    days: int = 120

    def levers(self) -> Iterator[Lever]:
        """The levers that this kind has."""
        for lever in LEVERS:
            if (self.kind in lever.kinds or not lever.kinds) and (self.kind in KINDS or lever.name == "days"):
                yield lever

    def with_lever(self, name: str, text: str) -> Economy:
        """The economy with one lever set, or another kind. Raises BadLever."""
        if name == "kind":
            return Economy(kind=text, days=self.days)
        known = {lever.name: lever for lever in LEVERS}
        if name not in known:
            raise BadLever(name, f"there is no lever {name!r}; choose one of {', '.join(known)}")
        changed: dict[str, Any] = {name: known[name].read(text)}
        return replace(self, **changed)

    def set_levers(self) -> dict[str, str]:
        """The levers that are not as usual, as text."""
        usual = Economy()
        values = {own.name: getattr(self, own.name) for own in fields(self)}
        return {name: f"{value}" for name, value in values.items() if value != getattr(usual, name)}

    def open(self) -> Ground:
        """Make or read the network. Raises BadLever, or ValueError that says what does not fit."""
        if self.kind not in KINDS:
            return _opened(self)
        if self.kind not in kinds():
            raise BadLever(
                "kind",
                f"{KINDS[self.kind][0]}: its table is not here; name the folder of real data in SUPPLYNET_DATA",
            )
        try:
            firms, exposed, critical = make(self.kind, self.firms, self.suppliers, self.groups, self.seed)
        except ValueError as fault:
            raise BadLever("firms", str(fault)) from None
        luck = np.random.default_rng([self.seed, 1])
        region = luck.choice(list(REGIONS), firms.n_firms, p=list(REGIONS.values()))
        drawn = luck.poisson(self.cover, firms.n_firms).astype(np.float64)
        network = firm_network(
            firms, cover=np.maximum(min(LEAST_COVER, self.cover), drawn), criticality=critical * self.criticality,
            adjustment_time=self.adjustment_time, region=region.tolist(),
        )  # fmt: skip
        rows = np.arange(firms.n_firms)
        closes = dict(zip(firms.table.sectors, exposed.tolist(), strict=True))
        worth = np.divide(firms.value_added, firms.output, out=np.zeros(rows.size), where=firms.output > 0.0)
        return _checked(Ground(self, Scenario(self.kind, network, self.days), rows, worth, "value added", closes))


@dataclass(frozen=True, eq=False)
class Ground:
    """A network that may be struck.

    rows: its firms, nodes that are no customers; worth [firm]: of a unit of output, in what is `lost`; exposed: by
    label "sector" the part that a lockdown closes (empty: all of every node).
    """

    economy: Economy
    scenario: Scenario
    rows: Array
    worth: Array
    lost: str
    exposed: dict[str, float]
    _calm: list[Array] = field(default_factory=list)

    @property
    def usual(self) -> Array:
        """What each firm makes on each day when nothing happens [day, firm]."""
        return self.calm()

    def calm(self, watch: Callable[[int], None] | None = None) -> Array:
        """The same, run the first time that it is asked for; `watch` is told each day that is over."""
        if not self._calm:
            calm = replace(self.scenario, network=replace(self.scenario.network, disruptions=()))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the struck run tells
                ran = supplynet.run(calm, keep=supplynet.Keep(("production",)), watchers=_watchers(watch))
            self._calm.append(ran.record["production"][:, self.rows])
        return self._calm[0]

    @property
    def names(self) -> list[str]:
        """The names of the firms."""
        return [self.scenario.network.names[row] for row in self.rows.tolist()]

    def labels(self, label: str) -> list[str]:
        """The sector or region of each firm, "" where it has none."""
        return [str(text) for text in self.scenario.network.node[label][self.rows]]

    @property
    def traced(self) -> bool:
        """Whether what is kept of a run is enough to trace shortages, and not too much to keep."""
        return self.scenario.network.n_lanes * self.scenario.periods <= MOST_TRACED

    def strike(self, events: list[Disruption], watch: Callable[[int], None] | None = None) -> Result:
        """The run in which these events strike; `watch` is told each day that is over. Raises ValueError."""
        keep = supplynet.Keep(("production", *(NEEDED if self.traced else ())))
        return supplynet.run(self.scenario.with_disruptions(events), keep=keep, watchers=_watchers(watch))


@dataclass(frozen=True, slots=True)
class _Told:
    watch: Callable[[int], None]

    def keep(self, period: int) -> None:
        self.watch(period)


def _watchers(watch: Callable[[int], None] | None) -> Any:
    return None if watch is None else lambda _: [_Told(watch)]


def _opened(economy: Economy) -> Ground:
    """What is opened by name: its nodes but customers, each unit worth its price, or 1 where nobody has one."""
    try:
        recipe = open_recipe(economy.kind)
        scenario = recipe.with_lever("periods", economy.days).build()
    except ValueError as fault:
        raise BadLever("kind", str(fault)) from None
    network = scenario.network
    rows = np.flatnonzero(network.node["kind"] != CUSTOMER)
    if not rows.size:
        raise BadLever("kind", f"{economy.kind!r} has no firms, only customers; choose another network")
    price = network.node["price"][rows].astype(np.float64)
    return _checked(Ground(economy, scenario, rows, price if price.all() else np.ones(rows.size), "output", {}))


def _checked(ground: Ground) -> Ground:
    """Raises BadLever where the page could not be sent so much."""
    if ground.rows.size * ground.scenario.periods > MOST_CELLS:
        most = MOST_CELLS // ground.rows.size
        raise BadLever(
            "days",
            f"{ground.rows.size:,} firms for {ground.scenario.periods} days are more than the page can play; look at "
            f"{most} days or less, or at fewer firms",
        )
    return ground
