"""Rules and demand of nodes: a name in a cell, with the parameters in brackets or in columns of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from supplynet.checks import nearest
from supplynet.demand import Trace
from supplynet.network import RULES
from supplynet.policies.catalogue import FAMILIES, read_rule, rules_of
from supplynet.readers.cells import CALL, processes, read_cell, read_process
from supplynet.readers.tables import Findings, Table


@cache
def parameter_names() -> tuple[str, ...]:
    """Every parameter of a rule or process, each a column that nodes.csv may have."""
    kinds = [*(kind for column in FAMILIES for kind in rules_of(column).values()), *processes().values()]
    return tuple(dict.fromkeys(own.name for kind in kinds for own in fields(kind)))


@dataclass(frozen=True, slots=True)
class RuleReader:
    """Reads the rules and the demand of the rows of nodes.csv.

    defaults: for a kind of node, what scenario.toml says of its rules and their parameters; traces: the quantities that
    demand.csv gives, by customer.
    """

    findings: Findings
    defaults: Mapping[str, Mapping[str, str]]
    traces: Mapping[str, tuple[float, ...]]
    wrong: Collection[str] = ()
    """Customers of which demand.csv says something that cannot be."""

    def read(self, table: Table, labels: Sequence[str]) -> dict[str, list[Any]]:
        """A column of objects for each kind of rule and for the demand; None where nothing is given."""
        found: dict[str, list[Any]] = {column: [None] * len(table) for column in RULES}
        given = {name: table.columns[name] for name in parameter_names() if name in table.columns}
        cells = {column: table.column(column) for column in RULES}
        for row, (name, kind) in enumerate(zip(table.column("node"), table.column("kind"), strict=True)):
            own = {parameter: texts[row] for parameter, texts in given.items() if texts[row]}
            default = self.defaults.get(kind, {})
            said = {column: cells[column][row] or default.get(column, "") for column in RULES}
            if any(said.values()) or own:
                where = f"{table.where} {labels[row]}"
                self._read_row(where, name, said, own, {**default, **own}, found, row)
            if not said["demand"] and name in self.traces:
                where = f"{table.where} {labels[row]}"
                self._blame(f"{where}: demand is blank, but demand.csv has rows of it; write trace", name)
        return found

    def _read_row(
        self, where: str, name: str, said: Mapping[str, str], own: Mapping[str, str], beside: Mapping[str, str],
        found: dict[str, list[Any]], row: int,
    ) -> None:  # fmt: skip
        """Read what one row says, and see that each of its parameters belongs to something that it names."""
        takes: set[str] = set()
        unread = False
        for column, cell in said.items():
            if not cell:
                continue
            try:
                value = self._demand(cell, name, beside) if column == "demand" else read_rule(cell, column, beside)
            except (TypeError, ValueError) as fault:
                if name not in self.wrong:
                    self._blame(f"{where}: {column}: {fault}", name)
                unread = True
                continue
            found[column][row] = value
            takes |= {field.name for field in fields(value)} if is_dataclass(value) else set()
        for parameter in own if not unread else ():
            if parameter not in takes:
                named = " and ".join(cell for cell in said.values() if cell)
                known = nearest(parameter, sorted(takes)) if takes else "its rules have no parameters"
                hint = f"{named} has no such parameter; {known}" if named else "it names no rule that has it; name one"
                self._blame(f"{where}: {parameter} is given, but {hint}", name)

    def _demand(self, cell: str, name: str, beside: Mapping[str, str]) -> Any:
        """The demand of a customer: a number, or a process."""
        if cell == "trace":
            if name not in self.traces:
                raise ValueError(
                    "trace needs rows of this customer in demand.csv (period, customer, quantity); add them"
                )
            repeat = {"true": True, "false": False, "": False}.get(beside.get("repeat", "").lower())
            if repeat is None:
                raise ValueError(f"repeat is {beside['repeat']!r}, must be true or false; mend it")
            return Trace(self.traces[name], repeat)
        if name in self.traces:
            raise ValueError(f"it is {cell!r}, but demand.csv has rows of this customer; write trace, or delete them")
        value = read_process(cell, beside) if CALL.match(cell) else read_cell(cell)
        return read_process(value, beside) if isinstance(value, str) else value

    def _blame(self, problem: str, name: str) -> None:
        self.findings.problems.append(problem)
        self.findings.nodes.add(name)
