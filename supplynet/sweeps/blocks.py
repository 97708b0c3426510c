"""Blocks: how a sweep is cut, always in the same way, whoever plays it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from supplynet.batch import runs_of_a_block
from supplynet.record import Keep
from supplynet.sweeps.design import Design


@dataclass(frozen=True, slots=True)
class Block:
    """Some replications of the scenarios from `first` up to `last`, played as one union and saved as one file.

    more: whether the next block of these scenarios has as many replications.
    """

    number: int
    first: int
    last: int
    replications: tuple[int, ...]
    periods: int
    more: bool = False

    @property
    def n_runs(self) -> int:
        return (self.last - self.first) * len(self.replications)


def cut(design: Design, replications: tuple[int, ...], keep: Keep, size: int | None = None) -> list[Block]:
    """The blocks of a sweep: whole scenarios together, or a scenario with many replications in equal parts.

    size: runs of a block at most (default: as many as fit the cache and memory). Only scenarios with the same periods
    and warm-up share a block.
    """
    blocks: list[Block] = []
    for first, last, most in _groups(design, len(replications), keep, size):
        periods = design.shaped(first).periods
        n_parts = -(-len(replications) // most)
        part = -(-len(replications) // n_parts)
        for at in range(0, len(replications), part):
            more = at + 2 * part <= len(replications)
            blocks.append(Block(len(blocks), first, last, replications[at : at + part], periods, more))
    return blocks


def _groups(design: Design, n_replications: int, keep: Keep, size: int | None) -> Iterator[tuple[int, int, int]]:
    """Scenarios that share blocks, from first up to last, and how many replications of them one block may have."""
    first, filled = 0, 0.0
    like: tuple[int, int] | None = None
    most = 1
    for number in range(len(design)):
        shaped = design.shaped(number)
        room = size or runs_of_a_block(shaped.network, shaped.periods, keep)
        needs = n_replications / room  # of a block
        now = shaped.periods, shaped.warm_up
        if number > first and (now != like or filled + needs > 1.0 + 1e-9):
            yield first, number, most
            first, filled = number, 0.0
        like, most, filled = now, room, filled + needs
    yield first, len(design), most
