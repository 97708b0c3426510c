"""Networks in layers, each of which buys from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from supplynet.topologies.scale_free import Topology


def layered(widths: Sequence[int], suppliers: int, *, sectors: int = 1, seed: int = 0) -> Topology:
    """Layers of so many nodes from the source to the market; each node buys from so many, drawn, of the layer before.

    Whoever would have no customer gets one in the next layer. Each layer has sectors of its own, drawn with equal odds:
    `group` is the layer, 0 the source, times `sectors`, and the sector in it. Raises ValueError.
    Source: after Acemoglu, Carvalho, Ozdaglar & Tahbaz-Salehi (2012), Econometrica 80(5), whose networks in tiers show
    how far shocks carry.
    """
    if len(widths) < 2 or any(isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1 for n in widths):
        raise ValueError(f"layered: widths is {widths!r}, must be two or more whole numbers >= 1; mend it")
    if isinstance(suppliers, bool) or not isinstance(suppliers, (int, np.integer)) or suppliers < 1:
        raise ValueError(f"layered: suppliers is {suppliers!r}, must be a whole number >= 1; mend it")
    if isinstance(sectors, bool) or not isinstance(sectors, (int, np.integer)) or sectors < 1:
        raise ValueError(f"layered: sectors is {sectors!r}, must be a whole number >= 1; mend it")
    luck = np.random.default_rng(seed)
    first = np.cumsum([0, *widths])
    lanes = []
    for layer, (above, below) in enumerate(pairwise(widths)):
        drawn = np.argsort(luck.random((below, above)), axis=1)[:, : min(suppliers, above)]
        customer = np.repeat(np.arange(below), drawn.shape[1])
        spare = np.setdiff1d(np.arange(above), drawn)
        sellers = np.concatenate([drawn.ravel(), spare]) + first[layer]
        lanes.append((sellers, np.concatenate([customer, luck.integers(below, size=spare.size)]) + first[layer + 1]))
    supplier, customer = (np.concatenate(column) for column in zip(*lanes, strict=True))
    depth = np.repeat(np.arange(len(widths)), widths)
    return Topology(supplier, customer, depth * sectors + luck.integers(sectors, size=depth.size))
