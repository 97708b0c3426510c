"""A run and a scenario in words and tables for the shell."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import takewhile
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from supplynet.levers import TABLES
from supplynet.metrics import bullwhip_ratio, fill_rate, mean, total
from supplynet.network import RULES, Network
from supplynet.outcomes import tiers
from supplynet.prepare import DEFAULT_RULES
from supplynet.scenario import Result, Scenario
from supplynet.scenarios import SETTINGS, builder
from supplynet.schema import KINDS, UNFILLED, Column, inputs

Array = NDArray[Any]
CAVEATS: Final = {
    "flour-2020": "Sales are not demand: they are censored by empty shelves (nobody counts who found none), so the "
    "true peak of March 2020 was higher than the one run here.",
}
ROWS_SHOWN: Final = 40  # of a network; a larger one is cut and says so


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
    tier, kind = tiers(network), network.node["kind"]
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


def percent(share: float) -> str:
    """A share as a percentage; a dash where it is undefined."""
    return f"{100 * share:.1f} %" if math.isfinite(share) else "-"


def tier_table(result: Result) -> Group:
    """The table of a run: a row for each tier, sums over its nodes. Not for records that hold sums only."""
    table = _table("tier", "nodes", numbers=("demand", "orders", "bullwhip\nratio", "fill\nrate", "mean\nstock"))
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


def scenario_parts(scenario: Scenario) -> Iterator[Any]:
    """What `show` prints: the network, the rules, and the levers with units and current values."""
    network = scenario.network
    yield Text(f"{scenario.name}: {scenario.about}", style="bold")
    if scenario.name in CAVEATS:
        yield Text(CAVEATS[scenario.name])
    yield Text("")
    yield _network_table(network)
    if network.n_nodes > ROWS_SHOWN:
        yield Text(f"... and {network.n_nodes - ROWS_SHOWN} more nodes", style="dim")
    yield _rules_table(network)
    yield _levers_table(scenario)
    yield Text(
        "Set them with --set lever=value; before a column or a parameter may stand a kind, a node or a lane: "
        f"--set factory.capacity=10, --set '{(network.lane_names() or ['a>b'])[0]}.shipment_lead_time=2'."
    )


def _network_table(network: Network) -> Table:
    table = _table("tier", "node", "kind", "buys from (order + shipment lead time)")
    ordered = [(tier, node) for tier in tier_groups(network) for node in tier.nodes]
    for tier, node in ordered[:ROWS_SHOWN]:
        suppliers = [
            f"{network.names[network.lane['supplier'][lane]]} ({_lead(network, 'order_lead_time', lane)} + "
            f"{_lead(network, 'shipment_lead_time', lane)}{', unfilled is lost' * int(network.lane['unfilled'][lane])})"
            for lane in np.flatnonzero(network.lane["customer"] == node).tolist()
        ]
        number = "-" if tier.number is None else str(tier.number)
        table.add_row(number, network.names[node], KINDS[network.node["kind"][node]], ", ".join(suppliers))
    return table


def _lead(network: Network, name: str, lane: int) -> str:
    given = network.object_of("lane", name, lane)
    return str(network.lane[name][lane].item()) if given is None else repr(given)


def _rules_table(network: Network) -> Table:
    table = _table("rule", "", "who")
    for place in RULES:
        coded = network.objects["node", place]
        for code in [*range(len(coded.values)), -1]:
            names = [network.names[node] for node in np.flatnonzero(coded.codes == code)]
            rule = coded.values[code] if code >= 0 else DEFAULT_RULES.get(place)
            if names and rule is not None:
                words = repr(rule)
                table.add_row(place, words if len(words) <= 100 else f"{words[:97]}...", short_name(names))
    return table


def _levers_table(scenario: Scenario) -> Table:
    """Own levers, then how to run, parameters of rules, and the columns of the schema."""
    network, table = scenario.network, _table("lever", "now", "unit and meaning")
    rules = [rule for place in RULES for rule in network.objects["node", place].values if is_dataclass(rule)]
    texts = [inspect.getdoc(rule) or "" for rule in rules]
    build = builder(scenario.name)
    for name, argument in inspect.signature(build).parameters.items():
        value = scenario.own_levers.get(name, argument.default)
        column = next((inputs(kind)[name] for kind in TABLES if name in inputs(kind)), None)
        meaning = _explained(name, [inspect.getdoc(build) or "", *texts]) or (_meaning(column) if column else "")
        table.add_row(name, _words(value), meaning, style="bold")
    own = inspect.signature(build).parameters
    table.add_section()
    for name, meaning in zip(
        SETTINGS, ("periods", "seed of all randomness", "periods left out", "steady or empty"), strict=True
    ):
        table.add_row(name, _words(getattr(scenario, name)), meaning)
    table.add_section()
    for name in dict.fromkeys(field.name for rule in rules for field in fields(rule) if field.name not in own):
        values = [getattr(rule, name) for rule in rules if hasattr(rule, name)]
        table.add_row(name, _spread(values), _explained(name, texts))
    table.add_section()
    for kind in TABLES:
        for name, column in inputs(kind).items():
            if name in ("kind", "product") or (column.dtype is str and name != "unfilled"):
                continue
            held = {"node": network.node, "input": network.input}.get(kind, network.lane).get(name)
            values = [] if held is None else np.unique(np.asarray(held), equal_nan=True).tolist()
            if name == "unfilled":
                values = [UNFILLED[value] for value in values]
            if (kind, name) in network.objects:
                values = [*values, *network.objects[kind, name].values]
            table.add_row(f"NODE.{name}" if name in own else name, _spread(values), _meaning(column))
    return table


def _meaning(column: Column) -> str:
    return f"{column.unit}: {column.meaning}".removeprefix(": ")


def _explained(name: str, texts: Sequence[str]) -> str:
    """What docstrings say of a parameter, or of the one whose name it ends with."""
    for text in texts:
        if found := re.search(rf"\b{name}(?: and \w+)?(?::| is| hold for)\s+([^;.(]+)", " ".join(text.split())):
            return found[1].strip()
    shorter = name.partition("_")[2]
    return _explained(shorter, texts) if "_" in shorter else ""


def _words(value: Any) -> str:
    if isinstance(value, float):
        return "default" if math.isnan(value) else f"{value:g}"
    words = str(value)
    return words if len(words) <= 30 else f"{words[:27]}..."


def _spread(values: Sequence[Any]) -> str:
    """One value, or the least and the greatest, or how many."""
    distinct = list(dict.fromkeys(map(_words, values)))
    if len(distinct) <= 2:
        return ", ".join(distinct)
    numbers = [value for value in values if isinstance(value, (int, float)) and not math.isnan(value)]
    return (
        f"{_words(min(numbers))} to {_words(max(numbers))}"
        if len(numbers) >= len(values) - 1
        else f"{len(distinct)} values"
    )


def _table(*titles: str, numbers: Sequence[str] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(Text(title))
    for title in numbers:
        table.add_column(title, justify="right", no_wrap=True)
    return table
