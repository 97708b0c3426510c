"""Where does a buffer against outages stand cheapest? One plant by theory, then three in a row, found by simulation.

Each period a customer wants one unit; a plant that works fails with a probability a, one that is out works again with
a probability b, and then catches up at once; a buffer is what a plant keeps of its own product.

Expected of one plant: it has been out for n periods with the probability q b (1 - b)^(n-1), where q = a / (a + b), so a
buffer s is dry in the part q (1 - b)^s of all periods. At h for a unit held and p for a unit owed, the best buffer is
the least s that is not dry in the part p / (p + h); none at all is best if and only if b / (a + b) is as much.
Expected of a row: a buffer helps against outages of its own plant and of all before it, so the one next to the customer
helps against all. Where holding costs the same everywhere, all stands there. Where value is added on the way, the
shortage that is allowed is best shared among the plants in proportion to the value that each adds, as far as outages
are too rare to meet: what stands downstream falls, and all together rises. Where only the first plant fails, a unit
helps as much anywhere, so all stands with that plant, at the closed form of one.
Source: one plant, Snyder & Shen (2019), Fundamentals of Supply Chain Theory, section 9.2; the row, derived here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import Array, Estimate, mean_of

from supplynet import Scenario, from_graph, sweep
from supplynet.plot.style import COLOURS, SMALL
from supplynet.policies.ordering import BaseStock
from supplynet.processes.outages import Outages

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MENDS: Final = 0.2  # an outage takes five periods on average
HELD, OWED = 1.0, 9.0  # money for a unit and period
RISKS: Final = (0.005, 0.02, 0.05)  # that a plant fails in a period: it works in 98, 91 and 80 % of all periods
BUFFERS: Final = range(13)
PLANTS: Final = 3  # in a row; number 1 serves the customer
FAILS: Final = 0.0055
SERVICE: Final = 0.99  # part of the demand that has to be met at once
RISES: Final = (1.0, 1.25, 1.5, 2.0, 3.0, 5.0)  # holding a unit costs so many times as much one plant on
PLENTY: Final = 1e6  # units a period, so that a plant that works catches up at once
TRIED: Final = [buffers for buffers in product(range(4, 13), range(10), range(10)) if 8 <= sum(buffers) <= 19]
"""Every placement that is tried; of others it is clear that they serve too badly or cost too much."""
NEAR: Final = 0.003  # of SERVICE after a tenth of the runs: worth all of them
PERIODS: Final = 4000
WARM_UP: Final = 100

Buffers = tuple[int, ...]


def row(buffers: Buffers, fails: tuple[float, ...]) -> Scenario:
    """Plants in a row, number 1 first, each with a base stock; a plant whose risk is 0 never fails."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=1.0)
    buyer = "customer"
    for number, (buffer, risk) in enumerate(zip(buffers, fails, strict=True), start=1):
        capacity = Outages(PLENTY, risk, MENDS) if risk else PLENTY
        graph.add_node(
            f"plant {number}", kind="factory", ordering=BaseStock(float(buffer)), on_hand=float(buffer),
            capacity=capacity, normal_output=1.0,
        )  # fmt: skip
        graph.add_edge(f"plant {number}", buyer, shipment_lead_time=0)
        buyer = f"plant {number}"
    return Scenario("row", from_graph(graph), periods=PERIODS, warm_up=WARM_UP)


@dataclass(frozen=True)
class Played:
    """What buffers came to: the part met at once [run], what plants held [run, plant], and what plant 1 owed [run]."""

    service: Array
    held: Array
    owed: Array


def play(wanted: Sequence[Buffers], fails: tuple[float, ...], runs: int) -> list[Played]:
    """All of them under the same outages."""
    plants = [f"plant {number}.mean_on_hand" for number in range(1, len(fails) + 1)]
    asked = ("fill_rate", "mean_backlog", *plants)
    told = sweep([row(buffers, fails) for buffers in wanted], runs, outcomes=asked, workers=1)
    told = told.sort_values(["scenario", "replication"])
    return [
        Played(one["fill_rate"].to_numpy(), one[plants].to_numpy(), one["mean_backlog"].to_numpy())
        for _, one in told.groupby("scenario")
    ]


def out(risk: float) -> float:
    """The part of all periods in which a plant is out."""
    return risk / (risk + MENDS)


