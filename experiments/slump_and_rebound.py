"""Why were there no chips? A carmaker orders just in time; demand halves, comes back, and the chipmaker fails.

The scenario jit-covid: a car a day, .5 on days 60 to 119, then 1.1; the chipmaker is out on days 120 to 179; chips
take 30 days; orders go up to F (30 + 1 + s) chips, where F is the smoothed demand and s the buffer. Expected: what is
on the way and on the shelf when demand comes back is F (31 + s) at F = .5, and has to last for 90 days of 1.1 cars: 99
- .5 (31 + s) = 83.5 - .5 s cars are lost. Had the carmaker ordered in the last 30 days of the slump what it would need
30 days later, 1.1 a day and not .5, it would lose 18 fewer: these it inflicts on itself. Had it kept its forecast
(smoothing 0), it would still have 31 + s chips, and lose 68 - s. From 29 days of buffer on the slump is over before
half of it is shed: 98 - s. Derived here; the story is that of cars and chips in 2020 and 2021.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from shared.pages import finish, new_figure, publish
from shared.played import Array

from supplynet import Scenario, load, run
from supplynet.plot.style import COLOURS, DASHES, GREY, SMALL
from supplynet.policies.ordering import Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BUFFERS: Final = tuple(float(days) for days in range(0, 46, 3))
SHOWN: Final = 10.0  # days of buffer in the run that is drawn by day
LEAD, SLUMP, REBOUND = 30, 0.5, 1.1
BACK, OUT = 120, 60  # when demand comes back and the chipmaker fails, and for how long it is out
LAST: Final = 240  # days drawn
SELF_INFLICTED: Final = (REBOUND - SLUMP) * LEAD
CLOSE: Final = 1e-6  # what is left of the forecast before the slump, when it ends


def played(scenario: Scenario) -> dict[str, Array]:
    """What happened by day: cars wanted and lost, the carmaker's orders and chips on its shelf."""
    record = run(scenario).record
    at = {name: row for row, name in enumerate(scenario.network.names)}
    return {
        "wanted": record["demand"][:, at["drivers"]], "lost": record["lost"][:, at["drivers"]],
        "ordered": record["production_order"][:, at["carmaker"]], "stock": record["on_hand"][:, at["carmaker"]],
    }  # fmt: skip


def just_in_time(buffer: float) -> Scenario:
    return load("jit-covid", buffer=buffer)


def foresees(buffer: float) -> Scenario:
    """The same orders, but those of the last days before the rebound at the rate at which they will be used."""
    orders = played(just_in_time(buffer))["ordered"]
    orders[BACK - LEAD : BACK] += REBOUND - SLUMP
    return just_in_time(buffer).with_lever("carmaker.ordering", Plan(tuple(orders)))


def keeps(buffer: float) -> Scenario:
    """A forecast that does not follow the slump."""
    return load("jit-covid", buffer=buffer, smoothing=0.0)


RULES: Final = {
    "follows the slump, as just-in-time does": just_in_time,
    "the same, but foresees the rebound": foresees,
    "keeps its forecast": keeps,
}


def theory(rule: str, buffer: float) -> float:
    """Cars lost. A forecast that stays at 1 runs short of 1.1 a day for ever with less than 2 days of buffer: nan."""
    if rule == "keeps its forecast":
        return max(0.0, 68.0 - buffer) if buffer >= (REBOUND - 1.0) * LEAD - 1.0 else float("nan")
    lost = 83.5 - 0.5 * buffer if buffer <= 29.0 else 98.0 - buffer
    return max(0.0, lost - (SELF_INFLICTED if rule == "the same, but foresees the rebound" else 0.0))


def figure(days: dict[str, Array], lost: dict[str, list[float]], buffers: list[float]) -> Figure:
    """Cars and chips by day, the shelf by day, and what is lost against the buffer."""
    drawn, axes = new_figure(11.5, 4.2, 3)
    shown = np.arange(LAST)
    for look, (key, label) in enumerate(
        (("wanted", "cars wanted"), ("lost", "cars lost"), ("ordered", "chips ordered"))
    ):
        axes[0].step(shown, days[key][:LAST], where="mid", color=COLOURS[look], linewidth=1.5, label=label)
    axes[1].plot(shown, days["stock"][:LAST], color=COLOURS[3], linewidth=1.5, label="chips on the shelf")
    axes[1].plot(shown, np.cumsum(days["lost"])[:LAST], color=COLOURS[1], linewidth=1.5, label="cars lost so far")
    fine = np.arange(0.0, max(buffers) + 0.05, 0.1)
    for look, (rule, found) in enumerate(lost.items()):
        axes[2].plot(fine, [theory(rule, buffer) for buffer in fine], color=COLOURS[look + 4], linewidth=1.5)
        axes[2].plot(
            buffers, found, "osD"[look], color=COLOURS[look + 4], markersize=4.5, markerfacecolor="white", label=rule
        )
    for ax in axes[:2]:
        ax.axvspan(BACK, BACK + OUT, color=GREY, alpha=0.15, linewidth=0.0)
        ax.axvline(BACK - OUT, color=GREY, linewidth=0.8, linestyle=DASHES[2])
        ax.set_xticks(range(0, LAST + 1, 60))
        ax.legend(frameon=True, framealpha=1.0, edgecolor="none", fontsize=SMALL, loc="upper left")
    axes[0].set_ylim(0.0, 9.0)
    axes[2].annotate(
        "", (15.0, theory("the same, but foresees the rebound", 15.0)), (15.0, theory("follows the slump", 15.0)),
        arrowprops={"arrowstyle": "<->", "color": GREY},
    )  # fmt: skip
    axes[2].text(15.6, 65.0, "18 self-inflicted", color=GREY, fontsize=SMALL)
    axes[2].text(7.0, 82.0, "83.5 - .5 s", color=COLOURS[4], fontsize=SMALL)
    axes[2].text(-0.6, 72.5, "short for ever", color=COLOURS[6], fontsize=SMALL - 1)
    axes[2].set_ylim(0.0, 90.0)
    axes[2].legend(frameon=False, fontsize=SMALL, loc="lower left")
    finish(axes[0], f"a day at the carmaker (s = {SHOWN:g})", "day (grey: the chipmaker is out)", "a day")
    finish(axes[1], "the shelf, and what it costs", "day (dotted: the slump begins)", "chips, cars")
    finish(axes[2], "cars lost in the year", "s, days of buffer", "cars (lines: theory)")
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    buffers = list(BUFFERS[::3] if quick else BUFFERS)
    lost = {rule: [float(played(of(buffer))["lost"].sum()) for buffer in buffers] for rule, of in RULES.items()}
    lines = [f"{'':<44} {'s':>6}  {'simulation':>12}  {'theory':>12}   cars lost"]
    for rule, found in lost.items():
        for buffer, cars in zip(buffers, found, strict=True):
            expected = theory(rule, buffer)
            assert np.isnan(expected) or abs(cars - expected) < CLOSE, f"{rule}, {buffer}: {cars}, not {expected}"
            lines.append(f"{rule:<44} {buffer:>6g}  {cars:>12.4f}  {expected:>12.4f}")
    return lines, figure(played(just_in_time(SHOWN)), lost, buffers)


if __name__ == "__main__":
    publish("slump_and_rebound", __doc__, work)
