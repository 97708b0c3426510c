"""What rules share that count in containers, cards or lots: a number that is whole but for rounding is whole."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def full(units: Array, container: Array | float) -> Array:
    """How many containers are full, [row]."""
    counted: Array = np.floor(np.round(units / container, 9))
    return counted


def begun(units: Array, container: Array | float) -> Array:
    """How many containers it takes to hold the units, the last one perhaps not full, [row]."""
    counted: Array = np.ceil(np.round(units / container, 9))
    return counted
