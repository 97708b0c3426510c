"""Firm networks of growing size: the time of a node and of a lane, and how far that is from what memory allows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import numba
import numpy as np

from shared.networks import firms
from shared.timing import Table, best
from supplynet.engine import Engine, start
from supplynet.lower import Case
from supplynet.policies.contract import Local

NUMBERS: Final = 20_000_000  # of each array of the triad, more than any cache holds
TIMES: Final = 4  # as long as a stream of the bytes of a period: the aim


@numba.njit(parallel=True)
def _triad(a: Any, b: Any, c: Any) -> None:
    for i in numba.prange(a.size):
        a[i] = b[i] + 3.0 * c[i]


def measure_triad(table: Table) -> float:
    """Bytes a second that this machine streams on all threads: two numbers read and one written.

    Source: McCalpin (1995), IEEE Technical Committee on Computer Architecture Newsletter, the triad of STREAM.
    """
    a, b, c = np.zeros(NUMBERS), np.ones(NUMBERS), np.ones(NUMBERS)
    rate = 24 * NUMBERS / best(lambda: _triad(a, b, c))
    table.add(f"the triad on {numba.get_num_threads()} threads, the machine's memory", f"{rate / 1e9:.1f} GB/s")
    return rate


def measure_growth(table: Table, sizes: tuple[int, ...]) -> None:
    """A period of firm networks of growing size on all threads, against streaming once all that it uses."""
    rate = measure_triad(table)
    for size in sizes:
        network = firms(size)
        ready = start([Case(network)], 10)
        ready.run(2)
        assert ready.union.state.columns["shipment"].sum() / network.n_lanes > 0.1, "goods must flow"
        periods = max(3, min(200, 2_000_000 // network.n_lanes))
        taken = []
        for _ in range(3):
            begun = time.perf_counter()
            ready.run(periods)
            taken.append((time.perf_counter() - begun) / periods)
        used, seconds = bytes_of(ready), min(taken)
        table.add(
            f"firm network, {size:,} nodes, {network.n_lanes:,} lanes, a period",
            f"{seconds / size * 1e9:.0f} ns a node, {seconds / network.n_lanes * 1e9:.1f} a lane",
            f"{seconds / (used / rate):.1f} times a stream of its {used / 1e6:,.2f} MB (aim at 1,000,000: {TIMES})",
        )


def bytes_of(ready: Engine) -> int:
    """The bytes of all arrays that a period uses, each counted once, however many tasks read or write it."""
    sizes = {(array.ctypes.data, array.nbytes): array.nbytes for task in ready.tasks for array in _arrays(task.run)}
    return sum(sizes.values())


def _arrays(thing: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays that a call was bound to, in its arguments, its closure, or what its rule sees."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, partial):
        for part in (*thing.args, thing.func):
            yield from _arrays(part)
    elif isinstance(thing, Local):
        for part in vars(thing).values():
            yield from _arrays(part)
    else:
        for cell in getattr(thing, "__closure__", None) or ():
            yield from _arrays(cell.cell_contents)
