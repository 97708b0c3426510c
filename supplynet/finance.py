"""Money: what a company earns, spends, owns and owes, period by period, from the record of a run.

A company is some nodes. What it buys from others it pays at their price, what it sells to others is paid at its own;
goods that move inside it move at cost. Stock is valued at what it cost, first in, first out; costs of running, of
set-ups and of orders belong to the period in which they arise. Title passes when goods are shipped, so goods in transit
are the buyer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supplynet.checks import nearest
from supplynet.demand import as_process
from supplynet.network import Network
from supplynet.randomness import replicate, stream_keys, uniforms
from supplynet.record import Record
from supplynet.schema import CUSTOMER, KINDS

Array = NDArray[Any]
READS: Final = (
    "on_hand", "backlog", "production_order", "production_started", "in_process", "production", "shipped", "scrapped",
    "cost", "input_stock", "received", "spoiled", "shipment", "destroyed", "billed",
)  # fmt: skip
"""The columns of a record that a statement is made from."""


@dataclass(frozen=True, eq=False)
class Statement:
    """The books of a company; each an array [period], in money (a period, or at its end).

    revenue: billed to others; markdown: revenue given up by selling below the opening price (not part of revenue);
    cost_of_goods: what the goods sold had cost; holding, backlog_cost, ordering, set_ups: costs of running;
    write_off: what goods that were scrapped, spoiled or destroyed had cost, less what they brought; profit: revenue
    less all of these but markdown; receivable, payable, inventory: owed to it, owed by it, and its stock at cost, at
    the end of the period; cash: at the end of the period, from nothing at the start; erosion: what its stock lost in
    replacement value because its suppliers' prices fell. The first `warm_up` periods do not count in the means below.
    """

    revenue: Array
    markdown: Array
    cost_of_goods: Array
    holding: Array
    backlog_cost: Array
    ordering: Array
    set_ups: Array
    write_off: Array
    receivable: Array
    payable: Array
    inventory: Array
    opening_inventory: float
    cash: Array
    erosion: Array
    warm_up: int = 0

    @property
    def profit(self) -> Array:
        return self.revenue - self.cost_of_goods - self.running_cost - self.write_off

    @property
    def running_cost(self) -> Array:
        return self.holding + self.backlog_cost + self.ordering + self.set_ups

    @property
    def working_capital(self) -> Array:
        """Stock and what is owed to it, less what it owes, at the end of each period."""
        return self.inventory + self.receivable - self.payable

    @property
    def days_of_inventory(self) -> float:
        """Mean stock over mean cost of goods, in periods; nan where nothing was sold. Source: as the cycle's."""
        return self._periods(self.inventory, self.cost_of_goods)

    @property
    def days_receivable(self) -> float:
        """Mean receivable over mean revenue, in periods; nan without revenue. Source: as the cycle's."""
        return self._periods(self.receivable, self.revenue)

    @property
    def days_payable(self) -> float:
        """Mean payable over mean cost of goods, in periods; nan where nothing was sold. Source: as the cycle's."""
        return self._periods(self.payable, self.cost_of_goods)

    @property
    def cash_conversion_cycle(self) -> float:
        """From paying for goods to being paid for them, in periods: days of inventory + receivable - payable.

        Source: Richards & Laughlin (1980), Financial Management 9(1).
        """
        return self.days_of_inventory + self.days_receivable - self.days_payable

    def _periods(self, stock: Array, flow: Array) -> float:
        per_period = float(flow[self.warm_up :].mean())
        return float(stock[self.warm_up :].mean()) / per_period if per_period > 0.0 else float("nan")


def statement(
    record: Record, network: Network, firm: Sequence[str] | None = None, *, seed: int = 0, warm_up: int = 0
) -> Statement:
    """The books of a company in one run.

    firm: the names of its nodes (default: all factories and distributors); seed: that of the scenario, for prices that
    are drawn. Raises ValueError where a name is not known, its lanes run in a circle, or the record lacks columns.
    """
    if record.summed or record.keep_what.every > 1:
        raise ValueError("the books need every node and period, but the record holds sums or leaves out periods")
    if missing := [key for key in READS if key not in record]:
        raise ValueError(f"the books need {', '.join(missing)}, which the record lacks; keep {', '.join(READS)}")
    return _Books(record, network, members(network, firm), seed).close(warm_up)


