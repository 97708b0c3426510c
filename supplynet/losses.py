"""What a disruption costs and how far it carries: pure functions of records, undisturbed ones beside them where needed.

Arrays are [period, node]. A node is struck when its output is more than `tolerance` of the undisturbed one below it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
STRUCK: Final = 0.01  # of normal output
ROUNDING: Final = 1e-9  # of a quantity or of one unit: so little is none


def value_lost(output: Array, undisturbed: Array, value: Array) -> Array:
    """Value added that is not made, in each period: what is missing of each node's output times its value [node].

    Shapes and units: [period, node] or [node] both, in units a period; `value` in money a unit. Gives [period]; output
    above the undisturbed one counts as made up. Source: Inoue & Todo (2019), Nature Sustainability 2.
    """
    lost: Array = (undisturbed - output) @ value
    return lost


def direct_loss(factor: Array, undisturbed: Array, value: Array) -> Array:
    """Value added that those who are hit could not have made whatever the others do, in each period.

    `factor` [period, node] is the part of its usual output that a disruption leaves a node, 1 where it leaves all.
    Source: Inoue & Todo (2020), PLoS ONE 15(9), e0239251: the output of the firms in the locked-down area.
    """
    lost: Array = ((1.0 - np.minimum(factor, 1.0)) * undisturbed) @ value
    return lost


def indirect_loss(output: Array, factor: Array, undisturbed: Array, value: Array) -> Array:
    """Value added that is lost beside the direct loss, in each period: for want of inputs, and for want of
    customers."""
    return value_lost(output, undisturbed, value) - direct_loss(factor, undisturbed, value)


def struck(output: Array, undisturbed: Array, tolerance: float = STRUCK) -> NDArray[np.bool_]:
    """Who makes less than it would have made, by more than a tolerance, [period, node]."""
    hit: NDArray[np.bool_] = output < (1.0 - tolerance) * undisturbed
    return hit


def cascade_size(output: Array, undisturbed: Array, tolerance: float = STRUCK) -> NDArray[np.int64]:
    """How many nodes are struck in each period [period].

    Source: after Buldyrev, Parshani, Paul, Stanley & Havlin (2010), Nature 464: the size of a cascade of failures.
    """
    number: NDArray[np.int64] = struck(output, undisturbed, tolerance).sum(axis=1)
    return number


def depths(
    hit: Array, first: NDArray[np.int64], source: NDArray[np.int64], target: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many lanes a cascade took to each node [node]: 0 where a disruption hits, -1 where nothing arrived.

    hit [node]: who is hit; first [node]: the first period in which a node is struck, -1 for never (see `first_struck`);
    source, target [lane]: whom trouble can go from and to along a lane (suppliers and customers, or the other way, or
    both). It goes from a struck node to one that is struck in the same period or later, by the fewest lanes.
    """
    depth = np.where(hit, 0, -1)
    came = (first[source] >= 0) & (first[source] <= first[target])
    carries = (first[target] >= 0) & (came | hit[source])
    source, target = source[carries], target[carries]
    for level in range(depth.size):
        reached = target[(depth[source] == level) & (depth[target] < 0)]
        if not reached.size:
            break
        depth[reached] = level + 1
    return depth


def first_struck(output: Array, undisturbed: Array, tolerance: float = STRUCK) -> NDArray[np.int64]:
    """The first period in which each node is struck [node], -1 for never."""
    bad = struck(output, undisturbed, tolerance)
    return np.where(bad.any(axis=0), bad.argmax(axis=0), -1)


def cascade_depth(depth: NDArray[np.int64], hit: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How deep a cascade is in each period: the greatest depth of a node that is struck, -1 while none is [period].

    depth [node], see `depths`; hit [period, node]: who is struck, see `struck`.
    """
    deepest: NDArray[np.int64] = np.where(hit, depth, -1).max(axis=1, initial=-1)
    return deepest


def time_to_survive(
    output: Array, undisturbed: Array, start: int = 0, tolerance: float = STRUCK
) -> NDArray[np.float64]:
    """Periods from the start of a disruption until a node first makes or serves too little [node], inf if it never
    does.

    The least over the customers of what they are served is the time to survive of the site that failed. Raises
    ValueError for a start that the output does not have. Source: Simchi-Levi, Schmidt & Wei (2014), Harvard Business
    Review 92(1-2); Simchi-Levi, Wang & Wei (2018), Production and Operations Management 27(8).
    """
    bad = _struck_from(start, output, undisturbed, tolerance)
    return np.where(bad.any(axis=0), bad.argmax(axis=0), np.inf)


def time_to_recover(
    output: Array, undisturbed: Array, start: int = 0, tolerance: float = STRUCK
) -> NDArray[np.float64]:
    """Periods from the start of a disruption until a node is back for good [node], 0 if it was never struck.

    inf where it is still struck at the end of the record. Raises ValueError as `time_to_survive` does.
    Source: Simchi-Levi, Schmidt & Wei (2014), Harvard Business Review 92(1-2), where the time that a failed site takes
    is given; here it comes out, for every node.
    """
    bad = _struck_from(start, output, undisturbed, tolerance)
    back = np.where(bad.any(axis=0), len(bad) - bad[::-1].argmax(axis=0), 0).astype(np.float64)
    back[bad[-1]] = np.inf
    return back


def _struck_from(start: int, output: Array, undisturbed: Array, tolerance: float) -> NDArray[np.bool_]:
    """Who is struck from a period on [period, node]. Raises ValueError where there is no such period."""
    if not 0 <= start < len(output):
        raise ValueError(
            f"start is {start!r}, must be one of the {len(output)} periods of the output, 0 to {len(output) - 1}; "
            "give that in which the disruption starts"
        )
    return struck(output[start:], undisturbed[start:] if undisturbed.ndim > 1 else undisturbed, tolerance)


def in_shortage(unmet: Array, normal: Array, tolerance: float = STRUCK) -> NDArray[np.bool_]:
    """Where more was asked and not shipped than a tolerance of what is normal, [period, node] or [period, lane].

    unmet: backlog or lost, in units a period; normal [node] or [lane]: output or orders of a normal period.
    """
    some: NDArray[np.bool_] = unmet > np.maximum(tolerance * normal, ROUNDING)
    return some


def shortage_periods(unmet: Array, normal: Array, group: NDArray[np.int64], tolerance: float = STRUCK) -> Array:
    """Periods of shortage of the nodes of each group, on average [group].

    unmet [period, node], normal [node] and tolerance: see `in_shortage`; group [node]: numbers from 0 on, such as
    tiers; nodes with a number below 0 count nowhere.
    """
    number = in_shortage(unmet, normal, tolerance).sum(axis=0).astype(np.float64)
    counted = group >= 0
    size = np.bincount(group[counted])
    total = np.bincount(group[counted], number[counted])
    mean: Array = np.divide(total, size, out=np.full(size.size, np.nan), where=size > 0)
    return mean
