"""The contract of a rule: what it reads, what it remembers, what it writes, and nothing else.

A rule is a frozen dataclass. Its fields are its parameters; when rules of one class are lowered together, each field
becomes an array with one value a row, except the fields named in `structure`, which all of them share. A rule sees a
`Local`: the columns it declared, on its own rows, read-only, and its own memory, writable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from supplynet.compiled import Kernel
from supplynet.policies.parameters import LARGEST, check_parameters

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Memory:
    """What a rule remembers: `width` values a row, opened at `start` (a number or a column of the rows) times `times`.

    A rule finds it as local.<name>, shape [row], or [width, row] where `width` is given: a number, or a column (such as
    "reach"), whose greatest value plus one it is.
    """

    name: str
    unit: str
    width: int | str | None = None
    start: float | str = 0.0
    times: float = 1.0
    dtype: type = np.float64


class Local:
    """What a rule sees of its own rows: the period, the columns it declared (read-only) and its memory.

    Memory is written in place (`local.forecast[:] = ...`), so that a run can be stopped, copied and played again.
    Raises ValueError where a memory has the name of a column.
    """

    period: int

    def __init__(self, columns: Mapping[str, Array], memory: Mapping[str, Array]) -> None:
        for name, column in columns.items():
            view = column.view()
            view.flags.writeable = False
            object.__setattr__(self, name, view)
        for name, column in memory.items():
            if name in columns:
                raise ValueError(f"memory {name!r} has the name of a column that the rule reads; give it another name")
            object.__setattr__(self, name, column)

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__dict__.get(name) is value:
            return  # what `local.forecast += ...` does after it has added in place
        if name != "period":
            raise AttributeError(f"a rule cannot set local.{name}; declare a Memory and fill it: local.{name}[:] = ...")
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        known = ", ".join(sorted(key for key in vars(self) if not key.startswith("_")))
        raise AttributeError(f"the rule reads {name!r} without declaring it; add it to `reads` (declared: {known})")


@dataclass(frozen=True, slots=True)
class Rule:
    """What all rules share."""

    reads: ClassVar[Any] = ()
    """Names of the columns that the rule reads (node columns; `told_<column>` for what signals tell)."""
    structure: ClassVar[tuple[str, ...]] = ()
    """Fields that all rows of one call share, such as the width of a memory."""
    memory_of: ClassVar[Literal["node", "inbound"]] = "node"
    """Whether the memory has a row for each node or for each inbound end."""
    abbreviation: ClassVar[str] = ""
    """What the field calls it for short; it is known by this name too."""
    told_by: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Who tells a column where the network does not say: the market (all final customers it serves), its buyers, its
    suppliers, the line_end (the last firms before the market), or the node itself."""
    told_part: ClassVar[str] = ""
    """The parameter that says which part of it they tell, if not all."""
    example: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    """Parameters of the worked example that `supplynet rules` shows."""

    def __post_init__(self) -> None:
        check_parameters(self)

    @property
    def memory(self) -> tuple[Memory, ...]:
        return ()


class OrderingRule(Rule):
    """Decides how much more of its own product a node wants."""

    __slots__ = ()

    makes_to_order: ClassVar[bool] = False
    """True where each order wants exactly what was asked for, so that a cancelled order is not made."""

    def order(self, local: Local, production_order: Array) -> None:
        """Write production_order [row], in units of the node's product a period, all >= 0."""
        raise NotImplementedError(f"{type(self).__name__} lacks order(self, local, production_order); write it")


class InputRule(Rule):
    """Turns what a node wants to make into orders on its lanes.

    Sees, beside node columns [node] and input columns [input], those of the inbound ends [end], and the offsets
    `first_input` [node + 1] and `first_end` [input + 1]. It may also read `node_of_input` [input] and `input_of_end`
    [end], which spread columns: local.demand[local.node_of_input]. Its parameters hold one value for each end.
    """

    __slots__ = ()

    reads_yesterday: ClassVar[bool] = False
    """True where it reads yesterday's state, so that it can order before today's demand is booked."""
    covers_backlog: ClassVar[bool] = True
    """True where production_backlog is what stock and orders are to cover, so that it opens at what is on order."""

    def purchase(self, local: Local, order: Array) -> None:
        """Write order [end], in units of the input a period, all >= 0."""
        raise NotImplementedError(f"{type(self).__name__} lacks purchase(self, local, order); write it")


