"""Flour in 2020: how a two-week panic in the shops reached the mill."""

from __future__ import annotations

from typing import Final

import networkx as nx

from supplynet.demand import Trace
from supplynet.graphs import from_graph
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.scenario import Scenario

NORMAL_SALES: Final = 6.88  # million packages a week, mean of January and February 2020
INDEX: Final = (
    1.06, 1.01, 0.99, 0.98, 0.97, 1.01, 1.0, 0.98, 1.05, 1.2, 2.45, 2.62, 1.88, 2.02, 1.87, 1.65, 1.55, 1.53,
    1.47, 1.31, 1.23, 1.07, 1.06, 1.05, 1.05, 0.98, 1.07, 1.01, 1.06, 1.03, 1.04, 1.07, 1.06, 1.04, 1.0, 1.06,
    1.08, 1.1, 1.08, 1.14, 1.19, 1.19, 1.21, 1.34, 1.41, 1.52, 2.08, 1.86, 1.38, 1.6, 1.98, 1.88,
)  # fmt: skip
"""US retail sales of flour and mixes, weeks ending 5 January to 27 December 2020, January-February = 1.00.
Source: USDA Economic Research Service using data from Circana, Weekly Retail Food Sales (2022)."""

REGIONS: Final = {"northeast": 0.17, "midwest": 0.21, "south": 0.38, "west": 0.24}
"""Part of the US population; source: US Census Bureau, 2020 census, rounded."""
CENTRES: Final = {"dc-north": ("northeast", "midwest"), "dc-south": ("south", "west")}


def build(
    *,
    mill_capacity: float = 1.5,
    window: int = 4,
    safety_periods: float = 1.0,
    order_lead_time: int = 1,
    shipment_lead_time: int = 1,
) -> Scenario:
    """Shops in four regions, two distribution centres, a mill of limited capacity and a grain supplier.

    Everybody but the grain supplier orders up to a forecast made from the orders it gets itself: a moving average over
    `window` weeks, and `safety_periods` weeks of it as safety stock. mill_capacity is a multiple of normal sales (an
    assumption); order_lead_time and shipment_lead_time hold for every lane between firms, in weeks.
    What a shop does not have is lost, between firms it is owed. Quantities are million packages a week. Sales are not
    demand: shelves were empty in March 2020, so the true peak was higher than the one given.
    """
    network = nx.DiGraph()
    rule = OrderUpToMovingAverage(window, safety_periods)
    delays = {"order_lead_time": order_lead_time, "shipment_lead_time": shipment_lead_time}
    costs = {"holding_cost": 0.01, "backlog_cost": 0.1}
    for region, part in REGIONS.items():
        sales = Trace(tuple(round(NORMAL_SALES * part * index, 6) for index in INDEX))
        network.add_node(f"households-{region}", kind="customer", demand=sales, region=region, lost_cost=1.0)
        normal = NORMAL_SALES * part
        network.add_node(
            f"shops-{region}", kind="distributor", ordering=rule, on_hand=safety_periods * normal, region=region,
            normal_output=normal, **costs,
        )  # fmt: skip
        network.add_edge(f"shops-{region}", f"households-{region}", shipment_lead_time=0, unfilled="lost")
    for centre, regions in CENTRES.items():
        normal = NORMAL_SALES * sum(REGIONS[region] for region in regions)
        network.add_node(
            centre, kind="distributor", ordering=rule, on_hand=safety_periods * normal, normal_output=normal, **costs
        )
        for region in regions:
            network.add_edge(centre, f"shops-{region}", **delays)
    network.add_node(
        "mill", kind="factory", ordering=rule, capacity=mill_capacity * NORMAL_SALES, production_lead_time=1,
        on_hand=safety_periods * NORMAL_SALES, normal_output=NORMAL_SALES, **costs,
    )  # fmt: skip
    network.add_node("grain", kind="supplier")
    for centre in CENTRES:
        network.add_edge("mill", centre, **delays)
    network.add_edge("grain", "mill", **delays)
    return Scenario(
        "flour-2020", from_graph(network), periods=len(INDEX),
        about="the flour panic of 2020, from US household sales back to the mill",
        hint="supplynet run flour-2020 --set window=12, where everybody keeps a cooler head",
    )  # fmt: skip
