"""Order: the ordering rule decides how much more of its own product a node wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from supplynet.compiled import kernel
from supplynet.policies.contract import Local, OrderingRule, decide

Array = NDArray[Any]


def order(rule: OrderingRule, local: Local, clock: Array, production_order: Array) -> Callable[[], None]:
    """The rule over a slice of rows, as a call without arguments."""

    def play() -> None:
        decide(rule, rule.order, local, int(clock[0]), "production_order", production_order)

    return play


@kernel
def size(rows: Any, order_multiple: Any, minimum_order_quantity: Any, order_cap: Any, production_order: Any) -> None:
    """An order is nothing, or at least the minimum, in whole multiples, and at most the cap.

    Source: the lot sizes of Orlicky (1975), Material Requirements Planning.
    """
    for i in prange(rows.size):
        node = rows[i]
        wanted, multiple = production_order[node], order_multiple[node]
        if wanted > 0.0:
            wanted = max(wanted, minimum_order_quantity[node])
            if multiple > 0.0:
                most = np.floor(order_cap[node] / multiple + 1e-9)
                production_order[node] = multiple * min(np.ceil(wanted / multiple - 1e-9), most)
            else:
                production_order[node] = min(wanted, order_cap[node])
