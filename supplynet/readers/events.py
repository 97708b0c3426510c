"""Who is told what, and what fails: signals.csv, disruptions.csv, and a disruption in one line."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from typing import Any, Final

from supplynet.addresses import Addresses
from supplynet.checks import check_signals, nearest
from supplynet.disruptions import DISRUPTED, Disruption
from supplynet.network import Signal, check_disruptions
from supplynet.readers.cells import read_process, write_cell
from supplynet.readers.columns import read_number
from supplynet.readers.tables import Findings, Table, joined
from supplynet.schema import tellable

SIGNAL_COLUMNS: Final = ("source", "reader", "tells", "delay", "weight", "start")
DISRUPTION_COLUMNS: Final = (
    "where", "column", "factor", "start", "duration", "recovery", "recovery_periods", "together",
)  # fmt: skip


def read_signals(table: Table, names: Sequence[str], findings: Findings) -> list[Signal]:
    """The signals of signals.csv that can be read."""
    signals: list[Signal] = []
    known = set(names)
    for row in range(len(table)):
        source, reader, tells = (table.column(name)[row] for name in SIGNAL_COLUMNS[:3])
        if tells not in tellable():
            findings.problems.append(
                f"{table.at(row)}: tells is {tells!r}, which nodes do not tell; {nearest(tells, tellable())}"
            )
        for end in (source, reader):
            if end not in known:
                findings.problems.append(f"{table.at(row)}: there is no node {end!r}; {nearest(end, names, shown=12)}")
        delay: Any = read_number(table, row, "delay", "a whole number >= 0 periods", findings, 0)
        weight = read_number(table, row, "weight", "a finite number", findings, 1.0)
        start = read_number(table, row, "start", "a finite number", findings, float("nan"))
        named = {source, reader} <= known and tells in tellable()
        if named and delay is not None and weight is not None and start is not None:
            signal = Signal(source, reader, tells, delay, float(weight), float(start))
            problems = [f"{table.at(row)}: {problem}" for problem in check_signals(known, [signal])]
            findings.problems += problems
            signals += [] if problems else [signal]
    return signals


def read_disruptions(table: Table, addresses: Addresses, findings: Findings) -> list[tuple[str, Disruption]]:
    """The disruptions of disruptions.csv that can be read, each with its place; blanks around the > of a lane do not
    count."""
    disruptions: list[tuple[str, Disruption]] = []
    for row in range(len(table)):
        where = ">".join(part.strip() for part in table.column("where")[row].split(">"))
        column = table.column("column")[row]
        if column not in DISRUPTED:
            findings.problems.append(f"{table.at(row)}: column is {column!r}; {nearest(column, DISRUPTED)}")
        factor = _factor(table, row, findings)
        whole: dict[str, Any] = {
            "start": read_number(table, row, "start", "a whole number >= 0 of periods", findings, 0),
            "recovery_periods": read_number(table, row, "recovery_periods", "a whole number of periods", findings, 0),
        }
        duration: Any = read_number(table, row, "duration", "a whole number >= 1 of periods", findings, math.inf)
        if column in DISRUPTED and None not in (factor, duration, *whole.values()):
            ends = None if duration == math.inf else duration
            recovery, together = table.column("recovery")[row] or "sudden", table.column("together")[row]
            if together not in ("", "true", "false"):
                findings.problems.append(f"{table.at(row)}: together is {together!r}, must be true or false; mend it")
            event = Disruption(where, column, factor, **whole, duration=ends, recovery=recovery,
                               together=together == "true")  # fmt: skip
            problems = [f"{table.at(row)}: {problem}" for problem in check_disruptions(addresses, [event])]
            findings.problems += problems
            disruptions += [] if problems else [(table.at(row), event)]
    return disruptions


def read_disruption(text: str, addresses: Addresses) -> Disruption:
    """A disruption in one line, a row of disruptions.csv: "mill,capacity_factor,0,20,5,linear,4".

    Cells that are left out at the end take their defaults. Raises ValueError that says what does not fit, and why.
    """
    said = f"disruption {text!r}"
    try:
        cells = [cell.strip() for cell in next(csv.reader([text], strict=True), [])]
    except csv.Error as fault:
        raise ValueError(f"{said} cannot be read ({fault}); look for a quote that is not closed") from None
    cells = joined(cells, ",")
    if not 3 <= len(cells) <= len(DISRUPTION_COLUMNS):
        raise ValueError(
            f"{said} has {len(cells)} parts, must be {','.join(DISRUPTION_COLUMNS).upper()}, the first three at least; "
            "write for example mill,capacity_factor,0,20,5"
        )
    findings = Findings()
    columns = {name: [cell] for name, cell in zip(DISRUPTION_COLUMNS, cells, strict=False)}
    events = read_disruptions(Table(said, columns, [1]), addresses, findings)
    if findings.problems:
        raise ValueError("; ".join(problem.replace(f"{said} line 1: ", f"{said}: ") for problem in findings.problems))
    return events[0][1]


def write_disruption(event: Disruption) -> str:
    """A disruption in one line, which `read_disruption` gives back. Raises ValueError for a process of one's own."""
    cells = [write_cell(getattr(event, name)) for name in DISRUPTION_COLUMNS]
    usual = [write_cell(getattr(Disruption("", "", 1.0), name)) for name in DISRUPTION_COLUMNS]
    kept = max(3, *(at + 1 for at, cell in enumerate(cells) if cell != usual[at]))
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(cells[:kept])
    return line.getvalue()


def _factor(table: Table, row: int, findings: Findings) -> Any:
    """A number, or a process in brackets such as outages(1, 0.01, 0.2); None where it cannot be read."""
    text = table.column("factor")[row]
    if "(" not in text:
        return read_number(table, row, "factor", "a number: the part that is left", findings)
    try:
        return read_process(text)
    except ValueError as fault:
        findings.problems.append(f"{table.at(row)}: factor: {fault}")
        return None
