"""Tables as people keep them: a CSV file with a row of column names, read into columns of text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from supplynet.checks import nearest
from supplynet.schema import INPUTS

SEPARATORS: Final = (",", ";", "\t")
CALL: Final = re.compile(r"[A-Za-z]\w*\s*\(")
DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE)
DECIMAL_POINT: Final = re.compile(r"[+-]?\d+\.\d+(e[+-]?\d+)?", re.IGNORECASE)
POINTS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
COMMAS: Final = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
NAMES: Final = ("node", "supplier", "customer", "where", "source", "reader")
TEXTS: Final = (*NAMES, *(column.name for column in INPUTS if column.dtype is str))
"""Columns of texts, in which a comma or a point is no sign of a number."""


@dataclass(slots=True)
class Findings:
    """What is wrong with a folder: every problem, and what need not be complained of again.

    nodes: those of which a cell is wrong; supply: those of which a lane is.
    """

    problems: list[str] = field(default_factory=list)
    nodes: set[str] = field(default_factory=set)
    supply: set[str] = field(default_factory=set)
    headers: bool = False
    """Whether the name of a column is wrong, so that what it says is missing everywhere."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file as texts without outer blanks, and the line of the file in which each row ends."""

    where: str
    columns: dict[str, list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def at(self, row: int) -> str:
        """Where a row stands."""
        return f"{self.where} line {self.lines[row]}"

    def column(self, name: str) -> list[str]:
        """A column; blanks where the file does not have it."""
        return self.columns.get(name) or [""] * len(self)

    def without(self, rows: set[int]) -> Table:
        """The table without some rows."""
        if not rows:
            return self
        kept = [row for row in range(len(self)) if row not in rows]
        columns = {name: [cells[row] for row in kept] for name, cells in self.columns.items()}
        return Table(self.where, columns, [self.lines[row] for row in kept])


def read_table(
    path: Path, known: Sequence[str], needed: Sequence[str], findings: Findings, homes: Mapping[str, str]
) -> Table | None:
    """The table in a file, None if it cannot be read; problems go to the findings.

    known: the columns that it may have; needed: those that it must have; homes: for other columns, the file that has
    them. Commas, semicolons or tabs separate cells; with semicolons a decimal comma is read too; brackets may hold
    commas.
    """
    text = read_text(path, findings)
    if text is None:
        return None
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].lower().startswith("sep=") else 0  # a line by which Excel says its separator
    first = next((line for line in lines[skipped:] if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    at: list[int] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(joined(cells, separator) if rows and "(" in "".join(cells) else cells)
                at.append(reader.line_num + skipped)
    except csv.Error as fault:
        line = reader.line_num + skipped
        findings.problems.append(f"{path} line {line} cannot be read ({fault}); look for a quote that is not closed")
        return None
    if not rows:
        findings.problems.append(f"{path} is empty; give it a first line with the names of its columns")
        return None
    header = _header(path, rows[0], known, needed, findings, homes)
    for name in needed:
        if name not in header:
            findings.problems.append(
                f"{path} has no column {name!r}; it needs {' and '.join(needed)}, in its first line"
            )
    if any(name not in header for name in needed):
        return None
    for row, line in zip(rows[1:], at[1:], strict=True):
        if len(row) > len(rows[0]) or any(row[len(header) :]):  # a blank one too: a comma may have shifted the row
            findings.problems.append(
                f"{path} line {line} has {len(row)} cells, but there are {len(header)} columns; write 1234.5 without a "
                'comma, and put a cell that contains a separator in quotes: "..."'
            )
    columns: dict[str, list[str]] = {}
    for place, name in enumerate(header):
        if name in known:
            columns.setdefault(name, [row[place] if place < len(row) else "" for row in rows[1:]])
    table = Table(str(path), columns, at[1:])
    return _with_points(table, findings) if separator == ";" else table


def read_text(path: Path, findings: Findings) -> str | None:
    """The text of a file in UTF-8, with or without a byte order mark; None, and a problem, if it cannot be read."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        findings.problems.append(f"{path} cannot be read ({fault.strerror}); change its permissions, or save it again")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        findings.problems.append(
            f"{path} line {line} is not in UTF-8 (byte 0x{raw[fault.start]:02x}); save the file as 'CSV UTF-8'"
        )
        return None


def _header(
    path: Path,
    cells: list[str],
    known: Sequence[str],
    needed: Sequence[str],
    findings: Findings,
    homes: Mapping[str, str],
) -> list[str]:
    """The names of the columns, without empty ones at the end."""
    missing = [name for name in needed if name not in cells]
    while cells and not cells[-1]:
        cells = cells[:-1]
    before = len(findings.problems)
    for at, name in enumerate(cells):
        if not name:
            findings.problems.append(f"{path}: column {at + 1} has no name; give it one, or delete the column")
        elif name in cells[:at]:
            findings.problems.append(f"{path} has the column {name!r} twice; delete one")
        elif name in homes and name not in known:
            findings.problems.append(f"{path}: column {name!r} belongs in {homes[name]}; move it there")
        elif name not in known:
            plain = name.lower().replace(" ", "_").replace("-", "_")
            meant = nearest(plain, known, shown=20)
            if meant.startswith("known") and len(missing) == 1:
                meant = f"did you mean {missing[0]!r}?"
            findings.problems.append(f"{path}: column {name!r} is not known; {meant}")
    findings.headers |= len(findings.problems) > before
    return cells


def joined(cells: list[str], separator: str) -> list[str]:
    """The cells of a row, where separators inside brackets, as those of normal(10,3), do not end a cell."""
    joined: list[str] = []
    at = 0
    while at < len(cells):
        last = at
        if CALL.match(cells[at]):
            level = 0
            for place in range(at, len(cells)):
                level += cells[place].count("(") - cells[place].count(")")
                if level <= 0:
                    last = place
                    break
        joined.append(separator.join(cells[at : last + 1]))
        at = last + 1
    return joined


def _with_points(table: Table, findings: Findings) -> Table:
    """The table with points for decimal commas; thousands or decimals, where a cell may be either, is a problem."""
    numbers = {name: cells for name, cells in table.columns.items() if name not in TEXTS}
    cells = {cell for column in numbers.values() for cell in column}
    for decimals, thousands, said in ((DECIMAL_COMMA, POINTS, "commas"), (DECIMAL_POINT, COMMAS, "points")):
        doubtful = {cell for cell in cells if thousands.fullmatch(cell)}
        if not doubtful or not any(decimals.fullmatch(cell) for cell in cells):
            continue
        findings.problems += [
            f"{table.at(row)}: {name} is {cell!r}, and the file has decimal {said}: thousands or decimals? "
            f"write {re.sub('[.,]', '', cell)} or {cell.replace(*('.,' if said == 'commas' else ',.'))}"
            for name, column in numbers.items()
            for row, cell in enumerate(column)
            if cell in doubtful
        ]
    pointed = {
        name: [cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell) else cell for cell in column]
        for name, column in numbers.items()
    }
    return Table(table.where, table.columns | pointed, table.lines)
