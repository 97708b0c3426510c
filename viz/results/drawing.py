"""The picture of a sweep as an image, and where its points lie, so that the page can tell which one is meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from supplynet.plot.sweeps import frontier, heat_map, line, places, short, with_unit
from supplynet.sweeps.summary import summarise

from .. import images
from .reading import word

KINDS: Final = ("line", "heat map", "frontier")
SIZE: Final = (8.4, 4.7)  # inches
DOTS: Final = 150  # per inch
MOST: Final = 5_000  # points that can be pointed at


@dataclass(frozen=True)
class Asked:
    """Which picture: its kind, what lies along it, what tells its lines apart or goes up, and which outcomes."""

    kind: str = ""
    lever: str = ""
    by: str = ""
    outcome: str = ""
    other: str = ""


def draw(runs: pd.DataFrame, asked: Asked) -> dict[str, Any]:
    """The picture: `src` and `alt` of the image, `ratio` of its width to its height, its PNG, and its `points`.

    `reach` is from how many pixels away a point is meant, in a heat map from anywhere. Each point has x and y as parts
    of width and height from the upper left, what it says, and what it picks: the text of a value by lever, or the
    number of a scenario.
    """
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    ax = figure.subplots()
    if asked.kind == "frontier":
        frontier(runs, asked.outcome, asked.other, ax)
        found = list(_of_scenarios(runs, asked))
    elif asked.kind == "heat map":
        heat_map(runs, asked.lever, asked.by, asked.outcome, ax)
        found = list(_of_levers(runs, asked, cells=True))
    else:
        line(runs, asked.lever, asked.outcome, ax, by=asked.by or None)
        found = list(_of_levers(runs, asked, cells=False))
    png = images.png(figure)
    return {
        "src": images.source(png),
        "alt": f"{asked.kind} of {asked.outcome}", "ratio": SIZE[0] / SIZE[1], "png": png,
        "reach": 10_000 if asked.kind == "heat map" else 24, "points": _placed(ax, found[:MOST]),
    }  # fmt: skip


def _of_levers(runs: pd.DataFrame, asked: Asked, *, cells: bool) -> Iterator[tuple[float, float, str, dict[str, str]]]:
    """The means along a lever, one for each value of it and of the second one."""
    across, _ = places(runs[asked.lever])
    table = runs.assign(across=across)
    if asked.by:
        table["up"] = places(runs[asked.by])[0]
    keys = [asked.lever, *([asked.by] if asked.by else [])]
    for values, group in table.groupby(keys, sort=True):
        picks = {lever: word(value) for lever, value in zip(keys, values, strict=True)}
        mean = float(group[asked.outcome].mean())
        said = ", ".join(f"{lever} = {short(value)}" for lever, value in zip(keys, values, strict=True))
        if np.isfinite(mean):
            up = float(group["up"].iloc[0]) if cells else mean
            words = f"{said}: {with_unit(asked.outcome)} {mean:.4g}, {len(group):,} runs"
            yield float(group["across"].iloc[0]), up, words, picks


def _of_scenarios(runs: pd.DataFrame, asked: Asked) -> Iterator[tuple[float, float, str, dict[str, str]]]:
    table = summarise(runs).dropna(subset=[asked.outcome, asked.other])
    for row in table.to_dict("records"):
        x, y = float(row[asked.outcome]), float(row[asked.other])
        both = f"{with_unit(asked.outcome)} {x:.4g}, {with_unit(asked.other)} {y:.4g}"
        said = f"scenario {row['scenario']}: {both}, {row['runs']:,} runs"
        yield x, y, said, {"scenario": str(row["scenario"])}


def _placed(ax: Axes, found: list[tuple[float, float, str, dict[str, str]]]) -> list[dict[str, Any]]:
    """Points of the axes as points of the image."""
    if not found:
        return []
    width, height = ax.figure.bbox.width, ax.figure.bbox.height
    grid = any(isinstance(drawn, QuadMesh) for drawn in ax.collections)
    at = np.array([(x, y) for x, y, _, _ in found])
    if grid:  # cells are drawn at their numbers, not at their values
        at = np.column_stack([np.unique(column, return_inverse=True)[1] for column in at.T])
    spots = ax.transData.transform(at) / (width, height)
    return [
        {"x": round(float(x), 5), "y": round(1.0 - float(y), 5), "said": said, "pick": pick}
        for (x, y), (_, _, said, pick) in zip(spots, found, strict=True)
    ]
