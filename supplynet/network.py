"""A supply network as plain tables: nodes, lanes, inputs and signals, each a dict of equally long arrays.

`from_columns` makes one from arrays (a million firms, no graph needed), `graphs.from_graph` from a NetworkX graph.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.addresses import Addresses, tiers
from supplynet.checks import check_columns, check_lanes, check_shares, check_signals, fail
from supplynet.disruptions import DISRUPTED, Disruption
from supplynet.schema import KINDS, UNFILLED, Column, inputs, lane_inputs

Array = NDArray[Any]

RULES: Final = ("ordering", "input_rule", "sourcing", "allocation", "demand")


@dataclass(frozen=True, slots=True)
class Signal:
    """What one node is told of another: a node column of the source, `delay` periods old, times `weight`.

    `start` is what the reader is told before the first true value arrives (default: what the source's column opens at).
    """

    source: str
    reader: str
    tells: str
    delay: int = 0
    weight: float = 1.0
    start: float = float("nan")
    automatic: bool = field(default=False, compare=False, repr=False)
    """Whether it was added for a rule that was chosen by name, and goes when the rule goes."""


@dataclass(frozen=True, slots=True)
class Objects:
    """A column of objects (rules, demand processes, distributions): the distinct ones, and which each row has.

    `codes` has shape [row]; -1 means none.
    """

    values: tuple[Any, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, column: Sequence[Any]) -> Objects:
        """Code a column of objects; equal objects share a code."""
        held = list(column)  # which keeps them alive, so that an id stays that of one object
        code_of: dict[int, int] = {}
        seen: dict[Any, int] = {}
        values: list[Any] = []
        for value in {id(value): value for value in held}.values():
            key = value if isinstance(value, Hashable) else id(value)
            if value is not None and key not in seen:
                seen[key] = len(values)
                values.append(value)
            code_of[id(value)] = -1 if value is None else seen[key]
        return cls(tuple(values), np.fromiter(map(code_of.__getitem__, map(id, held)), np.int32, len(held)))

    def with_value(self, rows: Array, value: Any) -> Objects:
        """The same column with one object in these rows."""
        values = self.values if value is None or value in self.values else (*self.values, value)
        codes = self.codes.copy()
        codes[rows] = -1 if value is None else values.index(value)
        used, renumbered = np.unique(codes, return_inverse=True)
        kept = used[used >= 0]
        return Objects(tuple(values[code] for code in kept), (renumbered - (used.size - kept.size)).astype(np.int32))


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The tables of a network. Rows keep the order in which the user gave them.

    `node`, `lane`, `input` hold one array for each input column of the schema; `lane` also `supplier`, `customer`
    (node indices) and `input` (index of the buyer's input), `input` also `node`. `objects` holds the rules, demand
    processes and distributions by (table, column); `disruptions` say what fails when.
    """

    names: tuple[str, ...]
    node: Mapping[str, Array]
    lane: Mapping[str, Array]
    input: Mapping[str, Array]
    signals: tuple[Signal, ...] = ()
    disruptions: tuple[Disruption, ...] = ()
    objects: Mapping[tuple[str, str], Objects] = field(default_factory=dict)

    @property
    def n_nodes(self) -> int:
        return len(self.names)

    @property
    def n_lanes(self) -> int:
        return int(self.lane["supplier"].size)

    @property
    def n_inputs(self) -> int:
        return int(self.input["node"].size)

    def lane_names(self) -> list[str]:
        """Every lane as "supplier>customer"."""
        return list(LaneLabels(self.names, self.lane["supplier"], self.lane["customer"]).short())

    def object_of(self, table: str, column: str, row: int) -> Any:
        """The rule, process or distribution of one row, or None."""
        coded = self.objects[table, column]
        code = int(coded.codes[row])
        return None if code < 0 else coded.values[code]

    def with_column(self, table: str, column: str, rows: Array, value: Any) -> Network:
        """A network that differs in one column of some rows: a number, a label, or an object."""
        tables = {"node": self.node, "lane": self.lane, "input": self.input}
        changed, objects = dict(tables[table]), dict(self.objects)
        if (table, column) in objects:
            objects[table, column] = objects[table, column].with_value(rows, value if _is_object(value) else None)
        if column in changed and not _is_object(value):
            changed[column] = changed[column].copy()
            changed[column][rows] = value
        tables = {**tables, table: changed}
        return replace(self, node=tables["node"], lane=tables["lane"], input=tables["input"], objects=objects)


def _is_object(value: Any) -> bool:
    return not isinstance(value, (bool, int, float, str, np.number))


def _numbers(column: Sequence[Any] | Array, dtype: Any) -> tuple[Array, Objects]:
    """Split a column that may hold distributions into its numbers and its objects."""
    if isinstance(column, np.ndarray) and column.dtype != object:
        return column.astype(dtype, copy=False), Objects((), np.full(column.size, -1, np.int32))
    objects = Objects.of([value if _is_object(value) else None for value in column])
    return np.array([0 if _is_object(value) else value for value in column], dtype=dtype), objects


def _usual(column: Column, n_rows: int) -> Any:
    """A column that is not given: its default in each row; of numbers a view, which takes no memory."""
    return (column.default,) * n_rows if column.dtype is str else np.broadcast_to(np.float64(column.default), n_rows)


def _numbered(column: Sequence[str], names: Sequence[str], dtype: Any) -> Array:
    """The place of each text among the names [row]."""
    place = {name: at for at, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, column), dtype, len(column))


