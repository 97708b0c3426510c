"""What a company's way of working comes to in one run: stock, time, waste and money, from a record."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.finance import READS as BOOKED
from supplynet.finance import Statement, members
from supplynet.metrics import waiting_time, waiting_units
from supplynet.network import Network
from supplynet.prepare import has_price
from supplynet.record import Record
from supplynet.schema import CUSTOMER

Array = NDArray[Any]
READS: Final = tuple(dict.fromkeys((*BOOKED, "demand", "lost")))
"""The columns of a record that these measures are made from."""
BUSINESS: Final = {
    "finished_goods": ("units", "mean stock on the shelves that others buy from"),
    "work_in_process": ("units", "mean stock elsewhere: inputs, in process, on inner shelves and on the way to it"),
    "days_of_inventory": ("periods", "stock at cost over the cost of what is sold"),
    "inventory_turns": ("", "times that the stock was sold in the run: cost of goods over mean stock at cost"),
    "waiting_time": ("periods", "mean from a customer's demand to its goods, first in, first out"),
    "waiting_time_95": ("periods", "95 % of what customers got had waited so long at most"),
    "lost_share": ("", "part of the demand that was lost"),
    "leftover": ("", "part of what left the shelves that was scrapped"),
    "revenue": ("money", "billed to others"),
    "markdown": ("money", "revenue given up by selling below the opening price"),
    "write_off": ("money", "what scrapped goods had cost, less what they brought"),
    "running_cost": ("money", "holding, backlog, orders and set-ups"),
    "erosion": ("money", "replacement value that stock lost because suppliers' prices fell"),
    "profit": ("money", "revenue less the cost of goods, of running and of write-offs"),
    "cash_conversion_cycle": ("periods", "from paying for goods to being paid for them"),
}
"""The measures, each with its unit and meaning."""
SUMS: Final = ("revenue", "markdown", "write_off", "erosion")
OF_MONEY: Final = (*SUMS, "profit")
"""What has no meaning where nothing has a price."""


def stock_over_time(record: Record, network: Network) -> tuple[Array, Array]:
    """The finished goods and the work in process of a company of all factories and distributors, each [period].

    Finished goods stand on the shelves that others buy from; all the rest is in process: inputs, what is being made, on
    inner shelves, and on the way to it. In units of each node's product.
    """
    firm, lane, sells = members(network), network.lane, _sells(network)
    outlet = np.zeros(network.n_nodes, bool)
    outlet[lane["supplier"][sells]] = True
    shelves, inner = firm[outlet[firm]], firm[~outlet[firm]]
    buys = np.flatnonzero(np.isin(lane["customer"], firm))
    opened = record.prepared.lane
    on_the_way = (opened["transport_filled"] * opened["transport_slot"])[buys]
    carried = record["shipment"] - record["received"] - record["destroyed"]
    on_the_way = on_the_way + np.cumsum(carried, axis=0)[:, buys]
    in_work = record["in_process"][:, firm].sum(axis=1) + record["on_hand"][:, inner].sum(axis=1)
    in_work = in_work + record["input_stock"][:, buys].sum(axis=1) + on_the_way.sum(axis=1)
    return record["on_hand"][:, shelves].sum(axis=1), in_work


def business(record: Record, network: Network, books: Statement) -> dict[str, float]:
    """The measures of a company of all factories and distributors, without the warm-up; see BUSINESS.

    Stock is counted in units of each node's product. What needs something sold, demanded or priced is nan without it.
    """
    first, firm = books.warm_up, members(network)
    finished, in_work = stock_over_time(record, network)
    market = np.flatnonzero(network.node["kind"] == CUSTOMER)
    demand, lost = record["demand"][:, market], record["lost"][:, market]
    before = record.prepared.node["production_backlog"][market]
    waits = waiting_units(demand, record["shipped"][:, market], lost, queue=before, warm_up=first)
    scrapped = float(record["scrapped"][first:, firm].sum())
    sold = float(sum(record["shipment"][first:, at].sum() for at in _sells(network).tolist()))
    totals = {name: float(getattr(books, name)[first:].sum()) for name in SUMS}
    stock = float(books.inventory[first:].mean())
    measured = {
        "finished_goods": float(finished[first:].mean()),
        "work_in_process": float(in_work[first:].mean()),
        "days_of_inventory": books.days_of_inventory,
        "inventory_turns": _over(float(books.cost_of_goods[first:].sum()), stock),
        "waiting_time": waiting_time(waits), "waiting_time_95": waiting_time(waits, 0.95),
        "lost_share": _over(float(lost[first:].sum()), float(demand[first:].sum())),
        "leftover": _over(scrapped, scrapped + sold),
        **totals,
        "running_cost": float(books.running_cost[first:].sum()), "profit": float(books.profit[first:].sum()),
        "cash_conversion_cycle": books.cash_conversion_cycle,
    }  # fmt: skip
    priced = bool(has_price(network).any())
    return {name: value if priced or name not in OF_MONEY else float("nan") for name, value in measured.items()}


def _sells(network: Network) -> Array:
    """The lanes on which the company sells to others."""
    inside = np.zeros(network.n_nodes, bool)
    inside[members(network)] = True
    return np.flatnonzero(inside[network.lane["supplier"]] & ~inside[network.lane["customer"]])


def _over(above: float, below: float) -> float:
    return above / below if below > 0.0 else float("nan")
