"""A scenario is what one runs: a network, how long, from which start, with which seed. A result is what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet import engine
from supplynet.batch import Player, runs_of_a_block
from supplynet.business import business
from supplynet.damage import Damage, columns_for, damage
from supplynet.disruptions import Disruption
from supplynet.finance import Statement, statement
from supplynet.levers import set_levers, superseded
from supplynet.lower import Case
from supplynet.network import Network, addresses_of, check_disruptions
from supplynet.opening import STARTS
from supplynet.outcomes import of_case
from supplynet.record import Keep, Record
from supplynet.unstable import warn_of_unstable

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
SETTINGS: Final = ("periods", "seed", "warm_up", "start")


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """A network and how to run it. Frozen: `with_lever` or `dataclasses.replace` makes another one.

    periods: how many; seed: of all randomness; warm_up: first periods that the measures leave out; start: "steady"
    (every pipeline filled at mean demand) or "empty"; about: one line; hint: what to try next; levers: those set,
    in order; strikes: the disruptions that were added; recipe: how a ready-made one is built; source: the folder or
    file that it was read from.
    """

    name: str
    network: Network
    periods: int = 100
    seed: int = 0
    warm_up: int = 0
    start: str = "steady"
    about: str = ""
    hint: str = ""
    levers: Mapping[str, Any] = field(default_factory=dict)
    strikes: tuple[Disruption, ...] = ()
    recipe: Any = None
    source: Path | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.network, Network):
            raise TypeError(
                f"scenario {self.name!r}: network is a {type(self.network).__name__}, must be a Network; "
                "make one with supplynet.from_graph(graph)"
            )
        for name, least in (("periods", 1), ("seed", 0), ("warm_up", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(
                    f"scenario {self.name!r}: {name} is {value!r}, must be a whole number >= {least}; mend it"
                )
        if self.warm_up >= self.periods:
            raise ValueError(
                f"scenario {self.name!r}: warm_up is {self.warm_up} of {self.periods} periods and leaves nothing to "
                "measure; run longer, or warm up less"
            )
        for event in self.network.disruptions:
            if late := event.beyond(self.periods):
                raise ValueError(f"scenario {self.name!r}: {late}")
        if self.start not in STARTS:
            raise ValueError(
                f"scenario {self.name!r}: start is {self.start!r}, must be one of {', '.join(STARTS)}; choose one"
            )

    @property
    def own_levers(self) -> Mapping[str, Any]:
        """The own levers of a ready-made scenario that were set."""
        return {} if self.recipe is None else dict(self.recipe.own_levers)

    def with_lever(self, lever: str, value: Any) -> Scenario:
        """A scenario in which one lever has another value; a ready-made one's own levers build it anew.

        Raises ValueError that names the nearest lever there is.
        """
        return self.with_levers({lever: value})

    def with_levers(self, levers: Mapping[str, Any], also: Iterable[str] = ()) -> Scenario:
        """A scenario in which some levers have other values: its own first, which build it anew, then how to run it,
        then those of its network, one after the other.

        A rule chosen by name (`{"shop.ordering": "base_stock", "shop.base_stock_level": 40}`) takes the parameters
        that later levers set. `also` are names that the hint of an error may point to. Raises ValueError.
        """
        own = {lever: value for lever, value in levers.items() if self.recipe is not None and self.recipe.owns(lever)}
        scenario = self.recipe.build_again(self, own) if own else self
        settings = {lever: value for lever, value in levers.items() if lever in SETTINGS and lever not in own}
        of_network = {lever: value for lever, value in levers.items() if lever not in own and lever not in settings}
        network, kept = set_levers(scenario.network, list(of_network.items()), also), dict(scenario.levers)
        for lever, value in of_network.items():
            void = superseded(scenario.network, lever, kept)
            kept = {name: given for name, given in kept.items() if name not in void} | {lever: value}
        changed: Scenario = replace(scenario, network=network, levers=kept, **settings)
        return changed

    def with_disruptions(self, events: Iterable[Disruption]) -> Scenario:
        """A scenario that is struck by some more events, which stay when its levers are set.

        Raises ValueError that names the nearest place, column or recovery.
        """
        added = tuple(events)
        if problems := list(check_disruptions(addresses_of(self.network), added)):
            raise ValueError(f"scenario {self.name!r}: {'; '.join(problems)}")
        network = replace(self.network, disruptions=(*self.network.disruptions, *added))
        changed: Scenario = replace(self, network=network, strikes=(*self.strikes, *added))
        return changed


@dataclass(frozen=True, eq=False)
class Result:
    """One run: its scenario, its record, and what it comes to."""

    scenario: Scenario
    record: Record

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes, in the order of the columns of the record."""
        return self.scenario.network.names

    @cached_property
    def _measured(self) -> tuple[dict[str, Array], dict[str, Array]]:
        return of_case(self.record, 0)

    @property
    def measures(self) -> dict[str, Array]:
        """The measures of each node, [node] each, without the warm-up."""
        return {name: values[0] for name, values in self._measured[0].items()}

    @property
    def outcomes(self) -> dict[str, float]:
        """What the run comes to, without the warm-up: cost, bullwhip ratio, fill rate, stock, backlog, lost sales, what
        was scrapped."""
        return {name: float(values[0]) for name, values in self._measured[1].items()}

    def statement(self, firm: Sequence[str] | None = None) -> Statement:
        """The books of a company: of some nodes by name, or of all factories and distributors; see `finance`.

        Raises ValueError where a name is not known, its lanes run in a circle, or the record is not whole.
        """
        scenario = self.scenario
        return statement(self.record, scenario.network, firm, seed=scenario.seed, warm_up=scenario.warm_up)

    @cached_property
    def business(self) -> dict[str, float]:
        """Stock, waiting, waste and money of all factories and distributors, without the warm-up; see `business`."""
        return business(self.record, self.scenario.network, self.statement())

    @cached_property
    def undisturbed(self) -> Result:
        """The same run without its disruptions, under the same luck; played when it is first asked for.

        Raises ValueError where nothing strikes, or this record holds too little to be put beside it.
        """
        scenario = self.scenario
        if not scenario.network.disruptions:
            raise ValueError(f"scenario {scenario.name!r}: nothing strikes it; add disruptions `with_disruptions`")
        calm = replace(scenario, network=replace(scenario.network, disruptions=()), strikes=())
        return run(calm, replication=self.record.replication, keep=Keep(columns_for(self.record)))

    @cached_property
    def damage(self) -> Damage:
        """What the disruptions did: losses, cascade, times to survive and to recover, shortages; see `Damage`.

        Raises what `undisturbed` raises.
        """
        return damage(self.record, self.undisturbed.record)

    def table(self) -> pd.DataFrame:
        """A row for each period and node: the columns of the record, with `order` for production_order.

        Where the record holds sums, a row for each period and label.
        """
        import pandas as pd

        record = self.record
        name, who = ("+".join(record.keep_what.groupings), record.labels) if record.summed else ("node", self.nodes)
        kept = range(record.keep_what.every - 1, record.periods, record.keep_what.every)
        columns: dict[str, Any] = {
            "period": np.repeat(np.array(kept), len(who)),
            name: pd.Categorical.from_codes(np.tile(np.arange(len(who)), len(kept)), list(who)),
        }
        for key in NODE_TABLE:
            if key == "inventory_level":
                if "on_hand" in record and "backlog" in record:
                    columns[key] = (record["on_hand"] - record["backlog"]).ravel()
            elif (source := {"order": "production_order"}.get(key, key)) in record:
                columns[key] = record[source].ravel()
        return pd.DataFrame(columns)

    def lanes_table(self) -> pd.DataFrame:
        """A row for each period and lane: orders, shipments, backlog, stock at the buyer, what is on order, and
        what was spoiled at the buyer or destroyed on its way.
        """
        import pandas as pd

        record, every, lane = self.record, self.record.keep_what.every, self.scenario.network.lane
        n_kept, n_lanes = record.periods // every, lane["supplier"].size
        columns: dict[str, Any] = {"period": np.repeat(np.arange(every - 1, record.periods, every)[:n_kept], n_lanes)}
        for end in ("supplier", "customer"):
            columns[end] = pd.Categorical.from_codes(np.tile(lane[end], n_kept), list(self.nodes))
        for key in LANE_TABLE:
            if key in record:
                columns[key.removeprefix("lane_")] = record[key].ravel()
        return pd.DataFrame(columns)


