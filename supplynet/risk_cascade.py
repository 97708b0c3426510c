"""What spreads from a firm that fails, to those it supplies and to those that supply it: the loops of `risk`.

Both ways are one rule over other columns. A source tells its targets what part of it is lost; a target adds it up in
slots and keeps 1 less its worst slot. Downstream a slot is an essential input of the buyer, or all of its other inputs
together; upstream a supplier has one slot, for all of its sales. A side of the network is a tuple of columns, lanes by
their source: first_lane [firm + 1], slot, target, weight [lane], slot_firm [slot]. A state is a tuple of scratch
columns, at rest between two cascades: what each firm keeps (1) and has told (0), what each slot has lost (0), the worst
of each firm's slots (0), and the list of the firms that were hit.
"""

from __future__ import annotations

from typing import Any, Final

import numba
from numba import prange

from supplynet.compiled import kernel

CROWDED: Final = 8
"""Where more than one in so many is touched, all are looked at: a list of who is worse off costs ten times a look."""


@numba.njit(cache=True, error_model="numpy")
def _gather_news(
    n_hit: Any, replaceability: Any, strength: Any, product: Any, left: Any, side: Any, state: Any, work: Any
) -> Any:
    """Who has lost more than it told, by how much, and how many lanes it has; told counts as told from here on."""
    first_lane, (kept, told, _, _, hit), (tellers, news, _, _) = side[0], state, work
    n_tellers, n_lanes = 0, 0
    for at in range(n_hit):
        firm = hit[at]
        lost = 1.0 - kept[firm]
        if replaceability and left[product[firm]] > strength[firm]:
            lost *= strength[firm] / left[product[firm]]
        if lost > told[firm]:
            tellers[n_tellers], news[n_tellers] = firm, lost - told[firm]
            told[firm] = lost
            n_tellers += 1
            n_lanes += first_lane[firm + 1] - first_lane[firm]
    return n_tellers, n_lanes


@numba.njit(cache=True, error_model="numpy")
def _push(n_tellers: Any, side: Any, state: Any, work: Any) -> Any:
    """Add the news to the slots that it reaches; gives how many firms are worse off, which are listed and marked."""
    (first_lane, slot, target, weight, _), (_, _, lost, worst, _) = side, state
    tellers, news, worse, marked = work
    n_worse = 0
    for at in range(n_tellers):
        for lane in range(first_lane[tellers[at]], first_lane[tellers[at] + 1]):
            firm = target[lane]
            lost[slot[lane]] += weight[lane] * news[at]
            if lost[slot[lane]] > worst[firm]:
                worst[firm] = lost[slot[lane]]
                if not marked[firm]:
                    marked[firm] = True
                    worse[n_worse] = firm
                    n_worse += 1
    return n_worse


@numba.njit(cache=True, error_model="numpy")
def _pour(n_tellers: Any, side: Any, state: Any, work: Any) -> Any:
    """The same where much is told: all slots are looked at, and all firms listed."""
    (first_lane, slot, _, weight, slot_firm), (_, _, lost, worst, _) = side, state
    tellers, news, worse, _ = work
    for at in range(n_tellers):
        for lane in range(first_lane[tellers[at]], first_lane[tellers[at] + 1]):
            lost[slot[lane]] += weight[lane] * news[at]
    for at in range(lost.size):
        firm = slot_firm[at]
        worst[firm] = max(worst[firm], lost[at])
    for firm in range(worse.size):
        worse[firm] = firm
    return worse.size


@numba.njit(cache=True, error_model="numpy")
def _settle(
    n_worse: Any, n_hit: Any, replaceability: Any, strength: Any, product: Any, left: Any, state: Any, work: Any
) -> Any:
    """What the firms that are worse off still keep; gives how many were ever hit, and the largest drop."""
    kept, _, _, worst, hit = state
    _, _, worse, marked = work
    largest = 0.0
    for at in range(n_worse):
        firm = worse[at]
        marked[firm] = False
        now = max(0.0, 1.0 - worst[firm])
        drop = kept[firm] - now
        if drop > 0.0:  # the struck firm keeps no more than its part, whatever its slots say
            if kept[firm] == 1.0:
                hit[n_hit] = firm
                n_hit += 1
            kept[firm] = now
            if replaceability:
                left[product[firm]] -= strength[firm] * drop
            largest = max(largest, drop)
    return n_hit, largest


