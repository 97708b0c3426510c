"""Order: the ordering rule decides how much more of its own product a node wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.policies.contract import Local, OrderingRule, check_written

Array = NDArray[Any]


def order(
    rule: OrderingRule, local: Local, clock: Array, production_order: Array, production_backlog: Array
) -> Callable[[], None]:
    """The rule over a slice of rows, as a call without arguments; what it wants joins the production backlog."""

    def decide() -> None:
        local.period = int(clock[0])
        if local.period == 0 and "production_order" not in rule.reads:
            production_order.fill(np.nan)  # so that a rule that forgets a row is found out on the first day
        rule.order(local, production_order)
        if local.period == 0:
            check_written(rule, "production_order", production_order)
        production_backlog.__iadd__(production_order)

    return decide
