"""A progress bar for long runs."""

from __future__ import annotations

import sys
import time
from typing import Any, Final

PATIENCE: Final = 1.0  # seconds until a progress bar appears
REDRAW: Final = 0.1  # seconds between two of its pictures


class Progress:
    """A bar on stderr that appears after a second, where stderr is a terminal."""

    def __init__(self, total: int, what: str = "periods") -> None:
        self.total, self.what = total, what
        self.next = time.perf_counter() + PATIENCE if sys.stderr.isatty() else float("inf")
        self.bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *fault: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def keep(self, period: int) -> None:
        """Redraw after a period, if it is time."""
        self.show(period + 1)

    def show(self, done: int) -> None:
        """Redraw with so many done, if it is time."""
        if time.perf_counter() >= self.next:
            self._draw(done)

    def _draw(self, done: int) -> None:
        from rich import progress
        from rich.console import Console

        if self.bar is None:
            shown = (
                *progress.Progress.get_default_columns(),
                progress.TextColumn(f"{{task.completed}} of {{task.total}} {self.what}"),
            )
            self.bar = progress.Progress(*shown, console=Console(stderr=True), auto_refresh=False, transient=True)
            self.bar.start()
            self.bar.add_task("running", total=self.total)
        self.bar.update(self.bar.task_ids[0], completed=done)
        self.bar.refresh()
        self.next = time.perf_counter() + REDRAW
