"""Parameters of rules, each declared once: unit, meaning, range and default, from which checks and help are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, Field, field, fields
from numbers import Real
from typing import Any, Final

import numpy as np

LARGEST: Final = float(np.finfo(np.float64).max)


def parameter(
    unit: str,
    meaning: str,
    *,
    default: Any = MISSING,
    least: float = -LARGEST,
    most: float = LARGEST,
    whole: bool = False,
    choices: Sequence[str] = (),
    many: bool = False,
) -> Any:
    """A field of a rule: a number in [least, most] (a whole one, or many, if so said), true or false, or a choice.

    unit: as in the schema, "" for none; meaning: for the reader of `supplynet rules`.
    """
    told = {
        "unit": unit, "meaning": meaning, "least": least, "most": most, "whole": whole, "choices": tuple(choices),
        "many": many,
    }  # fmt: skip
    return field(metadata=told) if default is MISSING else field(default=default, metadata=told)


def check_parameters(rule: Any) -> None:
    """Every declared parameter must be what its declaration says; whole numbers become int, others float.

    Raises ValueError that names the rule, the parameter, its value and what it must be.
    """
    for own in fields(rule):
        if own.metadata:
            object.__setattr__(rule, own.name, _checked(type(rule).__name__, own, getattr(rule, own.name)))


def _checked(rule: str, own: Field[Any], value: Any) -> Any:
    told = own.metadata
    if told["many"]:
        each = value if isinstance(value, (tuple, list, np.ndarray)) else (value,)
        return tuple(_checked_one(rule, own, part, f"{own.name}[{at}]") for at, part in enumerate(each))
    return _checked_one(rule, own, value, own.name)


def _checked_one(rule: str, own: Field[Any], value: Any, name: str) -> Any:
    told = own.metadata
    if told["choices"] or isinstance(own.default, bool):
        if value in told["choices"] if told["choices"] else isinstance(value, bool):
            return value
    elif isinstance(value, Real) and not isinstance(value, bool) and told["least"] <= float(value) <= told["most"]:
        number = float(value)
        if not told["whole"]:
            return number
        if number.is_integer():
            return int(number)
    unit = f" ({told['unit']})" if told["unit"] else ""
    raise ValueError(f"{rule}: {name} is {value!r}, must be {range_of(own)}{unit}: {told['meaning']}; mend it")


def range_of(own: Field[Any]) -> str:
    """What a parameter must be, in words."""
    told = own.metadata
    if told["choices"]:
        return f"one of {', '.join(map(repr, told['choices']))}"
    if isinstance(own.default, bool):
        return "true or false"
    number = "a whole number" if told["whole"] else "a finite number" if told["most"] <= LARGEST else "a number"
    lower = f" >= {told['least']:g}" if told["least"] > -LARGEST else ""
    upper = f" <= {told['most']:g}" if told["most"] < LARGEST else ""
    number = f"one or more numbers, each {number}" if told["many"] else number
    return f"{number}{lower}{' and' if lower and upper else ''}{upper}"
