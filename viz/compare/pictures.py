"""Pictures of two runs on the same axes, and of the demand that both of them face."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from supplynet.business import stock_over_time
from supplynet.metrics import bullwhip_ratio
from supplynet.network import tiers_of
from supplynet.plot.style import COLOURS, GREY, SMALL
from supplynet.record import Keep
from supplynet.scenario import Result
from supplynet.words.report import figure as short
from supplynet.words.report import last_tier, tier_groups

from .. import images

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
Span = tuple[int, int, str]
SIZE: Final = (5.4, 6.3)  # inches of a side
LOW: Final = (5.4, 1.75)  # inches of the demand of both
DOTS: Final = 150
NEEDED: Final = Keep(
    columns=(
        "backlog", "demand", "destroyed", "filled", "in_process", "input_stock", "on_hand", "production_order",
        "received", "shipment",
    )
)  # fmt: skip
"""What a record must keep for the pictures."""
POINTS: Final = 450  # of a line; of more, means of blocks
SPANS: Final = 6  # shocks that are shaded
SHADE: Final = "#E4E4E4"
SHOWN: Final = {
    "capacity_factor": "capacity ×", "demand_factor": "demand ×", "order_factor": "orders ×", "open_factor": "lanes ×",
    "transit_factor": "on the way ×", "hoarding": "hoarding +", "extra_lead_time": "lead time +",
}  # fmt: skip
"""Shocks that are shaded; what a season's end scraps is none."""


def over_time(results: tuple[Result, Result], names: tuple[str, str]) -> tuple[str, str]:
    """Of each run: stock and backlog, orders against demand, and what is served at once; on the same axes."""
    lines = [(_stock(result), _orders(result), _service(result)) for result in results]
    tops = [
        max(_most(one[0][0] + one[0][1]) for one in lines),
        max(_most(part) for one in lines for part in one[1]),
    ]
    owed = max(_most(one[0][2]) for one in lines)
    drawn = []
    for letter, result, name, (stock, orders, service) in zip("AB", results, names, lines, strict=True):
        figure = Figure(figsize=SIZE, dpi=DOTS)
        figure.subplots_adjust(0.125, 0.07, 0.985, 0.875, hspace=0.42)
        figure.suptitle(textwrap.fill(f"{letter}: {name}", 62), x=0.01, ha="left", fontsize=11, fontweight="bold",
                        parse_math=False)  # fmt: skip
        axes = figure.subplots(3, 1, height_ratios=[1.25, 1.0, 0.8], sharex=True)
        _draw_stock(axes[0], stock, tops[0], owed)
        _draw_orders(axes[1], result, orders, tops[1])
        _draw_service(axes[2], result, service)
        for ax in axes:
            _finish(ax, result, spans_of(result))
        axes[2].set_xlabel("period" + " (grey: warm-up, left out of the table)" * bool(result.scenario.warm_up),
                           fontsize=SMALL + 1)  # fmt: skip
        drawn.append(images.source(images.png(figure)))
    return drawn[0], drawn[1]


def demand_of_both(results: tuple[Result, Result], names: tuple[str, str]) -> tuple[str, str]:
    """The demand that both face and the shocks that strike them, and in words whether it is the same for both."""
    first, second = (_market(result) for result in results)
    same = first.shape == second.shape and bool(np.allclose(first, second))
    figure = Figure(figsize=LOW, dpi=DOTS)
    figure.subplots_adjust(0.125, 0.25, 0.985, 0.83)
    ax = figure.subplots()
    for number, (letter, values) in enumerate((("A", first), ("B", second))[: 1 if same else 2]):
        ax.plot(*_thin(values), color=COLOURS[number * 2], linestyle=("solid", (0, (4, 1.5)))[number],
                linewidth=1.3, label="demand" if same else f"demand that {letter} faces")  # fmt: skip
    top = max(_most(first), _most(second))
    _limit(ax, 0.0, top if same else 1.3 * top)  # room for the legend
    ax.set_ylabel("units/period", fontsize=SMALL + 1)
    ax.set_xlabel("period", fontsize=SMALL + 1)
    spans = spans_of(results[0])
    _finish(ax, results[0], spans)
    starts = sorted({start for start, _, _ in spans})
    for number, start in enumerate(starts):
        words = ", ".join(told for begin, _, told in spans if begin == start)
        ax.text(start, 1.03 + 0.12 * (number % 2), f" {words}", transform=ax.get_xaxis_transform(), fontsize=SMALL,
                color=GREY, parse_math=False)  # fmt: skip
    if not same:
        ax.legend(fontsize=SMALL, frameon=False, ncols=2, loc="upper right")
    story = (
        "The same demand, the same luck: in a pair of runs both face just this."
        if same
        else "The same luck, but not the same demand: what customers ask for depends on what they are offered."
    )
    return images.source(images.png(figure)), story


def _most(values: Array) -> float:
    """The greatest of what is drawn of a line."""
    return float(_thin(values)[1].max())


def spans_of(result: Result) -> list[Span]:
    """The shocks of a run: first period, end, and in words what is struck; those at the same time together."""
    spans: dict[tuple[int, int], list[str]] = {}
    for event in result.scenario.network.disruptions:
        if event.column in SHOWN:
            end = result.scenario.periods if event.duration is None else event.start + event.duration
            factor: Any = event.factor
            words = f"{SHOWN[event.column]} " + ("a process" if hasattr(factor, "path") else f"{factor:g}")
            told = spans.setdefault((event.start, min(end, result.scenario.periods)), [])
            if words not in told:
                told.append(words)
    return [(start, end, ", ".join(words[:3])) for (start, end), words in list(spans.items())[:SPANS]]


