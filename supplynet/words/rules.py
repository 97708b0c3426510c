"""The rules in tables for the shell: all of them, or one at work; made from what the rules declare."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from shlex import quote
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from supplynet.policies.catalogue import FAMILIES, find_rule, name_of, rules_of
from supplynet.policies.contract import Rule
from supplynet.policies.parameters import range_of
from supplynet.words.report import page_table
from supplynet.words.rule_example import worked_example

HEADINGS: Final = {
    "ordering": "ordering: how much more of its own product a node wants",
    "input_rule": "input_rule: how that becomes orders on its lanes",
    "sourcing": "sourcing: how a need is split among suppliers of one product",
    "allocation": "allocation: how what is on hand is shared among those who wait",
}


WIDE: Final = 95  # columns; broader headings are broken
TELLERS: Final = {
    "itself": "itself",
    "market": "the final customers that it serves, unless a Signal names others",
    "buyers": "those who buy from it, unless a Signal names others",
    "suppliers": "its suppliers, a period later, unless a Signal names others",
    "line_end": "the last firm before the market, a period later, unless a Signal names others",
}


def all_rules() -> Iterator[RenderableType]:
    """A table for each family: the name, one line, parameters with units and defaults, and the source."""
    for column in FAMILIES:
        yield Text(HEADINGS[column], style="bold")
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 1, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for name, kind in rules_of(column).items():
            short = f" ({kind.abbreviation})" if kind.abbreviation else ""
            given = ", ".join(_in_short(own) for own in fields(kind)) or "no parameters"
            about = Text("\n").join([Text(first_line(kind)), Text(given, "cyan"), Text(source(kind), "dim")])
            table.add_row(f"{name}{short}", about)
        yield table
    yield Text(
        "`supplynet rules NAME` shows one at work. Set it with --set NODE.ordering=NAME --set NODE.PARAMETER=VALUE, "
        "where NODE is a node or a kind; from Python, give it to the node: ordering=BaseStock(40.0)."
    )


def one_rule(name: str) -> Iterator[RenderableType]:
    """A rule: what it does, what it sees, its parameters, and ten periods of it at work.

    Raises ValueError with the nearest name.
    """
    column, kind = find_rule(name)
    example = worked_example(name)
    about, _, _ = (inspect.getdoc(kind) or "").partition("Source:")
    paragraphs = [" ".join(paragraph.split()) for paragraph in about.split("\n\n") if paragraph.strip()]
    yield Text(f"{name_of(kind)} ({column}; in Python {kind.__name__})", style="bold")
    yield Text("\n".join(paragraphs))
    yield Text(f"Source: {source(kind)}")
    for table in (_parameters(kind), _seen(example.rule)):
        if table.row_count:
            yield Text("")
            yield table
    yield Text("")
    yield Text(f"Ten periods of {example.rule!r}", style="bold")
    yield Text(example.story)
    at_work = page_table()
    crowded = sum(len(title) + 2 for title in example.titles) > WIDE
    for title in example.titles:
        words = title.replace("_", "_\n") if crowded else title
        at_work.add_column(words, justify="right", style="bold" if title.startswith("->") else "")
    for row in example.rows:
        at_work.add_row(*row)
    yield at_work
    place, needed = (
        f"NODE.{column}",
        "".join(f" --set NODE.{key}={quote(_plain(value))}" for key, value in kind.example.items()),
    )
    yield Text(f"Set it: --set {place}={name_of(kind)}{needed}")


def _parameters(kind: type[Rule]) -> Table:
    table = page_table("parameter", "unit", "default", "must be", "meaning")
    for own in fields(kind):
        told = own.metadata
        table.add_row(
            own.name,
            told.get("unit", "") or "-",
            _default(own),
            range_of(own) if told else "-",
            told.get("meaning", ""),
        )
    return table


def _seen(rule: Rule) -> Table:
    table = page_table("it sees", "of")
    for name in rule.reads:
        told = rule.told_by.get(name.removeprefix("told_")) if name.startswith("told_") else "itself"
        table.add_row(name, TELLERS.get(told or "", "whom a Signal names"))
    return table


def _in_short(own: Field[Any]) -> str:
    unit = f" [{own.metadata['unit']}]" if own.metadata.get("unit") else ""
    default = "" if own.default is MISSING else f" = {_default(own)}"
    return f"{own.name}{unit}{default}"


def _default(own: Field[Any]) -> str:
    if own.default is MISSING:
        return "needed"
    return _plain(own.default)


def _plain(value: Any) -> str:
    """A value as one would write it behind --set."""
    if isinstance(value, tuple):
        return ",".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def first_line(kind: type[Rule]) -> str:
    """What a rule does, in one line: the first paragraph of its docstring."""
    return " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].partition("Source:")[0].split())


def source(kind: type[Rule]) -> str:
    """Where a rule comes from."""
    return " ".join((inspect.getdoc(kind) or "").partition("Source:")[2].split()).rstrip(".")
