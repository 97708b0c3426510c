"""The contract of a rule: what it reads, what it remembers, what it writes, and nothing else.

A rule is a frozen dataclass. Its fields are its parameters; when rules of one class are lowered together, each field
becomes an array with one value a row, except the fields named in `structure`, which all of them share. A rule sees a
`Local`: the columns it declared, on its own rows, read-only, and its own memory, writable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from supplynet.compiled import Kernel

Array = NDArray[Any]
LARGEST: Final = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class Memory:
    """What a rule remembers: `width` values a row, opened at `start` (a number or a node column) times `times`.

    A rule finds it as local.<name>, shape [row], or [width, row] where `width` is given.
    """

    name: str
    unit: str
    width: int | None = None
    start: float | str = 0.0
    times: float = 1.0
    dtype: type = np.float64


class Local:
    """What a rule sees of its own rows: the period, the columns it declared (read-only) and its memory."""

    period: int

    def __init__(self, columns: Mapping[str, Array], memory: Mapping[str, Array]) -> None:
        for name, column in columns.items():
            view = column.view()
            view.flags.writeable = False
            setattr(self, name, view)
        for name, column in memory.items():
            setattr(self, name, column)

    def __getattr__(self, name: str) -> Any:
        known = ", ".join(sorted(key for key in vars(self) if not key.startswith("_")))
        raise AttributeError(f"the rule reads {name!r} without declaring it; add it to `reads` (declared: {known})")


class Rule:
    """What all rules share."""

    reads: ClassVar[Any] = ()
    """Names of the columns that the rule reads (node columns; `told_<column>` for what signals tell)."""
    structure: ClassVar[tuple[str, ...]] = ()
    """Fields that all rows of one call share, such as the width of a memory."""

    __slots__ = ()

    @property
    def memory(self) -> tuple[Memory, ...]:
        return ()


class OrderingRule(Rule):
    """Decides how much more of its own product a node wants."""

    makes_to_order: ClassVar[bool] = False
    """True where each order wants exactly what was asked for, so that a cancelled order is not made."""

    __slots__ = ()

    def order(self, local: Local, production_order: Array) -> None:
        """Write production_order [row], in units of the node's product a period, all >= 0."""
        raise NotImplementedError


class InputRule(Rule):
    """Turns what a node wants to make into orders on its lanes.

    Sees, beside node columns [node] and input columns [input], those of the inbound ends [end], and the offsets
    `first_input` [node + 1] and `first_end` [input + 1]. Its parameters hold one value for each end.
    """

    reads_yesterday: ClassVar[bool] = False
    """True where it reads yesterday's state, so that it can order before today's demand is booked."""
    covers_backlog: ClassVar[bool] = True
    """True where production_backlog is what stock and orders are to cover, so that it opens at what is on order."""

    __slots__ = ()

    def purchase(self, local: Local, order: Array) -> None:
        """Write order [end], in units of the input a period, all >= 0."""
        raise NotImplementedError


class AllocationRule(Rule):
    """Shares what is on hand among the lanes that wait for it; `allocate` is a kernel that fills `shipment`."""

    allocate: ClassVar[Kernel]

    __slots__ = ()


R = TypeVar("R", bound=Rule)


def parameters(rule: Rule | type[Rule]) -> tuple[str, ...]:
    """The fields of a rule that may differ from row to row."""
    return tuple(field.name for field in fields(rule) if field.name not in rule.structure)  # type: ignore[arg-type]


def check_parameter(rule: Rule, name: str, *, least: float = -LARGEST, most: float = LARGEST) -> None:
    """A parameter (or, once stacked, its whole column) must be a finite number in a range.

    Raises ValueError that names the rule, the parameter, its value and the range.
    """
    value = getattr(rule, name)
    try:
        fits = bool(np.all((np.asarray(value, float) >= least) & (np.asarray(value, float) <= most)))
    except (TypeError, ValueError):
        fits = False
    if not fits:
        lower = f" >= {least:g}" if least > -LARGEST else ""
        upper = f" <= {most:g}" if most < LARGEST else ""
        raise ValueError(f"{type(rule).__name__}: {name} is {value!r}, must be a finite number{lower}{upper}; mend it")


def group_of(rule: Rule) -> tuple[Any, ...]:
    """Rules of equal groups can be lowered together."""
    return (type(rule), *(getattr(rule, name) for name in rule.structure))


def stack(rules: Sequence[R], codes: Array) -> R:
    """One rule for many rows: each parameter becomes an array [row], taken from rules[codes]."""
    columns = {name: np.array([float(getattr(rule, name)) for rule in rules])[codes] for name in parameters(rules[0])}
    return replace(rules[0], **columns) if columns else rules[0]  # type: ignore[type-var]


def open_memory(rule: Rule, n_rows: int, column: Callable[[str], Array]) -> dict[str, Array]:
    """Fresh memory for n_rows rows; `column` gives the node column that a memory starts from."""
    opened: dict[str, Array] = {}
    for part in rule.memory:
        shape = (n_rows,) if part.width is None else (part.width, n_rows)
        opened[part.name] = np.empty(shape, part.dtype)
        opened[part.name][...] = (column(part.start) if isinstance(part.start, str) else part.start) * part.times
    return opened
