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
def hold_back(rows: Any, first_input: Any, first_end: Any, order_factor: Any, order: Any) -> None:
    """Of what the rule would order only a part is ordered."""
    for i in prange(rows.size):
        node = rows[i]
        for end in range(first_end[first_input[node]], first_end[first_input[node + ONE]]):
            order[end] *= order_factor[node]


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
