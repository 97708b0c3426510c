"""A maker of consumer goods in Bangladesh, day by day in 2023: what it was asked for, delivered and made, by product.

Daily flows of 41 products at four points of one chain: sales orders of distributors, deliveries to them, issues of the
factories and their production, in cases. 31 products are active.

Source: Wasi, Islam & Akib (2024), SupplyGraph, arXiv:2401.15299, repository ciol-researchlab/SupplyGraph.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import networkx as nx
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supplynet.demand import Trace
from supplynet.graphs import from_graph
from supplynet.metrics import ratio
from supplynet.policies.contract import OrderingRule
from supplynet.policies.ordering import BaseStock
from supplynet.readers.data_folder import read_table
from supplynet.scenario import Scenario

Array = NDArray[Any]
FLOWS: Final = ("sales_order", "delivery", "factory_issue", "production")
"""The points of the chain at which flows are known, from the market upwards."""
DISTRIBUTORS: Final = "distributors of "
"""What stands before the name of a product in the name of its customer."""
STOCK_DAYS: Final = 14.0
"""Days of mean orders in stock beyond a lot: an assumption, enough to deliver at once; the data have no stocks."""
PACE: Final = 0.95
"""The quantile of a producing day's output that is taken as the capacity of a day: an assumption."""


def products(data: str | Path | None = None) -> pd.DataFrame:
    """A row for each product: group, subgroup, tonnes in a case, and whether it is both ordered and made.

    Raises ValueError if the data are not there.
    """
    columns: dict[str, type] = {
        "product": str, "group": str, "subgroup": str, "tonne_per_unit": float, "active": bool,
    }  # fmt: skip
    return read_table("supplygraph", "products.csv", columns, data).set_index("product")


def daily_flows(data: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """What passed each point of the chain, by name of the flow: a row for each day, a column for each active product.

    Units: cases a day. Raises ValueError if the data are not there.
    """
    columns: dict[str, type] = {"product": str, **dict.fromkeys((f"{flow}_unit" for flow in FLOWS), float)}
    table = read_table("supplygraph", "daily_flows.csv.gz", columns, data, day="date")
    known = products(data)
    active = known.index[known["active"]]
    return {flow: table.pivot(index="date", columns="product", values=f"{flow}_unit")[active] for flow in FLOWS}


def weekly_flows(data: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """The flows of the weeks that are whole, Monday to Sunday, 31 of them; units: cases a week."""
    return {flow: by_week(table) for flow, table in daily_flows(data).items()}


def by_week(daily: pd.DataFrame) -> pd.DataFrame:
    """Sums of the weeks, Monday to Sunday, of which every day is there."""
    weeks = daily.resample("W-SUN")
    return weeks.sum()[weeks.size() == 7]


def variance_ratio(above: pd.DataFrame, below: pd.DataFrame) -> pd.Series:
    """Variance of one flow over that of another, each in parts of its mean: a number for each product.

    Dividing by the means leaves out what is lost between the two points. Weeks that begin on another day change the
    measured medians (production over orders is 1.51 to 2.08), so compare what is cut in the same way.
    Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
    """
    squared = [table.var() / table.mean() ** 2 for table in (above, below)]
    return pd.Series(ratio(squared[0].to_numpy(), squared[1].to_numpy()), index=below.columns)


def campaigns(production: Array) -> Array:
    """What was made in each unbroken run of producing days; [day] in, [campaign] out, in cases."""
    made = np.concatenate([[0.0], production, [0.0]])
    so_far = np.cumsum(made)
    begins, ends = (np.flatnonzero(np.diff(np.sign(made)) == step) for step in (1.0, -1.0))
    sizes: Array = so_far[ends] - so_far[begins]
    return sizes


def lots(data: str | Path | None = None) -> pd.DataFrame:
    """For each active product the `lot` in which it is made, in cases, and the `pace`, in cases a day.

    A lot is the median campaign; the pace is a high quantile (PACE) of what a producing day makes.
    """
    made = daily_flows(data)["production"]
    return pd.DataFrame(
        {
            "lot": made.apply(lambda one: float(np.median(campaigns(one.to_numpy())))),
            "pace": made.where(made > 0).quantile(PACE),
        }
    )


def read_maker(
    data: str | Path | None = None, *, in_lots: bool = True, ordering: OrderingRule | None = None
) -> Scenario:
    """The maker's real orders, day by day, and a works for each active product that serves them from stock.

    in_lots: production is wanted in multiples of `lots` and takes the days that their pace allows; otherwise just what
    is wanted is made at once. ordering: the rule of every works; without it, base-stock at STOCK_DAYS of mean orders
    and a lot. Production takes a day. Units: cases, days. Raises ValueError if the data are not there.
    """
    orders, sizes, graph = daily_flows(data)["sales_order"], lots(data), nx.DiGraph()
    for product, asked in orders.items():
        lot, pace = sizes.loc[product]
        level = STOCK_DAYS * float(asked.mean()) + (lot if in_lots else 0.0)
        machine = {"order_multiple": lot, "capacity": pace} if in_lots else {}
        graph.add_node(f"{DISTRIBUTORS}{product}", kind="customer", demand=Trace(tuple(asked)))
        graph.add_node(
            product, kind="factory", ordering=ordering or BaseStock(level), on_hand=level, production_lead_time=1,
            normal_output=float(asked.mean()), **machine,
        )  # fmt: skip
        graph.add_edge(product, f"{DISTRIBUTORS}{product}", shipment_lead_time=0)
    return Scenario(
        "supplygraph", from_graph(graph), periods=len(orders), start="empty",
        about=f"a maker of {len(sizes)} consumer goods and the orders it got (Wasi et al. 2024)",
    )  # fmt: skip
