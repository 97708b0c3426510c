"""A supply network as plain tables: nodes, lanes, inputs and signals, each a dict of equally long arrays.

`from_columns` makes one from arrays (a million firms, no graph needed), `graphs.from_graph` from a NetworkX graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.addresses import Addresses, tiers
from supplynet.checks import check_columns, check_lanes, check_shares, check_signals, fail
from supplynet.coded import Objects, is_object, numbered, numbers_and_objects, usual
from supplynet.disruptions import DISRUPTED, Disruption
from supplynet.schema import KINDS, UNFILLED, inputs, lane_inputs

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
            objects[table, column] = objects[table, column].with_value(rows, value if is_object(value) else None)
        if column in changed and not is_object(value):
            changed[column] = changed[column].copy()
            changed[column][rows] = value
        tables = {**tables, table: changed}
        return replace(self, node=tables["node"], lane=tables["lane"], input=tables["input"], objects=objects)


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
        values = node[name] if name in node else usual(column, n_nodes)
        if column.random:
            nodes[name], objects["node", name] = numbers_and_objects(values, np.float64)
        elif name == "kind":
            nodes[name] = numbered(values, KINDS, np.int8)
        else:
            nodes[name] = np.asarray(values, object if column.dtype is str else np.float64)
    for rule in RULES:
        objects["node", rule] = Objects.of(node.get(rule, [None] * n_nodes))

    lanes: dict[str, Array] = {"supplier": supplier, "customer": customer}
    for name, column in (inputs("lane") | inputs("outbound")).items():
        values = lane[name] if name in lane else usual(column, n_lanes)
        if column.random:
            lanes[name], objects["lane", name] = numbers_and_objects(values, np.int64)
        elif name == "unfilled":
            lanes[name] = numbered(values, UNFILLED, np.uint8)
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
    for at, event in enumerate(disruptions):
        if not isinstance(event, Disruption):
            yield f"disruptions[{at}] is {event!r}, must be a Disruption; write Disruption('mill', 'open_factor', 0.0)"
            continue
        yield from event.faults()
        if event.column in DISRUPTED and isinstance(event.where, str):
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
    return own, (numbered(carried, products, np.int64), np.array(products, object))


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
