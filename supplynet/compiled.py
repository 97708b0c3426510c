"""One kernel, compiled twice: a serial function and, for many rows, a parallel one of another name.

numba's cache knows a function by its name and line; the two ways of compiling one function would share an entry and
the parallel one would silently load serial code. So the parallel twin is a copy under a name of its own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from types import FunctionType
from typing import Any, Final

import numba

PARALLEL_FROM: Final = 50_000  # rows; entering a parallel kernel costs up to 100 us, a row 5-10 ns


class Kernel:
    """A formula with a loop around it, bound to columns by the names of its arguments."""

    def __init__(self, function: FunctionType) -> None:
        twin = FunctionType(
            function.__code__.replace(co_name=f"{function.__name__}_parallel"),
            function.__globals__,
            f"{function.__name__}_parallel",
            function.__defaults__,
            function.__closure__,
        )
        twin.__qualname__ = f"{function.__qualname__}_parallel"
        twin.__module__ = function.__module__
        self.arguments = tuple(inspect.signature(function).parameters)
        self.serial: Callable[..., None] = numba.njit(cache=True, error_model="numpy")(function)
        self.parallel: Callable[..., None] = numba.njit(cache=True, error_model="numpy", parallel=True)(twin)
        self.__doc__ = function.__doc__

    def bind(self, columns: Mapping[str, Any], rows: Any, *, parallel: bool | None = None) -> Callable[[], None]:
        """The kernel over these rows, as a call without arguments.

        The first argument of the kernel is `rows`; each other one is the column of its name.
        """
        compiled = self.over(rows.size if parallel is None else PARALLEL_FROM * parallel)
        return partial(compiled, rows, *(columns[name] for name in self.arguments[1:]))

    def over(self, n_rows: int) -> Callable[..., None]:
        """The way of doing so many rows that takes the least time."""
        return self.parallel if n_rows >= PARALLEL_FROM else self.serial


def kernel(function: Callable[..., None]) -> Kernel:
    """Compile a loop over rows, lazily, in both ways."""
    assert isinstance(function, FunctionType)
    return Kernel(function)
