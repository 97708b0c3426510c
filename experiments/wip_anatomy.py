"""What of a line's work in process goes when cards come, what when lots shrink, and what only when both do?

The line of `batch-line` and `toyota`: five machines, equal output, customers served as well. Expected: machines hold
N (setup + Q t) / takt whatever rules them, so a quarter of the lot at a quarter of the set-up leaves a quarter of that,
and cards none of it less. The rest waits. A schedule with half a shift of reserve at every station holds it against its
own errors, and those do not shrink with the lot; two cards hold a lot before and behind each machine, which does not
shrink unless the lot does. So cards alone and small lots alone save a fifth each, both together about three quarters,
and one count of cards for the whole line (CONWIP), which fills no shelves between machines, nine tenths; most of that
even with large lots. What is saved depends on whom one compares with. The leanest schedule that serves as well keeps
its reserve in finished goods and holds half as much; two cards with large lots hold far more than that, and with small
lots it needs no more work in process than they do, but five times the finished goods.
Right: where machines are unsteady and no shelf is filled, the card alone saves 1/N at equal output as the period
shrinks: w cards give u = w / (w + N - 1) of a machine's output, and N queues of that load hold N u / (1 - u) without.
Source: Hopp & Spearman (2011), Factory Physics; the part saved, and both in periods, derived in tests/test_theory_*.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from shared.pages import Point, check, draw_points, explain, finish, publish, table
from shared.played import Estimate, mean_of, series

from supplynet import Keep, Scenario, Signal, from_graph, load
from supplynet.distributions import Bernoulli
from supplynet.engine import start
from supplynet.lower import Case
from supplynet.plot.style import COLOURS, DASHES, SMALL
from supplynet.policies.ordering import Conwip, MakeToOrder
from supplynet.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
STATIONS, UNIT_TIME, DEMAND = 5, 0.8, 0.75
LARGE: Final = {"lot": 100.0, "setup": 20.0}
SMALL_LOTS: Final = {"lot": 25.0, "setup": 5.0}
EVERY: Final = 7  # stock is looked at once in so many periods, which divides no lot's cycle
SERVICE: Final = 0.99
BETWEEN: Final = (25.0, 50.0, 75.0, 100.0)  # minutes of reserve at each machine of a lean schedule
FINISHED: Final = (240.0, 300.0, 360.0, 420.0)  # and of finished goods
CHANCE: Final = 0.2  # that an unsteady machine finishes a unit in a period
LINES: Final = range(2, 9)


@dataclass(frozen=True)
class Way:
    """One way to run the line: its name, the scenario, the levers, and what it was found to hold."""

    name: str
    scenario: str
    levers: dict[str, Any]

    @property
    def busy(self) -> float:
        """Minutes that a lot keeps a machine."""
        return float(self.levers["setup"] + UNIT_TIME * self.levers["lot"])


@dataclass(frozen=True)
class Held:
    """What a way holds at each station and before the assembly, [run, place], and how it serves, [run]."""

    machines: Array
    waiting: Array
    finished: Array
    fill: Array
    output: Array

    @property
    def work(self) -> Estimate:
        """Work in process."""
        return mean_of((self.machines + self.waiting).sum(axis=1))


WAYS: Final = (
    Way("schedule,\nlarge lots", "batch-line", LARGE),
    Way("two cards\nalone", "toyota", {**LARGE, "cards": 20}),
    Way("small lots\nalone", "batch-line", SMALL_LOTS),
    Way("two cards,\nsmall lots", "toyota", SMALL_LOTS),
    Way("CONWIP,\nlarge lots", "conwip-line", {**LARGE, "cards": 6}),
    Way("CONWIP,\nsmall lots", "conwip-line", {**SMALL_LOTS, "cards": 8}),
)


def play(ways: list[Way], runs: int) -> list[Held]:
    """Play some ways as one union, with the same luck."""
    scenarios = [load(way.scenario, **way.levers) for way in ways]
    periods, warm_up = scenarios[0].periods, scenarios[0].warm_up
    cases = [Case(each.network, each.seed, tuple(range(runs)), each.start) for each in scenarios]
    ready = start(cases, periods)
    keep = Keep(("on_hand", "in_process", "input_stock"), every=EVERY, totals=("filled", "demand", "shipped"))
    record = Record(ready.union, periods, keep, warm_up=warm_up)
    ready.run(periods, [record])
    found = []
    for at, scenario in enumerate(scenarios):
        names = scenario.network.names
        rows, lanes = record.union.case_rows(at)
        places = rows[:, [names.index(f"station-{n + 1}") for n in range(STATIONS)] + [names.index("assembly")]]
        ends = record.union.layout.inbound[lanes][:, : STATIONS + 1]
        means = {
            key: record.rows(key)[warm_up // EVERY :, chosen].mean(axis=0)
            for key, chosen in (("on_hand", places), ("in_process", places), ("input_stock", ends))
        }
        shelf = means["on_hand"].copy()
        shelf[:, -1] = 0.0  # those are finished goods
        filled, demand, sold = (record.totals[key][places[:, -1]] for key in ("filled", "demand", "shipped"))
        found.append(
            Held(
                means["in_process"], means["input_stock"] + shelf, means["on_hand"][:, -1], filled / demand,
                sold / (periods - warm_up),
            )
        )  # fmt: skip
    return found


def leanest(lots: dict[str, Any], runs: int, reserves: list[tuple[float, float]]) -> tuple[Way, Held]:
    """The schedule that holds least of those that serve customers well enough, finished goods included."""
    ways = [
        Way("leanest schedule", "batch-line", {**lots, "safety_periods": between, "finished_periods": finished})
        for between, finished in reserves
    ]
    served = [(way, held) for way, held in zip(ways, play(ways, runs), strict=True) if held.fill.mean() >= SERVICE]
    return min(served, key=lambda found: found[1].work.value + found[1].finished.mean())


def conwip_output(stations: int, cards: int) -> float:
    """Units a period of a line with cards: each way to keep k stations busy weighs (1 - p)^-k."""
    busy = np.arange(1, min(stations, cards) + 1)
    ways = np.array([math.comb(stations, k) * math.comb(cards - 1, k - 1) for k in busy.tolist()])
    weight = ways * (1.0 - CHANCE) ** -busy
    return CHANCE * float((busy / stations * weight).sum() / weight.sum())


def unsteady(stations: int, head: Any, demand: Any, **scenario: Any) -> Scenario:
    """Stations that finish a unit with a chance, each of which works on what comes."""
    graph = nx.DiGraph()
    names = [f"station {number}" for number in range(1, stations + 1)]
    for name in names:
        rule = head if name == names[0] else MakeToOrder()
        graph.add_node(name, kind="factory", ordering=rule, capacity=Bernoulli(CHANCE))
    graph.add_node("customer", kind="customer", demand=demand)
    for supplier, buyer in itertools.pairwise(names):
        graph.add_edge(supplier, buyer, order_lead_time=0, shipment_lead_time=1)
    graph.add_edge(names[-1], "customer", order_lead_time=0, shipment_lead_time=0)
    signals = [Signal(names[-1], names[0], "shipped", 1)] if isinstance(head, Conwip) else []
    return Scenario(
        "unsteady", from_graph(graph, signals=signals), start="empty", periods=3600, warm_up=600, **scenario
    )


def card_alone(stations: int, runs: int) -> list[Point]:
    """The output of a line with two cards a station, and what it saves against the same output without cards."""
    cards, last = 2 * stations, f"station {stations}"
    rate = conwip_output(stations, cards)
    made = series(unsteady(stations, Conwip(cards), float(cards)), ("shipped",), runs)["shipped"][last].mean(axis=1)
    free = series(unsteady(stations, MakeToOrder(), Bernoulli(rate)), ("demand", "shipped", "backlog"), runs)
    owed = free["backlog"][last]  # at the end of a period: what is in the line
    held = (owed[:, :-1] + free["demand"][last][:, 1:]).mean(axis=1)  # as work begins, with what comes today
    theory = stations * rate * (1.0 - rate) / (CHANCE - rate)
    return [
        Point("output with cards, by stations", stations, mean_of(made), rate),
        Point("held without cards, by stations", stations, mean_of(held), theory),
        Point("part saved by the card, by stations", stations, saved_of(held, cards), 1.0 - cards / theory),
    ]


def saved_of(held: Array, cards: int) -> Estimate:
    """What cards save of what a line holds without, whose error is that of the mean held, to first order."""
    mean = mean_of(held)
    return Estimate(1.0 - cards / mean.value, cards * mean.error / mean.value**2, mean.runs)


def draw_ways(ax: Axes, held: list[Held], lean: dict[int, Held]) -> None:
    """Work in process of each way, a thin bar for each station: dark in the machine, pale waiting."""
    pushed = held[0].work.value
    for at, (way, own) in enumerate(zip(WAYS, held, strict=True)):
        x = at + (np.arange(STATIONS + 1) - STATIONS / 2) * 0.13
        machines, waiting = own.machines.mean(axis=0), own.waiting.mean(axis=0)
        ax.bar(x, machines, 0.11, color=COLOURS[1])
        ax.bar(x, waiting, 0.11, bottom=machines, color=COLOURS[6])
        theory = way.busy * DEMAND
        ax.plot(x[[0, -2]] + (-0.06, 0.06), [theory, theory], color=COLOURS[0], linewidth=1.5)
        top = float((machines + waiting).max())
        write(ax, at, top, own.work.value, pushed, COLOURS[0])
        if at in lean:
            outline = (lean[at].machines + lean[at].waiting).mean(axis=0)
            ax.bar(x, outline, 0.11, facecolor="none", edgecolor=COLOURS[2], linewidth=1.2)
            write(ax, at, top + 32.0, lean[at].work.value, pushed, COLOURS[2])
    ax.set_xticks(range(len(WAYS)), [way.name for way in WAYS])
    ax.set_ylim(0.0, 370.0)
    looks = ((COLOURS[1], "none", "in the machine"), (COLOURS[6], "none", "waiting: before it, behind it"),
             ("none", COLOURS[2], "the leanest schedule that serves as well"))  # fmt: skip
    for face, edge, label in looks:
        ax.bar([0], [0], color=face, edgecolor=edge, label=label)
    ax.plot([], [], color=COLOURS[0], linewidth=1.5, label="(setup + Q t) / takt, in theory in a machine")
    ax.legend(frameon=False, fontsize=SMALL, loc="upper right")
    finish(ax, "work in process by station, 1 to 5, and before the assembly", "", "units")


def write(ax: Axes, at: float, above: float, work: float, pushed: float, colour: str) -> None:
    """Work in process, and by how much it is less than that of the schedule with large lots."""
    less = "in all" if work == pushed else f"{work / pushed - 1.0:+.0%}".replace("-", "−")
    ax.annotate(
        f"{work:,.0f}\n{less}", (at, above), (0, 4), textcoords="offset points", ha="center", fontsize=SMALL + 1,
        color=colour,
    )  # fmt: skip


def figure(held: list[Held], lean: dict[int, Held], cards: list[Point], runs: int) -> Figure:
    """What each way holds, by station; and what the card alone saves, by the number of stations."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(11.5, 4.6), layout="constrained")
    left, right = drawn.subplots(1, 2, width_ratios=[2.2, 1.0])
    draw_ways(left, held, lean)
    dense = np.linspace(min(LINES), max(LINES), 100)
    right.plot(dense, 1.0 / dense, color=COLOURS[1], linewidth=1.5, linestyle=DASHES[1], label="continuous time: 1/N")
    right.plot(LINES, [expected_saving(n) for n in LINES], color=COLOURS[2], linewidth=1.5)
    draw_points(right, cards, 2, f"machines that finish with a chance of {CHANCE:g}")
    right.set_ylim(0.0, 0.6)
    right.set_xticks(LINES)
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    right.legend(frameon=False, fontsize=SMALL, loc="upper right")
    finish(right, "the card alone, at equal output", "stations N", "part of work in process saved")
    explain(drawn, runs)
    return drawn


