"""Disruptions in words: what, by how much, from when to when, and how they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from supplynet.disruptions import Disruption
from supplynet.readers.cells import write_cell

WORDS: Final = {
    "capacity_factor": "{part} of capacity is left",
    "stock_factor": "{part} of stock outlasts a period",
    "demand_factor": "demand is {number} times as high",
    "order_factor": "{part} of orders are placed",
    "hoarding": "{number} periods of use are wanted beyond the target",
    "open_factor": "{part} of a normal order can leave",
    "transit_factor": "{part} of goods in transit outlasts a period",
    "extra_lead_time": "goods take {number} periods longer",
}
LISTED: Final = 12  # lines of one page
LONGEST: Final = 40  # letters of places, or of a process
LOOKED_AT: Final = 1_000  # periods of a process that has too many letters


def effect(event: Disruption) -> str:
    """What it does, and by how much: "20 % of capacity is left"."""
    if hasattr(event.factor, "path"):
        try:
            process = write_cell(event.factor)
        except ValueError:  # of one's own
            process = type(event.factor).__name__
        if len(process) > LONGEST:
            levels = np.asarray(event.levels(event.start + LOOKED_AT))[event.start :]
            process = f"a {type(event.factor).__name__.lower()} of {levels.min():.3g} to {levels.max():.3g}"
        return f"{event.column} follows {process}{', the same everywhere' * event.together}"
    return WORDS[event.column].format(part=f"{100.0 * event.factor:g} %", number=f"{event.factor:g}")


def when(event: Disruption, periods: int) -> str:
    """From when to when in a run of so many periods, and how it ends: "periods 20 to 24, then back over 4 periods"."""
    if event.duration is None or event.start + event.duration >= periods:
        return f"from period {event.start} on"
    end = event.start + event.duration - 1
    lasts = f"period {end}" if event.duration == 1 else f"periods {event.start} to {end}"
    if event.recovery == "sudden":
        return lasts
    how = "by a time constant of" if event.recovery == "exponential" else "over"
    return f"{lasts}, then back {how} {event.recovery_periods} periods ({event.recovery})"


def listed(events: Sequence[Disruption], periods: int) -> Iterator[str]:
    """In a run of so many periods, a line for each disruption, those that strike several places alike in one."""
    groups = grouped(events)
    for group in groups[:LISTED]:
        yield f"{places(group)}: {effect(group[0])}, {when(group[0], periods)}"
    if len(groups) > LISTED:
        yield f"... and {len(groups) - LISTED} more"


def grouped(events: Sequence[Disruption]) -> list[list[Disruption]]:
    """Disruptions that differ in their places alone, together, in the order of the first of each."""
    groups: dict[str, list[Disruption]] = {}
    for event in events:
        groups.setdefault(repr(replace(event, where="")), []).append(event)
    return list(groups.values())


def places(group: Sequence[Disruption]) -> str:
    """Where they strike, in few letters."""
    names = [event.where for event in group]
    told = ", ".join(names)
    return told if len(names) == 1 or len(told) <= LONGEST else f"{names[0]} and {len(names) - 1} more"
