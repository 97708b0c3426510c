"""How far a run has come, and the end of one that nobody waits for any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 1.0  # seconds until a run is worth a word
BETWEEN: Final = 0.3  # seconds between two words


class Stopped(Exception):
    """A run was stopped, since something else is wanted by now."""


class Pace:
    """Looks at the end of each period: stops a run that is not wanted any more, and tells how far one has come.

    wanted: whether somebody still waits for it; tell: is given the periods that are done, and how many there are.
    """

    def __init__(self, wanted: Callable[[], bool], tell: Callable[[int, int], None]) -> None:
        self._wanted, self._tell, self._periods = wanted, tell, 0
        self._next = time.perf_counter() + PATIENCE

    def through(self, periods: int) -> Pace:
        """The same, for a run of so many periods."""
        self._periods = periods
        return self

    def keep(self, period: int) -> None:
        """Look at the end of a period. Raises Stopped."""
        if not self._wanted():
            raise Stopped
        if time.perf_counter() >= self._next:
            self._tell(period + 1, self._periods)
            self._next = time.perf_counter() + BETWEEN
