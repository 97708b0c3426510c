"""Columns as they are given and as a network holds them: numbers, places of texts, and distinct objects with codes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.schema import Column

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Objects:
    """A column of objects (rules, demand processes, distributions): the distinct ones, and which each row has.

    `codes` has shape [row]; -1 means none.
    """

    values: tuple[Any, ...]
    codes: NDArray[np.int32]

    @classmethod
    def of(cls, column: Sequence[Any]) -> Objects:
        """Code a column of objects; equal objects share a code."""
        held = list(column)  # which keeps them alive, so that an id stays that of one object
        code_of: dict[int, int] = {}
        seen: dict[Any, int] = {}
        values: list[Any] = []
        for value in {id(value): value for value in held}.values():
            key = value if isinstance(value, Hashable) else id(value)
            if value is not None and key not in seen:
                seen[key] = len(values)
                values.append(value)
            code_of[id(value)] = -1 if value is None else seen[key]
        return cls(tuple(values), np.fromiter(map(code_of.__getitem__, map(id, held)), np.int32, len(held)))

    def with_value(self, rows: Array, value: Any) -> Objects:
        """The same column with one object in these rows."""
        values = self.values if value is None or value in self.values else (*self.values, value)
        codes = self.codes.copy()
        codes[rows] = -1 if value is None else values.index(value)
        used, renumbered = np.unique(codes, return_inverse=True)
        kept = used[used >= 0]
        return Objects(tuple(values[code] for code in kept), (renumbered - (used.size - kept.size)).astype(np.int32))


def is_object(value: Any) -> bool:
    """Whether a value of a column is a rule, a process or a distribution, and no number or text."""
    return not isinstance(value, (bool, int, float, str, np.number))


def numbers_and_objects(column: Sequence[Any] | Array, dtype: Any) -> tuple[Array, Objects]:
    """Split a column that may hold distributions into its numbers and its objects."""
    if isinstance(column, np.ndarray) and column.dtype != object:
        return column.astype(dtype, copy=False), Objects((), np.full(column.size, -1, np.int32))
    objects = Objects.of([value if is_object(value) else None for value in column])
    return np.array([0 if is_object(value) else value for value in column], dtype=dtype), objects


def usual(column: Column, n_rows: int) -> Any:
    """A column that is not given: its default in each row; of numbers a view, which takes no memory."""
    if column.dtype is str:
        return (column.default,) * n_rows
    return np.broadcast_to(np.array(column.default, np.int64 if column.dtype is np.uint32 else np.float64), n_rows)


def numbered(column: Sequence[str], names: Sequence[str], dtype: Any) -> Array:
    """The place of each text among the names [row]."""
    place = {name: at for at, name in enumerate(names)}
    return np.fromiter(map(place.__getitem__, column), dtype, len(column))