def _stock(result: Result) -> tuple[Array, Array, Array]:
    """Finished goods, work in process, and what customers are owed, each [period]."""
    finished, in_work = stock_over_time(result.record, result.scenario.network)
    front = np.flatnonzero(tiers_of(result.scenario.network) == 1)
    return finished, in_work, result.record["backlog"][:, front].sum(axis=1)


def _orders(result: Result) -> tuple[Array, Array]:
    """Demand of the market, and the orders farthest upstream, each [period]."""
    last = last_tier(tier_groups(result.scenario.network))
    nodes = list(last.nodes) if last else []
    return _market(result), result.record["production_order"][:, nodes].sum(axis=1)


def _service(result: Result) -> tuple[Array, int]:
    """The share of demand that was served at once, over so many periods [period]; nan where nothing was asked."""
    front = np.flatnonzero(tiers_of(result.scenario.network) == 1)
    window = max(1, result.scenario.periods // 40)
    asked, filled = (_window(result.record[key][:, front].sum(axis=1), window) for key in ("demand", "filled"))
    return np.divide(filled, asked, out=np.full(asked.size, np.nan), where=asked > 0.0), window


def _market(result: Result) -> Array:
    market = np.flatnonzero(tiers_of(result.scenario.network) == 0)
    demand: Array = result.record["demand"][:, market].sum(axis=1)
    return demand


def _window(values: Array, size: int) -> Array:
    """Sums of the last so many periods, fewer at the start."""
    summed = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, values.size + 1)
    return np.asarray(summed[ends] - summed[np.maximum(ends - size, 0)])


def _draw_stock(ax: Axes, stock: tuple[Array, Array, Array], top: float, owed: float) -> None:
    finished, in_work, backlog = stock
    period, shelf = _thin(finished)
    whole = _thin(finished + in_work)[1]
    ax.fill_between(period, 0.0, shelf, color=COLOURS[1], linewidth=0, label="finished goods")
    ax.fill_between(period, shelf, whole, color=COLOURS[5], linewidth=0, label="work in process")
    if owed > 0.0:
        ax.fill_between(period, 0.0, -_thin(backlog)[1], color=COLOURS[0], linewidth=0, label="owed to customers")
    ax.axhline(0.0, color="black", linewidth=0.8)
    _limit(ax, -owed, top)
    _title(ax, "stock" + " (above zero) and backlog (below)" * (owed > 0.0), "units", 3)


def _draw_orders(ax: Axes, result: Result, orders: tuple[Array, Array], top: float) -> None:
    demand, upstream = orders
    last, first = last_tier(tier_groups(result.scenario.network)), result.scenario.warm_up
    name = f"orders of {last.name}" if last else "orders"
    ratio = float(bullwhip_ratio(upstream[first:, None], demand[first:, None])[0]) if last else float("nan")
    ax.plot(*_thin(upstream), color=COLOURS[2], linewidth=1.1, label=textwrap.shorten(name, 34, placeholder=" ..."))
    ax.plot(*_thin(demand), color=COLOURS[0], linewidth=1.1, label="demand of customers")
    _limit(ax, 0.0, top)
    times = "less than 0.01" if ratio < 0.01 else short(ratio)
    said = f": variance {times} times that of demand" if np.isfinite(ratio) else ""
    _title(ax, f"orders{said}", "units/period", 2)


def _draw_service(ax: Axes, result: Result, service: tuple[Array, int]) -> None:
    share, window = service
    period, shown = _thin(100.0 * share)
    ax.plot(period, shown, color=COLOURS[3], linewidth=1.6)
    ax.fill_between(period, 0.0, shown, color=COLOURS[3], alpha=0.15, linewidth=0)
    ax.set_ylim(-3.0, 105.0)
    _title(ax, "served at once" + f" (of what was asked in {window} periods)" * (window > 1), "% of demand", 0)


def _title(ax: Axes, words: str, unit: str, columns: int) -> None:
    """The title, the unit, and a legend above the axes, where no line is."""
    ax.set_title(words, loc="left", fontsize=9.5, fontweight="bold", pad=19 if columns else 5)
    ax.set_ylabel(unit, fontsize=SMALL + 1)
    if columns:
        ax.legend(loc="lower left", bbox_to_anchor=(-0.01, 0.98), ncols=columns, fontsize=SMALL, frameon=False,
                  borderpad=0.2, columnspacing=1.2, handlelength=1.4)  # fmt: skip


def _finish(ax: Axes, result: Result, spans: Sequence[Span]) -> None:
    if result.scenario.warm_up:
        ax.axvspan(0, result.scenario.warm_up, color="#F3F3F3", linewidth=0, zorder=0)
    for start, end, _ in spans:
        if end < result.scenario.periods:
            ax.axvspan(start, end, facecolor=SHADE, edgecolor="none", zorder=0)
        ax.axvline(start, color=GREY, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
    ax.set_xlim(0, max(result.scenario.periods - 1, 1))
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.4g}")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)


def _limit(ax: Axes, low: float, high: float) -> None:
    """The same limits for both, with a little room."""
    room = 0.05 * ((high - low) or 1.0)
    ax.set_ylim(low - room * (low < 0.0), high + room)


def _thin(values: Array) -> tuple[Array, Array]:
    """Periods and values to draw; of very many, means of blocks of them."""
    size = -(-values.size // POINTS)
    starts = np.arange(0, values.size, size)
    return starts + (size - 1) / 2.0, np.add.reduceat(values, starts) / np.diff([*starts, values.size])
