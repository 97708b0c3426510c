"""Pictures of a sweep: an outcome along a lever, over two levers, and two outcomes against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.business import BUSINESS
from supplynet.levers import TABLES
from supplynet.outcomes import UNITS
from supplynet.plot.style import COLOURS, DASHES, PALE, SMALL, axes_for
from supplynet.schema import inputs
from supplynet.sweeps.summary import levers_of, outcomes_of, summarise

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
LINES: Final = 7  # values of a second lever that get a line each
VALUES: Final = 40  # values of a lever that make a line; more are drawn as dots
FILLED: Final = 0.9  # of the pairs of values, from which cells are drawn instead of dots
MIDDLE: Final = (0.1, 0.9)  # the quantiles between which the band of a line lies


def pictures(runs: pd.DataFrame) -> dict[str, Figure]:
    """The pictures that a sweep is good for, by name: lines along a lever, a heat map of two, a frontier."""
    levers, outcomes = levers_of(runs), outcomes_of(runs)
    drawn: dict[str, Figure] = {}
    if levers:
        drawn["lines"] = _panels(outcomes, lambda outcome, ax: line(runs, levers[0], outcome, ax))
    if len(levers) > 1:
        drawn["heat_map"] = _panels(outcomes, lambda outcome, ax: heat_map(runs, levers[0], levers[1], outcome, ax))
    if len(outcomes) > 1 and runs["scenario"].nunique() > 1:
        drawn["frontier"] = _panels(outcomes[:1], lambda outcome, ax: frontier(runs, outcome, outcomes[1], ax))
    return drawn


def line(runs: pd.DataFrame, lever: str, outcome: str, ax: Axes | None = None, by: str | None = None) -> Axes:
    """The mean of an outcome along a lever, and the band that holds the middle 80 % of the runs.

    by: a second lever, which gets a line for each of its values (default: the first that has few); over other levers
    the mean is taken.
    """
    ax = axes_for(ax, 6.0, 3.4)
    by = by or next(iter(seconds(runs, lever)), None)
    groups = [(None, runs)] if by is None else list(runs.groupby(by, sort=True))
    stands, names = places(runs[lever])
    for look, (value, group) in enumerate(groups):
        own = group.assign(place=stands[runs.index.get_indexer(group.index)]).groupby("place")[outcome]
        middle, (low, high) = own.mean(), (own.quantile(share) for share in MIDDLE)
        colour = COLOURS[look % len(COLOURS)]
        if len(middle) > VALUES:
            ax.plot(middle.index, middle, ".", color=colour, markersize=4)
        else:
            ax.fill_between(middle.index, low, high, color=colour, alpha=0.15, linewidth=0)
            label = None if value is None else f"{by} = {short(value)}"
            ax.plot(middle.index, middle, color=colour, linestyle=DASHES[look % len(DASHES)], marker="o", markersize=4,
                    label=label)  # fmt: skip
    if by and len(stands) and ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=SMALL, frameon=False)
    _ticks(ax, "x", names)
    band = "mean, and the middle 80 % of runs"
    return _finish(ax, lever, outcome, band)


def seconds(runs: pd.DataFrame, lever: str) -> list[str]:
    """The levers that may be told apart by lines beside one along the axis: those that have a few values."""
    return [name for name in levers_of(runs) if name != lever and 1 < runs[name].nunique() <= LINES]


def heat_map(runs: pd.DataFrame, lever: str, other: str, outcome: str, ax: Axes | None = None) -> Axes:
    """The mean of an outcome over two levers: a cell for each pair of values, or a dot where most pairs are missing."""
    ax = axes_for(ax, 5.2, 3.8)
    (across, names), (up, others) = places(runs[lever]), places(runs[other])
    means = runs.assign(across=across, up=up).groupby(["up", "across"])[outcome].mean()
    grid = means.unstack()
    if grid.notna().to_numpy().mean() >= FILLED:
        values = grid.to_numpy()
        drawn: Any = ax.pcolormesh(np.arange(grid.shape[1]), np.arange(grid.shape[0]), values, cmap="cividis")
        _ticks(ax, "x", names or [short(value) for value in grid.columns])
        _ticks(ax, "y", others or [short(value) for value in grid.index])
        if values.size <= 60:
            _write_cells(ax, values)
    else:
        drawn = ax.scatter(
            means.index.get_level_values("across"), means.index.get_level_values("up"), c=means, cmap="cividis", s=18
        )
        _ticks(ax, "x", names)
        _ticks(ax, "y", others)
    figure: Any = ax.get_figure()
    figure.colorbar(drawn, ax=ax).ax.tick_params(labelsize=SMALL)
    ax = _finish(ax, lever, other, "")
    ax.set_title(f"mean {with_unit(outcome)}", loc="left", fontsize=10, fontweight="bold", parse_math=False)
    return ax


def frontier(runs: pd.DataFrame, outcome: str, other: str, ax: Axes | None = None) -> Axes:
    """Two outcomes of each scenario, with the intervals of their means, and a line through those none beats in both.

    The less the better, except for fill rates. Scenarios on the line are told by their numbers.
    """
    ax = axes_for(ax, 5.2, 3.8)
    table = summarise(runs).dropna(subset=[outcome, other])
    halves = [table[f"{name}_half"].fillna(0.0) for name in (outcome, other)]
    ax.errorbar(
        table[outcome], table[other], xerr=halves[0], yerr=halves[1],
        fmt="o", color=COLOURS[1], ecolor=PALE, markersize=4, elinewidth=0.8,
    )  # fmt: skip
    best = table[_unbeaten(table[[outcome, other]].to_numpy() * [_worse(outcome), _worse(other)])]
    best = best.sort_values(outcome)
    ax.plot(best[outcome], best[other], color=COLOURS[2], linewidth=1.2, zorder=1)
    for _, row in best.iterrows():
        ax.annotate(f"{row['scenario']:.0f}", (row[outcome], row[other]), (3, 3), textcoords="offset points",
                    fontsize=SMALL - 1)  # fmt: skip
    return _finish(ax, outcome, other, "a dot for each scenario; line: no other is better in both, with their numbers")


def _worse(outcome: str) -> float:
    return -1.0 if outcome.rpartition(".")[2] == "fill_rate" else 1.0


def _unbeaten(values: Array) -> NDArray[np.bool_]:
    """Which rows no other row beats in one column without losing in the other; less is better."""
    order = np.lexsort((values[:, 1], values[:, 0]))
    least = np.concatenate([[np.inf], np.minimum.accumulate(values[order, 1])[:-1]])
    unbeaten = np.zeros(len(values), bool)
    unbeaten[order] = values[order, 1] < least
    return unbeaten


def places(values: pd.Series) -> tuple[Array, list[str]]:
    """Where each value stands on an axis: at itself, or, of names, at its number; and those names."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return values.to_numpy(), []
    codes, names = pd.factorize(values)
    return codes, [short(name) for name in names]


