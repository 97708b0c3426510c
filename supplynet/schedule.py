"""The order of the day: which node may do which phase after which others.

A task is a phase of a node. A message with a delay of at least one period orders nothing; a message of the same day
does: whoever reads it comes after whoever sends it. Tasks of one level do not depend on each other and run together.
"""

from __future__ import annotations

from typing import Any, Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from supplynet.checks import nearest
from supplynet.layout import in_order
from supplynet.network import Network
from supplynet.schema import CUSTOMER, tellable

PHASES: Final = ("book", "order", "purchase", "produce", "ship")
BOOK, ORDER, PURCHASE, PRODUCE, SHIP = range(len(PHASES))
SET_BY: Final = {
    "demand": BOOK, "inventory_position": BOOK, "production_order": ORDER,
    "production_started": PRODUCE, "in_process": PRODUCE, "production": PRODUCE,
    "production_backlog": SHIP, "on_hand": SHIP, "shipped": SHIP, "filled": SHIP, "backlog": SHIP,
}  # fmt: skip
"""The last phase that changes a node column before the day is settled; lost and cost are known only then."""
EVERY_NODE: Final = "every node"
TODAY: Final = "a node whose input rule reads today's demand"
YESTERDAY: Final = "a node whose input rule reads yesterday's state alone"
ORDERED_TODAY: Final = "a lane with order_lead_time 0, from the buyer's to the supplier's"
ARRIVES_TODAY: Final = "a lane with shipment_lead_time 0, from the supplier's to the buyer's"
BEFORE: Final = (
    (BOOK, ORDER, EVERY_NODE),
    (ORDER, PURCHASE, TODAY),
    (PURCHASE, BOOK, YESTERDAY),
    (ORDER, PRODUCE, EVERY_NODE),
    (PURCHASE, PRODUCE, EVERY_NODE),
    (PRODUCE, SHIP, EVERY_NODE),
    (PURCHASE, BOOK, ORDERED_TODAY),
    (SHIP, PRODUCE, ARRIVES_TODAY),
)
"""Which phase comes before which, and where; signals of the same day add theirs."""
MANY: Final = 32  # of the tasks, one in so many: from there on it is quicker to look at all than to sort them
DRAWN: Final = ("capacity", "price", "interest")
"""Node columns that are known before the day begins."""


