"""What does pull save, and what does it cost? Each way of working against the one it replaced, with the same luck.

Push and sell what is left, or make what sells (push-retail, zara); large lots and a schedule, or small lots and cards
(batch-line, toyota); build to a forecast, or to order (pc-channel, dell); look back at sales, or at who is looking
(netflix-history, netflix). Expected: in each pair less stock, less waste, faster turns, more profit; and the price: a
buyer of a computer waits, which in the channel nobody did. Published beside: Zara under 10 % unsold against 17 to 20 %
in the trade; NUMMI about 80 % less stock than GM Framingham (two days against two weeks); Dell's five days of stock
against 28, and a cash cycle of -37 days; looks ahead of orders, 3 to 5 % of the cost of stock.
Sources: Ghemawat & Nueno (2003), Harvard Business School case 9-703-497; Womack, Jones & Roos (1990), The Machine That
Changed the World, chapter 4; Dell Inc., Form 10-K for fiscal 2005; Huang & Van Mieghem (2014), Production and
Operations Management 23(3), whose looks are noisier than these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from shared.pages import finish, new_figure, publish
from shared.played import Estimate, mean_of

from supplynet import compare, load
from supplynet.plot.style import COLOURS, GREY, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Measure:
    """A measure of a pair: what to call it, its unit, by what it is multiplied, and what was published of the two."""

    outcome: str
    name: str
    unit: str
    times: float = 1.0
    published: tuple[str, str] = ("", "")
    ratio: tuple[float, float] | None = None
    """Of the published numbers, pull over push, from least to greatest."""


@dataclass(frozen=True)
class Pair:
    """Push, or looking back, and the pull that replaced it; the length of a period in days."""

    push: str
    pull: str
    days: float
    measures: tuple[Measure, ...]


MOST: Final = 2.0  # pull over push, of what is drawn
SHIFT: Final = 480  # minutes of a working day
PAIRS: Final = (
    Pair("push-retail", "zara", 7.0, (
        Measure("leftover", "left over", "% of units", 100.0, ("17-20", "< 10"), (0.0, 10.0 / 17.0)),
        Measure("lost_share", "lost sales", "% of demand", 100.0),
        Measure("markdown", "marked down", "thousands", 1e-3),
        Measure("write_off", "written off", "thousands", 1e-3),
        Measure("days_of_inventory", "stock", "days", 7.0),
        Measure("profit", "profit", "thousands", 1e-3),
        Measure("cash_conversion_cycle", "cash cycle", "days", 7.0),
    )),
    Pair("batch-line", "toyota", 1.0 / SHIFT, (
        Measure("work_in_process", "work in process", "units", 1.0, ("two weeks", "two days"), (0.2, 0.2)),
        Measure("finished_goods", "finished goods", "units"),
        Measure("days_of_inventory", "stock", "days", 1.0 / SHIFT),
        Measure("fill_rate", "served at once", "%", 100.0),
        Measure("profit", "profit", "thousands", 1e-3),
        Measure("cash_conversion_cycle", "cash cycle", "days", 1.0 / SHIFT),
    )),
    Pair("pc-channel", "dell", 1.0, (
        Measure("days_of_inventory", "stock", "days", 1.0, ("28", "5"), (5.0 / 28.0, 5.0 / 28.0)),
        Measure("erosion", "lost value of stock", "thousands", 1e-3),
        Measure("waiting_time", "waiting", "days"),
        Measure("waiting_time_95", "waiting, 95 %", "days"),
        Measure("profit", "profit", "thousands", 1e-3),
        Measure("cash_conversion_cycle", "cash cycle", "days", 1.0, ("> 0", "-37")),
    )),
    Pair("netflix-history", "netflix", 7.0, (
        Measure("mean_on_hand", "copies in stock", "units"),
        Measure("lost_share", "lost sales", "% of demand", 100.0),
        Measure("write_off", "written off", "thousands", 1e-3),
        Measure("running_cost", "cost of holding", "money", 1.0, ("", "3-5 % less"), (0.95, 0.97)),
        Measure("profit", "profit", "thousands", 1e-3),
    )),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """What a measure came to in both, and the difference under the same luck."""

    measure: Measure
    push: Estimate
    pull: Estimate
    difference: Estimate

    @property
    def ratio(self) -> float:
        """Pull over push; nan where push has nothing, or a sign differs."""
        return self.pull.value / self.push.value if self.push.value > 0.0 and self.pull.value >= 0.0 else float("nan")


def measured(pair: Pair, runs: int) -> list[Row]:
    """Both of a pair, run by run under the same luck."""
    found = compare(load(pair.push), load(pair.pull), runs, outcomes=[one.outcome for one in pair.measures])
    rows = []
    for one in pair.measures:
        push, pull = (one.times * side[one.outcome] for side in (found.first, found.second))
        rows.append(Row(one, mean_of(push), mean_of(pull), mean_of(pull - push)))
    return rows


def lines_of(pair: Pair, rows: list[Row]) -> list[str]:
    """A table of a pair."""
    lines = [
        f"{'':<24}{pair.push:>16}{pair.pull:>16}{'difference':>14}{'+- (95 %)':>12}   {'unit':<14}{'published':<20}"
    ]
    for row in rows:
        told = " and ".join(each for each in row.measure.published if each)
        lines.append(
            f"{row.measure.name:<24}{row.push.value:>16,.4g}{row.pull.value:>16,.4g}{row.difference.value:>14,.4g}"
            f"{row.difference.half_width:>12,.2g}   {row.measure.unit:<14}{told:<20}".rstrip()
        )
    return [*lines, ""]


def draw(ax: Axes, pair: Pair, rows: list[Row], look: int) -> None:
    """A bar for each measure, pull in per cent of push, as far as that has a meaning; published ratios are hatched."""
    shown = [row for row in rows if row.ratio < MOST]
    for at, row in enumerate(shown):
        percent = 100.0 * row.ratio
        ax.barh(at, percent, 0.62, color=COLOURS[look], alpha=0.85)
        push, pull = (f"{float(f'{one.value:.3g}'):,g}" for one in (row.push, row.pull))
        text = f"{push} to {pull} {row.measure.unit}"
        ax.text(max(percent, 100.0) + 3.0, at, text, va="center", fontsize=SMALL)
        if row.measure.ratio:
            low, high = (100.0 * ratio for ratio in row.measure.ratio)
            ax.barh(at, max(high - low, 1.2), 0.84, left=low, color="none", edgecolor=GREY, hatch="////", linewidth=1.0)
    ax.axvline(100.0, color="black", linewidth=1.0)
    ax.set_yticks(range(len(shown)), [row.measure.name for row in shown])
    ax.invert_yaxis()
    ax.set_xlim(0.0, 260.0)
    ax.set_xticks([0, 50, 100, 150])
    finish(ax, f"{pair.pull} against {pair.push}", f"{pair.pull}, % of {pair.push}", "")


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 4 if quick else 30
    lines: list[str] = []
    drawn, axes = new_figure(13.0, 6.4, 2, rows=2)
    for look, (ax, pair) in enumerate(zip(axes, PAIRS, strict=True)):
        rows = measured(pair, runs)
        lines += lines_of(pair, rows)
        draw(ax, pair, rows, look + 1)
    note = "hatched: published, pull over push. What waits, or changes its sign, is in the table."
    drawn.supxlabel(note, fontsize=SMALL + 1)
    return lines, drawn


if __name__ == "__main__":
    publish("five_systems", __doc__, work)
