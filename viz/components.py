"""Pictures of a SupplyModel for Mesa's SolaraViz, drawn anew at every step: pass them as its `components`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import solara
from matplotlib.figure import Figure
from mesa.visualization.utils import update_counter

from supplynet import plot
from supplynet.model import SupplyModel
from supplynet.outcomes import UNITS
from supplynet.words.report import figure

from .boxes import box

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE: Final = (6.4, 3.4)  # inches
UNTIL: Final = "Nothing is played yet; press Step or Play."


@solara.component
def NetworkMap(model: SupplyModel) -> None:
    """The network from its sources to its market; lanes as wide as the goods that went along them so far."""
    _drawn(model, plot.network_map)


@solara.component
def OrdersByTier(model: SupplyModel) -> None:
    """What customers wanted and what each tier ordered so far, in units per period."""
    _drawn(model, plot.orders_by_tier)


@solara.component
def StockAndBacklog(model: SupplyModel) -> None:
    """Stock of each tier and what it owed so far, in units."""
    _drawn(model, plot.stock_and_backlog)


@solara.component
def Outcomes(model: SupplyModel) -> None:
    """What the periods played so far come to, each outcome with its unit."""
    update_counter.get()
    if model.period == 0:
        solara.Text(UNTIL)
        return
    found = model.so_far.outcomes
    rows = [(name.replace("_", " "), figure(value), UNITS.get(name, "")) for name, value in found.items()]
    said = f"{model.supply_scenario.name}, {model.period} of {model.supply_scenario.periods} periods"
    with box(tag="table", style="border-spacing: 14px 3px"):
        box(tag="caption", style="text-align: left", children=[said])
        for name, value, unit in rows:
            with box(tag="tr"):
                box(tag="td", children=[name])
                box(tag="td", style="text-align: right", children=[value])
                box(tag="td", children=[unit])


def every_picture() -> list[tuple[Callable[[SupplyModel], Any], int]]:
    """All of these on one page, in the order in which they are best read."""
    return [(part, 0) for part in (NetworkMap, OrdersByTier, StockAndBacklog, Outcomes)]


def _drawn(model: SupplyModel, draw: Callable[..., Axes]) -> None:
    """A picture of the periods played so far."""
    update_counter.get()
    if model.period == 0:
        solara.Text(UNTIL)
        return
    drawn = Figure(figsize=SIZE, layout="constrained")
    draw(model.so_far, drawn.subplots())
    solara.FigureMatplotlib(drawn, format="png", dependencies=[id(model), model.period])
