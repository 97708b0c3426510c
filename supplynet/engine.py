"""The engine knows when and never what: it turns the clock and calls the tasks of the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from supplynet.binding import Binder, Task
from supplynet.lower import Case, Union, unite


class Watcher(Protocol):
    """Whoever looks at the state at the end of a period: a record, a balance, a progress bar."""

    def keep(self, period: int) -> None: ...


@dataclass(slots=True, eq=False)
class Engine:
    """A union, the tasks of its day, and the next period."""

    union: Union
    tasks: tuple[Task, ...]
    period: int = 0

    @property
    def state(self):  # type: ignore[no-untyped-def]
        return self.union.state

    def run(self, periods: int, watchers: Sequence[Watcher] = ()) -> None:
        """Play this many periods."""
        calls: list[Callable[[], None]] = [task.run for task in self.tasks]
        for period in range(self.period, self.period + periods):
            self.union.state.turn_to(period)
            for call in calls:
                call()
            for watcher in watchers:
                watcher.keep(period)
        self.period += periods


def start(cases: Sequence[Case], periods: int, *, parallel: bool | None = None) -> Engine:
    """Make the cases ready to run for at most this many periods (what is random or given in time is laid out for them).

    Raises ValueError that names every fault of a network.
    """
    union = unite(cases)
    return Engine(union, Binder(union, periods, parallel).tasks())
