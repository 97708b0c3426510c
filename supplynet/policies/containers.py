"""What rules share that count in containers, cards or lots: a number that is whole but for rounding is whole."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
NEARLY: Final = 5e-10  # of a container: so far from whole a number still is, as if it were rounded to 1e-9


def full(units: Array, container: Array | float) -> Array:
    """How many containers are full, [row]."""
    counted: Array = np.floor(units / container + NEARLY)
    return counted


def begun(units: Array, container: Array | float) -> Array:
    """How many containers it takes to hold the units, the last one perhaps not full, [row]."""
    counted: Array = np.ceil(units / container - NEARLY)
    return counted
