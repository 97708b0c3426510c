"""What came out of a run: measures of each node, of each tier and of the whole, from a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.metrics import bullwhip_ratio, fill_rate, mean, peak, total
from supplynet.network import Network
from supplynet.record import Keep, Record
from supplynet.schema import CUSTOMER, KINDS

Array = NDArray[Any]
Columns = Callable[[str], Array]

MEASURES: Final = (
    "mean_demand", "mean_order", "bullwhip_ratio", "fill_rate", "mean_on_hand", "mean_backlog", "peak_order", "lost", "total_cost",
)  # fmt: skip
NEEDED: Final = Keep(columns=("demand", "production_order", "filled", "on_hand", "backlog", "lost", "cost"))
"""What a record must keep for the measures below."""


def measure(column: Columns) -> dict[str, Array]:
    """The measures of each row, from a function that gives a column [period, row] by key. Units: see metrics."""
    demand, ordered = column("demand"), column("production_order")
    return {
        "mean_demand": mean(demand),
        "mean_order": mean(ordered),
        "bullwhip_ratio": bullwhip_ratio(ordered, demand),
        "fill_rate": fill_rate(column("filled"), demand),
        "mean_on_hand": mean(column("on_hand")),
        "mean_backlog": mean(column("backlog")),
        "peak_order": peak(ordered),
        "lost": total(column("lost")),
        "total_cost": total(column("cost")),
    }


def tiers(network: Network) -> NDArray[np.int64]:
    """Distance of each node from the market [node]: customers 0, who serves them 1, and so on; -1 if it serves nobody."""
    far = network.n_nodes + 1
    tier = np.where(network.node["kind"] == CUSTOMER, 0, far)
    supplier, customer = network.lane["supplier"], network.lane["customer"]
    for _ in range(network.n_nodes):
        before = tier.copy()
        np.minimum.at(tier, supplier, before[customer] + 1)
        if np.array_equal(before, tier):
            break
    return np.where(tier >= far, -1, tier)


def sum_by_tier(network: Network, series: Array) -> tuple[Array, Array]:
    """The tiers from the market upwards, and a column summed over the nodes of each: [..., node] -> [..., tier]."""
    tier = tiers(network)
    present = np.array(sorted(set(tier.tolist()) - {-1}))
    return present, np.stack([_sum_in_order(series, np.flatnonzero(tier == number)) for number in present], axis=-1)


def whole(network: Network, nodes: dict[str, Array], column: Columns) -> dict[str, Array]:
    """The outcomes of runs of one network, each [run]; `nodes` are measures [run, node], columns [period, run, node].

    bullwhip_ratio compares the orders of the tier farthest upstream with what customers demand; fill_rate, backlog
    and lost are those of the market; mean_on_hand and total_cost are summed over all nodes.
    """
    tier = tiers(network)
    market, front = np.flatnonzero(tier == 0), np.flatnonzero(tier == 1)
    kind = network.node["kind"]
    upstream = np.where(kind == KINDS.index("supplier"), -1, tier)
    last = np.flatnonzero((upstream == upstream.max()) & (upstream > 0))
    demand, filled = nodes["mean_demand"], nodes["fill_rate"] * nodes["mean_demand"]
    served = _sum_in_order(np.nan_to_num(filled), front)
    asked = _sum_in_order(demand, front)
    orders, sales = _sum_in_order(column("production_order"), last), _sum_in_order(column("demand"), market)
    return {
        "total_cost": _sum_in_order(nodes["total_cost"], np.arange(kind.size)),
        "bullwhip_ratio": bullwhip_ratio(orders, sales),
        "fill_rate": np.where(asked > 0, served / np.where(asked > 0, asked, 1.0), np.nan),
        "mean_on_hand": _sum_in_order(nodes["mean_on_hand"], np.arange(kind.size)),
        "mean_backlog": _sum_in_order(nodes["mean_backlog"], front),
        "lost": _sum_in_order(nodes["lost"], market),
        "peak_order": peak(orders),
        "demand": _sum_in_order(demand, market),
    }


def of_case(record: Record, case: int, warm_up: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Measures [run, node] and outcomes [run] of all replications of one case, without the periods of the warm-up."""
    network = record.union.cases[case].network
    n_runs = len(record.union.cases[case].replications)
    first = sum(len(earlier.replications) for earlier in record.union.cases[:case])

    def column(key: str) -> Array:
        series = record.of_runs(key, first, first + n_runs)[warm_up // record.keep_what.every :]
        return series.reshape(series.shape[0], n_runs, network.n_nodes)

    nodes = measure(column)
    return nodes, whole(network, nodes, column)


def _sum_in_order(values: Array, nodes: Array) -> Array:
    """Sum over some nodes (last axis), one after the other, so that the digits do not depend on the other axes."""
    summed: Array = np.zeros(values.shape[:-1])
    for node in nodes:
        summed = summed + values[..., node]
    return summed
