"""A network of firms from who sells how much to whom: flows.csv and firms.csv.

Firms make to order and hold days of cover of what they buy; whoever sells to final demand has customers of its own. A
firm's output is what it sells: its flows out and its final demand. Its needs are its flows in, for a unit of output.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import SHOWN, rule_of
from supplynet.firms import MARKET, trading_firms
from supplynet.network import Network, addresses_of
from supplynet.policies.catalogue import read_rule
from supplynet.readers.columns import read_columns
from supplynet.readers.events import DISRUPTION_COLUMNS, read_disruptions
from supplynet.readers.folder import FolderFaults, TablesReader
from supplynet.readers.lanes import Lanes, read_lanes
from supplynet.readers.settings import Settings
from supplynet.readers.tables import Findings, Table, read_table
from supplynet.rule_checks import CHECKS
from supplynet.scenario import Scenario
from supplynet.schema import Column, inputs, lane_inputs

Array = NDArray[Any]
FLOW: Final = Column("lane", "flow", np.float64, "units/period", None, "sold in a usual period")
FINAL_DEMAND: Final = Column("node", "final_demand", np.float64, "units/period", 0.0, "sold to no firm")
OF_FIRMS: Final = tuple(name for name in inputs("node") if name not in ("kind", "on_hand"))
GIVEN_BY_FLOWS: Final = (
    "share", "units_per_output", "unfilled", "target", "orders_in_mail", "goods_in_transit", "input_stock",
    "normal_order",
)  # fmt: skip
"""Columns of lanes that follow from the flows, or that days of cover leaves no choice."""
OF_LANES: Final = tuple(name for name in lane_inputs() if name not in GIVEN_BY_FLOWS)
TABLES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "firms.csv": (("firm",), ("final_demand", "cover", *OF_FIRMS)),
    "flows.csv": (("supplier", "customer", "flow"), OF_LANES),
    "disruptions.csv": (DISRUPTION_COLUMNS[:3], DISRUPTION_COLUMNS[3:]),
}
"""The tables of a folder, the columns that each must have, and those it may have; only the first two must be there."""
RULES: Final = {"ordering": "make_to_order", "input_rule": "days_of_cover", "allocation": "proportional"}
TOLERANCE: Final = 1e-9  # of a balance, in parts of what is balanced


def is_folder_of_flows(path: Path) -> bool:
    """Whether a folder holds flows between firms, and not the tables of any other network."""
    return (path / "flows.csv").exists() and not (path / "nodes.csv").exists()


def read_flows(path: str | Path) -> Scenario:
    """The scenario of a folder that holds flows.csv and firms.csv.

    Raises ValueError (`checks.Faults`) that names every problem with file, line and cure.
    """
    return FlowsReader(Path(path)).read()


class FlowsReader(TablesReader):
    """Reads the firms as nodes and the flows as lanes, and works out the rest from the flows."""

    def _tables(self) -> dict[str, Table]:
        if not self.path.is_dir():
            raise FolderFaults(f"folder {str(self.path)!r} does not exist; give one that holds flows.csv and firms.csv")
        found = {}
        for file, (needed, other) in TABLES.items():
            if (self.path / file).exists():
                table = read_table(self.path / file, (*needed, *other), needed, self.findings, {})
                if table is not None:
                    found[{"firms.csv": "nodes.csv", "flows.csv": "lanes.csv"}.get(file, file)] = table
            elif file in ("firms.csv", "flows.csv"):
                self.findings.problems.append(
                    f"folder {str(self.path)!r} has no {file}; write one with the columns "
                    f"{', '.join((*needed, *other[:2]))}, ..."
                )
        if "nodes.csv" in found:
            firms = found["nodes.csv"]
            columns = {"node" if name == "firm" else name: cells for name, cells in firms.columns.items()}
            found["nodes.csv"] = Table(firms.where, columns | {"kind": ["factory"] * len(firms)}, firms.lines)
        return found

    def _network(self, tables: dict[str, Table], settings: Settings) -> Network | None:
        firms = self._with_defaults(self._own_rows(tables["nodes.csv"]), settings)
        names, flows = firms.column("node"), tables["lanes.csv"]
        labels = [f"line {line} ({name})" for line, name in zip(firms.lines, names, strict=True)]
        self.places.add_nodes(firms)
        own = {name: inputs("node")[name] for name in OF_FIRMS} | {"final_demand": FINAL_DEMAND}
        columns = read_columns(firms, own, labels, self.findings, lambda row: self.findings.nodes.add(names[row]))
        flow = _flows(flows, self.findings)
        lanes = self._lanes(flows, firms, labels, settings)
        rules = self._rules(settings)
        if self.findings.problems:
            return None
        final_demand = np.asarray(columns.pop("final_demand", np.zeros(len(firms))), np.float64)
        supplier, customer = (np.array(ends, np.int64) for ends in (lanes.suppliers, lanes.customers))
        output = np.bincount(supplier, flow, len(firms)) + final_demand
        self.findings.problems += unbalanced(firms, columns, supplier, customer, flow, final_demand)
        if self.findings.problems:
            return None
        of_lanes: list[str] = []
        network = network_of(
            names, supplier, customer, flow, final_demand, {**columns, **_capacity(firms, columns, output)},
            lanes.columns, rules, faults=of_lanes,
        )  # fmt: skip
        faults = [*of_lanes, *(problem for check in CHECKS for problem in check(network))]
        self.findings.problems += self.places.locate(faults, self.path)
        if "disruptions.csv" in tables:
            self.events = read_disruptions(tables["disruptions.csv"], addresses_of(network), self.findings)
            network = replace(network, disruptions=tuple(event for _, event in self.events))
            self.findings.problems += self._idle(network)
        return None if self.findings.problems else network

    def _lanes(self, flows: Table, firms: Table, labels: list[str], settings: Settings) -> Lanes:
        """The lanes of the flows; a firm's cover is that of all its inputs of which nothing else is said."""
        cells = list(firms.column("cover"))
        wrong: list[int] = []
        read_columns(firms, {"cover": lane_inputs()["cover"]}, labels, self.findings, wrong.append)
        for row in wrong:
            cells[row] = "1"  # it has been complained of
        held = dict(zip(firms.column("node"), cells, strict=True))
        cover = zip(flows.column("cover"), flows.column("customer"), strict=True)
        columns = {name: column for name, column in flows.columns.items() if name != "flow"}
        columns["cover"] = [cell or held.get(name, "") for cell, name in cover]
        usual = {name: cell for name, cell in settings.defaults.get("lane", {}).items() if name in OF_LANES}
        own = Table(flows.where, columns, flows.lines)
        lanes = read_lanes(own, None, firms, usual, self.findings, self.places)
        covers = np.asarray(lanes.columns.get("cover", np.zeros(len(lanes.suppliers))))
        short = dict.fromkeys(np.array(lanes.customers, np.int64)[covers < 1.0].tolist())
        self.findings.problems += [
            f"{firms.at(row)}: cover of {firms.column('node')[row]!r} is {firms.column('cover')[row] or 'blank'}, must "
            "be 1 or more: the periods of usage that it holds of each input, today's included; give it"
            for row in short
        ]
        return lanes

    def _rules(self, settings: Settings) -> dict[str, Any]:
        """The rules that all firms follow: the usual ones, or those of [defaults.factory] in scenario.toml."""
        said = settings.rules_of("factory")
        try:
            return {kind: read_rule(said.get(kind, usual), kind, said) for kind, usual in RULES.items()}
        except (TypeError, ValueError) as fault:
            self.findings.problems.append(f"{settings.where} [defaults.factory]: {fault}")
            return {}


