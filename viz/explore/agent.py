"""An agent by itself: who it is, what its rules are, what they see and decide, and what became of it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.demand import as_process
from supplynet.network import Network, tiers_of
from supplynet.policies.catalogue import name_of
from supplynet.scenario import Result
from supplynet.schema import CUSTOMER, INPUTS, KINDS, results, tellable
from supplynet.watching import Seen, rule_at, rules_at
from supplynet.words.report import figure
from supplynet.words.rules import first_line

from .breaking import blows_at

Array = NDArray[Any]
POINTS: Final = 240  # of a line of its history; of more periods, the greatest of some neighbours
SHOWN: Final = 8  # neighbours, or places of one column, that are named
HISTORY: Final = {
    "demand": "demand", "production_order": "orders", "on_hand": "stock", "backlog": "backlog", "filled": "filled",
    "lost": "lost",
}  # fmt: skip
"""Columns of the record that make a history, and what they are called."""
DERIVED: Final = {
    "coverage": ("periods", "that an order takes until its goods are there"),
    "reach": ("periods", "that an order on the lane takes until its goods are there"),
    "supply_line": ("units", "part of the inventory position that has not arrived yet"),
    "supply_line_periods": ("periods", "of steady flow that the supply line comes to"),
    "downstream": ("units", "what the firms downstream open with"),
    "lot_time": ("periods", "of machine time that a lot takes"),
    "busy": ("periods", "that yesterday's lots still took of the machine"),
}
"""Units and meanings of what rules may read beside the columns of the schema."""
DECIDED: Final = {"ordering": "it decides", "input_rule": "it orders from its suppliers", "sourcing": "it splits by"}


def portrait(result: Result, node: int) -> dict[str, Any]:
    """What does not change from period to period: who a node is, its rules, its history, and what can be done to it."""
    network = result.scenario.network
    tier, market = int(tiers_of(network)[node]), network.node["kind"][node] == CUSTOMER
    supplier, customer = network.lane["supplier"], network.lane["customer"]
    labels = [str(network.node[label][node]) for label in ("product", "region", "sector", "site")]
    own = [label for label in labels if label and label != network.names[node]]
    return {
        "name": network.names[node],
        "kind": KINDS[network.node["kind"][node]],
        "tier": "no tier" if tier < 0 else f"tier {tier}",
        "labels": ", ".join(own),
        "suppliers": [network.names[at] for at in supplier[customer == node]],
        "customers": [network.names[at] for at in customer[supplier == node]],
        "rules": [*_rules(network, node)],
        "history": [_line(result, node, key) for key in _history_of(result, node, market=bool(market))],
        "periods": result.scenario.periods,
        "blows": blows_at(network, node),
    }


def now(result: Result, seen: Sequence[Seen] | None, node: int, period: int) -> dict[str, Any]:
    """What changes: the values of the history in a period, and, once it is known, what each rule sees and decides."""
    network = result.scenario.network
    market = bool(network.node["kind"][node] == CUSTOMER)
    values = [figure(float(result.record[key][period, node])) for key in _history_of(result, node, market=market)]
    if seen is None:
        return {"period": period, "history": values, "sees": None}
    return {"period": period, "history": values, "sees": [_sees(network, node, one, period) for one in seen]}


def _history_of(result: Result, node: int, *, market: bool) -> list[str]:
    """The columns of a node's history; a customer has no stock of its own product and decides on none."""
    keys = ["demand", "filled", "backlog", "lost"] if market else ["demand", "production_order", "on_hand", "backlog"]
    return [key for key in keys if key in ("demand", "filled", "production_order", "on_hand") or
            bool(result.record[key][:, node].any())]  # fmt: skip


def _line(result: Result, node: int, key: str) -> dict[str, Any]:
    """A column over time as numbers in 0..1 of its greatest, thinned out where there are many."""
    values: Array = result.record[key][:, node]
    most = float(values.max(initial=0.0))
    if values.size > POINTS:
        values = np.array([part.max() for part in np.array_split(values, POINTS)])
    unit = results("node")[key].unit
    heights = np.round(values / most, 4) if most > 0 else np.zeros(values.size)
    return {"name": HISTORY[key], "unit": unit, "most": figure(most), "heights": heights.tolist()}


