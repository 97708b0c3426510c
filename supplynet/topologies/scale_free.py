"""Scale-free firm networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """Who supplies whom: `supplier` and `customer` [lane] are nodes, `group` [node] is the sector or layer of each."""

    supplier: Array
    customer: Array
    group: Array

    @property
    def n_nodes(self) -> int:
        return int(self.group.size)


def scale_free(n_nodes: int, suppliers: int, *, exponent: float = 2.0, sectors: int = 1, seed: int = 0) -> Topology:
    """A network in which each node draws `suppliers` times, and few nodes supply very many.

    The odds to be drawn fall with the rank r of a node as r ** (-1 / (exponent - 1)), so that the share of nodes with k
    customers falls as k ** -exponent. Whoever draws itself or one node twice has fewer suppliers. Sectors are drawn
    with equal odds. Raises ValueError.
    Source: the static model of Goh, Kahng & Kim (2001), Physical Review Letters 87, 278701.
    """
    for name, value, least in (("n_nodes", n_nodes, 2), ("suppliers", suppliers, 1), ("sectors", sectors, 1)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"scale_free: {name} is {value!r}, must be a whole number >= {least}; mend it")
    if not 1.0 < exponent < np.inf:
        raise ValueError(f"scale_free: exponent is {exponent!r}, must be a number > 1; firm networks have about 2")
    luck = np.random.default_rng(seed)
    odds = np.cumsum(np.arange(1.0, n_nodes + 1.0) ** (-1.0 / (exponent - 1.0)))
    customer = np.repeat(np.arange(n_nodes), suppliers)
    drawn = np.searchsorted(odds, luck.random(customer.size) * odds[-1], side="right")
    lanes = np.unique((customer * n_nodes + drawn)[customer != drawn])
    return Topology(lanes % n_nodes, lanes // n_nodes, luck.integers(sectors, size=n_nodes))