NODE_TABLE: Final = (
    "on_hand", "backlog", "inventory_level", "demand", "order", "production", "shipped", "filled", "lost", "scrapped",
    "cost",
)  # fmt: skip
LANE_TABLE: Final = (
    "order", "booked", "shipment", "lane_backlog", "cancelled", "input_stock", "on_order", "spoiled", "destroyed",
)  # fmt: skip


def run(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replication: int = 0,
    keep: Keep | None = None,
    watchers: Callable[[engine.Engine], Iterable[engine.Watcher]] | None = None,
) -> Result:
    """Run a scenario once.

    seed: another one than the scenario's; replication: which repetition; keep: what to record; watchers: a function
    that is given the engine and returns whoever else looks at the end of each period (a progress bar, a balance).
    Warns of settings that are known to be unstable. Raises ValueError that names every fault of the network,
    MemoryError if the record would not fit.
    """
    if seed is not None:
        scenario = replace(scenario, seed=seed)
    if index(replication) < 0:
        raise ValueError(f"replication is {replication!r}, must be a whole number >= 0; count from 0")
    case = Case(scenario.network, scenario.seed, (replication,), scenario.start)
    warn_of_unstable(scenario.network, scenario.periods)
    ready = engine.start([case], scenario.periods)
    record = Record(ready.union, scenario.periods, keep, warm_up=scenario.warm_up)
    ready.run(scenario.periods, [record, *(watchers(ready) if watchers else ())])
    return Result(scenario, record)


def replicate(scenario: Scenario, replications: int | Sequence[int], *, block: int | None = None) -> dict[str, Array]:
    """Run a scenario many times as one union of networks, and give each outcome as an array [run].

    replications: how many, or which; block: runs in one union (default: as many as fit the cache). The digits of a run
    do not depend on what else is in its block. Warns of settings that are known to be unstable.
    """
    asked = np.asarray(replications)
    numbers = tuple(index(number) for number in (asked if asked.ndim else range(index(asked[()]))))
    if not numbers or min(numbers) < 0:
        raise ValueError(f"replications is {replications!r}, must be at least 1, or numbers >= 0; mend it")
    warn_of_unstable(scenario.network, scenario.periods)
    size = block or runs_of_a_block(scenario.network, scenario.periods)
    parts: list[dict[str, Array]] = []
    player = Player()
    for first in range(0, len(numbers), size):
        case = Case(scenario.network, scenario.seed, numbers[first : first + size], scenario.start)
        more = first + 2 * size <= len(numbers)
        record = player.play([case], scenario.periods, warm_up=scenario.warm_up, more=more)
        parts.append(of_case(record, 0)[1])
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
