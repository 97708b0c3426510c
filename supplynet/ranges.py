"""Ranges of parameters, stated beside a field as its metadata: the bounds, and in words the rule and the cure."""

import math
import sys
from collections.abc import Mapping
from dataclasses import fields
from numbers import Real
from typing import Any


def within(least: float, most: float = sys.float_info.max, *, must: str) -> Mapping[str, Any]:
    """State the rule of a field, as its metadata: the bounds, and in words what it must be, and the cure."""
    return {"least": least, "most": most, "must": must}


ANY = within(-sys.float_info.max, must="a finite number; give one")
NOT_NEGATIVE = within(0.0, must="a finite number >= 0; give 0 for none")
POSITIVE = within(math.nextafter(0.0, 1.0), must="a finite number > 0; give one")
SHARE = within(0.0, 1.0, must="a number >= 0 and <= 1; give a share, not a percentage")
CUT = within(-math.inf, must="a number, or -inf for no cut; give the least value that a draw may have")
CHANCE = within(POSITIVE["least"], 1.0, must="a number > 0 and <= 1; give 1 over the mean number of trials")


def checked(where: str, value: object, *, least: float, most: float, must: str) -> float:
    """Return the number as a float, or raise a ValueError when it is none or outside [least, most]."""
    if isinstance(value, Real) and least <= float(value) <= most:
        return float(value)
    raise ValueError(f"{where} is {value!r}, must be {must}")


def check_fields(instance: Any) -> None:
    """Make every field that has a rule a plain float, or raise a ValueError when it breaks the rule."""
    for item in fields(instance):
        if item.metadata:
            where = f"{type(instance).__name__}: {item.name}"
            number = checked(where, getattr(instance, item.name), **item.metadata)
            object.__setattr__(instance, item.name, number)
