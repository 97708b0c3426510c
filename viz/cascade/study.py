"""What one looks at: a network with some strikes, its run, what it came to, and how to say the same elsewhere."""

from __future__ import annotations

import base64
import csv
import io
import json
import shlex
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.readers.events import write_disruption
from supplynet.ripples import Shortage, ripples

from .damage import FALLEN, Damage, damage_of
from .economy import BadLever, Economy, Ground
from .made import KINDS
from .pictures import curves
from .places import geometry
from .strikes import Strike

Array = NDArray[Any]
MOST_STRIKES: Final = 40
START: Final = Strike("sector=energy")
"""What strikes the network that the page opens with."""
HIT: Final = 128  # of the byte of a firm: a strike takes from it on this day


@dataclass(frozen=True, slots=True)
class Wanted:
    """A network and what strikes it. `last` is what was set last, `value` to what; `turn` counts what was wanted."""

    economy: Economy = field(default_factory=Economy)
    strikes: tuple[Strike, ...] = ()
    last: str = ""
    value: str = ""
    turn: int = 0

    @classmethod
    def read(cls, link: Mapping[str, tuple[str, ...]]) -> tuple[Wanted, BadLever | None]:
        """What a link asks for, as far as it can be read, and the first thing in it that cannot be."""
        if not {"network", "set", "strike"} & set(link):
            return cls(strikes=(START,)), None
        wanted, faults = cls(Economy(kind=link.get("network", ("made-up",))[0])), []
        for text in link.get("set", ()):
            name, _, value = text.partition("=")
            try:
                wanted = replace(wanted, economy=wanted.economy.with_lever(name, value))
            except BadLever as fault:
                faults.append(fault)
        for text in link.get("strike", ())[:MOST_STRIKES]:
            try:
                wanted = replace(wanted, strikes=(*wanted.strikes, Strike.read(text)))
            except BadLever as fault:
                faults.append(fault)
        return wanted, faults[0] if faults else None

    def as_link(self) -> dict[str, str | list[str]]:
        """The parts of a link that ask for the same."""
        levers = [f"{name}={value}" for name, value in self.economy.set_levers().items() if name != "kind"]
        return {"network": self.economy.kind, "set": levers, "strike": [strike.write() for strike in self.strikes]}


@dataclass(frozen=True, eq=False)
class Study:
    """A run that worked, with what the page draws of it.

    geometry, frames: for the canvas, see `places` and `_frames`; warned: what is unstable about the settings.
    """

    wanted: Wanted
    ground: Ground
    damage: Damage
    geometry: str
    frames: str
    curves: dict[str, Any]
    shortages: tuple[Shortage, ...] | None
    warned: tuple[str, ...]
    table: str
    code: str


