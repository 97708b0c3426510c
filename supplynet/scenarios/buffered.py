"""The systems with a buffer: each holds so many days of normal sales more by a lever of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from supplynet.ranges import NOT_NEGATIVE, checked
from supplynet.scenario import Scenario
from supplynet.scenarios import arguments, load
from supplynet.scenarios.factory_line import SHIFT


@dataclass(frozen=True, slots=True)
class System:
    """A ready-made scenario that can hold a buffer.

    days: of a period; supplied_by: what the names of those who supply it begin with; more: how it holds so many days
    more, from its default levers by name, as levers of its own or of its network.
    """

    days: float
    supplied_by: str
    more: Callable[[dict[str, Any], float], dict[str, Any]]


def _cards(defaults: dict[str, Any], days: float) -> dict[str, Any]:
    """So many days of sales more on cards for finished goods."""
    cards = math.ceil(days * SHIFT * defaults["demand"] / defaults["container"] - 1e-9)
    return {"finished_cards": defaults["finished_cards"] + cards}


def _finished(defaults: dict[str, Any], days: float) -> dict[str, Any]:
    return {"finished_periods": defaults["finished_periods"] + days * SHIFT}


def _cover(defaults: dict[str, Any], days: float) -> dict[str, Any]:
    return {"cover_days": defaults["cover_days"] + days}


def _first_batch(defaults: dict[str, Any], days: float) -> dict[str, Any]:
    """So many days of the season more in the first batch, which is at most all that a season may need."""
    return {"first_share": min(1.0, defaults["first_share"] + days / 7.0 / defaults["season"])}


def _bought(defaults: dict[str, Any], days: float) -> dict[str, Any]:
    """A forecast that is so many days of the season higher than the demand that it foretells."""
    return {"distributor.mean": defaults["units"] * (1.0 + days / 7.0 / defaults["season"])}


def _copies(defaults: dict[str, Any], days: float) -> dict[str, Any]:
    return {"first_buy": defaults["first_buy"] + days / 7.0, "safety_periods": days / 7.0}


SYSTEMS: Final = {
    "push-retail": System(7.0, "maker-", _bought),
    "zara": System(7.0, "maker-", _first_batch),
    "batch-line": System(1.0 / SHIFT, "steel", _finished),
    "toyota": System(1.0 / SHIFT, "steel", _cards),
    "pc-channel": System(1.0, "", _cover),
    "dell": System(1.0, "", _cover),
    "netflix-history": System(7.0, "studio", _copies),
    "netflix": System(7.0, "studio", _copies),
}
"""The systems, in pairs: one that pushes, or looks back, and one that pulls."""


def buffered(name: str, days: float) -> Scenario:
    """A system that holds so many days of its normal sales more than it does by itself.

    Raises ValueError for a negative buffer.
    """
    own = SYSTEMS[name]
    checked("buffer", days, **NOT_NEGATIVE)
    known = {lever: given.default for lever, given in arguments(name).items()}
    return load(name).with_levers(own.more(known, days) if days else {})
