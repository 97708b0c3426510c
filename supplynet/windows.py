"""Windows: rows that read neighbouring slots of a carrier, which is streamed into the cache before they do.

A message lies where its sender put it, so that whoever reads in the order of its own rows jumps about. What the rows
of a window read fits the cache of a core, and a stream of it costs a fraction of so many jumps. Windows hold about as
many ends each, so threads that share them have about as much to do, however unlike the rows are.
"""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
from numpy.typing import NDArray

from supplynet import layout

Array = NDArray[Any]
FIRST, LAST, NEAR, FAR, SEEN = range(5)
"""The columns of windows: of the rows first and one past last, of the slots too, and how many a glance found full."""
LINE: Final = 8  # numbers that come into the cache together


def windows(first: Array, stop: Array, slots: Array | None = None) -> NDArray[np.int64]:
    """The windows of rows that read the ends from `first` up to `stop`, both [row], ascending; shape [window, column].

    slots: the offsets [window + 1] of a carrier whose slots these rows read here and there; a window of which they read
    less than half, and a carrier that fits the cache, is not worth a glance.
    """
    ends = first.astype(np.int64)
    of_row = ends // layout.READ_TOGETHER
    cuts = np.flatnonzero(np.diff(of_row)) + 1
    found = np.zeros((cuts.size + 1, 5), np.int64)
    found[1:, FIRST] = cuts
    found[:-1, LAST] = cuts
    found[-1, LAST] = ends.size
    if slots is not None and slots.size > 2 and ends.size:
        read = np.add.reduceat(stop - ends, found[:, FIRST])
        window = np.minimum(of_row[found[:, FIRST]], slots.size - 2)
        worth = read >= layout.READ_TOGETHER // 2
        found[worth, NEAR], found[worth, FAR] = slots[window][worth], slots[window + 1][worth]
    return found


@numba.njit(cache=True)
def glance(carrier: Any, near: Any, far: Any) -> Any:
    """Bring slots into the cache by looking at one number of each line; how many of those are not zero."""
    full = 0
    for slot in range(near, far, LINE):
        full += carrier[slot] != 0.0
    return full
