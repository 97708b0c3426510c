"""When disruptions strike, behind the lines of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from supplynet.damage import struck_periods
from supplynet.plot.style import COLOURS, SMALL, room
from supplynet.scenario import Result
from supplynet.words.disruptions import effect, grouped, places

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED: Final = 3  # groups of disruptions that have labels of their own; of more, their number
COLOUR: Final = COLOURS[2]
WORDS: Final = "#8A3D00"  # the same, dark enough for small letters


def shade_struck_periods(ax: Axes, result: Result) -> None:
    """Shade the periods in which something strikes, and say what; nothing for a scenario without disruptions."""
    from matplotlib.patheffects import withStroke

    events, record = result.scenario.network.disruptions, result.record
    groups = grouped(events)
    told = [f"{places(group)}: {effect(group[0])}" for group in groups]
    if len(groups) > NAMED:
        groups, told = [list(events)], [f"{len(events)} disruptions"]
    high = 1.3 * SMALL / room(ax)[1]
    shown = 0
    for group, words in zip(groups, told, strict=True):
        struck = np.flatnonzero(np.diff(struck_periods(record, group).astype(np.int8), prepend=0, append=0))
        for start, end in struck.reshape(-1, 2).tolist():
            ax.axvspan(start, min(end, record.periods - 1), color=COLOUR, alpha=0.1, linewidth=0, zorder=0.5)
        if struck.size:
            late = struck[0] > 0.5 * record.periods
            at = min(int(struck[-1]), record.periods - 1) if late else int(struck[0])
            ax.text(
                at, 1.0 - (shown + 0.15) * high, words, fontsize=SMALL - 1.0, color=WORDS, va="top",
                ha="right" if late else "left", transform=ax.get_xaxis_transform(), parse_math=False, zorder=4,
                path_effects=[withStroke(linewidth=1.5, foreground="white")],
            )  # fmt: skip
            shown += 1
