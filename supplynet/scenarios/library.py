"""The network of `netflix` and `netflix-history`: a library of new titles, who looks at them, and who orders them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import networkx as nx

from supplynet.disruptions import Disruption
from supplynet.graphs import from_graph
from supplynet.network import Network, Signal
from supplynet.policies.contract import OrderingRule
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.unknown_rate import UnknownRate
from supplynet.ranges import NOT_NEGATIVE, POSITIVE, checked, within

CONVERSION: Final = 0.3
"""About 70 % of what is put into a cart is left there: Baymard Institute (2024), 49 Cart Abandonment Statistics."""
SPREAD: Final = 0.8
"""Of the titles' rates, over their mean; of a new style .4 to .8: Fisher & Raman (1996), Operations Research 44(1)."""
LIFE: Final = 52
"""Weeks that a title stays: its term is typically twelve months, Netflix (2005), Annual Report 2004."""
SALVAGE: Final = 3.0
"""Dollars that a used copy brings: Netflix (2006), Annual Report 2005, notes on the DVD library."""
PRICE, COST, HOLDING = 20.0, 12.0, 0.05  # dollars, a week: free, and no claim rests on them
RANGES: Final = {
    "lookers": POSITIVE, "popularity_spread": POSITIVE, "first_buy": NOT_NEGATIVE, "safety_factor": NOT_NEGATIVE,
    "conversion": within(POSITIVE["least"], 1.0, must="a number > 0 and <= 1; give the share of lookers who order"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Library:
    """How many titles, how many look at one in a week on average, and what becomes of those who look.

    popularity_spread: the standard deviation of the titles' rates over their mean; lead: weeks from a look to the
    order; supply_lead: weeks from the centre's order to the copies; first_buy: weeks of mean orders on hand at first,
    beside the copies on their way; life: weeks until what is left of a title is scrapped.
    Raises ValueError for what cannot be.
    """

    titles: int
    lookers: float
    popularity_spread: float
    conversion: float
    lead: int
    supply_lead: int
    first_buy: float
    safety_factor: float
    life: int

    def __post_init__(self) -> None:
        for name, bounds in RANGES.items():
            checked(name, getattr(self, name), **bounds)
        for name, least in (("titles", 1), ("lead", 0), ("supply_lead", 1), ("life", 1)):
            if (number := getattr(self, name)) != int(number) or number < least:
                raise ValueError(f"{name} is {number!r}, must be a whole number >= {least}; round it")

    @property
    def units(self) -> float:
        """Of what is known of a title beforehand, as if so many lookers had been seen."""
        return (1.0 / self.popularity_spread) ** 2

    @property
    def periods(self) -> float:
        """And in so many weeks."""
        return self.units / self.lookers

    def network(self, rule: OrderingRule) -> Network:
        """Each title has a stock of its own, which follows the rule, and what is left when its life ends is scrapped.

        Everybody is told all there is to know, whatever the rule makes of it: this week's lookers, and what was sold
        and left a week ago. Who finds no copy takes another film.
        """
        graph = nx.DiGraph()
        graph.add_node("studio", kind="supplier", product="copies", price=COST)
        signals, ends = [], []
        for number in range(1, self.titles + 1):
            title, fans = f"title-{number:02}", f"fans-{number:02}"
            interest = EarlyInterest(UnknownRate(self.units, self.periods), self.conversion, self.lead)
            graph.add_node(fans, kind="customer", demand=interest)
            graph.add_node(
                title, kind="distributor", ordering=rule, on_hand=self.first_buy * self.conversion * self.lookers,
                order_multiple=1.0, price=PRICE, holding_cost=HOLDING, salvage_price=SALVAGE,
            )  # fmt: skip
            graph.add_edge("studio", title, order_lead_time=0, shipment_lead_time=self.supply_lead)
            graph.add_edge(title, fans, order_lead_time=0, shipment_lead_time=0, unfilled="lost")
            signals += [Signal(fans, title, "interest", 0)]
            signals += [Signal(title, title, tells, 1) for tells in ("shipped", "on_hand")]
            ends.append(Disruption(title, "stock_factor", 0.0, self.life - 1, 1))
        return from_graph(graph, signals=signals, disruptions=ends)