def short(value: Any) -> str:
    """A value of a lever in few letters."""
    words = f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(value)
    return words if len(words) <= 28 else f"{words[:25]}..."


def _ticks(ax: Axes, axis: str, names: list[str]) -> None:
    """Write the names at the places 0, 1, ...; at some of them, if they are many."""
    if names:
        some = np.unique(np.linspace(0, len(names) - 1, min(len(names), 12)).round().astype(int))
        long = axis == "x" and max(map(len, names)) > 6
        {"x": ax.set_xticks, "y": ax.set_yticks}[axis](
            some, [names[at] for at in some], rotation=25 if long else 0, parse_math=False,
            ha="right" if long or axis == "y" else "center",
        )  # fmt: skip


def _write_cells(ax: Axes, values: Array) -> None:
    middle = (np.nanmin(values) + np.nanmax(values)) / 2 if np.isfinite(values).any() else 0.0
    for (up, across), value in np.ndenumerate(values):
        if np.isfinite(value):
            ax.text(across, up, f"{value:.3g}", ha="center", va="center", fontsize=SMALL - 1,
                    color="black" if value > middle else "white")  # fmt: skip


def _panels(outcomes: list[str], draw: Any) -> Figure:
    """A panel for each outcome, side by side."""
    from matplotlib.figure import Figure

    shown = outcomes[:6]
    columns = min(len(shown), 3)
    rows = -(-len(shown) // columns)
    figure = Figure(figsize=(5.2 * columns, 3.8 * rows), layout="constrained")
    for ax, outcome in zip(figure.subplots(rows, columns, squeeze=False).ravel(), shown, strict=False):
        draw(outcome, ax)
    for ax in figure.axes[len(shown) : rows * columns] if len(shown) < rows * columns else []:
        ax.set_axis_off()
    return figure


def with_unit(name: str) -> str:
    """A lever or an outcome in words, with its unit where the name tells it."""
    place, _, own = name.rpartition(".")
    known = UNITS | {key: unit for key, (unit, _) in BUSINESS.items()}
    if place:  # without one it may be a scenario's own argument, which has a unit of its own
        known = {key: column.unit for table in TABLES for key, column in inputs(table).items()} | known
    unit = known.get(own, "")
    return name.replace("_", " ") + f" ({unit})" * bool(unit)


def _finish(ax: Axes, across: str, up: str, note: str) -> Axes:
    ax.set_xlabel(with_unit(across) + f"\n({note})" * bool(note), fontsize=SMALL + 1, parse_math=False)
    ax.set_ylabel(with_unit(up), fontsize=SMALL + 1, parse_math=False)
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