class SourcingRule(Rule):
    """Splits a buyer's need of an input among the lanes that bring it, anew in each period before it orders.

    Sees what an input rule sees. Its parameters hold one value for each inbound end, and so does its memory, which may
    start at a column of the ends, such as the `share` that was given.
    """

    __slots__ = ()

    memory_of: ClassVar = "inbound"
    fixed: ClassVar[bool] = False
    """True where the shares never change, so that nobody needs to ask."""

    def split(self, local: Local, share: Array) -> None:
        """Write share [end], >= 0, the shares of the lanes of each input summing to 1."""
        raise NotImplementedError(f"{type(self).__name__} lacks split(self, local, share); write it")


class AllocationRule(Rule):
    """Shares what is on hand among the lanes that wait for it; `allocate` is a kernel that fills `shipment`.

    It reads the columns that its arguments name, and has no parameters.
    """

    __slots__ = ()

    allocate: ClassVar[Kernel]


R = TypeVar("R", bound=Rule)


def parameters(rule: Rule | type[Rule]) -> tuple[str, ...]:
    """The fields of a rule that may differ from row to row."""
    return tuple(field.name for field in fields(rule) if field.name not in rule.structure)


def check_written(rule: Rule, name: str, written: Array) -> None:
    """What a rule wrote must be finite and not negative. Raises ArithmeticError that names the rule."""
    wrong = ~((written >= 0.0) & (written <= LARGEST))
    if wrong.any():
        raise ArithmeticError(
            f"{type(rule).__name__} wrote {name} {written[wrong][0]} ({wrong.sum()} of {written.size}), must be finite "
            f"and >= 0 everywhere; write {name}[:] = np.maximum(0.0, ...)"
        )


def check_sums(rule: Rule, first_end: Array, share: Array) -> None:
    """The shares of each input must sum to 1. Raises ArithmeticError that names the rule."""
    sums = np.add.reduceat(share, first_end[:-1]) if share.size else np.ones(0)
    wrong = np.abs(sums - 1.0) > 1e-9
    if wrong.any():
        raise ArithmeticError(
            f"{type(rule).__name__} wrote shares of an input that sum to {sums[wrong][0]}, must be 1; scale them"
        )


def decide(
    rule: Rule, rule_decides: Callable[[Local, Array], None], local: Local, period: int, name: str, out: Array
) -> None:
    """Let a rule write its column `name` for one period; on the first day, see that it wrote every place, and sense."""
    local.period = period
    if period == 0 and name not in rule.reads:
        out.fill(np.nan)
    rule_decides(local, out)
    if period == 0:
        check_written(rule, name, out)
        if isinstance(rule, SourcingRule):
            check_sums(rule, local.first_end, out)


def group_of(rule: Rule) -> tuple[Any, ...]:
    """Rules of equal groups can be lowered together."""
    return (type(rule), *(getattr(rule, name) for name in rule.structure))


def stack(rules: Sequence[R], codes: Array) -> R:
    """One rule for many rows: each parameter becomes an array [row], taken from rules[codes].

    Raises ValueError where a parameter is no number.
    """
    stacked = copy(rules[0])
    for name in parameters(stacked):
        try:
            column = np.array([float(getattr(rule, name)) for rule in rules])
        except (TypeError, ValueError):
            raise ValueError(
                f"{type(stacked).__name__}: {name} is {getattr(stacked, name)!r}, must be a number, since rows may "
                "differ in it; a field that is no number must be named in `structure`"
            ) from None
        object.__setattr__(stacked, name, column[codes])
    return stacked


def open_memory(rule: Rule, n_rows: int, column: Callable[[str], Array]) -> dict[str, Array]:
    """Fresh memory for n_rows rows; `column` gives a column of theirs that a memory starts from, or is as wide as."""
    opened: dict[str, Array] = {}
    for part in rule.memory:
        width = int(column(part.width).max(initial=0.0)) + 1 if isinstance(part.width, str) else part.width
        shape = (n_rows,) if width is None else (width, n_rows)
        try:
            opened[part.name] = np.empty(shape, part.dtype)
        except (ValueError, MemoryError):  # NumPy's words name no rule
            raise MemoryError(
                f"{type(rule).__name__}: {part.name} of {n_rows:,} nodes would be {width:,} numbers each, more than "
                "memory holds; remember fewer periods"
            ) from None
        opened[part.name][...] = (column(part.start) if isinstance(part.start, str) else part.start) * part.times
    return opened
