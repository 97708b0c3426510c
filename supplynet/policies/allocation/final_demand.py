"""Rationing between final customers and other firms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
from numba import prange

from supplynet.compiled import Kernel, kernel
from supplynet.policies.contract import AllocationRule
from supplynet.policies.parameters import parameter


@numba.njit(cache=True)
def _share(first: Any, last: Any, served: Any, left: Any, lane_backlog: Any, to_customer: Any, shipment: Any) -> Any:
    """Share what is left in proportion among the lanes of one kind, and tell what is left after them."""
    claimed, final = 0.0, first
    for end in range(first, last):
        if to_customer[end] == served and lane_backlog[end] > 0.0:
            claimed += lane_backlog[end]
            final = end
    available = left
    for end in range(first, last):
        if to_customer[end] == served:
            part = lane_backlog[end]
            if claimed > available:
                part = min(part, left if end == final else min(left, available * (part / claimed)))
            shipment[end] = part
            left -= part
    return max(left, 0.0)


@kernel
def _final_demand_first(
    rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, to_customer: Any, shipment: Any
) -> None:
    """Final customers, then firms."""
    for i in prange(rows.size):
        first, last = first_outbound[rows[i]], first_outbound[rows[i] + 1]
        left = _share(first, last, 1, on_hand[rows[i]], lane_backlog, to_customer, shipment)
        _share(first, last, 0, left, lane_backlog, to_customer, shipment)


@kernel
def _final_demand_last(
    rows: Any, first_outbound: Any, on_hand: Any, lane_backlog: Any, to_customer: Any, shipment: Any
) -> None:
    """Firms, then final customers."""
    for i in prange(rows.size):
        first, last = first_outbound[rows[i]], first_outbound[rows[i] + 1]
        left = _share(first, last, 0, on_hand[rows[i]], lane_backlog, to_customer, shipment)
        _share(first, last, 1, left, lane_backlog, to_customer, shipment)


@dataclass(frozen=True, slots=True)
class FinalDemand(AllocationRule):
    """Serve final customers before firms, or firms before final customers; equals share in proportion.

    Source: Hallegatte (2008), Risk Analysis 28(3), for firms first.
    """

    first: bool = parameter("", "final customers are served first (true) or last (false)", default=True)
    structure: ClassVar = ("first",)

    @property
    def allocate(self) -> Kernel:  # type: ignore[override]
        return _final_demand_first if self.first else _final_demand_last
