"""The charts of a run as images, with where their time axes lie, so that the page can mark a period on them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from matplotlib.figure import Figure

from supplynet.plot import cost_over_time, orders_by_tier, service_over_time, stock_and_backlog
from supplynet.scenario import Result
from supplynet.words.report import figure, percent

from .. import images

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE: Final = (4.62, 1.6)  # inches
DOTS: Final = 200  # per inch, so that it stays sharp on a dense screen
CHARTS: Final[tuple[tuple[str, Callable[[Result], Axes], str], ...]] = (
    ("orders", orders_by_tier, "orders by tier, units/period"),
    ("stock", stock_and_backlog, "stock above zero, backlog below, units"),
    ("service", service_over_time, "service, % of demand served at once"),
    ("cost", cost_over_time, "cost by kind of node, money/period"),
)
"""Name, drawing and title of each; the titles have the units, which leaves the sides to the lines."""


def charts(result: Result) -> str:
    """Orders, stock and backlog, service and cost, over the same periods, as JSON.

    Of each its `name`, a `note` to it, `src` and `alt` of the image, `ratio` of its width to its height, `first` and
    `last` period of the time axis, and where that lies, as parts of width and height: `left`, `right`, `top`, `bottom`.
    """
    outcomes = result.outcomes
    more = {
        "orders": f"bullwhip ratio {figure(outcomes['bullwhip_ratio'])}",
        "service": f"{percent(outcomes['fill_rate'])} in all",
        "cost": f"{figure(outcomes['total_cost'])} in all" if result.record["cost"].any() else "none anywhere",
    }
    return json.dumps([_chart(result, name, draw, title, more.get(name, "")) for name, draw, title in CHARTS])


def _chart(result: Result, name: str, draw: Callable[..., Axes], title: str, more: str) -> dict[str, Any]:
    canvas = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    ax = draw(result, canvas.subplots())
    ax.set_ylabel("")
    told = title + f"; {more}" * bool(more)
    ax.set_title(told, loc="left", fontsize=8.5, fontweight="bold", parse_math=False)
    note = ax.get_xlabel().removeprefix("period").strip(" ()")
    ax.set_xlabel("")  # beside the axis it takes no room from the lines
    ax.text(1.035, -0.055, "period", transform=ax.transAxes, ha="left", va="top", fontsize=8)
    src = images.source(images.png(canvas))
    box, (first, last) = ax.get_position(), ax.get_xlim()
    return {
        "name": name,
        "src": src,
        "note": note,
        "alt": f"{result.scenario.name}: {told}, over time",
        "ratio": SIZE[0] / SIZE[1], "first": first, "last": last,
        "left": box.x0, "right": box.x1, "top": 1.0 - box.y1, "bottom": box.y0,
    }  # fmt: skip
