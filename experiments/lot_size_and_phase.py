"""What do lots, and many shops that order on the same day, do to the orders that a supplier sees?

Expected: a shop that orders in lots of Q lets orders vary by Q^2 E[f (1 - f)] more than demand, f being the part of a
lot by which demand exceeds whole lots: little where a period's demand is a whole number of lots, so not simply the more
the larger the lot. If N shops order every R periods, all on the same day, each on a random day, or taking turns, the
orders of all vary by m^2 times N^2 (R - 1), N (R - 1) or r (R - r) more than demand, r being the rest of N / R: 58,856,
4,256 and 456 in the example of Lee et al., where the demand of all has the variance 56.
Source: after Caplin (1985), Econometrica 53(6); phases, Lee, Padmanabhan & Whang (1997), Management Science 43(4).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import mean_of, series, spread
from shared.theory import part_of_a_lot

from supplynet import Scenario, from_graph
from supplynet.distributions import Normal
from supplynet.plot.style import COLOURS, GREY, SMALL
from supplynet.policies.ordering import PeriodicReview, ReorderPointLots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
MEAN, SD = 100.0, 10.0  # of one shop that orders lots
LOTS: Final = (10, 25, 40, 50, 60, 75, 90, 100, 110, 125, 150, 180, 220, 260, 300)
SHOPS, SHOP_MEAN, SHOP_SD = 14, 10.0, 2.0  # the example of Lee et al.
EXAMPLE: Final = 4  # the review period there
REVIEWS: Final = range(1, 9)
CYCLES: Final = 20
PHASES: Final = ("all on the same day", "each on a random day", "taking turns")


def of_lots(lot: float) -> float:
    """Var(orders) of a shop that orders in lots."""
    return SD**2 + lot**2 * part_of_a_lot(lot, MEAN, SD)


def of_phases(phases: str, review_period: int) -> float:
    """Var(orders of all shops): M of them order, each what R periods sold, and M varies about N / R."""
    turns = SHOPS % review_period  # so many of the days of a cycle have one shop more
    vary = {
        "all on the same day": SHOPS**2 * (review_period - 1),
        "each on a random day": SHOPS * (review_period - 1),
        "taking turns": turns * (review_period - turns),
    }[phases]
    return SHOPS * SHOP_SD**2 + SHOP_MEAN**2 * vary


def measure_lots(lot: float, runs: int) -> Point:
    """The variance of the orders of one shop that orders in lots."""
    graph = nx.DiGraph()
    graph.add_node("source", kind="supplier")
    graph.add_node("shop", ordering=ReorderPointLots(4.0 * MEAN, lot), on_hand=4.0 * MEAN)
    graph.add_node("customer", kind="customer", demand=Normal(MEAN, SD))
    graph.add_edge("source", "shop")
    graph.add_edge("shop", "customer", shipment_lead_time=0)
    scenario = Scenario("lots", from_graph(graph), periods=1400, warm_up=400)  # for the position to spread evenly
    orders = series(scenario, ("production_order",), runs)["production_order"]["shop"]
    return Point("lots", lot, mean_of(spread(orders, MEAN)), of_lots(lot))


def days(phases: str, review_period: int, groups: int) -> Array:
    """The day of the cycle on which each shop orders, [group, shop]."""
    if phases == "each on a random day":
        return np.random.default_rng(11).integers(0, review_period, (groups, SHOPS))
    turn = np.arange(SHOPS) if phases == "taking turns" else np.zeros(SHOPS, int)
    return (turn + np.arange(groups)[:, None]) % review_period


def measure_phases(phases: str, review_period: int, groups: int) -> Point:
    """The variance of what a source is asked by its shops; groups of them, each with its source, are one network."""
    graph = nx.DiGraph()
    for group, row in enumerate(days(phases, review_period, groups).tolist()):
        graph.add_node(f"source {group}", kind="supplier")
        for number, day in enumerate(row):
            name = f"{group}-{number}"
            rule = PeriodicReview(SHOP_MEAN * (review_period + 4.0), review_period, day)
            graph.add_node(f"shop {name}", ordering=rule, on_hand=SHOP_MEAN * review_period)
            graph.add_node(f"customer {name}", kind="customer", demand=Normal(SHOP_MEAN, SHOP_SD))
            graph.add_edge(f"shop {name}", f"customer {name}", shipment_lead_time=0)
            graph.add_edge(f"source {group}", f"shop {name}")
    periods = (CYCLES + 1) * review_period
    scenario = Scenario(phases, from_graph(graph), periods=periods, warm_up=review_period)
    asked = series(scenario, ("demand",), 1)["demand"]
    orders = np.concatenate([asked[f"source {group}"] for group in range(groups)])
    measured = mean_of(spread(orders, SHOPS * SHOP_MEAN))
    return Point(phases, review_period, measured, of_phases(phases, review_period))


def figure(lots: list[Point], phases: dict[str, list[Point]], runs: int) -> Figure:
    """Lot size, and review period by phase, against the variance of orders."""
    drawn, (left, right) = new_figure(9.5, 4.2, 2)
    dense = np.linspace(5.0, max(LOTS), 300)
    left.plot(dense / MEAN, [of_lots(lot) for lot in dense], color=COLOURS[0], linewidth=1.5)
    draw_points(left, [replace(one, at=one.at / MEAN) for one in lots], 0)
    finish(left, "one shop that orders in lots of Q", "Q (periods of demand)", "Var(orders) (units²)", log=True)
    right.set_xticks(REVIEWS)
    for look, (name, points) in enumerate(phases.items(), start=1):
        right.plot(REVIEWS, [of_phases(name, every) for every in REVIEWS], color=COLOURS[look], linewidth=1.5)
        draw_points(right, points, look, name)
        at = of_phases(name, EXAMPLE)
        right.annotate(f"{at:,.0f}", (EXAMPLE, at), (0, 8), textcoords="offset points", ha="center", fontsize=SMALL)
    for ax, demand in ((left, SD**2), (right, SHOPS * SHOP_SD**2)):
        ax.axhline(demand, color=GREY, linewidth=0.8, zorder=0)
        ax.annotate(
            "of demand", (1.0, demand), (-2, -3), xycoords=("axes fraction", "data"), textcoords="offset points",
            color=GREY, fontsize=SMALL, ha="right", va="top",
        )  # fmt: skip
        ax.set_ylim(bottom=0.4 * demand)
    right.set_ylim(top=3e6)  # room for the legend
    right.legend(frameon=False, fontsize=SMALL, loc="upper left")
    finish(right, f"{SHOPS} shops that order every R periods", "R (periods)", "Var(orders of all) (units²)", log=True)
    explain(drawn, runs)
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 20 if quick else 150
    lots = [measure_lots(float(lot), runs) for lot in (LOTS[::4] if quick else LOTS)]
    reviews = (EXAMPLE,) if quick else REVIEWS
    phases = {name: [measure_phases(name, every, runs) for every in reviews] for name in PHASES}
    points = [*lots, *(point for curve in phases.values() for point in curve)]
    check(points)
    return table(points, "Q, or R in periods", "Var(orders)"), figure(lots, phases, runs)


if __name__ == "__main__":
    publish("lot_size_and_phase", __doc__, work)
