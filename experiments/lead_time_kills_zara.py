"""At which lead time is nothing left of Zara's advantage? One season, the same buyers, and slower and slower makers.

Zara buys a part of the season first, and the rest when sales tell what will be wanted. Push retail buys all at once, so
a lead time is nothing to it: it is a level. Expected: as long as what is ordered after the first week's sales comes
before the first batch is sold, little changes; then Zara loses sales in the middle of the season, orders more on less
news, and earns less than push retail. The larger the first batch, the later. Published: Zara has under 10 % left
unsold, the trade 17 to 20 % (Ghemawat & Nueno (2003), Harvard Business School case 9-703-497).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from shared.pages import MARKS, finish, new_figure, publish
from shared.played import Estimate, mean_of

from supplynet import sweep, vary
from supplynet.plot.style import COLOURS, GREY, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAD_TIMES: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)  # weeks; from 13 on nothing at all would come in time
FIRST_SHARES: Final = (0.25, 0.35, 0.5)
ZARA, TRADE = 10.0, (17.0, 20.0)  # published: per cent unsold
SHOWN: Final = {  # each measure: its title, its unit, and by what it is multiplied
    "profit": ("Profit", "money a season, thousands", 1e-3),
    "leftover": ("Left over", "% of what was bought", 100.0),
    "lost_share": ("Lost sales", "% of demand", 100.0),
}


@dataclass(frozen=True)
class Curve:
    """Zara with one first batch: each measure by lead time, and the lead time at which its advantage is gone."""

    first_share: float
    lead_times: tuple[int, ...]
    measured: dict[str, list[Estimate]]
    advantage: list[Estimate]

    @property
    def name(self) -> str:
        """What was bought first, and until which lead time that is an advantage."""
        at, low, high = self.gone
        return f"{100 * self.first_share:.0f} % bought first: gone at {at:.1f} weeks ({low:.1f} to {high:.1f})"

    @property
    def gone(self) -> tuple[float, float, float]:
        """Where the advantage in profit is nought, and where the lower and the upper end of its 95 % interval is."""
        value, half = (np.array([getattr(one, name) for one in self.advantage]) for name in ("value", "half_width"))
        crossed = [self._falls_to_nought(each) for each in (value, value - half, value + half)]
        return crossed[0], crossed[1], crossed[2]

    def _falls_to_nought(self, advantage: Any) -> float:
        """The first lead time at which a line through the points is nought; nan where it never is."""
        below = np.flatnonzero(advantage <= 0.0)
        if not below.size or below[0] == 0:
            return float("nan")
        last, first = below[0] - 1, below[0]
        weeks = np.array(self.lead_times, np.float64)
        part = advantage[last] / (advantage[last] - advantage[first])
        return float(weeks[last] + part * (weeks[first] - weeks[last]))


def measure(lead_times: tuple[int, ...], runs: int) -> tuple[dict[str, Estimate], list[Curve]]:
    """Push retail's level, and Zara's curves, one for each first batch; run by run with the same buyers."""
    outcomes = (*SHOWN, "mean_demand")
    push = sweep("push-retail", runs, outcomes=outcomes)
    zara = sweep(vary("zara", lead_time=lead_times, first_share=FIRST_SHARES), runs, outcomes=outcomes)
    curves = []
    for share in FIRST_SHARES:
        measured: dict[str, list[Estimate]] = {name: [] for name in SHOWN}
        advantage = []
        for weeks in lead_times:
            own = zara[(zara["first_share"] == share) & (zara["lead_time"] == weeks)]
            assert np.array_equal(own["mean_demand"], push["mean_demand"]), "the buyers are not the same"
            for name in SHOWN:
                measured[name].append(mean_of(own[name].to_numpy()))
            advantage.append(mean_of(own["profit"].to_numpy() - push["profit"].to_numpy()))
        curves.append(Curve(share, lead_times, measured, advantage))
    return {name: mean_of(push[name].to_numpy()) for name in SHOWN}, curves


def table(push: dict[str, Estimate], curves: list[Curve]) -> list[str]:
    """A line for each lead time, and where the advantage is gone."""
    lines = [f"{'':<14} {'lead time':>9} {'profit':>9} {'left over':>9} {'lost':>7}   profit more than push retail's"]
    lines.append(f"{'push retail':<14} {'any':>9} {_figures(push)}")
    for curve in curves:
        for at, weeks in enumerate(curve.lead_times):
            own = {name: curve.measured[name][at] for name in SHOWN}
            more = curve.advantage[at]
            lines.append(
                f"{f'first {100 * curve.first_share:.0f} %':<14} {weeks:>9} {_figures(own)}   {more.value:>+9,.0f} "
                f"+- {more.half_width:,.0f}"
            )
    return [*lines, *(f"With {curve.name}." for curve in curves)]


def _figures(of: dict[str, Estimate]) -> str:
    return f"{of['profit'].value:>9,.0f} {of['leftover'].value:>9.1%} {of['lost_share'].value:>7.1%}"


def draw(ax: Axes, name: str, push: dict[str, Estimate], curves: list[Curve]) -> None:
    """One measure against the lead time: Zara's curves, and push retail as a level."""
    title, unit, times = SHOWN[name]
    level = push[name]
    ax.axhline(times * level.value, color=GREY, linewidth=1.5)
    low, high = (times * (level.value + side * level.half_width) for side in (-1.0, 1.0))
    ax.axhspan(low, high, color=GREY, alpha=0.2, linewidth=0.0)
    for look, curve in enumerate(curves):
        value, half = (
            times * np.array([getattr(one, what) for one in curve.measured[name]]) for what in ("value", "half_width")
        )
        ax.errorbar(
            curve.lead_times, value, half, fmt=f"{MARKS[look]}-", color=COLOURS[look], markersize=4.5,
            markerfacecolor="white", linewidth=1.5, elinewidth=1.0, capsize=2.0,
        )  # fmt: skip
        if name == "profit" and np.isfinite(curve.gone[0]):
            ax.axvline(curve.gone[0], color=COLOURS[look], linewidth=1.0, linestyle="dotted")
    if name == "leftover":
        ax.axhspan(*TRADE, color=COLOURS[5], alpha=0.25, linewidth=0.0)
        ax.axhline(ZARA, color=COLOURS[5], linewidth=1.0, linestyle="dashed")
        for height, words in ((TRADE[0], "published: the trade"), (ZARA, "published: Zara has less")):
            ax.annotate(
                words, (0.98, height), (0, -2), xycoords=("axes fraction", "data"), textcoords="offset points",
                fontsize=SMALL, color=COLOURS[5], ha="right", va="top",
            )  # fmt: skip
    ax.set_ylim(bottom=0.0)
    ax.set_xlim(0.5, LEAD_TIMES[-1] + 0.5)
    finish(ax, title, "lead time of the makers (weeks)", unit)


