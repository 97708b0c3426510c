"""Which shortage caused which: every shortage in a record, its cause, and the shortage upstream that brought it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from supplynet.losses import ROUNDING, STRUCK, in_shortage
from supplynet.network import Network
from supplynet.record import Record
from supplynet.schema import CUSTOMER
from supplynet.shocks import Shock

Array = NDArray[Any]
CAUSES: Final = ("input", "delayed", "destroyed", "not ordered", "capacity", "lane", "stock")
NEEDED: Final = (
    "on_hand", "scrapped", "production_order", "production_backlog", "production_started", "received", "input_stock",
    "booked", "lane_backlog", "cancelled", "shipment", "destroyed", "spoiled",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shortage:
    """From `start` to `end`, the last period of it, a node shipped less than it was asked for.

    cause: "input", `supplier` was late; "delayed", its goods took longer than usual; "destroyed", they were lost on the
    way or at the buyer; "not ordered", the buyer placed a part of its orders only; "capacity", the node could not start
    what it had the inputs for; "lane", it had the goods and could not send them; "stock", nothing of that, but the node
    held too little for what was asked (`supplier`: of whose goods, if of any). parent: which shortage (a place in the
    list) brought it, -1 for an origin; depth: how many shortages lie between it and its origin, 0 for an origin.
    """

    node: str
    start: int
    end: int
    cause: str
    supplier: str = ""
    parent: int = -1
    depth: int = 0


def ripples(record: Record, tolerance: float = STRUCK) -> list[Shortage]:
    """Every shortage of a supplier, factory or distributor in a record of one run, the earliest first.

    A node is short while it owes, or lost, more than `tolerance` of its normal output; what it owes in a steady state,
    because it makes to order, is none. Why a shortage starts is read off the day on which the goods that lack should
    have been started: what was wanted, what could be had of each input, and which of them is short of need by most,
    weighted by its criticality. It was brought by the latest shortage of that input's supplier from which goods for
    this node were still late on that day. Raises ValueError for a record that leaves out what this takes.
    Source of the name: Ivanov, Sokolov & Dolgui (2014), International Journal of Production Research 52(7).
    """
    if record.summed or record.keep_what.every > 1:
        raise ValueError("ripples: the record holds sums, must hold every period of every node; keep them all")
    if missing := [key for key in NEEDED if key not in record]:
        raise ValueError(f"ripples: the record lacks {', '.join(missing)}; keep these columns too, or all")
    return _Tracer(record, tolerance).trace()


def tree(shortages: Sequence[Shortage]) -> nx.DiGraph:
    """The shortages as a graph from origins to what they brought: nodes are places in the list.

    Each node has the fields of its shortage (the node of the network as `name`), each edge the periods of `delay`
    between the two starts. Every component is a tree, since a shortage has one parent at most.
    """
    graph = nx.DiGraph()
    for at, one in enumerate(shortages):
        told = {"name": one.node, "start": one.start, "end": one.end, "cause": one.cause, "depth": one.depth}
        graph.add_node(at, **told)
    for at, one in enumerate(shortages):
        if one.parent >= 0:
            graph.add_edge(one.parent, at, delay=one.start - shortages[one.parent].start)
    return graph


def unmet(record: Record) -> Array:
    """What is owed on a lane beyond what is always owed, because its seller makes to order, or was lost [period, lane].

    Takes booked, lane_backlog and cancelled. Units: of the product that the lane carries.
    """
    ready, booked = record.prepared, record["booked"]
    opened, usual = ready.lane["lane_backlog"], ready.lane["normal_order"]
    with np.errstate(divide="ignore", invalid="ignore"):
        waits = np.nan_to_num(np.round(opened / usual), posinf=0.0).astype(np.int64)
    owed: Array = record["lane_backlog"] + record["cancelled"]
    for lane in np.flatnonzero(waits).tolist():
        asked = np.concatenate([np.full(waits[lane], usual[lane]), booked[:, lane]])
        total = np.concatenate([[0.0], np.cumsum(asked)])
        owed[:, lane] -= total[waits[lane] + 1 :] - total[1 : record.periods + 1]
    return np.maximum(owed, 0.0)


def of_suppliers(network: Network, of_lanes: Array) -> Array:
    """Sums over the lanes of each supplier [period, node] of a column [period, lane]."""
    supplier = network.lane["supplier"]
    shape = supplier.size, network.n_nodes
    place = csr_array((np.ones(supplier.size), supplier, np.arange(supplier.size + 1)), shape)
    summed: Array = np.asarray(of_lanes @ place)
    return summed


class _Tracer:
    """The columns of a record that tell who was late for whom."""

    def __init__(self, record: Record, tolerance: float) -> None:
        ready = record.prepared
        self.network, self.opened, self.opened_lane, self.periods = (
            ready.network, ready.node, ready.lane, record.periods,
        )  # fmt: skip
        self.column = {key: record[key] for key in NEEDED}
        lane = self.network.lane
        self.supplier, self.customer, self.input = lane["supplier"], lane["customer"], lane["input"]
        self.least, self.most = _least_lead(self.network), ready.lane["transport_size"].astype(np.int64) - 1
        self.reach = self.most + ready.lane["mail_size"].astype(np.int64) - 1  # from an order to its goods, at most
        self.enough = np.maximum(tolerance * ready.lane["normal_order"], ROUNDING)
        self.items = _by_group(self.network.input["node"], self.network.n_nodes)
        self.lanes = _by_group(self.input, self.network.input["node"].size)
        self.withheld = _withheld(record)
        self.unmet = unmet(record)
        self.late = in_shortage(self.unmet, ready.lane["normal_order"], tolerance)
        of_node = of_suppliers(self.network, self.unmet)
        self.short = in_shortage(of_node, ready.node["normal_output"], tolerance)
        self.short[:, self.network.node["kind"] == CUSTOMER] = False
        before = np.vstack([ready.lane["input_stock"], self.column["input_stock"][:-1]])
        self.held = before + self.column["received"]
        before = np.vstack([ready.node["production_backlog"], self.column["production_backlog"][:-1]])
        self.wanted = before + self.column["production_order"]

    def trace(self) -> list[Shortage]:
        """All shortages with their parents and depths."""
        change = np.diff(self.short.astype(np.int8), axis=0, prepend=0, append=0).T
        start, end = np.argwhere(change == 1), np.argwhere(change == -1)  # both [node, period], in the same order
        found = sorted(zip(start[:, 1].tolist(), start[:, 0].tolist(), (end[:, 1] - 1).tolist(), strict=True))
        of_node: dict[int, list[int]] = {}
        for at, (_, node, _) in enumerate(found):
            of_node.setdefault(node, []).append(at)
        told = []
        for begins, node, _ in found:
            cause, lane, day = self._cause(node, begins)
            parent = -1
            for at in of_node.get(int(self.supplier[lane]), []) if cause == "input" else []:
                parent = at if self._reaches(lane, day, found[at][0], found[at][2]) else parent
            told.append((cause, int(self.supplier[lane]) if lane >= 0 else -1, parent))
        depth = [-1] * len(found)
        for at in range(len(found)):
            way = [at]
            while told[way[-1]][2] >= 0 and depth[way[-1]] < 0:
                way.append(told[way[-1]][2])
            for one in reversed(way):
                depth[one] = depth[told[one][2]] + 1 if told[one][2] >= 0 else 0
        names = self.network.names
        return [
            Shortage(names[node], begins, ends, cause, names[late] if late >= 0 else "", parent, deep)
            for (begins, node, ends), (cause, late, parent), deep in zip(found, told, depth, strict=True)
        ]

    def _cause(self, node: int, period: int) -> tuple[str, int, int]:
        """Why a shortage starts, the lane that lacked if one did, -1 otherwise, and the day on which it did."""
        if self.column["on_hand"][period, node] + self.column["scrapped"][period, node] > ROUNDING:
            return "lane", -1, period
        day = max(0, period - int(self.opened["production_lead"][node]))
        wanted, started = self.wanted[day, node], self.column["production_started"][day, node]
        step = self.opened["lot"][node]
        if wanted - started <= max(step * (1.0 - ROUNDING), ROUNDING * wanted):
            return "stock", -1, day
        gaps, lanes_of = {}, {}
        for item in self.items[node].tolist():
            lanes = self.lanes[item]
            units, critical = (self.network.input[key][item] for key in ("units_per_output", "criticality"))
            can_make = self.held[day, lanes].sum() / units
            if critical > 0.0 and can_make <= (started + step) * (1.0 + ROUNDING) + ROUNDING and can_make < wanted:
                gaps[item], lanes_of[item] = critical * (wanted - can_make), lanes
        if not gaps:
            return "capacity", -1, day
        order = sorted(gaps, key=lambda item: -gaps[item])
        for item in order:
            missing = {lane: self._missing(lane, day) for lane in lanes_of[item].tolist()}
            worst = max(missing, key=lambda lane: missing[lane])
            if missing[worst] > 0.0:
                return "input", worst, day
        empty = [lane for item in order for lane in sorted(lanes_of[item].tolist(), key=self.held[day].item)]
        for lane in empty:
            if why := self._on_the_way(lane, day):
                return why, lane, day
        return "stock", empty[0], day

    def _on_the_way(self, lane: int, day: int) -> str:
        """What kept goods of a lane from being there on a day, though the supplier was not late; "" for nothing."""
        since = slice(max(0, day - int(self.reach[lane])), day + 1)
        lost = self.column["destroyed"][since, lane].sum() + self.column["spoiled"][since, lane][:-1].sum()
        if lost > self.enough[lane]:
            return "destroyed"
        if self._delayed(lane, day) > self.enough[lane]:
            return "delayed"
        return "not ordered" if self.withheld[since, self.customer[lane]].any() else ""

    def _delayed(self, lane: int, day: int) -> float:
        """What should have arrived on a lane by a day, had it taken as long as usual, and has not."""
        usual, filled = int(self.opened_lane["shipment_lead"][lane]), int(self.opened_lane["transport_filled"][lane])
        due = min(filled, day + 1) * float(self.opened_lane["transport_slot"][lane])
        due += self.column["shipment"][: max(0, day + 1 - usual), lane].sum()
        arrived = self.column["received"][: day + 1, lane].sum() + self.column["destroyed"][: day + 1, lane].sum()
        return float(due - arrived)

    def _missing(self, lane: int, day: int) -> float:
        """The most that was owed or lost on a lane in the periods from which goods come on this day."""
        first, last = max(0, day - int(self.most[lane])), day - int(self.least[lane]) + 1
        owed = np.where(self.late[first:last, lane], self.unmet[first:last, lane], 0.0)
        short = self.short[first:last, self.supplier[lane]]
        return float(owed[short].max(initial=0.0))

    def _reaches(self, lane: int, day: int, start: int, end: int) -> bool:
        """Whether goods of this lane that a shortage from start to end held up lack on this day."""
        first, last = max(start, day - int(self.most[lane])), min(end, day - int(self.least[lane]))
        return first <= last and bool(self.late[first : last + 1, lane].any())


def _by_group(group: Array, n_groups: int) -> list[Array]:
    """The places of each group, ascending."""
    return np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group, minlength=n_groups))[:-1])


def _withheld(record: Record) -> NDArray[np.bool_]:
    """Whether a part of a node's orders is not placed [period, node]."""
    network = record.prepared.network
    withheld = np.zeros((record.periods, network.n_nodes), bool)
    shock = Shock(network, "order_factor", record.periods, 1)
    if shock.is_random:
        shock.deal(record.union.cases[0].seed, np.array([record.replication]))
    for period in range(record.periods) if shock.rows.size else ():
        withheld[period, shock.rows] = shock.at(period) < 1.0
    return withheld


def _least_lead(network: Network) -> NDArray[np.int64]:
    """The least shipment lead time of each lane [lane]."""
    least = network.lane["shipment_lead_time"].astype(np.int64)
    coded = network.objects["lane", "shipment_lead_time"]
    for code, distribution in enumerate(coded.values):
        least[coded.codes == code] = distribution.smallest()
    return least
