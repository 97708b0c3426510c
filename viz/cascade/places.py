"""Where firms stand: in discs by sector that do not overlap, or in columns by tier. Worked out once a network."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.report import tier_groups

from .economy import Ground
from .made import KINDS

Array = NDArray[Any]
GOLDEN: Final = np.pi * (3.0 - np.sqrt(5.0))  # the angle by which a sunflower turns from seed to seed
WIDE: Final = 1.75  # of the canvas, over its height
GAP: Final = 1.12  # of a disc's radius, so that discs do not touch
ROUNDS: Final = 400
DOT: Final = 0.82  # of the room that a firm has
FILLED: Final = 0.5  # of a column's height
FEW: Final = 60  # firms that are opened, whose tiers say more than their sectors
LANES: Final = 1200  # that are drawn, the strongest


def geometry(ground: Ground, usual: Array) -> dict[str, Any]:
    """Position and radius of each firm, in heights of the canvas, the groups with their names, and the strongest lanes.

    usual [firm]: what each makes in a normal day.
    """
    sectors = ground.labels("sector")
    few = ground.economy.kind not in KINDS and len(sectors) <= FEW
    columns = not all(sectors) or ground.economy.kind == "layers" or few
    value = usual * ground.worth if (usual * ground.worth).sum() > 0.0 else np.ones(usual.size)
    area = value / value.sum() + 0.25 / usual.size  # the smallest can be seen too
    radius = np.sqrt(area)
    place, groups = _columns(ground, radius) if columns else _discs(sectors, radius)
    network, row = ground.scenario.network, np.full(ground.scenario.network.n_nodes, -1)
    row[ground.rows] = np.arange(ground.rows.size)
    tails, heads = row[network.lane["supplier"]], row[network.lane["customer"]]
    flow = network.lane["share"] * network.node["normal_output"][network.lane["customer"]]
    with np.errstate(invalid="ignore"):
        flow = np.nan_to_num(flow * network.input["units_per_output"][network.lane["input"]])
    shown = np.flatnonzero((tails >= 0) & (heads >= 0))
    shown = shown[np.argsort(-flow[shown], kind="stable")][:LANES]
    return {
        "names": ground.names, "sectors": sectors, "regions": ground.labels("region"),
        "x": place[:, 0].round(4).tolist(), "y": place[:, 1].round(4).tolist(),
        "r": (DOT * place[:, 2]).round(5).tolist(),
        "groups": groups, "columns": columns, "tails": tails[shown].tolist(), "heads": heads[shown].tolist(),
        "of": int(((tails >= 0) & (heads >= 0)).sum()),
    }  # fmt: skip


def _discs(sectors: list[str], radius: Array) -> tuple[Array, list[dict[str, Any]]]:
    """The firms of each sector as seeds of a sunflower, the largest in the middle, and the sectors side by side."""
    names, of = np.unique(np.array(sectors, object).astype(str), return_inverse=True)
    local = np.zeros((radius.size, 2))
    size = np.zeros(names.size)
    for group in range(names.size):
        own = np.flatnonzero(of == group)
        own = own[np.argsort(-radius[own], kind="stable")]
        inside = np.cumsum(radius[own] ** 2) - radius[own] ** 2
        away = np.sqrt(1.45 * inside) + np.where(np.arange(own.size) > 0, 0.6 * radius[own], 0.0)
        angle = GOLDEN * np.arange(own.size)
        local[own] = np.column_stack([away * np.cos(angle), away * np.sin(angle)])
        size[group] = (away + radius[own]).max()
    centre = _packed(size)
    spots = np.column_stack([centre[of] + local, radius])
    scaled, factor, shift = _fit(spots)
    groups = [
        {
            "name": str(names[group]),
            "x": round(float(factor * centre[group, 0] + shift[0]), 4),
            "y": round(float(factor * (centre[group, 1] - size[group]) + shift[1]), 4),
            "r": round(float(factor * size[group]), 4),
        }
        for group in range(names.size)
    ]
    return scaled, groups


def _packed(size: Array) -> Array:
    """Centres of discs of these radii: drawn to the middle, and pushed apart until they do not overlap."""
    order = np.argsort(-size, kind="stable")
    away, angle = np.sqrt(np.cumsum(size[order] ** 2)), GOLDEN * np.arange(size.size)
    centre = np.zeros((size.size, 2))
    centre[order] = 1.4 * np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    need = GAP * (size[:, None] + size[None, :]) + 0.03
    for turn in range(ROUNDS):
        pull = 0.05 * (1.0 - turn / ROUNDS)
        centre *= 1.0 - np.array([pull / WIDE**2, pull * WIDE])
        for _ in range(4):
            gap = centre[:, None, :] - centre[None, :, :]
            far = np.sqrt((gap**2).sum(axis=2)) + np.eye(size.size)
            push = np.maximum(need - far, 0.0) * (1.0 - np.eye(size.size)) / far
            centre += 0.5 * (push[:, :, None] * gap).sum(axis=1) / max(1.0, np.sqrt(size.size) / 3.0)
    return centre


def _fit(spots: Array) -> tuple[Array, float, Array]:
    """Positions and radii scaled into a box of height 1 and width WIDE; the factor, and what is added."""
    low = (spots[:, :2] - spots[:, 2:]).min(axis=0)
    high = (spots[:, :2] + spots[:, 2:]).max(axis=0)
    factor = float(min(WIDE / (high[0] - low[0]), 1.0 / (high[1] - low[1])))
    shift = (np.array([WIDE, 1.0]) - factor * (high + low)) / 2.0
    return np.column_stack([factor * spots[:, :2] + shift, factor * spots[:, 2]]), factor, shift


def _columns(ground: Ground, radius: Array) -> tuple[Array, list[dict[str, Any]]]:
    """The firms of each layer, or else tier, in a column of several tracks, the source on the left."""
    network = ground.scenario.network
    if ground.economy.kind == "layers":
        named = {name: at for at, name in enumerate(ground.exposed)}
        column = np.array([named[sector] for sector in ground.labels("sector")])
        names = list(named)
    else:
        tiers = tier_groups(network)[::-1]
        tier = np.zeros(network.n_nodes, np.int64)
        for at, group in enumerate(tiers):
            tier[list(group.nodes)] = at
        kept, column = np.unique(tier[ground.rows], return_inverse=True)
        names = ["no tier" if tiers[at].number is None else f"tier {tiers[at].number}" for at in kept.tolist()]
    n = len(names)
    spots, wide = np.zeros((radius.size, 3)), WIDE / n
    for at in range(n):
        own = np.flatnonzero(column == at)
        tracks = max(1, int(np.ceil(np.sqrt(own.size * wide * 0.62))))
        rows = int(np.ceil(own.size / tracks))
        row, track = np.divmod(np.arange(own.size), tracks)
        spots[own, 0] = (at + 0.5) * wide + 0.62 * wide * ((track + 0.5) / tracks - 0.5)
        spots[own, 1] = (row + 0.5) / rows + (0.25 / rows) * (track % 2 - 0.5)
    most = np.bincount(column, radius**2, n).max()
    spots[:, 2] = np.minimum(radius * np.sqrt(FILLED * wide * 0.62 / (np.pi * most)), 0.06)
    spots[:, 1] = np.clip(spots[:, 1], spots[:, 2], 1.0 - spots[:, 2])
    groups = [{"name": name, "x": (at + 0.5) * wide, "y": 0.0, "r": wide / 2.0} for at, name in enumerate(names)]
    return spots, groups
