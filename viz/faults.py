"""What does not fit, as pages tell it beside the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BAD_INPUT: Final = (ValueError, TypeError, KeyError, ArithmeticError, MemoryError, OSError)
"""What a lever, a disruption, a network or a scenario that does not fit raises."""


@dataclass(frozen=True)
class Fault:
    """A lever, field or row of disruptions that did not fit, the value it was given, and in words why."""

    lever: str = ""
    value: str = ""
    words: str = ""


def told(fault: BaseException) -> str:
    """What went wrong, in the words of whoever raised it."""
    return str(fault.args[0] if isinstance(fault, KeyError) and fault.args else fault) or type(fault).__name__
