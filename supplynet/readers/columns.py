"""The columns of tables: cells as numbers, distributions and texts, each checked where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from supplynet.checks import check_columns
from supplynet.readers.cells import read_cell
from supplynet.readers.tables import Findings, Table
from supplynet.schema import Column

NUMBERLIKE: Final = re.compile(r"[+-]?[\d.,' ]*\d[\d.,' ]*(e[+-]?\d+)?", re.IGNORECASE)


def read_columns(
    table: Table, known: Mapping[str, Column], labels: Sequence[str], findings: Findings, taint: Callable[[int], None]
) -> dict[str, Any]:
    """Those input columns of the schema that a table gives, one value a row; a blank or faulty cell has the default.

    labels: the rows as messages name them; taint: told of each row with a fault.
    """
    given = {}
    for name, column in known.items():
        cells = table.columns.get(name, [])
        if any(cells):
            read = _texts if column.dtype is str else _numbers
            given[name] = read(table.where, cells, column, labels, findings, taint)
    return given


def _texts(
    where: str,
    cells: list[str],
    column: Column,
    labels: Sequence[str],
    findings: Findings,
    taint: Callable[[int], None],
) -> list[Any]:
    values: list[Any] = [cell or column.default for cell in cells]
    for row, value in enumerate(values):
        if column.name in ("kind", "unfilled"):
            for problem in _faults(where, column, value, labels[row]):
                findings.problems.append(problem)
                taint(row)
                values[row] = column.default
    return values


def _numbers(
    where: str,
    cells: list[str],
    column: Column,
    labels: Sequence[str],
    findings: Findings,
    taint: Callable[[int], None],
) -> Any:
    seen: dict[str, Any] = {"": column.default}
    values: list[Any] = []
    numbers = np.full(len(cells), column.default, np.float64)
    for row, cell in enumerate(cells):
        if cell not in seen:
            seen[cell] = _read(cell, column)
        value = seen[cell]
        if isinstance(value, float):
            numbers[row] = value
        elif isinstance(value, _Unread):
            findings.problems.append(f"{where} {labels[row]}: {column.name}{value.why}")
            taint(row)
            value = column.default
        values.append(value)
    if any(check_columns(where, labels, {column.name: numbers}, len(cells), {column.name: column}, ())):
        for row, value in enumerate(values):
            for problem in _faults(where, column, value, labels[row]) if isinstance(value, float) else ():
                findings.problems.append(problem)
                taint(row)
                values[row] = numbers[row] = column.default
    return numbers if all(isinstance(value, float) for value in seen.values()) else values


class _Unread:
    """A cell that is no number, and why."""

    def __init__(self, why: str) -> None:
        self.why = why


def _read(cell: str, column: Column) -> Any:
    """The number, distribution or process of a cell."""
    try:
        value = read_cell(cell)
    except ValueError as fault:
        if column.random:
            return _Unread(f": {fault}")
        value = cell
    if isinstance(value, float) or (column.random and not isinstance(value, str)):
        return value
    if not isinstance(value, str):
        return _Unread(f" is {cell!r}, must be a number; only capacity, price and lead times may be random")
    return _Unread(
        next(iter(_faults("", column, cell, ""))).strip().removeprefix(f": {column.name}")
        + hint(cell, blank=column.default is not None)
    )


def _faults(where: str, column: Column, value: Any, label: str) -> list[str]:
    return list(check_columns(where, [label], {column.name: [value]}, 1, {column.name: column}, ()))


def hint(cell: str, *, blank: bool) -> str:
    """A cure for a text that was meant as a number; `blank` where a blank cell has a default."""
    if cell.endswith("%"):
        return " (25 % is 0.25)"
    if cell.lower() == "nan":
        return " (leave it blank for the default)" if blank else ""
    return " (write 1234.5: a point before decimals, nothing between thousands)" if NUMBERLIKE.fullmatch(cell) else ""


def read_number(
    table: Table, row: int, name: str, rule: str, findings: Findings, default: float | None = None
) -> float | int | None:
    """A plain number of a small table, an int where it is whole; the default where the cell is blank.

    None, and a problem that states the rule, where a text stands, or nothing and there is no default.
    """
    cell = table.column(name)[row]
    if not cell and default is not None:
        return default
    try:
        number = float(cell or "nan")
    except ValueError:
        number = float("nan")
    if np.isnan(number):
        findings.problems.append(
            f"{table.at(row)}: {name} is {repr(cell) if cell else 'blank'}, must be {rule}; mend it"
            + hint(cell, blank=default is not None)
        )
        return None
    return int(number) if number.is_integer() else number