def cost_of(buffer: int, risk: float) -> float:
    """What a buffer costs in a period: after n periods of an outage s - n are left, or n - s are owed."""
    held, owed, left = buffer * (1.0 - out(risk)), 0.0, out(risk) * MENDS
    for length in range(1, 500):
        held += max(0, buffer - length) * left
        owed += max(0, length - buffer) * left
        left *= 1.0 - MENDS
    return HELD * held + OWED * owed


def best_of(risk: float, service: float) -> int:
    """The least buffer that is not dry in that part of all periods."""
    return max(0, math.ceil(math.log((1.0 - service) / out(risk)) / math.log(1.0 - MENDS) - 1e-9))


def costs_of(rise: float) -> Array:
    """What a unit costs in a period at each plant [plant], number 1 first; 1 at the last."""
    return rise ** np.arange(PLANTS - 1.0, -1.0, -1.0)


def shared_shortage(rise: float) -> list[float]:
    """The buffer of each plant, number 1 first, if outages never meet and buffers need not be whole.

    Plant k leaves the customer dry in the part q (1 - MENDS)^S, S being all that stands with it and after it. The parts
    sum to 1 - SERVICE, each in proportion to what holding costs more here than one plant before. As S cannot fall on
    the way back, plants for which it would share one S and add their proportions.
    """
    costs = costs_of(rise)
    groups: list[tuple[float, int]] = []

    def together(added: float, plants: int) -> float:
        part = (1.0 - SERVICE) * added / costs[0] / plants
        return math.log(part / out(FAILS)) / math.log(1.0 - MENDS) if part > 0.0 else math.inf

    for here, before in zip(costs, [*costs[1:], 0.0], strict=True):
        groups.append((here - before, 1))
        while len(groups) > 1 and together(*groups[-2]) >= together(*groups[-1]):
            (more, many), (added, plants) = groups.pop(), groups.pop()
            groups.append((added + more, plants + many))
    stands = [together(*group) for group in groups for _ in range(group[1])]
    return np.diff(stands, prepend=0.0).tolist()


@dataclass(frozen=True)
class Found:
    """The cheapest buffers that serve well enough, their service, and what holding them costs in a period."""

    buffers: Buffers
    service: Estimate
    cost: Estimate


