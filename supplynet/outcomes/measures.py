"""The measures of each node, from the columns of a record or from their sums over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from numpy.typing import NDArray

from supplynet.metrics import mean, mean_and_variance, peak, ratio, total

Array = NDArray[Any]
MEASURES: Final = (
    "mean_demand", "mean_order", "bullwhip_ratio", "fill_rate", "mean_on_hand", "mean_backlog", "peak_order", "lost",
    "total_cost",
)  # fmt: skip


def measure(column: Callable[[str], Array]) -> dict[str, Array]:
    """The measures of each row, from a function that gives a column [period, row] by key. Units: see metrics."""
    ordered = column("production_order")
    mean_demand, demand_variance = mean_and_variance(column("demand"))
    mean_order, order_variance = mean_and_variance(ordered)
    return {
        "mean_demand": mean_demand,
        "mean_order": mean_order,
        "bullwhip_ratio": ratio(order_variance, demand_variance),
        "fill_rate": ratio(mean(column("filled")), mean_demand),
        "mean_on_hand": mean(column("on_hand")),
        "mean_backlog": mean(column("backlog")),
        "peak_order": peak(ordered),
        "lost": total(column("lost")),
        "total_cost": total(column("cost")),
    }


def measure_totals(totals: Mapping[str, Array], periods: int) -> dict[str, Array]:
    """Those measures that sums over all periods tell, in the shape of the sums; fill_rate is still units a period."""
    whole = {"lost": "lost", "total_cost": "cost"}
    means = {
        "mean_demand": "demand", "mean_order": "production_order", "fill_rate": "filled",
        "mean_on_hand": "on_hand", "mean_backlog": "backlog",
    }  # fmt: skip
    told = {name: totals[key] for name, key in whole.items() if key in totals}
    return told | {name: totals[key] / periods for name, key in means.items() if key in totals}
