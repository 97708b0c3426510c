"""Shocks: what disruptions make of a column, period by period, in every run; few paths for many places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.disruptions import DISRUPTED, Disruption, streams
from supplynet.network import Network, addresses_of
from supplynet.randomness import replicate, stream_keys, uniforms

Array = NDArray[Any]


def hits(network: Network, column: str) -> list[tuple[Disruption, Array]]:
    """The disruptions of a column, and the rows that each strikes."""
    events = [event for event in network.disruptions if event.column == column]
    if not events:
        return []
    addresses, table = addresses_of(network), DISRUPTED[column].table
    return [(event, addresses.rows(event.where, table)) for event in events]


def struck(network: Network, column: str) -> Array:
    """The rows whose factor is not always neutral, ascending."""
    return _struck(_given(network, column), column, hits(network, column))


def _given(network: Network, column: str) -> Array:
    return (network.node if DISRUPTED[column].table == "node" else network.lane)[column]


def _struck(given: Array, column: str, found: list[tuple[Disruption, Array]]) -> Array:
    """The rows that are given another factor than the neutral one, or are struck."""
    changed = given != DISRUPTED[column].neutral
    for _, rows in found:
        changed[rows] = True
    return np.flatnonzero(changed)


class Shock:
    """The factor of a column in the struck rows of all runs of one network: `at(period)` is [run * row].

    Rows that the same disruptions strike share a path; those that random ones strike have one in each run.
    """

    def __init__(self, network: Network, column: str, periods: int, n_runs: int) -> None:
        self.kind, self.periods, self.n_runs = DISRUPTED[column], periods, n_runs
        given, found = _given(network, column), hits(network, column)
        self.rows = _struck(given, column, found)
        self.given = given[self.rows]
        own = [(event, np.searchsorted(self.rows, rows)) for event, rows in found]
        self.path, self.code = self._shared([(event, rows) for event, rows in own if not event.is_random])
        self._random = [(event, rows) for event, rows in own if event.is_random]
        self._drawn: list[tuple[Array, Array]] = []
        names: Sequence[str] = network.names if self.kind.table == "node" or not self._random else network.lane_names()
        self._names = [[names[at] for at in self.rows[rows].tolist()] for _, rows in self._random]

    @property
    def is_random(self) -> bool:
        return bool(self._random)

    @property
    def greatest(self) -> Array:
        """The greatest factor of each struck row [row], without what is random."""
        found: Array = self._joined(self.path.max(axis=0, initial=self.kind.neutral)[self.code], self.given)
        return found

    def deal(self, seed: int, replications: Array) -> None:
        """Draw what is random for the replications that are played."""
        self._drawn = []
        purposes = streams(event for event, _ in self._random)
        for (event, rows), names, purpose in zip(self._random, self._names, purposes, strict=True):
            keys = replicate(
                stream_keys(seed, purpose, [event.where] if event.together else names)[None, :], replications[:, None]
            )
            levels = event.levels(self.periods, uniforms(keys.ravel(), range(self.periods)))
            levels = levels.reshape(self.periods, self.n_runs, -1)
            place = np.arange(self.n_runs)[:, None] * self.rows.size + rows
            self._drawn.append((place, np.broadcast_to(levels, (self.periods, self.n_runs, rows.size))))

    def at(self, period: int) -> Array:
        """The factor of every struck row of every run in a period [run * row]; the last one holds."""
        period = min(period, self.periods - 1)
        now = np.tile(self._joined(self.path[period, self.code], self.given), self.n_runs)
        for place, levels in self._drawn:
            now[place] = self._joined(now[place], levels[period])
        return now

    def _joined(self, some: Any, others: Any) -> Any:
        """Two factors of one place at one time."""
        return some + others if self.kind.added else some * others

    def _shared(self, events: list[tuple[Disruption, Array]]) -> tuple[Array, Array]:
        """The distinct paths [period, path], and which of them each row has."""
        n_paths, code = share_paths(self.rows.size, [rows for _, rows in events])
        path = np.full((self.periods, n_paths), self.kind.neutral)
        for event, rows in events:
            hit = np.unique(code[rows])
            path[:, hit] = self._joined(path[:, hit], event.levels(self.periods)[:, None])
        return path, code


def share_paths(n_rows: int, struck_by: Sequence[Array]) -> tuple[int, Array]:
    """How many distinct sets of events strike some rows, and the number of the set of each [row].

    struck_by: the rows that each event strikes.
    """
    mark = np.zeros(n_rows, np.uint64)
    luck = np.random.default_rng(0).integers(1, 2**63, len(struck_by), dtype=np.uint64)
    for rows, own in zip(struck_by, luck, strict=True):
        mark[rows] += own  # rows with the same sum are struck by the same events
    marks, code = np.unique(mark, return_inverse=True)
    return marks.size, code
