"""Who is critical: the systemic risk index of every firm, which part of all sales fails with it.

Source: Diem, Borsos, Reisch, Kertesz & Thurner (2022), Scientific Reports 12, 7719.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.ranges import checked
from supplynet.trade import ESSENTIAL, NON_ESSENTIAL, Trade

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
EPS: Final = 1e-2  # the published default
ROUNDING: Final = 1e-14  # a drop of eps and no more is not a drop of more than eps, in whatever order sums were taken
PARALLEL_FROM: Final = 500  # firms; the parallel kernel takes some seconds more to compile
BATCH: Final = 0.2  # seconds of work between two looks at who waits: the progress bar, and Ctrl-C


@dataclass(frozen=True, slots=True, eq=False)
class SystemicRisk:
    """The systemic risk index of some firms.

    firms: which ones, rows of the trade; index [firm]: the part of all sales that fails when this firm alone does;
    steps [firm]: of its cascade; the settings are those of `systemic_risk`.
    """

    trade: Trade
    firms: Array
    index: Array
    steps: Array
    capacity_factor: float = 0.0
    replaceability: bool = True
    eps: float = EPS

    def table(self) -> pd.DataFrame:
        """A row for each firm, the most critical first: name, product, sector, size (part of all sales), index, steps.

        Firms of the same index keep their order.
        """
        import pandas as pd

        trade, order = self.trade, np.argsort(-self.index, kind="stable")
        rows = self.firms[order]
        columns = {
            "name": [trade.names[row] for row in rows.tolist()],
            "product": trade.product_names[trade.product[rows]],
            "sector": trade.sector[rows],
            "size": trade.size[rows],
            "index": self.index[order],
            "steps": self.steps[order],
        }
        return pd.DataFrame(columns)


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """What the failure of one firm comes to: what each firm keeps of its output, [firm] each.

    downstream: where inputs go missing; upstream: where sales do; index: the part of all sales that fails.
    """

    index: float
    downstream: Array
    upstream: Array
    steps: int


def systemic_risk(
    trade: Trade,
    *,
    capacity_factor: float = 0.0,
    replaceability: bool = True,
    eps: float = EPS,
    firms: Sequence[int] | Array | None = None,
    progress: Callable[[int], object] | None = None,
) -> SystemicRisk:
    """Strike every firm alone, and tell which part of all sales fails with it.

    capacity_factor: the part that the struck firm keeps; replaceability: whether firms that make the same product stand
    in for each other, as far as their sales go; eps: a cascade ends when no firm drops by more in a step; firms: only
    these; progress: told how many are done. The digits do not depend on the number of threads. Raises ValueError.
    """
    from supplynet.risk_cascade import strike

    _check(capacity_factor, eps)
    chosen = _rows(trade, firms)
    index, steps = np.zeros(chosen.size), np.zeros(chosen.size, np.int64)
    parallel = chosen.size >= PARALLEL_FROM
    columns = _columns(trade, _threads() if parallel else 1, capacity_factor, replaceability, eps)
    parts = np.arange(columns["left"].shape[0])
    first, batch = 0, 8 * parts.size
    while first < chosen.size:
        some = slice(first, first + batch)
        begun = time.perf_counter()
        columns |= {"firms": chosen[some], "index": index[some], "steps": steps[some]}
        strike.bind(columns, parts, parallel=parallel)()
        first = min(first + batch, chosen.size)
        if progress is not None:
            progress(first)
        spent = time.perf_counter() - begun
        batch = int(np.clip(batch * BATCH / max(spent, 1e-6), parts.size, 4 * batch))
    return SystemicRisk(trade, chosen, index, steps, capacity_factor, replaceability, eps)


def cascade_of(
    trade: Trade, firm: int, *, capacity_factor: float = 0.0, replaceability: bool = True, eps: float = EPS
) -> Cascade:
    """The cascade that one firm sets off, by its row; the settings are those of `systemic_risk`. Raises ValueError."""
    from supplynet.risk_cascade import spread

    _check(capacity_factor, eps)
    (row,) = _rows(trade, [firm])
    columns = _columns(trade, 1, capacity_factor, replaceability, eps)
    down_state, up_state, work = (
        tuple(column[0] for column in columns[name]) for name in ("down_state", "up_state", "work")
    )
    plain = (columns[name] for name in ("capacity_factor", "replaceability", "eps", "size", "strength", "product"))
    _, _, index, steps = spread(
        row, *plain, columns["left"][0], columns["down"], columns["up"], down_state, up_state, work
    )
    return Cascade(float(index), down_state[0], up_state[0], int(steps))


def _check(capacity_factor: float, eps: float) -> None:
    checked("capacity_factor", capacity_factor, least=0.0, most=1.0, must="a number in [0, 1]; mend it")
    checked("eps", eps, least=0.0, most=1.0, must="a number in [0, 1]; the published one is 0.01")


def _rows(trade: Trade, firms: Sequence[int] | Array | None) -> Array:
    """The firms to strike, as rows that there are."""
    if firms is None:
        return np.arange(trade.n_firms)
    rows = np.asarray(firms)
    if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
        raise ValueError(f"firms is {firms!r}, must be whole numbers: rows of the trade; mend it")
    for row in rows[(rows < 0) | (rows >= trade.n_firms)].tolist():
        raise ValueError(f"firms: there is no firm {row}; rows run from 0 to {trade.n_firms - 1}")
    return rows.astype(np.int64)


def _threads() -> int:
    import numba

    return int(numba.get_num_threads())


def _columns(trade: Trade, n_parts: int, capacity_factor: float, replaceability: bool, eps: float) -> dict[str, Any]:
    """What the kernel needs: the two sides of the network, and scratch columns at rest for each part of the work."""
    n_firms, supplier, customer = trade.n_firms, trade.supplier, trade.customer
    strength, bought = trade.strength, np.bincount(customer, trade.flow, n_firms)
    of_input = np.bincount(trade.input, trade.flow)
    essential = trade.essentiality == ESSENTIAL
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(essential, trade.flow / of_input[trade.input], trade.flow / bought[customer])
        sold_to = trade.flow / strength[supplier]
    needed[(trade.essentiality < NON_ESSENTIAL) | (trade.flow == 0.0)] = 0.0
    sold_to[trade.flow == 0.0] = 0.0
    n_inputs = of_input.size
    pairs = customer * (n_inputs + 1) + np.where(essential, trade.input + 1, 0)  # all others of a buyer share a slot
    slots, slot = np.unique(pairs, return_inverse=True)
    felt, used = needed > 0.0, sold_to > 0.0
    down = _side(supplier[felt], customer[felt], slot[felt], needed[felt], slots // (n_inputs + 1), n_firms)
    up = _side(customer[used], supplier[used], supplier[used], sold_to[used], np.arange(n_firms), n_firms)
    sold = np.bincount(trade.product, strength, trade.product_names.size)

    def state(n_slots: int) -> tuple[Array, ...]:
        sizes = (n_firms, n_slots, n_firms)
        told, lost, worst = (np.zeros((n_parts, size)) for size in sizes)
        return np.ones((n_parts, n_firms)), told, lost, worst, np.zeros((n_parts, n_firms), np.uint32)

    return {
        "capacity_factor": float(capacity_factor), "replaceability": bool(replaceability), "eps": eps + ROUNDING,
        "size": trade.size, "strength": strength, "product": trade.product.astype(np.uint32), "sold": sold,
        "down": down, "up": up, "down_state": state(slots.size), "up_state": state(n_firms),
        "left": np.tile(sold, (n_parts, 1)),
        "work": (
            np.zeros((n_parts, n_firms), np.uint32), np.zeros((n_parts, n_firms)),
            np.zeros((n_parts, n_firms), np.uint32), np.zeros((n_parts, n_firms), bool),
        ),
    }  # fmt: skip


def _side(
    source: Array, target: Array, slot: Array, weight: Array, slot_firm: Array, n_firms: int
) -> tuple[Array, ...]:
    """One way through the network, its lanes by source."""
    order = np.argsort(source, kind="stable")
    first_lane = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=n_firms))])

    def whole(column: Array) -> Array:
        return column.astype(np.uint32)

    return whole(first_lane), whole(slot[order]), whole(target[order]), weight[order], whole(slot_firm)