def from_columns(
    names: Sequence[str],
    suppliers: Sequence[int] | Array,
    customers: Sequence[int] | Array,
    *,
    node: Mapping[str, Any] | None = None,
    lane: Mapping[str, Any] | None = None,
    signals: Sequence[Signal] = (),
    disruptions: Sequence[Disruption] = (),
    faults: list[str] | None = None,
) -> Network:
    """A network from columns; what is not given takes the schema's default.

    `names` [node]; `suppliers`, `customers` [lane] are node indices; `node` and `lane` map input columns of the schema
    (and the rules `ordering`, `input_rule`, `allocation`, `demand`) to columns of that length. Columns of an input are
    given on its lanes. Raises ValueError that names every fault it found; a list `faults` takes those of how rows
    belong together instead, for a reader that has more to say.
    """
    node, lane = dict(node or {}), dict(lane or {})
    supplier, customer = np.asarray(suppliers, np.int64), np.asarray(customers, np.int64)
    n_nodes, n_lanes = len(names), supplier.size
    problems = list(check_columns("node", names, node, n_nodes, inputs("node"), RULES))
    objects: dict[tuple[str, str], Objects] = {}
    lane_labels = LaneLabels(names, supplier, customer)
    problems += check_columns("lane", lane_labels, lane, n_lanes, lane_inputs(), ())
    if problems:
        fail(problems)

    nodes: dict[str, Array] = {}
    for name, column in inputs("node").items():
        values = node[name] if name in node else _usual(column, n_nodes)
        if column.random:
            nodes[name], objects["node", name] = _numbers(values, np.float64)
        elif name == "kind":
            nodes[name] = _numbered(values, KINDS, np.int8)
        else:
            nodes[name] = np.asarray(values, object if column.dtype is str else np.float64)
    for rule in RULES:
        objects["node", rule] = Objects.of(node.get(rule, [None] * n_nodes))

    lanes: dict[str, Array] = {"supplier": supplier, "customer": customer}
    for name, column in (inputs("lane") | inputs("outbound")).items():
        values = lane[name] if name in lane else _usual(column, n_lanes)
        if column.random:
            lanes[name], objects["lane", name] = _numbers(values, np.int64)
        elif name == "unfilled":
            lanes[name] = _numbered(values, UNFILLED, np.uint8)
        elif name != "product":
            lanes[name] = np.asarray(values, np.float64)
    nodes["product"], product = _products(names, node.get("product"), lane.get("product"), supplier)
    table, lanes["input"] = _inputs(customer, *product)
    for name, column in inputs("input").items():
        if name not in lane:
            table[name] = np.full(table["node"].size, column.default)
            continue
        values = np.asarray(lane[name], np.float64)
        table[name] = np.empty(table["node"].size)
        table[name][lanes["input"]] = values
        if n_lanes and (differs := table[name][lanes["input"]] != values).any():
            problems += [
                f"lane {lane_labels[at]}: {name} is {values[at]:g}, but another lane of the same input says "
                f"{table[name][lanes['input'][at]]:g}; lanes that substitute for each other share one bill of materials"
                for at in np.flatnonzero(differs)
            ]
    lanes["share"], wrong = _shares(lane.get("share"), lanes["input"], names, table["node"], table["product"])
    problems += wrong
    problems += check_signals(set(names) if signals else (), signals)
    problems += check_disruptions(Addresses(names, nodes, supplier, customer), disruptions)
    problems += check_lanes(names, nodes["kind"], supplier, customer)
    if faults is not None:
        faults += problems
    elif problems:
        fail(problems)
    return Network(tuple(names), nodes, lanes, table, tuple(signals), tuple(disruptions), objects)


