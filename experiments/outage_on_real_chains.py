"""How long does the market of a real supply chain not notice that a stage makes nothing any more, and who is critical?

Chains of Willems (2008), each stage with the stock that the textbook says (`willems.stock_plan`) and a base-stock
rule. One stage after the other stops for good, all else under the same luck; its time to survive is how long every
customer still gets what it gets without the outage.

Expected: what is at a stage and behind it, on hand or in process, goes on to the market. So a stage's time to survive
is the stock of the stages from it to the market in days of their mean demand, by the way that has least of it:

time_to_survive = min over ways to a customer of the sum of max(base_stock_level / mean_demand, processing_time),

the latter where a stage may let its customers wait, and so has less than what is in process; somewhat less where
demand varies, since the first customer who gets less counts.

So it grows with the distance from the market, and stages with little stock themselves are as safe as those that they
serve. A stage is critical where that is shorter than it takes to mend: `MENDED` days here, an assumption.
Source of the measure: Simchi-Levi, Schmidt & Wei (2014), Harvard Business Review 92(1-2); the formula is derived here.

Run it as `python experiments/outage_on_real_chains.py --data DIR`, where DIR holds willems2008; `--quick` takes two
chains.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from shared.pages import asked, finish, show, tell

from supplynet import Keep, run
from supplynet.disruptions import Disruption
from supplynet.losses import time_to_survive
from supplynet.plot.map import network_map
from supplynet.plot.style import COLOURS, SMALL
from supplynet.readers import willems
from supplynet.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
CHAINS: Final = (1, 2, 3, 4, 5, 6, 8, 20)
MAPPED: Final = 8  # the chain on the map
MENDED: Final = 14.0  # days
NAMED: Final = 12  # critical stages in the table
STRUCK: Final = 100  # the day on which a stage stops
AFTER: Final = 20  # days that are played beyond what the formula says


@dataclass(frozen=True)
class Chain:
    """One chain, its stages struck one by one: [stage] each.

    tier: 1 sells to the market; survives: days until a customer gets less; expected: the formula; own: days of stock of
    the stage alone; reach: part of all demand that needs the stage.
    """

    number: int
    scenario: Scenario
    tier: Array
    survives: Array
    expected: Array
    own: Array
    reach: Array
    seconds: float

    @property
    def critical(self) -> Array:
        """Stages that the market misses before they are mended."""
        few: Array = self.survives < MENDED
        return few


def days_of_stock(number: int, data: Path | None) -> tuple[Array, Array, Array]:
    """Days of stock of each stage alone and by the leanest way to the market, and the part of demand it reaches."""
    table, plan = willems.stages(number, data), willems.stock_plan(number, data)
    level, mean = (plan[name].to_numpy() for name in ("base_stock_level", "mean_demand"))
    held = np.divide(level, mean, out=np.full(mean.size, np.inf), where=mean > 0)
    own = np.maximum(held, [willems.usual_days(row) for row in table.itertuples()])
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(table)))
    place = {stage: row for row, stage in enumerate(table["stage"])}
    graph.add_edges_from((place[a], place[b]) for a, b in willems.arcs(number, data).itertuples(index=False))
    sold = np.nan_to_num(table["demand_mean_per_day"].to_numpy())
    way, reach = own.copy(), np.zeros(len(table))
    for row in reversed(list(nx.topological_sort(graph))):
        if buyers := list(graph.successors(row)):
            way[row] += min(way[buyers])
        reach[row] = sold[[row, *nx.descendants(graph, row)]].sum() / sold.sum()
    return own, way, reach


def strike(number: int, data: Path | None) -> Chain:
    """Every stage of a chain stopped once."""
    begun = time.perf_counter()
    table = willems.stages(number, data)
    own, expected, reach = days_of_stock(number, data)
    periods = STRUCK + AFTER + int(1.3 * expected[np.isfinite(expected)].max())
    whole = willems.read_chain(number, data, periods=periods, warm_up=0)
    sellers = np.flatnonzero(table["demand_mean_per_day"].to_numpy() > 0)
    normal = table["demand_mean_per_day"].to_numpy()[sellers]

    def owed(scenario: Scenario) -> Array:
        return run(scenario, keep=Keep(("backlog",))).record["backlog"][:, sellers]

    usual = owed(whole)
    survives = np.empty(len(table))
    for row, name in enumerate(table["stage"]):
        event = Disruption(name, "capacity_factor", 0.0, STRUCK)
        network = replace(whole.network, disruptions=(event,))
        served = normal - (owed(replace(whole, network=network)) - usual)  # of the mean demand, 1 % may be late
        survives[row] = time_to_survive(served, np.tile(normal, (periods, 1)), STRUCK).min()
    assert np.isfinite(survives).any(), f"no goods flow in chain {number}"
    return Chain(
        number, whole, table["rel_depth"].to_numpy() + 1, survives, expected, own, reach, time.perf_counter() - begun
    )


def figure(played: list[Chain]) -> Figure:
    """Time to survive against tier and against the formula, and on the map of one chain."""
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LogNorm
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(11.0, 8.0), layout="constrained")
    grid = drawn.add_gridspec(2, 2)
    tiers, theory, chart = (drawn.add_subplot(where) for where in (grid[0, 0], grid[0, 1], grid[1, :]))
    tier, days, expected = (
        np.concatenate([getattr(chain, name) for chain in played]) for name in ("tier", "survives", "expected")
    )
    known = np.isfinite(days)
    tier, days, expected = tier[known], np.maximum(days[known], 0.5), np.maximum(expected[known], 0.5)
    beside = np.random.default_rng(0).uniform(-0.25, 0.25, tier.size)
    tiers.scatter(tier + beside, days, 12, color=COLOURS[1], alpha=0.5, linewidths=0, label="a stage")
    levels = np.unique(tier)
    middle = [np.median(days[tier == level]) for level in levels]
    tiers.plot(levels, middle, color=COLOURS[2], marker="o", linewidth=1.8, label="median of a tier")
    tiers.axhline(MENDED, color="black", linewidth=0.9, linestyle="dashed", label=f"{MENDED:g} days: critical below")
    theory.scatter(expected, days, 12, color=COLOURS[1], alpha=0.5, linewidths=0, label="a stage")
    ends = [0.5, 1.2 * max(expected.max(), days.max())]
    theory.plot(ends, ends, color="black", linewidth=1.0, label="formula")
    theory.set_xscale("log")
    theory.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    where = "days of stock from the stage to the market, leanest way"
    finish(
        tiers,
        "time to survive of each stage",
        "tier (1 = sells to the market)",
        "days (none: drawn at a half)",
        log=True,
    )
    finish(theory, "and what stands behind it", where, "days until a customer gets less", log=True)
    for ax in (tiers, theory):
        ax.legend(frameon=False, fontsize=SMALL, loc="lower right")
    shown = next((chain for chain in played if chain.number == MAPPED), played[0])
    most = float(shown.survives[np.isfinite(shown.survives)].max())
    shades = ScalarMappable(LogNorm(1.0, max(most, 10.0)), colormaps["viridis"])
    colours = np.ones((shown.scenario.network.n_nodes, 4))
    colours[: shown.tier.size] = shades.to_rgba(np.maximum(np.nan_to_num(shown.survives, posinf=1e9), 1.0))
    network_map(replace(shown.scenario, about=""), chart, colours=colours)
    chart.set_title(f"chain {shown.number}", loc="left", fontsize=SMALL + 2)
    bar = drawn.colorbar(shades, ax=chart, pad=0.01, shrink=0.9, format=lambda value, _: f"{value:g}")
    bar.set_label("time to survive (days; white: a customer)", fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)
    return drawn


def table_of(played: list[Chain]) -> list[str]:
    """A line for each chain, the most critical stages, and how near the formula comes."""
    lines = [
        f"{'chain':>5} {'stages':>6} {'tiers':>5} {'least':>7} {'median':>7} {'most':>7} {'formula, median':>16} "
        f"{'critical':>9} {'reach > half':>13} {'seconds':>8}"
    ]
    for chain in played:
        days = chain.survives[np.isfinite(chain.survives)]
        wide = int((chain.critical & (chain.reach > 0.5)).sum())
        lines.append(
            f"{chain.number:>5} {chain.tier.size:>6} {chain.tier.max():>5} {days.min():>7g} {np.median(days):>7g} "
            f"{days.max():>7g} {np.median(chain.expected):>16.1f} {chain.critical.sum():>9} {wide:>13} "
            f"{chain.seconds:>8.1f}"
        )
    found, expected, tier = (
        np.concatenate([getattr(one, name) for one in played]) for name in ("survives", "expected", "tier")
    )
    few = np.concatenate([one.critical for one in played])
    known = np.isfinite(found)
    off = found[known] - expected[known]
    part = [few[tier == level].mean() for level in np.unique(tier)]
    low, high = np.quantile(off, [0.05, 0.95])
    lines += [
        f"days beyond the formula: median {np.median(off):+.1f}, nine in ten between {low:+.1f} and {high:+.1f}; "
        f"rank correlation with the formula {_ranked(found[known], expected[known]):.3f}",
        f"{few.sum()} of {few.size} stages are critical (missed within {MENDED:g} days); by tier from the market, %: "
        + ", ".join(f"{100 * one:.0f}" for one in part),
        f"{(~known).sum()} stages were not missed in the days played",
    ]
    lines += ["", f"the most critical: missed within {MENDED:g} days, by the part of demand that needs them"]
    lines.append(f"{'chain':>5} {'tier':>5} {'days':>5} {'own stock, days':>16} {'needed by':>10}  stage")
    worst = sorted(
        ((-one.reach[row], one.survives[row], one, row) for one in played for row in np.flatnonzero(one.critical)),
        key=lambda told: told[:2],
    )
    for _, days, one, row in worst[:NAMED]:
        lines.append(
            f"{one.number:>5} {one.tier[row]:>5} {days:>5g} {one.own[row]:>16.1f} {one.reach[row]:>10.0%}  "
            f"{one.scenario.network.names[row]}"
        )
    return lines


def _ranked(a: Array, b: Array) -> float:
    """Rank correlation. Source: Spearman (1904), American Journal of Psychology 15(1)."""
    from scipy.stats import spearmanr

    return float(spearmanr(a, b).statistic)


def main() -> None:
    parser, arguments = asked("outage_on_real_chains", __doc__, "two chains", "willems2008")
    try:
        played = [strike(number, arguments.data) for number in ((2, 3) if arguments.quick else CHAINS)]
    except ValueError as fault:
        parser.exit(2, f"error: {fault}\n")
    lines = table_of(played)
    tell(lines, arguments)
    show(figure(played), arguments)


if __name__ == "__main__":
    main()
