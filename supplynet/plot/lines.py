"""Lines over time: orders by tier, stock and backlog, service, and cost."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.metrics import DUST, ratio
from supplynet.plot.struck import shade_struck_periods
from supplynet.plot.style import COLOURS, DASHES, SMALL, axes_for, room
from supplynet.scenario import Result
from supplynet.schema import KINDS
from supplynet.words.report import Tier, tier_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
LINES: Final = 10  # tiers drawn; of more, some from the market to the far end
POINTS: Final = 600  # of a line; of more, means and bands


def orders_by_tier(result: Result, ax: Axes | None = None) -> Axes:
    """What customers want and what each tier upstream orders, over time, in units per period."""
    ax, ends = axes_for(ax, 7.0, 3.4), []
    for look, tier in enumerate(_lines(result)):
        market = tier.number == 0
        values = _sum(result, "demand" if market else "production_order", tier)
        ends.append((_draw(ax, result, values, look), look, _label(tier) + ": demand" * market))
    ax.set_ylim(bottom=0.0)
    return _finish(ax, result, "orders by tier", "orders (units/period)", ends)


def stock_and_backlog(result: Result, ax: Axes | None = None) -> Axes:
    """Stock of each tier above the zero line, what it owes below it, over time, in units."""
    ax, ends = axes_for(ax, 7.0, 3.4), []
    owes = False
    for look, tier in enumerate(_lines(result)):
        if tier.number != 0:
            backlog, stock = (_without_dust(result, key, tier) for key in ("backlog", "on_hand"))
            owes = owes or bool(backlog.any())
            if backlog.any():
                _draw(ax, result, -backlog, look, where_not_zero=True)
            ends.append((_draw(ax, result, stock, look), look, _label(tier)))
    ax.axhline(0.0, color="black", linewidth=0.8, zorder=1)
    if not owes:
        ax.set_ylim(bottom=0.0)
    title = "stock (above zero) and backlog (below zero)" if owes else "stock (no backlog anywhere)"
    return _finish(ax, result, title, "backlog | stock (units)" if owes else "stock (units)", ends)


def service_over_time(result: Result, ax: Axes | None = None) -> Axes:
    """Fill rate of those who serve the market, period by period and from the warm-up on, in percent of demand.

    The line from the warm-up on ends at the fill rate of the run.
    """
    ax = axes_for(ax, 7.0, 3.4)
    record, first = result.record, result.scenario.warm_up // result.record.keep_what.every
    tiers = [tier for tier in _lines(result) if tier.number == (0 if record.summed else 1)]
    filled, demand = (sum((_sum(result, key, tier) for tier in tiers), np.zeros(1)) for key in ("filled", "demand"))
    so_far = np.full(demand.size, np.nan)
    so_far[first:] = ratio(np.cumsum(filled[first:]), np.cumsum(demand[first:]))
    named = (("period by period", 100.0 * ratio(filled, demand)), ("all until then", 100.0 * so_far))
    ends = [(_draw(ax, result, values, look), look, name) for look, (name, values) in enumerate(named)]
    ax.set_ylim(0.0, 104.0)
    return _finish(ax, result, "service: served at once", "fill rate (% of demand)", ends)


def cost_over_time(result: Result, ax: Axes | None = None) -> Axes:
    """Cost of each kind of node, one on top of the other, over time, in money per period."""
    ax, ends = axes_for(ax, 7.0, 3.4), []
    below = np.zeros(result.record.periods // result.record.keep_what.every)
    for look, (name, cost) in enumerate(_costs(result), 1):  # the first look is black, too dark for an area
        above = below + cost
        period, low, high = *_means(result, below), _means(result, above)[1]
        ax.fill_between(period, low, high, color=COLOURS[look % len(COLOURS)], alpha=0.35, linewidth=0)
        _draw(ax, result, above, look)
        ends.append((float(low[-1] + high[-1]) / 2.0, look, name))
        below = above
    if ends:
        ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    else:
        ax.plot([0, result.scenario.periods - 1], [0.0, 0.0], color=COLOURS[0])
        ax.set_ylim(0.0, 1.0)
    return _finish(ax, result, "cost" if ends else "cost (none anywhere)", "cost (money/period)", ends)


def _costs(result: Result) -> list[tuple[str, Array]]:
    """The cost of each kind of node that has any [period]; of a record that holds sums, of its labels."""
    record, kind = result.record, result.scenario.network.node["kind"]
    if record.summed:
        costs = [(name, record["cost"][:, at]) for at, name in _labels(result)]
    else:
        costs = [(name, record["cost"][:, kind == number].sum(axis=1)) for number, name in enumerate(KINDS)]
    return [(name, cost) for name, cost in costs if cost.any()]


def _lines(result: Result) -> list[Tier]:
    """The tiers to draw, from the market upwards; of a record that holds sums, its labels."""
    record = result.record
    if record.summed:
        tiers = [Tier(0 if name == "customer" else None, (at,), (name,), name) for at, name in _labels(result)]
    else:
        tiers = tier_groups(result.scenario.network)
    tiers = [tier for tier in tiers if not tier.makes_from_nothing] or tiers
    return [tiers[at] for at in np.unique(np.linspace(0, len(tiers) - 1, min(LINES, len(tiers))).round().astype(int))]


def _labels(result: Result) -> list[tuple[int, str]]:
    """Place and name of the labels that a record holds sums of: the kinds, or all there are."""
    labels = [(at, name) for at, name in enumerate(result.record.labels)]
    if len(result.record.keep_what.groupings) > 1:
        labels = [(at, name) for at, name in labels if name.startswith("kind:")] or labels
    return [(at, name.removeprefix("kind:")) for at, name in labels]


def _sum(result: Result, key: str, tier: Tier) -> Array:
    values: Array = result.record[key][:, list(tier.nodes)].sum(axis=1)
    return values


def _without_dust(result: Result, key: str, tier: Tier) -> Array:
    """What a tier holds or owes in each period, where it is more than a rounding of what is demanded of it."""
    quantity = _sum(result, key, tier)
    usual = _sum(result, "demand", tier).mean() if "demand" in result.record else 0.0
    return np.where(quantity > DUST * usual, quantity, 0.0)


def _label(tier: Tier) -> str:
    return textwrap.fill(
        tier.name if tier.number is None else f"tier {tier.number} {tier.name}", 26, break_on_hyphens=False
    )


def _draw(ax: Axes, result: Result, values: Array, look: int, *, where_not_zero: bool = False) -> float:
    """One line over the kept periods, or of very many the means and the band of blocks of them; gives its end."""
    colour, dashes = COLOURS[look % len(COLOURS)], DASHES[look % len(DASHES)]
    period, middle = _means(result, values)
    if (size := _size(values)) > 1:
        starts = np.arange(0, values.size, size)
        band = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
        ax.fill_between(period, *band, color=colour, alpha=0.15, linewidth=0)
    if where_not_zero:  # and where it starts and ends
        near = np.convolve(middle != 0, np.ones(3), "full")[1:-1] > 0
        middle = np.where(near, middle, np.nan)
    ax.plot(period, middle, color=colour, linestyle=dashes, linewidth=1.6, marker="." if values.size == 1 else "")
    known = middle[np.isfinite(middle)]
    return float(known[-1]) if known.size else 0.0


def _means(result: Result, values: Array) -> tuple[Array, Array]:
    """Periods and values to draw: each kept period, or of very many the middle and the mean of blocks of them."""
    every, size = result.record.keep_what.every, _size(values)
    starts = np.arange(0, values.size, size)
    middle = np.add.reduceat(values, starts) / np.diff([*starts, values.size])
    return (starts + min(size, values.size) / 2 + 0.5) * every - 1 if size > 1 else (starts + 1) * every - 1, middle


def _size(values: Array) -> int:
    """How many kept periods make one point of a line."""
    return -(-values.size // POINTS)


def _finish(ax: Axes, result: Result, title: str, unit: str, ends: Sequence[tuple[float, int, str]]) -> Axes:
    """Titles, units, the shaded warm-up, and the name of each line at its end, pushed apart."""
    from matplotlib.lines import Line2D

    scenario, kept = result.scenario, result.record.periods // result.record.keep_what.every
    notes = []
    shade_struck_periods(ax, result)
    if scenario.warm_up:
        ax.axvspan(0, scenario.warm_up, color="#DDDDDD", linewidth=0, zorder=0)
        notes.append("grey: warm-up, left out of the measures")
    if kept > POINTS:
        notes.append(
            f"lines: means of {-(-kept // POINTS) * result.record.keep_what.every} periods; bands: least to greatest"
        )
    ax.set_xlabel("period" + f" ({'; '.join(notes)})" * bool(notes), fontsize=SMALL + 1)
    ax.set_ylabel(unit, fontsize=SMALL + 1)
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.9g}")
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold")
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlim(0, max(scenario.periods - 1, 1))
    ax.margins(y=0.04)
    low, high = ax.get_ylim()
    height = 0.8 * room(ax)[1]  # the layout may take some
    size = min(SMALL, height / (1.25 * max(1, sum(label.count("\n") + 1 for _, _, label in ends))))
    top = -np.inf
    spread: list[list[Any]] = []
    for end, look, label in sorted(ends):
        half = 0.625 * size * (label.count("\n") + 1) / height
        top = max((end - low) / (high - low), top + half) if spread else max((end - low) / (high - low), half)
        spread.append([top, half, (end - low) / (high - low), look, label])
        top += half
    ceiling = 1.0
    for line in reversed(spread):
        line[0] = min(line[0], ceiling - line[1])
        ceiling = line[0] - line[1]
    for at, _, end, look, label in spread:
        colour, dashes = COLOURS[look % len(COLOURS)], DASHES[look % len(DASHES)]
        ax.add_artist(
            Line2D(
                [1.0, 1.01, 1.045],
                [end, at, at],
                transform=ax.transAxes,
                clip_on=False,
                color=colour,
                linestyle=dashes,
                linewidth=1.2,
            )
        )
        ax.text(
            1.052,
            at,
            label,
            transform=ax.transAxes,
            va="center",
            fontsize=size,
            color="black",
            linespacing=1.1,
            parse_math=False,
        )
    return ax
