"""How much stock is an insurance against outages worth, by how often they come and how long they last?

A plant serves a customer who wants one unit a period; it fails with a probability a, mends with a probability b, and
then catches up at once. Its buffer is stock that stands idle in good times. In bad ones the customer waits.

Expected (1) of each kind of outage: a frontier. With q = a / (a + b), a buffer s holds s (1 - q) + what is left of it
in outages, and owes q (1 - b)^s / b units on average: every unit of stock takes the same part b off what is still owed,
so frequent and short outages are cheap to insure against, and rare and long ones dear. (2) No buffer at all is best if
and only if the uptime b / (a + b) is at least p / (p + h), p for a unit owed and h for a unit held: how long outages
last does not matter for whether to hold a buffer, only for how large. (3) A buffer for outages that take longer than
they do costs many times the least in relation, since the least is small; one for outages that take less costs more
money.
Source: Snyder & Shen (2019), Fundamentals of Supply Chain Theory, section 9.2; Tomlin (2006), Management Science 52(5).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import Array, Estimate, mean_of

from supplynet import Scenario, from_graph, sweep
from supplynet.plot.style import COLOURS, GREY, SMALL
from supplynet.policies.ordering import BaseStock
from supplynet.processes.outages import Outages

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

UPTIME: Final = 0.9
LENGTHS: Final = (2.0, 4.0, 8.0, 16.0)  # periods that an outage takes on average, at the same uptime
BUFFERS: Final = (0, 1, 2, 4, 6, 9, 13, 18, 25, 35)
SEEN: Final = 0.05  # part of the outages that must outlast a buffer, so that enough of them do in a simulation
UPTIMES: Final = (0.98, 0.95, 0.9, 0.8)
MENDS: Final = (0.5, 0.25, 0.125)
BESIDE: Final = (0.7, 1.4)  # times 1 - uptime: 1 - p / (p + h) on both sides of the line
CRITICAL: Final = 0.98  # p / (p + h) where a buffer is planned for outages of another length
PLENTY: Final = 1e6  # units a period, so that a plant that works catches up at once
HELD: Final = 1.0  # money for a unit and period
PERIODS: Final = 6000
WARM_UP: Final = 200


@dataclass(frozen=True)
class Times:
    """Outages by how often and how long: a plant works in the part `uptime` of all periods, and mends with `mends`."""

    uptime: float
    mends: float

    @property
    def fails(self) -> float:
        """The probability that a plant that works fails in the next period."""
        return self.mends * (1.0 - self.uptime) / self.uptime


@dataclass(frozen=True)
class Played:
    """What a buffer came to [run]: units held, and units owed, in a period on average."""

    held: Array
    owed: Array


def plant(buffer: int, times: Times) -> Scenario:
    """One plant with a base stock before one customer."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=1.0)
    graph.add_node(
        "plant", kind="factory", ordering=BaseStock(float(buffer)), on_hand=float(buffer), normal_output=1.0,
        capacity=Outages(PLENTY, times.fails, times.mends),
    )  # fmt: skip
    graph.add_edge("plant", "customer", shipment_lead_time=0)
    return Scenario("plant", from_graph(graph), periods=PERIODS, warm_up=WARM_UP)


def play(asked: list[tuple[int, Times]], runs: int) -> list[Played]:
    """Buffers and times, all under the same luck."""
    outcomes = ("plant.mean_on_hand", "mean_backlog")
    told = sweep([plant(*one) for one in asked], runs, outcomes=outcomes, workers=1)
    told = told.sort_values(["scenario", "replication"])
    return [
        Played(one["plant.mean_on_hand"].to_numpy(), one["mean_backlog"].to_numpy())
        for _, one in told.groupby("scenario")
    ]


def owed_of(buffer: float, times: Times) -> float:
    """Units owed in a period on average: an outage has lasted n periods with the probability q b (1 - b)^(n - 1)."""
    return float((1.0 - times.uptime) * (1.0 - times.mends) ** buffer / times.mends)


