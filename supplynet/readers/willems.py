"""38 industrial supply chains of 8 to 2,025 stages: processing times, costs, demand, and what stock they call for.

A chain is a graph of stages. A stage takes its processing time to make a unit from one unit of each of its suppliers,
and holds stock; lanes take no time. The stages that face the market have a customer each. Time is in days.

Source: Willems (2008), Real-World Multiechelon Supply Chains Used for Inventory Optimization, Manufacturing & Service
Operations Management 10(1):19-23, doi:10.1287/msom.1070.0176.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any, Final

import networkx as nx
import numpy as np
import pandas as pd

from supplynet.demand import Constant, Process
from supplynet.distributions import Discrete, Distribution, Gamma, NegativeBinomial, Normal
from supplynet.network import from_columns
from supplynet.policies.contract import OrderingRule
from supplynet.policies.ordering import BaseStock
from supplynet.readers.data_folder import read_table
from supplynet.scenario import Scenario

CHAINS: Final = tuple(range(1, 39))
"""The numbers of the chains; 0 is the small example that comes with them."""
HOLDING_RATE: Final = 0.25
"""Cost of holding a unit for a year, part of its value: an assumption, the data have none."""
NEARLY_NORMAL: Final = 1 / 3
"""Greatest sd, part of the mean, at which a normal that is cut at 0 still has its mean within 0.01 %."""
VALUES: Final = tuple(f"lead_time_v{at}_days" for at in range(1, 7))
CHANCES: Final = tuple(f"lead_time_p{at}" for at in range(1, 7))
STAGE: Final[dict[str, type]] = {
    "chain": int, "stage": str, "cost_added_usd": float, "rel_depth": int, "stage_type": str,
    "demand_mean_per_day": float, "demand_sd_per_day": float, "max_service_time_days": float, "service_level": float,
    "lead_time_mean_days": float, "lead_time_sd_days": float, "lead_time_dist": str,
    **dict.fromkeys((*VALUES, *CHANCES), float),
}  # fmt: skip


def chains(data: str | Path | None = None) -> pd.DataFrame:
    """A row for each chain: industry, counts of stages, demand. Raises ValueError if the data are not there."""
    columns: dict[str, type] = {
        "chain": int, "sic_description": str, "n_stages": int, "n_arcs": int, "n_demand_stages": int, "n_tiers": int,
        "max_path_days": float, "total_demand_per_day": float, "mean_demand_cv": float,
    }  # fmt: skip
    return read_table("willems2008", "chains.csv", columns, data).set_index("chain")


def stages(chain: int, data: str | Path | None = None) -> pd.DataFrame:
    """A row for each stage of a chain, as published: `rel_depth` 0 is nearest to the market; times are in days.

    Raises ValueError for a chain that does not exist, or if the data are not there.
    """
    if chain not in (0, *CHAINS):
        raise ValueError(f"chain is {chain!r}, must be a whole number from 1 to 38, or 0 for the example; choose one")
    table = read_table("willems2008", "stages.csv.gz", STAGE, data)
    return table[table["chain"] == chain].drop(columns="chain").reset_index(drop=True)


def arcs(chain: int, data: str | Path | None = None) -> pd.DataFrame:
    """A row for each arc of a chain: goods go from `source` to `target`, one unit for a unit of the target."""
    table = read_table("willems2008", "arcs.csv.gz", {"chain": int, "source": str, "target": str}, data)
    return table[table["chain"] == chain].drop(columns="chain").reset_index(drop=True)


def processing_time(stage: Any) -> float | Distribution:
    """How long a stage takes to make a unit, in days: a whole number, or a distribution whose draws are rounded.

    A normal is cut at 0. Where the data state probabilities, they hold, and not the mean beside them (chain 8,
    Part_0001, says 42.5 and means 23). `stage` is a row of `stages`.
    """
    if stage.lead_time_dist == "discrete":
        known = [(getattr(stage, value), getattr(stage, chance)) for value, chance in zip(VALUES, CHANCES, strict=True)]
        values, chances = zip(*((value, chance) for value, chance in known if chance > 0), strict=True)
        return Discrete(values, chances)
    if stage.lead_time_dist == "normal" and stage.lead_time_sd_days > 0:
        return Normal(stage.lead_time_mean_days, stage.lead_time_sd_days)
    return float(round(stage.lead_time_mean_days))


def usual_days(stage: Any) -> int:
    """The processing time that the rules reckon with, in whole days; `stage` is a row of `stages`."""
    time = processing_time(stage)
    return round(time.mean) if isinstance(time, Distribution) else round(time)


def demand_of(mean: float, sd: float) -> Process:
    """Daily demand with just this mean and standard deviation, never negative, in units.

    Normal where a cut at 0 changes nothing; otherwise whole units in lumps, or a gamma where demand varies less than
    counts do (sd**2 <= mean). Source of both shapes: Burgin (1975), Operational Research Quarterly 26(3).
    """
    if sd <= 0 or mean <= 0:
        return Constant(mean)
    if sd <= NEARLY_NORMAL * mean:
        return Normal(mean, sd)
    return NegativeBinomial(mean, sd) if sd**2 > mean else Gamma(mean, sd)


def stock_plan(chain: int, data: str | Path | None = None) -> pd.DataFrame:
    """The stock that each stage needs if its suppliers always deliver at once: a row for each stage of `stages`.

    `unit_cost` is what has gone into a unit, `mean_demand` and `sd_demand` are those of a day, summed over the
    independent demands that the stage serves, `days` and `sd_days` those of its processing time beyond the time that
    its customer is promised, `safety_factor` is z = Phi^-1(highest service level that it serves), and

    base_stock_level = mean_demand * days + z * sqrt(sd_demand**2 * days + mean_demand**2 * sd_days**2).

    Source: demand over a random lead time, Hadley & Whitin (1963), Analysis of Inventory Systems; pooled over a network
    of stages, Graves & Willems (2000), Manufacturing & Service Operations Management 2(1), every stage inside
    promising 0 days.
    """
    table, lanes = stages(chain, data), arcs(chain, data)
    graph = nx.DiGraph()
    graph.add_nodes_from(table["stage"])
    graph.add_edges_from(lanes.itertuples(index=False))
    place = {stage: row for row, stage in enumerate(table["stage"])}
    markets = np.flatnonzero(table["demand_mean_per_day"].notna())
    units = np.zeros((len(table), markets.size))  # of each stage in one unit of what each market buys
    units[markets, np.arange(markets.size)] = 1.0
    cost = table["cost_added_usd"].to_numpy(copy=True)
    upwards = [(place[name], [place[buyer] for buyer in graph.successors(name)]) for name in nx.topological_sort(graph)]
    for row, buyers in reversed(upwards):
        units[row] += units[buyers].sum(axis=0)
    for row, buyers in upwards:
        np.add.at(cost, buyers, cost[row])
    sold = table.iloc[markets]
    mean = units @ sold["demand_mean_per_day"].to_numpy()
    sd = np.sqrt(units**2 @ sold["demand_sd_per_day"].to_numpy() ** 2)
    level = np.where(units > 0, sold["service_level"].to_numpy(), 0.0).max(axis=1)
    factor = np.array([NormalDist().inv_cdf(one) for one in level])
    promised = table["max_service_time_days"].fillna(0.0)
    spans = [_days_beyond(processing_time(row), by) for row, by in zip(table.itertuples(), promised, strict=True)]
    days, sd_days = np.array(spans).T
    safety = factor * np.sqrt(sd**2 * days + mean**2 * sd_days**2)
    return pd.DataFrame(
        {
            "stage": table["stage"], "unit_cost": cost, "mean_demand": mean, "sd_demand": sd, "days": days,
            "sd_days": sd_days, "safety_factor": factor, "base_stock_level": np.maximum(mean * days + safety, 0.0),
        }
    )  # fmt: skip


@cache
def _days_beyond(time: float | Distribution, promised: float) -> tuple[float, float]:
    """Mean and sd of a processing time, as it is drawn, beyond a promised time, in days."""
    if not isinstance(time, Distribution):
        return max(time - promised, 0.0), 0.0
    chances = (np.arange(20_000) + 0.5) / 20_000
    beyond = np.maximum(time.whole(chances) - promised, 0.0)
    return float(beyond.mean()), float(beyond.std())


def read_chain(
    chain: int,
    data: str | Path | None = None,
    *,
    ordering: Sequence[OrderingRule] | None = None,
    periods: int = 730,
    warm_up: int = 365,
) -> Scenario:
    """One of the chains as a scenario, in days: the stages in the order of `stages`, then their customers.

    ordering: the rule of each stage; without it, base-stock at the levels of `stock_plan`. Stages without suppliers
    make from nothing; `sector` is the type of a stage. Nobody promises a time in the model: customers want goods at
    once, and wait for them; see `stages` for `max_service_time_days`. Raises ValueError for a chain that does not
    exist, rules that are not one for each stage, or data that are not there.
    """
    table, lanes, plan = stages(chain, data), arcs(chain, data), stock_plan(chain, data)
    if ordering is not None and len(ordering) != len(table):
        raise ValueError(f"ordering has {len(ordering)} rules for {len(table)} stages of chain {chain}; give one each")
    levels = plan["base_stock_level"].tolist()
    rules = list(ordering) if ordering is not None else [BaseStock(level) for level in levels]
    times = [processing_time(row) for row in table.itertuples()]
    in_process = plan["mean_demand"] * [time.mean if isinstance(time, Distribution) else time for time in times]
    buys = table["stage"].isin(lanes["target"])
    made = table["stage_type"].isin(["Part", "Manuf"])
    kinds = np.where(~buys, "supplier", np.where(made, "factory", "distributor")).tolist()
    sold = table[table["demand_mean_per_day"].notna()]
    demand = [demand_of(row.demand_mean_per_day, row.demand_sd_per_day) for row in sold.itertuples()]
    names = [*table["stage"], *(f"customers of {stage}" for stage in sold["stage"])]
    place = {name: row for row, name in enumerate(names)}
    n_stages, n_markets = len(table), len(sold)
    network = from_columns(
        names,
        [place[stage] for stage in (*lanes["source"], *sold["stage"])],
        [*(place[stage] for stage in lanes["target"]), *range(n_stages, n_stages + n_markets)],
        node={
            "kind": kinds + ["customer"] * n_markets,
            "sector": table["stage_type"].tolist() + [""] * n_markets,
            "ordering": rules + [None] * n_markets,
            "demand": [None] * n_stages + demand,
            "production_lead_time": [*times, *[0.0] * n_markets],
            "on_hand": np.append(np.maximum(levels - in_process, 0.0), np.zeros(n_markets)),
            "holding_cost": np.append(plan["unit_cost"] * HOLDING_RATE / 365, np.zeros(n_markets)),
        },
        lane={"shipment_lead_time": np.zeros(len(lanes) + n_markets)},
    )
    return Scenario(
        f"willems-{chain}", network, periods=periods, warm_up=warm_up,
        about=f"{n_stages} stages: {chains(data).at[chain, 'sic_description']} (Willems 2008, chain {chain})",
    )  # fmt: skip
