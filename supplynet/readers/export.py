"""A scenario as a folder of plain tables, which reads as the same scenario to the last bit."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from supplynet import __version__
from supplynet.checks import Faults
from supplynet.demand import Constant, Process, Trace, as_process
from supplynet.files import check_folder, write_together
from supplynet.fingerprint import PROCESSES, fingerprint
from supplynet.network import RULES, Network
from supplynet.readers.cells import cell_name, own_parameters, write_call, write_cell, write_number
from supplynet.readers.events import DISRUPTION_COLUMNS, SIGNAL_COLUMNS
from supplynet.readers.folder import NEEDED, SETTINGS_FILE, read_tables
from supplynet.scenario import SETTINGS, Scenario
from supplynet.schema import KINDS, UNFILLED, Column, inputs, lane_inputs

Columns = dict[str, list[str]]
ALWAYS: Final = ("node", "kind", "ordering", "supplier", "customer", "order_lead_time", "shipment_lead_time")
"""Columns that are written even where all their cells are at their defaults."""
USUAL_EVENT: Final = {"recovery": "sudden", "recovery_periods": 0, "together": False}
"""What disruptions.csv need not say."""


def write_folder(scenario: Scenario, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a scenario as the tables of a folder, all of them or none; `read_folder` gives it back to the last bit.

    overwrite: whether the tables of a folder that is not empty are replaced; other files in it are left alone. Raises
    ValueError that names what no table can hold, such as a rule of one's own, OSError where nothing can be written.
    """
    folder = Path(path)
    check_folder(folder)
    if folder.exists() and any(folder.iterdir()) and not overwrite:
        raise ValueError(
            f"folder {str(folder)!r} is not empty; give another one, or overwrite, which replaces the tables in it"
        )
    texts = {**_tables(scenario.network), SETTINGS_FILE: _settings(scenario)}
    with tempfile.TemporaryDirectory() as place:
        for name, text in texts.items():
            _write(text, Path(place) / name)
        try:
            again = read_tables(place)
        except Faults as fault:
            raise Faults(*(problem.replace(place, str(folder)) for problem in fault.problems)) from None
    if fingerprint(again.network) != fingerprint(scenario.network):
        raise ValueError(
            f"scenario {scenario.name!r}: its tables would read as another network; look for names with blanks around "
            "them, and for inputs that were changed lane by lane"
        )
    files = {
        folder / name: partial(_write, texts[name]) if name in texts else None for name in (*NEEDED, SETTINGS_FILE)
    }
    write_together(files)
    return folder


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def _settings(scenario: Scenario) -> str:
    import tomli_w

    given: dict[str, Any] = {"name": scenario.name, "about": scenario.about}
    for name in SETTINGS:
        value = getattr(scenario, name)
        given[name] = value if isinstance(value, str) else int(value)
    return f"# written by supplynet {__version__}; run it: supplynet run FOLDER\n{tomli_w.dumps(given)}"


def _tables(network: Network) -> dict[str, str]:
    """The text of each table that has something to say."""
    nodes, traces = _nodes(network)
    tables: dict[str, Columns] = {"nodes.csv": nodes, "lanes.csv": _lanes(network)}
    if network.signals:
        tables["signals.csv"] = _objects(network.signals, SIGNAL_COLUMNS)
    if network.disruptions:
        tables["disruptions.csv"] = _objects(network.disruptions, DISRUPTION_COLUMNS, USUAL_EVENT)
    if traces:
        rows = sorted(
            (period, place, quantity)
            for place, (_, trace) in enumerate(traces)
            for period, quantity in enumerate(trace.quantities)
        )
        tables["demand.csv"] = {
            "period": [str(period) for period, _, _ in rows],
            "customer": [traces[place][0] for _, place, _ in rows],
            "quantity": [write_number(quantity) for _, _, quantity in rows],
        }
    return {name: _text(columns) for name, columns in tables.items()}


def _text(columns: Columns) -> str:
    kept = {name: cells for name, cells in columns.items() if name in ALWAYS or any(cells)}
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(kept)
    writer.writerows(zip(*kept.values(), strict=True))
    return text.getvalue()


def _objects(rows: Sequence[Any], names: Iterable[str], usual: Mapping[str, Any] | None = None) -> Columns:
    """The attributes of some objects as columns; nan is blank, and so is what is as usual."""
    usual = usual or {}

    def cell(name: str, value: Any) -> str:
        return "" if value != value or (name in usual and value == usual[name]) else write_cell(value)

    return {name: [cell(name, getattr(row, name)) for row in rows] for name in names}


