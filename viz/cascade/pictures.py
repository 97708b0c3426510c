"""The curves of a run as one image, with where their time axes lie, so that the page can mark a day on them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from supplynet.plot.style import COLOURS, GREY, SMALL

from .. import images
from .damage import Damage

SIZE: Final = (7.6, 3.1)  # inches
DOTS: Final = 170  # per inch, so that it stays sharp on a dense screen
DIRECT, INDIRECT = COLOURS[0], COLOURS[5]


def curves(damage: Damage, n_firms: int) -> dict[str, Any]:
    """Loss by day, direct and indirect one on the other, with their sum so far; under it how many firms are struck.

    `src` and `alt` of the image, `ratio` of its width to its height; `first` and `last` day of the axes, and where
    those lie, as parts of width and height: `left`, `right`, and for each chart `top` and `bottom`.
    """
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1.0))
    days = np.arange(damage.total.size)
    edges = np.append(days, days.size)
    direct, total = (np.append(part, part[-1]) for part in (damage.direct, damage.total))
    upper.fill_between(edges, 0.0, direct, step="post", color=DIRECT, alpha=0.75, linewidth=0, label="direct")
    upper.fill_between(edges, direct, total, step="post", color=INDIRECT, linewidth=0, label="indirect")
    upper.set_ylabel(f"lost a day, % of\na normal day's\n{damage.lost}", fontsize=SMALL)
    upper.set_ylim(min(0.0, 1.05 * float(total.min())), max(1.0, 1.08 * float(total.max())))
    so_far = upper.twinx()
    summed = np.cumsum(damage.total) / 100.0
    so_far.plot(days + 1, summed, color=COLOURS[1], linewidth=1.4, linestyle=(0, (5, 1.5)), label="sum so far (right)")
    so_far.set_ylabel("sum so far,\nnormal days", fontsize=SMALL, color=COLOURS[1])
    so_far.set_ylim(0.0, max(0.1, 1.08 * float(summed.max())))
    handles = [*upper.get_legend_handles_labels()[0], *so_far.get_legend_handles_labels()[0]]
    figure.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False, fontsize=SMALL)
    lower.fill_between(
        edges, 0, np.append(damage.size, damage.size[-1]), step="post", color=COLOURS[2], alpha=0.85, linewidth=0
    )
    lower.set_ylim(0.0, max(1.0, 1.12 * float(damage.size.max())))
    lower.set_ylabel("firms below 90 %\nof the usual", fontsize=SMALL)
    lower.set_xlabel(f"day; {n_firms:,} firms", fontsize=SMALL, color=GREY)
    for ax in (upper, lower, so_far):
        ax.tick_params(labelsize=SMALL)
        ax.spines["top"].set_visible(False)
        ax.set_xlim(0.0, days.size)
        ax.locator_params(axis="y", nbins=4)
    lower.spines["right"].set_visible(False)
    figure.align_ylabels([upper, lower])
    src = images.source(images.png(figure))
    boxes = [axes.get_position() for axes in (upper, lower)]
    return {
        "src": src,
        "alt": f"loss of {damage.lost} by day, direct and indirect, and how many firms are struck by day",
        "ratio": SIZE[0] / SIZE[1], "first": 0.0, "last": float(days.size), "left": boxes[0].x0, "right": boxes[0].x1,
        "charts": [{"top": 1.0 - box.y1, "bottom": box.y0} for box in boxes],
    }  # fmt: skip
