"""How many firms a sector has, and how large they are."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
EXPONENT: Final = 1.059
"""The share of firms larger than s falls as s to minus this. Source: Axtell (2001), Science 293, US firms of 1997."""


def apportion(weight: Array, seats: int) -> NDArray[np.int64]:
    """One for each weight above 0, and the rest in proportion to the weights, in whole numbers that add up to `seats`.

    Source: the method of the largest remainder, Hamilton (1792).
    """
    least = (weight > 0.0).astype(np.int64)
    quota = weight / weight.sum() * (seats - int(least.sum()))
    number = np.floor(quota).astype(np.int64)
    rest = seats - int(least.sum()) - int(number.sum())
    number[np.argsort(number - quota, kind="stable")[:rest]] += 1
    seated: NDArray[np.int64] = number + least
    return seated


def zipf(count: NDArray[np.int64], exponent: float = EXPONENT) -> Array:
    """The part that each firm has of its sector, the largest first, sector after sector [firm].

    The sizes of n firms are those that a Pareto distribution exceeds with odds (rank - 1/2) / n. Source: Gabaix &
    Ibragimov (2011), Journal of Business & Economic Statistics 29(1), for the half.
    """
    sector = np.repeat(np.arange(count.size), count)
    rank = np.arange(sector.size) - (np.cumsum(count) - count)[sector]
    size = (rank + 0.5) ** (-1.0 / exponent)
    part: Array = size / np.bincount(sector, size, count.size)[sector]
    return part
