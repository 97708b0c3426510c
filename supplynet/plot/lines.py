"""Lines over time: orders by tier, stock and backlog."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.metrics import DUST
from supplynet.plot.struck import shade_struck_periods
from supplynet.plot.style import COLOURS, DASHES, SMALL, axes_for, room
from supplynet.report import Tier, tier_groups
from supplynet.scenario import Result

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


def _lines(result: Result) -> list[Tier]:
    """The tiers to draw, from the market upwards; of a record that holds sums, its labels."""
    record = result.record
    if record.summed:
        kinds = [(at, name.removeprefix("kind:")) for at, name in enumerate(record.labels)]
        if len(record.keep_what.groupings) > 1:
            kinds = [(at, name) for at, name in kinds if record.labels[at].startswith("kind:")] or kinds
        tiers = [Tier(0 if name == "customer" else None, (at,), (name,), name) for at, name in kinds]
    else:
        tiers = tier_groups(result.scenario.network)
    tiers = [tier for tier in tiers if not tier.makes_from_nothing] or tiers
    return [tiers[at] for at in np.unique(np.linspace(0, len(tiers) - 1, min(LINES, len(tiers))).round().astype(int))]


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
    every = result.record.keep_what.every
    size = -(-values.size // POINTS)
    colour, dashes = COLOURS[look % len(COLOURS)], DASHES[look % len(DASHES)]
    starts = np.arange(0, values.size, size)
    middle = np.add.reduceat(values, starts) / np.diff([*starts, values.size])
    period = (starts + min(size, values.size) / 2 + 0.5) * every - 1 if size > 1 else (starts + 1) * every - 1
    if size > 1:
        band = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
        ax.fill_between(period, *band, color=colour, alpha=0.15, linewidth=0)
    if where_not_zero:  # and where it starts and ends
        near = np.convolve(middle != 0, np.ones(3), "full")[1:-1] > 0
        middle = np.where(near, middle, np.nan)
    ax.plot(period, middle, color=colour, linestyle=dashes, linewidth=1.6, marker="." if values.size == 1 else "")
    return float(middle[-1])


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
    ax.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.4g}")
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
