"""A scenario in tables for the shell: its network, its rules, and its levers with units and current values."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np
from rich.table import Table
from rich.text import Text

from supplynet.levers import TABLES
from supplynet.network import RULES, Network
from supplynet.prepare import DEFAULT_RULES
from supplynet.scenario import SETTINGS, Scenario
from supplynet.scenarios import READY_MADE, builder
from supplynet.schema import KINDS, UNFILLED, Column, inputs
from supplynet.words.disruptions import listed
from supplynet.words.report import CAVEATS, page_table, short_name, tier_groups

ROWS_SHOWN: Final = 40  # of a network; a larger one is cut and says so
LISTED: Final = re.compile(r"(?:^|[;.:*]\s)((?:[a-z_]+(?:,? and |, ))*[a-z_]+): ([^;.(]+)")
"""Names with a colon behind them, and what is said of them."""


def scenario_parts(scenario: Scenario) -> Iterator[Any]:
    """What `show` prints: the network, what strikes it, the rules, and the levers with units and current values."""
    network = scenario.network
    yield Text(f"{scenario.name}: {scenario.about}".removesuffix(": "), style="bold")
    if scenario.name in CAVEATS:
        yield Text(CAVEATS[scenario.name])
    yield Text("")
    yield _network_table(network)
    if network.n_nodes > ROWS_SHOWN:
        yield Text(f"... and {network.n_nodes - ROWS_SHOWN} more nodes", style="dim")
    if network.disruptions:
        yield Text("Disruptions", style="bold")
        for line in listed(network.disruptions, scenario.periods):
            yield Text(f"  {line}")
    yield _rules_table(network)
    yield _levers_table(scenario)
    yield Text(
        "Set them with --set lever=value; before a column or a parameter may stand a kind, a node or a lane: "
        f"--set factory.capacity=10, --set '{(network.lane_names() or ['a>b'])[0]}.shipment_lead_time=2'."
    )


def _network_table(network: Network) -> Table:
    table = page_table("tier", "node", "kind", "buys from (order + shipment lead time)")
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
    table = page_table("rule", "", "who")
    for place in RULES:
        coded = network.objects["node", place]
        for code in [*range(len(coded.values)), -1]:
            names = [network.names[node] for node in np.flatnonzero(coded.codes == code)]
            rule = coded.values[code] if code >= 0 else DEFAULT_RULES.get(place)
            if names and rule is not None:
                words = repr(rule)
                table.add_row(place, words if len(words) <= 100 else f"{words[:97]}...", short_name(names))
    return table


def own_levers(scenario: Scenario) -> Iterator[tuple[str, Any, str]]:
    """The levers that a ready-made scenario names itself: name, value now, and meaning."""
    if scenario.source is not None:
        return
    build = builder(scenario.name)
    said = inspect.getdoc(build) or ""
    shared = [inspect.getdoc(builder(name)) or "" for name in READY_MADE if f"`{name}`" in said]
    texts = [said, *shared, *(_told(rule) for rule in _rules_with_fields(scenario.network))]
    for name, argument in inspect.signature(build).parameters.items():
        column = next((inputs(kind)[name] for kind in TABLES if name in inputs(kind)), None)
        meaning = _explained(name, texts) or (_meaning(column) if column else "")
        yield name, scenario.own_levers.get(name, argument.default), meaning


def _levers_table(scenario: Scenario) -> Table:
    """Own levers, then how to run, parameters of rules, and the columns of the schema."""
    network, table = scenario.network, page_table("lever", "now", "unit and meaning")
    rules = _rules_with_fields(network)
    texts = [_told(rule) for rule in rules]
    own = [name for name, _, _ in own_levers(scenario)]
    for name, value, meaning in own_levers(scenario):
        table.add_row(name, _words(value), meaning, style="bold")
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


def _rules_with_fields(network: Network) -> list[Any]:
    return [rule for place in RULES for rule in network.objects["node", place].values if is_dataclass(rule)]


def _told(rule: Any) -> str:
    return f"{inspect.getdoc(rule) or ''} {declared(rule)}"


def _meaning(column: Column) -> str:
    return f"{column.unit}: {column.meaning}".removeprefix(": ")


def declared(rule: Any) -> str:
    """What a rule's own declarations say of its parameters, in the form of a docstring."""
    return "; ".join(f"{own.name}: {own.metadata['meaning']}" for own in fields(rule) if "meaning" in own.metadata)


def _explained(name: str, texts: Sequence[str]) -> str:
    """What docstrings say of a parameter, or of the one whose name it ends with.

    Most say it in a list, `lead_time: weeks from order to shelf; slump, rebound: times the demand of before`.
    """
    plain = [" ".join(text.split()) for text in texts]
    for named, meaning in (pair for text in plain for pair in LISTED.findall(text)):
        if name in re.split(r",? and |, ", named):
            return str(meaning.strip())
    for text in plain:
        if found := re.search(rf"\b{name}(?: and \w+)? (?:is|hold for)\s+([^;.(]+)", text):
            return found[1].strip()
    shorter = name.partition("_")[2]
    return _explained(shorter, texts) if "_" in shorter else ""


def _words(value: Any) -> str:
    if isinstance(value, float):
        return "default" if math.isnan(value) else f"{value:g}"
    return words if len(words := str(value)) <= 30 else f"{words[:27]}..."


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
