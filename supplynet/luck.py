"""What chance and time decide of a union: demand, capacities, lead times. Dealt before a run, and anew for the next.

Every number is a function of seed, replication, purpose, name and period, so the same run has the same luck wherever
it lies, and scenarios of one replication share theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.demand import Constant, Process, as_process
from supplynet.disruptions import DISRUPTED
from supplynet.lower import Union
from supplynet.phases.draw import DrawLeadTimes, FollowPath, FollowShock, Hoard, Lengthen, LoseCapacity
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.season import style_of
from supplynet.randomness import replicate, stream_keys, uniforms
from supplynet.shocks import Shock

Array = NDArray[Any]
LEADS: Final = (
    ("production_lead_time", "production_lead"),
    ("order_lead_time", "order_lead"),
    ("shipment_lead_time", "shipment_lead"),
)


SHAKEN: Final[dict[str, tuple[str, str, Callable[..., Callable[[], None]]]]] = {
    "capacity_factor": ("node", "capacity", LoseCapacity),
    "extra_lead_time": ("lane", "shipment_lead_time", Lengthen),
}
"""What changes with a factor, where it may be drawn each day."""


class Luck:
    """The paths and streams of a union. `consumption` [period, customer] is what customers want."""

    def __init__(self, union: Union, periods: int) -> None:
        self.union, self.periods = union, periods
        self._deals: list[Callable[[Luck], None]] = []  # told who they are of, since a circle would outlive its block
        self.draws: list[tuple[Array, Callable[[], None]]] = [
            *self._lead_times(), *self._paths("capacity"), *self._paths("price"), *self._disruptions(),
            *self._interest(),
        ]  # fmt: skip
        union.state.columns["consumption"], union.state.columns["consumption_column"] = self._consumption()
        self.deal()

    def deal(self) -> None:
        """Draw for the replications that the union has now."""
        for deal in self._deals:
            deal(self)

    def _keys(self, case: int, purpose: str, names: list[str]) -> Array:
        """The streams [run, name] of a case."""
        keys = stream_keys(self.union.cases[case].seed, purpose, names)
        return replicate(keys[None, :], self.union.replications[case][:, None])

    def _fill(
        self,
        path: Array,
        case: int,
        purpose: str,
        of: Callable[[Array], Array],
        random: bool,
        names: list[str],
        style: str = "",
    ) -> None:
        """Fill a path [period, row] of all runs of a case, now or, where it is random, at each deal.

        The first number of those who share a style is the same for all of them.
        """
        if not random:
            path[:] = of(np.broadcast_to(0.5, path.shape))
            return

        def deal(luck: Luck) -> None:
            drawn = uniforms(luck._keys(case, purpose, names).ravel(), range(path.shape[0]))
            if style:
                drawn[0] = np.repeat(uniforms(luck._keys(case, "style", [style]).ravel(), range(1))[0], len(names))
            path[:] = of(drawn)

        self._deals.append(deal)

    def _processes(self, column: str) -> Iterator[tuple[int, Process, list[str], Array]]:
        """Every process in a node column: its case, itself, and the names and rows [run * name] that have it."""
        for case, described in enumerate(self.union.cases):
            coded = described.network.objects["node", column]
            nodes, _ = self.union.case_rows(case)
            for code, value in enumerate(coded.values):
                chosen = np.flatnonzero(coded.codes == code)
                names = [described.network.names[node] for node in chosen.tolist()]
                yield case, as_process(value), names, nodes[:, chosen].ravel()

    def _consumption(self) -> tuple[Array, Array]:
        """The paths of all customers side by side, and which of them each row has."""
        found = list(self._processes("demand"))
        n_periods = 1 if all(isinstance(process, Constant) for _, process, _, _ in found) else self.periods
        widths = [rows.size for _, _, _, rows in found]
        path = np.zeros((n_periods, sum(widths)))
        column = np.zeros(self.union.layout.row.size, np.uint32)
        for (case, process, names, rows), last in zip(found, np.cumsum(widths).tolist(), strict=True):
            column[rows] = np.arange(last - rows.size, last)
            own = path[:, last - rows.size : last]
            self._fill(own, case, "demand", process.path, process.uses_randomness, names, style_of(process))
        return path, column

    def _paths(self, column: str) -> Iterator[tuple[Array, Callable[[], None]]]:
        """Node columns that follow a process."""
        state = self.union.state
        for case, process, names, rows in self._processes(column):
            path = np.empty((1 if isinstance(process, Constant) else self.periods, rows.size))
            self._fill(path, case, column, process.path, process.uses_randomness, names)
            yield rows, FollowPath(path, state.clock, rows, state.columns[column])

    def _disruptions(self) -> Iterator[tuple[Array, Callable[[], None]]]:
        """What disruptions make of nodes and lanes, after capacities and lead times of the day are drawn."""
        state, layout = self.union.state, self.union.layout
        for case, described in enumerate(self.union.cases):
            network, (nodes, lanes) = described.network, self.union.case_rows(case)
            changing = {event.column for event in network.disruptions} | {*SHAKEN, "hoarding"}
            for column, kind in DISRUPTED.items():
                if column not in changing:
                    continue  # what was given holds, and nothing follows from it
                shock = Shock(network, column, self.periods, self.union.replications[case].size)
                if not shock.rows.size:
                    continue
                if shock.is_random:
                    self._deal_shock(shock, case)
                place = nodes if kind.table == "node" else layout.outbound[lanes]
                rows = place[:, shock.rows].ravel()
                yield rows, FollowShock(shock.at, state.clock, rows, state.columns[column])
                if column == "hoarding":
                    yield rows, Hoard(rows, state.columns)
                elif column in SHAKEN:
                    table, name, consequence = SHAKEN[column]
                    drawn = np.tile(network.objects[table, name].codes[shock.rows] >= 0, len(place))
                    yield rows, consequence(rows, drawn, state.columns)

    def _deal_shock(self, shock: Shock, case: int) -> None:
        """Draw what is random of a shock at each deal."""
        seed = self.union.cases[case].seed
        self._deals.append(lambda luck: shock.deal(seed, luck.union.replications[case]))

    def _interest(self) -> Iterator[tuple[Array, Callable[[], None]]]:
        """What customers look at, from the numbers that decide what they buy."""
        state = self.union.state
        for case, process, names, rows in self._processes("demand"):
            if isinstance(process, EarlyInterest):
                path = np.empty((self.periods, rows.size))
                self._fill(path, case, "demand", process.interest_path, True, names, style_of(process))
                factor = state.columns["demand_factor"]
                yield rows, FollowPath(path, state.clock, rows, state.columns["interest"], factor)

    def _lead_times(self) -> Iterator[tuple[Array, Callable[[], None]]]:
        state, layout = self.union.state, self.union.layout
        for case, described in enumerate(self.union.cases):
            network = described.network
            nodes, lanes = self.union.case_rows(case)
            places = (("node", nodes), ("lane", layout.inbound[lanes]), ("lane", layout.outbound[lanes]))
            for (table, place), (purpose, column) in zip(places, LEADS, strict=True):
                coded = network.objects[table, purpose]
                for code, distribution in enumerate(coded.values):
                    chosen = np.flatnonzero(coded.codes == code)
                    labels = network.names if table == "node" else network.lane_names()
                    rows = place[:, chosen].ravel()
                    draw = DrawLeadTimes(distribution, self.periods, state.clock, rows, state.columns[column])
                    self._deal_lead_times(draw, case, purpose, [labels[at] for at in chosen.tolist()])
                    yield rows, draw

    def _deal_lead_times(self, draw: DrawLeadTimes, case: int, purpose: str, names: list[str]) -> None:
        self._deals.append(lambda luck: draw.deal(luck._keys(case, purpose, names).ravel()))
