"""What disruptions did to a run: by hand on a chain, the same as the parts it is made of, in the shell and in files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from shell import shell

import supplynet
from supplynet import Keep, Scenario, from_graph, plot
from supplynet.damage import LOSSES, SHORTAGES, damage
from supplynet.demand import Trace
from supplynet.disruptions import Disruption
from supplynet.distributions import Poisson
from supplynet.firms import firm_network
from supplynet.losses import direct_loss, value_lost
from supplynet.policies.ordering import BaseStock
from supplynet.processes.outages import Outages
from supplynet.topologies import IoTable, firms_of
from supplynet.words.disruptions import effect

pytestmark = pytest.mark.usefixtures("folder")
OUT = Disruption("mine", "capacity_factor", 0.0, 5, 3)
MILL = ("flour-2020", "--disrupt", "mill,capacity_factor,0,20,5", "--periods", "40")


def chain(*events, stock=10.0, prices=(), demand=10.0):
    """Mine, works and shop, a period apart, each but the mine with a stock; sales that fail are lost."""
    graph = nx.DiGraph()
    graph.add_node("mine", kind="supplier")
    for name in ("works", "shop"):
        graph.add_node(name, ordering=BaseStock(10.0 + stock), on_hand=stock)
    graph.add_node("buyers", kind="customer", demand=demand)
    graph.add_edge("mine", "works")
    graph.add_edge("works", "shop")
    graph.add_edge("shop", "buyers", shipment_lead_time=0, unfilled="lost")
    for name, price in zip(("mine", "works", "shop"), prices, strict=False):
        graph.nodes[name]["price"] = price
    return Scenario("chain", from_graph(graph, disruptions=events), periods=30)


def of(scenario, **keep):
    return supplynet.run(scenario, **keep).damage


def test_times_to_survive_are_the_stocks_on_the_way_and_times_to_recover_end_the_shortages():
    nodes = of(chain(OUT)).nodes.set_index("node")
    # the mine is short at once; the works has a period more for the way and one of stock, the shop twice that
    assert nodes["time_to_survive"].to_dict() == {"mine": 0.0, "works": 2.0, "shop": 4.0, "buyers": 4.0}
    assert nodes["time_to_recover"].to_dict() == {"mine": 3.0, "works": 4.0, "shop": 5.0, "buyers": 5.0}
    assert nodes["shortage_periods"].to_dict() == {"mine": 3.0, "works": 2.0, "shop": 1.0, "buyers": 1.0}
    assert nodes["depth"].to_dict() == {"mine": 0, "works": 1, "shop": 2, "buyers": 3}
    assert nodes["hit"].to_dict() == {"mine": True, "works": False, "shop": False, "buyers": False}


def test_the_first_shortage_of_a_node_names_its_cause_and_its_supplier():
    nodes = of(chain(OUT)).nodes.set_index("node")
    told = nodes[["first_shortage", "cause", "supplier"]].to_dict("index")
    assert tuple(told["mine"].values()) == (5, "capacity", "")
    assert tuple(told["works"].values()) == (7, "input", "mine")
    assert tuple(told["shop"].values()) == (9, "input", "works")
    assert tuple(told["buyers"].values()) == (-1, "", ""), "customers are not traced"


def test_a_cascade_is_counted_among_firms_by_period_and_as_deep_as_the_farthest_who_is_short():
    told = of(chain(OUT)).periods
    assert told["cascade_size"].tolist()[4:11] == [0, 1, 1, 2, 1, 1, 0]
    assert told["cascade_depth"].tolist()[4:11] == [-1, 0, 0, 1, 1, 2, -1]


def test_a_tier_has_the_least_time_to_survive_the_greatest_to_recover_and_the_mean_shortage():
    tiers = of(chain(OUT)).tiers.set_index("tier")
    assert tiers.index.tolist() == [0, 1, 2, 3] and tiers["nodes"].tolist() == [1, 1, 1, 1]
    assert tiers["time_to_survive"].tolist() == [4.0, 4.0, 2.0, 0.0] and tiers["short"].tolist() == [1, 1, 1, 1]
    assert tiers["shortage_periods"].tolist() == [1.0, 1.0, 2.0, 3.0] and tiers["hit"].tolist() == [0, 0, 0, 1]


def test_with_prices_losses_are_money_and_a_sale_lost_is_its_margins_lost():
    found = of(chain(OUT, prices=(2.0, 5.0, 9.0)))
    # 3 * 10 are not mined; 10 sales are lost for good, and each would have brought 2 + 3 + 4
    assert (found.unit, found.direct_loss) == ("money", pytest.approx(60.0))
    assert found.value_added_lost == pytest.approx(10 * 9.0)
    assert found.indirect_loss == pytest.approx(30.0)
    assert found.nodes["value_added_lost"].sum() == pytest.approx(found.periods["value_added_lost"].sum())
    assert found.nodes.set_index("node")["value_added_lost"].to_dict() == pytest.approx(
        {"mine": 20.0, "works": 30.0, "shop": 40.0, "buyers": 0.0}
    )


def test_what_has_no_price_passes_on_at_the_cost_of_its_inputs():
    found = of(chain(OUT, prices=(2.0, 0.0, 9.0))).nodes.set_index("node")["value_added_lost"]
    assert found.to_dict() == pytest.approx({"mine": 20.0, "works": 0.0, "shop": 70.0, "buyers": 0.0})


def test_without_prices_units_made_are_counted():
    found = of(chain(OUT))
    assert (found.unit, found.direct_loss, found.value_added_lost) == (
        "units made", pytest.approx(30.0), pytest.approx(30.0),
    )  # fmt: skip


def test_capacity_that_is_not_needed_is_no_direct_loss():
    scenario = chain(Disruption("mine", "capacity_factor", 0.5, 5, 3))
    wide = scenario.with_lever("mine.capacity", 20.0)
    assert of(wide).direct_loss == 0.0
    assert of(scenario.with_lever("mine.capacity", 10.0)).direct_loss == pytest.approx(15.0)


def test_the_undisturbed_run_has_the_same_luck():
    never = Disruption("mine", "capacity_factor", Outages(1.0, fails=1e-12, mends=1.0))
    result = supplynet.run(chain(never, demand=Poisson(10.0)).with_lever("mine.capacity", 99.0), replication=3)
    assert np.array_equal(result.record["production_started"], result.undisturbed.record["production_started"])
    assert result.damage.value_added_lost == 0.0 and result.damage.periods["cascade_size"].max() == 0
    assert not result.damage.nodes["hit"].any(), "a process that changed nothing hit nobody"


def test_shortages_that_would_have_been_there_anyway_are_no_damage():
    slow = Disruption("shop", "capacity_factor", 0.0, 25, 1)
    early = chain(OUT)
    anyway = chain(slow).with_lever("works.on_hand", 0.0)
    assert of(early).nodes["shortage_periods"].sum() > 0
    calm = of(anyway).nodes.set_index("node")
    assert calm.loc["works", "shortage_periods"] == 0.0 and calm.loc["works", "first_shortage"] == -1


def firms_struck():
    flows = np.array([[10.0, 20.0, 5.0], [30.0, 40.0, 20.0], [5.0, 30.0, 15.0]])
    firms = firms_of(IoTable(("farms", "industry", "services"), flows, np.array([60.0, 150.0, 120.0])), 60)
    shut = Disruption("sector=farms", "capacity_factor", 0.0, 3, 7)
    return firms, Scenario("shut", firm_network(firms, cover=5.0, disruptions=[shut]), periods=40)


def test_losses_of_firms_are_those_of_losses_done_by_hand():
    firms, scenario = firms_struck()
    result = supplynet.run(scenario)
    n, found = firms.n_firms, result.damage
    value = 1.0 - np.bincount(firms.customer, firms.flow, n) / firms.output
    factor = np.ones((40, n))
    factor[3:10, firms.sector == 0] = 0.0
    made = result.record["production"][:, :n]
    assert found.unit == "money"
    assert found.direct_loss == pytest.approx(direct_loss(factor, firms.output, value).sum())
    assert found.value_added_lost == pytest.approx(value_lost(made, firms.output, value).sum(), rel=1e-6)
    own = np.append(firms.value_added / firms.output, np.zeros(result.scenario.network.n_nodes - n))
    given = damage(result.record, result.undisturbed.record, value=own)
    assert given.value_added_lost == pytest.approx(value_lost(made, firms.output, own[:n]).sum(), rel=1e-6)


def test_a_record_of_production_alone_tells_losses_and_says_what_is_left_out():
    _, scenario = firms_struck()
    whole = of(scenario)
    part = of(scenario, keep=Keep(LOSSES))
    assert part.value_added_lost == whole.value_added_lost and "cascade_size" not in part.periods
    assert "lane_backlog" in part.left_out and not part.tells_causes and whole.left_out == ""
    more = of(scenario, keep=Keep(LOSSES + SHORTAGES))
    assert more.periods.equals(whole.periods) and "causes" in more.left_out and not more.tells_causes


def test_sums_and_undisturbed_runs_have_no_damage_and_say_why():
    with pytest.raises(ValueError, match=r"production_started of every node.*keep=Keep\(\('production_started'"):
        _ = of(chain(OUT), keep=Keep(by="kind"))
    with pytest.raises(ValueError, match="nothing strikes it; add disruptions"):
        _ = of(chain())


def test_run_prints_what_struck_and_what_it_did():
    told = " ".join(shell("run", *MILL).stdout.split())
    assert "mill: 0 % of capacity is left, periods 20 to 24" in told
    assert "At worst 7 firms were short at once" in told and "survives" in told
    assert "What the disruptions did" not in shell("run", "flour-2020").stdout


def test_json_has_the_damage_under_a_key_and_out_saves_it():
    told = json.loads(shell("run", *MILL, "--out", "one", "--json").stdout)["damage"]
    event = Disruption("mill", "capacity_factor", 0.0, 20, 5)
    found = supplynet.run(supplynet.load("flour-2020").with_lever("periods", 40).with_disruptions([event])).damage
    assert told["value_added_lost"] == found.value_added_lost and told["unit"] == "units made"
    assert told["nodes"]["mill"]["time_to_survive"] == 1.0 and told["nodes"]["grain"]["time_to_survive"] is None
    assert [tier["nodes"] for tier in told["tiers"]] == [4, 4, 2, 1, 1] and len(told["periods"]) == 40
    assert json.loads(Path("one/outcomes.json").read_text())["damage"] == told
    pd.testing.assert_frame_equal(pd.read_parquet("one/damage.parquet"), found.nodes, check_dtype=False)
    assert len(pd.read_parquet("one/shortages.parquet")) == len(found.shortages) > 0
    again = shell("run", "flour-2020", "--out", "one", "--json")
    assert "damage" not in json.loads(again.stdout) and not Path("one/damage.parquet").exists()


def test_show_lists_disruptions_in_words():
    told = shell("show", "jit-covid").stdout
    assert "drivers: demand is 0.5 times as high, periods 60 to 119" in told
    assert "drivers: demand is 1.1 times as high, from period 120 on" in told
    assert "chipmaker: 0 % of capacity is left, periods 120 to 179" in told
    assert "Disruptions" not in shell("show", "flour-2020").stdout


def test_pictures_of_a_run_shade_what_is_struck_and_say_by_what():
    late = Disruption("works>shop", "extra_lead_time", 2, 20, 4)
    again = Disruption("works", "capacity_factor", 0.0, 12, 2)
    ax = plot.orders_by_tier(supplynet.run(chain(OUT, late, again)))
    assert [(patch.get_x(), patch.get_width()) for patch in ax.patches] == [(5, 3), (20, 4), (12, 2)]
    words = [text.get_text() for text in ax.texts]
    assert "mine: 0 % of capacity is left" in words and "works>shop: goods take 2 periods longer" in words


def test_a_long_schedule_is_told_by_its_range_and_a_short_process_as_it_is_written():
    schedule = Disruption("mine", "capacity_factor", Trace(tuple(np.linspace(0.25, 1.0, 60).tolist())))
    assert effect(schedule) == "capacity_factor follows a trace of 0.25 to 1"
    assert effect(replace(schedule, factor=Outages(1.0, 0.1, 0.2))) == "capacity_factor follows outages(1, 0.1, 0.2)"
