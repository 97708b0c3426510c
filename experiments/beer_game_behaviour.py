"""What does it cost in the beer game to be hasty, and to forget what one has ordered? Sterman's alpha and beta.

Each week a player orders what it expects to sell and a part alpha of what its stock lacks, of which it takes a part
beta of what is on its way for had. Expected: (1) with alpha = beta = 1, the best desired stocks and a steady
expectation the game costs 204, and no smaller alpha or beta costs less. (2) With the mean of Sterman's subjects (alpha
0.26, beta 0.34, an expectation that follows sales, a desired stock of 17) it costs over ten times that, and to remember
all that is on its way is cheaper, to remember nothing dearer. (3) Theory of a lone player, whose supplier is always in
stock and L = 4 weeks away: with h = alpha beta, the roots of z^L - (1 - h) z^(L-1) + alpha - h tell how it gets over a
shock. It comes back without swinging if alpha - h <= (L-1)^(L-1) / L^L (1 - h)^L, and never if a root leaves the unit
circle, at sin w / sin((L-1) w) = alpha - h and 1 - cos w - sin w / tan((L-1) w) = h. Where a lone player swings for
ever, four together cost most.
Source: Sterman (1989), Management Science 35(3); the two lines, derived here.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from shared.pages import finish, new_figure, publish
from shared.played import MEAN, STOCK, chain

import supplynet
from supplynet import Keep
from supplynet.demand import Trace
from supplynet.engine import start
from supplynet.lower import Case
from supplynet.plot.style import SMALL
from supplynet.policies.ordering import Sterman
from supplynet.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[Any]
Marked = dict[tuple[float, float], float]  # what it costs at an alpha and a beta
GAMES: Final = {
    "beer-game": "the best desired stocks (28, factory 20),\nsteady expectation",
    "beer-game-sterman": "as people: a desired stock of 17,\nexpectation follows sales (θ = 0.36)",
}
BEST: Final = (1.0, 1.0)  # alpha and beta
PEOPLE: Final = (0.26, 0.34)
WEEKS_AWAY: Final = 4
PULSE: Final = 0.01  # units more than usual that a lone player is asked once, so that swings that grow are not cut


def costs(game: str, alphas: Array, betas: Array) -> Array:
    """What the game costs, [beta, alpha]; all games are one union of networks."""
    scenarios = [
        supplynet.load(game, stock_adjustment=alpha, supply_line_weight=beta)
        for beta, alpha in product(betas.tolist(), alphas.tolist())
    ]
    weeks = scenarios[0].periods
    ready = start([Case(scenario.network) for scenario in scenarios], weeks)
    record = Record(ready.union, weeks, Keep(columns=("cost",)))
    ready.run(weeks, [record])
    by_player = record.of_runs("cost", 0, len(scenarios))
    spent: Array = by_player.reshape(weeks, betas.size, alphas.size, -1).sum(axis=(0, 3))
    return spent


def lines(points: int = 2000) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Alpha and beta along the two lines of the lone player: where swings begin, and where they never end."""
    before = WEEKS_AWAY - 1
    h = np.linspace(0.0, 1.0, points)
    begin = h + before**before / WEEKS_AWAY**WEEKS_AWAY * (1.0 - h) ** WEEKS_AWAY
    w = np.linspace(np.pi / (2 * before + 1), 0.9 * np.pi / before, points)  # where beta grows with w
    gain = 1.0 - np.cos(w) - np.sin(w) / np.tan(before * w)
    never = gain + np.sin(w) / np.sin(before * w)
    return (begin, h / begin), (never, gain / never)


def lone_players(plane: list[tuple[float, float]], weeks: int) -> Array:
    """What players order more than usual after a single week of higher demand, [week, player]."""
    demand = Trace((MEAN, MEAN + PULSE, MEAN))
    cases = [
        Case(chain([Sterman((STOCK + beta * (WEEKS_AWAY - 1)) * MEAN, alpha, beta)], [WEEKS_AWAY], demand).network)
        for alpha, beta in plane
    ]
    ready = start(cases, weeks)
    record = Record(ready.union, weeks, Keep(columns=("production_order",)))
    ready.run(weeks, [record])
    orders = record.of_runs("production_order", 0, len(plane)).reshape(weeks, len(plane), -1)
    assert orders[:, :, 1].min() > 0.0, "an order was cut, and theory is about orders that are not"
    away: Array = orders[:, :, 1] - MEAN
    return away


def check_lines(steps: int) -> int:
    """Assert that lone players, on a grid of alpha and beta, do what the lines say of them; gives how many did.

    Those within a tenth of a line, who take too long to show it, and those whose swings explode are left out.
    """
    middle = ((np.arange(steps) + 0.5) / steps).tolist()
    begin, never = (dict(zip(middle, np.interp(middle, beta, alpha), strict=True)) for alpha, beta in lines())
    plane = [
        (alpha, beta)
        for alpha, beta in product(middle, middle)
        if alpha < 1.3 * never[beta] and all(abs(alpha / line[beta] - 1.0) > 0.1 for line in (begin, never))
    ]
    for (alpha, beta), orders in zip(plane, lone_players(plane, 161).T, strict=True):
        swings, grows = orders.min() < -1e-6 * PULSE, abs(orders[121:]).max() > abs(orders[81:121]).max()
        told = f"a lone player with alpha {alpha:g} and beta {beta:g} does not do what theory says"
        assert (swings, grows) == (alpha > begin[beta], alpha > never[beta]), told
    return len(plane)