def play(wanted: Wanted, before: Study | None = None, watch: Callable[[int], None] | None = None) -> Study:
    """Make the network (or take that of the study before), strike it, and draw. Raises BadLever, or ValueError."""
    same = before is not None and before.wanted.economy == wanted.economy
    ground = before.ground if before is not None and same else wanted.economy.open()
    events = [event for strike in wanted.strikes for event in strike.events(ground)]
    ground.calm(watch and (lambda day: watch(day // 2)))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        result = ground.strike(events, watch and (lambda day: watch(wanted.economy.days // 2 + day // 2)))
    damage = damage_of(result, ground)
    shortages = tuple(ripples(result.record)) if ground.traced else None
    where = before.geometry if before is not None and same else json.dumps(geometry(ground, ground.usual.mean(axis=0)))
    warned = tuple(dict.fromkeys(str(one.message) for one in heard if issubclass(one.category, UserWarning)))
    code = command(wanted, ground) if wanted.economy.kind not in KINDS else python(wanted)
    return Study(
        wanted, ground, damage, where, _frames(damage), curves(damage, ground.rows.size), shortages, warned,
        by_sector(damage, ground), code,
    )  # fmt: skip


def _frames(damage: Damage) -> str:
    """A byte for each day and firm, as base64: its output in per cent of the usual, and HIT while it is struck."""
    share = np.where(damage.share > 0.0, np.clip(np.round(100.0 * damage.share), 1.0, 127.0), 0.0).astype(np.uint8)
    return base64.b64encode((share + HIT * (damage.factor < 1.0).astype(np.uint8)).tobytes()).decode("ascii")


def headline(damage: Damage, n_firms: int) -> list[dict[str, str]]:
    """What the run comes to: each with its name, its value with a unit, and what it means."""
    lost = damage.days_lost()
    unit = f"days of normal {damage.lost}"
    struck = f"{damage.struck_ever:,} of {n_firms:,} ({100.0 * damage.struck_ever / n_firms:.0f} %)"
    worst = "none" if damage.worst is None else f"day {damage.worst}, {damage.total[damage.worst]:.3g} % lost"
    back = "-" if damage.worst is None else f"not by day {damage.total.size - 1}"
    told = (
        ("total loss", f"{lost['total']:.2f} days", f"in {unit}: what was not made, over all days"),
        ("direct", f"{lost['direct']:.2f} days", f"in {unit}: what those that are struck could not have made anyway"),
        ("indirect", f"{lost['indirect']:.2f} days", f"in {unit}: lost for want of inputs, or of customers"),
        ("firms below 90 %", struck, "of their usual output on some day"),
        ("worst", worst, f"the day of the greatest loss, in % of a normal day's {damage.lost}"),
        ("recovered", back if damage.recovered is None or damage.worst is None else f"day {damage.recovered}",
         "the first day from which on less than 1 % of a normal day is lost, and a twentieth of the worst"),
    )  # fmt: skip
    return [{"name": name, "value": value, "about": about} for name, value, about in told]


def by_sector(damage: Damage, ground: Ground) -> str:
    """A CSV table with a row for each day and sector: what was made, usually made, and lost, in money or units."""
    sector = np.array([name or "(none)" for name in ground.labels("sector")])
    names, of = np.unique(sector, return_inverse=True)
    usual = ground.usual * ground.worth
    made, could = damage.share * usual, np.minimum(damage.factor, 1.0) * usual
    table = io.StringIO(newline="")
    lines = csv.writer(table, lineterminator="\n")
    measures = ("usual", "lost_direct", "lost_indirect", "firms", "firms_below_90_percent")
    lines.writerow(["day", "sector", damage.lost.replace(" ", "_"), *measures])
    firms, low = np.bincount(of), damage.share < 1.0 - FALLEN
    for day in range(usual.shape[0]):
        summed = [np.bincount(of, part[day], names.size) for part in (made, usual, usual - could, could - made, low)]
        for at, name in enumerate(names.tolist()):
            cells = [f"{part[at]:.6g}" for part in summed]
            lines.writerow([day, name, *cells[:4], firms[at], cells[4]])
    return table.getvalue()


def command(wanted: Wanted, ground: Ground) -> str:
    """The same run from the shell, for a network that is opened."""
    events = [write_disruption(event) for strike in wanted.strikes for event in strike.events(ground)]
    strikes = [part for event in events for part in ("--disrupt", event)]
    days = str(wanted.economy.days)
    return shlex.join(["supplynet", "run", wanted.economy.kind, "--periods", days, *strikes])


def python(wanted: Wanted) -> str:
    """The same run in a few lines of Python, for a network that is made."""
    usual, economy = Economy(), wanted.economy
    values = {own.name: getattr(economy, own.name) for own in fields(economy)}
    given = [f"{name}={value!r}" for name, value in values.items() if value != getattr(usual, name)]
    strikes = [f"    {strike!r}," for strike in wanted.strikes]
    return "\n".join(
        [
            "from supplynet.viz.cascade.damage import damage_of",
            "from supplynet.viz.cascade.economy import Economy",
            "from supplynet.viz.cascade.strikes import Strike",
            "",
            f"ground = Economy({', '.join(given)}).open()",
            "strikes = [", *strikes, "]",
            "events = [event for strike in strikes for event in strike.events(ground)]",
            "print(damage_of(ground.strike(events), ground).days_lost())",
        ]
    )  # fmt: skip
