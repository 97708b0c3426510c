"""The map of a network, tier by tier from its sources to its market."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network
from supplynet.plot.sectors import is_crowded, sector_map
from supplynet.plot.style import GREY, LOOKS, PALE, SMALL, axes_for, room
from supplynet.prepare import prepare
from supplynet.scenario import Result, Scenario
from supplynet.schema import KINDS
from supplynet.words.report import Tier, tier_groups

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
LABELLED: Final = 60  # nodes; a larger map has no names


def network_map(what: Result | Scenario, ax: Axes | None = None, *, colours: Array | None = None) -> Axes:
    """The network from its sources on the left to its market on the right; of more than 60 nodes, without names.

    Colour and mark tell the kind of a node, the width of a lane its mean flow where a run is given. colours [node, 4]:
    of the nodes, instead of those of their kinds; tall tiers are then folded, so that each node is seen, and a tall
    market is left out. Of thousands of lanes, sectors with the strongest flows between them, and firms as dots in them.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    result = what if isinstance(what, Result) else None
    network = (what.scenario if isinstance(what, Result) else what).network
    ax, flow = axes_for(ax, 7.0, 4.0), _mean_flow(result, network)
    if is_crowded(network):
        return sector_map(ax, network, flow if flow.any() else prepare(network, "empty").lane["normal_order"], colours)
    columns = tier_groups(network)[::-1]
    place = places(columns, network.lane["supplier"], network.lane["customer"])
    tallest = max(len(tier.nodes) for tier in columns)
    folded = colours is not None and tallest > LABELLED
    n_shown = len(columns) - (folded and 1 < len(columns) and len(columns[-1].nodes) > LABELLED)
    if folded:
        place, tallest = _folded(columns, place), max(LABELLED, round(tallest**0.5))
    most = float(flow.max(initial=0.0))
    tails, heads = place[network.lane["supplier"]], place[network.lane["customer"]]
    forward, seen = heads[:, 0] > tails[:, 0], heads[:, 0] < n_shown - 0.5
    width, height = room(ax)
    height *= 0.8  # the layout may take some
    mark = float(np.clip(0.5 * height / tallest, 1.2 if folded else 2.0, 9.0))
    opaque = 0.8 if colours is None else float(np.clip(500 / max(network.n_lanes, 1), 0.02, 0.8))
    for chosen, dashes in ((forward & seen, "solid"), (~forward & seen, "dashed")):
        thick = 0.6 + (3.4 * flow[chosen] / most if most > 0 else 0.0)
        curves: Any = _curves(tails[chosen], heads[chosen])
        ax.add_collection(
            LineCollection(
                curves, linewidths=thick * min(1.0, mark / 4), colors=PALE, linestyles=dashes, alpha=opaque, zorder=1
            )
        )
    for kind in dict.fromkeys(network.node["kind"].tolist()):
        own = (network.node["kind"] == kind) & (place[:, 0] < n_shown - 0.5)
        if not own.any():
            continue
        colour, shape = LOOKS[KINDS[kind]]
        edge = min(0.5, mark / 10) if colours is None or mark > 5.0 else 0.15
        looks: Any = {"marker": shape, "edgecolors": "black", "linewidths": edge}
        if colours is not None:
            ax.scatter([], [], mark**2, c="white", label=KINDS[kind], **looks)
        ax.scatter(
            place[own, 0], place[own, 1], mark**2, c=colour if colours is None else colours[own], zorder=2,
            label=KINDS[kind] if colours is None else None, clip_on=False, **looks,
        )  # fmt: skip
    sides = (
        _write_names(ax, network.names, columns, place, (width, height), mark)
        if network.n_nodes <= LABELLED
        else (0.4, 0.4)
        if folded
        else (0.3, 0.3)
    )
    ax.set_xlim(-sides[0], n_shown - 1 + sides[1])
    ax.set_ylim(0.0, 1.0)
    ax.set_yticks([])
    step = -(-n_shown // 12)
    ticks = range((n_shown - 1) % step, n_shown, step)
    ax.set_xticks(ticks, [f"tier {'-' if columns[at].number is None else columns[at].number}" for at in ticks])
    ax.tick_params(axis="x", length=0, labelsize=SMALL, colors=GREY)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(
        f"goods flow from left to right; the widest lane carries {most:.3g} units/period" if most else "",
        fontsize=SMALL,
    )
    handles, names = ax.get_legend_handles_labels()
    if not forward.all():
        handles, names = [*handles, Line2D([], [], color=PALE, linestyle="dashed")], [*names, "within a tier or back"]
    ax.set_title("network", loc="left", fontsize=10, fontweight="bold")
    ax.legend(
        handles,
        names,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=5,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.2,
    )
    return ax


def _mean_flow(result: Result | None, network: Network) -> Array:
    """What each lane carries on average, as far as a run tells, 0 otherwise [lane]."""
    if result is None or result.record.summed or "shipment" not in result.record:
        return np.zeros(network.n_lanes)
    flow: Array = result.record["shipment"][result.scenario.warm_up // result.record.keep_what.every :].mean(axis=0)
    return flow


def places(columns: Sequence[Tier], supplier: Array, customer: Array) -> NDArray[np.float64]:
    """Where each node stands, [node, 2]: column by tier, and in its column near those it deals with."""
    place = np.zeros((sum(len(tier.nodes) for tier in columns), 2))
    for x, tier in enumerate(columns):
        place[list(tier.nodes)] = [(x, 1.0 - (y + 0.5) / len(tier.nodes)) for y in range(len(tier.nodes))]
    for mine, theirs, order in 3 * [(supplier, customer, columns[::-1]), (customer, supplier, columns)]:
        for tier in order[1:]:
            degree = np.bincount(mine, minlength=len(place))
            pull = np.bincount(mine, weights=place[theirs, 1], minlength=len(place)) / np.maximum(degree, 1)
            wanted = np.where(degree > 0, pull, place[:, 1])[list(tier.nodes)]
            ranked = np.array(tier.nodes)[np.argsort(-wanted, kind="stable")]
            place[ranked, 1] = 1.0 - (np.arange(ranked.size) + 0.5) / ranked.size
    return place


def _folded(columns: Sequence[Tier], place: Array) -> Array:
    """Places in which a tier of more nodes than a column holds is folded into several columns side by side."""
    folded = place.copy()
    for x, tier in enumerate(columns):
        nodes = np.array(tier.nodes)
        ranked = nodes[np.argsort(-place[nodes, 1], kind="stable")]
        n_rows = max(LABELLED, round(nodes.size**0.5))
        n_columns = -(-nodes.size // n_rows)
        column, row = np.divmod(np.arange(nodes.size), n_rows)
        folded[ranked] = np.transpose([x + 0.7 * ((column + 0.5) / n_columns - 0.5), 1.0 - (row + 0.5) / n_rows])
    return folded


def _curves(tails: Array, heads: Array) -> Array:
    """Curves [lane, point, 2] that leave and arrive level; those within a column bulge."""
    t = np.linspace(0.0, 1.0, 48 if len(tails) <= 2000 else 2)[None, :, None]
    reach = np.where(heads[:, :1] != tails[:, :1], 0.5 * (heads - tails)[:, :1], 0.35) * np.array([1.0, 0.0])
    back = np.where(heads[:, :1] != tails[:, :1], -reach, reach)
    a, b, c, d = (points[:, None, :] for points in (tails, tails + reach, heads + back, heads))
    curves: Array = (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    return curves


def _write_names(
    ax: Axes, names: Sequence[str], columns: Sequence[Tier], place: Array, space: tuple[float, float], mark: float
) -> tuple[float, float]:
    """Write names beside, below or turned, as large as they fit; gives the room left at both sides, in columns."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.patheffects import withStroke
    from matplotlib.textpath import TextPath

    def width(name: str) -> float:
        return float(TextPath((0, 0), name, size=1.0, prop=FontProperties(), usetex=False).get_extents().width)

    widths = {node: width(names[node].replace("$", "S")) for tier in columns for node in tier.nodes}
    widest = [max(widths[node] for node in tier.nodes) for tier in columns]
    rows, gap, n_gaps = [space[1] / len(tier.nodes) for tier in columns], mark / 2 + 3.5, max(len(columns) - 1, 1)
    for size in np.arange(SMALL, 2.9, -0.5):
        sides = widest[0] * size + 2 * gap, widest[-1] * size + 2 * gap
        between = (space[0] - sum(sides)) / n_gaps
        ends_fit = min(rows[0], rows[-1]) >= 1.2 * size and between > 0
        ways = []
        for row, wide in zip(rows, widest, strict=True):
            below = row >= 2 * (gap + 1.2 * size) and wide * size <= 0.92 * between
            beside = row >= 1.2 * size and wide * size + 2 * gap <= 0.92 * between
            ways.append("below" if below else "beside" if beside else "")
        ways[0], ways[-1] = "left", "beside"
        turned = (space[0] / len(columns)) >= 1.2 * size and all(
            row >= 2 * (gap + wide * size) for row, wide in zip(rows, widest, strict=True)
        )
        if (ends_fit and all(ways)) or turned:
            break
    else:
        return 0.3, 0.3
    if not (ends_fit and all(ways)):
        ways, sides = ["turned"] * len(columns), (space[0] / len(columns) / 2,) * 2
        between = (space[0] - sum(sides)) / n_gaps
    forms: dict[str, tuple[tuple[float, float], str, str, int]] = {
        "left": ((-gap, 0), "right", "center", 0), "beside": ((gap, 0), "left", "center", 0),
        "below": ((0, -gap), "center", "top", 0), "turned": ((0, -gap), "center", "top", 90),
    }  # fmt: skip
    white = [withStroke(linewidth=1.8, foreground="white")]
    for tier, way in zip(columns, ways, strict=True):
        offset, ha, va, turn = forms[way]
        for node in tier.nodes:
            ax.annotate(
                names[node], place[node], offset, textcoords="offset points", ha=ha, va=va, rotation=turn,
                fontsize=float(size), parse_math=False, zorder=3, path_effects=white,
            )  # fmt: skip
    return sides[0] / between, sides[1] / between
