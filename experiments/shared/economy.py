"""An economy made up: firms of very different sizes, and who sells how much to whom."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.topologies import scale_free
from supplynet.trade import ESSENTIAL, NON_ESSENTIAL, Trade, trade_from

Array = NDArray[Any]
TAIL: Final = 1.1  # of sizes: of firms above x there are x ** -TAIL; Source: Axtell (2001), Science 293, 1.06 in the US
BOUGHT: Final = 0.5  # of what a firm sells it buys so much from other firms
FIRMS_OF_A_PRODUCT: Final = 12
PHYSICAL: Final = 0.5  # of the products are things, and most inputs of who makes them are essential; of others none is
NEEDED: Final = 0.6


def economy(n_firms: int, suppliers: int = 5, *, seed: int = 0) -> Trade:
    """A scale-free network of firms that draw so many suppliers each, large ones more often, and buy in proportion to
    their own size, which falls with their rank as the odds to be drawn do.

    What a firm sells to firms follows from who drew it; half of its size it sells to final demand. Which inputs are
    essential is drawn by product: Diem et al. (2022) take it from a survey, in which services need little.
    """
    luck = np.random.default_rng(seed)
    n_products = max(n_firms // FIRMS_OF_A_PRODUCT, 1)
    made = scale_free(n_firms, suppliers, exponent=1.0 + TAIL, sectors=n_products, seed=seed)
    size = np.minimum((np.arange(1.0, n_firms + 1.0) / n_firms) ** (-1.0 / TAIL), n_firms / 10.0)
    weight = luck.lognormal(0.0, 1.0, made.customer.size)
    flow = BOUGHT * size[made.customer] * weight / np.bincount(made.customer, weight, n_firms)[made.customer]
    things = luck.random(n_products) < PHYSICAL
    table = np.where((luck.random((n_products, n_products)) < NEEDED) & things, ESSENTIAL, NON_ESSENTIAL)
    return trade_from(made.supplier, made.customer, flow, made.group, table, final_demand=(1.0 - BOUGHT) * size)
