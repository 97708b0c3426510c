"""The chain of four tiers in stockpyl, the package that most would use for it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shared.timing import Table


def measure_stockpyl(
    table: Table, name: str, demand: Sequence[float], ours: float, *, target: float, per_period: bool = False
) -> None:
    """How many times our seconds stockpyl takes for one run with this demand, with base-stock at every tier.

    ours: seconds of a run, or of a period.
    """
    try:
        from stockpyl.sim import simulation
        from stockpyl.supply_chain_network import serial_system
    except ImportError:
        table.add("stockpyl is not installed", "-", 'pip install -e ".[test]"')
        return
    peer = serial_system(
        num_nodes=4, node_order_in_system=[3, 2, 1, 0], shipment_lead_time=1, order_lead_time=1, local_holding_cost=1.0,
        stockout_cost=9.0, demand_type="D", demand_list=list(demand), policy_type="BS", base_stock_level=360.0,
    )  # fmt: skip
    begun = time.perf_counter()
    simulation(peer, len(demand), rand_seed=0, progress_bar=False)
    taken = (time.perf_counter() - begun) / (len(demand) if per_period else 1)
    days = peer.nodes_by_index[0].state_vars[: len(demand)]  # 0 is the tier that customers buy from
    assert sum(sum(day.demand_met_from_stock.values()) for day in days) > 0.5 * sum(demand), "goods must flow"
    table.add(name, f"{taken / ours:,.0f} times ours", f"> {target:,.0f} times")
