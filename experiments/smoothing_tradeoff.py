"""What does it cost in stock to order smoothly? One shop that closes only a part g of each gap, and many such g.

Expected: orders have the variance g / (2 - g), and stock less backlog at the end of a period that of the demand of the
lead time L and (1 - g)^2 / (g (2 - g)) more, both in variances of demand. So g = 1, order-up-to, keeps stock as calm
as can be and passes demand on; less buys calmer orders with stock that swings wider, the dearer the calmer; more makes
both worse. Where a unit of variance counts alike in both, the golden ratio is best: g = 0.618.
Source: Disney & Towill (2003), Omega 31(3); the golden ratio, Disney, Farasyn, Lambrecht, Towill & Van de Velde (2006),
European Journal of Operational Research 173(1).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from shared.pages import MARKS, Point, check, explain, finish, new_figure, publish, table
from shared.played import MEAN, SD, STOCK, chain, ratio_of, series, spread

from supplynet.distributions import Normal
from supplynet.plot.style import COLOURS, GREY, SMALL
from supplynet.policies.ordering import ProportionalOrderUpTo

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEAD_TIMES: Final = (1, 2, 4)
GOLDEN: Final = (math.sqrt(5.0) - 1.0) / 2.0
GAINS: Final = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5, GOLDEN, 0.8, 1.0, 1.2, 1.4)
PERIODS: Final = 1000
WARM_UP: Final = 200


def of_orders(gain: Any) -> Any:
    """Var(orders) / Var(demand)."""
    return gain / (2.0 - gain)


def of_stock(gain: Any, lead_time: int) -> Any:
    """Var(stock less backlog) / Var(demand)."""
    return lead_time + (1.0 - gain) ** 2 / (gain * (2.0 - gain))


def measure(gain: float, lead_time: int, runs: int) -> tuple[Point, Point]:
    """Both variances, of the orders and of the stock, in variances of demand."""
    rule = ProportionalOrderUpTo(gain, gain, 0.0, STOCK)
    scenario = chain([rule], [lead_time], Normal(MEAN, SD), periods=PERIODS, warm_up=WARM_UP)
    played = series(scenario, ("demand", "production_order", "on_hand", "backlog"), runs)
    orders, stock = (played[key]["tier 1"] for key in ("production_order", "on_hand"))
    assert orders.min() > 0.0 and played["backlog"]["tier 1"].max() == 0.0, "an order was cut, or the shop ran dry"
    sold = spread(played["demand"]["customer"], MEAN)
    return (
        Point(f"orders, L = {lead_time}", gain, ratio_of(spread(orders, MEAN), sold), of_orders(gain)),
        Point(f"stock, L = {lead_time}", gain, ratio_of(spread(stock, STOCK * MEAN), sold), of_stock(gain, lead_time)),
    )


def draw(ax: Axes, measured: list[tuple[Point, Point]], lead_time: int, look: int) -> None:
    """The trade-off of one lead time: what is bought on the way from order-up-to, and, dashed, what is wasted."""
    wise, rash = np.geomspace(0.09, 1.0, 200), np.linspace(1.0, 1.42, 50)
    for gains, dash in ((wise, "solid"), (rash, "dashed")):
        ax.plot(of_orders(gains), of_stock(gains, lead_time), color=COLOURS[look], linewidth=1.5, linestyle=dash)
    orders, stock = zip(*measured, strict=True)
    ax.errorbar(
        [one.measured.value for one in orders], [one.measured.value for one in stock],
        [one.measured.half_width for one in stock], [one.measured.half_width for one in orders],
        fmt=MARKS[look], color=COLOURS[look], markersize=4.5, markerfacecolor="white", markeredgewidth=1.2,
        elinewidth=1.2, capsize=2.0, label=f"lead time L = {lead_time}", zorder=3,
    )  # fmt: skip


def figure(measured: dict[int, list[tuple[Point, Point]]], runs: int) -> Figure:
    """Variance of orders against variance of stock, a curve for each lead time."""
    drawn, (ax,) = new_figure(7.0, 5.0, 1)
    for look, (lead_time, points) in enumerate(measured.items(), start=1):
        draw(ax, points, lead_time, look)
        for gain in (1.0, GOLDEN):
            ax.plot(
                of_orders(gain), of_stock(gain, lead_time), marker="*" if gain == GOLDEN else "o", color=COLOURS[look],
                markersize=11.0 if gain == GOLDEN else 6.0, zorder=4,
            )  # fmt: skip
    highest = max(LEAD_TIMES)
    for gain, text, away in (
        (0.1, "g = 0.1", (8, 2)), (0.2, "g = 0.2", (8, 2)), (GOLDEN, "g = 0.618,\nthe golden ratio", (0, 12)),
        (1.0, "g = 1,\norder-up-to", (0, 12)), (1.4, "g = 1.4", (0, 8)),
    ):  # fmt: skip
        at = (of_orders(gain), of_stock(gain, highest))
        beside = "left" if away[0] else "center"
        ax.annotate(text, at, away, textcoords="offset points", fontsize=SMALL, color=GREY, ha=beside, va="bottom")
    ax.set_xlim(left=0.0)
    ax.set_ylim(bottom=0.0)
    ax.legend(frameon=False, fontsize=SMALL, loc="upper right")
    finish(ax, "", "Var(orders) / Var(demand)", "Var(stock less backlog) / Var(demand)")
    explain(drawn, runs, "theory (dashed: g > 1)")
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 20 if quick else 200
    gains = (0.2, GOLDEN, 1.0, 1.4) if quick else GAINS
    measured = {lead: [measure(gain, lead, runs) for gain in gains] for lead in LEAD_TIMES}
    points = [point for pairs in measured.values() for pair in pairs for point in pair]
    check(points)
    for pairs in measured.values():
        costs = {orders.at: orders.measured.value + stock.measured.value for orders, stock in pairs}
        assert min(costs, key=costs.__getitem__) == GOLDEN, "the golden ratio is best where both variances count alike"
    return table(points, "gain g", "Var / Var(demand)"), figure(measured, runs)


if __name__ == "__main__":
    publish("smoothing_tradeoff", __doc__, work)
