"""The map of a network too large for single lanes: its sectors in a ring, firms as dots, the strongest flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network, tiers_of
from supplynet.plot.style import GREY, LOOKS, PALE, SMALL, room
from supplynet.schema import CUSTOMER, KINDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
CROWDED: Final = 2_000  # lanes, or half as many nodes, from which on a map shows sectors
FEW: Final = 16  # sectors, whose names need not be turned, and whose discs may be large
MOST: Final = 120  # sectors of a ring; of more, tiers instead
DRAWN: Final = 0.8  # of what flows between sectors, the strongest first
LINES: Final = 150  # and so many at most
LONGEST: Final = 16  # letters of a name
GOLDEN: Final = np.pi * (3.0 - 5.0**0.5)  # the angle at which seeds of a sunflower follow each other
FILLED: Final = 0.62  # part of a disc that its dots cover
LEAST: Final = 0.6  # points, radius of the smallest dot


def is_crowded(network: Network) -> bool:
    """Whether single lanes of a network could not be told apart."""
    return network.n_lanes > CROWDED or 2 * network.n_nodes > CROWDED


def sector_map(ax: Axes, network: Network, flow: Array, colours: Array | None) -> Axes:
    """Sectors (or products, or tiers) in a ring; in each its firms as dots, their area what they put out.

    flow [lane]: what goes along each; colours [node, 4]: of the dots, instead of those of their kinds. The lines are
    the strongest flows between sectors; customers are left out.
    """
    from matplotlib.collections import LineCollection

    firm = np.flatnonzero(network.node["kind"] != CUSTOMER)
    names, group, what = _groups(network, firm)
    output = np.bincount(network.lane["supplier"], flow, network.n_nodes)[firm]
    output = np.maximum(output, 1e-6 * max(float(output.max(initial=0.0)), 1e-300))
    width, height = room(ax)
    centre, radius, angle = _ring(np.bincount(group, output, len(names)), width, height)
    curves, strength, share = _flows(network, flow, firm, group, centre, np.array([width, height]) / 2.0)
    if len(curves):
        lines = LineCollection(
            list(curves), linewidths=0.3 + 3.7 * strength / strength.max(), colors=PALE, alpha=0.45, zorder=1,
        )  # fmt: skip
        ax.add_collection(lines)
    place, dot = _dots(group, output, centre, radius)
    for kind in dict.fromkeys(network.node["kind"][firm].tolist()):
        own = network.node["kind"][firm] == kind
        colour = LOOKS[KINDS[kind]][0] if colours is None else colours[firm[own]]
        ax.scatter(
            place[own, 0], place[own, 1], (2.0 * dot[own]) ** 2, c=colour, linewidths=0.15, edgecolors="black",
            zorder=2, label=KINDS[kind] if colours is None else None, rasterized=own.sum() > CROWDED,
        )  # fmt: skip
    _name(ax, names, centre, radius, angle)
    ax.set_xlim(0.0, width)
    ax.set_ylim(0.0, height)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    ax.set_title(f"network by {what}", loc="left", fontsize=10, fontweight="bold")
    told = f"lines: {100.0 * share:.0f} % of what flows between them, the strongest; " if len(curves) else ""
    ax.set_xlabel(f"dots: firms, area by what they put out;\n{told}customers are left out", fontsize=SMALL)
    if colours is None:
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False, fontsize=SMALL, markerscale=0.5)
    return ax


def _groups(network: Network, firm: Array) -> tuple[list[str], Array, str]:
    """The names of the groups, the group of each firm, and what they are."""
    for label, what in (("sector", "sector"), ("product", "product")):
        found, group = np.unique(network.node[label][firm].astype(str), return_inverse=True)
        if 2 <= found.size <= MOST:
            return [name or f"no {what}" for name in found.tolist()], group, what
    found, group = np.unique(tiers_of(network)[firm], return_inverse=True)
    return ["sells nothing" if tier < 0 else f"tier {tier}" for tier in found.tolist()], group, "tier"


def _ring(size: Array, width: float, height: float) -> tuple[Array, Array, Array]:
    """Centres and radii of discs side by side on an ellipse, in points, and their angles seen from its middle."""
    margin = 4.0 * SMALL  # for the names
    half = np.maximum(np.array([width, height]) / 2.0 - margin, 10.0)
    if size.size == 1:
        return np.array([[width, height]]) / 2.0, np.array([half.min()]), np.zeros(1)
    turns = np.linspace(0.0, 2.0 * np.pi, 2001)
    largest = (0.35 if size.size <= FEW else 0.16) * half.min()
    ellipse = np.transpose([np.cos(turns), np.sin(turns)]) * (half - largest)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(ellipse, axis=0).T))])
    part = np.sqrt(size / size.sum())
    radius = np.maximum(part * min(0.45 * along[-1] / part.sum(), largest / part.max()), 1.0)
    gap = (along[-1] - 2.0 * radius.sum()) / size.size
    at = np.cumsum(2.0 * radius + gap) - radius - gap / 2.0
    turn = np.interp(at, along, turns)
    out = np.transpose([np.cos(turn), np.sin(turn)])
    return out * (half - largest) + np.array([width, height]) / 2.0, radius, turn


def _flows(
    network: Network, flow: Array, firm: Array, group: Array, centre: Array, middle: Array
) -> tuple[Array, Array, float]:
    """The strongest flows between groups as curves [line, point, 2], their strengths, and their share of all."""
    of_node = np.full(network.n_nodes, -1)
    of_node[firm] = group
    source, target = of_node[network.lane["supplier"]], of_node[network.lane["customer"]]
    between = (source >= 0) & (target >= 0) & (source != target)
    n = len(centre)
    total = np.bincount(source[between] * n + target[between], flow[between], n * n)
    order = np.argsort(-total, kind="stable")
    whole = float(total.sum())
    if not whole > 0.0:
        return np.zeros((0, 0, 2)), np.zeros(0), 0.0
    enough = int(np.searchsorted(np.cumsum(total[order]), DRAWN * whole)) + 1
    drawn = order[: min(enough, LINES)]
    start, end = centre[drawn // n], centre[drawn % n]
    beside = (end - start)[:, ::-1] * np.array([1.0, -1.0])
    bend = 0.25 * (start + end) + 0.5 * middle + 0.08 * beside
    t = np.linspace(0.0, 1.0, 24)[None, :, None]
    curves = (1 - t) ** 2 * start[:, None] + 2 * (1 - t) * t * bend[:, None] + t**2 * end[:, None]
    return curves, total[drawn], float(total[drawn].sum()) / whole


def _dots(group: Array, output: Array, centre: Array, radius: Array) -> tuple[Array, Array]:
    """Where each firm stands, like the seeds of a sunflower, the largest in the middle; and its radius, in points."""
    place, dot = np.zeros((group.size, 2)), np.zeros(group.size)
    order = np.lexsort((-output, group))
    for number, own in enumerate(np.split(order, np.cumsum(np.bincount(group, minlength=len(centre)))[:-1])):
        part = output[own] / output[own].sum()
        far = radius[number] * np.sqrt(np.maximum(np.cumsum(part) - part / 2.0, 0.0))
        far[0] = 0.0 if own.size == 1 else min(far[0], radius[number] * part[0])
        turn = GOLDEN * np.arange(own.size)
        place[own] = centre[number] + np.transpose([np.cos(turn), np.sin(turn)]) * far[:, None]
        dot[own] = np.maximum(radius[number] * np.sqrt(FILLED * part), min(LEAST, radius[number]))
    return place, dot


def _name(ax: Axes, names: list[str], centre: Array, radius: Array, angle: Array) -> None:
    """The names of the groups outside the ring, turned with it where they are many."""
    turned = len(names) > FEW
    size = float(np.clip(300.0 / len(names), 4.0, SMALL))
    for name, at, wide, turn in zip(names, centre.tolist(), radius.tolist(), angle.tolist(), strict=True):
        out = np.array([np.cos(turn), np.sin(turn)])
        left = out[0] < -1e-9
        degrees = np.degrees(turn)
        short = name if len(name) <= LONGEST else f"{name[: LONGEST - 3]}..."
        x, y = (np.array(at) + out * (wide + 3.0)).tolist()
        ax.text(
            x, y, short, fontsize=size, color=GREY, zorder=3, parse_math=False,
            rotation=(degrees + 180.0 * left if turned else 0.0), rotation_mode="anchor",
            ha="right" if left else "left" if turned or out[0] > 0.3 else "center",
            va="center" if turned or abs(out[0]) > 0.3 else "bottom" if out[1] > 0 else "top",
        )  # fmt: skip
