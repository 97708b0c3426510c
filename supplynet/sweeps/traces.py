"""Traces: what a sweep keeps of each run period by period, a row for each run and period that is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import fail, nearest
from supplynet.network import Network
from supplynet.record import BLOCK_OF, Record
from supplynet.sweeps.blocks import Block

if TYPE_CHECKING:
    import pyarrow as pa

Array = NDArray[Any]
FIXED: Final = ("scenario", "replication", "period")
"""The columns that stand before those of the traces."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What to keep of each run period by period: which columns, of which places, and of which periods.

    columns: result columns of all nodes or of all lanes, `on_hand` or `order`, or of one node or lane, `shop.on_hand`
    or `works>shop.order`; every: keep one period in so many, the last.
    Raises ValueError that names every column that is not known or given twice.
    """

    columns: tuple[str, ...]
    every: int = 1

    def __post_init__(self) -> None:
        if isinstance(self.columns, str):
            raise ValueError(f"Traces: columns is a text, must be a tuple of names; write ({self.columns!r},)")
        object.__setattr__(self, "columns", tuple(self.columns))
        if problems := [*self._unknown(), *self._repeated()]:
            fail(problems)

    @property
    def keys(self) -> tuple[str, ...]:
        """The result columns that a record must hold for them."""
        return tuple(dict.fromkeys(_parts(column)[1] for column in self.columns))

    def kept(self, periods: int) -> range:
        """Which periods of so many are kept."""
        return range(self.every - 1, periods, self.every)

    def check(self, network: Network, periods: int) -> None:
        """Make sure that a network has the places, and that something is kept of so many periods.

        Raises ValueError that names all that does not fit.
        """
        problems = []
        if self.every > periods:
            problems.append(
                f"Traces: every is {self.every} of {periods} periods, so nothing is kept; lower it, or run longer"
            )
        for column in self.columns:
            place, key = _parts(column)
            known = _places(network, key)
            if not place or place in known:
                continue
            if key_is_of_lanes(key) and place in network.names:
                own = [lane for lane in known if place in lane.split(">")]
                cure = f"write {own[0]}.{key}" if own else "it has none"
                problems.append(f"trace {column!r}: {key} is a column of lanes, and {place!r} is a node; {cure}")
            elif not key_is_of_lanes(key) and place in network.lane_names():
                cure = f"write {place.partition('>')[0]}.{key}"
                problems.append(f"trace {column!r}: {key} is a column of nodes, and {place!r} is a lane; {cure}")
            else:
                what = "lane" if key_is_of_lanes(key) else "node"
                problems.append(f"trace {column!r}: there is no {what} {place!r}; {nearest(place, known, shown=12)}")
        if problems:
            fail(problems)

    def blank(self, networks: Iterable[Network], block: Block) -> dict[str, Array]:
        """The traces of some networks by name, nan for each run of a block and kept period.

        A place that a network does not have is none of its traces.
        """
        names = dict.fromkeys(f"{place}.{key}" for each in networks for place, key, _ in self._found(each))
        return {name: np.full((block.n_runs, len(self.kept(block.periods))), np.nan) for name in names}

    def take(self, record: Record, case: int) -> Iterator[tuple[str, Array]]:
        """The traces of one case of a record, each with its name, [run, kept period]."""
        union = record.union
        network = union.cases[case].network
        nodes, lanes = union.case_rows(case)
        ends = {"node": nodes, "inbound": union.layout.inbound[lanes], "outbound": union.layout.outbound[lanes]}
        kept = {key: record.rows(key)[self.every - 1 :: self.every] for key in self.keys}
        for place, key, at in self._found(network):
            yield f"{place}.{key}", kept[key][:, ends[BLOCK_OF[key]][:, at]].T

    def table(self, block: Block, taken: Mapping[str, Array]) -> pa.Table:
        """A row for each run of a block and kept period: scenario, replication, period, and a column for each trace."""
        import pyarrow as pa

        kept = np.array(self.kept(block.periods))
        size = len(block.replications)
        scenario = np.repeat(np.arange(block.first, block.last), size)
        replication = np.tile(np.array(block.replications), block.last - block.first)
        fixed = np.repeat(scenario, kept.size), np.repeat(replication, kept.size), np.tile(kept, block.n_runs)
        return pa.table(dict(zip(FIXED, fixed, strict=True)) | {name: each.ravel() for name, each in taken.items()})

    def _found(self, network: Network) -> Iterator[tuple[str, str, int]]:
        """Place, result column, and where the place stands in the network."""
        for column in self.columns:
            asked, key = _parts(column)
            for at, place in enumerate(_places(network, key)):
                if asked in ("", place):
                    yield place, key, at

    def _unknown(self) -> Iterator[str]:
        if not self.columns:
            yield "Traces: no column is named; name one, for example on_hand"
        for column in self.columns:
            if not isinstance(column, str):
                yield f"Traces: column {column!r} must be a text; put it in quotes"
            elif (key := _parts(column)[1]) not in BLOCK_OF:
                yield f"trace {column!r}: {key!r} is not a result column; {nearest(key, BLOCK_OF)}"
        if not isinstance(self.every, int) or isinstance(self.every, bool) or self.every < 1:
            yield f"Traces: every is {self.every!r}, must be a whole number >= 1; round it"

    def _repeated(self) -> Iterator[str]:
        for at, column in enumerate(self.columns):
            if column in self.columns[:at]:
                yield f"trace {column!r} is asked for twice; name it once"
            elif isinstance(column, str) and _parts(column)[0] and _parts(column)[1] in self.columns:
                yield f"trace {column!r} is among those of {_parts(column)[1]!r}; leave one of them out"


def key_is_of_lanes(key: str) -> bool:
    """Whether a result column is one of lanes, not of nodes."""
    return BLOCK_OF[key] != "node"


def _parts(column: str) -> tuple[str, str]:
    """The place, empty for all of them, and the result column."""
    place, _, key = column.rpartition(".")
    return place, key


def _places(network: Network, key: str) -> tuple[str, ...]:
    """The names of all nodes or lanes, in the order of the network."""
    return tuple(network.lane_names()) if key_is_of_lanes(key) else network.names
