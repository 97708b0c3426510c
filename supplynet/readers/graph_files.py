"""Networks in graph files, GraphML and node-link JSON, with the names of the tables' columns as attributes.

A node has an `id`, an edge goes the way the goods flow, from `source` to `target`; their attributes are the columns of
nodes.csv and lanes.csv. The graph may have those of scenario.toml (`name`, `periods`, ...), and lists of `signals` and
`disruptions` with the columns of those tables; in GraphML, which has no lists, as JSON in a text.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from supplynet.checks import Faults, nearest
from supplynet.files import check_folder, write_together
from supplynet.fingerprint import fingerprint
from supplynet.readers.cells import write_number
from supplynet.readers.export import write_folder
from supplynet.readers.folder import NEEDED, TablesReader, columns_of
from supplynet.readers.folders import read_folder
from supplynet.readers.graph_formats import ENDS, Element, parse_graphml, parse_json, write_graphml, write_json
from supplynet.readers.settings import Settings, settings_of
from supplynet.readers.tables import Findings, Table, read_table, read_text
from supplynet.scenario import SETTINGS, Scenario
from supplynet.schema import inputs, lane_inputs

FORMS: Final = {".graphml": (parse_graphml, write_graphml), ".json": (parse_json, write_json)}
"""The kinds of graph file by the end of their name: how to read and to write them."""
FILE_END: Final = re.compile(r"\.[A-Za-z]\w*")
LISTS: Final = {"signals": "signals.csv", "disruptions": "disruptions.csv"}
"""The lists that a graph may have, and the tables whose rows they are."""


def read_graph_file(path: str | Path) -> Scenario:
    """The scenario that a graph file tells, by the end of its name: .graphml or .json.

    Raises ValueError (`checks.Faults`) that names every problem with file, line and cure.
    """
    return _GraphReader(_known(Path(path))).read()


def is_graph_file(path: Path) -> bool:
    """Whether the end of a file's name is that of a graph file."""
    return path.suffix.lower() in FORMS and not path.is_dir()