def _nodes(network: Network) -> tuple[Columns, list[tuple[str, Trace]]]:
    """nodes.csv, and the customers whose demand goes to demand.csv."""
    columns: Columns = {
        "node": list(network.names),
        "kind": [KINDS[kind] for kind in network.node["kind"]],
        "ordering": [],
    }
    for name, column in inputs("node").items():
        if name not in ("kind", "product"):
            columns[name] = _cells(network, "node", name, column)
    told = _numbered_by_name(network)
    own = zip(network.node["product"].tolist(), network.names, strict=True)
    columns["product"] = [product if told or product != name else "" for product, name in own]
    columns |= {rule: [""] * network.n_nodes for rule in RULES}
    traces: list[tuple[str, Trace]] = []
    problems: list[str] = []
    for row, name in enumerate(network.names):
        things = {rule: network.object_of("node", rule, row) for rule in RULES}
        try:
            cells = _rules_of(things)
        except (TypeError, ValueError) as fault:
            problems.append(f"node {name!r}: {fault}")
            continue
        for key, cell in cells.items():
            if key not in columns:
                columns[key] = [""] * network.n_nodes
            columns[key][row] = cell
        if isinstance(demand := _process(things["demand"]), Trace):
            traces.append((name, demand))
    if problems:
        raise Faults(*problems)
    return columns, traces


def _numbered_by_name(network: Network) -> bool:
    """Whether inputs are numbered by the names of products, as they are where a table gives any, and none differs."""
    ends = network.lane["customer"] * network.n_nodes + network.lane["supplier"]
    return not np.array_equal(np.unique(ends, return_inverse=True)[1], network.lane["input"])


def _process(value: Any) -> Process | None:
    return None if value is None else as_process(value)


def _rules_of(things: Mapping[str, Any]) -> dict[str, str]:
    """The cells of one node's rules and demand: names, and parameters in columns of their own where none is in doubt.

    In doubt is a parameter that two of them have with different values; those, and lists, stand in brackets.
    """
    given: dict[str, Any] = {
        rule: _process(thing) if rule == "demand" else thing for rule, thing in things.items() if thing is not None
    }
    cells: dict[str, str] = {}
    for rule, thing in given.items():
        name = cell_name(thing)
        others = [other for place, other in given.items() if place != rule]
        every = {own.name: getattr(thing, own.name) for own in fields(thing)}
        said = own_parameters(thing)
        doubtful = any(getattr(other, key, value) != value for other in others for key, value in every.items())
        if isinstance(thing, Constant):
            cells[rule] = write_number(thing.quantity)
        elif isinstance(thing, Trace):
            cells |= {rule: name, "repeat": write_cell(thing.repeat or None)}
        elif doubtful:
            cells[rule] = write_call(thing, every=True)
        elif all(isinstance(value, (bool, int, float, str)) for value in said.values()):
            cells |= {rule: name, **{key: write_cell(value) for key, value in said.items()}}
        else:
            cells[rule] = write_cell(thing)
    return cells


def _lanes(network: Network) -> Columns:
    """lanes.csv."""
    lane, of = network.lane, network.lane["input"]
    columns = {end: [network.names[at] for at in lane[end].tolist()] for end in ("supplier", "customer")}
    made, carried = network.node["product"][lane["supplier"]], network.input["product"][of]
    columns["product"] = ["" if own == other else other for own, other in zip(made, carried, strict=True)]
    for name, column in lane_inputs().items():
        if name == "unfilled":
            columns[name] = ["" if code == 0 else UNFILLED[code] for code in lane[name].tolist()]
        elif name == "share":
            equal = 1.0 / np.bincount(of, minlength=network.n_inputs)[of]
            unequal = np.bincount(of, weights=lane["share"] != equal, minlength=network.n_inputs)[of] > 0
            columns[name] = [
                write_number(share) if told else "" for share, told in zip(lane[name], unequal, strict=True)
            ]
        elif name != "product":
            columns[name] = _cells(network, "input" if name in network.input else "lane", name, column)
    return columns


def _cells(network: Network, table: str, name: str, column: Column) -> list[str]:
    """The cells of a column, blank where it is at its default; those of an input stand on each of its lanes."""
    held = {"node": network.node, "lane": network.lane, "input": network.input}[table][name]
    if column.dtype is str:
        return [str(value or "") for value in held.tolist()]
    values = held[network.lane["input"]] if table == "input" else held
    usual = {} if name in ALWAYS else {column.default: ""}
    cells = [
        usual.get(value, "") if value != value or value in usual else write_number(value) for value in values.tolist()
    ]
    if (table, name) in network.objects:
        coded = network.objects[table, name]
        words = [write_cell(as_process(value) if name in PROCESSES else value) for value in coded.values]
        cells = [words[code] if code >= 0 else cell for code, cell in zip(coded.codes.tolist(), cells, strict=True)]
    return cells