def _flows(table: Table, findings: Findings) -> Array:
    """The flow of each lane; what is blank, negative or nothing is a problem."""
    ends = zip(table.lines, table.column("supplier"), table.column("customer"), strict=True)
    labels = [f"line {line} ({a!r} -> {b!r})" for line, a, b in ends]
    read = read_columns(table, {"flow": FLOW}, labels, findings, lambda row: None)
    flow = np.asarray(read.get("flow", np.ones(len(table))), np.float64)
    cells = table.column("flow")
    for row in np.flatnonzero(np.array(cells) == "").tolist():
        said = f"{table.where} {labels[row]}: flow is blank, must be {rule_of(FLOW)}"
        findings.problems.append(f"{said}; delete the row, or give one")
    return flow


def unbalanced(
    firms: Table, columns: dict[str, Any], supplier: Array, customer: Array, flow: Array, final_demand: Array
) -> Iterator[str]:
    """Where the flows do not balance, and by how much.

    What a firm makes must go somewhere: whoever buys must sell, and goods must not go round and round without ever
    reaching final demand. Money in and out of a firm may differ: that is its value added.
    """
    n_firms, names = len(firms), firms.column("node")
    to_firms, bought = np.bincount(supplier, flow, n_firms), np.bincount(customer, flow, n_firms)
    output = to_firms + final_demand
    for row in np.flatnonzero((output == 0.0) & (bought > 0.0)).tolist():
        yield (
            f"{firms.at(row)}: {names[row]!r} buys {bought[row]:g} a period and sells nothing, so that {bought[row]:g} "
            "goes nowhere; give it a final_demand, or delete the flows to it"
        )
    said = np.asarray(columns.get("normal_output", np.full(n_firms, np.nan)))
    for row in np.flatnonzero(np.abs(said - output) > TOLERANCE * np.maximum(output, said)).tolist():
        rest = said[row] - output[row]
        yield (
            f"{firms.at(row)}: {names[row]!r} makes {said[row]:g} a period (normal_output), but sells "
            f"{to_firms[row]:g} to firms and {final_demand[row]:g} to final demand, {output[row]:g} in all: "
            f"{abs(rest):g} is {'left over' if rest > 0.0 else 'missing'}; mend one of them"
        )
    reaches = (final_demand > 0.0) | (output == 0.0)
    while (more := (reaches[customer] & ~reaches[supplier])).any():
        reaches[supplier[more]] = True
    closed = np.flatnonzero(~reaches).tolist()
    if closed:
        more = f" and {len(closed) - SHOWN} more" if len(closed) > SHOWN else ""
        yield (
            f"{firms.at(closed[0])}: what {', '.join(repr(names[row]) for row in closed[:SHOWN])}{more} make, "
            f"{output[closed].sum():g} a period, goes round among them and never reaches final demand; give one of "
            "them a final_demand"
        )


