"""Who was short when, and who brought it: a bar for each shortage, an arrow from cause to effect."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from supplynet.plot.style import COLOURS, GREY, SMALL
from supplynet.ripples import CAUSES, Shortage
from supplynet.ripples import ripples as trace
from supplynet.scenario import Result
from supplynet.words.report import tier_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS: Final = 40  # nodes with rows of their own; of more, those whose shortages belong to the largest trees
LONGEST: Final = 26  # letters of a name
LOOKS: Final = {
    "capacity": COLOURS[2], "lane": COLOURS[3], "stock": COLOURS[5], "input": COLOURS[6], "delayed": COLOURS[1],
    "destroyed": COLOURS[0], "not ordered": COLOURS[4],
}  # fmt: skip
MEANING: Final = {
    "capacity": "could make too little", "lane": "could not send", "stock": "held too little for what was asked",
    "input": "a supplier was late (arrow)", "delayed": "goods took longer", "destroyed": "goods were destroyed",
    "not ordered": "did not order",
}  # fmt: skip
STUB: Final = "the parent is not shown"
UNSHOWN: Final = "; a stub: one that is not shown"


def ripples(result: Result) -> Figure:
    """Shortages over time, nodes by tier, sources at the top; the colour of a bar is the cause of its shortage.

    Where more than 40 nodes were short, those are shown whose shortages belong to the largest trees.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    shortages = trace(result.record)
    shown, n_short = _chosen(shortages)
    tiers = [tier for tier in reversed(tier_groups(result.scenario.network)) if tier.number != 0]
    rows = [
        (name, "-" if tier.number is None else str(tier.number))
        for tier in tiers
        for name in (result.nodes[node] for node in tier.nodes)
        if name in shown
    ]
    figure = Figure(figsize=(9.0, 1.5 + 0.26 * max(len(rows), 3)), layout="constrained")
    ax = figure.subplots()
    place = {name: at for at, (name, _) in enumerate(rows)}
    _draw(ax, shortages, place)
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.set_yticks(range(len(rows)), [_short(name) for name, _ in rows], parse_math=False)
    for at, (before, after) in enumerate(pairwise(rows)):
        if before[1] != after[1]:
            ax.axhline(at + 0.5, color=GREY, linewidth=0.5, linestyle="dotted")
    for at, (_, tier) in enumerate(rows):
        if at == 0 or rows[at - 1][1] != tier:
            ax.text(
                1.01, at, f"tier {tier}", transform=ax.get_yaxis_transform(), fontsize=SMALL, color=GREY, va="center"
            )
    title = "who was short, and who brought it" if shortages else "nobody was short"
    if len(rows) < n_short:
        title += f" ({len(rows)} of {n_short} nodes)"
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("period", fontsize=SMALL + 1)
    ax.tick_params(labelsize=SMALL)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    causes = [cause for cause in CAUSES if any(one.cause == cause and one.node in place for one in shortages)]
    stubs = any(one.parent >= 0 and one.node in place and shortages[one.parent].node not in place for one in shortages)
    for cause in causes:
        words = MEANING[cause].replace(")", f"{UNSHOWN})") if stubs else MEANING[cause]
        ax.barh([np.nan], [np.nan], color=LOOKS[cause], label=words)
    if causes:
        figure.legend(loc="outside lower center", ncols=min(len(causes), 4), frameon=False, fontsize=SMALL)
    return figure


def _chosen(shortages: Sequence[Shortage]) -> tuple[set[str], int]:
    """The names of the nodes to show, and how many were short: whole trees, the largest first, as far as they fit."""
    origin: list[int] = []
    for at in range(len(shortages)):
        way = at
        while shortages[way].parent >= 0:
            way = shortages[way].parent
        origin.append(way)
    trees: dict[int, list[str]] = {}
    for at, one in zip(origin, shortages, strict=True):
        trees.setdefault(at, []).append(one.node)
    shown: dict[str, None] = {}
    for nodes in sorted(trees.values(), key=lambda nodes: -len(nodes)):
        shown |= dict.fromkeys(nodes)
    return set(list(shown)[:ROWS]), len(shown)


def _draw(ax: Axes, shortages: Sequence[Shortage], place: dict[str, int]) -> None:
    """The bars, and an arrow from the start of each cause to the start of its effect."""
    for one in shortages:
        if one.node not in place:
            continue
        row = place[one.node]
        ax.barh(row, one.end + 1 - one.start, 0.56, one.start, color=LOOKS[one.cause], linewidth=0.0, zorder=2)
        if one.parent >= 0 and shortages[one.parent].node not in place:
            ax.annotate(
                "", (one.start, row - 0.2), (-7.0, 7.0), textcoords="offset points", zorder=3, gid=STUB,
                arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0,
                            "mutation_scale": 6},
            )  # fmt: skip
        elif one.parent >= 0:
            cause = shortages[one.parent]
            above = place[cause.node]
            down = 1.0 if row > above else -1.0
            ax.annotate(
                "", (one.start, row - 0.28 * down), (cause.start + 0.15, above + 0.28 * down), zorder=3,
                arrowprops={
                    "arrowstyle": "-|>", "color": "black", "linewidth": 0.8 if len(shortages) < 20 else 0.5,
                    "shrinkA": 0, "shrinkB": 0, "mutation_scale": 8, "connectionstyle": f"arc3,rad={0.12 * down}",
                },
            )  # fmt: skip
    starts, ends = [one.start for one in shortages], [one.end for one in shortages]
    if shortages:
        ax.set_xlim(min(starts) - 1, max(ends) + 2)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}..."
