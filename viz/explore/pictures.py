"""The charts of a run as one image, with where their time axes lie, so that the page can mark a period on them."""

from __future__ import annotations

import base64
import io
from typing import Any, Final

from matplotlib.figure import Figure

from supplynet.plot import orders_by_tier, stock_and_backlog
from supplynet.scenario import Result

SIZE: Final = (9.2, 3.75)  # inches
DOTS: Final = 180  # per inch, so that it stays sharp on a dense screen


def charts(result: Result) -> dict[str, Any]:
    """Orders by tier, and stock and backlog under it, over the same periods.

    `src` and `alt` of the image, `ratio` of its width to its height; `first` and `last` period of the time axes, and
    where those lie, as parts of width and height: `left`, `right`, and for each chart `top` and `bottom`.
    """
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    upper, lower = figure.subplots(2, 1)
    orders_by_tier(result, upper)
    stock_and_backlog(result, lower)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    boxes = [axes.get_position() for axes in (upper, lower)]
    first, last = upper.get_xlim()
    return {
        "src": "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii"),
        "alt": f"{result.scenario.name}: orders by tier over time, and stock and backlog by tier over time",
        "ratio": SIZE[0] / SIZE[1], "first": first, "last": last, "left": boxes[0].x0, "right": boxes[0].x1,
        "charts": [{"top": 1.0 - box.y1, "bottom": box.y0} for box in boxes],
    }  # fmt: skip
