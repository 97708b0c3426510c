"""Which rules amplify demand on its way up a chain, and which do not? One chain, one demand, and each rule in turn.

Four firms in a row, each two periods from its supplier, all follow the same rule and see the orders of the next one
down, unless said otherwise. Expected: who pulls at a fixed level passes every order on (base-stock), or does so once
orders are whole containers (kanban); who closes a part of each gap calms orders at every tier (proportional
order-up-to); who forecasts amplifies, from tier to tier by the answers of all firms below multiplied (order-up-to,
forecast push), or by far less where all are told what the market wants (point of sale); people, who are slow and forget
most of what is on its way, calm orders first and amplify them farther up. Theory: shared/theory.py, and here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.signal import lfilter
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import MEAN, SD, STOCK, bullwhip_by_tier, chain
from shared.theory import Array, anchored, lots, moving_average, ratio_of_response

from supplynet import Signal
from supplynet.distributions import Normal
from supplynet.plot.style import COLOURS, SMALL
from supplynet.policies.ordering import (
    BaseStock,
    ForecastPush,
    Kanban,
    OrderUpToMovingAverage,
    POSReplenishment,
    ProportionalOrderUpTo,
    Sterman,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TIERS: Final = 4
COVERAGE: Final = 2  # periods from an order to its goods
WINDOW: Final = 5
SMOOTHING: Final = 2.0 / (WINDOW + 1)  # as old on average as the mean of the window
GAIN: Final = 0.3
CONTAINER: Final = 4.0 * SD
ALPHA, BETA, THETA = 0.26, 0.34, 0.36  # the mean of Sterman's subjects, 1989
REVIEW: Final = 4
PERIODS: Final = 960
WARM_UP: Final = 240


@dataclass(frozen=True)
class Rule:
    """A rule as drawn: its name, the one that a tier follows, and the ratio that theory expects there.

    told: whether the market tells all tiers what it wants; raised: points by which its name stands above its curve.
    """

    name: str
    at: Callable[[int], Any]
    expected: Callable[[int], float]
    told: bool = False
    raised: float = 0.0


def one_by_one(response: Array) -> Callable[[int], float]:
    """Where each firm sees only the orders of the one below, answers multiply."""

    def expected(tier: int) -> float:
        together = np.ones(1)
        for _ in range(tier):
            together = np.convolve(together, response)
        return ratio_of_response(together)

    return expected


def of_market(tier: int) -> float:
    """Where all are told what the market wants, coverages add up."""
    return ratio_of_response(moving_average(tier * COVERAGE, WINDOW))


def of_plans(tier: int) -> float:
    """Where each firm plans R periods at once, at its review, and those below have just done the same.

    Ordered in R periods: what was asked since the last review, and G = L + R - 1 periods of the change of the forecast
    F. The first firm was asked for R days d(j), so F = (1-a)^R F + sum of a (1-a)^(R-j) d(j); the others R - 1 times
    for the last plan of the firm below and once for its new one. With y a delay of R periods these are filters of y.
    Source: derived here; the rule is Baker's (1977), Decision Sciences 8(1).
    """
    keeps = (1.0 - SMOOTHING) ** np.arange(REVIEW + 1)
    gain, below, steps = COVERAGE + REVIEW - 1, np.array([1.0, -keeps[REVIEW]]), np.eye(1, 200)[0]
    seen = np.array([SMOOTHING, (1.0 - SMOOTHING) * (1.0 - keeps[REVIEW - 1])])
    of_below = np.convolve([1.0, REVIEW - 1.0], below)
    of_below += gain * np.convolve([1.0, -1.0], seen)
    ratio = 0.0
    for day in range(REVIEW):
        answer = lfilter(below + gain * SMOOTHING * keeps[day] * np.array([1.0, -1.0]), REVIEW * below, steps)
        for _ in range(tier - 1):
            answer = lfilter(of_below, REVIEW * below, answer)
        ratio += float(answer @ answer)
    return ratio


HELD: Final = (STOCK + COVERAGE - 1) * MEAN  # the inventory position after ordering that keeps the opening stock
RULES: Final = (
    Rule(
        "forecast push\n(plans of 4 periods)", lambda tier: ForecastPush(REVIEW, REVIEW, 0, SMOOTHING), of_plans,
        raised=9.0,
    ),
    Rule(
        "order-up-to\n(moving average)", lambda tier: OrderUpToMovingAverage(WINDOW),
        one_by_one(moving_average(COVERAGE, WINDOW)),
    ),
    Rule(
        "Sterman's subjects", lambda tier: Sterman((STOCK + BETA * (COVERAGE - 1)) * MEAN, ALPHA, BETA, THETA),
        one_by_one(anchored(COVERAGE, ALPHA, ALPHA * BETA, THETA)),
    ),
    Rule(
        "point of sale", lambda tier: POSReplenishment(float(tier * COVERAGE), WINDOW), of_market, told=True,
        raised=-9.0,
    ),
    Rule(
        "kanban\n(containers of 4 sd)", lambda tier: Kanban(round(HELD / CONTAINER), CONTAINER),
        lambda tier: lots(CONTAINER, MEAN, SD),
    ),
    Rule("base-stock", lambda tier: BaseStock(HELD), lambda tier: 1.0),
    Rule(
        "proportional\norder-up-to", lambda tier: ProportionalOrderUpTo(GAIN, GAIN, 0.0, STOCK),
        one_by_one(anchored(COVERAGE, GAIN, GAIN, 0.0)),
    ),
)  # fmt: skip


def measure(rule: Rule, runs: int) -> list[Point]:
    """The bullwhip ratio at each tier of a chain that follows the rule."""
    tiers = range(1, TIERS + 1)
    signals = [
        Signal("customer", f"tier {tier}", tells, delay)
        for tier in tiers
        for tells, delay in (("demand", 0), ("lost", 1))
        if rule.told
    ]
    scenario = chain(
        [rule.at(tier) for tier in tiers], [COVERAGE] * TIERS, Normal(MEAN, SD), signals=signals, periods=PERIODS,
        warm_up=WARM_UP,
    )  # fmt: skip
    measured = bullwhip_by_tier(scenario, runs)
    name = rule.name.replace("\n", " ")
    return [Point(name, tier, measured[tier - 1], rule.expected(tier)) for tier in tiers]


def figure(measured: list[list[Point]], runs: int) -> Figure:
    """Tier against bullwhip ratio, a curve for each rule, named at its end."""
    drawn, (ax,) = new_figure(7.5, 5.0, 1)
    for look, (rule, points) in enumerate(zip(RULES, measured, strict=True)):
        expected = [1.0, *(rule.expected(tier) for tier in range(1, TIERS + 1))]
        ax.plot(range(TIERS + 1), expected, color=COLOURS[look], linewidth=1.5)
        draw_points(ax, points, look)
        ax.annotate(
            rule.name, (TIERS, expected[-1]), (9, rule.raised), textcoords="offset points", color=COLOURS[look],
            fontsize=SMALL + 1, va="center",
        )  # fmt: skip
    ax.set_xticks(range(TIERS + 1), ["the\nmarket", *(f"tier {tier}" for tier in range(1, TIERS + 1))])
    ax.set_xlim(-0.1, TIERS + 0.1)
    ax.set_ylim(0.03, 100.0)
    finish(ax, "", "", "Var(orders) / Var(demand of the market)", log=True)
    explain(drawn, runs)
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 20 if quick else 200
    measured = [measure(rule, runs) for rule in RULES]
    points = [point for curve in measured for point in curve]
    check(points)
    return table(points, "tier", "Var(orders) / Var(demand)"), figure(measured, runs)


if __name__ == "__main__":
    publish("bullwhip_by_policy", __doc__, work)
