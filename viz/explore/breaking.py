"""Break it: what may be done to a node for a while, as rows of disruptions, and what came of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from supplynet.network import Network
from supplynet.scenario import Result
from supplynet.schema import CUSTOMER
from supplynet.words.report import figure, percent

DURATION: Final = 5  # periods that a blow lasts, unless one says otherwise
LISTED: Final = 60  # lanes of a node that can be chosen; of more, the levers of the lane are the way


@dataclass(frozen=True, slots=True)
class Blow:
    """One way to break a node: the words of its button, the column that is struck, and what one says of how much.

    asks: the label of the number, "" where there is none to give; percent: whether it is given in percent of normal.
    """

    name: str
    button: str
    column: str
    about: str
    asks: str
    usual: str
    unit: str = ""
    percent: bool = False
    lanes: tuple[str, ...] = ()


CLOSE: Final = Blow(
    "close", "close it", "capacity_factor", "nothing new is made or taken on; what is in stock still leaves", "", "0"
)
CUT: Final = Blow("cut", "cut capacity", "capacity_factor", "of what it usually can", "down to", "50", "%", True)
SLOW: Final = Blow("slow", "cut shipments", "open_factor", "of a normal order to each", "down to", "50", "%", True)
BLOCK: Final = Blow("block", "block a lane", "open_factor", "of a normal order", "down to", "0", "%", True)
DOUBLE: Final = Blow("double", "double demand", "demand_factor", "of normal", "times", "2")
PANTRY: Final = Blow("pantry", "raise the pantry", "hoarding", "held beyond the target", "by", "2", "periods of demand")
BLOWS: Final = {blow.name: blow for blow in (CLOSE, CUT, SLOW, BLOCK, DOUBLE, PANTRY)}


def blows_at(network: Network, node: int) -> list[dict[str, Any]]:
    """What can be done to a node, with the lanes that can be blocked; only what does something there."""
    ends = network.lane["supplier"], network.lane["customer"]
    own = np.flatnonzero((ends[0] == node) | (ends[1] == node))[:LISTED]
    lanes = tuple(f"{network.names[ends[0][lane]]}>{network.names[ends[1][lane]]}" for lane in own)
    market = bool(network.node["kind"][node] == CUSTOMER)
    drawn = network.object_of("node", "capacity", node) is not None
    bounded = drawn or bool(np.isfinite(network.node["capacity"][node]))
    sells = bool((ends[0] == node).any())
    found = [DOUBLE, PANTRY] if market else [CLOSE, *[CUT] * bounded, *[SLOW] * (sells and not bounded)]
    return [asdict(blow) for blow in found] + [{**asdict(BLOCK), "lanes": lanes}] * bool(lanes)


def row_of(said: Mapping[str, Any], node: str, period: int) -> str:
    """The row of disruptions that a form asks for, from a period on; what was typed stays as it was, right or wrong."""
    given = {name: str("" if value is None else value).strip() for name, value in said.items()}
    blow = BLOWS.get(given.get("name", ""), CLOSE)
    factor = given.get("factor", "") if blow.asks else blow.usual
    if blow.percent:
        factor = _of_percent(factor)
    recovery = given.get("recovery", "sudden")
    where = {BLOCK: given.get("lane", ""), SLOW: f"{node}>*"}.get(blow, node)
    cells = [where, blow.column, factor, str(period), given.get("duration", "")]
    if recovery != "sudden":
        cells += [recovery, given.get("recovery_periods", "")]
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def strikes(row: str, node: str) -> bool:
    """Whether a row says that it strikes a node, or a lane of it."""
    return node in next(csv.reader([row]), [""])[0].split(">")


def _of_percent(text: str) -> str:
    try:
        return f"{float(text.removesuffix('%')) / 100.0:.12g}"
    except ValueError:
        return text


def in_words(row: str) -> str:
    """A row of disruptions for people to read."""
    cells = [*next(csv.reader([row]), []), *[""] * 8][:8]
    where, column, factor, start, duration, recovery, after = (cell.strip() for cell in cells[:7])
    level = _in_percent(factor)
    what = {
        "capacity_factor": "closed" if level == "0 %" else f"capacity at {level}",
        "open_factor": "blocked" if level == "0 %" else f"open to {level}",
        "demand_factor": f"demand times {factor}",
        "hoarding": f"pantry raised by {factor} periods of demand",
        "stock_factor": f"keeps {level} of its stock each period",
        "transit_factor": f"keeps {level} of what is under way each period",
        "order_factor": f"places {level} of its orders",
        "extra_lead_time": f"{factor} periods slower",
    }.get(column, f"{column} {factor}")
    first = int(start) if start.isdecimal() else 0
    last = f" to {first + int(duration) - 1}" if duration.isdecimal() else " on"
    back = f", then back within {after} ({recovery})" if recovery not in ("", "sudden") else ""
    where = where.replace(">*", " > all").replace(">", " > ").replace("  ", " ")
    return f"{where} {what}, period{'s' * (last != ' on')} {first}{last}{back}"


def _in_percent(text: str) -> str:
    try:
        return f"{100.0 * float(text):.4g} %"
    except ValueError:
        return text


def aftermath(result: Result, calm: Result) -> str:
    """What the blows did, in a sentence: against the same run without them."""
    market = result.scenario.network.node["kind"] == CUSTOMER
    skipped = result.scenario.warm_up
    now, was = ({name: run.record[name][:, market] for name in ("demand", "filled", "lost")} for run in (result, calm))
    missed = [parts["demand"] - parts["filled"] for parts in (now, was)]
    worse = np.flatnonzero((missed[0] - missed[1]).sum(axis=1) > 1e-9 * max(1.0, float(now["demand"].max(initial=0.0))))
    lost = [float(parts["lost"][skipped:].sum()) for parts in (now, was)]
    fill, calm_fill = result.outcomes["fill_rate"], calm.outcomes["fill_rate"]
    if not worse.size:
        return "Against the same run unbroken, no customer is served worse: stock and capacity hold it off."
    said = f"Against the same run unbroken, customers are served worse from period {worse[0]} on"
    said += f" (the last time in {worse[-1]})" if worse.size > 1 else ""
    said += f"; fill rate {percent(fill)}, unbroken {percent(calm_fill)}"
    return said + (f"; {figure(lost[0] - lost[1])} units more are lost." if lost[0] > lost[1] else ".")
