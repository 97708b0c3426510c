"""A network from a folder of plain tables: nodes.csv, lanes.csv, and what else there is to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import numpy as np

from supplynet.addresses import Addresses
from supplynet.checks import LONGEST, Faults
from supplynet.demand import Trace, as_process
from supplynet.disruptions import Disruption
from supplynet.network import RULES, Network, from_columns
from supplynet.policies.catalogue import FAMILIES
from supplynet.prepare import prepare
from supplynet.readers.columns import read_columns
from supplynet.readers.demand_table import read_traces
from supplynet.readers.events import DISRUPTION_COLUMNS, SIGNAL_COLUMNS, read_disruptions, read_signals
from supplynet.readers.lanes import read_lanes
from supplynet.readers.places import Places
from supplynet.readers.rules import RuleReader, parameter_names
from supplynet.readers.settings import FOR_NODES, Settings, read_settings
from supplynet.readers.tables import Findings, Table, read_table
from supplynet.rule_checks import CHECKS
from supplynet.rule_levers import with_needed_signals
from supplynet.scenario import Scenario
from supplynet.schema import KINDS, inputs, lane_inputs
from supplynet.shock_checks import Reach

SETTINGS_FILE: Final = "scenario.toml"
NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "nodes.csv": ("node",),
    "lanes.csv": ("supplier", "customer"),
    "inputs.csv": ("node",),
    "signals.csv": ("source", "reader", "tells"),
    "disruptions.csv": DISRUPTION_COLUMNS[:3],
    "demand.csv": ("period", "customer", "quantity"),
}
"""The tables of a folder and the columns that each must have; only the first two must be there."""
LINE: Final = re.compile(r"(.+?) line (\d+)[ :]")
CLOSE: Final = 0.85  # how alike a file's name is to that of a table that is not there, for it to be meant


def columns_of(file: str) -> list[str]:
    """The columns that a table may have."""
    optional = {
        "nodes.csv": [*inputs("node"), *RULES, *parameter_names()],
        "lanes.csv": [*lane_inputs()],
        "inputs.csv": ["product", *inputs("input")],
        "signals.csv": SIGNAL_COLUMNS,
        "disruptions.csv": DISRUPTION_COLUMNS,
    }
    return list(dict.fromkeys([*NEEDED[file], *optional.get(file, [])]))


def is_folder_of_tables(path: Path) -> bool:
    """Whether a folder holds the tables of a network, or flows between firms."""
    return (path / "nodes.csv").exists() or (path / "flows.csv").exists()


def read_tables(path: str | Path) -> Scenario:
    """The scenario that the tables of a folder tell.

    Raises ValueError (`checks.Faults`) that names every problem with file, line and cure.
    """
    return TablesReader(Path(path)).read()


def recorded(network: Network) -> list[tuple[str, Trace]]:
    """The customers whose demand was recorded, each with what is played once."""
    coded = network.objects["node", "demand"]
    processes = enumerate(map(as_process, coded.values))
    traces = {code: process for code, process in processes if isinstance(process, Trace) and not process.repeat}
    return [(network.names[row], traces[code]) for row, code in enumerate(coded.codes.tolist()) if code in traces]


class FolderFaults(Faults):
    """The faults of tables."""

    all_of_them = "; `supplynet check` lists them all"


class TablesReader:
    """Reads the tables of one folder, or of one file that holds them all, and gathers what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path, self.findings, self.places = path, Findings(), Places()
        self.events: list[tuple[str, Disruption]] = []

    def read(self) -> Scenario:
        """The scenario, or every problem."""
        tables = self._tables()
        settings = self._settings()
        network = self._network(tables, settings) if {"nodes.csv", "lanes.csv"} <= set(tables) else None
        if network is not None and not self.findings.problems:
            try:
                prepare(network, settings.scenario.start)
            except ValueError as fault:
                problems = fault.problems if isinstance(fault, Faults) else (str(fault),)
                self.findings.problems += self.places.locate(problems, self.path)
            settings.scenario = self._as_long_as_recorded(network, settings)
        if network is not None or settings.says_periods:
            self.findings.problems += self._out_of_time(settings.scenario.periods)
        if self.findings.problems or network is None:
            raise FolderFaults(*self._sorted(self.findings.problems))
        return replace(settings.scenario, network=network, source=self.path)

    def _as_long_as_recorded(self, network: Network, settings: Settings) -> Scenario:
        """The scenario with as many periods as demand was recorded for, where it does not say how many."""
        longest = max((len(trace.quantities) for _, trace in recorded(network)), default=0)
        if settings.says_periods or not longest:
            return settings.scenario
        try:
            return replace(settings.scenario, periods=longest)
        except ValueError as fault:
            self.findings.problems.append(f"{settings.where}: {str(fault).partition(': ')[2]}")
            return settings.scenario

    def _out_of_time(self, periods: int) -> Iterator[str]:
        """What is wrong with the disruptions in a run of so many periods."""
        for place, event in self.events:
            if late := event.beyond(periods):
                yield f"{place}: {late}"
                continue
            try:
                event.sample(min(event.duration or periods, periods - event.start, LONGEST))
            except ValueError as fault:
                yield f"{place}: {fault}"

    def _idle(self, network: Network) -> Iterator[str]:
        """Which disruptions of a network would do nothing."""
        reach = Reach(network)
        return (f"{place}: {problem}" for place, event in self.events for problem in reach.faults(event))

    @staticmethod
    def _sorted(problems: list[str]) -> list[str]:
        """The problems file by file, line by line."""
        found = [LINE.match(problem) for problem in problems]
        files = [
            match[1] if match else problem.partition(": ")[0] for match, problem in zip(found, problems, strict=True)
        ]
        first = {file: at for at, file in reversed(list(enumerate(files)))}
        key = [(first[file], int(match[2]) if match else 0) for file, match in zip(files, found, strict=True)]
        return [problems[at] for at in sorted(range(len(problems)), key=key.__getitem__)]

    def _settings(self) -> Settings:
        """What holds for the whole scenario."""
        return read_settings(self.path / SETTINGS_FILE, self.findings)

    def _tables(self) -> dict[str, Table]:
        """The tables that are there and can be read."""
        if not self.path.is_dir():
            what = "is a file, must be a folder of tables" if self.path.exists() else "does not exist"
            raise FolderFaults(f"folder {str(self.path)!r} {what}; give a folder that holds nodes.csv and lanes.csv")
        there = sorted(entry.name for entry in self.path.iterdir())
        homes = {name: file for file in ("lanes.csv", "nodes.csv") for name in columns_of(file)}
        found = {}
        for file, needed in NEEDED.items():
            if file in there:
                table = read_table(self.path / file, columns_of(file), needed, self.findings, homes)
                if table is not None:
                    found[file] = table
            elif close := get_close_matches(file, [name.lower() for name in there if name not in NEEDED], 1, CLOSE):
                meant = next(name for name in there if name.lower() == close[0])
                self.findings.problems.append(f"{self.path / meant} is not read; did you mean {file!r}? rename it")
            elif file in ("nodes.csv", "lanes.csv"):
                self.findings.problems.append(f"folder {str(self.path)!r} has no {file}; {self._instead(there)}")
        return found

    def _instead(self, there: list[str]) -> str:
        if SETTINGS_FILE in there and "nodes.parquet" in there:
            return f"it holds a saved run: give {str(self.path / SETTINGS_FILE)!r}"
        files = ", ".join(there[:8]) or "nothing"
        return f"write one (`supplynet export beer-game FOLDER` makes an example); in it there is {files}"

    def _network(self, tables: dict[str, Table], settings: Settings) -> Network | None:
        """The network of the tables, if nothing is wrong with any of its rows."""
        nodes = self._with_defaults(self._own_rows(tables["nodes.csv"]), settings)
        if not len(nodes):
            self.findings.problems.append(f"{nodes.where} has no nodes; add at least a supplier and a customer")
            return None
        findings, places, names = self.findings, self.places, nodes.column("node")
        labels = [f"line {line} ({name})" for line, name in zip(nodes.lines, names, strict=True)]
        places.add_nodes(nodes)
        columns = read_columns(nodes, inputs("node"), labels, findings, lambda row: findings.nodes.add(names[row]))
        findings.supply |= {name for name, kind in zip(names, nodes.column("kind"), strict=True) if kind not in KINDS}
        traces, wrong = read_traces(tables["demand.csv"], names, findings) if "demand.csv" in tables else ({}, set())
        rules = {kind: settings.rules_of(kind) for kind in settings.defaults if kind != "lane"}
        if not findings.headers:
            reader = RuleReader(findings, rules, traces, wrong)
            columns |= reader.read(nodes, labels)
            findings.problems += reader.unused(settings.where)
        usual = settings.defaults.get("lane", {})
        lanes = read_lanes(tables["lanes.csv"], tables.get("inputs.csv"), nodes, usual, findings, places)
        signals = read_signals(tables["signals.csv"], names, findings) if "signals.csv" in tables else []
        if "disruptions.csv" in tables:
            addresses = _addresses(nodes, lanes.suppliers, lanes.customers)
            self.events = read_disruptions(tables["disruptions.csv"], addresses, findings)
        if findings.headers:
            return None
        of_lanes: list[str] = []
        network = from_columns(
            names, lanes.suppliers, lanes.customers, node=columns, lane=lanes.columns, signals=signals,
            faults=of_lanes,
        )  # fmt: skip
        of_nodes = [problem for check in CHECKS for problem in check(network)]
        network = replace(network, disruptions=tuple(event for _, event in self.events))
        findings.problems += self._idle(network)
        findings.problems += places.locate(of_lanes, self.path, findings.supply)
        findings.problems += places.locate(of_nodes, self.path, findings.nodes)
        return None if findings.problems else self._listening(network)

    def _listening(self, network: Network) -> Network:
        """The network with the signals that its rules listen to and signals.csv does not give."""
        listens = [
            (node, type(rule).__name__, name.removeprefix("told_"))
            for column in FAMILIES
            for code, rule in enumerate(network.objects["node", column].values)
            for name in rule.reads
            if name.startswith("told_")
            for node in (network.objects["node", column].codes == code).nonzero()[0].tolist()
        ]
        faults = []
        try:
            network = with_needed_signals(network, np.unique([node for node, _, _ in listens]).astype(np.int64))
        except ValueError as fault:
            faults.append(str(fault))
        heard = {(signal.reader, signal.tells) for signal in network.signals}
        faults += [
            f"node {network.names[node]!r}: its {rule} is told {tells} by nobody; add a row to signals.csv"
            for node, rule, tells in listens
            if (network.names[node], tells) not in heard and not faults
        ]
        self.findings.problems += self.places.locate(faults, self.path)
        return network

    def _own_rows(self, nodes: Table) -> Table:
        """The rows of nodes.csv that name a node of their own."""
        first: dict[str, int] = {}
        wrong = set()
        for row, name in enumerate(nodes.column("node")):
            where = nodes.at(row)
            if not name:
                self.findings.problems.append(f"{where}: node is blank; give it a name")
            elif ">" in name:
                self.findings.problems.append(
                    f"{where}: node is {name!r}, but a name cannot contain '>', which joins the ends of a lane; mend it"
                )
            elif name in first:
                self.findings.problems.append(
                    f"{where}: node {name!r} stands in line {nodes.lines[first[name]]} already; names must differ"
                )
            if not name or ">" in name or name in first:
                wrong.add(row)
                self.findings.nodes.add(name)
            first.setdefault(name, row)
        return nodes.without(wrong)

    @staticmethod
    def _with_defaults(nodes: Table, settings: Settings) -> Table:
        """The rows with what scenario.toml says of their kinds, and each with a kind."""
        usual = str(inputs("node")["kind"].default)
        kinds = [kind or usual for kind in nodes.column("kind")]
        columns = {**nodes.columns, "kind": kinds}
        for name in FOR_NODES:
            default = {kind: cells[name] for kind, cells in settings.defaults.items() if name in cells}
            if default:
                cells = zip(nodes.column(name), kinds, strict=True)
                columns[name] = [cell or default.get(kind, "") for cell, kind in cells]
        return Table(nodes.where, columns, nodes.lines)


def _addresses(nodes: Table, suppliers: Sequence[int], customers: Sequence[int]) -> Addresses:
    """The nodes and lanes of the tables by name and label."""
    names = nodes.column("node")
    labels = {label: np.array(nodes.column(label), object) for label in ("product", "site", "region", "sector")}
    labels["product"] = np.where(labels["product"] == "", np.array(names, object), labels["product"])
    labels["kind"] = np.array([KINDS.index(kind) if kind in KINDS else 0 for kind in nodes.column("kind")], np.int8)
    return Addresses(names, labels, np.asarray(suppliers, np.int64), np.asarray(customers, np.int64))
