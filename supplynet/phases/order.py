"""Order: the ordering rule decides how much more of its own product a node wants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from supplynet.policies.contract import Local, OrderingRule, decide

Array = NDArray[Any]


def order(
    rule: OrderingRule, local: Local, clock: Array, production_order: Array, production_backlog: Array
) -> Callable[[], None]:
    """The rule over a slice of rows, as a call without arguments; what it wants joins the production backlog."""

    def play() -> None:
        decide(rule, rule.order, local, int(clock[0]), "production_order", production_order)
        production_backlog.__iadd__(production_order)

    return play
