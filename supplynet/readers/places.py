"""Where in the tables a node or lane stands, so that what is said of it can say so."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from supplynet.readers.tables import Table

NAME: Final = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
SUBJECT: Final = re.compile(rf"(?P<what>node|lane|supplier|factory|distributor|customer) {NAME}(?: -> {NAME})?")


class Places:
    """The place of each subject of a message: a node by its name, a lane by its two ends."""

    def __init__(self) -> None:
        self._nodes: tuple[Table, dict[str, int]] | None = None
        self._lanes: tuple[Table, dict[tuple[str, str], int]] | None = None

    def add_nodes(self, table: Table) -> None:
        """The rows of nodes.csv."""
        self._nodes = table, {name: row for row, name in enumerate(table.column("node"))}

    def add_lanes(self, table: Table) -> None:
        """The rows of lanes.csv."""
        ends = zip(table.column("supplier"), table.column("customer"), strict=True)
        self._lanes = table, {pair: row for row, pair in enumerate(ends)}

    def locate(self, problems: Sequence[str], folder: Path, without: Collection[str] = ()) -> Iterator[str]:
        """The problems with the place of what they are about, or the folder; without those of some nodes."""
        for problem in problems:
            subject = SUBJECT.match(problem)
            names = [ast.literal_eval(name) for name in subject.groups()[1:] if name] if subject else []
            if subject and subject["what"] == "lane":
                pair = tuple(names) if len(names) == 2 else tuple(names[0].split(">"))
                yield self._said(self._lanes, pair, problem)
            elif not subject:
                yield f"{folder}: {problem}"
            elif names[0] not in without:
                yield self._said(self._nodes, names[0], problem)

    @staticmethod
    def _said(table: tuple[Table, dict[Any, int]] | None, name: Any, problem: str) -> str:
        row = None if table is None else table[1].get(name)
        return problem if table is None or row is None else f"{table[0].at(row)}: {problem}"
