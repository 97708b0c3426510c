"""The same library, ordered by what was sold."""

from __future__ import annotations

from supplynet.policies.ordering import DemandInference
from supplynet.scenario import Scenario
from supplynet.scenarios import library


def build(
    *,
    titles: int = 20,
    lookers: float = 40.0,
    popularity_spread: float = library.SPREAD,
    conversion: float = library.CONVERSION,
    lead: int = 2,
    supply_lead: int = 3,
    first_buy: float = 2.0,
    safety_factor: float = 1.5,
    life: int = library.LIFE,
) -> Scenario:
    """The library of `netflix`, title for title and order for order, whose centre counts what was sold.

    It infers the rate of each title from its own sales, by the same theorem, from the same guess and with the same
    safety factor; a week in which a title was sold out tells it only the least that was wanted. It does not count the
    first `lead` weeks, whose orders come from before. So it knows after n weeks what the other one knows after
    conversion * n, and nothing of who will order: it buys more against what it does not know, and of titles that nobody
    wants it keeps that for long. Levers, sources and what is left out: see `netflix`.
    """
    own = library.Library(
        titles, lookers, popularity_spread, conversion, lead, supply_lead, first_buy, safety_factor, life
    )
    rule = DemandInference(own.units, own.periods / conversion, "sales", delay=lead + 1, safety_factor=safety_factor)
    return Scenario(
        "netflix-history", own.network(rule), periods=life,
        about="a library of new titles, ordered by what was sold of each",
        hint="supplynet compare netflix netflix-history, where the same library is ordered by what was looked at",
    )  # fmt: skip