def _capacity(firms: Table, columns: dict[str, Any], output: Array) -> dict[str, Any]:
    """What each firm can make: what the table says, or its normal output."""
    cells = firms.column("capacity")
    if not any(cells):
        return {"capacity": output, "normal_output": output}
    given = zip(cells, columns["capacity"], output.tolist(), strict=True)
    capacity: Any = [value if cell else usual for cell, value, usual in given]
    return {"capacity": capacity, "normal_output": output}


def network_of(
    names: list[str],
    supplier: Array,
    customer: Array,
    flow: Array,
    final_demand: Array,
    node: dict[str, Any],
    lane: dict[str, Any],
    rules: dict[str, Any],
    faults: list[str],
) -> Network:
    """The network of the firms of the tables.

    supplier, customer, flow [lane]; final_demand [firm]; node, lane: other columns of firms and of lanes; rules: those
    that all firms follow; faults: takes what `from_columns` finds.
    """
    sold = np.flatnonzero(final_demand > 0.0)
    made = [product or name for product, name in zip(node.get("product", names), names, strict=True)]
    carried = np.array(made, object)[supplier]
    if "product" in lane:
        carried = np.array([given or usual for given, usual in zip(lane["product"], carried, strict=True)], object)
    labels: dict[str, list[str]] = {
        label: [f"{text}{MARKET}" if (text := node[label][row]) else "" for row in sold.tolist()]
        for label in ("sector", "region", "site")
        if label in node
    }
    return trading_firms(
        names, supplier, customer, flow, node["normal_output"], final_demand,
        product=np.unique(carried.astype(str), return_inverse=True)[1],
        node=node | {"product": made} | {kind: [rule] * len(names) for kind, rule in rules.items()},
        customers=labels,
        lane=lane | {
            "cover": np.asarray(lane.get("cover", np.ones(flow.size)), np.float64), "orders_in_mail": flow,
            "product": carried,
        },
        faults=faults,
    )  # fmt: skip
