"""Strikes: a firm, a sector, a region or a whole lockdown, as a person says them, as a link, and as disruptions."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from supplynet.checks import nearest
from supplynet.disruptions import Disruption
from supplynet.network import addresses_of
from supplynet.readers import oxcgrt
from supplynet.readers.belgium import DATASET, belgium
from supplynet.readers.data_folder import VARIABLE
from supplynet.readers.schedules import from_schedule
from supplynet.schema import KINDS

from .economy import BadLever, Ground, Lever

LOCKDOWN: Final = "lockdown"
LABELS: Final = ("sector", "region")
PHASES: Final = {
    "2020-03-18": "lockdown_1", "2020-05-04": "lockdown_release_phaseI", "2020-05-18": "lockdown_release_phaseII",
    "2020-06-08": "lockdown_release_phaseIII", "2020-07-01": "lockdown_release_phaseIV", "2020-10-19": "lockdown_2_1",
    "2020-11-02": "lockdown_2_2", "2020-11-28": "lockdown_plateau",
}  # fmt: skip
"""The first day of each phase in Belgium. Source: royal and ministerial decrees of 2020."""
FIRST_DAY: Final = "2020-03-01"
"""Of the rules of a country that are played."""
BLOW: Final = (
    Lever("depth", "depth", "%", 1, 100, 1, "how much of its capacity is gone"),
    Lever("start", "first day", "", 0, 364, 1, "on which it is gone"),
    Lever("days", "lasts", "days", 1, 365, 1, "until it comes back"),
    Lever("recovery", "comes back over", "days", 0, 120, 1, "evenly, day by day; 0: at once"),
)
"""The numbers of a strike: by how much, from when, for how long."""


@dataclass(frozen=True, slots=True)
class Strike:
    """Who loses which part of its capacity, in per cent, from `start` on for some days, and over how many it is back.

    where: a firm, "sector=...", "region=...", "lockdown" (all sectors, each as far as it is exposed), "phases" (those
    of Belgium in 2020) or "rules=BEL" (how strict a country was from March 2020 on).
    """

    where: str
    depth: int = 100
    start: int = 10
    days: int = 14
    recovery: int = 7

    @classmethod
    def read(cls, text: str) -> Strike:
        """A strike as `write` gave it. Raises BadLever."""
        try:
            where, *numbers = next(csv.reader([text], strict=True))
            strike = cls(where)
            for lever, number in zip(BLOW, numbers, strict=False):
                strike = strike.with_lever(lever.name, number)
        except (csv.Error, StopIteration, ValueError) as fault:
            raise BadLever("where", f"a strike {text!r} cannot be read ({fault}); strike anew") from None
        return strike

    def write(self) -> str:
        """The strike as a line of a link."""
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="").writerow([getattr(self, own.name) for own in fields(self)])
        return line.getvalue()

    def with_lever(self, name: str, text: str) -> Strike:
        """The strike with one of its numbers, or its place, set. Raises BadLever."""
        if name == "where":
            return replace(self, where=text)
        changed: dict[str, Any] = {lever.name: lever.read(text) for lever in BLOW if lever.name == name}
        return replace(self, **changed)

    def words(self) -> str:
        """What happens, for people."""
        last = self.start + self.days - 1
        back = f", back over {self.recovery} days" if self.recovery else ""
        who = {"phases": "Belgium's phases of 2020"}.get(self.where, self.where.replace("=", " "))
        until = f"from day {self.start} on" if self.where == "phases" else f"days {self.start} to {last}{back}"
        return f"{who}: {self.depth} % lost, {until}"

    def events(self, ground: Ground) -> list[Disruption]:
        """What it does to a network, as disruptions. Raises BadLever that names what does not fit."""
        if self.start >= ground.scenario.periods:
            raise BadLever(
                "start", f"first day is {self.start}, must be one of the {ground.scenario.periods} days; strike earlier"
            )
        if self.where == "phases":
            return list(_phases(self, ground))
        if self.where.startswith("rules="):
            return list(_rules(self, ground))
        events = self._plain(ground)
        if any(0.0 < event.factor < 1.0 for event in events) or self.recovery:
            network = ground.scenario.network
            rows = [row for event in events for row in addresses_of(network).rows(event.where, "node").tolist()]
            for row in (row for row in rows if np.isinf(network.node["capacity"][row])):
                lever = "recovery" if self.depth == 100 else "depth"
                raise BadLever(
                    lever,
                    f"{network.names[row]!r} has no limit of capacity, so that no part of it can be missed; strike all "
                    "of it, depth 100 %, and let it come back over 0 days",
                )
        return events

    def _plain(self, ground: Ground) -> list[Disruption]:
        if self.where == LOCKDOWN:
            kinds = sorted({"kind=factory", "kind=supplier", "kind=distributor"} & _kinds(ground))
            places = {f"sector={name}": part for name, part in ground.exposed.items()} or dict.fromkeys(kinds, 1.0)
            return [self._event(place, part) for place, part in places.items() if part > 0.0]
        what, _, named = self.where.partition("=")
        if what not in LABELS:
            what, named = "firm", self.where
        known = set(ground.labels(what)) - {""} if what in LABELS else set(ground.names)
        if named not in known:
            raise BadLever("where", f"there is no {what} {named!r} to strike; {nearest(named, sorted(known), shown=6)}")
        return [self._event(self.where, 1.0)]

    def _event(self, place: str, part: float) -> Disruption:
        back: dict[str, Any] = {"recovery": "linear", "recovery_periods": self.recovery} if self.recovery else {}
        left = round(1.0 - self.depth / 100.0 * part, 6)
        return Disruption(place, "capacity_factor", left, self.start, self.days, **back)


def _kinds(ground: Ground) -> set[str]:
    return {f"kind={KINDS[kind]}" for kind in set(ground.scenario.network.node["kind"][ground.rows].tolist())}


def schedules(ground: Ground) -> list[str]:
    """The schedules that can strike here: a lockdown of one's own, and those of real data where they are."""
    folder = Path(os.environ.get(VARIABLE) or "/nowhere")
    real = ["phases"] * (ground.economy.kind == "belgium")
    return [LOCKDOWN, *real, *["rules=BEL"] * (folder / oxcgrt.DATASET).is_dir()]


