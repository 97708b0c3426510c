"""Batches: many runs played as unions of networks, each small enough for the cache and for memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from supplynet import engine
from supplynet.lower import Case
from supplynet.network import Network
from supplynet.outcomes import NEEDED
from supplynet.record import Keep, Record
from supplynet.schema import Table, results

BLOCK_CELLS: Final = 450_000  # rows times columns of one block of a union, so that it stays in the cache
BLOCK_BYTES: Final = 64_000_000  # of the record of one block
CELLS_OF_A_NODE: Final = 30


def runs_of_a_block(network: Network, periods: int, keep: Keep = NEEDED) -> int:
    """How many runs of a network make one block: at least one."""
    sizes: tuple[tuple[Table, int], ...] = (
        ("node", network.n_nodes), ("inbound", network.n_lanes), ("outbound", network.n_lanes),
    )  # fmt: skip
    kept = [size * sum(keep.columns is None or key in keep.columns for key in results(table)) for table, size in sizes]
    in_cache = BLOCK_CELLS // max(network.n_nodes * CELLS_OF_A_NODE, 1)
    return max(1, min(in_cache, BLOCK_BYTES // max(8 * periods * sum(kept), 1)))


class Player:
    """Plays unions one after the other; one that differs from the last in its replications alone is played in place."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Any, ...], engine.Engine, Record] | None = None

    def play(
        self, cases: Sequence[Case], periods: int, keep: Keep = NEEDED, *, warm_up: int = 0, more: bool = False
    ) -> Record:
        """The record of a union, which holds until the next is played.

        more: whether others like it follow, so that remembering how it opened is worth the memory.
        Raises ValueError that names every fault of a network, ArithmeticError what a faulty rule wrote.
        """
        shapes = [(case.network, case.seed, case.start, len(case.replications)) for case in cases]
        asked = (shapes, periods, keep, warm_up)
        last, self._last = self._last, None
        if last is not None and last[0] == asked:  # networks are equal only to themselves
            _, ready, record = last
            ready.reopen([case.replications for case in cases])
            record.clear()
        else:
            last = None  # or memory would have to hold two unions for a moment
            ready = engine.start(cases, periods)
            record = Record(ready.union, periods, keep, warm_up=warm_up)
            if more:
                ready.remember_opening()
        ready.run(periods, [record])
        if more:
            self._last = asked, ready, record
        return record