def held_of(buffer: float, times: Times) -> float:
    """Units held in a period on average: stock less what is owed is the buffer less the length of the outage so far."""
    return buffer - (1.0 - times.uptime) / times.mends + owed_of(buffer, times)


def best_of(times: Times, ratio: float) -> int:
    """The least buffer that is dry in no more than the part 1 - ratio of all periods."""
    dry = math.log((1.0 - ratio) / (1.0 - times.uptime)) / math.log(1.0 - times.mends)
    return max(0, math.ceil(dry - 1e-9))


def buffers_for(times: Times) -> list[int]:
    """The buffers that enough outages outlast."""
    return [buffer for buffer in BUFFERS if (1.0 - times.mends) ** buffer >= SEEN]


def frontier(runs: int) -> list[list[Point]]:
    """Owed against held, a list of points for each length of outage."""
    lasting = [Times(UPTIME, 1.0 / length) for length in LENGTHS]
    played = iter(play([(buffer, times) for times in lasting for buffer in buffers_for(times)], runs))
    curves = []
    for length, times in zip(LENGTHS, lasting, strict=True):
        mine = [(buffer, next(played)) for buffer in buffers_for(times)]
        held = [mean_of(one.held) for _, one in mine]
        for (buffer, _), found in zip(mine, held, strict=True):
            assert found.agrees(held_of(buffer, times)), f"buffer {buffer}, {times}: {found} held"
        name = f"outages take {length:g} periods: owed"
        curves.append([Point(name, buffer, mean_of(one.owed), owed_of(buffer, times)) for buffer, one in mine])
    check([point for curve in curves for point in curve])
    return curves


@dataclass(frozen=True)
class Beside:
    """Just beside the line: what a first unit of buffer saves in a period at a critical ratio p / (p + h)."""

    times: Times
    ratio: float
    saves: Estimate
    expected: float


def beside_the_line(runs: int) -> list[Beside]:
    """For each uptime and length of outage, with critical ratios a little below and above the uptime."""
    places = [Times(uptime, mends) for uptime in UPTIMES for mends in MENDS]
    played = iter(play([(buffer, times) for times in places for buffer in (0, 1)], runs))
    found = []
    for times in places:
        none, one = next(played), next(played)
        for part in BESIDE:
            ratio = 1.0 - part * (1.0 - times.uptime)
            owed = HELD * ratio / (1.0 - ratio)
            saves = mean_of(owed * (none.owed - one.owed) - HELD * (one.held - none.held))
            gain = owed * (owed_of(0, times) - owed_of(1, times)) - HELD * (held_of(1, times) - held_of(0, times))
            assert saves.agrees(gain) and (gain > 0.0) == (best_of(times, ratio) > 0) == (ratio > times.uptime)
            found.append(Beside(times, ratio, saves, gain))
    return found


@dataclass(frozen=True)
class Planned:
    """A buffer that is best where outages take `planned` periods, when they take `actual`: its cost in a period."""

    planned: float
    actual: float
    cost: float


def planned_for_others(ratio: float) -> list[Planned]:
    """What the buffer for one length of outage costs under another, in closed form."""
    owed = HELD * ratio / (1.0 - ratio)

    def cost(buffer: int, times: Times) -> float:
        return HELD * held_of(buffer, times) + owed * owed_of(buffer, times)

    lasting = {length: Times(UPTIME, 1.0 / length) for length in LENGTHS}
    return [
        Planned(planned, actual, cost(best_of(lasting[planned], ratio), lasting[actual]))
        for planned in LENGTHS
        for actual in LENGTHS
    ]