def members(network: Network, firm: Sequence[str] | None = None) -> Array:
    """The rows of the nodes of a company [node]. Raises ValueError with the nearest name."""
    if firm is None:
        outside = [KINDS.index("supplier"), CUSTOMER]
        return np.flatnonzero(~np.isin(network.node["kind"], outside))
    for name in firm:
        if name not in network.names:
            raise ValueError(f"firm: there is no node {name!r}; {nearest(name, network.names, shown=12)}")
        if network.node["kind"][network.names.index(name)] == CUSTOMER:
            raise ValueError(f"firm: node {name!r} is a customer, whom no company owns; leave it out")
    return np.array([network.names.index(name) for name in firm], np.int64)


def price_path(record: Record, network: Network, row: int, seed: int) -> Array:
    """What a node asks for a unit in each period [period]."""
    given = network.object_of("node", "price", row)
    if given is None:
        return np.full(record.periods, network.node["price"][row])
    key = replicate(stream_keys(seed, "price", [network.names[row]]), record.replication)
    path: Array = np.asarray(as_process(given).path(uniforms(key, range(record.periods))))[:, 0]
    return path


@dataclass(eq=False)
class _Books:
    """The flows of a company's lanes and nodes and what they cost, worked out from its suppliers to its customers."""

    record: Record
    network: Network
    rows: Array
    seed: int
    value: dict[int, Array] = field(default_factory=dict)
    """What the goods that a node ships in each period had cost [period], by node."""
    unit: dict[int, Array] = field(default_factory=dict)
    """What a unit of a node's product costs to replace [period + 1], the opening first, by node."""

    def __post_init__(self) -> None:
        self.inside = np.zeros(self.network.n_nodes, bool)
        self.inside[self.rows] = True
        lane, zeros = self.network.lane, np.zeros(self.record.periods)
        self.of = {key: self.record[key] for key in READS}
        self.buys = np.flatnonzero(self.inside[lane["customer"]])
        self.inventory, self.erosion, self.write_off = zeros.copy(), zeros.copy(), zeros.copy()
        self.salvage, self.making, self.opening = zeros.copy(), zeros.copy(), 0.0

    def close(self, warm_up: int) -> Statement:
        """Work out all nodes, and add up."""
        lane, node, of = self.network.lane, self.network.node, self.of
        for row in self._in_order():
            self._work_out(row)
        sells = np.flatnonzero(self.inside[lane["supplier"]] & ~self.inside[lane["customer"]])
        bought = self.buys[~self.inside[lane["supplier"][self.buys]]]
        revenue = of["billed"][:, sells].sum(axis=1)
        sellers = lane["supplier"][sells]
        list_price = np.where(self._decays(sellers), 0.0, self.record.prepared.node["price"][sellers])
        markdown = np.maximum(0.0, of["shipment"][:, sells] * list_price - of["billed"][:, sells]).sum(axis=1)
        cost_of_goods = sum((self._moved(at) for at in sells.tolist()), start=np.zeros(self.record.periods))
        paid_in, receivable = self._settled(sells)
        paid_out, payable = self._settled(bought)
        rows = self.rows
        backlog_cost = of["backlog"][:, rows] @ node["backlog_cost"][rows]
        ordering = (of["production_order"][:, rows] > 0.0) @ node["fixed_order_cost"][rows]
        lots = of["production_started"][:, rows] / np.where(node["lot"][rows] > 0.0, node["lot"][rows], np.inf)
        set_ups = lots @ node["setup_cost"][rows]
        running = of["cost"][:, rows].sum(axis=1)
        cash = np.cumsum(paid_in - paid_out - self.making - running + self.salvage)
        return Statement(
            revenue, markdown, cost_of_goods, running - backlog_cost - ordering - set_ups, backlog_cost, ordering,
            set_ups, self.write_off - self.salvage, receivable, payable, self.inventory, self.opening, cash,
            self.erosion, warm_up,
        )  # fmt: skip

    def _decays(self, sellers: Array) -> NDArray[np.bool_]:
        """Of whom the list price itself falls, so that nothing is marked down, [seller]."""
        prices = (self.network.object_of("node", "price", row) for row in sellers.tolist())
        return np.fromiter((getattr(price, "is_list_price", False) for price in prices), bool, sellers.size)

    def _in_order(self) -> list[int]:
        """The company's nodes, suppliers first. Raises ValueError that names a circle."""
        lane, graph = self.network.lane, nx.DiGraph()
        graph.add_nodes_from(self.rows.tolist())
        inner = self.buys[self.inside[lane["supplier"][self.buys]]]
        graph.add_edges_from(zip(lane["supplier"][inner].tolist(), lane["customer"][inner].tolist(), strict=True))
        try:
            return list(nx.lexicographical_topological_sort(graph))
        except nx.NetworkXUnfeasible:
            names = [self.network.names[row] for row, _ in nx.find_cycle(graph)]
            raise ValueError(
                f"the company's goods run in a circle through {', '.join(map(repr, names))}, so they have no cost; "
                "name a firm without it, such as one node"
            ) from None

    def _work_out(self, row: int) -> None:
        """What a node's inputs and products cost it, first in, first out."""
        node, of, network = self.network.node, self.of, self.network
        started = of["production_started"][:, row]
        making = node["production_cost"][row] * started
        spent, replace = making.copy(), np.full(self.record.periods + 1, node["production_cost"][row])
        for at in self.buys[network.lane["customer"][self.buys] == row].tolist():
            units = (
                self.record.prepared.lane["share"][at] * network.input["units_per_output"][network.lane["input"][at]]
            )
            spent += self._draw(at)
            replace += units * self._unit_of(at)
        self.unit[row] = replace
        held = of["on_hand"][:, row] + of["in_process"][:, row]
        gone = of["shipped"][:, row] + of["scrapped"][:, row]
        opening = max(0.0, float(held[0] - started[0] + gone[0]))
        cost = self._own(opening, replace, started, spent, gone)
        scrapped = _part(of["scrapped"][:, row], gone) * cost
        self.value[row] = cost - scrapped
        self.write_off += scrapped
        self.salvage += node["salvage_price"][row] * of["scrapped"][:, row]
        self.making += making

    def _draw(self, at: int) -> Array:
        """What the goods that a buyer uses of a lane had cost [period]; those that are destroyed are written off."""
        opened, of = self.record.prepared.lane, self.of
        stock = float(opened["input_stock"][at])
        before = np.concatenate([[stock], of["input_stock"][:-1, at]])
        gone = before + of["received"][:, at] - of["input_stock"][:, at] + of["destroyed"][:, at]
        opening = stock + float(opened["transport_filled"][at] * opened["transport_slot"][at])
        cost = self._own(opening, self._unit_of(at), of["shipment"][:, at], self._moved(at), gone)
        lost: Array = _part(of["spoiled"][:, at] + of["destroyed"][:, at], gone) * cost
        self.write_off += lost
        used: Array = cost - lost
        return used

    def _own(self, opening: float, unit: Array, came: Array, paid: Array, gone: Array) -> Array:
        """Count a stock of the company, at cost and as the cost of replacing it falls; what the goods that go cost."""
        cost = _first_out(opening, opening * unit[0], came, paid, gone)
        self.opening += opening * unit[0]
        self.inventory += opening * unit[0] + np.cumsum(paid) - np.cumsum(cost)
        held = np.concatenate([[opening], opening + np.cumsum(came - gone)[:-1]])
        self.erosion += held * (unit[:-1] - unit[1:])
        return cost

    def _moved(self, at: int) -> Array:
        """What the goods that leave on a lane cost [period]: their price outside the company, their cost inside."""
        supplier = int(self.network.lane["supplier"][at])
        if not self.inside[supplier]:
            billed: Array = self.of["billed"][:, at]
            return billed
        moved: Array = _part(self.of["shipment"][:, at], self.of["shipped"][:, supplier]) * self.value[supplier]
        return moved

    def _unit_of(self, at: int) -> Array:
        """What a unit that comes on a lane costs to replace [period + 1], the opening first."""
        supplier = int(self.network.lane["supplier"][at])
        if supplier not in self.unit:
            path = price_path(self.record, self.network, supplier, self.seed)
            self.unit[supplier] = np.concatenate([[self.record.prepared.node["price"][supplier]], path])
        return self.unit[supplier]

    def _settled(self, lanes: Array) -> tuple[Array, Array]:
        """What is paid on some lanes in each period, by their terms, and what is still owed at its end."""
        billed = self.of["billed"]
        paid, terms = np.zeros(self.record.periods), self.network.lane["payment_terms"].astype(np.int64)
        for at in lanes.tolist():
            paid[terms[at] :] += billed[: max(0, self.record.periods - terms[at]), at]
        return paid, np.cumsum(billed[:, lanes].sum(axis=1) - paid)


def _first_out(opening: float, worth: float, came: Array, paid: Array, gone: Array) -> Array:
    """What the units that go cost [period], first in, first out: cumulative cost read off at cumulative units."""
    units, value = (np.concatenate([[0.0, first], first + np.cumsum(more)])
                    for first, more in ((opening, came), (worth, paid)))  # fmt: skip
    return np.diff(np.interp(np.concatenate([[0.0], np.cumsum(gone)]), units, value))


def _part(some: Array, whole: Array) -> Array:
    """Some of a whole, 0 where there is none."""
    return np.where(whole > 0.0, some / np.where(whole > 0.0, whole, 1.0), 0.0)
