"""Trade: who sells how much to whom in a usual period, and which inputs a buyer cannot do without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from warnings import warn

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import fail
from supplynet.network import Network
from supplynet.prepare import has_price, prepare
from supplynet.schema import CUSTOMER

Array = NDArray[Any]
UNUSED, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
"""What an input is to its buyer: nothing fails without it; output falls by its part of what is bought; output stops."""
SHOWN: Final = 3  # firms in one message


@dataclass(frozen=True, slots=True, eq=False)
class Trade:
    """Who sells how much to whom in a usual period, in money or, where all is priced alike, in units.

    supplier, customer (rows of firms), flow, input (the number of the buyer's input that the lane brings: lanes that
    bring the same product to the same buyer share one) and essentiality (0, 1 or 2: unused, non-essential, essential)
    are [lane]; product (a number, of product_names), final_demand (sales to those who buy whatever happens), names and
    sector are [firm].
    """

    supplier: Array
    customer: Array
    flow: Array
    input: Array
    essentiality: Array
    product: Array
    final_demand: Array
    names: Sequence[str]
    product_names: Array
    sector: Array

    @property
    def n_firms(self) -> int:
        return int(self.product.size)

    @property
    def strength(self) -> Array:
        """What each firm sells a period [firm]."""
        sold: Array = np.bincount(self.supplier, self.flow, self.n_firms) + self.final_demand
        return sold

    @property
    def size(self) -> Array:
        """The part of all sales that is each firm's [firm]."""
        share: Array = self.strength / self.strength.sum()
        return share

    def with_essentiality(self, value: int) -> Trade:
        """The same trade, every input being the same to its buyer."""
        from dataclasses import replace

        return replace(self, essentiality=np.full(self.supplier.size, value, np.int8))


def trade_from(
    supplier: Sequence[int] | Array,
    customer: Sequence[int] | Array,
    flow: Sequence[float] | Array,
    product: Sequence[int] | Array,
    essentiality: Any,
    *,
    final_demand: Sequence[float] | Array | None = None,
    names: Sequence[str] | None = None,
) -> Trade:
    """Trade from arrays.

    supplier, customer, flow [lane]; product [firm], numbers from 0; essentiality: a table [product needed, product of
    the firm that needs it] of 0, 1 and 2, or one of these for all; final_demand [firm]: sales to no firm (default: 0);
    names [firm] (default: the rows). Raises ValueError that names every fault.
    """
    ends = [np.asarray(column) for column in (supplier, customer, product)]
    sold, table = np.asarray(flow, np.float64), np.asarray(essentiality)
    n_firms, n_lanes = ends[2].size, sold.size
    final = np.zeros(n_firms) if final_demand is None else np.asarray(final_demand, np.float64)
    problems = []
    for what, column, rows, below in (
        ("supplier", ends[0], n_lanes, n_firms), ("customer", ends[1], n_lanes, n_firms),
        ("product", ends[2], n_firms, None),
    ):  # fmt: skip
        whole = column.dtype.kind in "iu" or not column.size
        if column.shape != (rows,):
            problems.append(f"{what} has {column.size} values for {rows} rows; give one a row")
        elif not whole or (column < 0).any() or (below is not None and (column >= below).any()):
            must = "whole numbers >= 0" if below is None else f"rows of firms, 0 to {below - 1}"
            problems.append(f"{what} must be {must}; mend it")
    for what, amounts, rows in (("flow", sold, n_lanes), ("final_demand", final, n_firms)):
        if amounts.shape != (rows,):
            problems.append(f"{what} has {amounts.size} values for {rows} rows; give one a row")
        else:
            wrong = np.flatnonzero(~((amounts >= 0.0) & np.isfinite(amounts)))[:SHOWN].tolist()
            problems += [f"{what} of row {at} is {amounts[at]:g}, must be a number >= 0; mend it" for at in wrong]
    n_products = int(ends[2].max(initial=-1)) + 1 if not problems else 0
    if not np.isin(table, (UNUSED, NON_ESSENTIAL, ESSENTIAL)).all():
        problems.append("essentiality must be 0 (unused), 1 (non-essential) or 2 (essential); mend it")
    if table.ndim not in (0, 2) or (table.ndim == 2 and min(table.shape) < n_products):
        problems.append(f"essentiality has shape {table.shape}, must be a table [product, product] of {n_products}")
    if names is not None and len(names) != n_firms:
        problems.append(f"names has {len(names)} values for {n_firms} firms; give one a firm")
    if not problems and not sold.sum() + final.sum() > 0.0:
        problems.append("nobody sells anything; give some flow")
    if problems:
        fail(problems)
    a, b, made = (column.astype(np.int64) for column in ends)
    _, of_input = np.unique(b * max(n_products, 1) + made[a], return_inverse=True)
    essential = table[made[a], made[b]] if table.ndim == 2 else np.full(n_lanes, table)
    return Trade(
        a, b, sold, of_input.astype(np.int64), essential.astype(np.int8), made, final,
        [str(row) for row in range(n_firms)] if names is None else names,
        np.array([str(number) for number in range(n_products)], object), np.full(n_firms, "", object),
    )  # fmt: skip


