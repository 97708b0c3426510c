"""What is destroyed, spoiled or written off is seen: in the tables, and in one outcome, alone and in unions."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet import Keep, Scenario, from_graph
from supplynet.disruptions import Disruption
from supplynet.distributions import Poisson
from supplynet.policies.ordering import BaseStock


def chain(*events, demand=10.0, periods=30):
    graph = nx.DiGraph()
    graph.add_node("mine", kind="supplier")
    graph.add_node("works", kind="factory", ordering=BaseStock(40.0), on_hand=20.0, capacity=10.0)
    graph.add_node("buyers", kind="customer", demand=demand)
    graph.add_edge("mine", "works", shipment_lead_time=2, target=6.0, input_stock=6.0)
    graph.add_edge("works", "buyers", shipment_lead_time=0)
    return Scenario("chain", from_graph(graph, disruptions=events), periods=periods)


FIRE = Disruption("works", "stock_factor", 0.5, 5, 1)
WRECK = Disruption("mine>works", "transit_factor", 0.25, 12, 1)


def test_a_fire_and_a_wreck_are_in_the_tables_and_their_sum_is_the_outcome():
    result = supplynet.run(chain(FIRE, WRECK))
    nodes, lanes = result.table(), result.lanes_table()
    burnt = nodes.loc[(nodes["node"] == "works") & (nodes["period"] == 5), "scrapped"].item()
    calm = supplynet.run(chain()).record
    assert burnt == pytest.approx(0.5 * calm["on_hand"][5, 1]) and burnt > 1.0, "half of what would have been on hand"
    assert lanes.loc[lanes["period"] == 5, "spoiled"].sum() == pytest.approx(0.5 * calm["input_stock"][5, 0])
    assert lanes.loc[lanes["period"] == 12, "destroyed"].sum() > 0.0
    assert result.outcomes["scrapped"] == pytest.approx(
        nodes["scrapped"].sum() + lanes["spoiled"].sum() + lanes["destroyed"].sum()
    )
    assert supplynet.run(chain()).outcomes["scrapped"] == 0.0


def test_the_warm_up_is_left_out():
    whole, late = chain(FIRE, WRECK), replace(chain(FIRE, WRECK), warm_up=10)
    wrecked = supplynet.run(whole).lanes_table()["destroyed"].sum()
    assert supplynet.run(late).outcomes["scrapped"] == pytest.approx(wrecked)


@pytest.mark.parametrize("keep", [Keep(by="kind"), Keep(every=5)])
def test_however_little_is_kept_what_was_scrapped_is_told(keep):
    scenario = chain(FIRE, WRECK)
    told = supplynet.run(scenario, keep=keep).outcomes["scrapped"]
    assert told == pytest.approx(supplynet.run(scenario).outcomes["scrapped"]) and told > 0.0
    assert np.isnan(supplynet.run(scenario, keep=Keep(("demand",))).outcomes["scrapped"])


def test_a_run_in_a_union_scraps_what_it_scraps_alone_to_the_last_bit():
    scenario = chain(FIRE, WRECK, demand=Poisson(10.0))
    alone = [supplynet.run(scenario, replication=at).outcomes["scrapped"] for at in range(5)]
    for block in (1, 2, 5):
        assert supplynet.replicate(scenario, 5, block=block)["scrapped"].tolist() == alone
    assert len(set(alone)) > 1


def test_a_sweep_and_functions_of_its_runs_see_it():
    scenarios = [chain(FIRE, WRECK), chain(FIRE)]
    of_lanes = supplynet.sweep(scenarios, 2, outcomes=("scrapped", spoiled), workers=1)
    for scenario, (_, rows) in zip(scenarios, of_lanes.groupby("scenario"), strict=True):
        assert rows["scrapped"].tolist() == [supplynet.run(scenario).outcomes["scrapped"]] * 2
        assert rows["spoiled"].tolist() == [spoiled(supplynet.run(scenario))] * 2 and rows["spoiled"].min() > 0.0


def spoiled(result):
    return float(result.record["spoiled"].sum())
