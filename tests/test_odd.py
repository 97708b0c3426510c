"""The ODD protocol says what the code does: its tables are those of the schema, the schedule and the disruptions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

import supplynet.phases
from supplynet.disruptions import DISRUPTED
from supplynet.schedule import BEFORE, PHASES
from supplynet.schema import INPUTS, RESULTS, Column

PACKAGE = Path(supplynet.phases.__file__).parents[1]
TEXT = (PACKAGE / "ODD.md").read_text()
TABLES = {
    "node": "Nodes (agents)",
    "lane": "Lanes, what both ends know",
    "inbound": "Lanes, the buyer's end",
    "outbound": "Lanes, the supplier's end",
    "input": "Inputs of a node",
}


def rows(header: str, text: str = TEXT) -> list[tuple[str, ...]]:
    """The rows of the table with this header, each as the texts of its cells."""
    lines = text.splitlines()
    first = lines.index(header) + 2
    found = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        found.append(tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")))
    return found


def below(heading: str) -> str:
    return TEXT.partition(f"#### {heading}\n")[2].partition("####")[0]


def opening(column: Column) -> str:
    """A default as the table writes it."""
    if column.default is None or (isinstance(column.default, float) and np.isnan(column.default)):
        return ""
    return column.default if isinstance(column.default, str) else f"{column.default:g}"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_the_schema_stands_there_with_its_unit_default_and_meaning(table: str) -> None:
    given = [
        (column.name + " (may be random)" * column.random, column.unit, opening(column), column.meaning)
        for column in INPUTS
        if column.table == table
    ]
    assert rows("| column | unit | default | meaning |", below(f"{TABLES[table]}, given")) == given
    filled = [(column.name, column.unit, column.meaning) for column in RESULTS if column.table == table]
    if filled:
        assert rows("| column | unit | meaning |", below(f"{TABLES[table]}, filled")) == filled


def test_the_tables_are_all_that_the_schema_has() -> None:
    assert {column.table for column in INPUTS + RESULTS} - {"signal"} == set(TABLES)


def test_the_phases_stand_there_in_the_order_of_the_day_with_the_first_sentence_of_their_file() -> None:
    listed = str(supplynet.phases.__doc__).partition(": ")[2].rstrip(".\n").split(", ")
    assert [name for name in listed if name in PHASES] == list(PHASES)
    assert set(listed) == {path.stem for path in (PACKAGE / "phases").glob("[a-z]*.py")}
    said = []
    for name in listed:
        document = str(ast.get_docstring(ast.parse((PACKAGE / "phases" / f"{name}.py").read_text())))
        said.append((name, document.partition(": ")[2].partition("\n")[0]))
    assert rows("| phase | what happens |") == said


def test_which_phase_waits_for_which_is_what_the_schedule_keeps() -> None:
    assert rows("| first | then | at |") == [(PHASES[first], PHASES[then], place) for first, then, place in BEFORE]


def test_the_disruptions_are_those_that_can_strike() -> None:
    listed = {
        name: (of, meet == "they add up", bounds)
        for name, of, meet, bounds in rows("| column | of | where several meet | range of the factor |")
    }
    bounds = {name: re.sub("a whole number ", "whole, ", kind.must) for name, kind in DISRUPTED.items()}
    assert listed == {
        name: (kind.table, kind.added, bounds[name].removeprefix("a number ")) for name, kind in DISRUPTED.items()
    }


def test_the_files_that_it_names_are_there() -> None:
    for named in re.findall(r"`supplynet/([\w/]+(?:\.py)?)`", TEXT):
        assert (PACKAGE / named).exists(), named
