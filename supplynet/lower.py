"""From networks to arrays: many networks, and many replications of each, become one disjoint union with more rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import numpy as np
from numpy.typing import NDArray

from supplynet.layout import OUTBOUND, Layout, Part, add_carrier, lay_out, owner_of
from supplynet.network import Network, Signal
from supplynet.policies.contract import Rule, group_of
from supplynet.prepare import DEFAULT_RULES, Prepared, prepare
from supplynet.schema import INPUTS
from supplynet.state import State, allocate

Array = NDArray[Any]


SORTED_BY: Final = ("order_level", "ordering_group", "purchase_level", "input_rule_group", "sourcing_group")
"""The node columns by which rows are sorted, so that rules work on slices."""
READABLE: Final = frozenset({column.key for column in INPUTS}) | {
    "coverage", "reach", "supply_line", "supply_line_periods", "downstream", "lot_time", "busy",
}  # fmt: skip
"""What rules may read beside all results: the input columns of the schema; the periods that a node's order (coverage)
and a lane (reach) take; the part of the inventory position that has not arrived yet (supply_line), and the periods of
steady flow that it comes to (supply_line_periods); what the firms downstream open with (downstream); the machine time
that a lot takes (lot_time), and that yesterday's lots still took (busy)."""


@dataclass(frozen=True, slots=True)
class Case:
    """A network and how often it runs: one run for each replication number."""

    network: Network
    seed: int = 0
    replications: tuple[int, ...] = (0,)
    start: str = "steady"


@dataclass(frozen=True, slots=True, eq=False)
class Union:
    """Networks side by side in one state. Runs are numbered case by case, replication by replication.

    `rules` are all distinct rules; the node columns ordering, input_rule and allocation say which one a row has, and
    those named <rule>_group which rows one call can serve; `replications` are the numbers played, by case.
    """

    cases: tuple[Case, ...]
    prepared: tuple[Prepared, ...]
    layout: Layout
    state: State
    rules: tuple[Rule, ...]
    signals: dict[str, dict[str, Array]]
    replications: list[Array]

    def case_rows(self, case: int) -> tuple[Array, Array]:
        """The rows [run, node] and the lanes [run, lane] (indices into layout.inbound and outbound) of a case."""
        first = sum(len(earlier.replications) for earlier in self.cases[:case])
        last = first + len(self.cases[case].replications)
        n_runs = last - first
        nodes = self.layout.row[self.layout.nodes_of[first] : self.layout.nodes_of[last]].reshape(n_runs, -1)
        lanes = np.arange(self.layout.lanes_of[first], self.layout.lanes_of[last]).reshape(n_runs, -1)
        return nodes, lanes

    def name_of(self, table: str, at: int) -> str:
        """A row, an end or an input in the user's words; the run too, where there are several."""
        layout = self.layout
        if table == "input":
            table, at = "node", owner_of(self.state.columns["first_input"], at)
        place = {"node": layout.row, "inbound": layout.inbound, "outbound": layout.outbound}[table]
        offsets = layout.nodes_of if table == "node" else layout.lanes_of
        index = int(np.flatnonzero(place == at)[0])
        run = owner_of(offsets, index)
        case = owner_of(np.cumsum([0, *(len(case.replications) for case in self.cases)]), run)
        network, own = self.cases[case].network, index - int(offsets[run])
        name = f"node {network.names[own]!r}" if table == "node" else f"lane {network.lane_names()[own]!r}"
        return name if len(offsets) == 2 else f"{name} of run {run}"

    def check_results(self) -> None:
        """Raise ArithmeticError that names the place of a number that only a faulty rule can write."""
        for key, block in (("production_order", "node"), ("order", "inbound")):
            column = self.state.columns[key]
            wrong = ~(np.isfinite(column) & (column >= 0.0))
            if wrong.any():
                at = int(wrong.argmax())
                self._blame(key, self.name_of(block, at), column[at])
        for block, values in self.state.blocks.items():
            if not np.isfinite(values).all():
                column, row = np.argwhere(~np.isfinite(values))[0]
                self._blame(self.state.keys[block][column], self.name_of(block, int(row)), values[column, row])

    @staticmethod
    def _blame(key: str, name: str, value: float) -> NoReturn:
        raise ArithmeticError(
            f"{key} of {name} is {value}, must be a finite number >= 0; a rule wrote it, or what was given is "
            "too large to count with: check what the rule does where demand or stock is zero, and the largest numbers"
        )