def draw_line(ax: Axes, found: list[Beside]) -> None:
    """The line between lean and buffered, and what the simulation says of a first unit on both sides of it."""
    ends = np.array([0.55, 0.999])
    ax.plot(1.0 - ends, 1.0 - ends, color="black", linewidth=1.5, label="uptime = p / (p + h)")
    for saves, mark, colour, label in (
        (True, "^", COLOURS[2], "a first unit of buffer saves money"), (False, "v", COLOURS[1], "it costs money"),
    ):  # fmt: skip
        own = [one for one in found if (one.saves.value > 0.0) == saves]
        sure = [abs(one.saves.value) > one.saves.half_width for one in own]
        shift = [1.0 + 0.09 * (MENDS.index(one.times.mends) - 1) for one in own]
        ax.scatter(
            [(1.0 - one.times.uptime) * by for one, by in zip(own, shift, strict=True)],
            [1.0 - one.ratio for one in own], 34, marker=mark, edgecolors=colour, label=label, zorder=3,
            facecolors=[colour if one else "white" for one in sure],
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks([0.01, 0.02, 0.05, 0.1, 0.2, 0.4], ["1 %", "2 %", "5 %", "10 %", "20 %", "40 %"])
        axis.set_ticks([], minor=True)
    ax.set_xlim(0.012, 0.45)
    ax.set_ylim(0.008, 0.45)
    ax.text(0.02, 0.25, "efficient: no buffer", fontsize=SMALL + 1, color=GREY)
    ax.text(0.1, 0.0105, "fragile without a buffer", fontsize=SMALL + 1, color=GREY)


def figure(curves: list[list[Point]], found: list[Beside], runs: int) -> Figure:
    """The frontier of stock and waiting, and the line between lean and buffered."""
    drawn, (left, right) = new_figure(10.5, 4.8, 2)
    stock = np.linspace(0.0, max(BUFFERS), 200)
    for look, (length, curve) in enumerate(zip(LENGTHS, curves, strict=True)):
        times = Times(UPTIME, 1.0 / length)
        left.plot(stock, [owed_of(buffer, times) for buffer in stock], color=COLOURS[look], linewidth=1.5)
        label = f"{length:g} periods, {1000 * times.uptime * times.fails:.0f} in 1,000 periods"
        draw_points(left, curve, look, label)
    left.set_ylim(4e-3, 4.0)
    left.legend(
        frameon=False, fontsize=SMALL, title="an outage takes, and comes", title_fontsize=SMALL, alignment="left"
    )
    at = "buffer: stock in good times (units)"
    finish(left, f"a plant that works in {UPTIME:.0%} of all periods", at, "owed on average (units)", log=True)
    draw_line(right, found)
    right.legend(frameon=False, fontsize=SMALL, loc="lower right", bbox_to_anchor=(1.0, 0.1))
    where = "out: 1 - uptime (beside each other: outages of 2, 4 and 8 periods)"
    finish(right, "where a buffer pays at all (full mark: surely so)", where, "1 - p / (p + h)")
    explain(drawn, runs)
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 12 if quick else 150
    curves, found = frontier(runs), beside_the_line(runs)
    lines = table([point for curve in curves for point in curve], "buffer", "units owed")
    lines += ["", f"{'beside the line: p / (p + h), uptime, outage':<44} {'':>18}  a first unit saves (money a period)"]
    for one in found:
        what = f"{one.ratio:.3f}, {one.times.uptime:g}, {1 / one.times.mends:g} periods"
        lines.append(
            f"{what:<44} {'':>18}  {one.saves.value:>12.4g} {one.saves.half_width:>10.2g}  {one.expected:>12.4g}"
        )
    lines += ["", f"cost of a period, p / (p + h) = {CRITICAL:g}: planned for outages of, down; they take, across"]
    lines.append(f"{'periods':>10} " + " ".join(f"{length:>7g}" for length in LENGTHS))
    told = {(one.planned, one.actual): one.cost for one in planned_for_others(CRITICAL)}
    for planned in LENGTHS:
        lines.append(f"{planned:>10g} " + " ".join(f"{told[planned, actual]:>7.2f}" for actual in LENGTHS))
    short, long = LENGTHS[0], LENGTHS[-1]
    assert told[long, short] / told[short, short] > told[short, long] / told[long, long]
    assert told[short, long] - told[long, long] > told[long, short] - told[short, short]
    return lines, figure(curves, found, runs)


if __name__ == "__main__":
    publish("jit_frontier", __doc__, work)
