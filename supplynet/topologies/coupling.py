"""Who sells how much to whom, so that everybody sells just what it makes and buys just what it needs.

All sellers of a product lie one after the other on a line, each as long as what it sells; all needs of it lie on a line
of the same length. Where the two overlap, goods flow. Every seller and every need is covered wholly, so both sums hold
whatever the order; and in a random order a need begins at a seller with a probability in proportion to its size.
Amounts are whole numbers of so small a part of the total that nothing is lost in adding them up.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Lanes = tuple[Array, Array, Array]
TOTAL: Final = 1 << 60  # parts of what is sold of a product


def in_parts(amount: Array) -> NDArray[np.int64]:
    """Amounts as whole numbers of parts that add up to TOTAL; the largest one takes what rounding leaves."""
    parts: NDArray[np.int64] = np.floor(amount * (TOTAL / amount.sum())).astype(np.int64)
    parts[amount.argmax()] += TOTAL - int(parts.sum())
    return parts


def couple(sells: NDArray[np.int64], needs: NDArray[np.int64]) -> Lanes:
    """Lay two lines of equal length over each other: seller, need and amount of each overlap, in order.

    Source: the north-west corner rule, Dantzig (1951), in Activity Analysis of Production and Allocation.
    """
    sold, needed = np.cumsum(sells), np.cumsum(needs)
    ends = np.concatenate([sold, needed])
    ends.sort()
    amount = np.diff(ends, prepend=0)
    ends = ends[amount > 0]
    return np.searchsorted(sold, ends), np.searchsorted(needed, ends), amount[amount > 0]


def merge(seller: Array, buyer: Array, amount: Array) -> Lanes:
    """Add up what flows between the same two, in the order of buyer and seller."""
    if not seller.size:
        return seller, buyer, amount
    width = int(seller.max()) + 1
    pair = buyer * width + seller
    order = np.argsort(pair)
    pair = pair[order]
    first = np.flatnonzero(np.diff(pair, prepend=-1))
    return pair[first] % width, pair[first] // width, np.add.reduceat(amount[order], first)


def without_own(seller: Array, buyer: Array, amount: Array) -> Lanes:
    """The same sums with nobody who buys from itself, as far as that can be; lanes are merged before and after.

    Goods that would not leave their firm are exchanged: round in a circle of those firms where none of them has more
    than half, and otherwise the greatest with other lanes. Only a firm that sells and buys more than all others
    together keeps what nobody else can sell it.
    """
    own = seller == buyer
    if not own.any():
        return seller, buyer, amount
    firm, kept = seller[own], amount[own]
    others = seller[~own], buyer[~own], amount[~own]
    if 2 * int(kept.max()) > int(kept.sum()):
        return _exchange(firm, kept, others)
    pairs = zip(others, _shift(firm, kept), strict=True)
    return merge(*(np.concatenate(pair) for pair in pairs))


def _shift(firm: Array, kept: Array) -> Lanes:
    """Let each sell what it kept to those who lie further on in the circle, by as much as the greatest one is long."""
    ends, by = np.cumsum(kept), int(kept.max())
    total = int(ends[-1])
    cuts = np.sort(np.concatenate([ends, (ends + by - 1) % total + 1]))
    amount = np.diff(cuts, prepend=0)
    cuts, amount = cuts[amount > 0], amount[amount > 0]
    return firm[np.searchsorted(ends, (cuts - 1 - by) % total, side="right")], firm[np.searchsorted(ends, cuts)], amount


def _exchange(firm: Array, kept: Array, others: Lanes) -> Lanes:
    """Exchange what the greatest one kept with what others kept or sold among themselves."""
    greatest = int(kept.argmax())
    one, excess = firm[greatest], int(kept[greatest])
    rest = np.arange(firm.size) != greatest
    may = (others[0] != one) & (others[1] != one)
    pool = tuple(
        np.concatenate([own, lanes[may]])
        for own, lanes in zip((firm[rest], firm[rest], kept[rest]), others, strict=True)
    )
    before = np.cumsum(pool[2]) - pool[2]
    taken = np.clip(excess - before, 0, pool[2])
    some, left = taken > 0, pool[2] - taken
    still, remains = left > 0, excess - int(taken.sum())
    parts = (
        tuple(lanes[~may] for lanes in others),
        (pool[0][still], pool[1][still], left[still]),
        (np.full(some.sum(), one), pool[1][some], taken[some]),
        (pool[0][some], np.full(some.sum(), one), taken[some]),
        (np.full(1, one), np.full(1, one), np.full(1, remains)),
    )
    seller, buyer, amount = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return merge(seller[amount > 0], buyer[amount > 0], amount[amount > 0])
