"""The most critical firms of a network, for the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from supplynet.risk import systemic_risk
from supplynet.trade import trade_of

from .economy import Ground

MOST: Final = 60  # that are listed


def rank(ground: Ground, tell: Callable[[float], None]) -> dict[str, Any]:
    """The firms with the greatest systemic risk index: name, sector, index and size, both in per cent of all sales.

    tell: is told how much is done, in per cent. Gives `rows`, and in `words` why there are none.
    """
    try:
        trade = trade_of(ground.scenario.network)
        table = systemic_risk(trade, progress=lambda done: tell(100.0 * done / trade.n_firms)).table()
    except ValueError as fault:
        return {"rows": [], "words": str(fault)}
    rows = [
        {"name": one.name, "sector": one.sector, "index": round(100 * one.index, 2), "size": round(100 * one.size, 2)}
        for one in table.head(MOST).itertuples(index=False)
    ]
    return {"rows": rows, "words": f"Listed: {len(rows)} of {trade.n_firms:,}."}
