"""The beer game, played as well as it can be: Sterman's benchmark of 204."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx

from supplynet.demand import Step
from supplynet.graphs import from_graph
from supplynet.policies.ordering import Sterman
from supplynet.scenario import Scenario

PLAYERS = ("retailer", "wholesaler", "distributor", "factory")


def build(
    *,
    desired_stock: float = 28.0,
    factory_desired_stock: float = 20.0,
    stock_adjustment: float = 1.0,
    supply_line_weight: float = 1.0,
    smoothing: float = 0.0,
    whole_units: bool = False,
) -> Scenario:
    """Four players in a row order beer for 36 weeks; customers want 4 a week, and 8 from week 5 on.

    Orders take 2 weeks, goods 2 weeks, brewing 3; everybody opens with 12 on hand and 4 in every slot; a unit on hand
    costs 0.50 a week, a unit owed 1.00; the orders of weeks 1 to 4 are fixed at 4. The costs of the four players are
    46, 50, 54 and 54: no other desired stocks do better. Source: Sterman (1989), Management Science 35(3).
    """
    network = nx.DiGraph()
    network.add_node("customer", kind="customer", demand=Step(4.0, 8.0, 4))
    for player in PLAYERS:
        brews = player == "factory"
        rule = Sterman(
            factory_desired_stock if brews else desired_stock,
            stock_adjustment, supply_line_weight, smoothing, fixed_periods=4, whole_units=whole_units,
        )  # fmt: skip
        network.add_node(
            player, kind="factory" if brews else "distributor", ordering=rule, on_hand=12.0,
            production_lead_time=3 if brews else 0, holding_cost=0.5, backlog_cost=1.0,
        )  # fmt: skip
    network.add_edge("retailer", "customer", order_lead_time=0, shipment_lead_time=0)
    for customer, supplier in pairwise(PLAYERS):
        network.add_edge(supplier, customer, order_lead_time=2, shipment_lead_time=2)
    return Scenario(
        "beer-game", from_graph(network), periods=36,
        about="Sterman's beer game at its best: everybody sees the whole supply line, and it costs 204",
        hint="supplynet run beer-game-sterman, where players see a third of their supply line, as people do",
    )  # fmt: skip
