"""The lanes of lanes.csv, with what inputs.csv says of the inputs that they bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import nearest
from supplynet.readers.columns import read_columns
from supplynet.readers.places import Places
from supplynet.readers.tables import Findings, Table
from supplynet.schema import inputs, lane_inputs

HINTS: Final = 100  # unknown names for which the nearest is looked up; among many names it takes a while


@dataclass(frozen=True, slots=True)
class Lanes:
    """Lanes by their ends, which are indices of nodes, and their columns."""

    suppliers: list[int]
    customers: list[int]
    columns: dict[str, Any]


def read_lanes(
    table: Table, of_inputs: Table | None, nodes: Table, defaults: Mapping[str, str], findings: Findings, places: Places
) -> Lanes:
    """The lanes between known nodes. Problems go to the findings, the lines of lanes to the places."""
    names = nodes.column("node")
    place = {name: row for row, name in enumerate(names)}
    table = own_rows(table, place, findings)
    places.add_lanes(table)
    columns = {name: table.column(name) for name in lane_inputs() if name in table.columns or name in defaults}
    for name, default in defaults.items():
        columns[name] = [cell or default for cell in columns[name]]
    ends = list(zip(table.column("supplier"), table.column("customer"), strict=True))
    labels = [f"line {line} ({a!r} -> {b!r})" for line, (a, b) in zip(table.lines, ends, strict=True)]
    lanes = Table(table.where, columns, table.lines)
    own = {name: column for name, column in lane_inputs().items() if name not in inputs("input")}
    read = read_columns(lanes, own, labels, findings, lambda row: findings.supply.add(ends[row][1]))
    suppliers, customers = [place[a] for a, _ in ends], [place[b] for _, b in ends]
    made = [product or name for product, name in zip(nodes.column("product"), names, strict=True)]
    carried = [cell or made[at] for cell, at in zip(table.column("product"), suppliers, strict=True)]
    keys = [(customer, product) for (_, customer), product in zip(ends, carried, strict=True)]
    numbers: dict[tuple[str, str], int] = {}
    group = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
    said = {} if of_inputs is None else _of_inputs(of_inputs, numbers, set(names), findings)
    for name, column in inputs("input").items():
        wrong: set[int] = set()
        read |= read_columns(lanes, {name: column}, labels, findings, wrong.add)
        usual = float(defaults.get(name) or column.default or 0.0)
        if name in read or name in said or name in defaults:
            lane_says = np.asarray(read.get(name, np.full(len(ends), usual)), np.float64)
            blank = np.array([not cell or row in wrong for row, cell in enumerate(table.column(name))], bool)
            values = _of_group(lane_says, blank, group, len(numbers))
            for at, (value, where) in said.get(name, {}).items():
                if not np.isnan(values[at]) and values[at] != value:
                    findings.problems.append(
                        f"{where}: {name} is {value:g}, but {table.where} says {values[at]:g}; say it in one place"
                    )
                values[at] = value
            filled = np.where(blank, values[group], lane_says)
            read[name] = np.where(np.isnan(filled), usual, filled)
    return Lanes(suppliers, customers, read)


def own_rows(table: Table, place: Mapping[str, int], findings: Findings) -> Table:
    """The rows that join two known nodes, each pair once."""
    wrong: set[int] = set()
    first: dict[tuple[str, str], int] = {}
    served: set[str] = set()
    hints: dict[str, str] = {}
    lost_customer = False
    for row, pair in enumerate(zip(table.column("supplier"), table.column("customer"), strict=True)):
        for end, name in zip(("supplier", "customer"), pair, strict=True):
            if name in findings.nodes and name not in place:
                wrong.add(row)  # nodes.csv names it, but it cannot be
            elif name not in place:
                wrong.add(row)
                lost_customer |= end == "customer"
                if name not in hints and len(hints) < HINTS:
                    hints[name] = f"; {nearest(name, place, shown=12)}" if name else "; give the name of a node"
                said = f"there is no node {name!r}" if name else "it is blank"
                findings.problems.append(f"{table.at(row)}: {end}: {said}{hints.get(name, '')}")
        if row in wrong:
            findings.supply.add(pair[1])
        elif pair in first:
            wrong.add(row)
            findings.problems.append(
                f"{table.at(row)}: lane {pair[0]!r} -> {pair[1]!r} stands in line {table.lines[first[pair]]} already; "
                "add them up, or delete one"
            )
        else:
            first[pair] = row
            served.add(pair[1])
    if lost_customer:
        findings.supply |= set(place) - served  # the lane into one of them may be the one that could not be read
    return table.without(wrong)


def _of_group(values: NDArray[np.float64], blank: NDArray[np.bool_], group: Any, n_groups: int) -> NDArray[np.float64]:
    """What any lane of each input says, nan where none does [input]."""
    said = np.full(n_groups, np.nan)
    said[group[~blank]] = values[~blank]
    return said


def _of_inputs(
    table: Table, numbers: Mapping[tuple[str, str], int], names: set[str], findings: Findings
) -> dict[str, dict[int, tuple[float, str]]]:
    """What inputs.csv says: for each column, by the number of the input, the value and where it stands."""
    bought: dict[str, list[str]] = {}
    for node, product in numbers:
        bought.setdefault(node, []).append(product)
    labels = [f"line {line}" for line in table.lines]
    wrong: set[int] = set()
    read = read_columns(table, inputs("input"), labels, findings, wrong.add)
    found: dict[str, dict[int, tuple[float, str]]] = {name: {} for name in read}
    first: dict[tuple[str, str], int] = {}
    for row, (node, product) in enumerate(zip(table.column("node"), table.column("product"), strict=True)):
        own = bought.get(node, [])
        key = (node, product or (own[0] if len(own) == 1 else ""))
        if node not in names:
            problem = f"there is no node {node!r}; {nearest(node, names, shown=12)}"
        elif not own:
            problem = f"node {node!r} buys nothing; give it a lane, or delete this row"
        elif key not in numbers and not product:
            problem = f"product is blank, but {node!r} buys {', '.join(own)}; say which"
        elif key not in numbers:
            problem = f"node {node!r} buys no {product!r}; {nearest(product, own)}"
        elif key in first:
            problem = f"{node!r} and {key[1]!r} stand in line {table.lines[first[key]]} already; delete one"
        else:
            first[key] = row
            for name in read:
                if table.column(name)[row] and row not in wrong:
                    found[name][numbers[key]] = (float(read[name][row]), table.at(row))
            continue
        findings.problems.append(f"{table.at(row)}: {problem}")
    return found