def screened(tried: list[Buffers], runs: int) -> dict[Buffers, Played]:
    """What is tried is played a few times, and what serves about as wanted is played often.

    Source: Nelson, Swann, Goldsman & Song (2001), Operations Research 49(6).
    """
    fails = (FAILS,) * PLANTS
    rough = play(tried, fails, max(4, runs // 10))
    close = [buffers for buffers, one in zip(tried, rough, strict=True) if abs(one.service.mean() - SERVICE) < NEAR]
    return dict(zip(close, play(close, fails, runs), strict=True))


def cheapest(played: dict[Buffers, Played], rise: float) -> Found:
    """Of those played under the same outages, so that a difference of two is theirs."""
    costs = costs_of(rise)
    serving = [buffers for buffers, one in played.items() if one.service.mean() >= SERVICE]
    best = min(serving, key=lambda buffers: float(costs @ played[buffers].held.mean(axis=0)))
    assert best[0] > 4 and max(best[1:]) < 9, "the best lies inside of what was tried"
    return Found(best, mean_of(played[best].service), mean_of(played[best].held @ costs))


def draw_placement(ax: Axes, found: list[Found]) -> None:
    """A column for each rise of the holding cost, plant upon plant, and what theory says beside it."""
    for at, (rise, one) in enumerate(zip(RISES, found, strict=True)):
        theory, stands = shared_shortage(rise), 0.0
        for plant in range(PLANTS):
            label = ["plant 1, next to the customer", "plant 2", "plant 3, the first"][plant] if at == 0 else None
            below = sum(one.buffers[:plant])
            ax.bar(at - 0.18, one.buffers[plant], 0.34, below, color=COLOURS[plant], label=label)
            if theory[plant] > 0.0:
                ax.bar(
                    at + 0.18, theory[plant], 0.34, stands, facecolor="white", edgecolor=COLOURS[plant], linewidth=1.5,
                    hatch="///",
                )  # fmt: skip
            stands += theory[plant]
    ax.set_xticks(range(len(RISES)), [f"{rise:g}" for rise in RISES])


def figure(points: list[list[Point]], found: list[Found], runs: int) -> Figure:
    """One plant: cost against buffer. A row: the best buffers against the rise of the holding cost."""
    drawn, (left, right) = new_figure(10.5, 4.6, 2)
    for look, (risk, curve) in enumerate(zip(RISKS, points, strict=True)):
        left.plot(BUFFERS, [cost_of(buffer, risk) for buffer in BUFFERS], color=COLOURS[look], linewidth=1.5)
        draw_points(left, curve, look, f"works in {1 - out(risk):.0%} of all periods")
        best = best_of(risk, OWED / (OWED + HELD))
        left.plot(best, cost_of(best, risk), marker="*", markersize=13, color=COLOURS[look], zorder=4)
    left.set_ylim(bottom=0.0)
    left.legend(frameon=False, fontsize=SMALL)
    finish(left, "one plant; star: the best buffer by theory", "buffer (units)", "cost (money a period)")
    draw_placement(right, found)
    right.legend(
        frameon=False,
        fontsize=SMALL,
        loc="upper left",
        title="full: found; hatched: theory",
        title_fontsize=SMALL,
        alignment="left",
    )
    right.set_ylim(0.0, 1.45 * max(sum(one.buffers) for one in found))
    where = "holding a unit costs so many times as much one plant on"
    finish(right, f"three plants in a row, {SERVICE:.0%} met at once", where, "best buffer (units)")
    explain(drawn, runs)
    return drawn


def of_one_plant(runs: int) -> list[list[Point]]:
    """The cost of each buffer, a list for each risk; the best is that of theory."""
    points = []
    for risk in RISKS:
        played = play([(buffer,) for buffer in BUFFERS], (risk,), runs)
        costs = [mean_of(HELD * one.held[:, 0] + OWED * one.owed) for one in played]
        name = f"one plant, works in {1 - out(risk):.0%}"
        points.append([Point(name, buffer, costs[buffer], cost_of(buffer, risk)) for buffer in BUFFERS])
        least = min(BUFFERS, key=lambda buffer: costs[buffer].value)
        assert least == best_of(risk, OWED / (OWED + HELD)), "the simulation finds the best buffer of theory"
    check([point for curve in points for point in curve])
    return points


def of_first_plant(runs: int) -> list[str]:
    """Where only plant 3 fails: a unit helps as much anywhere, and as many are needed as one plant needs."""
    needed = best_of(FAILS, SERVICE)
    lines = []
    for total in (needed - 1, needed):
        anywhere: list[Buffers] = [(0, 0, total), (0, total, 0), (total, 0, 0), (1, 1, total - 2)]
        service = [one.service for one in play(anywhere, (0.0, 0.0, FAILS), runs)]
        assert all(np.array_equal(one, service[0]) for one in service), "a unit helps as much anywhere"
        expected = 1.0 - out(FAILS) * (1.0 - MENDS) ** total
        found = mean_of(service[0])
        assert found.agrees(expected)
        lines.append(
            f"{f'only plant 3 fails, {total} units anywhere: service':<44} {'':>18}  {found.value:>12.5f} "
            f"{found.half_width:>10.2g}  {expected:>12.5f}"
        )
    return lines


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 2 if quick else 120
    of_plant = 20 if quick else 200
    points = of_one_plant(of_plant)
    played = screened([tried for tried in TRIED if not quick or tried[1] % 2 == tried[2] % 2 == 0], runs)
    found = [cheapest(played, rise) for rise in RISES]
    lines = table([point for curve in points for point in curve], "buffer", "money a period")
    lines += ["", *of_first_plant(of_plant), ""]
    lines.append(f"{'three plants in a row':<44} {'service':>18}  {'cost':>12} {'+- (95 %)':>10}  buffers")
    for rise, one in zip(RISES, found, strict=True):
        said = f"{one.buffers}, theory ({', '.join(f'{buffer:.1f}' for buffer in shared_shortage(rise))})"
        lines.append(
            f"{f'holding costs {rise:g} times as much one plant on':<44} {one.service.value:>18.4f}  "
            f"{one.cost.value:>12.4g} {one.cost.half_width:>10.2g}  {said}"
        )
    assert found[0].buffers[1:] == (0, 0), "where holding costs the same everywhere all stands at the customer"
    assert found[-1].buffers[0] < found[0].buffers[0] and sum(found[-1].buffers) > sum(found[0].buffers)
    return lines, figure(points, found, of_plant)


if __name__ == "__main__":
    publish("best_buffer", __doc__, work)
