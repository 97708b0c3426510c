"""Windows: rows that read neighbouring slots of a carrier, which is streamed into the cache before they do.

A message lies where its sender put it, so that whoever reads in the order of its own rows jumps about. What the rows
of a window read fits the cache of a core, and a glance at one slot in eight, a line of memory, brings it there for a
fraction of what so many jumps cost. Windows hold about as many ends each, so threads that share them have about as
much to do, however unlike their rows are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet import layout

Array = NDArray[Any]


def windows(first: Array, stop: Array, slots: Array | None = None) -> dict[str, Array]:
    """The columns of the windows of rows that read the ends from `first` up to `stop`, both [row], ascending.

    slots: the offsets [window + 1] of a carrier whose slots these rows read here and there. `window_rows` are the
    offsets [window + 1] of the rows of each window; `near` and `far` [window] the slots to glance at: none where rows
    read less than half of them, or all fit the cache; `glanced` [window] is where a glance leaves what it added up.
    """
    ends = first.astype(np.int64)
    of_row = ends // layout.READ_TOGETHER
    begins = np.concatenate([[0], np.flatnonzero(np.diff(of_row)) + 1])
    near = np.zeros(begins.size, np.int64)
    far = near.copy()
    if slots is not None and slots.size > 2 and ends.size:
        worth = np.add.reduceat(stop - ends, begins) >= layout.READ_TOGETHER // 2
        window = np.minimum(of_row[begins], slots.size - 2)
        near[worth], far[worth] = slots[window][worth], slots[window + 1][worth]
    rows = np.append(begins, ends.size)
    return {"window_rows": rows, "near": near, "far": far, "glanced": np.zeros(begins.size)}