def trade_of(network: Network) -> Trade:
    """The trade of the firms of a network in a usual period; its customers are final demand.

    A lane carries its share of what its buyer's mean output takes, at the supplier's mean price; where nobody has a
    price, or only some of those that sell (then with a warning), a unit is worth 1. An input of criticality 1 is
    essential, one of 0 unused, one between them non-essential. The product of a firm is what its lanes carry, or what
    it makes where they do not all carry one. Raises ValueError where nothing is sold, or what `prepare` raises.
    """
    ready = prepare(network, "empty")
    lane = network.lane
    names, firm = network.names, network.node["kind"] != CUSTOMER
    row = np.cumsum(firm) - 1
    usual, priced = ready.lane["normal_order"], has_price(network)
    sells = np.bincount(lane["supplier"], usual, network.n_nodes) > 0.0
    if not sells.any():
        raise ValueError("nothing is sold in this network: no customer has a demand; give one a demand")
    in_money = bool(priced[sells].all())
    if priced[sells].any() and not in_money:
        without = [names[at] for at in np.flatnonzero(sells & ~priced)]
        warn(
            f"sales are counted in units, not in money: {len(without):,} of {sells.sum():,} that sell have no price, "
            f"{' and '.join(map(repr, without[:SHOWN]))}{' (and more)' * (len(without) > SHOWN)}; for money set "
            f"{without[0]}.price",
            stacklevel=2,
        )
    worth = usual * (ready.node["price"] if in_money else np.ones(network.n_nodes))[lane["supplier"]]
    between = firm[lane["customer"]]
    final = np.bincount(lane["supplier"], np.where(between, 0.0, worth), network.n_nodes)
    critical = network.input["criticality"][lane["input"]]
    essentiality = np.where(critical >= 1.0, ESSENTIAL, np.where(critical > 0.0, NON_ESSENTIAL, UNUSED))
    product_names, product = np.unique(_products(network).astype(str), return_inverse=True)
    _, of_input = np.unique(lane["input"][between], return_inverse=True)
    return Trade(
        row[lane["supplier"][between]], row[lane["customer"][between]], worth[between], of_input.astype(np.int64),
        essentiality[between].astype(np.int8), product[firm], final[firm],
        [name for name, own in zip(names, firm.tolist(), strict=True) if own], product_names.astype(object),
        network.node["sector"][firm],
    )  # fmt: skip


def _products(network: Network) -> Array:
    """What each node sells [node]: the product that all of its lanes carry, or what it makes."""
    made: Array = network.node["product"].copy()
    supplier, carried = network.lane["supplier"], network.input["product"][network.lane["input"]]
    first = np.full(network.n_nodes, -1)
    first[supplier[::-1]] = np.arange(supplier.size)[::-1]
    differs = np.zeros(network.n_nodes, bool)
    differs[supplier[carried != carried[first[supplier]]]] = True
    one = (first >= 0) & ~differs
    made[one] = carried[first[one]]
    return made
