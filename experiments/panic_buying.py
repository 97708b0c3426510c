"""Which part of the wave of flour orders at the mill in 2020 do hoarding, rationing and gaming each explain?

The scenario flour-2020, in which households use what the USDA says they bought, but at most 1.75 times the normal: what
is above it in March went into pantries (an assumption, as nobody counted). Three behaviours are switched on, in all
eight ways: households stock up to 4 weeks more while shelves look empty (PanicBuying); the mill makes at most 1.5 times
normal sales, and shares out what it has; shops and centres ask for up to m times their need where they got only a part
(ShortageGaming). Each one's part of the peak of orders at the mill is its Shapley value: what it adds, averaged over
the orders in which the three can be switched on. Expected: forecasts that follow their own orders make a wave of any
lasting rise (Chen, Drezner, Ryan & Simchi-Levi 2000); two stages that ask for up to m times as much make gaming worth
up to m * m times the peak (Lee, Padmanabhan & Whang 1997), and hoarding feeds it; the mill's limit lengthens the queue,
and raises what is asked of the mill only where the shortage comes back as panic. Nobody can ask the shops for more than
use and pantry: 5.75. The data are sales, cut by empty shelves; orders at the mill were never published.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Final

import numpy as np
from shared.pages import finish, new_figure, publish
from shared.played import Array

from supplynet import load, run
from supplynet.demand import Trace
from supplynet.plot.style import COLOURS, DASHES, GREY, SMALL
from supplynet.policies.input import PanicBuying, ShortageGaming
from supplynet.scenarios.flour_2020 import CENTRES, INDEX, NORMAL_SALES, REGIONS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_USED: Final = 1.75  # times the normal; in April and May 2020 sales were 2.02 to 1.31 times the normal
PANIC: Final = PanicBuying(4.0, 0.0, 0.25)
LIMIT, ENDLESS = 1.5, 100.0  # what the mill can make, times normal sales
INFLATIONS: Final = (1.25, 1.5, 2.0, 3.0)  # m
SHOWN: Final = 1.5  # m of the runs that are drawn by week
SPRING: Final = 35  # weeks in which the wave of March is over, and that of Thanksgiving has not begun
SWITCHES: Final = ("hoarding", "rationing", "gaming")
On = frozenset[str]


def played(on: On, inflation: float) -> dict[str, Array]:
    """By week, in parts of normal sales: asked of the shops, sold, asked of the mill, and owed by it."""
    scenario = load("flour-2020", mill_capacity=LIMIT if "rationing" in on else ENDLESS)
    network, names = scenario.network, scenario.network.names
    for region, part in REGIONS.items():
        used = Trace(tuple(NORMAL_SALES * part * min(index, MOST_USED) for index in INDEX))
        network = network.with_column("node", "demand", np.array([names.index(f"households-{region}")]), used)
    rules: dict[str, PanicBuying | ShortageGaming] = {}
    if "hoarding" in on:
        rules |= {f"households-{region}.input_rule": PANIC for region in REGIONS}
    if "gaming" in on:
        buyers = (*(f"shops-{region}" for region in REGIONS), *CENTRES)
        rules |= {f"{buyer}.input_rule": ShortageGaming(inflation) for buyer in buyers}
    record = run(replace(scenario, network=network).with_levers(rules)).record
    shops, mill = [names.index(f"shops-{region}") for region in REGIONS], names.index("mill")
    columns = {
        "asked of the shops": record["demand"][:, shops].sum(axis=1), "sold": record["shipped"][:, shops].sum(axis=1),
        "asked of the mill": record["demand"][:, mill], "owed": record["backlog"][:, mill],
    }  # fmt: skip
    return {name: column / NORMAL_SALES for name, column in columns.items()}


def peak(weeks: Array) -> float:
    """The most of any week of spring."""
    return float(weeks[:SPRING].max())


def parts(peaks: dict[On, float]) -> dict[str, float]:
    """What use, forecasts, and each switch add to the peak at the mill; the switches' are Shapley values."""
    added = {"use": MOST_USED, "forecasts, lead times": peaks[frozenset()] - MOST_USED} | dict.fromkeys(SWITCHES, 0.0)
    orders = list(permutations(SWITCHES))
    for order in orders:
        for at, switch in enumerate(order):
            added[switch] += (peaks[frozenset(order[: at + 1])] - peaks[frozenset(order[:at])]) / len(orders)
    return added


