"""The levers of a place as controls for the page, made from the schema and from what rules declare."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import Field, asdict, dataclass, fields, is_dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import bounds
from supplynet.network import Network
from supplynet.policies.catalogue import FAMILIES, name_of, rules_of
from supplynet.policies.parameters import LARGEST
from supplynet.prepare import DEFAULT_RULES
from supplynet.scenario import SETTINGS, Result, Scenario
from supplynet.schema import CUSTOMER, KINDS, UNFILLED, Column, Table, inputs
from supplynet.words.rules import first_line
from supplynet.words.scenarios import own_levers

Array = NDArray[Any]
LISTED: Final = 400  # nodes or lanes that the list of places names; of more, click on the map
EXAMPLE_FLOW: Final = 8.0  # units a period, the usual sales in the worked example of a rule
LANE_TABLES: Final[tuple[Table, ...]] = ("lane", "inbound", "outbound", "input")
MEANINGS: Final = {
    "periods": "how long to run",
    "seed": "of all randomness",
    "warm_up": "first periods that the measures leave out",
    "start": "pipelines filled at mean demand, or empty",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One lever as the page shows it: a number, a choice or a switch.

    value: as text, empty where rows differ; shown: what they hold then; slide: least, greatest and step of a slider.
    """

    lever: str
    label: str
    form: str
    value: str
    shown: str = ""
    unit: str = ""
    meaning: str = ""
    choices: tuple[str, ...] = ()
    slide: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Controls under one heading."""

    title: str
    controls: tuple[Control, ...]
    open: bool = True


def places(network: Network) -> list[dict[str, Any]]:
    """Where levers may be set: everywhere, at a kind, a node or a lane, as headings with names."""
    kinds = [KINDS[kind] for kind in sorted(set(network.node["kind"].tolist()))]
    lanes = network.lane_names() if network.n_lanes <= LISTED else []
    nodes = list(network.names) if network.n_nodes <= LISTED else []
    headed = (("Every node of a kind", kinds), ("Nodes", nodes), ("Lanes", lanes))
    return [{"title": title, "names": names} for title, names in headed if names]


def groups(scenario: Scenario, place: str) -> list[dict[str, Any]]:
    """The controls of a place: empty for the whole scenario, a kind, a node, or a lane "supplier>customer"."""
    found = _of_all(scenario) if not place else _of_place(scenario.network, place)
    return [asdict(group) for group in found if group.controls]


def rule_text(result: Result, lever: str, name: str) -> str:
    """A rule chosen by name, with the parameters of its example at the scale of this network.

    A parameter in units is multiplied by what is usually asked of the place in a period over what the example sells.
    """
    place, _, column = lever.rpartition(".")
    kind = rules_of(column)[name]
    nodes = _deciders(result.scenario.network, column, place)
    asked = float(np.median(result.record["demand"][:, nodes])) if nodes.size else 0.0
    given = []
    for own in fields(kind):
        if own.name in kind.example:
            value = kind.example[own.name]
            if asked > 0 and own.metadata.get("unit", "").startswith("units") and not own.metadata["whole"]:
                scaled = tuple(float(f"{part * asked / EXAMPLE_FLOW:.2g}") for part in np.atleast_1d(value))
                value = scaled if isinstance(value, tuple) else scaled[0]
            given.append(f"{own.name}={value!r}")
    return f"{name}({', '.join(given)})" if given else name


def _of_all(scenario: Scenario) -> Iterator[Group]:
    own = [
        _control(name, name, value, "", meaning, whole=isinstance(value, int), slides=True)
        for name, value, meaning in own_levers(scenario)
    ]
    yield Group("This scenario", tuple(own))
    run = [Control(name, name, "number", str(getattr(scenario, name)), meaning=MEANINGS[name]) for name in SETTINGS[:3]]
    start = Control("start", "start", "choice", scenario.start, meaning=MEANINGS["start"], choices=("steady", "empty"))
    yield Group("The run", (*run, start))
    named = {control.lever for control in own}
    rules = [control for control in _rules(scenario.network, "") if control.lever not in named]
    yield Group("Rules, for all who have one", tuple(rules), open=not own)


def _of_place(network: Network, place: str) -> Iterator[Group]:
    if ">" in place:
        lane = np.array([network.lane_names().index(place)])
        yield Group("This lane", tuple(_columns(network, place, LANE_TABLES, lane)))
        return
    nodes = _nodes(network, place)
    lanes = np.flatnonzero(np.isin(network.lane["customer"], nodes))
    yield Group("Rules", tuple(_rules(network, place)))
    yield Group("Demand", tuple(_parameters(network, "demand", place, nodes)))
    of_node = tuple(_columns(network, place, ("node",), nodes))
    yield Group("The node" if place in network.names else "These nodes", of_node)
    if lanes.size:
        yield Group("Lanes into it", tuple(_columns(network, place, LANE_TABLES, lanes)), open=False)


def _nodes(network: Network, place: str) -> Array:
    if place in network.names:
        return np.array([network.names.index(place)])
    return np.flatnonzero(network.node["kind"] == KINDS.index(place)) if place else np.arange(network.n_nodes)


def _deciders(network: Network, column: str, place: str) -> Array:
    """The nodes of a place for which a rule of this kind has something to decide."""
    nodes = _nodes(network, place)
    firms = nodes[(network.node["kind"][nodes] != CUSTOMER) | (column != "ordering" and bool(place))]
    if column == "ordering":
        decides = (network.objects["node", "ordering"].codes >= 0) | bool(place)
    elif column == "input_rule":
        decides = np.bincount(network.lane["customer"], minlength=network.n_nodes) > 0
    elif column == "sourcing":
        several = np.bincount(network.lane["input"], minlength=network.n_inputs) > 1
        decides = np.isin(np.arange(network.n_nodes), network.input["node"][several])
    else:
        decides = np.bincount(network.lane["supplier"], minlength=network.n_nodes) > 1
    chosen: Array = firms[decides[firms]]
    return chosen


def _rules(network: Network, place: str) -> Iterator[Control]:
    """For each family that decides something here, which rule, and its parameters."""
    for column in FAMILIES:
        nodes = _deciders(network, column, place)
        if nodes.size:
            used = [type(rule) for rule in _owners(network, column, nodes)]
            names = list(dict.fromkeys(name_of(kind) for kind in used))
            choices = tuple(sorted({*rules_of(column), *names}))
            lever = f"{place}.{column}".lstrip(".")
            doc = first_line(used[0]).replace("`", "") if len(names) == 1 else ""
            value, shown = (names[0], "") if len(names) == 1 else ("", f"{len(names)} different rules")
            yield Control(lever, column, "choice", value, shown, meaning=doc, choices=choices)
            yield from _parameters(network, column, place, nodes)


def _owners(network: Network, column: str, nodes: Array) -> list[Any]:
    coded = network.objects["node", column]
    found = [coded.values[code] if code >= 0 else DEFAULT_RULES.get(column) for code in np.unique(coded.codes[nodes])]
    return [owner for owner in found if owner is not None]


def _parameters(network: Network, column: str, place: str, nodes: Array) -> Iterator[Control]:
    """The parameters of the rules or processes that some nodes have in one column."""
    owners = [owner for owner in _owners(network, column, nodes) if is_dataclass(owner)]
    for own in {own.name: own for owner in owners for own in fields(owner)}.values():
        values = [getattr(owner, own.name) for owner in owners if hasattr(owner, own.name)]
        if any(isinstance(value, (bool, int, float, str)) for value in values):
            yield _parameter(f"{place}.{own.name}".lstrip("."), own, values)


def _parameter(lever: str, own: Field[Any], values: Sequence[Any]) -> Control:
    told = own.metadata
    value, shown = _one(values)
    unit, meaning = told.get("unit", ""), told.get("meaning", told.get("must", ""))
    if isinstance(values[0], bool):
        return Control(lever, own.name, "choice", value.lower(), shown, unit, meaning, ("false", "true"))
    if isinstance(values[0], str):
        choices = tuple(told.get("choices", ())) or (values[0],)
        return Control(lever, own.name, "choice", value, shown, unit, meaning, choices)
    whole = told.get("whole", isinstance(values[0], int))
    least, most = told.get("least", -LARGEST), told.get("most", LARGEST)
    slide = _slide(values[0] if value else math.nan, least, most, whole=whole)
    return Control(lever, own.name, "number", value, shown, unit, meaning, slide=slide)


def _columns(network: Network, place: str, tables: Sequence[Table], rows: Array) -> Iterator[Control]:
    """The columns of the schema that hold numbers, and what is unfilled, at some nodes or lanes."""
    for table in tables:
        of_input = table == "input"
        held = {"node": network.node, "input": network.input}.get(table, network.lane)
        chosen = np.unique(network.lane["input"][rows]) if of_input else rows
        for name, column in inputs(table).items():
            if name == "unfilled":
                value, shown = _one([UNFILLED[code] for code in held[name][chosen].tolist()])
                yield Control(f"{place}.{name}", name, "choice", value, shown, "", column.meaning, UNFILLED)
            elif column.dtype is not str:
                values = [*held[name][chosen].tolist(), *_objects(network, table, name, chosen)]
                yield _column(f"{place}.{name}", column, values)


def _objects(network: Network, table: Table, name: str, rows: Array) -> list[str]:
    """In words, the distributions that some rows have in a column."""
    key = ("node" if table == "node" else "lane", name)
    if key not in network.objects:
        return []
    coded = network.objects[key]
    return [repr(coded.values[code]) for code in np.unique(coded.codes[rows]) if code >= 0]


def _column(lever: str, column: Column, values: Sequence[Any]) -> Control:
    words = [value for value in values if isinstance(value, str)]
    value, shown = ("", words[0]) if words else _one(values)
    least, most = bounds(column)
    whole = column.dtype is np.uint32
    slide = None if words or not value or not (whole or most == 1.0) else _slide(values[0], least, most, whole=whole)
    return Control(lever, column.name, "number", value, shown, column.unit, column.meaning, slide=slide)


def _control(lever: str, label: str, value: Any, unit: str, meaning: str, *, whole: bool, slides: bool) -> Control:
    if isinstance(value, bool):
        return Control(lever, label, "choice", str(value).lower(), "", unit, meaning, ("false", "true"))
    slide = _slide(value, 0.0, LARGEST, whole=whole) if slides and isinstance(value, (int, float)) else None
    return Control(lever, label, "number", _text(value), "", unit, meaning, slide=slide)


def _one(values: Iterable[Any]) -> tuple[str, str]:
    """The one value as text, and nothing; or nothing, and in words what there is."""
    distinct = list(dict.fromkeys(_text(value) for value in values))
    if len(distinct) == 1:
        return (distinct[0], "") if distinct[0] != "nan" else ("", "default")
    numbers = sorted(value for value in values if isinstance(value, (int, float)) and not math.isnan(value))
    return "", f"{numbers[0]:.4g} to {numbers[-1]:.4g}" if len(numbers) > 1 else f"{len(distinct)} values"


def _text(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _slide(value: Any, least: float, most: float, *, whole: bool) -> tuple[float, float, float] | None:
    """Least, greatest and step of a slider: the declared range, or, without an end, three times the value."""
    if not math.isfinite(value) or (least < -1e300 and value < 0):
        return None
    low = 0.0 if least < 1e-6 else least
    high = most if most < 1e300 else _round_up(3.0 * value) if value > 0 else 10.0 if whole else 1.0
    if whole:
        return low, float(max(math.ceil(high), low + 1)), 1.0
    return (low, high, _round_up((high - low) / 200.0)) if high > low else None


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, ..."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= value * (1 - 1e-9))