def outline() -> list[Any]:
    """Black around white, to be seen on any colour."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground="black")]


def draw(ax: Axes, alphas: Array, betas: Array, spent: Array) -> Any:
    """The plane of one game: its cost as a map, and the two lines; gives the map."""
    from matplotlib.colors import LogNorm

    drawn = ax.pcolormesh(alphas, betas, spent, cmap="viridis", norm=LogNorm(200.0, 50_000.0), shading="nearest")
    for (alpha, beta), dash in zip(lines(), ("solid", "dashed"), strict=True):
        inside = alpha <= 1.0
        ax.plot(alpha[inside], beta[inside], color="white", linewidth=1.4, linestyle=dash, path_effects=outline())
    for text, at in (
        ("comes back\nwithout swings", (0.02, 0.92)), ("swings,\nand comes back", (0.5, 0.6)),
        ("swings\nfor ever", (0.75, 0.1)),
    ):  # fmt: skip
        ax.annotate(text, at, color="white", fontsize=SMALL + 1, path_effects=outline(), va="center")
    return drawn


def figure(alphas: Array, betas: Array, maps: dict[str, Array], marked: dict[str, Marked]) -> Figure:
    """The two games side by side, on one scale of costs."""
    drawn, axes = new_figure(10.0, 5.0, len(GAMES), same_y=True)
    for ax, (game, what) in zip(axes, GAMES.items(), strict=True):
        coloured = draw(ax, alphas, betas, maps[game])
        for (alpha, beta), cost in marked[game].items():
            best = (alpha, beta) == BEST
            ax.plot(
                alpha, beta, marker="*" if best else "o", markersize=14 if best else 8, color="white",
                markeredgecolor="black", clip_on=False, zorder=5,
            )  # fmt: skip
            ax.annotate(
                f"{cost:,.0f}", (alpha, beta), (-9, -12) if best else (9, 0), textcoords="offset points", color="white",
                fontsize=SMALL + 2, fontweight="bold", ha="right" if best else "left", va="center",
                path_effects=outline(),
            )  # fmt: skip
        finish(ax, what, "α: part of the gap in stock closed each week", "")
    axes[0].set_ylabel("β: part of the supply line taken into account", fontsize=SMALL + 1)
    bar = drawn.colorbar(coloured, ax=axes, label="cost of the game (money)", pad=0.02)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    bar.ax.yaxis.label.set_fontsize(SMALL + 1)
    bar.ax.tick_params(labelsize=SMALL)
    marks: list[Any] = [
        axes[0].plot([], [], mark, markersize=9, color="white", markeredgecolor="black")[0] for mark in "*o"
    ]
    drawn.legend(
        [*marks, *axes[0].lines[:2]],
        ["α = β = 1", "mean of Sterman's subjects (α = 0.26, β = 0.34)",
         "theory of a lone player: swings begin", "and never end"],
        loc="outside lower center", ncols=4, frameon=False, fontsize=SMALL,
    )  # fmt: skip
    return drawn


def table(alphas: Array, betas: Array, maps: dict[str, Array], marked: dict[str, Marked]) -> list[str]:
    """The costs of both games on a coarse grid, and in the two places that are marked."""
    some = [range(0, values.size, (values.size - 1) // 5) for values in (alphas, betas)]
    lines_of = []
    for game, spent in maps.items():
        lines_of.append(f"{game}: cost by alpha (across) and beta (down)")
        lines_of.append(" " * 6 + "".join(f"{alphas[at]:>9.2f}" for at in some[0]))
        lines_of += [f"{betas[row]:>6.2f}" + "".join(f"{spent[row, at]:>9,.0f}" for at in some[0]) for row in some[1]]
        lines_of += [f"alpha {alpha:g}, beta {beta:g}: {cost:,.1f}" for (alpha, beta), cost in marked[game].items()]
        lines_of.append("")
    return lines_of


def work(quick: bool) -> tuple[list[str], Figure]:
    alphas = betas = np.linspace(0.0, 1.0, 6 if quick else 51)
    maps = {game: costs(game, alphas, betas) for game in GAMES}
    marked = {game: {at: float(costs(game, *np.array([at]).T)[0, 0]) for at in (BEST, PEOPLE)} for game in GAMES}
    steady, people = (marked[game] for game in GAMES)
    best, others = maps["beer-game"][-1, -1], np.delete(maps["beer-game"].ravel(), -1)
    assert best == steady[BEST] == 204.0 and others.min() > best, "nothing is better than 204"
    assert 10.0 * best < people[PEOPLE] <= 3500.0, "people pay over ten times as much"
    assert people[BEST] < people[PEOPLE] < costs("beer-game-sterman", *np.array([(PEOPLE[0], 0.0)]).T)[0, 0]
    _, (alpha, beta) = lines()
    wild = alphas > np.interp(betas, beta, alpha)[:, None]
    assert all(spent[wild].mean() > 3.0 * spent[~wild].mean() for spent in maps.values()), "for ever costs most"
    lines_of = table(alphas, betas, maps, marked)
    lines_of.append(f"{check_lines(5 if quick else 20)} lone players did what theory says of them")
    return lines_of, figure(alphas, betas, maps, marked)


if __name__ == "__main__":
    publish("beer_game_behaviour", __doc__, work)
