"""Demand inferred from behaviour: who looks today tells what will be ordered."""

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
    """New titles come into a library; customers put them on their lists, and some weeks later some of them order.

    The centre holds copies of each title and orders more from the studio, which takes `supply_lead` weeks. Nobody knows
    how well a title will do: all open with the same stock, the same copies on their way and the same guess. The centre
    counts who looks at a title. Each week that tells its rate better, sqrt(a / (b (b + n))) off after n weeks; and who
    looked lately is known to order soon, which leaves less to guard against. `netflix-history` is the same library with
    the same customers, and counts what was sold: it sees a part `conversion` of what this one sees, `lead` weeks later.

    What it shows: for the same service less stock, by about half in the first year and most of all in its first months;
    fewer copies left of titles that nobody wants; service that does not sag when the first orders tell on the shelf.
    The advantage shrinks as titles grow old; what then remains is who is known to order, and goes as lead or conversion
    goes to zero (experiments/value_of_inference.py). In practice it is smaller where looks are noisier: Huang & Van
    Mieghem (2014), Production and Operations Management 23(3), found 3 to 5 % of the cost of stock and backlog.

    titles: how many; lookers: who look at a title in a week, on average over titles; popularity_spread: standard
    deviation of titles over that mean (a = 1 / spread^2, b = a / lookers); conversion: part of lookers who order; lead:
    weeks from look to order; supply_lead: weeks from order to copies; first_buy: weeks of mean orders on hand at first;
    safety_factor: standard deviations of what is foretold; life: weeks until what is left of a title is scrapped.

    Sources: library.py for conversion, spread, life and salvage; the rest is free, and tests move each by a fifth. Left
    out: copies that come back from rental (here an order uses up a copy), titles that fade or begin at other times,
    conversion that differs by title or is not known, and looks by those who never buy anything. The first `lead` weeks
    of orders come from those who looked before, and tell nothing of a title.
    """
    own = library.Library(
        titles, lookers, popularity_spread, conversion, lead, supply_lead, first_buy, safety_factor, life
    )
    rule = DemandInference(
        own.units, own.periods, "interest", delay=0, conversion=conversion, safety_factor=safety_factor, lead=lead
    )
    return Scenario(
        "netflix", own.network(rule), periods=life,
        about="a library of new titles, ordered by what customers look at before they order",
        hint="supplynet compare netflix netflix-history, where the same library is ordered by what was sold",
    )  # fmt: skip
