"""What is it worth to order by what customers look at, before they order? A library of titles, new and old.

One centre counts who looks at a title, the other what it sold of it; network, customers and luck are the same (the
scenarios netflix and netflix-history). Expected: looks tell the rate of a new title by c sqrt(a / (b (b + n))), and
sales, of which there are a part c, know in n weeks what looks know in c n (left). So a new title takes far less stock
for the same service; what was bought of titles that nobody wants stays for long, beyond what theory needs (middle).
Once a title is old, both know its rate, and what remains of the advantage is to know who will order soon: of C weeks to
cover K are known, the guess is sqrt(1 - c K / C) of what it was, and nothing remains as lead or conversion go to zero
(right) but copies of titles that nobody wants, which sales leave for years. Theory of stock: normal errors, and what is
lost is what does not fit, which holds where little is lost; of those who looked, fewer are late than normal errors say.
Left, a hundred times as many replications.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln, ndtr
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import Array, Estimate, mean_of, series

from supplynet import Scenario, Signal, from_graph, load
from supplynet.plot.style import COLOURS, DASHES, SMALL
from supplynet.policies.ordering import BaseStock, DemandInference
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.unknown_rate import UnknownRate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOOKERS: Final = 40.0
SPREAD: Final = 0.8
CONVERSION: Final = 0.3
LEAD: Final = 2
COVERAGE: Final = 3
UNITS: Final = 1.0 / SPREAD**2
TITLES: Final = 20
SERVICE: Final = 0.995  # of orders filled from stock
SAFETY: Final = tuple(np.arange(0.0, 4.1, 0.25).tolist())  # tried to find what serves so many
NAMES: Final = {"netflix": "by looks", "netflix-history": "by sales"}
OBSERVED: Final = (1, 2, 4, 8, 16)
LATER: Final = 40  # weeks in which the rate shows itself
WINDOWS: Final = ((5, 8), (9, 12), (13, 18), (19, 26), (27, 38), (39, 52))
LEADS: Final = (0, 1, 2, 3, 4)
CONVERSIONS: Final = (0.05, 0.3, 0.6)
MEAN: Final = LOOKERS * CONVERSION
OLD: Final = 104  # weeks after which a title is called old


def learned(name: str, weeks: float) -> float:
    """Root mean squared error of the rate of orders over its mean, after so many weeks."""
    known = UNITS / LOOKERS
    seen = weeks if name == "netflix" else CONVERSION * weeks
    return math.sqrt(UNITS / (known * (known + seen))) / LOOKERS


def learning(runs: int) -> list[Point]:
    """The same from two planners who order what they believe of one title each week, one told of looks, one of sales.

    Two means of later weeks differ from the rate independently, so the product of the planner's errors against each is
    the square of its own error, on average.
    """
    graph = nx.DiGraph()
    graph.add_node("fans", kind="customer", demand=EarlyInterest(UnknownRate(UNITS, UNITS / LOOKERS), CONVERSION, 0))
    graph.add_node("shop", kind="supplier", ordering=BaseStock(1e6), production_lead_time=1, on_hand=1e6)
    graph.add_edge("shop", "fans", shipment_lead_time=0, unfilled="lost")
    graph.add_node("taker", kind="customer", demand=1e5)
    known = UNITS / LOOKERS
    rules = {
        "netflix": DemandInference(UNITS, known, delay=0, conversion=CONVERSION),
        "netflix-history": DemandInference(UNITS, known / CONVERSION, "sales", delay=1),
    }
    for name, rule in rules.items():
        graph.add_node(name, kind="supplier", ordering=rule, production_lead_time=1)
        graph.add_edge(name, "taker", shipment_lead_time=0)
    told = [("fans", "netflix", "interest", 0)]
    told += [("shop", "netflix-history", tells, 1) for tells in ("shipped", "on_hand")]
    network = from_graph(graph, signals=[Signal(*each) for each in told])
    last = max(OBSERVED)
    played = series(
        Scenario("planners", network, periods=last + 1 + LATER),
        ("demand", "inventory_position", "production_order"), runs,
    )  # fmt: skip
    later = played["demand"]["fans"][:, last + 1 :]
    halves = later[:, ::2].mean(axis=1), later[:, 1::2].mean(axis=1)
    points = []
    for name in NAMES:
        level = played["inventory_position"][name] + played["production_order"][name]
        for weeks in OBSERVED:
            told_of = level[:, weeks - (name == "netflix")]
            squared = mean_of((told_of - halves[0]) * (told_of - halves[1]) / MEAN**2)
            root = math.sqrt(squared.value)
            points.append(Point(f"error of the rate, {NAMES[name]}", weeks, Estimate(
                root, squared.error / (2.0 * root), runs), learned(name, weeks)))  # fmt: skip
    return points


@cache
def library(name: str, safety: float, old: bool, lead: int, conversion: float, runs: int) -> tuple[Array, Array]:
    """Stock at the end of each week, and by how much more was lost than may be, of all titles [run, week].

    Where fewer of those who look order, more look, so that orders are as many.
    """
    scenario = load(
        name, titles=TITLES, lookers=MEAN / conversion, popularity_spread=SPREAD, conversion=conversion, lead=lead,
        supply_lead=COVERAGE, safety_factor=safety, life=OLD + 52 if old else 52, first_buy=0.5 if old else 2.0,
    ).with_lever("warm_up", OLD if old else 0)  # fmt: skip
    played = series(scenario, ("on_hand", "demand", "lost"), runs)

    def of_all(key: str, kind: str) -> Array:
        return np.asarray(sum(column for node, column in played[key].items() if node.startswith(kind)))

    stock = of_all("on_hand", "title")
    stock[:, -1] = np.nan  # scrapped
    return stock, of_all("lost", "fans") - (1.0 - SERVICE) * of_all("demand", "fans")


def stock_for_service(
    name: str, weeks: slice, runs: int, *, old: bool = False, lead: int = LEAD, conversion: float = CONVERSION
) -> Estimate:
    """The stock with which as much is lost as may be, in some weeks, by interpolation over safety factors.

    A run that loses more is counted with the stock that it lacks, by the slope of stock over losses.
    """
    more = np.zeros(runs), np.zeros(runs)
    for safety in SAFETY:
        less = more
        stock, excess = library(name, safety, old, lead, conversion, runs)
        more = np.nanmean(stock[:, weeks], axis=1), excess[:, weeks].mean(axis=1)
        if safety > SAFETY[0] and more[1].mean() < 0.0:
            break
    slope = (more[0].mean() - less[0].mean()) / (more[1].mean() - less[1].mean())
    part = less[1].mean() / (less[1].mean() - more[1].mean())
    held, lost = ((1.0 - part) * one + part * two for one, two in zip(less, more, strict=True))
    return mean_of(held - slope * lost)


def theory_of_stock(variance: float, mean: float = MEAN) -> float:
    """The stock of the library that serves as many as it should, where errors are normal and their variance is that
    many times the rate of the title; rates are gamma distributed."""
    root = math.sqrt(mean / UNITS) * math.exp(gammaln(UNITS + 0.5) - gammaln(UNITS))  # the mean of the root of a rate
    sd = root * math.sqrt(variance)

    def loss(z: float) -> float:
        return math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi) - z * float(ndtr(-z))

    z = float(brentq(lambda z: sd * loss(z) - (1.0 - SERVICE) * mean, -8.0, 8.0))
    return float(TITLES * sd * (z + loss(z)))


def new_titles(runs: int) -> list[Point]:
    """The stock that a new library takes in some weeks, and what it would if what is too much could be sent back."""
    points = []
    for name, title in NAMES.items():
        for first, last in WINDOWS:
            measured = stock_for_service(name, slice(first - 1, last), runs)
            points.append(
                Point(f"stock of new titles, {title}", (first + last) / 2, measured, needed(name, first, last))
            )
    return points


def needed(name: str, first: int, last: int) -> float:
    """Theory of that: what is guarded against was ordered a coverage before, when so many weeks had been seen."""
    both = []
    for week in range(first, last + 1):
        known = UNITS / LOOKERS + max(0, week - COVERAGE)
        rest = COVERAGE - LEAD
        variance = COVERAGE - CONVERSION * LEAD + rest**2 * CONVERSION / known
        if name == "netflix-history":
            known = UNITS / MEAN + max(0, week - COVERAGE - LEAD - 1)
            variance = COVERAGE + COVERAGE**2 / known
        both.append(theory_of_stock(variance))
    return float(np.mean(both))


def old_titles(runs: int, leads: Sequence[int]) -> list[Point]:
    """The part of the stock of old titles that looks save, for the same service."""
    every, points = slice(None), []
    for conversion in CONVERSIONS:
        for lead in leads:
            own: dict[str, Any] = {"old": True, "lead": lead, "conversion": conversion}
            looks, sales = (stock_for_service(name, every, runs, **own) for name in NAMES)
            saved = 100.0 * (1.0 - looks.value / sales.value)
            error = 100.0 * math.hypot(looks.error, sales.error * looks.value / sales.value) / sales.value
            points.append(Point(f"stock saved, conversion {conversion:g}", lead, Estimate(saved, error, runs),
                saving(lead, conversion)))  # fmt: skip
    return points


def saving(lead: float, conversion: float) -> float:
    """Theory of that, in percent."""
    left = theory_of_stock(COVERAGE - conversion * min(lead, COVERAGE))
    return 100.0 * (1.0 - left / theory_of_stock(COVERAGE))


def figure(rate: list[Point], new: list[Point], old: list[Point], runs: int) -> Figure:
    """How the rate is learned; the stock that new titles take; what is saved of that of old ones."""
    drawn, axes = new_figure(11.5, 4.2, 3)
    weeks = np.geomspace(OBSERVED[0], OBSERVED[-1], 60)
    for look, (name, title) in enumerate(NAMES.items()):
        own = [point for point in rate if point.curve.endswith(title)]
        axes[0].plot(weeks, [learned(name, each) for each in weeks], color=COLOURS[look], linewidth=1.5)
        draw_points(axes[0], own, look, title)
        own = [point for point in new if point.curve.endswith(title)]
        axes[1].plot(
            [point.at for point in own], [point.expected for point in own], color=COLOURS[look], linewidth=1.2,
            linestyle=DASHES[2],
        )  # fmt: skip
        draw_points(axes[1], own, look, title)
    for look, conversion in enumerate(CONVERSIONS, start=2):
        fine = np.linspace(min(LEADS), max(LEADS), 100)
        axes[2].plot(fine, [saving(lead, conversion) for lead in fine], color=COLOURS[look], linewidth=1.5)
        draw_points(
            axes[2], [point for point in old if point.curve.endswith(f" {conversion:g}")], look,
            f"{100 * conversion:.0f} % of lookers order",
        )  # fmt: skip
    finish(axes[0], "what is known of a new title", "weeks of looks, or of sales", "error of its rate / mean rate")
    finish(
        axes[1],
        f"new titles: stock for {100 * SERVICE:g} % service",
        "weeks since they came",
        "copies of all titles",
        log=True,
    )
    finish(
        axes[2], "old titles: stock that looks save", "weeks from look to order", "% of the stock of who counts sales"
    )
    axes[0].set_xscale("log")
    axes[0].set_xticks(OBSERVED, [str(each) for each in OBSERVED])
    axes[0].minorticks_off()
    axes[0].set_ylim(0.0)
    axes[1].minorticks_off()
    axes[1].set_yticks((200, 500, 1000, 2000))
    axes[2].set_xticks(LEADS)
    for ax in axes:
        ax.legend(frameon=False, fontsize=SMALL)
    explain(drawn, runs, "theory (dashed: if what is too much could be sent back)")
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 5 if quick else 80
    rate = learning(100 * runs)
    check(rate)
    new, old = new_titles(runs), old_titles(runs, LEADS[::2] if quick else LEADS)
    lines = table(rate, "weeks", "error / mean rate") + table(new, "weeks", "copies") + table(old, "weeks", "% saved")
    return lines, figure(rate, new, old, runs)


if __name__ == "__main__":
    publish("value_of_inference", __doc__, work)
