"""Levers: what one decides, set by name.

One grammar everywhere: `column`, `kind.column`, `node.column`, `supplier>customer.column`; a column is an input column
of the schema, a parameter of a rule, or the rule itself (`ordering`, `input_rule`, `sourcing`, `allocation`). A lane's
column under a node or a kind means the lanes into it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import LONGEST, MAY_BE_INFINITE, POSITIVE, bounds, nearest, rule_of
from supplynet.network import RULES, Network
from supplynet.policies.catalogue import FAMILIES
from supplynet.rule_levers import set_rule, with_needed_signals
from supplynet.schema import CUSTOMER, KINDS, ORDER_SIZES, UNFILLED, Column, Table, inputs

Array = NDArray[Any]
TABLES: Final[tuple[Table, ...]] = ("node", "lane", "inbound", "outbound", "input")


Setting = tuple[str, Any]


def set_levers(network: Network, levers: Sequence[Setting], also: Iterable[str] = ()) -> Network:
    """A network in which some levers have other values, set one after the other; text is read as what the lever is.

    A rule chosen by name takes the parameters that later levers set; `also` are names that a hint may point to.
    Raises ValueError that names the lever, the rule it breaks and the nearest lever there is.
    """
    for at, (lever, value) in enumerate(levers):
        network = _set_lever(network, lever, value, levers[at + 1 :], also)
    return network


def _set_lever(network: Network, lever: str, value: Any, later: Sequence[Setting], also: Iterable[str]) -> Network:
    where, _, name = lever.rpartition(".")
    nodes, lanes = _rows(network, where, lever)
    if name in FAMILIES:
        return set_rule(network, name, lever, value, _followers(network, name, where, nodes), _beside(network, later))
    for table in TABLES:
        if name in inputs(table):
            return _set_column(network, inputs(table)[name], lever, value, nodes, lanes)
    changed = network
    hit = False
    for rule in RULES:
        for code, owner in enumerate(network.objects["node", rule].values):
            rows = nodes[network.objects["node", rule].codes[nodes] == code]
            if rows.size and is_dataclass(owner) and name in {field.name for field in fields(owner)}:
                new = _replaced(owner, name, read_like(getattr(owner, name), value, lever), lever)
                changed, hit = changed.with_column("node", rule, rows, new), True
                if rule in FAMILIES:
                    changed = with_needed_signals(changed, rows)
    if not hit:
        known = {known.rpartition(".")[2] for known in known_levers(network)}
        close = difflib.get_close_matches(name, known | (set() if where else set(also)), n=1)
        meant = f"{where}.{close[0]}" if close and where else "".join(close)
        hint = f"did you mean {meant!r}?" if close else "`supplynet show` lists the levers of a scenario"
        raise ValueError(f"lever {lever!r} is not known here; {hint}")
    return changed


def superseded(network: Network, lever: str, earlier: Iterable[str]) -> set[str]:
    """Those of some earlier levers that a lever makes void: itself, and what was said of a rule that it replaces."""
    where, _, name = lever.rpartition(".")
    void = {lever}
    for other in earlier if name in FAMILIES else ():
        place, _, said = other.rpartition(".")
        coded, nodes = network.objects["node", name], _rows(network, place, other)[0]
        has = np.array([*(said == name or said in {own.name for own in fields(rule)} for rule in coded.values), False])
        meant = nodes[has[coded.codes[nodes]]]
        if meant.size and np.isin(meant, _rows(network, where, lever)[0]).all():
            void.add(other)
    return void


def _followers(network: Network, column: str, where: str, nodes: Array) -> Array:
    """The nodes for which a rule of this kind decides something; without a place, those that order by a rule."""
    if column == "ordering":
        has_rule = network.objects["node", "ordering"].codes >= 0
        chosen = has_rule[nodes] if not where else network.node["kind"][nodes] != CUSTOMER
    else:
        end = network.lane["supplier" if column == "allocation" else "customer"]
        firms = (network.node["kind"][nodes] != CUSTOMER) | bool(where)
        chosen = np.isin(nodes, end) & firms
    return nodes[chosen]


def _beside(network: Network, later: Sequence[Setting]) -> Callable[[int], dict[str, Any]]:
    """For a node, what later levers say of it by the name of what they set."""
    places = [(lever.rpartition("."), value) for lever, value in later]
    said = [(set(_rows(network, where, name)[0].tolist()), name, value) for (where, _, name), value in places]
    return lambda node: {name: value for rows, name, value in said if node in rows}


def known_levers(network: Network) -> Iterator[str]:
    """Every lever of the network by its short name, and rule parameters also by node."""
    yield from FAMILIES
    for table in TABLES:
        yield from (name for name, column in inputs(table).items() if column.dtype is not str or name == "unfilled")
    seen = set()
    for rule in RULES:
        coded = network.objects["node", rule]
        for row, code in enumerate(coded.codes.tolist()):
            owner = coded.values[code] if code >= 0 else None
            for field in fields(owner) if is_dataclass(owner) else ():
                if field.name not in seen:
                    seen.add(field.name)
                    yield field.name
                yield f"{network.names[row]}.{field.name}"


def _rows(network: Network, where: str, lever: str) -> tuple[Array, Array]:
    """The nodes and the lanes that a place names."""
    every_node, every_lane = np.arange(network.n_nodes), np.arange(network.n_lanes)
    if not where:
        return every_node, every_lane
    if ">" in where:
        names = network.lane_names()
        if where not in names:
            raise ValueError(f"lever {lever!r}: there is no lane {where!r}; {nearest(where, names, shown=12)}")
        return every_node[:0], every_lane[names.index(where) : names.index(where) + 1]
    if where in network.names:
        chosen = every_node == network.names.index(where)
    elif where in KINDS:
        chosen = network.node["kind"] == KINDS.index(where)
    else:
        raise ValueError(
            f"lever {lever!r}: there is no node or kind {where!r}; {nearest(where, [*network.names, *KINDS], shown=12)}"
        )
    return every_node[chosen], every_lane[chosen[network.lane["customer"]]]


def _set_column(network: Network, column: Column, lever: str, value: Any, nodes: Array, lanes: Array) -> Network:
    if column.name == "kind" or column.name == "product":
        raise ValueError(f"lever {lever!r}: {column.name} shapes the network and cannot be set; build another network")
    if column.name == "unfilled":
        if value not in UNFILLED:
            raise ValueError(f"lever {lever!r} is {value!r}, must be one of {', '.join(UNFILLED)}; choose one")
        value = UNFILLED.index(value)
    elif column.dtype is not str and not hasattr(value, "mean"):
        value = _number(column, value, lever)
    if column.table == "node":
        if column.name in ORDER_SIZES and "." not in lever:
            nodes = _followers(network, "ordering", "", nodes)
        if column.name == "demand_factor" and "." not in lever:
            nodes = nodes[network.node["kind"][nodes] == CUSTOMER]
        return network.with_column("node", column.name, nodes, value)
    if column.name == "share":
        return _set_share(network, lever, float(value), lanes)
    if column.table == "input":
        return network.with_column("input", column.name, np.unique(network.lane["input"][lanes]), value)
    return network.with_column("lane", column.name, lanes, value)


def _set_share(network: Network, lever: str, share: float, lanes: Array) -> Network:
    """Set the share of some lanes, and scale those of the other lanes of each input so that they sum to 1 again."""
    of, shares = network.lane["input"], network.lane["share"].copy()
    own = np.zeros(network.n_lanes, bool)
    own[lanes] = True
    count = np.bincount(of[own], minlength=network.n_inputs)[of]
    others = np.bincount(of[~own], weights=shares[~own], minlength=network.n_inputs)[of]
    left = 1.0 - share * count
    if ((count > 0) & ((left < 0) | ((others <= 0) & (np.abs(left) > 1e-9)))).any():
        raise ValueError(
            f"lever {lever!r} is {share:g}, but the shares of an input sum to 1 and no other lane can make up for it; "
            "set it on one of several lanes, as supplier>customer.share"
        )
    touched = (count > 0) & ~own & (others > 0)
    shares[touched] *= (left / np.where(others > 0, others, 1.0))[touched]
    shares[own] = share
    return replace(network, lane={**network.lane, "share": shares})


def _number(column: Column, value: Any, lever: str) -> float:
    whole = column.dtype is np.uint32
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    lowest, highest = bounds(column)
    fits = lowest <= number <= highest and (np.isfinite(number) or column.name in MAY_BE_INFINITE)
    if fits and whole and number > LONGEST:
        raise ValueError(f"lever {lever!r} is {value!r}, must be at most {LONGEST:,} periods; shorten it")
    if not fits or (whole and number != int(number)) or (column.name in POSITIVE and number == 0):
        raise ValueError(
            f"lever {lever!r} is {value!r}, must be {rule_of(column)} ({column.unit or 'no unit'}): {column.meaning}; "
            "mend it"
        )
    return int(number) if whole else number


def read_like(old: Any, value: Any, lever: str) -> Any:
    """A text in the type of the old value; what is no text stays as it is. Raises ValueError that names the lever."""
    if not isinstance(value, str) or isinstance(old, str):
        return value
    try:
        if isinstance(old, bool):
            return {"true": True, "false": False}[value.lower()]
        if isinstance(old, tuple):
            return tuple(float(part) for part in value.strip("() ,").split(","))
        return int(value) if isinstance(old, int) else float(value)
    except (KeyError, ValueError):
        kinds = {bool: "true or false", int: "a whole number", tuple: "numbers with commas between them"}
        kind = kinds.get(type(old), "a number")
        raise ValueError(f"lever {lever!r} is {value!r}, must be {kind} like {old!r}; mend it") from None


def _replaced(owner: Any, name: str, value: Any, lever: str) -> Any:
    try:
        return replace(owner, **{name: value})
    except (TypeError, ValueError) as fault:
        raise ValueError(f"lever {lever!r}: {fault}") from None
