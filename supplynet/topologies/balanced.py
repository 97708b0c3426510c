"""Firms on a network of any shape, with flows that balance."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.topologies.io_firms import Firms
from supplynet.topologies.io_table import IoTable
from supplynet.topologies.scale_free import Topology

Array = NDArray[Any]
BOUGHT: Final = 0.5  # of what a firm sells
STEPS: Final = 2_000  # of the sum of what is needed for what is needed; none is left long before


def firms_on(topology: Topology, *, final_demand: float | Array = 1.0, bought: float = BOUGHT) -> Firms:
    """The nodes of a topology as firms, each of which buys the part `bought` of its output, the same of each supplier.

    final_demand: what households want of a firm, one number or one of each [node]; those who have no supplier buy
    nothing. Output follows: what is asked of each for final demand and for what all others make. Firms are sorted by
    group, which becomes their sector, and then by output. Money a period. Raises ValueError.
    Source: Leontief (1936), Review of Economics and Statistics 18(3), firm by firm.
    """
    n = topology.n_nodes
    wanted = np.full(n, final_demand, np.float64) if np.ndim(final_demand) == 0 else np.array(final_demand, np.float64)
    if wanted.shape != (n,) or not (np.isfinite(wanted) & (wanted >= 0.0)).all():
        raise ValueError(f"firms_on: final_demand must be a number >= 0, or one of each of {n} nodes; mend it")
    if not 0.0 < bought < 1.0:
        raise ValueError(f"firms_on: bought is {bought!r}, must be above 0 and below 1, or firms add no value; mend it")
    supplier, customer = topology.supplier, topology.customer
    part = bought / np.bincount(customer, minlength=n)[customer]
    output: Array = wanted.copy()
    asked: Array = wanted
    for _ in range(STEPS):
        asked = np.bincount(supplier, part * asked[customer], n)
        output += asked
        if asked.sum() <= 1e-17 * output.sum():
            break
    if idle := np.flatnonzero(~(output > 0.0)).tolist():
        raise ValueError(
            f"firms_on: nothing is asked of node {idle[0]}{f' and {len(idle) - 1} more' * (len(idle) > 1)}: no final "
            "demand, and no customer who makes anything; give final_demand to those who sell to nobody"
        )
    order = np.lexsort((-output, topology.group))
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    flow = part * output[customer]
    lanes = np.lexsort((rank[supplier], rank[customer]))
    flow, ends = flow[lanes], (rank[supplier][lanes], rank[customer][lanes])
    found, sector = np.unique(topology.group[order], return_inverse=True)
    output = np.bincount(ends[0], flow, n) + wanted[order]
    table = _table(sector, output, ends, flow, [f"sector {number + 1}" for number in found.tolist()])
    value_added = output - np.bincount(ends[1], flow, n)
    return Firms(table, sector, output, wanted[order], value_added, *ends, flow)


def _table(sector: Array, output: Array, ends: tuple[Array, Array], flow: Array, names: list[str]) -> IoTable:
    """What the sectors sell each other."""
    n = len(names)
    between = np.bincount(sector[ends[0]] * n + sector[ends[1]], flow, n * n).reshape(n, n)
    return IoTable(tuple(names), between, np.bincount(sector, output, n))