def expected_saving(stations: int) -> float:
    """The part that cards save in periods."""
    rate = conwip_output(stations, 2 * stations)
    return 1.0 - 2 * stations * (CHANCE - rate) / (stations * rate * (1.0 - rate))


def lines_of(held: list[Held], lean: dict[int, tuple[Way, Held]]) -> list[str]:
    """What each way holds, as a table."""
    pushed = held[0].work.value
    rows = [*zip(WAYS, held, strict=True), *lean.values()]
    lines = [f"{'':<32} {'work in process':>18} {'saved':>7} {'machines':>9} {'finished':>9} {'fill':>7} {'output':>7}"]
    for way, own in rows:
        name = way.name.replace("\n", " ")
        if "safety_periods" in way.levers:
            between, finished, lot = (way.levers[key] for key in ("safety_periods", "finished_periods", "lot"))
            name = f"lean: {between:g}, {finished:g} min, Q {lot:g}"
        lines.append(
            f"{name:<32} {own.work.value:>10,.1f} +-{own.work.half_width:>5.1f} {1.0 - own.work.value / pushed:>7.1%} "
            f"{own.machines.sum(axis=1).mean():>9.1f} {own.finished.mean():>9.1f} {own.fill.mean():>7.4f} "
            f"{own.output.mean():>7.4f}"
        )
    return lines


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 12 if quick else 100
    held = play(list(WAYS), runs)
    reserves = [(50.0, 360.0), (240.0, 360.0)] if quick else list(itertools.product(BETWEEN, FINISHED))
    lean = {at: leanest(WAYS[at].levers, runs, reserves) for at in (0, 2)}
    machines = [
        Point(f"in machines: {way.name}".replace("\n", " "), way.levers["lot"], mean_of(own.machines.sum(axis=1)),
              STATIONS * way.busy * DEMAND)
        for way, own in zip(WAYS, held, strict=True)
    ]  # fmt: skip
    cards = [card_alone(n, runs) for n in (LINES[::3] if quick else LINES)]
    points = [*machines, *itertools.chain(*cards)]
    check(points)
    drawn = figure(held, {at: own for at, (_, own) in lean.items()}, [three[2] for three in cards], runs)
    return [*lines_of(held, lean), "", *table(points, "Q, or N", "")], drawn


if __name__ == "__main__":
    publish("wip_anatomy", __doc__, work)
