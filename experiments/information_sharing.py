"""How much does it help a chain if all are told what the market wants? Six firms that forecast, with and without.

All order up to a moving average, each two periods from its supplier; either each forecasts the orders it gets, or all
forecast what the market wants. Expected: orders amplify with the square of the lead times added up if all are told,
1 + 2 S/p + 2 (S/p)^2 with S = L_1 + ... + L_k, and if not, from tier to tier by a factor, which even grows: more than
by the product of 1 + 2 L/p + 2 (L/p)^2 of each, since orders of those below are correlated. Telling does not end it.
Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3); the chain without telling, derived here.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from shared.pages import Point, check, draw_points, explain, finish, new_figure, publish, table
from shared.played import MEAN, SD, bullwhip_by_tier, chain
from shared.theory import moving_average, ratio_of_response

from supplynet import Signal
from supplynet.distributions import Normal
from supplynet.plot.style import COLOURS, DASHES, GREY, SMALL
from supplynet.policies.ordering import OrderUpToMovingAverage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TIERS: Final = range(1, 7)
COVERAGE: Final = 2  # periods from an order to its goods
WINDOWS: Final = (5, 10)
PERIODS: Final = 900
WARM_UP: Final = 150
TOLD: Final = "all are told what the market wants"
UNTOLD: Final = "each sees the orders it gets"


def expected(tier: int, window: int, told: bool) -> float:
    """Var(orders of a tier) / Var(demand of the market): coverages add up, or answers multiply as polynomials do."""
    if told:
        return ratio_of_response(moving_average(tier * COVERAGE, window))
    together = np.ones(1)
    for _ in range(tier):
        together = np.convolve(together, moving_average(COVERAGE, window))
    return ratio_of_response(together)


def bound(tier: int, window: int) -> float:
    """The product of the ratios that each tier would have alone: a lower bound of Chen et al. where nobody is told."""
    return ratio_of_response(moving_average(COVERAGE, window)) ** tier


def measure(window: int, told: bool, runs: int) -> list[Point]:
    """The bullwhip ratio at each tier."""
    rule = OrderUpToMovingAverage(window, forecast_from="told_demand" if told else "demand")
    signals = [Signal("customer", f"tier {tier}", "demand", delay=0) for tier in TIERS if told]
    scenario = chain(
        [rule] * len(TIERS), [COVERAGE] * len(TIERS), Normal(MEAN, SD), signals=signals, periods=PERIODS,
        warm_up=WARM_UP,
    )  # fmt: skip
    name = f"{TOLD if told else UNTOLD}, p = {window}"
    measured = bullwhip_by_tier(scenario, runs)
    return [Point(name, tier, one, expected(tier, window, told)) for tier, one in zip(TIERS, measured, strict=True)]


def figure(measured: dict[tuple[int, bool], list[Point]], runs: int) -> Figure:
    """Tier against bullwhip ratio, told and not told, for a short and a long memory."""
    drawn, axes = new_figure(9.0, 4.4, 2, same_y=True)
    tiers = [0, *TIERS]
    for ax, window in zip(axes, WINDOWS, strict=True):
        bounds = [bound(tier, window) for tier in tiers]
        for look, told in ((2, False), (1, True)):
            theory = [1.0, *(expected(tier, window, told) for tier in TIERS)]
            ax.plot(tiers, theory, color=COLOURS[look], linewidth=1.5)
            draw_points(ax, measured[window, told], look, TOLD if told else UNTOLD)
        ax.plot(tiers, bounds, color=GREY, linewidth=1.2, linestyle=DASHES[2], label="product of each tier's own ratio")
        ax.set_xticks(tiers, ["the\nmarket", *map(str, TIERS)])
        finish(ax, f"forecast: mean of the last {window} periods", "tier", "", log=True)
    axes[0].set_ylabel("Var(orders) / Var(demand of the market)", fontsize=SMALL + 1)
    axes[0].legend(frameon=False, fontsize=SMALL, loc="upper left")
    explain(drawn, runs)
    return drawn


def work(quick: bool) -> tuple[list[str], Figure]:
    runs = 20 if quick else 200
    measured = {(window, told): measure(window, told, runs) for window in WINDOWS for told in (False, True)}
    points = [point for curve in measured.values() for point in curve]
    check(points)
    for window in WINDOWS:
        untold, told = measured[window, False], measured[window, True]
        assert all(one.measured.value > bound(int(one.at), window) for one in untold[1:]), "the product is a bound"
        steps = [[two.measured.value / one.measured.value for one, two in pairwise(own)] for own in (untold, told)]
        assert all(of_untold > of_told for of_untold, of_told in zip(*steps, strict=True)), "a factor against a sum"
    return table(points, "tier", "Var(orders) / Var(demand)"), figure(measured, runs)


if __name__ == "__main__":
    publish("information_sharing", __doc__, work)
