"""How what was measured is told, and how time is taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Table:
    """Rows of what was measured: a name, a figure with its unit, and the target."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, figure: str, target: str = "") -> None:
        self.rows.append((name, figure, target))
        print(f"{name:<66} {figure:>24}   {target}", flush=True)

    def save(self, out: Path | None) -> None:
        """Leave the rows in a file, if there is to be one."""
        if out is not None:
            out.write_text("\n".join("\t".join(row) for row in self.rows) + "\n")


def best(function: Callable[[], Any], times: int = 5) -> float:
    """The least of some timings, in seconds, after one call that is not counted."""
    function()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        function()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def in_turns(first: Callable[[], Any], second: Callable[[], Any], times: int = 5) -> list[tuple[float, float]]:
    """Timings of two functions in seconds, pair by pair: a machine's moods then fall on both."""
    pairs = []
    for _ in range(times):
        begun = time.perf_counter()
        first()
        between = time.perf_counter()
        second()
        pairs.append((between - begun, time.perf_counter() - between))
    return pairs
