"""What do 38 real supply chains do when every stage holds just the stock that the textbook says?

Every stage orders up to mean + z * sd of the demand over its own processing time (`willems.stock_plan`), as if its
suppliers always delivered at once. Expected:

(1) Levels that stay where they are pass every order on as it is: the bullwhip ratio is 1 at every tier.
(2) Levels that follow the mean of the last `WINDOW` days (safety stocks stay, which moves levels but no orders) amplify
from tier to tier, at the market by 1 + 2 L/p + 2 (L/p)^2 for a processing time of L days and a window of p, less where
orders would be negative. Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
(3) Customers get less in time than planned in about half of the chains: in some even if suppliers always delivered at
once, since a normal's z is too small for lumpy demand; in as many again only because stages do wait for each other.

Run it as `python experiments/willems_chains.py --data DIR`, where DIR holds willems2008; `--quick` takes six chains.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shared.pages import asked, show, tell

from supplynet import Keep, from_columns, run
from supplynet.metrics import ratio, variance
from supplynet.plot.style import COLOURS, PALE, SMALL
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.readers import willems
from supplynet.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
WINDOW: Final = 28  # days over which demand is forecast
NEEDED: Final = Keep(columns=("demand", "production_order", "filled", "backlog"))
MOST_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Chain:
    """What one chain did: by tier [rel_depth] the bullwhip ratio and what was served in time; and what was planned.

    `at_market` is the bullwhip ratio of the stages that sell, where levels follow demand, `theory` what Chen et al.
    derive for it, both medians. Customers got the share `in_time`, and `alone` if the stages that sell wait for nobody.
    """

    number: int
    industry: str
    n_stages: int
    at_market: float
    theory: float
    bullwhip_fixed: Array
    bullwhip_forecast: Array
    fill_rate: Array
    planned: float
    alone: float
    in_time: float
    seconds: float


def columns(scenario: Scenario, n_stages: int) -> dict[str, Array]:
    """What the stages did after the warm-up, by column, [period, stage] each."""
    record = run(scenario, keep=NEEDED).record
    assert NEEDED.columns is not None
    return {key: record[key][scenario.warm_up :, :n_stages] for key in NEEDED.columns}


def late(demand: Array, backlog: Array, promised: int) -> float:
    """Units that were not shipped `promised` days after they were asked for; who came first is served first.

    What was asked for since is not late yet. Shapes: [period] both.
    """
    asked = np.concatenate([[0.0], np.cumsum(demand)])
    last = demand.size - promised
    since = asked[promised + 1 :] - asked[1 : last + 1]
    return float(np.minimum(demand[:last], np.maximum(backlog[promised:] - since, 0.0)).sum())


def lateness(made: dict[str, Array], promised: pd.Series) -> Array:
    """Units that each stage [stage] delivered later than it promised, in days."""
    series = zip(made["demand"].T, made["backlog"].T, promised, strict=True)
    return np.array([late(demand, backlog, days) for demand, backlog, days in series])


def without_waiting(scenario: Scenario, sellers: Array) -> Scenario:
    """The stages that sell [seller] and their customers alone: what they make from never lacks."""
    network, n_sellers = scenario.network, sellers.size
    buyer = dict(zip(network.lane["supplier"].tolist(), network.lane["customer"].tolist(), strict=True))
    rows = [*sellers.tolist(), *(buyer[seller] for seller in sellers.tolist())]

    def column(name: str) -> list[Any]:
        numbers = network.node[name].tolist() if name in network.node else [None] * network.n_nodes
        found = [network.object_of("node", name, row) for row in rows]
        return [numbers[row] if one is None else one for one, row in zip(found, rows, strict=True)]

    alone = from_columns(
        [network.names[row] for row in rows],
        range(n_sellers),
        range(n_sellers, 2 * n_sellers),
        node={
            "kind": ["supplier"] * n_sellers + ["customer"] * n_sellers,
            "on_hand": network.node["on_hand"][rows],
            **{name: column(name) for name in ("ordering", "demand", "production_lead_time")},
        },
        lane={"shipment_lead_time": np.zeros(n_sellers)},
    )
    return replace(scenario, network=alone)


def play(number: int, data: Path | None) -> Chain:
    """One chain, under levels that stay and under levels that follow the demand that each stage sees."""
    begun = time.perf_counter()
    stages, plan, known = (
        willems.stages(number, data),
        willems.stock_plan(number, data),
        willems.chains(data).loc[number],
    )
    scenario = willems.read_chain(number, data)
    fixed = columns(scenario, len(stages))
    follows = scenario.network.with_column("node", "ordering", np.arange(len(stages)), OrderUpToMovingAverage(WINDOW))
    forecast = columns(replace(scenario, network=follows), len(stages))
    assert fixed["filled"].sum() > 0.0, f"no goods flow in chain {number}"

    passed_on = variance(fixed["demand"])  # what the market wants of each stage, day by day
    ratios = [ratio(variance(made["production_order"]), passed_on) for made in (fixed, forecast)]
    depths = [np.flatnonzero(stages["rel_depth"] == depth) for depth in range(stages["rel_depth"].max() + 1)]
    promised = stages["max_service_time_days"].fillna(0.0).round().astype(int)
    lates, asked = lateness(fixed, promised), fixed["demand"].sum(axis=0)
    sold = np.flatnonzero(stages["demand_mean_per_day"] > 0)
    alone = columns(without_waiting(scenario, sold), sold.size)
    parts = [willems.usual_days(row) / WINDOW for row in stages.iloc[sold].itertuples()]
    return Chain(
        number=number,
        industry=str(known["sic_description"]),
        n_stages=len(stages),
        at_market=float(np.nanmedian(ratios[1][sold])),
        theory=float(np.median([1.0 + 2.0 * part + 2.0 * part**2 for part in parts])),
        bullwhip_fixed=np.array([np.nanmedian(ratios[0][at]) for at in depths]),
        bullwhip_forecast=np.array([np.nanmedian(ratios[1][at]) for at in depths]),
        fill_rate=np.array([1.0 - lates[at].sum() / asked[at].sum() for at in depths]),
        planned=float(np.average(stages["service_level"].iloc[sold], weights=plan["mean_demand"].iloc[sold])),
        alone=float(1.0 - lateness(alone, promised.iloc[sold]).sum() / alone["demand"].sum()),
        in_time=float(1.0 - lates[sold].sum() / asked[sold].sum()),
        seconds=time.perf_counter() - begun,
    )


def figure(played: list[Chain]) -> Figure:
    """Bullwhip and fill rate by tier, a thin line for each chain, and what customers get beside what was planned."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(11.0, 4.2), layout="constrained")
    bullwhip, fill, market = drawn.subplots(1, 3)
    tiers = np.arange(max(chain.fill_rate.size for chain in played))

    def middle(name: str) -> Array:
        reach = [[getattr(chain, name)[tier] for chain in played if chain.fill_rate.size > tier] for tier in tiers]
        return np.array([np.median(values) for values in reach])

    for chain in played:
        own = tiers[: chain.fill_rate.size]
        bullwhip.plot(own, chain.bullwhip_forecast, color=PALE, linewidth=0.7, alpha=0.7)
        fill.plot(own, 100 * chain.fill_rate, color=PALE, linewidth=0.7, alpha=0.7)
    bullwhip.plot(
        tiers, middle("bullwhip_forecast"), color=COLOURS[2], linewidth=2.2, label="levels that follow demand"
    )
    bullwhip.plot(
        tiers, middle("bullwhip_fixed"), color=COLOURS[1], linewidth=2.2, linestyle="dashed", label="levels that stay"
    )
    bullwhip.set_yscale("log")
    bullwhip.yaxis.set_major_formatter(lambda value, _: f"{value:,.6g}")
    fill.plot(tiers, 100 * middle("fill_rate"), color=COLOURS[1], linewidth=2.2, label="levels that stay")
    for ax in (bullwhip, fill):
        ax.plot([], [], color=PALE, linewidth=0.7, label="a chain each (median of colour)")
        ax.set_xlabel("tier (0 = at the market)", fontsize=SMALL + 1)
        ax.set_xticks(tiers)
    alone, got = (100 * np.array([getattr(chain, name) for chain in played]) for name in ("alone", "in_time"))
    low = got.min() - 3.0
    market.plot([low, 100], [low, 100], color="black", linewidth=0.8, zorder=1)
    size = 4 * np.sqrt([chain.n_stages for chain in played])
    market.scatter(alone, got, size, color=COLOURS[1], alpha=0.6, edgecolors="black", linewidths=0.5)
    lowest = sorted(played, key=lambda one: one.in_time)
    beside = ((8, -6, "left"), (4, -11, "right"), (4, 11, "right"), (0, -12, "center"))
    for chain, (right, above, side) in zip(lowest, beside, strict=False):
        market.annotate(
            f"chain {chain.number}", (100 * chain.alone, 100 * chain.in_time), (right, above), fontsize=SMALL,
            textcoords="offset points", ha=side, va="center",
        )  # fmt: skip
    market.set_xlabel("the same, if suppliers always delivered (%)", fontsize=SMALL + 1)
    for ax, title, unit in (
        (bullwhip, "orders, tier by tier", "Var(orders) / Var(what the market wants)"),
        (fill, "service, tier by tier", "units served in the promised time (%)"),
        (market, "what waiting costs customers", "units served in the promised time (%)"),
    ):
        ax.set_title(title, loc="left", fontsize=10, fontweight="bold")
        ax.set_ylabel(unit, fontsize=SMALL + 1)
        ax.tick_params(labelsize=SMALL)
        ax.spines[["top", "right"]].set_visible(False)
    bullwhip.legend(frameon=False, fontsize=SMALL, loc="upper left")
    fill.legend(frameon=False, fontsize=SMALL, loc="lower right")
    return drawn