def write_graph_file(scenario: Scenario, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a scenario as a graph file, whole or not at all; `read_graph_file` gives it back to the last bit.

    overwrite: whether a file that is there is replaced. Raises ValueError that names what no file can hold, such as a
    rule of one's own, OSError where it cannot be written.
    """
    path = _known(Path(path))
    check_folder(path.parent)
    if path.exists() and not overwrite:
        raise ValueError(f"graph file {str(path)!r} is there already; give another name, or overwrite it")
    _, write = FORMS[path.suffix.lower()]
    with tempfile.TemporaryDirectory() as place:
        tables = _written_tables(scenario, Path(place), path)
        graph: dict[str, Any] = {"name": scenario.name, "about": scenario.about}
        graph |= {name: _plain(getattr(scenario, name)) for name in SETTINGS}
        lists = {name: _rows(tables[file], ()) for name, file in LISTS.items() if file in tables}
        graph |= {name: json.dumps(rows) if path.suffix.lower() == ".graphml" else rows for name, rows in lists.items()}
        texts = [name for name, column in (inputs("node") | lane_inputs()).items() if column.dtype is str]
        nodes = _rows(_with_traces(tables), ("node", *texts), {"node": "id"})
        edges = _rows(
            tables["lanes.csv"], (*NEEDED["lanes.csv"], *texts), dict(zip(NEEDED["lanes.csv"], ENDS, strict=True))
        )
        text = write(graph, nodes, edges)
        again = Path(place) / path.name
        again.write_text(text, encoding="utf-8", newline="")
        if fingerprint(read_graph_file(again).network) != fingerprint(scenario.network):
            raise ValueError(f"scenario {scenario.name!r}: {path.suffix} would read as another network; mend its names")
    write_together({path: lambda hidden: hidden.write_text(text, encoding="utf-8", newline="")})
    return path


def read_path(path: str | Path) -> Scenario:
    """The scenario of a folder of tables, of a folder of flows between firms, or of a graph file."""
    if is_graph_file(Path(path)):
        return read_graph_file(path)
    return read_folder(path)


def write_path(scenario: Scenario, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write a scenario as a graph file where the path ends in the name of one, else as a folder of tables.

    Raises ValueError where it ends as the name of another kind of file does.
    """
    path = Path(path)
    if not is_graph_file(path) and FILE_END.fullmatch(path.suffix) and not path.is_dir():
        raise ValueError(
            f"{str(path)!r} would be a folder of tables, but ends as a file does; a graph file ends in "
            f"{' or '.join(FORMS)}, a folder has a name without {path.suffix!r}"
        )
    write = write_graph_file if is_graph_file(path) else write_folder
    return write(scenario, path, overwrite=overwrite)


class _GraphReader(TablesReader):
    """Reads the elements of a graph as the rows of tables, and says of each in which line it stands."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.graph = Element(1)

    def _tables(self) -> dict[str, Table]:
        if not self.path.is_file():
            what = "is a folder, must be a file" if self.path.is_dir() else "does not exist"
            raise Faults(f"graph file {str(self.path)!r} {what}; give a file of GraphML or node-link JSON")
        text = read_text(self.path, self.findings)
        if text is None:
            return {}
        parse, _ = FORMS[self.path.suffix.lower()]
        try:
            found = parse(text)
        except ValueError as fault:
            self.findings.problems.append(f"{self.path} {fault}")
            return {}
        self.findings.problems += [f"{self.path} {problem}" for problem in found.problems]
        if not found.directed:
            self.findings.problems.append(f"{self.path} is undirected; direct its edges the way the goods flow")
        self.graph = found.graph
        ends = dict(zip(ENDS, NEEDED["lanes.csv"], strict=True))
        tables = {
            "nodes.csv": self._table("nodes.csv", found.nodes, {"id": "node"}, "a node"),
            "lanes.csv": self._table("lanes.csv", found.edges, ends, "an edge"),
        }
        for name, file in LISTS.items():
            rows = self._listed(found.graph.attributes.get(name))
            if rows is None:
                self.findings.problems.append(f"{self.path}: {name} must be a list of objects; mend it")
            elif rows:
                elements = [Element(found.graph.line, row) for row in rows]
                tables[file] = self._table(file, elements, {}, name)
        return tables

    def _settings(self) -> Settings:
        given = {name: value for name, value in self.graph.attributes.items() if name not in LISTS}
        for name in SETTINGS:
            if isinstance(cell := given.get(name), str) and name != "start":
                given[name] = int(cell) if cell.strip().isdigit() else cell
        return settings_of(given, self.path, self.path.stem, self.findings)

    def _table(self, file: str, rows: Sequence[Element], renamed: dict[str, str], what: str) -> Table:
        """The elements as the rows of a table; an attribute that the table does not have is a problem, once."""
        known, columns = columns_of(file), {name: [""] * len(rows) for name in NEEDED[file]}
        own_names = {column: name for name, column in renamed.items()}
        names = [own_names.get(column, column) for column in known]
        unknown: set[str] = set()
        for at, row in enumerate(rows):
            for name, value in row.attributes.items():
                column = renamed.get(name, name)
                if column in known and (name in renamed or column not in renamed.values()):
                    columns.setdefault(column, [""] * len(rows))[at] = self._cell(value, row.line, name)
                elif name not in unknown:
                    unknown.add(name)
                    hint = f"write {own_names[name]!r}" if name in own_names else nearest(name, names)
                    self.findings.problems.append(
                        f"{self.path} line {row.line}: {name!r} is not an attribute of {what}; {hint}"
                    )
        return Table(str(self.path), columns, [row.line for row in rows])

    def _cell(self, value: Any, line: int, name: str) -> str:
        """An attribute as the text of a cell."""
        if isinstance(value, str):
            return value.strip()
        if value is None or isinstance(value, bool):
            return "" if value is None else str(value).lower()
        try:
            if isinstance(value, (int, float)):
                return write_number(value)
            if name == "demand" and isinstance(value, list) and value and all(_is_number(part) for part in value):
                return f"trace({', '.join(map(write_number, value))})"
        except OverflowError:
            self.findings.problems.append(
                f"{self.path} line {line}: {name} is a number of too many digits, must be below 1.8e308; mend it"
            )
            return ""
        self.findings.problems.append(
            f"{self.path} line {line}: {name} is {value!r}, must be a number, true, false or a text; mend it"
        )
        return ""

    @staticmethod
    def _listed(value: Any) -> list[dict[str, Any]] | None:
        """A list of objects, in JSON or as a text of it; None for what is none."""
        try:
            rows = json.loads(value) if isinstance(value, str) and value.strip() else value or []
        except (json.JSONDecodeError, RecursionError):
            return None
        return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else None


def _known(path: Path) -> Path:
    """The path, if the end of its name is that of a graph file. Raises ValueError."""
    if not is_graph_file(path):
        raise ValueError(
            f"graph file {str(path)!r}: its kind is {path.suffix or 'missing'!r}, must be one of {', '.join(FORMS)}; "
            f"did you mean {path.stem + '.graphml'!r}?"
        )
    return path


def _written_tables(scenario: Scenario, place: Path, path: Path) -> dict[str, Table]:
    """The tables of a scenario, as they are written to a folder. Raises ValueError that names what they cannot hold."""
    folder = place / "tables"
    try:
        write_folder(scenario, folder)
    except Faults as fault:
        raise Faults(
            *(problem.replace(f"{folder}{os.sep}", f"{path} as tables: ") for problem in fault.problems)
        ) from None
    findings, tables = Findings(), {}
    for file, needed in NEEDED.items():
        if (folder / file).exists():
            table = read_table(folder / file, columns_of(file), needed, findings, {})
            assert table is not None and not findings.problems
            tables[file] = table
    return tables


def _with_traces(tables: dict[str, Table]) -> Table:
    """nodes.csv, with the quantities of demand.csv in its cells."""
    nodes, demand = tables["nodes.csv"], tables.get("demand.csv")
    if demand is None:
        return nodes
    found: dict[str, list[str]] = {}
    for customer, quantity in zip(demand.column("customer"), demand.column("quantity"), strict=True):
        found.setdefault(customer, []).append(quantity)  # in the order of periods, as it was written
    cells = zip(nodes.column("node"), nodes.column("demand"), strict=True)
    told = [f"trace({', '.join(found[name])})" if cell == "trace" else cell for name, cell in cells]
    return replace(nodes, columns={**nodes.columns, "demand": told})


def _rows(table: Table, texts: Sequence[str], renamed: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The rows of a table as attributes, without blanks; numbers as numbers, but not in columns of texts."""
    names = {name: (renamed or {}).get(name, name) for name in table.columns}
    return [
        {names[name]: cells[row] if name in texts else _value(cells[row]) for name, cells in table.columns.items()
         if cells[row]}
        for row in range(len(table))
    ]  # fmt: skip


def _value(cell: str) -> Any:
    """A cell as a number or a truth where it reads as just that again, else its text."""
    if cell in ("true", "false"):
        return cell == "true"
    try:
        number = float(cell)
    except ValueError:
        return cell
    whole = int(number) if number.is_integer() else number
    return whole if write_number(whole) == cell and abs(number) < float("inf") else cell


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str) else int(value)
