"""What is kept of a run, chosen before it starts: columns by period, or sums by label and totals by node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import psutil
from numba import prange
from numpy.typing import NDArray

from supplynet.checks import nearest
from supplynet.compiled import kernel
from supplynet.lower import Union
from supplynet.prepare import Prepared
from supplynet.schema import KINDS, results
from supplynet.state import BLOCKS, Block

Array = NDArray[Any]
FULL: Final = 10_000_000  # cells up to which everything is kept
BLOCK_OF: Final = {key: block for block in BLOCKS for key in results(block)}
LABELS: Final = ("kind", "sector", "region", "site")


@dataclass(frozen=True, slots=True)
class Keep:
    """What to keep: which columns (default: all), summed `by` a label (default: not summed), and of which periods.

    columns: keys of result columns; by: one or more of kind, sector, region, site; every: keep one period in so many,
    the last; totals: columns of which the sum over all periods of each node, or lane, is kept, whatever else is.
    """

    columns: tuple[str, ...] | None = None
    by: str | tuple[str, ...] = ()
    every: int = 1
    totals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("columns", "totals"):
            if isinstance(getattr(self, name), str):
                raise ValueError(f"Keep: {name} is a text, must be a tuple of names; write ({getattr(self, name)!r},)")
        for label in self.groupings:
            if label not in LABELS:
                raise ValueError(f"Keep: by is {label!r}, must be one of {', '.join(LABELS)}; {nearest(label, LABELS)}")
        if not (isinstance(self.every, int) and self.every >= 1):
            raise ValueError(f"Keep: every is {self.every!r}, must be a whole number >= 1; round it")

    @property
    def groupings(self) -> tuple[str, ...]:
        """The labels by which sums are kept."""
        return (self.by,) if isinstance(self.by, str) else self.by


class Record:
    """The kept columns of all runs of a union, filled period by period.

    `record[key]` is [period, node] (or [period, lane]) of the only run, in the user's order of rows; where runs are
    many, `record.of_runs(key, first, last)`. With sums, `record[key]` is [period, label]. A record that leaves out
    nodes or periods also has `record.totals`, sums over all periods after the warm-up.
    """

    def __init__(self, union: Union, periods: int, keep: Keep | None = None, *, warm_up: int = 0) -> None:
        self.union, self.periods, self.warm_up = union, periods, warm_up
        everything = periods * sum(block.size for block in union.state.blocks.values())
        self.keep_what = keep or (Keep() if everything <= FULL else Keep(by=("kind", "sector", "region")))
        self.summed = bool(self.keep_what.groupings)
        if self.keep_what.every > periods:
            raise ValueError(
                f"Keep: every is {self.keep_what.every} of {periods} periods, so nothing is kept; "
                "keep more often, or run longer"
            )
        self._columns = {block: self._chosen(block) for block in BLOCKS}
        known = [key for block in BLOCKS for key in union.state.keys[block]]
        for key in (*(self.keep_what.columns or ()), *self.keep_what.totals):
            if key not in known:
                raise ValueError(f"Keep: {key!r} is not a result column; {nearest(key, known)}")
        self.labels, self._groups = self._number_labels()
        n_kept = periods // self.keep_what.every
        shapes = {block: (columns.size, n_kept, self._width(block)) for block, columns in self._columns.items()}
        self._check_memory(8 * sum(int(np.prod(shape)) for shape in shapes.values()))
        self._kept: dict[Block, Array] = {block: np.empty(shape) for block, shape in shapes.items()}
        self._copies: list[tuple[Array, Array]] = []
        for block, columns in self._columns.items():
            kept, source = self._kept[block], union.state.blocks[block]
            every = columns.size == len(source)
            pairs = [(kept, source)] if every else [(kept[at], source[column]) for at, column in enumerate(columns)]
            self._copies += [] if self.summed else pairs
        self._totalled = {block: self._total_of(block) for block in BLOCKS}
        self._totals = {
            block: np.zeros((columns.size, union.state.blocks[block].shape[1]))
            for block, columns in self._totalled.items()
        }
        self._adding = [block for block in BLOCKS if self._totalled[block].size and (block == "node" or self._scraps())]

    def keep(self, period: int) -> None:
        """Take the end of this period into the record."""
        at, rest = divmod(period + 1, self.keep_what.every)
        for block in self._adding if period >= self.warm_up else ():
            source = self.union.state.blocks[block]
            _add_up.over(source.shape[1])(source, self._totalled[block], self._totals[block])
        if rest:
            return
        nodes, columns = self.union.state.blocks["node"], self._columns["node"]
        if self.summed:
            _sum_by_label.over(nodes.shape[1])(nodes, columns, self._groups, self._kept["node"][:, at - 1])
        for kept, source in self._copies:
            kept[..., at - 1, :] = source

    def __contains__(self, key: str) -> bool:
        return key in self.keys

    def __getitem__(self, key: str) -> Array:
        return self.rows(key) if self.summed else self.of_runs(key, 0, 1)

    @property
    def n_runs(self) -> int:
        return int(self.union.layout.nodes_of.size) - 1

    @property
    def prepared(self) -> Prepared:
        """The network of the only case, made ready: how it opened."""
        return self.union.prepared[0]

    @property
    def replication(self) -> int:
        """Which repetition the only run is."""
        return int(self.union.replications[0][0])

    @property
    def totals(self) -> Mapping[str, Array]:
        """Sums over all periods after the warm-up, by column: [row] (of a lane column, its end) in the engine's order;
        none where all is kept."""
        return {
            self.union.state.keys[block][column]: total
            for block, columns in self._totalled.items()
            for column, total in zip(columns, self._totals[block], strict=True)
        }

    def first(self, periods: int, warm_up: int) -> Record:
        """The record of the first periods alone, which sees the same memory. Raises ValueError where sums are kept."""
        if any(columns.size for columns in self._totalled.values()):
            raise ValueError("the record holds sums over all periods, so that some alone cannot be told; keep columns")
        short = copy(self)
        short.periods, short.warm_up = periods, warm_up
        short._kept = {block: kept[:, :periods] for block, kept in self._kept.items()}
        return short

    def mutable(self) -> Iterator[Array]:
        """Every array that a run fills."""
        yield from self._kept.values()
        yield from self._totals.values()

    def clear(self) -> None:
        """Make ready for another run of the same union."""
        for total in self._totals.values():
            total[:] = 0.0

    def rows(self, key: str) -> Array:
        """A column as it was kept, [period, row] (or end, or label), in the engine's order of rows, not copied."""
        for block, columns in self._columns.items():
            for kept, column in zip(self._kept[block], columns, strict=True):
                if self.union.state.keys[block][column] == key:
                    found: Array = kept
                    return found
        raise KeyError(f"{key!r} was not kept; {nearest(key, self.keys)}")

    @property
    def keys(self) -> list[str]:
        """The columns that were kept."""
        return [self.union.state.keys[block][column] for block in BLOCKS for column in self._columns[block]]

    def of_runs(self, key: str, first: int, last: int) -> Array:
        """A column of some runs, [period, node] or [period, lane], run after run in the user's order, as a copy."""
        layout = self.union.layout
        nodes, lanes = slice(*layout.nodes_of[[first, last]]), slice(*layout.lanes_of[[first, last]])
        place = {"node": layout.row[nodes], "inbound": layout.inbound[lanes], "outbound": layout.outbound[lanes]}
        return np.take(self.rows(key), place[BLOCK_OF[key]], axis=1)

    def _chosen(self, block: Block) -> Array:
        if self.summed and block != "node":
            return np.zeros(0, np.int64)
        wanted = self.keep_what.columns
        return np.array(
            [at for at, key in enumerate(self.union.state.keys[block]) if wanted is None or key in wanted], np.int64
        )

    def _total_of(self, block: Block) -> Array:
        """The columns whose sums over time are kept: those asked for, and where periods or nodes are left out all of
        nodes, and what was scrapped on lanes."""
        partial = self.summed or self.keep_what.every > 1
        also = ("spoiled", "destroyed") if partial else ()
        asked = [at for at, key in enumerate(self.union.state.keys[block]) if key in (*self.keep_what.totals, *also)]
        return np.union1d(self._columns["node"] if partial and block == "node" else [], asked).astype(np.int64)

    def _scraps(self) -> bool:
        """Whether anything on a lane can be scrapped at all, so that there is something to add up."""
        own = (key for key in self.keep_what.totals if BLOCK_OF[key] != "node" and key not in ("spoiled", "destroyed"))
        ready = self.union.prepared
        return any(own) or any(one.node["may_scrap"].any() or one.lane["may_sink"].any() for one in ready)

    def _width(self, block: Block) -> int:
        return len(self.labels) if self.summed else int(self.union.state.blocks[block].shape[1])

    def _number_labels(self) -> tuple[tuple[str, ...], Array]:
        """The labels of all groupings one after the other, and for each grouping the label of each row."""
        labels: list[str] = []
        groups = np.empty((len(self.keep_what.groupings), self.union.layout.row.size), np.uint32)
        for at, by in enumerate(self.keep_what.groupings):
            columns = []
            for case in self.union.cases:
                values = case.network.node[by]
                names: Sequence[str] = [KINDS[value] for value in values] if by == "kind" else values.tolist()
                columns.append(np.tile(np.asarray(names, str), len(case.replications)))
            found, number = np.unique(np.concatenate(columns), return_inverse=True)
            groups[at, self.union.layout.row] = number + len(labels)
            labels += found.tolist() if len(groups) == 1 else [f"{by}:{label}" for label in found.tolist()]
        return tuple(labels), groups

    @staticmethod
    def _check_memory(needed: int) -> None:
        free = psutil.virtual_memory().available
        if needed > free:
            raise MemoryError(
                f"the record would take {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; "
                'keep fewer columns or periods, or sums: Keep(columns=("on_hand",), by="kind", every=7)'
            )


@kernel
def _add_up(nodes: Any, columns: Any, totals: Any) -> None:
    """Running totals of each row."""
    for at in prange(columns.size):
        for row in range(totals.shape[1]):
            totals[at, row] += nodes[columns[at], row]


@kernel
def _sum_by_label(nodes: Any, columns: Any, groups: Any, sums: Any) -> None:
    """Sums over the rows of each label, row after row, so that threads do not change the digits.

    Neighbours mostly share a label, so a sum is put away only where the label changes.
    """
    for at in prange(columns.size):
        for label in range(sums.shape[1]):
            sums[at, label] = 0.0
        for grouping in range(groups.shape[0]):
            label, total = groups[grouping, 0], 0.0
            for row in range(groups.shape[1]):
                if groups[grouping, row] != label:
                    sums[at, label] = total
                    label = groups[grouping, row]
                    total = sums[at, label]
                total += nodes[columns[at], row]
            sums[at, label] = total
