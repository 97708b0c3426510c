"""Firms made up from an input-output table: as many as one likes, few of them large, and all flows in balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.topologies.coupling import TOTAL, couple, in_parts, merge, without_own
from supplynet.topologies.io_table import IoTable
from supplynet.topologies.sizes import EXPONENT, apportion, zipf

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Firms:
    """Firms and what flows between them in a normal period, in the money of their table.

    Shapes: [firm], by sector and then by size, `sector` (its number in the table), `output` (what it sells),
    `final_demand` and `value_added`; [lane], by buyer and the name of what it buys, `supplier`, `customer` (firms) and
    `flow`. What a firm sells to firms and to final demand is its output.
    """

    table: IoTable
    sector: Array
    output: Array
    final_demand: Array
    value_added: Array
    supplier: Array
    customer: Array
    flow: Array

    @property
    def n_firms(self) -> int:
        return int(self.sector.size)

    @property
    def n_lanes(self) -> int:
        return int(self.flow.size)

    def names(self) -> list[str]:
        """A name for each firm: its sector, and its rank among the firms of the sector."""
        count = np.bincount(self.sector, minlength=len(self.table.sectors)).tolist()
        return [f"{name} {rank}" for name, n in zip(self.table.sectors, count, strict=True) for rank in range(1, n + 1)]

    def sectors(self) -> list[str]:
        """The name of each firm's sector."""
        return [self.table.sectors[number] for number in self.sector.tolist()]


def firms_of(
    table: IoTable, n_firms: int, *, suppliers: int = 2, exponent: float = EXPONENT, least: float = 0.0, seed: int = 0
) -> Firms:
    """Make up firms whose sums by sector are those of the table.

    A sector has firms in proportion to its output (at least one), of sizes by Zipf's law with this exponent. A firm
    needs each input of its sector in proportion to its own output, and its need of an input is cut in `suppliers` equal
    parts, each of which goes to a seller with odds in proportion to what it sells (or to neighbours, where it is more
    than is left at one). Final demand is in proportion to output. Inputs below `least` of a sector's output are left
    out: they are bought elsewhere, and sold to final demand.

    The flows balance by construction, see `coupling`. Nobody buys from itself; what only the firm itself could sell it,
    as where a sector is one firm, it makes for itself: that is neither sold nor counted as output. Raises ValueError.
    """
    _check(table, n_firms, suppliers, exponent, least)
    coefficient = np.where(table.coefficients < least, 0.0, table.coefficients)
    count = apportion(table.output, n_firms)
    sector = np.repeat(np.arange(count.size), count)
    part = zipf(count, exponent)
    output = table.output[sector] * part
    first = np.cumsum(count) - count
    none = np.zeros(0, np.int64)
    lanes: list[tuple[Array, Array, Array]] = [(none, none, np.zeros(0))]
    sold = np.flatnonzero(coefficient.any(axis=1)).tolist()
    for product in sorted(sold, key=table.sectors.__getitem__):
        buyers = np.flatnonzero(coefficient[product][sector] > 0.0)
        need = coefficient[product][sector[buyers]] * output[buyers]
        sellers = slice(first[product], first[product] + count[product])
        luck = np.random.default_rng([seed, product])
        seller, buyer, amount = _meet(in_parts(part[sellers]), in_parts(need), suppliers, luck)
        seller, buyer, amount = without_own(*merge(seller + first[product], buyers[buyer], amount))
        lanes.append((seller, buyer, amount * (need.sum() / TOTAL)))
    supplier, customer, flow = (np.concatenate(column) for column in zip(*lanes, strict=True))
    itself = supplier == customer
    output -= np.bincount(customer[itself], flow[itself], n_firms)
    by_buyer = np.argsort(np.where(itself, n_firms, customer), kind="stable")[: flow.size - np.count_nonzero(itself)]
    supplier, customer, flow = supplier[by_buyer], customer[by_buyer], flow[by_buyer]
    assert table.value_added is not None
    final = np.maximum(output - np.bincount(supplier, flow, n_firms), 0.0)
    return Firms(table, sector, output, final, table.value_added[sector] * part, supplier, customer, flow)


def _meet(
    sells: NDArray[np.int64], needs: NDArray[np.int64], suppliers: int, luck: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Couple sellers and needs, each cut in parts, in random order: seller, need and amount."""
    buyer = np.repeat(np.arange(needs.size), suppliers)
    parts = (needs // suppliers)[buyer]
    parts[::suppliers] += needs % suppliers
    sellers, order = luck.permutation(sells.size), luck.permutation(parts.size)
    seller, part, amount = couple(sells[sellers], parts[order])
    return sellers[seller], buyer[order][part], amount


def _check(table: IoTable, n_firms: int, suppliers: int, exponent: float, least: float) -> None:
    active = int((table.output > 0.0).sum())
    if isinstance(n_firms, bool) or not isinstance(n_firms, (int, np.integer)) or n_firms < active:
        raise ValueError(
            f"firms_of: n_firms is {n_firms!r}, must be a whole number >= {active}, one for each sector that makes "
            "anything; ask for more firms, or add sectors up"
        )
    if isinstance(suppliers, bool) or not isinstance(suppliers, (int, np.integer)) or suppliers < 1:
        raise ValueError(f"firms_of: suppliers is {suppliers!r}, must be a whole number >= 1; mend it")
    if not 0.0 < exponent < np.inf:
        raise ValueError(f"firms_of: exponent is {exponent!r}, must be a number > 0; 1.059 is that of US firms")
    if not 0.0 <= least < 1.0:
        raise ValueError(f"firms_of: least is {least!r}, must be in [0, 1), a part of a sector's output; mend it")
