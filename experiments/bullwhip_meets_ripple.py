"""When a shock runs down a chain, do the rules by which firms order make it worse, and for whom?

A mine that can make twice the normal, a works, a depot and four shops, whose customers go away where a shop has
nothing. All firms use one rule, and every rule is given the stock in good times that comes to the same mean, so that
only the manner of ordering differs. Either the mine makes nothing for fifteen days (a ripple, downwards), or all want
half as much again for as long (a bullwhip, upwards). Same luck with and without the shock, and under every rule.

Expected: in an outage the stock protects and not the rule, since nobody can order what is not there: customers lose
the days of the outage less the days of stock that stand on the way, whatever the rule. Rules that replace what was
sold (base-stock, kanban) pass a pulse on as it is; those that forecast take it, or the sales that an outage cost, for
a new level of demand, and order for that. Those that hear the tills do so once, and not in every tier.
Found, since no published model says it: a ripple ends as a bullwhip. After an outage that lost six days of sales under
every rule, orders of those that forecast first stop and then come to more than twice the demand, tills no less than the
moving average, since both look at what was sold; and they are restless for weeks after customers are served again.
Kanban gathers, since cards that hang on late goods ask for nothing and then all are free at once. Base-stock alone
never asks for more than is sold. A plan smooths peaks away, but is late: a pulse finds too little stock at first, and
either shock leaves the most behind.
Sources: the rules name theirs; ripple, Ivanov, Sokolov & Dolgui (2014), International Journal of Production Research
52(7); bullwhip, Lee, Padmanabhan & Whang (1997), Management Science 43(4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from shared.pages import MARKS, finish, new_figure, publish
from shared.played import Array, Estimate, mean_of, series

from supplynet import Scenario, Signal, from_graph
from supplynet.disruptions import Disruption
from supplynet.distributions import Normal
from supplynet.losses import time_to_recover
from supplynet.plot.style import COLOURS, DASHES, GREY, SMALL
from supplynet.policies.contract import OrderingRule
from supplynet.policies.ordering import BaseStock, ForecastPush, Kanban, OrderUpToMovingAverage, POSReplenishment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOPS: Final = 4
MEAN: Final = 100.0  # units a day, all shops together
SD: Final = 10.0  # of all together; shops are independent
TIERS: Final = {"shop": (2.0, MEAN / SHOPS), "depot": (2.0, MEAN), "works": (4.0, MEAN)}
"""Days from an order to its goods, and units a day: of each shop, of the depot, of the works."""
CAN_MAKE: Final = 2.0 * MEAN  # units a day, the mine
STOCK: Final = 9.0  # days of demand that shops, depot and works hold together in good times
WINDOW: Final = 10  # days that a forecast looks back on average
STRUCK: Final = 200  # when the shock comes
DAYS: Final = 15  # how long it takes
PERIODS: Final = 400
SHOCKS: Final = {
    "the mine is out for fifteen days": Disruption("mine", "capacity_factor", 0.0, STRUCK, DAYS),
    "customers want half as much again for fifteen days": Disruption(
        "kind=customer", "demand_factor", 1.5, STRUCK, DAYS
    ),
}
SMOOTHED: Final = 7  # days over which sales are compared
RESTLESS: Final = 0.1  # part of normal by which orders differ from those without the shock
BACK: Final = 0.02  # part of sales that may lack where a market has recovered

Build = Callable[[str, float], OrderingRule]


def till_rule(tier: str, days: float) -> OrderingRule:
    """What a tier and all below it hold: stock, and what is on its way."""
    below = list(TIERS)[: list(TIERS).index(tier) + 1]
    return POSReplenishment(horizon=sum(TIERS[one][0] + days for one in below), window=WINDOW)


RULES: Final[dict[str, Build]] = {
    "base-stock": lambda tier, days: BaseStock((TIERS[tier][0] + days) * TIERS[tier][1]),
    "kanban": lambda tier, days: Kanban(round((TIERS[tier][0] + days) * TIERS[tier][1])),
    "tills (POS)": till_rule,
    "moving average": lambda tier, days: OrderUpToMovingAverage(WINDOW, safety_periods=days),
    "forecast push": lambda tier, days: ForecastPush(5, 10, 0, 2.0 / (WINDOW + 1.0), safety_periods=days),
}
PULL: Final = ("base-stock", "kanban", "tills (POS)")


def chain(build: Build, days: float, disruptions: tuple[Disruption, ...] = ()) -> Scenario:
    """Everybody by one rule, with so many days of stock each."""
    graph = nx.DiGraph()
    graph.add_node("mine", kind="supplier", capacity=CAN_MAKE)
    shops = [f"shop {at}" for at in range(SHOPS)]
    for name in ("works", "depot", *shops):
        tier = name.split()[0]
        makes = {"kind": "factory", "production_lead_time": 2} if tier == "works" else {}
        graph.add_node(name, ordering=build(tier, days), on_hand=days * TIERS[tier][1], **makes)
    graph.add_edge("mine", "works", shipment_lead_time=2)
    graph.add_edge("works", "depot", shipment_lead_time=2)
    for shop in shops:
        demand = Normal(MEAN / SHOPS, SD / SHOPS**0.5)
        graph.add_node(f"customers of {shop}", kind="customer", demand=demand)
        graph.add_edge("depot", shop, shipment_lead_time=2)
        graph.add_edge(shop, f"customers of {shop}", shipment_lead_time=0, unfilled="lost")
    signals = []
    if "told_demand" in build("shop", days).reads:
        for shop in shops:
            for reader in (shop, "depot", "works"):
                signals += [Signal(f"customers of {shop}", reader, "demand", delay=0)]
                signals += [Signal(f"customers of {shop}", reader, "lost", delay=1)]
    return Scenario("shock", from_graph(graph, signals=signals, disruptions=disruptions), periods=PERIODS)


def together(columns: dict[str, Array], start: str) -> Array:
    """The sum over the nodes whose names start so [run, period]."""
    total: Array = np.sum([own for name, own in columns.items() if name.startswith(start)], axis=0)
    return total


def play(scenario: Scenario, runs: int) -> dict[str, Array]:
    """What all asked for, bought and lost, what was ordered of the mine, and all stock [run, period]."""
    told = series(scenario, ("demand", "shipped", "lost", "production_order", "on_hand"), runs)
    played = {key: together(told[key], "customers") for key in ("demand", "shipped", "lost")}
    stock = sum(together(told["on_hand"], tier) for tier in TIERS)
    return played | {"order": told["production_order"]["works"], "stock": np.asarray(stock)}


def days_for(build: Build) -> float:
    """The days of stock by which a rule holds STOCK in good times, by halving."""
    low, high = 0.0, 12.0
    while high - low > 0.02:
        middle = (low + high) / 2.0
        held = play(chain(build, middle), 4)["stock"][:, STRUCK // 2 :].mean() / MEAN
        low, high = (middle, high) if held < STOCK else (low, middle)
    return (low + high) / 2.0


@dataclass(frozen=True)
class Outcome:
    """What a shock came to under one rule.

    orders [period]: for the mine, mean over runs, over MEAN; peak: the largest of them in a run over the largest demand
    of a day; lost: days of sales lost to the shock; recovers: days until sales are back for good; calm: until orders
    are; stock: the most that stood anywhere afterwards, over STOCK.
    """

    rule: str
    shock: str
    orders: Array
    peak: Estimate
    lost: Estimate
    recovers: Estimate
    calm: Estimate
    stock: Estimate


def compare(rule: str, days: float, runs: int) -> list[Outcome]:
    """A rule under each shock, beside itself without one."""
    usual_case = chain(RULES[rule], days)
    usual = play(usual_case, runs)
    assert usual["shipped"].mean() > 0.95 * MEAN, "goods flow"
    found = []
    for shock, event in SHOCKS.items():
        struck = replace(usual_case, network=chain(RULES[rule], days, (event,)).network)
        made = play(struck, runs)
        since = slice(STRUCK, None)
        week = np.ones(SMOOTHED) / SMOOTHED

        def weekly(sold: Array, week: Array = week) -> Array:
            return np.array([np.convolve(one, week, "valid") for one in sold]).T

        wanted = usual["shipped"] if event.column == "capacity_factor" else made["demand"]
        back = time_to_recover(weekly(made["shipped"]), weekly(wanted), STRUCK - SMOOTHED + 1, BACK)
        assert np.isfinite(back).all(), "the market should be back"
        restless = np.abs(made["order"] - usual["order"])[:, since] > RESTLESS * MEAN
        calm = np.where(restless.any(axis=1), restless.shape[1] - restless[:, ::-1].argmax(axis=1), 0)
        assert (calm < restless.shape[1]).all(), "orders should be calm again"
        lost = (made["lost"] - usual["lost"])[:, since].sum(axis=1) / MEAN
        peak = made["order"][:, since].max(axis=1) / made["demand"][:, since].max(axis=1)
        most = made["stock"][:, since].max(axis=1) / (STOCK * MEAN)
        orders = made["order"].mean(axis=0) / MEAN
        told = (mean_of(one) for one in (peak, lost, back, calm.astype(np.float64), most))
        found.append(Outcome(rule, shock, orders, *told))
    return found


def figure(found: list[Outcome]) -> Figure:
    """For each shock: orders for the mine day by day, how much they peak and how long they are restless, and sales."""
    drawn, axes = new_figure(13.0, 7.6, 3, rows=2)
    for row, (shock, event) in enumerate(SHOCKS.items()):
        path, plane, sales = axes[3 * row : 3 * row + 3]
        path.axvspan(0, DAYS, color=GREY, alpha=0.15, linewidth=0)
        days = np.arange(-10, 70)
        for look, one in enumerate([one for one in found if one.shock == shock]):
            label = f"{one.rule} ({'pull' if one.rule in PULL else 'push'})"
            path.plot(
                days, one.orders[STRUCK + days], color=COLOURS[look], linestyle=DASHES[look], linewidth=1.5, label=label
            )
            looks: dict[str, Any] = {
                "fmt": MARKS[look], "color": COLOURS[look], "markersize": 7, "markerfacecolor": "white",
                "markeredgewidth": 1.4, "capsize": 2,
            }  # fmt: skip
            plane.errorbar(one.calm.value, one.peak.value, one.peak.half_width, one.calm.half_width, **looks)
            sales.errorbar(one.lost.value, look, 0.0, one.lost.half_width, **looks)
        plane.axhline(1.0, color=GREY, linewidth=0.9, linestyle="dashed")
        plane.set_xlim(left=0.0)
        plane.set_ylim(bottom=0.0)
        expected = max(0.0, DAYS - STOCK) if event.column == "capacity_factor" else 0.0
        sales.axvline(
            expected, color="black", linewidth=1.2, label="days of outage less days of stock" if expected else None
        )
        sales.set_yticks(range(len(RULES)), list(RULES))
        sales.set_ylim(len(RULES) - 0.5, -0.9)
        sales.set_xlim(-0.3, DAYS - STOCK + 2.0)
        finish(path, shock, "days since the shock began", "orders for the mine, over normal")
        finish(plane, "who amplifies (95 % intervals)", "days until orders are calm again", "peak order / peak demand")
        finish(sales, "who protects (95 % intervals)", "sales lost to the shock (days)", "")
    axes[0].legend(frameon=False, fontsize=SMALL)
    axes[2].legend(frameon=False, fontsize=SMALL, loc="upper left")
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 10 if quick else 100
    days = {rule: days_for(build) for rule, build in RULES.items()}
    found = [outcome for rule in RULES for outcome in compare(rule, days[rule], runs)]
    lines = [f"stock in good times: {STOCK:g} days under every rule; +-: 95 %"]
    for shock in SHOCKS:
        lines += ["", shock]
        heads = ("peak order/demand", "days of sales lost", "days to recover", "days to be calm", "peak stock/usual")
        lines.append(f"{'rule':<16} " + " ".join(f"{head:>18}" for head in heads))
        for one in found:
            if one.shock == shock:
                told = (one.peak, one.lost, one.recovers, one.calm, one.stock)
                cells = " ".join(f"{f'{each.value:.2f} +- {each.half_width:.2f}':>18}" for each in told)
                lines.append(f"{one.rule:<16} {cells}")
    outage = [one for one in found if SHOCKS[one.shock].column == "capacity_factor"]
    assert all(abs(one.lost.value - (DAYS - STOCK)) < 0.5 for one in outage), "stock protects, and not the rule"
    return lines, figure(found)


if __name__ == "__main__":
    publish("bullwhip_meets_ripple", __doc__, work)