def check_disruptions(addresses: Addresses, disruptions: Sequence[Disruption]) -> Iterator[str]:
    """Every fault in the disruptions, whose places must be there."""
    for event in disruptions:
        yield from event.faults()
        if event.column in DISRUPTED:
            try:
                addresses.rows(event.where, DISRUPTED[event.column].table)
            except ValueError as fault:
                yield f"disruption of {event.where!r}: {fault}"


def addresses_of(network: Network) -> Addresses:
    """The nodes and lanes of a network by name and label."""
    return Addresses(network.names, network.node, network.lane["supplier"], network.lane["customer"])


def tiers_of(network: Network) -> NDArray[np.int64]:
    """Distance of each node from the market [node]: customers 0, who serves them 1, ...; -1 where it serves nobody."""
    return tiers(network.node["kind"], network.lane["supplier"], network.lane["customer"])


class LaneLabels(Sequence[str]):
    """The lanes as messages name them, written only when a message needs one."""

    def __init__(self, names: Sequence[str], supplier: Array, customer: Array) -> None:
        self._names, self._supplier, self._customer = names, supplier, customer

    def short(self) -> Iterator[str]:
        """Every lane as "supplier>customer"."""
        ends = zip(self._supplier.tolist(), self._customer.tolist(), strict=True)
        return (f"{self._names[supplier]}>{self._names[customer]}" for supplier, customer in ends)

    def __len__(self) -> int:
        return int(self._supplier.size)

    def __getitem__(self, at: Any) -> Any:
        return f"{self._names[self._supplier[at]]!r} -> {self._names[self._customer[at]]!r}"


def _products(names: Sequence[str], of_node: Any, of_lane: Any, supplier: Array) -> tuple[Array, tuple[Array, Array]]:
    """The product of each node by name; and of each lane as a code, with the names of the codes.

    A node makes a product of its own name, and a lane carries what its supplier makes, unless it is said otherwise.
    """
    own = np.array(names, object)
    if of_node is None and of_lane is None:
        return own, (supplier, own)
    if of_node is not None:
        own = np.array([given or name for given, name in zip(of_node, names, strict=True)], object)
    carried = own[supplier].tolist()
    if of_lane is not None:
        carried = [given or made for given, made in zip(of_lane, carried, strict=True)]
    products = sorted(set(carried))
    return own, (_numbered(carried, products, np.int64), np.array(products, object))


def _inputs(customer: Array, code: Array, products: Array) -> tuple[dict[str, Array], Array]:
    """Lanes that bring one product to one buyer are one input; inputs are numbered by buyer, then product."""
    n_products = max(products.size, 1)
    key = customer * n_products + code
    if (key[1:] >= key[:-1]).all():  # in order, as firms made up from a table give them
        starts = np.diff(key, prepend=-1) > 0
        key, of_lane = key[starts], np.cumsum(starts) - 1
    else:
        key, of_lane = np.unique(key, return_inverse=True)
    return {"node": key // n_products, "product": products[key % n_products]}, of_lane.astype(np.int64)


def _shares(given: Any, of_lane: Array, names: Sequence[str], node: Array, product: Array) -> tuple[Array, list[str]]:
    """Shares of the lanes of each input: as given, or equal parts where none is given."""
    n_inputs = node.size
    equal = 1.0 / np.bincount(of_lane, minlength=n_inputs)[of_lane] if of_lane.size else np.zeros(0)
    share = np.asarray(given if given is not None else np.full(of_lane.size, np.nan), np.float64)
    blank = np.isnan(share)
    n_blank = np.bincount(of_lane, weights=blank, minlength=n_inputs)
    share = np.where(blank & (n_blank == np.bincount(of_lane, minlength=n_inputs))[of_lane], equal, share)
    return share, check_shares(share, of_lane, names, node, product)
