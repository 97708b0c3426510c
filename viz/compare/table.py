"""The table of paired differences for the page: grouped, in words, and what it says of gain and price."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from supplynet.business import BUSINESS
from supplynet.comparison import Comparison
from supplynet.outcomes import OUTCOMES, UNITS
from supplynet.words.report import figure, percent, small_figure

if TYPE_CHECKING:
    import pandas as pd

ASKED: Final = (*OUTCOMES, *BUSINESS)
GROUPS: Final = {
    "stock": ("days_of_inventory", "inventory_turns", "mean_on_hand", "finished_goods", "work_in_process"),
    "service": ("fill_rate", "waiting_time", "waiting_time_95", "mean_backlog", "lost", "lost_share"),
    "waste": ("leftover", "scrapped", "markdown", "write_off", "erosion"),
    "money": ("profit", "cash_conversion_cycle", "revenue", "total_cost", "running_cost"),
    "orders": ("bullwhip_ratio", "peak_order", "mean_demand"),
}
"""The outcomes under each heading, the most telling first."""
MORE: Final = ("inventory_turns", "fill_rate", "profit", "revenue")
"""Of which a company wants more."""
NEITHER: Final = ("bullwhip_ratio", "peak_order", "mean_demand")
"""Of which neither more nor less is a gain; of all others, less is."""
SHARES: Final = ("fill_rate", "lost_share", "leftover")
"""Shown in per cent."""
MEANINGS: Final = {
    "total_cost": "holding, backlog, orders and set-ups of all nodes, suppliers' too",
    "bullwhip_ratio": "variance of the orders farthest upstream over that of what customers want",
    "fill_rate": "share of what customers want that is served at once",
    "mean_on_hand": "mean stock on the shelves of all nodes together",
    "mean_backlog": "mean of what customers are owed",
    "lost": "demand of customers that nobody serves",
    "peak_order": "greatest orders of the tier farthest upstream",
    "mean_demand": "what customers want",
    "scrapped": "products, inputs and goods in transit that did not outlast a period",
} | {name: meaning for name, (_, meaning) in BUSINESS.items()}
HEADLINES: Final = (
    ("days_of_inventory", "mean_on_hand"), ("lost_share",), ("waiting_time",), ("leftover",), ("profit", "total_cost"),
    ("cash_conversion_cycle",),
)  # fmt: skip
"""What the sentence speaks of: of each, the first that is defined."""
SPOKEN: Final = 2  # gains, and prices, in the sentence
MANY_TIMES: Final = 1000.0  # beyond it, how many times as many runs is no longer told


def unit_of(name: str) -> str:
    """The unit of an outcome on the page."""
    return "%" if name in SHARES else (UNITS | {key: unit for key, (unit, _) in BUSINESS.items()}).get(name, "")


def shown(found: Comparison) -> dict[str, Any]:
    """What the page shows: rows under headings, what is the same or undefined, the sentence, and all of it as CSV."""
    table = found.table()
    same = (table[["difference", "low", "high"]] == 0.0).all(axis=1)
    differing = table[~same & (table["pairs"] > 0)]
    groups = [
        (title, [row(name, differing.loc[name]) for name in names if name in differing.index])
        for title, names in GROUPS.items()
    ]
    every = int(table[["pairs", "undefined"]].iloc[0].sum())
    left_out = differing.loc[differing["undefined"] > 0, "undefined"]
    return {
        "groups": [{"title": title, "rows": rows} for title, rows in groups if rows],
        "same": _listed(table.index[same]), "undefined": _listed(table.index[table["pairs"] == 0]),
        "left_out": ", ".join(f"{words(name)} in {count}" for name, count in left_out.items()),
        "millions": any(" M" in one["a"] + one["b"] for _, rows in groups for one in rows),
        "sentence": sentence(found), "runs": every, "confidence": f"{100 * found.confidence:g} %",
        "varies": found.varies, "csv": as_csv(found),
    }  # fmt: skip


def row(name: str, told: pd.Series[Any]) -> dict[str, Any]:
    """One outcome in words: the means, which way B differs and how far, the interval, and what pairing saves.

    strip: low end, mean and high end of the interval, as parts of what lies farthest from zero.
    """
    times = 100.0 if name in SHARES else 1.0
    a, b, by, low, high = (times * float(told[key]) for key in ("first", "second", "difference", "low", "high"))
    saved = float(told["variance_reduction"])
    saves = "-" if math.isnan(saved) else f"{saved:.1f} ×" if saved < MANY_TIMES else f"> {MANY_TIMES:,.0f} ×"
    sure, known = _sure(told), [value if math.isfinite(value) else by for value in (low, by, high)]
    reach = max(map(abs, known)) or 1.0
    return {
        "name": name, "label": words(name), "unit": unit_of(name), "meaning": MEANINGS[name], "a": number(a),
        "b": number(b), "sign": _sign(by) * sure, "saves": saves, "strip": [value / reach for value in known],
        "way": ("lower" if by < 0 else "higher") if sure else "not told apart",
        "by": number(abs(by), small=True), "tone": tone(name, by) if sure else "unsure",
        "interval": f"{number(low, small=True)} to {number(high, small=True)}" if math.isfinite(low) else "-",
    }  # fmt: skip


def number(value: float, *, small: bool = False) -> str:
    """A number to about three digits, of millions with an M; of a difference, small ones are told too."""
    if abs(value) >= 1e6 and math.isfinite(value):
        return f"{value / 1e6:,.3g} M".replace("-", "−")
    text = small_figure(value) if small else figure(value)
    return text.replace("-", "−") if math.isfinite(value) else text


def tone(name: str, difference: float) -> str:
    """Whether a difference is a gain or a price for a company; "plain" where it is neither."""
    if name in NEITHER or difference == 0.0:
        return "plain"
    return "gain" if (difference > 0.0) == (name in MORE) else "price"


def sentence(found: Comparison) -> str:
    """The trade in words: what B gains over A, and what it pays for it, each with its interval."""
    table = found.table()
    known = [next((name for name in names if table["pairs"].get(name, 0)), "") for names in HEADLINES]
    sure = [name for name in known if name and _sure(table.loc[name])]
    sure.sort(key=lambda name: -_part(table.loc[name]))
    first, second = found.names
    if not sure:
        return f"{second} against {first}: stock, service, waste and money are not told apart by these runs."
    sides = {}
    for side in ("gain", "price"):
        named = [name for name in sure if tone(name, table.loc[name, "difference"]) == side][:SPOKEN]
        sides[side] = "; ".join(_phrase(name, table.loc[name], found) for name in named)
    gain = sides["gain"] or ("nothing that these runs can tell from luck" if found.varies else "nothing")
    price = sides["price"] or ("none that these runs can tell from luck" if found.varies else "none")
    runs = int(table[["pairs", "undefined"]].iloc[0].sum())
    how = f"{100 * found.confidence:g} % intervals over {runs} pairs of runs" if found.varies else "nothing is random"
    return f"{second} against {first}. It gains: {gain}. The price: {price}. ({how})"


def as_csv(found: Comparison) -> str:
    """The whole table as it is computed, with units, for a spreadsheet."""
    table = found.table()
    units = UNITS | {key: unit for key, (unit, _) in BUSINESS.items()}
    table.insert(0, "unit", [units.get(str(name), "") for name in table.index])
    text: str = table.rename(columns={"first": "a", "second": "b"}).to_csv(lineterminator="\n")
    return text


def words(name: str) -> str:
    """The name of an outcome for reading."""
    return name.replace("waiting_time_95", "waiting time, 95 %").replace("_", " ")


def _sure(told: pd.Series[Any]) -> bool:
    """Whether the interval leaves out zero."""
    return bool(told["low"] > 0.0 or told["high"] < 0.0)


def _part(told: pd.Series[Any]) -> float:
    """The difference as a part of what both have, from 0 to 1."""
    whole = abs(told["first"]) + abs(told["second"])
    return float(abs(told["difference"]) / whole) if whole > 0.0 else 0.0


def _sign(value: float) -> str:
    return "−" if value < 0 else "+"


def _phrase(name: str, told: pd.Series[Any], found: Comparison) -> str:
    one = row(name, told)
    unit = f" {one['unit']}" * bool(one["unit"])
    by = f"{one['by']}{' points' if name in SHARES else unit}"
    interval = f", interval {one['interval']}" * found.varies
    shares = name in SHARES
    b, a = (percent(told[key]) if shares else one[letter] for key, letter in (("second", "b"), ("first", "a")))
    return f"{one['label']} {by} {one['way']} ({b} instead of {a}{interval})"


def _listed(names: Iterator[Any] | Any) -> str:
    return ", ".join(words(str(name)) for name in names)