def table(played: list[Chain]) -> list[str]:
    """A line for each chain, and the medians."""
    lines = [
        f"{'':>18}  {'bullwhip ratio':^41}  {'served in the promised time':^36}",
        f"{'chain':>5} {'stages':>6} {'tiers':>5}  {'stay':>6} {'follow, market':>14} {'(theory)':>9} {'far end':>9}  "
        f"{'least tier':>10} {'market':>7} {'(alone)':>8} {'planned':>8}  {'seconds':>7}  industry",
    ]
    for chain in played:
        lines.append(
            f"{chain.number:>5} {chain.n_stages:>6} {chain.fill_rate.size:>5}  {chain.bullwhip_fixed.max():>6.3f} "
            f"{chain.at_market:>14.2f} {chain.theory:>9.2f} {chain.bullwhip_forecast[-1]:>9.1f}  "
            f"{chain.fill_rate.min():>10.3f} {chain.in_time:>7.3f} {chain.alone:>8.3f} {chain.planned:>8.3f}  "
            f"{chain.seconds:>7.2f}  {chain.industry}"
        )
    spent, far_end = (
        sum(chain.seconds for chain in played),
        np.median([chain.bullwhip_forecast[-1] for chain in played]),
    )
    short, anyway = (sum(getattr(chain, name) < chain.planned for chain in played) for name in ("in_time", "alone"))
    over = f", OVER {MOST_SECONDS:g} s" if spent > MOST_SECONDS else ""
    waiting = np.mean([chain.alone - chain.in_time for chain in played])
    lines += [
        f"{len(played)} chains in {spent:.1f} s{over}; where levels follow demand, orders at the far end vary "
        f"{far_end:.1f} times as much as what the market wants (median)",
        f"in {short} of {len(played)} chains customers get less in time than was planned, in {anyway} even if "
        f"suppliers always delivered; waiting for stages costs {waiting:.1%} of units on average",
    ]
    return lines


def main() -> None:
    parser, arguments = asked("willems_chains", __doc__, "the first six chains", "willems2008")
    numbers = willems.CHAINS[:6] if arguments.quick else willems.CHAINS
    try:
        played = [play(number, arguments.data) for number in numbers]
    except ValueError as fault:
        parser.exit(2, f"error: {fault}\n")
    lines = table(played)
    tell(lines, arguments)
    for chain in played:
        assert np.allclose(chain.bullwhip_fixed, 1.0), f"chain {chain.number}: fixed levels must pass orders on"
    show(figure(played), arguments)


if __name__ == "__main__":
    main()
