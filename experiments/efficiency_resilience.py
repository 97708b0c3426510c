"""What does each way of working save in good times, and pay in a bad one? And when does pull stop paying?

Each system is played calm, and under the same shock (jit-covid: demand halves for a sixth of the run, comes back
higher, and all suppliers are out for a sixth), with buffers of 0 to 30 days of sales. Left: days of stock in the calm
run against days of sales that are missing at the worst moment of the shock, lost or late, beyond those of the calm run.
Expected: each system falls as its buffer grows, no faster than a day for a day (the line), since goods cover at most
what they are; pull stands to the left and higher than push, so that most of what it saves is what it lacks. Push
retail has bought before anything can fail, and lacks nothing but buyers. Inference saves stock and is hurt no more.

Right: zara against push-retail. With a chance q of a shock in a season, pull earns (1 - q) calm + q struck; it pays as
long as q is below gain / (gain + what the shock costs it more than push). Expected: the less buyers can be foretold the
more pull gains in calm and the more shocks it can bear; where they can be foretold it gains little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from shared.pages import finish, new_figure, publish
from shared.played import Estimate, mean_of, ratio_of

from supplynet import Scenario, load, sweep
from supplynet.plot.style import COLOURS, GREY, SMALL
from supplynet.scenarios.buffered import SYSTEMS
from supplynet.scenarios.shock import Shock, shocked
from supplynet.schema import CUSTOMER

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BUFFERS: Final = (0.0, 5.0, 10.0, 20.0, 30.0)
CALM: Final = {"slump": 1.0, "rebound": 1.0, "outage_length": 0}
ERRORS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Of the forecast of a season, standard deviation over mean."""


def missing(result: Any) -> float:
    """Periods of mean demand that are lost or late at the worst moment."""
    record, network = result.record, result.scenario.network
    market = np.flatnonzero(network.node["kind"] == CUSTOMER)
    short = record["backlog"][:, market].sum(axis=1) + np.cumsum(record["lost"][:, market].sum(axis=1))
    return float(short.max() / record["demand"][:, market].sum(axis=1).mean())


@dataclass(frozen=True)
class Place:
    """Where a system stands with a buffer: days of stock in calm, days of sales missing in the shock."""

    buffer: float
    stock: Estimate
    missing: Estimate


def places(name: str, buffers: tuple[float, ...], runs: int) -> list[Place]:
    """A system with each buffer, calm and struck, under the same luck."""
    scenarios = [load("jit-covid", system=name, buffer=days, **more) for days in buffers for more in (CALM, {})]
    table = sweep(scenarios, runs, outcomes=("days_of_inventory", missing))
    assert table["error"].isna().all()
    days = SYSTEMS[name].days
    stock, short = (days * table[key].to_numpy().reshape(-1, 2, runs) for key in ("days_of_inventory", "missing"))
    return [
        Place(buffer, mean_of(stock[at, 0]), mean_of(short[at, 1] - short[at, 0])) for at, buffer in enumerate(buffers)
    ]


@dataclass(frozen=True)
class Limit:
    """How many shocks a season pull can bear at some error of the forecast, and what it earns more in calm."""

    error: float
    gain: Estimate
    chance: Estimate


def limits(errors: tuple[float, ...], runs: int) -> list[Limit]:
    """Zara against push-retail, calm and struck, at each error of the forecast."""
    found = []
    for error in errors:
        calm = [load(name, forecast_cv=error) for name in ("push-retail", "zara")]
        table = sweep([each for one in calm for each in (one, _struck(one))], runs, outcomes=("profit",))
        assert table["error"].isna().all()
        push, push_struck, pull, pull_struck = table["profit"].to_numpy().reshape(4, runs)
        gain = pull - push
        found.append(Limit(error, mean_of(gain), ratio_of(gain, push_struck - pull_struck + gain)))
    return found


