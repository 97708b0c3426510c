"""Purchase: the input rule turns what a node wants into orders on its lanes, and they go into the mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import prange
from numpy.typing import NDArray

from supplynet.compiled import kernel
from supplynet.policies.contract import Local, Rule, decide

Array = NDArray[Any]
ONE = np.uint32(1)


def purchase(
    rule: Rule, rule_decides: Callable[[Local, Array], None], name: str, local: Local, clock: Array, out: Array
) -> Callable[[], None]:
    """A rule that writes a column of the inbound ends of a slice of rows, as a call without arguments."""

    def play() -> None:
        decide(rule, rule_decides, local, int(clock[0]), name, out)

    return play


@kernel
def post(
    ends: Any, clock: Any, order: Any, order_lead: Any, mail_start: Any, mail_size: Any, mail: Any, on_order: Any
) -> None:
    """An order goes into the slot of the day on which it is due; yesterday's slot has been read and starts anew."""
    for i in prange(ends.size):
        end = ends[i]
        size, wanted = mail_size[end], order[end]
        today = clock[size]
        read = today - ONE if today > 0 else size - ONE
        due = today + order_lead[end]
        if due >= size:
            due -= size
        if due == read:
            mail[mail_start[end] + read] = wanted
        else:
            mail[mail_start[end] + read] = 0.0
            mail[mail_start[end] + due] += wanted
        on_order[end] += wanted
