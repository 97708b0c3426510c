"""What disruptions did to a run, in words and a table for the shell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from supplynet.damage import Damage
from supplynet.scenario import Result
from supplynet.words.disruptions import listed
from supplynet.words.report import figure, page_table, small_figure

SHORT: Final = (
    "a node is short while it owes or loses more than undisturbed, by 1 % of its normal output; survives: periods from "
    "the first blow until one is short; recovers: until all are back; periods short: mean of its nodes; "
)


def damage_parts(result: Result) -> Iterator[Any]:
    """What `run` prints of a scenario that is struck: by what, the damage by tier, and a sentence."""
    yield Text("What the disruptions did", style="bold")
    for line in listed(result.scenario.network.disruptions, result.scenario.periods):
        yield Text(f"  {line}")
    try:
        damage = result.damage
    except ValueError as fault:
        yield Text(f"Not told here. {fault}")
        return
    yield _table(damage)
    told = SHORT if "time_to_survive" in damage.tiers else ""
    yield Text(f"hit: nodes that are struck; {told}losses: {damage.unit}.", style="dim")
    yield Text(_sentence(damage))
    if damage.left_out:
        yield Text(f"Of so long a run not told are {damage.left_out}.")


def _table(damage: Damage) -> Table:
    tells = "time_to_survive" in damage.tiers
    times = ("short", "survives", "recovers", "periods\nshort") if tells else ()
    table = page_table("tier", numbers=("nodes", "hit", *times, "direct\nloss", "indirect\nloss", "all\nlost"))
    for row in damage.tiers.to_dict("records"):
        level = "-" if row["tier"] < 0 else str(row["tier"])
        cells = [str(row["nodes"]), str(row["hit"])]
        if tells:
            struck = row["short"] > 0
            cells += [str(row["short"]), _periods(row["time_to_survive"]) if struck else "-"]
            cells += [_periods(row["time_to_recover"]) if struck else "-", small_figure(row["shortage_periods"])]
        indirect = row["value_added_lost"] - row["direct_loss"]
        cells += [_amount(value) for value in (row["direct_loss"], indirect, row["value_added_lost"])]
        table.add_row(f"{level} {row['kinds']}", *cells)
    return table


def _periods(number: float) -> str:
    return f"{number:.0f}" if math.isfinite(number) else "never"


def _amount(value: float) -> str:
    """A loss; what is made up to a hair is none."""
    return figure(0.0 if abs(value) < 1e-6 else value)


def _sentence(damage: Damage) -> str:
    """The losses, how far it carried, and where it began."""
    what = "Value added lost" if damage.unit == "money" else "Lost"
    lost = f"{what}: {_amount(damage.value_added_lost)} {damage.unit}"
    split = f"{_amount(damage.direct_loss)} directly, {_amount(damage.indirect_loss)} indirectly"
    if "cascade_size" not in damage.periods:
        return f"{lost}, {split}."
    size, depth = damage.periods["cascade_size"], damage.periods["cascade_depth"]
    if not size.max():
        return f"{lost}, {split}; nobody was short for it."
    period = int(damage.periods["period"].iloc[int(size.argmax())])
    far = int(depth.max())
    lanes = f"; the farthest of all was {far} lane{'s' * (far != 1)} from where it struck" if far > 0 else ""
    were = f"{int(size.max()):,} firms were" if size.max() > 1 else "1 firm was"
    return f"{lost}, {split}. At worst {were} short at once, in period {period}{lanes}."
