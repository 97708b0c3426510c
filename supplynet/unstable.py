"""Settings of days-of-cover that are known to be unstable, and why: said before a run, since they are no faults."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network
from supplynet.policies.input import DaysOfCover
from supplynet.shocks import hits

STOPS: Final = ("capacity_factor", "open_factor")
"""What may keep a firm from its inputs for so long that it uses up what it holds."""


def warn_of_unstable(network: Network, periods: int) -> None:
    """Raise a UserWarning for each setting that is known to be unstable."""
    for words in known_unstable(network, periods):
        warnings.warn(words, stacklevel=3)


def known_unstable(network: Network, periods: int) -> Iterator[str]:
    """What is known to be unstable in a run of so many periods, a sentence for each, with a node that has it.

    Source: Inoue & Todo (2019), Nature Sustainability 2, for usage that follows output; Sterman (1989), Management
    Science 35(3), for the supply line.
    """
    given = network.objects["node", "input_rule"]
    of = {code: rule for code, rule in enumerate(given.values) if isinstance(rule, DaysOfCover)}
    if not of:
        return

    def nodes(wanted: list[int]) -> NDArray[np.intp]:
        return np.flatnonzero(np.isin(given.codes, wanted))

    hasty = nodes([code for code, rule in of.items() if rule.adjustment_time <= 1.0])
    if hasty.size:
        yield (
            f"{_some(network, hasty)}: days of cover with an adjustment_time of one period or less close the whole gap "
            "at once, so that each firm passes a change on up to 1 + cover times as large, and orders swing; 6 is calm"
        )
    forgetful = nodes([code for code, rule in of.items() if rule.supply_line_weight == 0.0])
    if forgetful.size:
        yield (
            f"{_some(network, forgetful)}: days of cover with a supply_line_weight of 0 forget what is on order and "
            "order it again, and orders never settle (Sterman's misperception); 1 remembers all of it"
        )
    follows = nodes([code for code, rule in of.items() if rule.basis == "output"])
    stop, owner = _longest_stop(network, periods), network.input["node"]
    at_risk = np.isin(owner, follows) & (network.input["criticality"] > 0.0) & (network.input["cover"] < stop)
    if at_risk.any():
        yield (
            f"{_some(network, np.unique(owner[at_risk]))}: a disruption of {stop} periods outlasts its cover, and "
            "where orders follow realised output a firm that ran out orders nothing and never starts again; use "
            "basis='capped_demand', which recovers"
        )


def _longest_stop(network: Network, periods: int) -> int:
    """For how many periods the longest disruption keeps goods from being made or from leaving, 0 if none does."""
    events = [event for column in STOPS for event, rows in hits(network, column) if rows.size]
    lasting = [event for event in events if not hasattr(event.factor, "path") and event.factor < 1.0]
    return max((min(event.duration or periods, periods - event.start) for event in lasting), default=0)


def _some(network: Network, nodes: NDArray[np.intp]) -> str:
    """The first of some nodes, and how many more there are."""
    more = f" and {nodes.size - 1:,} more" if nodes.size > 1 else ""
    return f"node {network.names[nodes[0]]!r}{more}"
