"""A run in words and tables for the shell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from supplynet.metrics import bullwhip_ratio, fill_rate, mean, total
from supplynet.network import Network, tiers_of
from supplynet.scenario import Result, Scenario
from supplynet.schema import KINDS

Array = NDArray[Any]
CAVEATS: Final = {
    "flour-2020": "Sales are not demand: they are censored by empty shelves (nobody counts who found none), so the "
    "true peak of March 2020 was higher than the one run here.",
}


@dataclass(frozen=True, slots=True)
class Tier:
    """The nodes at one distance from the market; number None: they serve nobody."""

    number: int | None
    nodes: tuple[int, ...]
    kinds: tuple[str, ...]
    name: str

    @property
    def makes_from_nothing(self) -> bool:
        """Whether all of them are suppliers, whose orders say nothing new."""
        return self.kinds == ("supplier",)


def tier_groups(network: Network) -> list[Tier]:
    """The tiers from the market upwards, those that serve nobody last."""
    tier, kind = tiers_of(network), network.node["kind"]
    groups = []
    for number in sorted(set(tier.tolist()), key=lambda number: (number < 0, number)):
        nodes = tuple(np.flatnonzero(tier == number).tolist())
        kinds = tuple(dict.fromkeys(KINDS[kind[node]] for node in nodes))
        groups.append(
            Tier(None if number < 0 else number, nodes, kinds, short_name([network.names[node] for node in nodes]))
        )
    return groups


def short_name(names: Sequence[str]) -> str:
    """One name for some nodes: their own, what they begin with, or the first and how many more."""
    if len(names) == 1:
        return names[0]
    least, most = min(names), max(names)  # what these two begin with, all do
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(least, most, strict=False)))
    start = least[:same].rstrip("0123456789")
    if len(start) >= 2:
        return f"{start}* ({len(names)})"
    return ", ".join(names) if len(", ".join(names)) <= 24 else f"{names[0]} and {len(names) - 1} more"


def last_tier(groups: Sequence[Tier]) -> Tier | None:
    """The tier farthest from the market that is not made of suppliers alone."""
    upstream = [tier for tier in groups if tier.number and not tier.makes_from_nothing]
    return upstream[-1] if upstream else None


def figure(value: float) -> str:
    """A number to about three digits; a dash where it is undefined."""
    size = abs(value)
    if not math.isfinite(value):
        return "-"
    if size >= 1e6:
        return f"{value:.3g}"
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def small_figure(value: float) -> str:
    """A difference to about three digits, two where it is below 1, however small it is."""
    return f"{value:.2g}" if 0.0 < abs(value) < 1.0 else figure(value)


def percent(share: float) -> str:
    """A share as a percentage; a dash where it is undefined."""
    return f"{100 * share:.1f} %" if math.isfinite(share) else "-"


def tier_table(result: Result) -> Group:
    """The table of a run: a row for each tier, sums over its nodes. Not for records that hold sums only."""
    table = page_table("tier", "nodes", numbers=("demand", "orders", "bullwhip\nratio", "fill\nrate", "mean\nstock"))
    for title in ("mean\nbacklog", "total\ncost"):
        table.add_column(title, justify="right", no_wrap=True)
    for tier in tier_groups(result.scenario.network):

        def column(key: str, nodes: Sequence[int] = tier.nodes) -> Array:
            return measured(result, key, nodes)

        demand, order = column("demand"), column("production_order")
        level = "-" if tier.number is None else str(tier.number)
        table.add_row(
            f"{level} {', '.join(tier.kinds)}", tier.name, figure(mean(demand)[0]), figure(mean(order)[0]),
            figure(bullwhip_ratio(order, demand)[0]), percent(fill_rate(column("filled"), demand)[0]),
            figure(mean(column("on_hand"))[0]), figure(mean(column("backlog"))[0]), figure(total(column("cost"))[0]),
        )  # fmt: skip
    scenario = result.scenario
    first = f"{scenario.warm_up} to " if scenario.warm_up else ""
    about = Text(
        f"Sums over the nodes of a tier; units per period, units, and money in all. {first}{scenario.periods} periods"
        f"{' (warm-up left out)' if scenario.warm_up else ''}, seed {scenario.seed}. "
        "bullwhip ratio = Var(orders) / Var(demand) of the tier.",
        style="dim",
    )
    return Group(table, about)


def measured(result: Result, key: str, nodes: Sequence[int]) -> Array:
    """A column summed over some nodes, after the warm-up, [period, 1]."""
    skipped = result.scenario.warm_up // result.record.keep_what.every
    values: Array = result.record[key][skipped:, list(nodes)].sum(axis=1, keepdims=True)
    return values


def sentence(result: Result) -> str:
    """What happened, in one sentence."""
    if result.record.summed:
        by = ", ".join(result.record.keep_what.groupings)
        return f"Of so long or large a run only sums by {by} were kept, and totals by node: see --json or --out."
    groups = tier_groups(result.scenario.network)
    market, last = groups[0], last_tier(groups)
    if market.number != 0 or last is None:
        return "The network has no market with somebody upstream of it, so nothing is amplified."
    demand, order = measured(result, "demand", market.nodes), measured(result, "production_order", last.nodes)
    lost, asked = float(measured(result, "lost", market.nodes).sum()), float(demand.sum())
    if lost > 0:
        end = f"; customers lost {figure(lost)} units, {percent(lost / asked)} of what they wanted."
    else:
        end = "; no demand was lost."
    who = f"{last.name} (tier {last.number})"
    ratio = float(bullwhip_ratio(order, demand)[0])
    if not math.isfinite(ratio):
        return f"Customers wanted the same in every period, {figure(float(demand[0, 0]))}{end}"
    first, every = result.scenario.warm_up // result.record.keep_what.every, result.record.keep_what.every
    at, late = int(demand.argmax()), int(order.argmax())
    lag = (late - at) * every
    when = f"in period {(first + late + 1) * every - 1}"
    if lag == 0:
        when = "in the same period"
    elif 0 < 2 * (late - at) <= len(order):  # so far apart, one peak did not set off the other
        when = f"{lag} period{'s' * (lag > 1)} later"
    peak, wave = float(demand[at, 0]), float(order[late, 0])
    times = f", {figure(wave / peak)} times as high" if peak > 0 else ""
    return (
        f"Demand peaked at {figure(peak)} in period {(first + at + 1) * every - 1} (counted from 0), "
        f"and the orders of {who} {when} at {figure(wave)}{times}: "
        f"their variance was {figure(ratio)} times that of demand{end}"
    )


def next_step(scenario: Scenario) -> str:
    """What to try next: the scenario's hint, or, once its lever is set, where the other levers are."""
    set_already = [name for name in (*scenario.own_levers, *scenario.levers) if f"--set {name}=" in scenario.hint]
    return f"supplynet show {scenario.name}, which lists the other levers" if set_already else scenario.hint


def page_table(*titles: str, numbers: Sequence[str] = ()) -> Table:
    """An empty table in the style of all pages; columns of numbers stand to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(Text(title))
    for title in numbers:
        table.add_column(title, justify="right", no_wrap=True)
    return table
