"""How fast the systemic risk of all firms is found, a row for each setting; called from speed.py."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from shared.economy import economy
from supplynet.risk import systemic_risk

TARGET: Final = "< 20 s for 10,000; the published C++ takes 0.25 s a firm"


def measure_risk(add: Callable[[str, str, str], object], n_firms: int) -> None:
    """Strike every firm of an economy with five lanes a firm alone, with the published settings and the hardest ones.

    add: takes a row, a name, a figure with its unit, and the target.
    """
    trade = economy(n_firms)
    for name, replaceability in (("published settings", True), ("nobody stands in for another", False)):
        systemic_risk(trade, replaceability=replaceability, firms=range(min(n_firms, 500)))  # compiles
        begun = time.perf_counter()
        risk = systemic_risk(trade, replaceability=replaceability)
        seconds = time.perf_counter() - begun
        assert (risk.index >= trade.size - 1e-12).all() and risk.index.sum() > 1.5, "a shock must spread"
        what = f"systemic risk of {n_firms:,} firms, {trade.flow.size:,} lanes, {name}"
        add(what, f"{seconds:.2f} s, {seconds / n_firms * 1e3:.3f} ms a firm", TARGET)
