"""One cell of a table: a number, a distribution or process such as normal(10, 3), or a text; read and written."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Final

from supplynet import demand, distributions
from supplynet import processes as others
from supplynet.checks import nearest
from supplynet.demand import FromFunction, Process, Trace
from supplynet.distributions import Discrete
from supplynet.policies.catalogue import argument_of, name_of, parse_call, typed
from supplynet.policies.contract import Rule

CALL: Final = re.compile(r"\s*[A-Za-z]\w*\s*\(")
PAIR: Final = re.compile(r"([^,():=\s]+)\s*:\s*([^,():=\s]+)")
EXACT: Final = 2.0**53  # whole numbers below it are written without a point


@cache
def processes() -> dict[str, type[Any]]:
    """Every distribution and process of the package by its name in a cell: NegativeBinomial is negative_binomial."""
    found = {}
    for module in (demand, distributions, others):
        for kind in vars(module).values():
            if is_dataclass(kind) and isinstance(kind, type) and hasattr(kind, "path") and kind is not FromFunction:
                found[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()] = kind
    return found


def read_cell(text: str) -> float | Process | str:
    """What a cell says: a number, a distribution or process where a name with brackets stands, else the text itself.

    Raises ValueError that says what of a distribution or process cannot be read.
    """
    try:
        number = float(text)
    except ValueError:
        return read_process(text) if CALL.match(text) else text
    return text if math.isnan(number) else number


def read_process(text: str, beside: Mapping[str, str] | None = None) -> Process:
    """A process written as `name(...)`, or as `name` with its parameters beside it, by name.

    In brackets stand numbers, other processes, parameter=value, the quantities of a trace, or the pairs
    value:probability of discrete. Raises ValueError that names what cannot be read, or the parameter that is missing.
    """
    try:
        name, written = parse_call(PAIR.sub(r"(\1, \2)", text))
    except SyntaxError:
        raise ValueError(f"{text!r} cannot be read; write for example normal(10, 3), with points in decimals") from None
    kind = _kind(name)
    try:
        found = [(key, _argument(node)) for key, node in written]
    except ValueError as fault:
        raise ValueError(f"{text!r}: {fault}") from None
    known = {own.name: own for own in fields(kind)}
    positional = _together(kind, text, [value for key, value in found if key is None])
    if len(positional) > len(known):
        raise ValueError(f"{text!r} has {len(positional)} values; write {_example(name, kind)}")
    given = dict(zip(known, positional, strict=False))
    for key, value in found:
        if key is not None and key not in known:
            raise ValueError(f"process {name!r} has no parameter {key!r}; {nearest(key, known)}")
        if key in given:
            raise ValueError(f"{text!r} gives {key} twice; write {_example(name, kind)}")
        given |= {} if key is None else {key: value}
    given = {key: _beside(known[key], value) for key, value in (beside or {}).items() if key in known} | given
    missing = [key for key, own in known.items() if own.default is MISSING and key not in given]
    if missing:
        raise ValueError(f"process {name!r} needs {' and '.join(missing)}; write {_example(name, kind)}")
    try:
        made: Process = kind(**given)
    except TypeError as fault:
        raise ValueError(f"{text!r}: {fault}") from None
    return made


def _kind(name: str) -> type[Any]:
    plain = name.strip().replace("-", "_")
    if plain not in processes():
        raise ValueError(f"process {name!r} is not known; {nearest(plain.lower(), processes())}")
    return processes()[plain]


def _argument(node: ast.expr) -> Any:
    """The value of one argument, which may be another process."""
    return read_process(ast.unparse(node)) if isinstance(node, ast.Call) else argument_of(node)


def _together(kind: type[Any], text: str, values: list[Any]) -> list[Any]:
    """The values of a list as one argument: the quantities of a trace, the pairs of a discrete distribution."""
    if kind is Trace and values and not isinstance(values[0], tuple):
        return [tuple(values)]
    if kind is Discrete and values and any(not isinstance(value, tuple) or len(value) != 2 for value in values):
        raise ValueError(f"{text!r}: write pairs value:probability, for example discrete(20:0.4, 25:0.6)")
    return [*zip(*values, strict=True)] if kind is Discrete else values


def _beside(own: Field[Any], text: str) -> Any:
    """A parameter from a cell of its own."""
    value = typed(own, text)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return read_cell(value) if isinstance(value, str) else value


def _example(name: str, kind: type[Any]) -> str:
    """How a process is written."""
    if kind is Discrete:
        return "discrete(20:0.4, 25:0.6)"
    if kind is Trace:
        return "trace(4, 8, 6)"
    return f"{name}({', '.join(f'{own.name}=...' for own in fields(kind) if own.default is MISSING)})"


def write_number(value: float) -> str:
    """A number so that it is read again to the last bit; whole ones without a point."""
    number = float(value)
    if number.is_integer() and abs(number) < EXACT and math.copysign(1.0, number) == (1.0 if number >= 0 else -1.0):
        return str(int(number))
    return repr(number)


def write_cell(value: Any) -> str:
    """A number, truth, text, process or rule as a cell that is read as the same again; a blank cell for None.

    Raises ValueError for what no cell can hold: a function, a rule or process of one's own.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Discrete):
        pairs = zip(value.values, value.probabilities, strict=True)
        return f"discrete({', '.join(f'{write_number(v)}:{write_number(p)}' for v, p in pairs)})"
    if isinstance(value, (Process, Rule)):
        return write_call(value)
    if isinstance(value, Sequence):
        return f"({''.join(f'{write_cell(part)}, ' for part in value)})"
    return write_number(value)


def cell_name(value: Process | Rule) -> str:
    """The name by which a cell knows a process or rule. Raises ValueError for one that the package does not have."""
    kind: type[Any] = type(value)
    names = [name for name, known in processes().items() if known is kind]
    if isinstance(value, Rule) and kind.__module__.startswith("supplynet.policies."):
        names = [name_of(kind)]
    if not names:
        raise ValueError(
            f"{kind.__name__} is not of this package, and a table holds only rules and processes that are; keep it in "
            "Python, or give the values of a process as a Trace"
        )
    return names[0]


def own_parameters(value: Process | Rule) -> dict[str, Any]:
    """The parameters of a process or rule that differ from their defaults, by name."""
    every = {own: getattr(value, own.name) for own in fields(value)}  # type: ignore[arg-type]
    return {own.name: given for own, given in every.items() if own.default is MISSING or given != own.default}


def write_call(value: Process | Rule, *, every: bool = False) -> str:
    """A process or rule with its parameters in brackets: those without a default by place, the others by name.

    every: those at their defaults too. Raises ValueError for one that the package does not have.
    """
    own: Any = fields(value)  # type: ignore[arg-type]
    by_place = [item.name for item in own if item.default is MISSING]
    given = {item.name: getattr(value, item.name) for item in own} if every else own_parameters(value)
    written = [_argument_cell(given.pop(name)) for name in by_place]
    if isinstance(value, Trace):
        written = [write_cell(quantity) for quantity in value.quantities]
    return (
        f"{cell_name(value)}({', '.join(written + [f'{name}={_argument_cell(part)}' for name, part in given.items()])})"
    )


def _argument_cell(value: Any) -> str:
    return repr(value) if isinstance(value, str) else write_cell(value)
