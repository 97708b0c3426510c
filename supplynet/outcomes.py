"""What came out of a run: measures of each node, of each tier and of the whole, from a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.metrics import bullwhip_ratio, mean, mean_and_variance, peak, ratio, total
from supplynet.network import Network, tiers_of
from supplynet.record import Keep, Record
from supplynet.schema import KINDS, Table

Array = NDArray[Any]
Columns = Callable[[str], Array]

MEASURES: Final = (
    "mean_demand", "mean_order", "bullwhip_ratio", "fill_rate", "mean_on_hand", "mean_backlog", "peak_order", "lost",
    "total_cost",
)  # fmt: skip
OUTCOMES: Final = (
    "total_cost", "bullwhip_ratio", "fill_rate", "mean_on_hand", "mean_backlog", "lost", "peak_order", "mean_demand",
    "scrapped",
)  # fmt: skip
UNITS: Final = {
    "total_cost": "money", "mean_on_hand": "units", "mean_backlog": "units", "lost": "units",
    "peak_order": "units/period", "mean_demand": "units/period", "scrapped": "units",
}  # fmt: skip
"""Of the outcomes; the others are ratios."""
SCRAPPED: Final[dict[str, Table]] = {"scrapped": "node", "spoiled": "inbound", "destroyed": "outbound"}
"""Goods that are no more: finished, held by their buyer, in transit; each in units of its product."""
NEEDED: Final = Keep(
    columns=("demand", "production_order"), totals=("filled", "on_hand", "backlog", "lost", "cost", *SCRAPPED)
)
"""What a record must keep for the measures below."""


def measure(column: Columns) -> dict[str, Array]:
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


def whole(network: Network, nodes: dict[str, Array], series: Callable[[str, int], Array]) -> dict[str, Array]:
    """The outcomes of runs of one network, each [run].

    `nodes` are measures [run, node]; `series` gives a column of one node, [period, run]. bullwhip_ratio compares the
    orders of the tier farthest upstream with what customers demand; fill_rate, backlog and lost are those of the
    market; mean_on_hand and total_cost are summed over all nodes.
    """
    tier = tiers_of(network)
    every, market, front = np.arange(network.n_nodes), np.flatnonzero(tier == 0), np.flatnonzero(tier == 1)
    upstream = np.where(network.node["kind"] == KINDS.index("supplier"), -1, tier)
    last = np.flatnonzero((upstream == upstream.max()) & (upstream > 0))
    orders, sales = (
        sum((series(key, node) for node in chosen.tolist()), start=np.zeros(1))
        for key, chosen in (("production_order", last), ("demand", market))
    )
    asked = _sum_in_order(nodes["mean_demand"], front)
    served = _sum_in_order(np.nan_to_num(nodes["fill_rate"] * nodes["mean_demand"]), front)
    varies = bool(last.size and market.size)
    return {
        "total_cost": _sum_in_order(nodes["total_cost"], every),
        "bullwhip_ratio": bullwhip_ratio(orders, sales) if varies else np.full(asked.size, np.nan),
        "fill_rate": np.where(asked > 0, served / np.where(asked > 0, asked, 1.0), np.nan),
        "mean_on_hand": _sum_in_order(nodes["mean_on_hand"], every),
        "mean_backlog": _sum_in_order(nodes["mean_backlog"], front),
        "lost": _sum_in_order(nodes["lost"], market),
        "peak_order": peak(orders) if varies else np.full(asked.size, np.nan),
        "mean_demand": _sum_in_order(nodes["mean_demand"], market),
    }


def of_case(record: Record, case: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Measures [run, node] and outcomes [run] of all replications of one case, without the periods of the warm-up.

    What needs a column, or periods, that were not kept is nan.
    """
    union = record.union
    rows, _ = union.case_rows(case)
    skipped = record.warm_up // record.keep_what.every
    alone = len(union.cases) == 1  # then rows are measured where they lie, and only the measures are gathered
    place = rows if alone else np.arange(rows.size).reshape(rows.shape)

    def column(key: str) -> Array:
        kept = record.rows(key)[skipped:] if key in record else np.full((1, union.layout.row.size), np.nan)
        return kept if alone else kept[:, rows.ravel()]

    def series(key: str, node: int) -> Array:
        known = key in record and not record.summed and record.keep_what.every == 1
        return record.rows(key)[skipped:, rows[:, node]] if known else np.full((1, rows.shape[0]), np.nan)

    if record.summed or record.keep_what.every > 1:
        measured = dict.fromkeys(MEASURES, np.full(rows.shape, np.nan))
    else:
        measured = {name: values[place] for name, values in measure(column).items()}
    told = measure_totals(record.totals, record.periods - record.warm_up)
    measured |= {name: values[rows] for name, values in told.items()}
    if "fill_rate" in told:
        measured["fill_rate"] = ratio(measured["fill_rate"], measured["mean_demand"])
    network = union.cases[case].network
    return measured, whole(network, measured, series) | {"scrapped": _scrapped(record, case)}


def _scrapped(record: Record, case: int) -> Array:
    """All that was destroyed, spoiled or written off in each run of a case [run], nan where that was not kept."""
    layout, (rows, lanes) = record.union.layout, record.union.case_rows(case)
    summed, totals = np.zeros(rows.shape[0]), record.totals
    whole_periods = not record.summed and record.keep_what.every == 1
    for key, table in SCRAPPED.items():
        place = {"node": rows, "inbound": layout.inbound[lanes], "outbound": layout.outbound[lanes]}[table]
        if key in totals:
            of_each = totals[key][place]
        elif key in record and whole_periods:
            of_each = total(record.rows(key)[record.warm_up :, place.ravel()]).reshape(place.shape)
        else:
            return np.full(rows.shape[0], np.nan)
        summed = summed + _in_order(of_each)
    return summed


def _in_order(values: Array) -> Array:
    """Sums over the last axis, one after the other, so that the digits do not depend on the other axes."""
    summed: Array = np.cumsum(values, axis=-1)[..., -1] if values.shape[-1] else np.zeros(values.shape[:-1])
    return summed


def _sum_in_order(values: Array, nodes: Array) -> Array:
    """Sum over some nodes (last axis), one after the other, so that the digits do not depend on the other axes."""
    summed: Array = np.zeros(values.shape[:-1])
    for node in nodes:
        summed = summed + values[..., node]
    return summed
