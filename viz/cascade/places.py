"""Where firms stand: in discs by sector that do not overlap, or in columns by tier. Worked out once a network."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.words.report import tier_groups

from .economy import Ground
from .made import KINDS

Array = NDArray[Any]
GOLDEN: Final = np.pi * (3.0 - np.sqrt(5.0))  # the angle by which a sunflower turns from seed to seed
WIDE: Final = 1.75  # of the canvas, over its height
GAP: Final = 1.12  # of a disc's radius, so that discs do not touch
ROUNDS: Final = 400
DOT: Final = 0.82  # of the room that a firm has
PART: Final = 0.62  # of a column's width in which firms stand
ALONE: Final = 12  # firms of a column that stand one above the other
TRIES: Final = 40
SPREAD: Final = 1.8  # of what stands side by side
LARGEST: Final = 0.08  # radius in a column, in heights of the canvas
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
    wide, owns = WIDE / len(names), []
    for at in range(len(names)):
        own = np.flatnonzero(column == at)
        owns.append(own[np.argsort(-radius[own], kind="stable")])
    rooms = [PART * wide if own.size > ALONE else 0.0 for own in owns]
    low, high = 0.0, LARGEST / float(radius.max())
    for _ in range(24):  # the largest radii with which the fullest column is as high as the canvas
        middle = (low + high) / 2.0
        fits = all(_shelves(middle * radius[own], room)[1] <= 1.0 for own, room in zip(owns, rooms, strict=True))
        low, high = (middle, high) if fits else (low, middle)
    spots = np.column_stack([np.zeros((radius.size, 2)), low * radius])
    for at, (own, room) in enumerate(zip(owns, rooms, strict=True)):
        tries = np.linspace(0.0, room, TRIES)  # the narrowest that is not too high, so that it fills the height
        width = next((one for one in tries.tolist() if _shelves(low * radius[own], one)[1] <= 1.0), room)
        placed, _ = _shelves(low * radius[own], width)
        spread = min(SPREAD, room / width) if width > 0.0 else 1.0
        spots[own, :2] = placed * np.array([spread, 1.0]) + np.array([(at + 0.5) * wide, 0.0])
    groups = [{"name": name, "x": (at + 0.5) * wide, "y": 0.0, "r": wide / 2.0} for at, name in enumerate(names)]
    return spots, groups


def _shelves(radius: Array, room: float) -> tuple[Array, float]:
    """Discs, the largest first, on shelves of this width: their centres [disc, 2] around 0 and from 0 to 1, and how
    high all shelves are; what is left of the height is shared among them."""
    shelves: list[list[int]] = []
    used = np.inf
    for at, size in enumerate(2.0 * radius):
        if used + size > room:
            shelves.append([])
            used = 0.0
        shelves[-1].append(at)
        used += size
    height = float(sum(2.0 * radius[shelf[0]] for shelf in shelves))
    rest = (1.0 - height) / max(len(shelves), 1)
    placed, top = np.zeros((radius.size, 2)), 0.0
    for shelf in shelves:
        step = max(room, 2.0 * radius[shelf].sum()) / len(shelf)
        placed[shelf, 0] = step * (np.arange(len(shelf)) - (len(shelf) - 1) / 2.0) if len(shelf) > 1 else 0.0
        placed[shelf, 1] = top + radius[shelf[0]] + rest / 2.0
        top += 2.0 * radius[shelf[0]] + rest
    return placed, height
