"""What makers of personal computers share: components, a plant, models, customers, prices; their rules differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import networkx as nx

from supplynet.distributions import Gamma
from supplynet.graphs import from_graph
from supplynet.network import Network
from supplynet.policies.contract import OrderingRule
from supplynet.policies.ordering import BuildToOrder
from supplynet.processes.decay import Decay
from supplynet.ranges import NOT_NEGATIVE, POSITIVE, SHARE, checked, within

COMPONENTS: Final = ("processors", "memory", "drives", "boards")
"""A computer takes one of each, and cannot be built without any of them."""
DEMAND: Final = 10.0  # computers of a model a day, and
PRICE: Final = 1000.0  # of a computer on the first day: scales, on which no ratio depends
MODELS: Final = 20
WEEKLY_CV: Final = 0.4
"""Standard deviation over mean of a model's demand in a week: of products like these, forecasts err by 40 % to 100 %
when production is committed. Source: Fisher (1997), Harvard Business Review 75(2)."""
PRICE_FALL: Final = 0.01
"""Part of their value that computers and their components lose in a week. Source: Callioni, de Montgros, Slagmulder,
Van Wassenhove & Wright (2005), Harvard Business Review 83(3)."""
COST_SHARE: Final = 0.82
"""Part of the price that goods cost. Source: gross margin of 18 %, Dell Inc., Form 10-K for fiscal 2005."""
PROCESSING: Final = 2
"""Days until an order is on the floor; then eight hours of building, and all leaves within five days. Source:
Kapuscinski, Zhang, Carbonneau, Moore & Reeves (2004), Interfaces 34(3)."""
BUILDING: Final = 1
DELIVERY: Final = 2  # days from a purchase to the component at the dock, which is the supplier's until then; assumed
WARM_UP: Final = 84  # days: three reviews of four weeks, and longer than any bill is open
DAYS: Final = WARM_UP + 364

_DAYS: Final = within(0.0, 366.0, must="a whole number of days, 0 to 366; round it")
_LEVERS: Final = {
    "models": within(1.0, 1000.0, must="a whole number, 1 to 1000; round it"),
    "cover_days": NOT_NEGATIVE,
    "review_days": within(1.0, 366.0, must="a whole number of days, 1 to 366; round it"),
    "receivable_days": _DAYS,
    "payable_days": _DAYS,
    "weekly_cv": POSITIVE,
    "price_fall": SHARE,
    "cost_share": SHARE,
    "processing": _DAYS,
    "building": _DAYS,
    "delivery": _DAYS,
}
"""What each lever may be."""


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker of computers by the levers of its scenario; see `dell`.

    Raises ValueError that names the lever that cannot be.
    """

    models: int
    cover_days: float
    review_days: int
    receivable_days: int
    payable_days: int
    weekly_cv: float
    price_fall: float
    cost_share: float
    processing: int
    building: int
    delivery: int

    def __post_init__(self) -> None:
        for name, rule in _LEVERS.items():
            value = getattr(self, name)
            if checked(name, value, **rule) != int(value) and "whole" in rule["must"]:
                raise ValueError(f"{name} is {value!r}, must be {rule['must']}")

    @property
    def mean_stock(self) -> float:
        """Days of demand on the shelf at the end of a day, if all days are even and reviews come in turn.

        What comes after a review makes it last `cover_days` at the end of that day, and a day less on each of the
        review_days - 1 days that follow.
        """
        return self.cover_days - (self.review_days - 1) / 2

    def review_of(self, number: int) -> int:
        """The day of a model's first review; those of all models are spread evenly, so that the plant is busy daily."""
        return number * self.review_days // self.models

    def network(self, of_components: OrderingRule, of_model: Callable[[int], OrderingRule], *, stocks: str) -> Network:
        """The network with a rule for the stores of components and one for each model; who of them opens with stock.

        Suppliers deliver to a store for each component, which all models share; the plant takes kits of one of each to
        the line of the model that asks for one; customers buy from there, and wait where there is none.
        """
        graph = nx.DiGraph()
        loss = 1.0 - (1.0 - self.price_fall) ** (1.0 / 7.0)
        opening = max(0.0, self.mean_stock) * DEMAND
        component_price = Decay(PRICE * self.cost_share / len(COMPONENTS), loss)
        graph.add_node("kits", kind="factory", ordering=BuildToOrder())
        for component in COMPONENTS:
            graph.add_node(f"{component}-maker", kind="supplier", price=component_price)
            graph.add_node(
                component, ordering=of_components, on_hand=opening * self.models if stocks == "components" else 0.0
            )
            graph.add_edge(
                f"{component}-maker", component, order_lead_time=self.delivery, shipment_lead_time=0,
                payment_terms=self.payable_days,
            )  # fmt: skip
            graph.add_edge(component, "kits", shipment_lead_time=0)
        demand = Gamma(DEMAND, self.weekly_cv * 7.0**0.5 * DEMAND)  # a week is seven independent days
        for number in range(self.models):
            model, customers = f"model-{number + 1:02}", f"customers-{number + 1:02}"
            graph.add_node(
                model, kind="factory", ordering=of_model(number), on_hand=opening if stocks == "models" else 0.0,
                production_lead_time=self.building, price=Decay(PRICE, loss),
            )  # fmt: skip
            graph.add_node(customers, kind="customer", demand=demand)
            graph.add_edge("kits", model, order_lead_time=self.processing, shipment_lead_time=0)
            graph.add_edge(model, customers, shipment_lead_time=0, payment_terms=self.receivable_days)
        return from_graph(graph)
