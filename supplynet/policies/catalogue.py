"""The rules of the package by name: the file's, the class's, or what the field calls it for short."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from importlib import import_module
from typing import Any, Final

from supplynet.checks import nearest
from supplynet.policies.contract import AllocationRule, InputRule, OrderingRule, Rule, SourcingRule

FAMILIES: Final[dict[str, tuple[str, type[Rule]]]] = {
    "ordering": ("ordering", OrderingRule),
    "input_rule": ("input", InputRule),
    "sourcing": ("sourcing", SourcingRule),
    "allocation": ("allocation", AllocationRule),
}
"""The node column in which rules of a family stand: their folder, and what they all are."""

WORDS: Final = {"inf": float("inf"), "nan": float("nan"), "true": True, "false": False}


def rules_of(column: str) -> dict[str, type[Rule]]:
    """The rules that may stand in a node column, by the name of their file."""
    package = import_module(f"supplynet.policies.{FAMILIES[column][0]}")
    kinds = (kind for kind in vars(package).values() if isinstance(kind, type) and issubclass(kind, Rule))
    return {name_of(kind): kind for kind in kinds}


def name_of(kind: type[Rule]) -> str:
    """The name of a rule: that of its file."""
    return kind.__module__.rpartition(".")[2]


def find_rule(name: str, column: str | None = None) -> tuple[str, type[Rule]]:
    """The node column and the class of a rule, by any of its names.

    Raises ValueError with the nearest name.
    """
    known: dict[str, tuple[str, type[Rule]]] = {}
    for place in FAMILIES if column is None else (column,):
        for own, kind in rules_of(place).items():
            known |= dict.fromkeys(filter(None, (own, kind.__name__, kind.abbreviation)), (place, kind))
    plain = name.strip().replace("-", "_")
    if plain not in known:
        for place in FAMILIES:
            if place != column and plain in rules_of(place):
                raise ValueError(f"rule {name!r} is one for {place}, not for {column}; set it as {place}")
        hint = nearest(plain, known, shown=0)
        close = f"{hint} " if hint.startswith("did") else ""
        raise ValueError(f"rule {name!r} is not known; {close}`supplynet rules` lists them")
    return known[plain]


def required(kind: type[Rule]) -> tuple[str, ...]:
    """The parameters of a rule that have no default."""
    return tuple(own.name for own in fields(kind) if own.default is MISSING)


def read_rule(text: str, column: str, beside: Mapping[str, Any]) -> Rule:
    """A rule written as `name` or `name(parameter=value, ...)`; parameters that the text leaves out come from `beside`.

    Raises ValueError that names what cannot be read, or the parameter that is missing.
    """
    name, written = _parse(text)
    _, kind = find_rule(name, column)
    known = {own.name: own for own in fields(kind)}
    positional = [value for key, value in written if key is None]
    named = [key for key, _ in written if key is not None]
    twice = [key for key in known if [*[*known][: len(positional)], *named].count(key) > 1]
    if len(positional) > len(known) or twice:
        what = f"{twice[0]} twice" if twice else f"{len(positional)} values for {len(known)} parameters"
        raise ValueError(f"rule {name!r} is given {what}; write each once: {', '.join(known)}")
    given = dict(zip(known, positional, strict=False)) | {key: value for key, value in written if key is not None}
    for key in given:
        if key not in known:
            raise ValueError(f"rule {name!r} has no parameter {key!r}; {nearest(key, known)}")
    given = {key: typed(known[key], value) for key, value in beside.items() if key in known} | given
    missing = [key for key in required(kind) if key not in given]
    if missing:
        values = ", ".join(f"{key}=..." for key in missing)
        raise ValueError(
            f"rule {name!r} needs {' and '.join(missing)}; give that beside it, or write '{name_of(kind)}({values})'"
        )
    return kind(**given)


def typed(own: Field[Any], value: Any) -> Any:
    """A text as what the parameter is: a number, true or false, or a text; what is no text stays as it is."""
    if not isinstance(value, str) or isinstance(own.default, str):
        return value
    if isinstance(own.default, bool):
        return {"true": True, "false": False}.get(value.lower(), value)
    try:
        return ast.literal_eval(value.strip()) if "," in value else float(value)
    except (SyntaxError, ValueError):
        return value


def _parse(text: str) -> tuple[str, list[tuple[str | None, Any]]]:
    """The name of a rule and its arguments, each with its name or None."""
    try:
        name, arguments = parse_call(text)
        return name, [(key, argument_of(node)) for key, node in arguments]
    except (SyntaxError, ValueError):
        raise ValueError(
            f"{text!r} is no rule; write name or name(parameter=value, ...), as `supplynet rules` does"
        ) from None


def parse_call(text: str) -> tuple[str, list[tuple[str | None, ast.expr]]]:
    """What is written as `name` or `name(value, parameter=value)`: the name, and the arguments, each with its name or
    None. Raises SyntaxError where it is written otherwise.
    """
    if "(" not in text:
        return text, []
    call = ast.parse(text.strip(), mode="eval").body
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
        raise SyntaxError(f"{text!r} is no name with brackets")
    named = [(key.arg, key.value) for key in call.keywords]
    return call.func.id, [*((None, argument) for argument in call.args), *named]


def argument_of(node: ast.expr) -> Any:
    """A number, a text in quotes, true or false, or a tuple of them. Raises ValueError for anything else."""
    if isinstance(node, ast.Name) and node.id.lower() in WORDS:
        return WORDS[node.id.lower()]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Name):
        return -argument_of(node.operand)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"{ast.unparse(node)!r} cannot be read; write a number, with a point in decimals") from None
