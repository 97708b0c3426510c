"""Schedules by date become disruptions: one column for each place, one row for each day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd

from supplynet.addresses import LABELS
from supplynet.checks import fail, nearest
from supplynet.demand import Trace
from supplynet.disruptions import DISRUPTED, Disruption

DAY: Final = pd.Timedelta(days=1)


def from_schedule(
    schedule: pd.DataFrame, column: str = "capacity_factor", *, label: str = "region", days: int = 1, start: int = 0
) -> tuple[Disruption, ...]:
    """A disruption for each column of a schedule: what its days leave of a factor, from period `start` on.

    schedule: factors by day; its index are the days, each once and without gaps, its columns the values of a label,
    such as regions, or with label="" the nodes themselves. days: of a period, over which the factors are averaged; a
    period that the schedule does not fill is left out. Places in which nothing happens get no disruption. Raises
    ValueError that names each gap, factor and place that does not fit.
    """
    problems = list(_faults(schedule, column, label, days, start))
    if problems:
        fail(problems)
    n_periods = len(schedule) // days
    by_period = schedule.to_numpy(np.float64)[: n_periods * days].reshape(n_periods, days, -1).mean(axis=1)
    kind = DISRUPTED[column]
    return tuple(
        Disruption(f"{label}={place}" if label else str(place), column, Trace(tuple(path.tolist())), start, n_periods)
        for place, path in zip(schedule.columns, by_period.T, strict=True)
        if (path != kind.neutral).any()
    )


def _faults(schedule: pd.DataFrame, column: str, label: str, days: int, start: int) -> Iterator[str]:
    """What cannot be, in words."""
    if column not in DISRUPTED:
        yield f"schedule: column is {column!r}, must be one of {', '.join(DISRUPTED)}; choose one"
        return
    if column == "extra_lead_time":
        yield f"schedule: column is {column!r}, but pipelines are finite; give Disruptions with a number each"
    if label and label not in LABELS:
        near = nearest(str(label), LABELS)
        yield f"schedule: label is {label!r}, must be one of nodes, or '' where columns are places; {near}"
    if isinstance(start, bool) or not isinstance(start, (int, np.integer)) or start < 0:
        yield f"schedule: start is {start!r}, must be a whole number >= 0 of periods; mend it"
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= max(len(schedule), 1):
        yield f"schedule: days is {days!r}, must be a whole number from 1 to its {len(schedule)} days; mend it"
    if not isinstance(schedule.index, pd.DatetimeIndex) or not len(schedule):
        yield "schedule: its index must be days, at least one; read the table with its dates as the index"
        return
    steps = np.diff(schedule.index.to_numpy())
    for at in np.flatnonzero(steps != DAY.to_timedelta64())[:5].tolist():
        before, after = (schedule.index[at + more].date() for more in (0, 1))
        yield f"schedule: {before} is followed by {after}, must be by the day after; fill the gap, or sort the days"
    kind = DISRUPTED[column]
    for place in schedule.columns:
        values = pd.to_numeric(schedule[place], errors="coerce").to_numpy(np.float64)
        wrong = ~kind.may_be(values)
        if wrong.any():
            at = int(wrong.argmax())
            cell = schedule[place].iloc[at] if np.isnan(values[at]) else values[at]
            cell = repr(cell) if isinstance(cell, str) else cell
            yield (
                f"schedule: {place!r} on {schedule.index[at].date()} is {cell}, must be {kind.must}; end the "
                "schedule before it, or fill it"
            )
