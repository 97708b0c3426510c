"""Who is critical: the systemic risk of firms against their size, and on the map of their network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.plot.map import network_map
from supplynet.plot.style import COLOURS, GREY, SMALL, axes_for
from supplynet.risk import SystemicRisk
from supplynet.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
NAMED: Final = 6  # firms with their names, in a list at the top left whose lines lead to their marks
LIST_WIDTH, LIST_HEIGHT = 0.36, 0.3  # of that list, in parts of the axes
LONGEST: Final = 24  # letters of a name
NOTHING: Final = "no sales fail, whoever is struck: what it keeps is enough"
LEAST: Final = 1e-12  # an index or size that a log axis can show


def criticality(risk: SystemicRisk, scenario: Scenario) -> Figure:
    """The index of every firm against its size, the most critical by name, and the network coloured by the index."""
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 4.8), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.25])
    index_against_size(risk, left)
    shown = np.full(scenario.network.n_nodes, np.nan)
    place = {name: row for row, name in enumerate(scenario.network.names)}
    shown[[place[risk.trade.names[row]] for row in risk.firms.tolist()]] = np.maximum(risk.index, LEAST)
    shades = ScalarMappable(norm=_scale(risk.index), cmap=colormaps["viridis_r"])
    colours = shades.to_rgba(np.nan_to_num(shown, nan=1.0))
    colours[np.isnan(shown)] = 1.0
    network_map(scenario, right, colours=colours)
    bar = figure.colorbar(shades, ax=right, pad=0.02, shrink=0.8)
    if risk.index.max(initial=0.0) > LEAST:
        _in_percent(bar.ax.yaxis, *bar.mappable.get_clim())
    else:
        bar.set_ticks([0.0, 1.0], labels=["0 %", "100 %"])
    bar.set_label("part of all sales that fails with the firm (white: no firm)", fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)
    return figure


def index_against_size(risk: SystemicRisk, ax: Axes | None = None) -> Axes:
    """A mark for each firm on log axes; nobody can lie below the line of its own size."""
    ax = axes_for(ax, 5.5, 4.5)
    if not risk.index.max(initial=0.0) > LEAST:
        ax.set_axis_off()
        ax.text(0.5, 0.5, NOTHING, transform=ax.transAxes, ha="center", va="center", fontsize=SMALL + 1)
        ax.set_title("systemic risk", loc="left", fontsize=10, fontweight="bold")
        return ax
    size, index = (np.maximum(values, LEAST) for values in (risk.trade.size[risk.firms], risk.index))
    many = size.size > 1000
    ax.scatter(
        size, index, 5.0 if many else 18.0, c=COLOURS[1], alpha=0.35 if many else 0.7, linewidths=0.0, rasterized=many,
        zorder=2,
    )  # fmt: skip
    named = np.argsort(-index, kind="stable")[:NAMED]
    low, high = np.log([min(size.min() / 1.5, size.max() / 5.0), size.max() * 1.5])
    low = min(low, (np.log(size[named].min()) - LIST_WIDTH * high) / (1.0 - LIST_WIDTH))
    floor, top = np.log([min(index.min() / 1.5, index.max() / 5.0), index.max() * 1.1])
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(np.exp(low), np.exp(high))
    ax.set_ylim(np.exp(floor), np.exp(floor + (top - floor) / (1.0 - LIST_HEIGHT)))
    ends = np.exp(np.array([max(low, floor), min(high, top)]))
    ax.plot(ends, ends, color=GREY, linewidth=1.0, zorder=1)
    _in_percent(ax.xaxis, np.exp(low), min(np.exp(high), 1.0))
    _in_percent(ax.yaxis, np.exp(floor), min(np.exp(top), 1.0))
    names = [risk.trade.names[row] for row in risk.firms[named].tolist()]
    for at, first in enumerate(np.argsort(-size[named], kind="stable").tolist()):
        name = names[first] if len(names[first]) <= LONGEST else f"{names[first][: LONGEST - 3]}..."
        ax.annotate(
            name, (size[named[first]], index[named[first]]), (LIST_WIDTH - 0.03, 1.0 - LIST_HEIGHT * at / NAMED),
            textcoords="axes fraction", ha="right", va="top", fontsize=SMALL, parse_math=False, zorder=3,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.5, "shrinkB": 2.0, "relpos": (1.0, 0.5)},
        )  # fmt: skip
    ax.set_title("systemic risk", loc="left", fontsize=10, fontweight="bold")
    ax.set_xlabel("size: part of all sales (line: a firm that takes only itself down)", fontsize=SMALL + 1)
    ax.set_ylabel("part of all sales that fails with the firm", fontsize=SMALL + 1)
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _in_percent(axis: Any, low: float, high: float) -> None:
    """Ticks of a log axis at powers of ten as percentages; at 1, 2 and 5 times them where they are few."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1.0)
    ticks = powers if high / low > 300.0 else np.outer(powers, [1.0, 2.0, 5.0]).ravel()
    ticks = ticks[(ticks >= low * 0.999) & (ticks <= high * 1.001)]
    axis.set_ticks(ticks, [f"{100 * tick:.3g} %" for tick in ticks])
    axis.set_ticks([], minor=True)


def _scale(index: Array) -> Any:
    """A log scale up to the highest index, over a decade or more; where nothing fails, from none to all."""
    from matplotlib.colors import LogNorm, Normalize

    if not index.max(initial=0.0) > LEAST:
        return Normalize(0.0, 1.0)
    high = max(float(index.max()), 10.0 * LEAST)
    return LogNorm(max(min(float(index.min()), high / 10.0), LEAST), high)
