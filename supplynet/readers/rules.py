"""Rules and demand of nodes: a name in a cell, with the parameters in brackets or in columns of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

from supplynet.checks import nearest
from supplynet.demand import Process, Trace
from supplynet.distributions import Discrete
from supplynet.network import RULES
from supplynet.policies.catalogue import FAMILIES, parse_call, read_rule, rules_of
from supplynet.readers.cells import CALL, PAIR, processes, read_cell, read_process
from supplynet.readers.tables import Findings, Table


@cache
def parameter_names() -> tuple[str, ...]:
    """Every parameter of a rule or process, each a column that nodes.csv may have."""
    kinds = [*(kind for column in FAMILIES for kind in rules_of(column).values()), *processes().values()]
    return tuple(dict.fromkeys(own.name for kind in kinds for own in fields(kind)))


def read_demand(cell: str, beside: Mapping[str, str]) -> float | Process:
    """A demand in a cell: a number, or a process with parameters in brackets or beside it. Raises ValueError."""
    value = read_process(cell, beside) if CALL.match(cell) else read_cell(cell)
    return read_process(value, beside) if isinstance(value, str) else value


def names_in_brackets(cell: str, kind: type[Any]) -> set[str]:
    """The parameters of a rule or process that a cell, which can be read, gives in brackets."""
    if not CALL.match(cell):
        return set()
    _, written = parse_call(PAIR.sub(r"(\1, \2)", cell))
    by_place = sum(key is None for key, _ in written)
    known = [own.name for own in fields(kind)]
    if kind in (Trace, Discrete):  # a list, and not a value for each parameter
        known = known[: 1 if kind is Trace else 2] if by_place else []
        by_place = len(known)
    return {*known[:by_place], *(key for key, _ in written if key is not None)}


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
    taken: dict[str, set[str]] = field(default_factory=dict)
    """The parameters that the rows of each kind of node have taken so far, from whichever place."""

    def read(self, table: Table, labels: Sequence[str]) -> dict[str, list[Any]]:
        """A column of objects for each kind of rule and for the demand; None where nothing is given."""
        found: dict[str, list[Any]] = {column: [None] * len(table) for column in RULES}
        given = {name: table.columns[name] for name in parameter_names() if name in table.columns}
        cells = {column: table.column(column) for column in RULES}
        for row, (name, kind) in enumerate(zip(table.column("node"), table.column("kind"), strict=True)):
            own = {parameter: texts[row] for parameter, texts in given.items() if texts[row]}
            default = self.defaults.get(kind, {})
            self.taken.setdefault(kind, set())
            said = {column: cells[column][row] or default.get(column, "") for column in RULES}
            if any(said.values()) or own:
                where = f"{table.where} {labels[row]}"
                self._read_row(where, name, kind, said, own, {**default, **own}, found, row)
            if not said["demand"] and name in self.traces:
                where = f"{table.where} {labels[row]}"
                self._blame(f"{where}: demand is blank, but demand.csv has rows of it; write trace", name)
        return found

    def _read_row(
        self, where: str, name: str, kind: str, said: Mapping[str, str], own: Mapping[str, str],
        beside: Mapping[str, str], found: dict[str, list[Any]], row: int,
    ) -> None:  # fmt: skip
        """Read what one row says, and see that each of its parameters belongs to something that it names."""
        takes: set[str] = set()
        brackets: set[str] = set()
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
            inside = names_in_brackets(cell, type(value)) if is_dataclass(value) else set()
            brackets |= inside
            takes |= {parameter.name for parameter in fields(value)} - inside if is_dataclass(value) else set()
        for parameter in own if not unread else ():
            if parameter not in takes:
                named = " and ".join(cell for cell in said.values() if cell)
                known = nearest(parameter, sorted(takes)) if takes else "its rules have no parameters"
                hint = f"{named} has no such parameter; {known}" if named else "it names no rule that has it; name one"
                if parameter in brackets:
                    hint = f"{named} says it in brackets; say it in one place"
                self._blame(f"{where}: {parameter} is given, but {hint}", name)
        self.taken[kind] |= takes | (set(beside) if unread else set())

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
        return read_demand(cell, beside)

    def unused(self, where: str) -> Iterator[str]:
        """What scenario.toml gives a kind of node as a parameter, and none of its rows takes."""
        for kind, own in self.defaults.items():
            for parameter in own:
                if kind in self.taken and parameter not in RULES and parameter not in self.taken[kind]:
                    yield (
                        f"{where} [defaults.{kind}]: {parameter} is given, but no {kind} has a rule that takes it; "
                        "name one, or delete it"
                    )

    def _blame(self, problem: str, name: str) -> None:
        self.findings.problems.append(problem)
        self.findings.nodes.add(name)
