"""A season of fashion: what `push-retail` and `zara` share, which is all but the rules of their centres and shops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import networkx as nx

from supplynet.demand import Step
from supplynet.disruptions import Disruption
from supplynet.graphs import from_graph
from supplynet.network import Network, Signal
from supplynet.policies.contract import OrderingRule
from supplynet.processes.price_response import PriceResponse
from supplynet.processes.season import SellingSeason
from supplynet.ranges import NOT_NEGATIVE, POSITIVE, SHARE, check_fields, within

PERIODS: Final = 32  # weeks: the season, what comes before it, and time to pay for what was bought last
SHOP_LEAD: Final = 1  # weeks from a centre to its shops
LEAST: Final = {"styles": 1, "shops": 1, "season": 2, "lead_time": 1, "sale_weeks": 0, "payment_weeks": 0}
"""The levers that are whole numbers, and what they are at least."""


@dataclass(frozen=True)
class Fashion:
    """The levers that the pair shares; units and sources stand where they are offered, in `push_retail` and `zara`."""

    styles: int = 4
    shops: int = 3
    units: float = field(default=320.0, metadata=POSITIVE)
    forecast_cv: float = field(default=0.5, metadata=within(0.01, 3.0, must="a number in [0.01, 3]; give sd over mean"))
    season: int = 16
    peak: float = field(default=0.4, metadata=SHARE)
    swing: float = field(default=1.0, metadata=SHARE)
    lead_time: int = 2
    price: float = field(default=100.0, metadata=POSITIVE)
    unit_cost: float = field(default=40.0, metadata=POSITIVE)
    salvage: float = field(default=20.0, metadata=NOT_NEGATIVE)
    markdown: float = field(default=0.4, metadata=within(0.0, 0.99, must="a number in [0, 0.99]; give a share"))
    sale_weeks: int = 2
    elasticity: float = field(default=1.76, metadata=NOT_NEGATIVE)
    holding_cost: float = field(default=0.2, metadata=NOT_NEGATIVE)
    payment_weeks: int = 8

    def __post_init__(self) -> None:
        check_fields(self)
        for name, least in LEAST.items():
            value: Any = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name} is {value!r}, must be a whole number >= {least}; round it")
        if not self.price > self.unit_cost > self.salvage:
            raise ValueError(
                f"price, unit_cost and salvage are {self.price}, {self.unit_cost} and {self.salvage}, must fall in "
                "this order, or one would buy nothing or without end; mend them"
            )
        if self.sale_weeks >= self.season:
            raise ValueError(f"sale_weeks is {self.sale_weeks}, must be below the season, {self.season}; begin later")
        if self.end > PERIODS:
            raise ValueError(
                f"lead_time is {self.lead_time}, must be at most {PERIODS - self.season - SHOP_LEAD - 1} for a season "
                f"of {self.season} weeks, which has to end by week {PERIODS}; shorten one of them"
            )

    @property
    def start(self) -> int:
        """The first week of the season: what is bought in week 0 is in the shops then, however it comes there."""
        return self.lead_time + SHOP_LEAD + 1

    @property
    def end(self) -> int:
        """The first week after the season."""
        return self.start + self.season

    @property
    def sale_starts(self) -> int:
        """The first week in which prices are marked down; that after the season, if they are not."""
        return self.end - self.sale_weeks if self.markdown else self.end

    @property
    def critical_ratio(self) -> float:
        """What a unit too few costs, over that and what a unit too many costs.

        Source: Arrow, Harris & Marschak (1951), Econometrica 19(3).
        """
        return (self.price - self.unit_cost) / (self.price - self.salvage)

    @property
    def asking_price(self) -> Step:
        """What a shop asks for a unit."""
        return Step(self.price, self.price * (1.0 - self.markdown), self.sale_starts)

    def demand(self, style: str) -> SellingSeason:
        """Demand of a style at one shop."""
        return SellingSeason(
            self.units / self.shops, self.forecast_cv, self.start, self.season, self.peak, self.swing,
            PriceResponse(self.asking_price, self.elasticity), style,
        )  # fmt: skip

    def forecast(self, shops: int, weeks: int = PERIODS) -> tuple[float, ...]:
        """What some shops expect to be asked for in each of the first weeks."""
        return tuple(round(shops * units, 6) for units in self.demand("").expected(PERIODS)[:weeks].tolist())

    def network(self, centre: OrderingRule, shop: OrderingRule) -> Network:
        """For each style a maker, a centre and shops, each with its buyers; what is left at the end is scrapped."""
        graph, signals, stocked = nx.DiGraph(), [], []
        stock = {"kind": "distributor", "holding_cost": self.holding_cost, "salvage_price": self.salvage}
        for style in (f"style-{number}" for number in range(1, self.styles + 1)):
            maker, dc = f"maker-{style}", f"dc-{style}"
            graph.add_node(maker, kind="supplier", price=self.unit_cost, sector=style)
            graph.add_node(dc, ordering=centre, sector=style, **stock)
            graph.add_edge(maker, dc, shipment_lead_time=self.lead_time, payment_terms=self.payment_weeks)
            stocked.append(dc)
            for number in range(1, self.shops + 1):
                place, buyers = f"shop-{number}-{style}", f"buyers-{number}-{style}"
                graph.add_node(place, ordering=shop, price=self.asking_price, sector=style, **stock)
                graph.add_node(buyers, kind="customer", demand=self.demand(style), sector=style)
                graph.add_edge(dc, place, shipment_lead_time=SHOP_LEAD)
                graph.add_edge(place, buyers, shipment_lead_time=0, unfilled="lost")
                signals += [Signal(buyers, dc, "demand", 0), Signal(buyers, dc, "lost", 1, start=0.0)]
                signals += [Signal(dc, place, "production", 1, start=0.0)]
                stocked.append(place)
        late = PERIODS - self.end + 1  # what comes after the last day of the season goes the same way
        scrap = [Disruption(place, "stock_factor", 0.0, self.end - 1, late) for place in stocked]
        return from_graph(graph, signals=signals, disruptions=scrap)
