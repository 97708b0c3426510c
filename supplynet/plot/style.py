"""The looks that all pictures share: Okabe and Ito's colours, which colour-blind readers can tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS: Final = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Of lines. Source: Okabe & Ito (2008), Color Universal Design; yellow left out, too faint for a line."""
DASHES: Final = ("solid", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 1, 1.2, 1, 1.2, 1)))
"""Of lines, so that they can be told apart without colour; 7 colours and 5 dashes make 35 looks."""
LOOKS: Final = {
    "supplier": ("#009E73", "^"), "factory": ("#D55E00", "s"), "distributor": ("#56B4E9", "o"),
    "customer": ("#F0E442", "D"),
}  # fmt: skip
"""Colour and mark of each kind of node."""
GREY: Final = "#666666"
PALE: Final = "#999999"
SMALL: Final = 8.0  # size of type in points


def axes_for(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes given, or those of a new figure of this size in inches, which belongs to no window."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained").subplots() if ax is None else ax


def room(ax: Axes) -> tuple[float, float]:
    """Width and height of axes in points."""
    figure: Any = ax.get_figure()
    return float(ax.bbox.width * 72.0 / figure.dpi), float(ax.bbox.height * 72.0 / figure.dpi)