def _struck(scenario: Scenario) -> Scenario:
    """The same season under the shock of jit-covid, with all makers out."""
    makers = [name for name in scenario.network.names if name.startswith("maker-")]
    return shocked(scenario, Shock(capacity=math.inf).within(scenario.periods), makers)


def draw_places(ax: Axes, found: dict[str, list[Place]]) -> None:
    """A line for each system, from no buffer to the largest."""
    for at, (name, own) in enumerate(found.items()):
        pull = at % 2 == 1
        x, y = [one.stock.value for one in own], [one.missing.value for one in own]
        look: Any = {"color": COLOURS[1 + at // 2], "linestyle": "-" if pull else "--", "linewidth": 1.3}
        ax.plot(x, y, marker="o" if pull else "s", markersize=4, markerfacecolor="white", label=name, **look)
        ax.plot(x[0], y[0], marker="o" if pull else "s", markersize=7, color=look["color"])
    ax.plot([90.0, 140.0], [60.0, 10.0], color=GREY, linewidth=1.2, linestyle=":")
    ax.text(122.0, 32.0, "a day for a day", color=GREY, fontsize=SMALL)
    ax.axhline(0.0, color=GREY, linewidth=0.8)
    ax.set_xlim(left=0.0)
    ax.legend(
        fontsize=SMALL, frameon=False, ncols=2, loc="upper right", title="filled: no buffer", title_fontsize=SMALL
    )
    finish(ax, "What is saved in good times, and what is missing in a bad one", "days of stock, calm",
           "days of sales missing at the worst moment")  # fmt: skip


def draw_limits(ax: Axes, found: list[Limit]) -> None:
    """The chance of a shock up to which pull pays."""
    x, y = [one.error for one in found], [one.chance.value for one in found]
    half = [one.chance.half_width for one in found]
    ax.fill_between(x, y, color=COLOURS[1], alpha=0.18, linewidth=0)
    ax.errorbar(x, y, half, fmt="o-", color=COLOURS[1], markersize=4.5, markerfacecolor="white", capsize=2.0)
    ax.set_ylim(0.0, 1.0)
    ax.text(x[-1], 0.12, "pull pays", color=COLOURS[1], ha="right", fontsize=SMALL + 2)
    ax.text(x[0], 0.9, "push pays", color=GREY, ha="left", fontsize=SMALL + 2)
    finish(ax, "Zara against push-retail: shocks that pull can bear", "error of the forecast, sd / mean",
           "chance of such a shock in a season")  # fmt: skip


def work(quick: bool) -> tuple[list[str], Figure]:
    buffers, errors, runs = (BUFFERS[::4], ERRORS[::4], 2) if quick else (BUFFERS, ERRORS, 8)
    lines = [f"{'system':<18}{'buffer':>8}{'days of stock, calm':>22}{'+-':>7}{'days missing, struck':>22}{'+-':>7}"]
    found = {name: places(name, buffers, runs) for name in SYSTEMS}
    for name, own in found.items():
        lines += [
            f"{name:<18}{one.buffer:>8g}{one.stock.value:>22.2f}{one.stock.half_width:>7.2f}"
            f"{one.missing.value:>22.2f}{one.missing.half_width:>7.2f}"
            for one in own
        ]
    bounds = limits(errors, runs * 20)
    lines += [
        "",
        f"{'error of the forecast':<24}{'pull earns more, calm':>24}{'+-':>10}{'chance it can bear':>22}{'+-':>8}",
    ]
    lines += [
        f"{one.error:<24g}{one.gain.value:>24,.0f}{one.gain.half_width:>10,.0f}{one.chance.value:>22.3f}"
        f"{one.chance.half_width:>8.3f}"
        for one in bounds
    ]
    drawn, axes = new_figure(12.0, 5.6, 2)
    draw_places(axes[0], found)
    draw_limits(axes[1], bounds)
    return lines, drawn


if __name__ == "__main__":
    publish("efficiency_resilience", __doc__, work)
