"""Settings of days-of-cover that are known to be unstable, and why: said before a run, since they are no faults."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from supplynet.disruptions import DISRUPTED
from supplynet.losses import ROUNDING
from supplynet.network import Network
from supplynet.policies.input import DaysOfCover
from supplynet.prepare import means_of, normal_flow
from supplynet.schema import CUSTOMER
from supplynet.shocks import hits, share_paths


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
    if not (follows.size and network.disruptions):
        return
    stop, owner = _longest_stop(network, periods), network.input["node"]
    at_risk = np.isin(owner, follows) & (network.input["criticality"] > 0.0) & (network.input["cover"] < stop)
    if at_risk.any():
        yield (
            f"{_some(network, np.unique(owner[at_risk]))}: a disruption of {stop} periods outlasts its cover, and "
            "where orders follow realised output a firm that ran out orders nothing and never starts again; use "
            "basis='capped_demand', which recovers"
        )


def _longest_stop(network: Network, periods: int) -> int:
    """For how many periods on end disruptions leave a lane to a firm less than normal flow, 0 if they never do.

    All that stops goods of a lane counts together: its supplier's capacity, its buyer's orders, and what can leave and
    arrives. Of what is random some luck is tried.
    """
    lanes = np.flatnonzero(network.node["kind"][network.lane["customer"]] != CUSTOMER)
    supplier, customer = network.lane["supplier"][lanes], network.lane["customer"][lanes]
    stops, codes = [np.zeros((periods, 1), bool)], np.zeros(lanes.size, np.int64)
    places = {"capacity_factor": supplier, "order_factor": customer, "open_factor": lanes, "transit_factor": lanes}
    for column, rows in places.items():
        own, code = _stops(network, column, periods)
        if len(own) == 1:
            continue
        pairs, codes = np.unique(codes * len(own) + code[rows], return_inverse=True)
        stops = [stops[pair // len(own)] | own[pair % len(own)] for pair in pairs.tolist()]
    return max((_longest_run(stop) for stop in stops), default=0)


def _stops(network: Network, column: str, periods: int) -> tuple[list[NDArray[np.bool_]], NDArray[np.int64]]:
    """The distinct ways in which a column is too low for normal flow [period, sample], the first of them never, and
    which of them each node or lane has."""
    found = hits(network, column)
    n_rows = network.n_nodes if DISRUPTED[column].table == "node" else network.n_lanes
    stops, of_row = [np.zeros((periods, 1), bool)], np.zeros(n_rows, np.int64)
    if not found:
        return stops, of_row
    n_paths, code = share_paths(n_rows, [rows for _, rows in found])
    path = [np.ones((periods, 1)) for _ in range(n_paths)]
    for event, rows in found:
        levels = event.levels(periods, event.some_luck(periods) if event.is_random else np.zeros((periods, 1)))
        for at in np.unique(code[rows]).tolist():
            path[at] = path[at] * levels
    needed = _needed(network) if column == "capacity_factor" else np.ones(n_rows)
    for at in np.unique(code[np.concatenate([rows for _, rows in found])]).tolist():
        rows, levels = np.flatnonzero(code == at), np.unique(path[at])
        lower = np.searchsorted(levels, needed[rows] * (1.0 - ROUNDING))  # how many levels are less than it needs
        for number in np.unique(lower[lower > 0]).tolist():
            of_row[rows[lower == number]] = len(stops)
            stops.append(path[at] <= levels[number - 1])
    return stops, of_row


def _needed(network: Network) -> NDArray[np.float64]:
    """What part of its capacity each node needs in a normal period [node]."""
    normal = network.node["normal_output"]
    if np.isnan(normal).any():
        normal = np.where(np.isnan(normal), normal_flow(network), normal)
    able = means_of(network, "capacity") * network.node["capacity_factor"]
    needed: NDArray[np.float64] = np.divide(normal, able, out=np.ones(normal.size), where=able > 0.0)
    return np.where(np.isinf(able), ROUNDING, needed)  # of an endless capacity any part is enough


def _longest_run(stop: NDArray[np.bool_]) -> int:
    """The longest run of periods that are all true, in any sample [period, sample]."""
    period = np.arange(len(stop))[:, None]
    return int((period - np.maximum.accumulate(np.where(stop, -1, period), axis=0)).max(initial=0))


def _some(network: Network, nodes: NDArray[np.intp]) -> str:
    """The first of some nodes, and how many more there are."""
    more = f" and {nodes.size - 1:,} more" if nodes.size > 1 else ""
    return f"node {network.names[nodes[0]]!r}{more}"