def find_levels(
    network: Network,
    reads_yesterday: NDArray[np.bool_],
    order_lead_time: NDArray[np.int64],
    shipment_lead_time: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The level of each task, shape [phase, node]; the least lead times of the lanes, [lane], say what is same-day.

    Raises ValueError that names a cycle without delay.
    """
    n = network.n_nodes
    every = np.arange(n)
    supplier, customer = network.lane["supplier"], network.lane["customer"]
    ordered, arrives = order_lead_time == 0, shipment_lead_time == 0
    where = {
        EVERY_NODE: (every, every),
        TODAY: (every[~reads_yesterday], every[~reads_yesterday]),
        YESTERDAY: (every[reads_yesterday], every[reads_yesterday]),
        ORDERED_TODAY: (customer[ordered], supplier[ordered]),
        ARRIVES_TODAY: (supplier[arrives], customer[arrives]),
    }
    edges = [(first, where[place][0], then, where[place][1]) for first, then, place in BEFORE]
    edges += _same_day_signals(network, reads_yesterday)
    source = np.concatenate([phase * n + nodes for phase, nodes, _, _ in edges])
    target = np.concatenate([phase * n + nodes for _, _, phase, nodes in edges])
    level = _longest_paths(source, target, len(PHASES) * n)
    if (level < 0).any():
        raise ValueError(_name_cycle(network, source, target, level))
    of_customer = network.node["kind"] == CUSTOMER
    apart = np.isin(np.arange(len(PHASES)), (BOOK, SHIP))[:, None] & of_customer
    family = 2 * np.arange(len(PHASES))[:, None] + apart
    return _bunch(source, target, level, family.ravel()).reshape(len(PHASES), n)


def _same_day_signals(network: Network, reads_yesterday: NDArray[np.bool_]) -> list[tuple[int, Any, int, Any]]:
    place = {name: row for row, name in enumerate(network.names)} if network.signals else {}
    edges = []
    for signal in network.signals:
        where = f"signal {signal.source!r} -> {signal.reader!r} tells {signal.tells!r}"
        if signal.tells not in tellable():
            raise ValueError(f"{where}, which nodes do not tell; {nearest(signal.tells, tellable())}")
        if signal.delay == 0 and signal.tells not in (*SET_BY, *DRAWN):
            raise ValueError(f"{where}, which is known only when the day is settled; give it a delay of at least 1")
        if signal.delay == 0 and signal.tells not in DRAWN:
            source, reader = place[signal.source], place[signal.reader]
            first = PURCHASE if reads_yesterday[reader] else ORDER
            edges.append((SET_BY[signal.tells], np.array([source]), first, np.array([reader])))
    return edges


def _longest_paths(source: NDArray[np.int64], target: NDArray[np.int64], n_tasks: int) -> NDArray[np.int64]:
    """Length of the longest path to each task, level after level; -1 on and behind a cycle."""
    target = target[in_order(source)]
    first = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=n_tasks))])
    waits_for = np.bincount(target, minlength=n_tasks)
    level = np.full(n_tasks, -1)
    ready, depth = np.flatnonzero(waits_for == 0), 0
    while ready.size:
        level[ready] = depth
        count = first[ready + 1] - first[ready]
        reached = np.repeat(first[ready] - np.cumsum(count) + count, count) + np.arange(count.sum())
        if reached.size < n_tasks // MANY:
            following, times = np.unique(target[reached], return_counts=True)
        else:
            count = np.bincount(target[reached], minlength=n_tasks)
            following = np.flatnonzero(count)
            times = count[following]
        waits_for[following] -= times
        ready, depth = following[waits_for[following] == 0], depth + 1
    return level


def _bunch(
    source: NDArray[np.int64], target: NDArray[np.int64], level: NDArray[np.int64], family: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Put off tasks that can wait to the last level at which their family runs anyway: fewer calls do the day."""
    occupied = [np.unique(level[family == member]) for member in range(family.max() + 1)]
    by_level = in_order(level.max() - level[source])
    source, target = source[by_level], target[by_level]
    cuts = np.flatnonzero(np.diff(level[source])) + 1
    limit = np.full(level.size, level.max())
    bunched = level.copy()

    def settle(tasks: NDArray[np.int64]) -> None:
        for member in np.unique(family[tasks]).tolist():
            own = tasks[family[tasks] == member]
            bunched[own] = occupied[member][np.searchsorted(occupied[member], limit[own], side="right") - 1]

    leads_nowhere = np.ones(level.size, bool)
    leads_nowhere[source] = False
    settle(np.flatnonzero(leads_nowhere))
    for edges in np.split(np.arange(source.size), cuts):
        np.minimum.at(limit, source[edges], bunched[target[edges]] - 1)
        settle(np.unique(source[edges]) if edges.size < level.size // MANY else _members(source[edges], level.size))
    return bunched


def _members(tasks: NDArray[np.int64], n_tasks: int) -> NDArray[np.int64]:
    """Each of many tasks once, ascending."""
    there = np.zeros(n_tasks, bool)
    there[tasks] = True
    return np.flatnonzero(there)


def _name_cycle(
    network: Network, source: NDArray[np.int64], target: NDArray[np.int64], level: NDArray[np.int64]
) -> str:
    stuck = (level[source] < 0) & (level[target] < 0)
    graph = nx.DiGraph(zip(source[stuck].tolist(), target[stuck].tolist(), strict=True))
    steps = [f"{PHASES[a // network.n_nodes]} {network.names[a % network.n_nodes]!r}" for a, _ in nx.find_cycle(graph)]
    return (
        f"a cycle without delay: {' -> '.join([*steps, steps[0]])}; each waits for the other within one period. "
        "Give one of its lanes or signals a delay of at least 1 period"
    )
