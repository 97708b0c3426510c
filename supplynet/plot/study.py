"""Pictures of studies: how two scenarios differ, and what an outcome depends on."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.comparison import Comparison
from supplynet.plot.style import COLOURS, GREY, PALE, SMALL, axes_for
from supplynet.plot.sweeps import with_unit
from supplynet.sensitivity import Indices, Tornado

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
ROW: Final = 0.62  # inches of an outcome
TICKS: Final = 4  # steps along a strip, so that numbers of seven digits stand apart
MANY: Final = 10  # outcomes that stand in one column


def differences(comparison: Comparison) -> Figure:
    """A strip for each outcome that differs, in its own units: the mean difference, its interval, and zero."""
    from matplotlib.figure import Figure

    table = comparison.table()
    same = (table[["difference", "low", "high"]] == 0.0).all(axis=1)
    notes = {"the same in both": table.index[same], "undefined": table.index[table["pairs"] == 0]}
    table = table[~same & (table["pairs"] > 0)]
    n_columns = 1 if len(table) <= MANY else 2
    n_rows = -(-max(len(table), 1) // n_columns)
    figure = Figure(figsize=(7.2 if n_columns == 1 else 12.0, 1.3 + ROW * n_rows), layout="constrained")
    first, second = (textwrap.fill(name, 90) for name in comparison.names)
    figure.suptitle(f"A: {first}\nB: {second}", fontsize=9, x=0.01, ha="left", parse_math=False)
    strips = figure.subplots(n_rows, n_columns, squeeze=False).T.ravel()
    for (outcome, row), ax in zip(table.iterrows(), strips, strict=False):
        beyond = row.low > 0.0 or row.high < 0.0
        colour = COLOURS[2] if beyond else GREY
        ax.axvline(0.0, color="black", linewidth=1.0)
        if np.isfinite(row.low):
            ax.plot([row.low, row.high], [0, 0], color=colour, linewidth=3.0, solid_capstyle="butt")
        ax.plot(row.difference, 0, marker="D" if beyond else "o", color=colour, markersize=6)
        reach = max(abs(value) for value in (row.difference, row.low, row.high) if np.isfinite(value))
        ax.set_xlim(*(np.array([-1.15, 1.15]) * (reach or 1.0)))
        ax.locator_params("x", nbins=TICKS)
        ax.set_ylim(-1, 1)
        ax.set_yticks([0], [with_unit(str(outcome))], fontsize=SMALL + 1)
        ax.tick_params(axis="y", length=0)
        _plain(ax)
    for ax in strips[len(table) :]:
        ax.set_axis_off()
    words = [
        f"B - A, each in its own units, with its {100 * comparison.confidence:g} % interval over paired runs",
        "diamonds: the interval leaves out zero",
        *(f"{what}: {', '.join(map(str, names))}" for what, names in notes.items() if len(names)),
    ]
    figure.supxlabel("\n".join(textwrap.fill(line, 90) for line in words), fontsize=SMALL + 1)
    return figure


def tornado(study: Tornado, outcome: str, ax: Axes | None = None) -> Axes:
    """A bar for each lever from the outcome at one end of its range to that at the other, the widest on top."""
    table = study.table(outcome)[::-1]
    ax = axes_for(ax, 7.2, 1.5 + 0.45 * len(table))
    base = study.base[outcome]
    centre = float(base[np.isfinite(base)].mean()) if np.isfinite(base).any() else float("nan")
    places = np.arange(len(table))
    for side, shift, colour, hatch in (("low", 0.16, COLOURS[1], ""), ("high", -0.16, COLOURS[5], "///")):
        change, half = (table[f"{what}_{side}"].to_numpy() for what in ("change", "half"))
        _bars(ax, places + shift, change, half, 0.32, colour, hatch, f"at the {side} end", left=centre)
    ax.axvline(centre, color="black", linewidth=1.0)
    names = [f"{lever}\n{row.low:g} to {row.high:g}" for lever, row in table.iterrows()]
    ax.set_yticks(places, names)
    ax.tick_params(axis="y", length=0)
    several = f"; whiskers: {100 * study.confidence:g} % intervals of the change" if base.size > 1 else ""
    ax.set_xlabel(f"{outcome} (line: with all levers as they are{several})", fontsize=SMALL + 1)
    _legend(ax)
    _plain(ax)
    return ax


def indices(study: Indices, outcome: str, ax: Axes | None = None) -> Axes:
    """First and total Sobol index of each lever with their intervals, the greatest total on top."""
    table = study.table(outcome)[::-1]
    ax = axes_for(ax, 7.2, 1.5 + 0.55 * len(table))
    places = np.arange(len(table))
    for what, shift, colour, hatch in (("first", 0.19, COLOURS[1], ""), ("total", -0.19, COLOURS[5], "///")):
        _bars(ax, places + shift, table[what], table[f"half_{what}"], 0.36, colour, hatch, what)
    ax.axvline(0.0, color="black", linewidth=1.0)
    ax.set_yticks(places, list(table.index))
    ax.tick_params(axis="y", length=0)
    left, right = ax.get_xlim()
    ax.set_xlim(max(left, -0.2), min(max(right, 1.0), 1.4))
    ax.set_xlabel(f"share of the variance of {outcome} (whiskers: {100 * study.confidence:g} % intervals)",
                  fontsize=SMALL + 1)  # fmt: skip
    _legend(ax)
    _plain(ax)
    return ax


def _bars(
    ax: Axes,
    places: Array,
    lengths: Any,
    halves: Any,
    height: float,
    colour: str,
    hatch: str,
    label: str,
    left: float = 0.0,
) -> None:
    """Bars of one colour, with whiskers where an interval is known and wider than a point."""
    lengths, halves = (np.nan_to_num(np.asarray(values)) for values in (lengths, halves))
    ax.barh(places, lengths, height, left=left, color=colour, hatch=hatch, edgecolor="white", label=label)
    wide = halves > 0.0
    ax.errorbar(left + lengths[wide], places[wide], xerr=halves[wide], fmt="none", ecolor="black", capsize=3)


def _legend(ax: Axes) -> None:
    """Above the axes, where no bar is."""
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, fontsize=SMALL, frameon=False)


def _plain(ax: Axes) -> None:
    """Only a scale below, and no box."""
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.spines["bottom"].set_color(PALE)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.4g}")
    ax.tick_params(labelsize=SMALL)
    ax.tick_params(axis="y", labelsize=SMALL + 1)