def _rules(network: Network, node: int) -> Iterator[dict[str, Any]]:
    """The rules of a node in words, with their parameters; of a customer, how its demand comes about too."""
    market = network.node["kind"][node] == CUSTOMER
    given = dict(rules_at(network, node))
    if not market and np.count_nonzero(network.lane["supplier"] == node) > 1:
        given["allocation"] = rule_at(network, "allocation", node)
    if market:
        process = as_process(network.object_of("node", "demand", node))
        yield {"column": "demand", "name": _plain(type(process).__name__), "words": _first_line(type(process)),
               "parameters": [*_parameters(process)]}  # fmt: skip
    for column, rule in given.items():
        yield {"column": column.replace("_", " "), "name": name_of(type(rule)).replace("_", " "),
               "words": first_line(type(rule)).replace("`", ""), "parameters": [*_parameters(rule)]}  # fmt: skip


def _parameters(rule: Any) -> Iterator[dict[str, str]]:
    for own in fields(rule) if is_dataclass(rule) else ():
        value = getattr(rule, own.name)
        if isinstance(value, (bool, int, float, str)) or (isinstance(value, tuple) and value):
            yield {"name": own.name.replace("_", " "), "value": _said(value), "unit": own.metadata.get("unit", ""),
                   "meaning": own.metadata.get("meaning", "")}  # fmt: skip


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        shown = ", ".join(map(_said, value[:SHOWN]))
        return f"{shown}, ... ({len(value)} in all)" if len(value) > SHOWN else shown
    if isinstance(value, (bool, str)):
        return str(value).lower()
    return f"{value:,.6g}"


def _first_line(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())


def _plain(name: str) -> str:
    """The name of a class in words."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _sees(network: Network, node: int, seen: Seen, period: int) -> dict[str, Any]:
    """What one rule sees in a period, what it remembers, and what it decides, each with its unit and meaning."""
    at = min(period, len(seen.decided) - 1)
    units = {part.name: part.unit for part in seen.rule.memory}
    written = results("node" if seen.column == "ordering" else "inbound").get(seen.written)
    return {
        "rule": name_of(type(seen.rule)).replace("_", " "),
        "column": seen.column.replace("_", " "),
        "reads": [_cell(network, node, name, values[at], seen) for name, values in seen.read.items()],
        "remembers": [
            {"name": name.replace("_", " "), "value": _values(values[at], seen), "unit": units[name], "meaning": ""}
            for name, values in seen.remembered.items()
        ],
        "decides": {
            "name": DECIDED[seen.column],
            "value": _values(seen.decided[at], seen),
            "unit": written.unit if written else "",
        },
    }


def _cell(network: Network, node: int, name: str, values: Array, seen: Seen) -> dict[str, str]:
    """One thing that a rule reads."""
    unit, meaning = _unit_of(name.removeprefix("told_"))
    if name.startswith("told_"):
        tells, own = name.removeprefix("told_"), network.names[node]
        who = [signal for signal in network.signals if signal.reader == own and signal.tells == tells]
        late = sorted({signal.delay for signal in who})
        sources = _names([signal.source for signal in who])
        meaning = f"{meaning}; told by {sources}" + (f", {late[-1]} periods old" if late and late[-1] else "")
    return {"name": name.replace("_", " "), "value": _values(values, seen), "unit": unit, "meaning": meaning}


def _unit_of(name: str) -> tuple[str, str]:
    """Unit and meaning of a column that a rule may read; what is no column has none."""
    if name in DERIVED:
        return DERIVED[name]
    for columns in (results("node"), results("inbound"), tellable(), {column.key: column for column in INPUTS}):
        if name in columns:
            return columns[name].unit, columns[name].meaning
    return "", ""


def _values(values: Array, seen: Seen) -> str:
    """A value, or those of the inputs or suppliers, by their names."""
    numbers = np.atleast_1d(values).tolist()
    if len(numbers) == 1:
        return figure(float(numbers[0]))
    names = seen.suppliers if len(numbers) == len(seen.suppliers) else seen.inputs
    if len(numbers) != len(names):
        return _names([figure(float(number)) for number in numbers])
    return _names([f"{name} {figure(float(number))}" for name, number in zip(names, numbers, strict=True)])


def _names(texts: Sequence[str]) -> str:
    more = f", and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    return ", ".join(texts[:SHOWN]) + more