def _phases(strike: Strike, ground: Ground) -> Iterator[Disruption]:
    """What the phases of 2020 left of each sector of Belgium; `depth` scales it. Raises BadLever."""
    if ground.economy.kind != "belgium":
        raise BadLever("where", f"the phases are those of sectors of {DATASET}; choose the network of Belgium")
    country = belgium()
    days = pd.date_range(next(iter(PHASES)), periods=ground.scenario.periods - strike.start)
    force = pd.DataFrame(0.0, days, country.phases.index)
    for day, phase in PHASES.items():
        force.loc[day:] = country.phases[phase].to_numpy(float)
    left = 1.0 - strike.depth / 100.0 * force * country.facts["supply_shock_first_order"]
    yield from from_schedule(left, label="sector", start=strike.start)


def _rules(strike: Strike, ground: Ground) -> Iterator[Disruption]:
    """What the rules of a country leave of all regions, as many days as the strike lasts. Raises BadLever."""
    code = strike.where.partition("=")[2]
    regions = sorted(set(ground.labels("region")) - {""})
    if not regions:
        raise BadLever(
            "where", "the rules of a country strike regions, and this network has none; name a sector or firm"
        )
    last = pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=strike.days - 1)
    try:
        found = oxcgrt.lockdowns(
            dict.fromkeys(regions, code), strike.depth / 100.0, first=FIRST_DAY, last=str(last.date())
        )
    except ValueError as fault:
        raise BadLever("where", str(fault)) from None
    for event in found:
        yield replace(event, start=strike.start)
