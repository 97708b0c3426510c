"""How much does each of the four causes of the bullwhip amplify orders, alone? A shop that buys from a mill.

Each cause is a rule of the shop and is switched on alone, from nothing (orders are demand, to the last digit) upwards.
Expected, in variances of demand s^2, whose mean is m:

* demand signals: the shop smooths with weight a what it sells, over L periods: 1 + 2 L a + 2 (L a)^2 / (2 - a);
* batching: it orders every R periods: 1 + (R - 1) m^2 / s^2, by far the most;
* prices: with chance q a promotion makes it hold x units more: 1 + 2 q (1 - q) x^2 / s^2;
* rationing: it gets half of what it needs, so asks for k times as much, the most it dares: k^2.

Source: Lee, Padmanabhan & Whang (1997), Management Science 43(4); smoothing, Chen, Ryan & Simchi-Levi (2000), Naval
Research Logistics 47(4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import ratio_of, series, spread

from supplynet import Scenario, Signal, from_graph
from supplynet.distributions import Discrete, Poisson
from supplynet.plot.style import COLOURS, SMALL
from supplynet.policies.contract import InputRule
from supplynet.policies.input import ShortageGaming
from supplynet.policies.ordering import ForwardBuying, MakeToOrder, OrderUpToExponentialSmoothing, PeriodicReview

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MEAN: Final = 900.0  # whole units of a Poisson demand, whose variance is its mean
LEVEL: Final = 7.0 * MEAN
LEAD_TIME: Final = 2
USUAL_PRICE, LOW_PRICE, CHANCE = 10.0, 8.0, 0.3
PERIODS: Final = 720
WARM_UP: Final = 120  # a multiple of every review period, as is the rest


@dataclass(frozen=True)
class Cause:
    """A cause as drawn: how strong it can be, from none, the rule that has it, and the ratio that theory expects."""

    name: str
    strength: str
    strengths: Sequence[float]
    rule: Callable[[float], Any]
    expected: Callable[[float], float]
    asks: Callable[[float], float] = lambda strength: MEAN


def of_signals(smoothing: float) -> float:
    gain = LEAD_TIME * smoothing
    return 1.0 + 2.0 * gain + 2.0 * gain**2 / (2.0 - smoothing)


CAUSES: Final = (
    Cause(
        "demand signals", "weight of the newest sales\nin the forecast", np.linspace(0.0, 1.0, 6).tolist(),
        OrderUpToExponentialSmoothing, of_signals,
    ),
    Cause(
        "order batching", "from one order to the next\n(periods)", range(1, 7),
        lambda strength: PeriodicReview(LEVEL, int(strength)),
        lambda strength: 1.0 + (strength - 1.0) * MEAN**2 / MEAN,
    ),
    Cause(
        "price variation", "held more at a low price\n(periods of demand)", np.linspace(0.0, 0.75, 6).tolist(),
        lambda strength: ForwardBuying(LEVEL, LEVEL + strength * MEAN, LOW_PRICE),
        lambda strength: 1.0 + 2.0 * CHANCE * (1.0 - CHANCE) * (strength * MEAN) ** 2 / MEAN,
    ),
    Cause(
        "rationing game", "asked for, at most\n(times the need)", np.linspace(1.0, 3.5, 6).tolist(),
        lambda strength: ShortageGaming(strength), lambda strength: strength**2, lambda strength: strength * MEAN,
    ),
)  # fmt: skip


def shop(rule: Any) -> Scenario:
    """A mill, a shop that has the cause, and its customer; in the rationing game the mill makes half and nobody waits.

    That game is played within the day, so that what the shop gets is half of what it asked for that very day.
    """
    rationed = isinstance(rule, InputRule)
    rules = {"ordering": MakeToOrder(), "input_rule": rule} if rationed else {"ordering": rule, "on_hand": LEVEL}
    unfilled, capacity, lead_time = ("lost", 0.5 * MEAN, 0) if rationed else ("backorder", np.inf, LEAD_TIME)
    graph = nx.DiGraph()
    price = Discrete((LOW_PRICE, USUAL_PRICE), (CHANCE, 1.0 - CHANCE))
    graph.add_node("mill", kind="supplier", capacity=capacity, price=price)
    graph.add_node("shop", **rules)
    graph.add_node("customer", kind="customer", demand=Poisson(MEAN))
    graph.add_edge("mill", "shop", shipment_lead_time=lead_time, unfilled=unfilled)
    graph.add_edge("shop", "customer", shipment_lead_time=0, unfilled=unfilled)
    network = from_graph(graph, signals=[Signal("mill", "shop", "price", 0)])
    return Scenario("causes", network, periods=PERIODS, warm_up=WARM_UP)


def measure(cause: Cause, strength: float, runs: int) -> Point:
    """Var(what the mill is asked) / Var(what the shop is asked)."""
    demand = series(shop(cause.rule(strength)), ("demand",), runs)["demand"]
    orders, sold = demand["mill"], demand["shop"]
    if strength == cause.strengths[0]:
        assert np.array_equal(orders, sold), f"{cause.name} switched off must leave demand as it is"
    assert cause.name == "order batching" or orders.min() > 0.0, "an order was cut"
    ratio = ratio_of(spread(orders, cause.asks(strength)), spread(sold, MEAN))
    return Point(cause.name, strength, ratio, cause.expected(strength))


def figure(measured: list[list[Point]], runs: int) -> Figure:
    """The strength of each cause against the bullwhip ratio, on one scale."""
    drawn, axes = new_figure(11.0, 3.6, len(CAUSES), same_y=True)
    for look, (ax, cause, points) in enumerate(zip(axes, CAUSES, measured, strict=True)):
        whole = isinstance(cause.strengths, range)
        dense = cause.strengths if whole else np.linspace(cause.strengths[0], cause.strengths[-1], 100)
        ax.plot(dense, [cause.expected(strength) for strength in dense], color=COLOURS[look], linewidth=1.5)
        draw_points(ax, points, look)
        finish(ax, cause.name, cause.strength, "", log=True)
    axes[0].set_ylabel("Var(orders) / Var(demand)", fontsize=SMALL + 1)
    explain(drawn, runs)
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 30 if quick else 200
    measured = [
        [measure(cause, strength, runs) for strength in cause.strengths[:: 5 if quick else 1]] for cause in CAUSES
    ]
    points = [point for curve in measured for point in curve]
    check(points)
    return table(points, "strength", "Var(orders) / Var(demand)"), figure(measured, runs)


if __name__ == "__main__":
    publish("four_causes", __doc__, work)