def unite(cases: Sequence[Case], *, wait: int = 0) -> Union:
    """Lay out the cases side by side and open their state; messages may `wait` so many periods beyond their delay."""
    made: dict[tuple[int, str], Prepared] = {}
    for case in cases:
        if (id(case.network), case.start) not in made:
            made[id(case.network), case.start] = prepare(case.network, case.start)
    prepared = tuple(made[id(case.network), case.start] for case in cases)
    rules, tables = _number_rules(prepared)
    parts = []
    for case, ready, node in zip(cases, prepared, tables, strict=True):
        rank = np.stack([node[key] for key in SORTED_BY], axis=1)
        parts.append(Part(node, ready.lane, ready.input, rank, len(case.replications)))
    layout = lay_out(parts)
    columns = layout.columns
    tables_of = dict.fromkeys(parts[0].node, "node") | dict.fromkeys(parts[0].input, "input")
    tables_of |= {name: "outbound" if name in OUTBOUND else "inbound" for name in parts[0].lane}
    tables_of = {name: table for name, table in tables_of.items() if name in columns and name in READABLE}
    sizes = {"node": layout.row.size, "inbound": layout.inbound.size, "outbound": layout.outbound.size}
    columns |= {size: columns[size] + np.uint32(wait) for size in ("mail_size", "transport_size")}
    add_carrier(columns, "mail", "mail_size", "mail_slot", "mail_filled", "outbound_of")
    add_carrier(columns, "transport", "transport_size", "transport_slot", "transport_filled", "inbound_of")
    add_carrier(columns, "line", "line_size", "line_slot", "line_filled")
    columns["reply_size"] = np.ones(layout.outbound.size, np.uint32)
    add_carrier(columns, "reply", "reply_size", None, None, "inbound_of")
    columns["answer_start"] = columns["reply_start"][columns["outbound_of"]]
    del columns["reply_size"]  # each has one slot, for the same day
    for reader, writer, other_end in (("mailbox", "mail", "inbound_of"), ("dock", "transport", "outbound_of")):
        for part_of in ("start", "size"):
            columns[f"{reader}_{part_of}"] = columns[f"{writer}_{part_of}"][columns[other_end]]
    columns["stock"] = np.zeros(layout.input_order.size)
    columns["claim"] = np.zeros(layout.outbound.size)
    longest = max(
        (int(columns[size].max(initial=1)) for size in ("mail_size", "transport_size", "line_size")), default=1
    )
    signals = _lay_signals(cases, layout)
    longest = max([longest, *(int(table["delay"].max(initial=1)) for table in signals.values())])
    state = allocate(columns, sizes, tables_of, longest)  # type: ignore[arg-type]
    columns["clock"] = state.clock
    _open_signals(signals, cases, state)
    replications = [np.array(case.replications) for case in cases]
    return Union(tuple(cases), prepared, layout, state, rules, signals, replications)


def _number_rules(prepared: Sequence[Prepared]) -> tuple[tuple[Rule, ...], list[dict[str, Array]]]:
    """All distinct rules, and the node tables with rules and their groups as numbers that hold for the whole union."""
    rules: list[Rule] = []
    groups: dict[Any, int] = {}
    numbered: dict[int, dict[str, Array]] = {}
    for ready in prepared:
        if id(ready) in numbered:
            continue
        node = dict(ready.node)
        for column in DEFAULT_RULES:
            own = ready.rules[column]
            group = np.array([groups.setdefault(group_of(rule), len(groups)) for rule in own])
            node[f"{column}_group"] = group[node[column]]
            node[column] = node[column] + len(rules)
            rules += own
        numbered[id(ready)] = node
    return tuple(rules), [numbered[id(ready)] for ready in prepared]


def _lay_signals(cases: Sequence[Case], layout: Layout) -> dict[str, dict[str, Array]]:
    """For each column that is told: source row, delay, weight, start and slots of its signals, sorted by reader."""
    found: dict[str, list[tuple[Array, Array, Signal]]] = {}
    first = 0
    for case in cases:
        last = first + len(case.replications)
        rows = layout.row[layout.nodes_of[first] : layout.nodes_of[last]].reshape(last - first, -1)
        place = {name: at for at, name in enumerate(case.network.names)} if case.network.signals else {}
        for signal in case.network.signals:
            found.setdefault(signal.tells, []).append(
                (rows[:, place[signal.source]], rows[:, place[signal.reader]], signal)
            )
        first = last
    tables = {}
    for tells, told in found.items():
        copies = [source.size for source, _, _ in told]
        reader = np.concatenate([rows for _, rows, _ in told])
        order = np.argsort(reader, kind="stable")
        delay = np.repeat([signal.delay for _, _, signal in told], copies)[order]
        size = np.maximum(delay, 1)
        tables[tells] = {
            "source": np.concatenate([rows for rows, _, _ in told])[order].astype(np.uint32),
            "delay": delay.astype(np.uint32),
            "weight": np.repeat([signal.weight for _, _, signal in told], copies)[order].astype(np.float64),
            "start": np.repeat([signal.start for _, _, signal in told], copies)[order].astype(np.float64),
            "ring_start": (np.cumsum(size) - size).astype(np.uint32),
            "first_signal": np.searchsorted(reader[order], np.arange(layout.row.size + 1)).astype(np.uint32),
        }
    return tables


def _open_signals(signals: dict[str, dict[str, Array]], cases: Sequence[Case], state: State) -> None:
    """Until the first true value arrives, a reader is told `start`, or how the source's column opened."""
    for tells, table in signals.items():
        opened = np.where(np.isnan(table["start"]), state.columns[tells][table["source"]], table["start"])
        table["ring"] = np.repeat(opened, np.maximum(table["delay"], 1))
        state.rings.append(table["ring"])
        table["told_column"] = state.columns[tells]
        table["told"] = np.zeros(state.blocks["node"].shape[1])
        table["clock"] = state.clock
        state.columns[f"told_{tells}"] = table["told"]
        state.tables[f"told_{tells}"] = "node"
