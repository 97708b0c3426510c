"""Pictures of the traces of a sweep: a column over the periods, the median of the runs and the band of most of them."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from supplynet.plot.style import COLOURS, DASHES, SMALL
from supplynet.plot.sweeps import short
from supplynet.schema import RESULTS
from supplynet.sweeps.storage import Folder
from supplynet.sweeps.summary import levers_of
from supplynet.sweeps.trace_files import read_traces
from supplynet.sweeps.traces import FIXED, Traces

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS: Final = 8  # places that are drawn
LINES: Final = 5  # scenarios, or values of a lever, that get a line each
MIDDLE: Final = (0.1, 0.5, 0.9)  # the quantiles: of the band, the line and the band
ROWS: Final = 400_000  # that are read for a picture; more runs hardly move a quantile
TRIED: Final = 5  # scenarios, and replications of each, that choose the places where there are many
UNITS: Final = {column.key: column.unit for column in RESULTS}


def fans(folder: Path, runs: pd.DataFrame) -> dict[str, Figure]:
    """A picture for each column that was traced, by name: a panel for each place. None if there are no traces.

    runs: those of the sweep, which name the levers of each scenario. Of many runs some are read, the first replications
    of scenarios spread evenly.
    """
    experiment = Folder(folder).manifest()["experiment"]
    told = experiment.get("traces")
    if told is None:
        return {}
    warm_up = 0 if "warm_up" in experiment["levers"] else int(experiment["warm_up"])
    return {f"trace-{key}": fan(*_read(folder, key, runs), key, warm_up) for key in Traces(**told).keys}


def fan(traces: pd.DataFrame, lines: pd.Series, n_places: int, key: str, warm_up: int = 0) -> Figure:
    """A panel for each place: the median of the runs by period, and the band that holds the middle 80 % of them.

    traces: those of one column, of the places to draw; lines: the line to which each scenario belongs, by its number;
    n_places: how many there are. Places at which nothing ever changes are left out and named.
    """
    from matplotlib.figure import Figure

    names = list(traces.columns[len(FIXED) :])
    moving = [name for name in names if traces[name].min() < traces[name].max()] or names
    across = 1 if len(moving) == 1 else 2
    down = -(-len(moving) // across)
    width = 4.0 + 3.4 * across
    figure = Figure(figsize=(width, 1.4 + 2.1 * down), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False, sharex=True).ravel()
    looks = {line: look for look, line in enumerate(dict.fromkeys(lines[lines.index.isin(traces["scenario"])]))}
    belongs = traces["scenario"].map(lines)
    for name, ax in zip(moving, panels, strict=False):
        for line, look in looks.items():
            _draw(ax, traces.loc[belongs == line, ["period", name]], name, line, look)
        _finish(ax, name.rpartition(".")[0], UNITS[key], warm_up)
    for ax in panels[len(moving) :]:
        ax.set_axis_off()
        panels[len(moving) - across].tick_params(labelbottom=True)
    n_runs = len(traces.loc[traces[names].notna().any(axis=1), ["scenario", "replication"]].drop_duplicates())
    still = [name.rpartition(".")[0] for name in names if name not in moving]
    notes = [
        f"line: median; band: the middle 80 % of the runs, {n_runs:,} in all",
        *["grey: warm-up, left out of the measures"] * bool(warm_up),
        *[f"the {len(names)} of {n_places:,} places that change most"] * (len(names) < n_places),
        *[f"never changes: {', '.join(still)}"] * bool(still),
    ]
    figure.suptitle(key, x=0.01, ha="left", fontsize=10, fontweight="bold", parse_math=False)
    figure.supxlabel(
        textwrap.fill(f"period ({'; '.join(notes)})", int(13 * width)), fontsize=SMALL + 1, parse_math=False
    )
    if len(looks) > 1:
        longest = max(map(len, looks))
        legend = figure.legend(
            *panels[0].get_legend_handles_labels(), loc="outside upper right", fontsize=SMALL, frameon=False,
            ncols=max(1, min(len(looks), int((width - 1.5) / (0.075 * (longest + 9))))),
        )  # fmt: skip
        for text in legend.get_texts():
            text.set_parse_math(False)
    return figure


def lines_of(runs: pd.DataFrame) -> pd.Series:
    """The line to which each scenario belongs, by its number: its own where they are few, or that of a lever's value.

    Of the first lever that has few values; all together where there is none.
    """
    levers = [lever for lever in levers_of(runs) if runs[lever].nunique() > 1]
    table = runs.groupby("scenario", sort=True)[["seed", *(lever for lever in levers if lever != "seed")]].first()
    few = [lever for lever in levers if table[lever].nunique() <= LINES]
    if len(table) <= LINES:
        told = [", ".join(f"{lever} = {short(row[lever])}" for lever in levers) for _, row in table.iterrows()]
        if len(set(told)) < len(told):
            told = [f"scenario {number}" for number in table.index]
    else:
        told = [f"{few[0]} = {short(value)}" for value in table[few[0]]] if few else [""] * len(table)
    table["line"] = told
    return table["line"]


def _read(folder: Path, key: str, runs: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, int]:
    """The traces to draw, the line of each scenario, and how many places there are."""
    scenarios, replications = sorted(runs["scenario"].unique()), sorted(runs["replication"].unique())
    tried = read_traces(folder, key, scenarios=_spread(scenarios, TRIED), replications=replications[:TRIED])
    names = list(tried.columns[len(FIXED) :])
    changes = tried[names].std().sort_values(ascending=False, kind="stable")
    chosen = set(changes[changes > 0.0].index[:PANELS]) if len(names) > PANELS else set(names)
    most = max(ROWS // max(tried["period"].nunique(), 1), 1)  # runs
    scenarios = _spread(scenarios, most)
    traces = read_traces(
        folder, [name for name in names if name in chosen] or names[:1],
        scenarios=scenarios, replications=replications[: max(most // len(scenarios), 1)],
    )  # fmt: skip
    return traces, lines_of(runs), len(names)


def _spread(numbers: list[int], most: int) -> list[int]:
    """So many of some numbers at most, evenly spread."""
    places = np.unique(np.linspace(0, len(numbers) - 1, min(most, len(numbers))).round().astype(int))
    return [numbers[at] for at in places]


def _draw(ax: Axes, values: pd.DataFrame, name: str, line: str, look: int) -> None:
    by_period = values.groupby("period")[name].quantile(list(MIDDLE)).unstack()
    colour = COLOURS[1 + look]  # the first is black, and its band would look like a warm-up
    ax.fill_between(by_period.index, by_period[MIDDLE[0]], by_period[MIDDLE[2]], color=colour, alpha=0.15, linewidth=0)
    marker = "o" if len(by_period) <= 12 else ""
    ax.plot(by_period.index, by_period[MIDDLE[1]], color=colour, linestyle=DASHES[look], linewidth=1.2,
            marker=marker, markersize=3, label=line)  # fmt: skip


def _finish(ax: Axes, place: str, unit: str, warm_up: int) -> None:
    if warm_up:
        ax.axvspan(0, warm_up, color="#DDDDDD", linewidth=0, zorder=0)
    ax.set_title(place, loc="left", fontsize=SMALL + 1, parse_math=False)
    ax.set_ylabel(unit, fontsize=SMALL)
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(x=0.01)
    ax.locator_params(axis="x", integer=True)
