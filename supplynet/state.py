"""The state of a run: result columns in three blocks, allocated once and filled in place, never rebound.

A block is [column, row]; each column is known by its key, so that kernels, rules, records and agents see one memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from supplynet.schema import results

Array = NDArray[Any]
Block = Literal["node", "inbound", "outbound"]
CARRIERS: Final = ("mail", "transport", "line")
BLOCKS: Final[tuple[Block, ...]] = ("node", "inbound", "outbound")


@dataclass(slots=True, eq=False)
class State:
    """All columns by name. `blocks` are the results; `tables` says in which table a column lies; `memories` is what
    rules remember, `rings` what signals carry; `clock[0]` is the period and `clock[n]` the period modulo n.
    """

    columns: dict[str, Array]
    blocks: dict[Block, Array]
    keys: dict[Block, tuple[str, ...]]
    tables: dict[str, str]
    clock: NDArray[np.uint32]
    sizes: NDArray[np.uint32]
    memories: list[dict[str, Array]] = field(default_factory=list)
    rings: list[Array] = field(default_factory=list)

    def turn_to(self, period: int) -> None:
        """Set the clock."""
        np.remainder(period, self.sizes, out=self.clock[1:])
        self.clock[0] = period

    def mutable(self) -> Iterator[Array]:
        """Every array that a run changes and that the next run must find as it opened."""
        yield from self.blocks.values()
        yield from (self.columns[carrier] for carrier in CARRIERS)
        yield from self.rings
        yield from (self.columns["share"], self.columns["busy"])
        yield from (part for memory in self.memories for part in memory.values())


def allocate(columns: dict[str, Array], sizes: Mapping[Block, int], tables: dict[str, str], longest: int) -> State:
    """A state whose result columns open at what `columns` holds under their keys, else at zero."""
    blocks: dict[Block, Array] = {}
    keys: dict[Block, tuple[str, ...]] = {}
    for block in BLOCKS:
        keys[block] = tuple(results(block))
        blocks[block] = np.zeros((len(keys[block]), sizes[block]))
        for at, key in enumerate(keys[block]):
            if key in columns:
                blocks[block][at] = columns[key]
            columns[key] = blocks[block][at]
            tables[key] = block
    slots = np.arange(1, longest + 1, dtype=np.uint32)
    yesterday = np.concatenate([[0], slots - 1]).astype(np.uint32)  # before the first period, every last slot is past
    return State(columns, blocks, keys, tables, yesterday, slots)
