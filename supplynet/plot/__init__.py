"""Pictures of a run: orders by tier, stock and backlog, service, cost, and the map of the network."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from supplynet.plot.lines import cost_over_time, orders_by_tier, service_over_time, stock_and_backlog
from supplynet.plot.map import LABELLED, network_map
from supplynet.plot.risk import criticality
from supplynet.plot.sectors import is_crowded
from supplynet.plot.shortages import ripples
from supplynet.plot.study import differences, indices, tornado
from supplynet.scenario import Result
from supplynet.words.report import tier_groups

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "check_path",
    "cost_over_time",
    "criticality",
    "differences",
    "indices",
    "network_map",
    "orders_by_tier",
    "overview",
    "ripples",
    "save",
    "service_over_time",
    "stock_and_backlog",
    "tornado",
]
SUFFIXES: Final = (".png", ".svg", ".pdf")


def overview(result: Result) -> Figure:
    """Orders, stock and backlog, and the map of the network in one figure."""
    from matplotlib.figure import Figure

    network = result.scenario.network
    rows, columns = max(len(tier.nodes) for tier in tier_groups(network)), len(tier_groups(network))
    if is_crowded(network):
        height = 5.0
    elif network.n_nodes > LABELLED:
        height = 3.6
    else:
        height = max(0.13 * rows, min(1.0 + 0.45 * rows, 2.8), 2.6 if columns > 10 else 0.0)
    figure = Figure(figsize=(9.0, 6.2 + height), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=[6.2, height])
    above, below = parts
    upper, lower = above.subplots(2, 1)
    title = f"{result.scenario.name}: {result.scenario.about}".removesuffix(": ")
    above.suptitle(textwrap.fill(title, 100), fontsize=10, parse_math=False)
    orders_by_tier(result, upper)
    stock_and_backlog(result, lower)
    network_map(result, below.subplots())
    return figure


def check_path(path: str | Path) -> Path:
    """The path of a picture, if its kind is known. Raises ValueError that names the kinds."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"picture {str(path)!r}: its kind is {path.suffix or 'missing'!r}, must be one of {', '.join(SUFFIXES)}; "
            f"did you mean {path.stem + '.png'!r}?"
        )
    if path.is_dir():
        raise ValueError(f"picture {str(path)!r} is a folder, must be a file; name another")
    return path


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure as png, svg or pdf by its suffix, whole or not at all, the same bytes each time.

    Raises ValueError for another suffix, OSError if the file cannot be written.
    """
    import matplotlib as mpl

    path = check_path(path)
    kind = path.suffix.lower().removeprefix(".")
    hidden = path.with_name(f".{os.getpid()}.{path.name}")
    undated: dict[str, Any] = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    try:
        with mpl.rc_context({"svg.hashsalt": "supplynet", "pdf.fonttype": 42}):
            figure.savefig(hidden, format=kind, dpi=200, metadata=undated)
        os.replace(hidden, path)
    finally:
        hidden.unlink(missing_ok=True)
    return path
