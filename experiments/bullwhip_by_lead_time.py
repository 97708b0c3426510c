"""How much do longer lead times amplify orders? One shop that orders up to a moving average of what it sells.

Expected: by 1 + (2 L/p + 2 (L/p)^2) (1 - rho^p), where goods take L periods, the mean is over p, and rho is the
correlation of demand from one period to the next. So the ratio grows with the square of the lead time; a longer memory
calms it; and so does demand that remembers, since what sold yesterday then is the better forecast.
Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import MEAN, SD, bullwhip_by_tier, chain

from supplynet.demand import AR1
from supplynet.plot.style import COLOURS, SMALL
from supplynet.policies.ordering import OrderUpToMovingAverage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST: Final = 10
WINDOWS: Final = (4, 8, 16)  # with demand that does not remember
WINDOW: Final = 5  # with demand that does
CORRELATIONS: Final = (-0.9, 0.0, 0.7, 0.9)
PERIODS: Final = 900
WARM_UP: Final = 150


def theory(lead_time: float, window: int, correlation: float) -> float:
    """Var(orders) / Var(demand) as Chen et al. derive it."""
    gain = lead_time / window
    return 1.0 + (2.0 * gain + 2.0 * gain**2) * (1.0 - correlation**window)


def measure(window: int, correlation: float, lead_times: list[int], runs: int) -> list[Point]:
    """The bullwhip ratio of one shop at some lead times."""
    curve = f"p = {window}, rho = {correlation:g}"
    points = []
    for lead_time in lead_times:
        scenario = chain(
            [OrderUpToMovingAverage(window)], [lead_time], AR1(MEAN, SD, correlation), periods=PERIODS, warm_up=WARM_UP
        )
        measured = bullwhip_by_tier(scenario, runs)[0]
        points.append(Point(curve, lead_time, measured, theory(lead_time, window, correlation)))
    return points


def figure(panels: list[dict[tuple[int, float], list[Point]]], runs: int) -> Figure:
    """Lead time against bullwhip ratio, by the length of the forecast's memory and by that of demand."""
    drawn, axes = new_figure(9.0, 4.0, 2, same_y=True)
    dense = np.linspace(0.0, LONGEST, 101)
    for ax, curves in zip(axes, panels, strict=True):
        for look, ((window, correlation), points) in enumerate(curves.items()):
            ax.plot(dense, [theory(lead, window, correlation) for lead in dense], color=COLOURS[look], linewidth=1.5)
            by_window = ax is axes[0]
            draw_points(ax, points, look, f"p = {window}" if by_window else f"ρ = {correlation:g}".replace("-", "−"))
        ax.set_ylim(0.0, 21.5)
        ax.set_yticks(range(0, 21, 5))
        ax.set_xticks(range(0, LONGEST + 1, 2))
        ax.legend(frameon=False, fontsize=SMALL, loc="upper left")
    ratio = "Var(orders) / Var(demand)"
    finish(axes[0], "forecast: mean of the last p periods (ρ = 0)", "lead time L (periods)", ratio)
    finish(axes[1], f"demand: correlation ρ from period to period (p = {WINDOW})", "lead time L (periods)", "")
    explain(drawn, runs, "theory: 1 + (2L/p + 2L²/p²)(1 − ρᵖ)")
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 30 if quick else 200
    lead_times = [1, 4, 10] if quick else list(range(LONGEST + 1))
    panels = [
        {(window, 0.0): measure(window, 0.0, lead_times, runs) for window in WINDOWS},
        {(WINDOW, correlation): measure(WINDOW, correlation, lead_times, runs) for correlation in CORRELATIONS},
    ]
    points = [point for curves in panels for curve in curves.values() for point in curve]
    check(points)
    return table(points, "lead time, periods", "Var(orders) / Var(demand)"), figure(panels, runs)


if __name__ == "__main__":
    publish("bullwhip_by_lead_time", __doc__, work)
