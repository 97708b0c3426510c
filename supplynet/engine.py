"""The engine knows when and never what: it turns the clock and calls the tasks of the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from supplynet.binding import Binder, Task
from supplynet.lower import Case, Union, unite
from supplynet.luck import Luck


class Watcher(Protocol):
    """Whoever looks at the state at the end of a period: a record, a balance, a progress bar."""

    def keep(self, period: int) -> None: ...


@dataclass(slots=True, eq=False)
class Engine:
    """A union, its luck, the tasks of its day, and the next period."""

    union: Union
    luck: Luck
    tasks: tuple[Task, ...]
    period: int = 0
    _opening: list[NDArray[Any]] = field(default_factory=list)

    def run(self, periods: int, watchers: Sequence[Watcher] = ()) -> None:
        """Play this many periods."""
        calls: list[Callable[[], None]] = [task.run for task in self.tasks]
        for period in range(self.period, self.period + periods):
            self.union.state.turn_to(period)
            for call in calls:
                call()
            for watcher in watchers:
                watcher.keep(period)
            self.period = period + 1
        self.union.check_results()

    def remember_opening(self) -> None:
        """Keep the state as it opened, so that the union can be played again; costs its size in memory."""
        self._opening = [array.copy() for array in self.union.state.mutable()]

    def reopen(self, replications: Sequence[Sequence[int]]) -> None:
        """Go back to the remembered opening, with other replications (as many for each case as before)."""
        for array, opened in zip(self.union.state.mutable(), self._opening, strict=True):
            array[...] = opened
        for numbers, given in zip(self.union.replications, replications, strict=True):
            numbers[:] = np.asarray(given)
        self.luck.deal()
        self.period = 0


def start(cases: Sequence[Case], periods: int, *, parallel: bool | None = None) -> Engine:
    """Make cases ready to run for at most this many periods; `parallel` forces kernels of one kind, for tests.

    Raises ValueError that names every fault of a network.
    """
    union = unite(cases)
    luck = Luck(union, periods)
    return Engine(union, luck, Binder(union, luck, parallel).tasks())
