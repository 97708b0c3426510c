"""The ripple tree: shortages and what they brought, as lines of an indented list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from supplynet.ripples import Shortage

MOST: Final = 40  # lines
WHY: Final = {
    "capacity": "could make too little", "lane": "could not send", "stock": "held too little for what was asked",
    "input": "lacked an input", "delayed": "waited for goods that took longer", "destroyed": "lost goods",
    "not ordered": "did not order",
}  # fmt: skip


def lines(shortages: Sequence[Shortage], firm: str = "") -> dict[str, Any]:
    """The first lines of the tree of a firm's first shortage, or else of all trees, the largest first.

    `lines`: depth, name and words of each; `more`: how many are left out; `about`: what is shown, in words.
    """
    children: dict[int, list[int]] = {}
    for at, one in enumerate(shortages):
        children.setdefault(one.parent, []).append(at)
    if firm:
        own = next((at for at, one in enumerate(shortages) if one.node == firm), -1)
        if own < 0:
            return {"about": f"{firm} was never short of what it was asked for", "lines": [], "more": 0}
        way = [own]
        while shortages[way[-1]].parent >= 0:
            way.append(shortages[way[-1]].parent)
        before = [(at, depth) for depth, at in enumerate(reversed(way[1:]))]
        order = [*before, *_down(own, children, len(before))]
        about = f"what brought the first shortage of {firm}, and what it brought"
    else:
        number = dict.fromkeys(range(len(shortages)), 1)
        for at in sorted(number, key=lambda at: -shortages[at].depth):
            if shortages[at].parent >= 0:
                number[shortages[at].parent] += number[at]
        roots = sorted(children.get(-1, []), key=lambda at: -number[at])
        order = [step for root in roots for step in _down(root, children, 0)]
        about = f"shortages: {len(roots):,} began by themselves, {len(shortages) - len(roots):,} were brought by others"
    shown = [
        {"depth": depth, "name": shortages[at].node, "words": _words(shortages, at), "own": shortages[at].node == firm}
        for at, depth in order[:MOST]
    ]
    return {"about": about if shortages else "nobody was short", "lines": shown, "more": len(order) - len(shown)}


def _down(root: int, children: dict[int, list[int]], depth: int) -> Iterator[tuple[int, int]]:
    waiting = [(root, depth)]
    while waiting:
        at, deep = waiting.pop()
        yield at, deep
        waiting += [(child, deep + 1) for child in reversed(children.get(at, []))]


def _words(shortages: Sequence[Shortage], at: int) -> str:
    one = shortages[at]
    when = f"day {one.start}" if one.start == one.end else f"days {one.start} to {one.end}"
    late = f" from {one.supplier}" if one.supplier and one.parent < 0 and one.cause != "stock" else ""
    return f"{when}, {WHY[one.cause]}{late}"
