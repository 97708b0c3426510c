"""Signals: a node is told a column of another one, some periods old. Nothing else crosses but orders and goods."""

from __future__ import annotations

from typing import Any

from numba import prange

from supplynet.compiled import kernel


@kernel
def tell(signals: Any, clock: Any, source: Any, ring_start: Any, delay: Any, ring: Any, told_column: Any) -> None:
    """At the end of a period, what is to be told in `delay` periods goes into its slot."""
    for i in prange(signals.size):
        at = signals[i]
        if delay[at] > 0:
            ring[ring_start[at] + clock[delay[at]]] = told_column[source[at]]


@kernel
def hear(
    rows: Any, clock: Any, first_signal: Any, source: Any, ring_start: Any, delay: Any, weight: Any, ring: Any,
    told_column: Any, told: Any,
) -> None:  # fmt: skip
    """What a reader is told is the weighted sum over its sources; without delay it is what the source shows now."""
    for i in prange(rows.size):
        node = rows[i]
        heard = 0.0
        for at in range(first_signal[node], first_signal[node + 1]):
            if delay[at] > 0:
                heard += weight[at] * ring[ring_start[at] + clock[delay[at]]]
            else:
                heard += weight[at] * told_column[source[at]]
        told[node] = heard