def figure(days: dict[On, dict[str, Array]], explained: dict[float, dict[str, float]]) -> Figure:
    """The wave at the tills beside the data, the wave at the mill step by step, and its parts against m."""
    drawn, axes = new_figure(12.5, 4.4, 3)
    weeks = np.arange(len(INDEX))
    everything = days[frozenset(SWITCHES)]
    lines = {
        "USDA: sold": INDEX, "used (assumed)": np.minimum(INDEX, MOST_USED),
        "all three on: asked of the shops": everything["asked of the shops"], "all three on: sold": everything["sold"],
    }  # fmt: skip
    for look, (label, line) in enumerate(lines.items()):
        axes[0].plot(weeks, line, color=COLOURS[look], linestyle=DASHES[look], linewidth=1.5, label=label)
    for number in range(len(SWITCHES) + 1):
        label = f"+ {SWITCHES[number - 1]}" if number else "forecasts and lead times"
        line = days[frozenset(SWITCHES[:number])]["asked of the mill"]
        axes[1].plot(weeks, line, color=COLOURS[number + 1], linestyle=DASHES[number], linewidth=1.5, label=label)
    axes[1].plot(weeks, INDEX, color=COLOURS[0], linewidth=1.5, label="USDA: sold in the shops")
    axes[1].axhline(LIMIT, color=GREY, linewidth=0.8)
    axes[1].text(21.5, LIMIT + 0.05, "the mill's limit", color=GREY, fontsize=SMALL, va="bottom")
    places = np.arange(len(explained))
    for look, name in enumerate(next(iter(explained.values()))):
        own = np.array([found[name] for found in explained.values()])
        before = [sum(max(0.0, part) for part in [*found.values()][:look]) for found in explained.values()]
        axes[2].bar(places, own, 0.6, np.where(own > 0.0, before, 0.0), color=COLOURS[6 - look], label=name)
    axes[2].set_xticks(places, [f"{inflation:g}" for inflation in explained])
    for ax in axes[:2]:
        ax.set_ylim(0.0, 1.35 * ax.get_ylim()[1])
    for ax in axes:
        ax.legend(frameon=False, fontsize=SMALL, loc="upper left")
    finish(axes[0], f"at the tills (m = {SHOWN:g})", "week of 2020", "times normal sales")
    finish(axes[1], f"asked of the mill, one by one (m = {SHOWN:g})", "week of 2020", "times normal sales")
    finish(
        axes[2], "the peak at the mill, and what explains it", "m, most that is asked for a need of 1", "times normal"
    )
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    lines = [f"{'m':>5}  {'switched on':<28} {'shops asked':>11} {'sold':>6} {'mill asked':>10} {'owed, weeks':>11}"]
    explained: dict[float, dict[str, float]] = {}
    shown: dict[On, dict[str, Array]] = {}
    for inflation in INFLATIONS[1::2] if quick else INFLATIONS:
        sets = [frozenset(some) for number in range(4) for some in combinations(SWITCHES, number)]
        days = {on: played(on, inflation) for on in sets}
        for on, found in days.items():
            assert found["asked of the shops"].max() <= MOST_USED + PANIC.periods_hoarded + 1e-9
            told = "  ".join(switch for switch in SWITCHES if switch in on) or "-"
            asked, sold, mill, owed = (peak(column) for column in found.values())
            lines.append(f"{inflation:>5g}  {told:<28} {asked:>11.2f} {sold:>6.2f} {mill:>10.2f} {owed:>11.1f}")
        explained[inflation] = parts({on: peak(found["asked of the mill"]) for on, found in days.items()})
        shown = days if inflation == SHOWN else shown
    for inflation, added in explained.items():
        said = ", ".join(f"{name} {part:.2f}" for name, part in added.items())
        lines.append(f"of the peak at the mill, {sum(added.values()):.2f} with m = {inflation:g}: {said}")
    return lines, figure(shown, explained)


if __name__ == "__main__":
    publish("panic_buying", __doc__, work)