def figure(push: dict[str, Estimate], curves: list[Curve], runs: int) -> Figure:
    """Profit, leftovers and lost sales against the lead time."""
    drawn, axes = new_figure(11.0, 4.2, len(SHOWN))
    for ax, name in zip(axes, SHOWN, strict=True):
        draw(ax, name, push, curves)
    level = axes[0].plot([], [], color=GREY, linewidth=1.5)[0]
    lines = [
        axes[0].plot([], [], f"{MARKS[look]}-", color=COLOURS[look], markerfacecolor="white")[0]
        for look in range(len(curves))
    ]
    drawn.legend(
        [level, *lines], ["push retail", *(f"Zara, {curve.name}" for curve in curves)], loc="outside lower center",
        ncols=2, frameon=False, fontsize=SMALL, title_fontsize=SMALL,
        title=f"Means of {runs} seasons with the same buyers, and 95 % intervals; dotted: no advantage is left",
    )  # fmt: skip
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs, lead_times = (20, (2, 5, 8, 12)) if quick else (100, LEAD_TIMES)
    push, curves = measure(lead_times, runs)
    gone = [curve.gone[0] for curve in curves]
    assert gone == sorted(gone), "a larger first batch lasts longer"
    for curve in curves:
        first, last = curve.advantage[0], curve.advantage[-1]
        assert first.value - first.half_width > 0.0 > last.value + last.half_width, "fast it gains, slow it loses"
    return table(push, curves), figure(push, curves, runs)


if __name__ == "__main__":
    publish("lead_time_kills_zara", __doc__, work)