@numba.njit(cache=True, error_model="numpy")
def _step(
    n_hit: Any, replaceability: Any, strength: Any, product: Any, left: Any, side: Any, state: Any, work: Any
) -> Any:
    """One step one way: everybody hears what was lost before it, and settles."""
    n_tellers, n_lanes = _gather_news(n_hit, replaceability, strength, product, left, side, state, work)
    crowded = n_lanes * CROWDED > side[1].size
    n_worse = _pour(n_tellers, side, state, work) if crowded else _push(n_tellers, side, state, work)
    return _settle(n_worse, n_hit, replaceability, strength, product, left, state, work)


@numba.njit(cache=True, error_model="numpy")
def _lost_of_all(size: Any, n_down: Any, n_up: Any, down_state: Any, up_state: Any) -> Any:
    """The part of all sales that is lost: of each firm, where it is worse off of the two ways."""
    (down, _, _, _, down_hit), (up, _, _, _, up_hit) = down_state, up_state
    lost = 0.0
    for at in range(n_down):
        firm = down_hit[at]
        lost += size[firm] * (1.0 - min(down[firm], up[firm]))
    for at in range(n_up):
        firm = up_hit[at]
        if down[firm] == 1.0:
            lost += size[firm] * (1.0 - up[firm])
    return lost


@numba.njit(cache=True, error_model="numpy")
def spread(
    struck: Any, capacity_factor: Any, replaceability: Any, eps: Any, size: Any, strength: Any, product: Any, left: Any,
    down: Any, up: Any, down_state: Any, up_state: Any, work: Any,
) -> Any:  # fmt: skip
    """One cascade, both ways at once, until no firm drops by more than eps in a step.

    left [product]: what those that still can sell of it, at rest all that is sold; upstream nobody stands in for
    another. Gives how many were hit downstream and upstream, the part of all sales that is lost, and the steps.
    """
    n_down, n_up, steps = 0, 0, 0
    if capacity_factor < 1.0:
        down_state[0][struck] = up_state[0][struck] = capacity_factor
        left[product[struck]] -= strength[struck] * (1.0 - capacity_factor)
        down_state[4][0] = up_state[4][0] = struck
        n_down = n_up = 1
    largest = 2.0 * eps + 1.0
    while largest > eps:
        n_down, one = _step(n_down, replaceability, strength, product, left, down, down_state, work)
        n_up, other = _step(n_up, False, strength, product, left, up, up_state, work)
        largest = max(one, other)
        steps += 1
    return n_down, n_up, _lost_of_all(size, n_down, n_up, down_state, up_state), steps


@numba.njit(cache=True, error_model="numpy")
def _rest(n_hit: Any, side: Any, state: Any) -> None:
    """Bring the scratch columns of one way back to rest, touching no more than the cascade did."""
    (first_lane, slot, target, _, _), (kept, told, lost, worst, hit) = side, state
    if n_hit * CROWDED > kept.size:
        kept[:], told[:], lost[:], worst[:] = 1.0, 0.0, 0.0, 0.0
        return
    for at in range(n_hit):
        firm = hit[at]
        kept[firm], told[firm] = 1.0, 0.0
        for lane in range(first_lane[firm], first_lane[firm + 1]):
            lost[slot[lane]] = 0.0
            worst[target[lane]] = 0.0


@kernel
def strike(
    rows: Any, firms: Any, capacity_factor: Any, replaceability: Any, eps: Any, size: Any, strength: Any, product: Any,
    sold: Any, down: Any, up: Any, down_state: Any, up_state: Any, left: Any, work: Any, index: Any, steps: Any,
) -> None:  # fmt: skip
    """Strike each of some firms alone; each row of the scratch columns serves its own part of them."""
    for part in prange(rows.size):
        own_down = (down_state[0][part], down_state[1][part], down_state[2][part], down_state[3][part],
                    down_state[4][part])  # fmt: skip
        own_up = (up_state[0][part], up_state[1][part], up_state[2][part], up_state[3][part], up_state[4][part])
        own_work = (work[0][part], work[1][part], work[2][part], work[3][part])
        for at in range(part, firms.size, rows.size):
            n_down, n_up, index[at], steps[at] = spread(
                firms[at], capacity_factor, replaceability, eps, size, strength, product, left[part], down, up,
                own_down, own_up, own_work,
            )  # fmt: skip
            for hit in range(n_down):
                code = product[own_down[4][hit]]
                left[part, code] = sold[code]
            _rest(n_down, down, own_down)
            _rest(n_up, up, own_up)
