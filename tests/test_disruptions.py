"""Disruptions of nodes and lanes: what is left of a capacity or of a lane, and when, worked by hand."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet import engine
from supplynet.balance import Balance
from supplynet.demand import Trace
from supplynet.disruptions import Disruption
from supplynet.distributions import Bernoulli, Poisson
from supplynet.lower import Case
from supplynet.policies.allocation import Uniform
from supplynet.policies.ordering import BaseStock
from supplynet.schema import results
from supplynet.shocks import Shock


def shops(disruptions=(), *, unfilled="backorder", capacity=20.0, stock=10.0, **works):
    """A works with two shops, each a period away, whose customers want 6 and 4 a period."""
    graph = nx.DiGraph()
    graph.add_node("works", kind="factory", ordering=BaseStock(0.0), capacity=capacity, **works)
    for name, wanted in (("north", 6.0), ("south", 4.0)):
        graph.add_node(name, ordering=BaseStock(wanted + stock), on_hand=stock)
        graph.add_node(f"{name} town", kind="customer", demand=wanted)
        graph.add_edge("works", name, order_lead_time=0, shipment_lead_time=1, unfilled=unfilled)
        graph.add_edge(name, f"{name} town", order_lead_time=0, shipment_lead_time=0, unfilled="lost")
    network = supplynet.from_graph(graph, disruptions=disruptions)
    return supplynet.Scenario("shops", network, periods=12)


def played(scenario):
    return supplynet.run(scenario, watchers=lambda ready: (Balance(ready.union),)).record


def of_lane(scenario, record, key, name):
    return record[key][:, scenario.network.lane_names().index(name)].tolist()


def test_disruptions_of_one_place_multiply_where_they_overlap():
    events = [
        Disruption("works", "capacity_factor", 0.5, 2, 4),
        Disruption("works", "capacity_factor", 0.2, 4, 3),
        Disruption("north", "capacity_factor", 0.0, 0, 9),
    ]
    shock = Shock(shops(events).network, "capacity_factor", 8, n_runs=1)
    assert shock.rows.tolist() == [0, 1]
    assert [shock.at(period)[0] for period in range(8)] == [1.0, 1.0, 0.5, 0.5, 0.1, 0.1, 0.2, 1.0]
    assert not Shock(shops(events).network, "open_factor", 8, n_runs=1).rows.size


def test_a_part_of_the_capacity_is_lost_for_a_while_and_the_backlog_is_caught_up():
    # The shops want 10 a period, the works makes at most 20, and 20 * 0.25 = 5 in periods 3 to 5: 5 are owed more each
    # period, 15 in all, and made up 10 a period: 20, then 15.
    scenario = shops([Disruption("works", "capacity_factor", 0.25, 3, 3)])
    started = played(scenario)["production_started"][:, 0].tolist()
    assert started == [10, 10, 10, 5, 5, 5, 20, 15, 10, 10, 10, 10]


def test_what_is_left_of_a_drawn_capacity_is_a_part_of_what_was_drawn():
    whole = shops(capacity=Bernoulli(0.7, 18.0), stock=40.0)
    event = Disruption("works", "capacity_factor", 0.5, 4, 3)
    half = replace(whole, network=replace(whole.network, disruptions=(event,)))
    able = []
    for scenario in (whole, half):
        ready = engine.start([Case(scenario.network)], 12)
        seen = []
        for _ in range(12):
            ready.run(1)
            seen.append(ready.union.state.columns["capacity"][ready.union.layout.row[0]])
        able.append(np.array(seen))
    factor = np.where((np.arange(12) >= 4) & (np.arange(12) < 7), 0.5, 1.0)
    assert able[1].tolist() == (able[0] * factor).tolist() and set(able[0]) == {0.0, 18.0}


def test_a_lane_that_is_closed_lets_nothing_leave_and_owes_it_when_it_opens():
    # What was not sent in periods 3 and 4 is missed in 4 and 5: of 12 wanted, 10 are in stock and 2 are lost, which are
    # not replenished. So 6, 6 and 4 leave in period 5.
    scenario = shops([Disruption("works>north", "open_factor", 0.0, 3, 2)], capacity=np.inf)
    record = played(scenario)
    assert of_lane(scenario, record, "shipment", "works>north") == [6, 6, 6, 0, 0, 16, 6, 6, 6, 6, 6, 6]
    assert of_lane(scenario, record, "shipment", "works>south") == [4] * 12
    assert record["lost"].sum() == 2.0


def test_a_lane_that_is_half_open_carries_half_of_its_normal_order():
    # 3 of 6 leave in periods 3 to 6; the 12 that wait leave in period 7 with the 6 of that day.
    scenario = shops([Disruption("works>north", "open_factor", 0.5, 3, 4)], stock=20.0)
    assert of_lane(scenario, played(scenario), "shipment", "works>north") == [6, 6, 6, 3, 3, 3, 3, 18, 6, 6, 6, 6]


def test_what_cannot_leave_on_a_lane_is_left_to_the_others_under_any_allocation():
    # 8 are made a period in which 10 are wanted; half of the north's 6 is 3, so 4 go south and 3 north, and 1 is kept.
    for rule in (None, Uniform()):
        event = Disruption("works>north", "open_factor", 0.5, 0, 1)
        scenario = shops([event], capacity=8.0, allocation=rule) if rule else shops([event], capacity=8.0)
        record = played(scenario)
        sent = [of_lane(scenario, record, "shipment", f"works>{shop}")[0] for shop in ("north", "south")]
        assert sent == [3.0, 4.0] and record["on_hand"][0, 0] == 1.0


def test_a_sale_that_a_closed_lane_loses_is_not_replenished():
    # The lane is lost-sales, so what it cannot carry is cancelled; a works that counted it would make 6 too many.
    event = Disruption("works>north", "open_factor", 0.0, 3, 2)
    scenario = shops([event], unfilled="lost", capacity=np.inf, stock=20.0)
    network = scenario.network.with_column("node", "ordering", np.array([0]), BaseStock(30.0))
    network = network.with_column("node", "on_hand", np.array([0]), 30.0)
    record = played(replace(scenario, network=network))
    assert (record["on_hand"][:, 0] + record["production_backlog"][:, 0]).max() == 30.0
    assert of_lane(scenario, record, "shipment", "works>north")[3:7] == [0, 0, 18, 6]


def test_stock_that_is_struck_is_scrapped_at_the_end_of_the_period_and_made_again():
    # The north keeps a quarter of its 10 in period 3: 7.5 are scrapped, ordered in period 4 beside the usual 6.
    scenario = shops([Disruption("north", "stock_factor", 0.25, 3, 1)], capacity=np.inf)
    record, at = played(scenario), scenario.network.names.index("north")
    assert record["scrapped"][:, at].tolist() == [0, 0, 0, 7.5, *[0] * 8] and record["scrapped"].sum() == 7.5
    assert record["on_hand"][2:6, at].tolist() == [10, 2.5, 2.5, 10]
    assert of_lane(scenario, record, "order", "works>north")[2:6] == [6, 6, 13.5, 6]


def test_what_spoils_each_period_is_a_part_of_what_is_there():
    scenario = shops(stock=64.0).with_lever("north.stock_factor", 0.5)
    record, at = played(scenario), scenario.network.names.index("north")
    assert record["scrapped"][:2, at].tolist() == [32, 16] and played(shops(stock=64.0))["scrapped"].sum() == 0.0


def test_demand_that_is_struck_is_multiplied_for_a_while():
    events = [Disruption("north town", "demand_factor", part, *when) for part, *when in ((2.0, 2, 3), (0.5, 4, 2))]
    scenario = shops(events)
    record, at = played(scenario), scenario.network.names.index
    assert record["demand"][:, at("north town")].tolist() == [6, 6, 12, 12, 6, 3, *[6] * 6]
    assert record["demand"][:, at("south town")].tolist() == [4] * 12


def test_a_demand_factor_is_a_lever_and_its_luck_is_that_of_the_demand_without_it():
    calm = shops().with_lever("periods", 30)
    calm = replace(calm, network=calm.network.with_column("node", "demand", np.array([2]), Poisson(6.0)))
    grown = calm.with_lever("demand_factor", 1.5)
    for one in (0, 3):
        (was, now) = (supplynet.run(each, replication=one).record["demand"][:, [2, 4]] for each in (calm, grown))
        assert now.tolist() == (1.5 * was).tolist() and was.std() > 0.0
    assert grown.network.node["demand_factor"].tolist() == [1.0, 1.0, 1.5, 1.0, 1.5]


def test_a_constant_factor_is_a_disruption_that_never_ends_and_a_lever():
    scenario = shops().with_levers({"works.capacity_factor": 0.25, "works>north.open_factor": 0.5})
    events = [Disruption("works", "capacity_factor", 0.25, 0, 12), Disruption("works>north", "open_factor", 0.5, 0, 12)]
    for key in results("node"):
        assert played(scenario)[key].tobytes() == played(shops(events))[key].tobytes(), key


def test_a_disruption_of_no_depth_changes_no_byte():
    none = [Disruption("works", "capacity_factor", 1.0, 2, 5), Disruption("works>south", "open_factor", 1.0, 0, 9)]
    none += [Disruption("north", "stock_factor", 1.0, 2, 5), Disruption("north town", "demand_factor", 1.0, 2, 5)]
    none += [Disruption("north", "hoarding", 0.0, 2, 5), Disruption("north", "order_factor", 1.0, 2, 5)]
    none += [Disruption("works>*", "extra_lead_time", 0, 2, 5), Disruption("works>*", "transit_factor", 1.0, 2, 5)]
    calm, record = played(shops()), played(shops(none))
    assert all(record[key].tobytes() == calm[key].tobytes() for key in calm.keys)


def test_each_case_of_a_union_has_its_own_disruptions_and_each_replication_the_same():
    struck = shops([Disruption("works", "capacity_factor", 0.0, 3, 4)], stock=1.0)
    lost = supplynet.replicate(struck, 4, block=3)["lost"]
    assert lost.tolist() == [supplynet.run(struck).outcomes["lost"]] * 4 and lost[0] > 0.0
    ready = engine.start([Case(struck.network), Case(shops(stock=1.0).network)], 12)
    ready.run(6)
    capacity = ready.union.state.columns["capacity"][ready.union.layout.row[[0, 5]]]
    assert capacity.tolist() == [0.0, 20.0]


def test_a_disruption_is_part_of_what_a_network_is_and_of_its_way_through_a_graph():
    events = (Disruption("works", "capacity_factor", 0.0, 3, 4),)
    assert shops(events).network.disruptions == events
    able = Trace((20.0,) * 3 + (0.0,) * 4 + (20.0,) * 5)
    assert played(shops(events))["shipped"].tobytes() == played(shops(capacity=able))["shipped"].tobytes()


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Disruption("work", "capacity_factor", 0.0, 1, 1), "there is no such node; did you mean 'works'"),
        (Disruption("works>nort", "open_factor", 0.0, 1, 1), "there is no such lane; did you mean 'works>north'"),
        (Disruption("works", "capacity", 0.0, 1, 1), "column is 'capacity', must be one of"),
        (Disruption("north town", "demand_factor", -1.0, 1, 1), "factor is -1.0, must be a number >= 0"),
        (Disruption("north town", "demand_factor", np.inf, 1, 1), "factor is inf, must be a number >= 0"),
        (Disruption("works", "capacity_factor", 10**300, 1, 1), r"factor is 1000+, must be a number in \[0, 1\]"),
        (Disruption("works", "capacity_factor", 1.5, 1, 1), r"factor is 1.5, must be a number in \[0, 1\]"),
        (Disruption("works", "capacity_factor", float("nan"), 1, 1), "factor is nan, must be"),
        (Disruption("works>*", "extra_lead_time", 1.5), r"1.5, must be a whole number in \[0, 100,000\]: how many"),
        (Disruption("works>*", "extra_lead_time", 2e5), r"200000.0, must be a whole number in \[0, 100,000\]"),
        (Disruption("works", "capacity_factor", 0.0, -1, 1), "start is -1, must be a whole number >= 0"),
        (Disruption("works", "capacity_factor", 0.0, 1, 0), "duration is 0, must be a whole number >= 1"),
        (Disruption("works", "capacity_factor", 0.0, 1.5, 1), "start is 1.5, must be a whole number"),
    ],
)  # fmt: skip
def test_a_disruption_that_cannot_be_is_refused(event, message):
    with pytest.raises(ValueError, match=message):
        shops([event])


def test_a_demand_factor_is_refused_for_whom_is_no_customer():
    with pytest.raises(ValueError, match="'works': a demand_factor other than 1 is for customers, and it is a factory"):
        played(shops([Disruption("works", "demand_factor", 0.5, 1, 1)]))


def test_a_part_of_an_infinite_capacity_is_refused_and_all_of_it_can_be_lost():
    half, all_of_it = (Disruption("works", "capacity_factor", part, 2, 2) for part in (0.5, 0.0))
    with pytest.raises(ValueError, match="a part of its capacity is lost, but that is infinite"):
        played(shops([half], capacity=np.inf))
    # Both shops live off their stock of 10; the one that sells 6 loses 2 of them: 10 + 10 + 8 are made in period 4.
    assert played(shops([all_of_it], capacity=np.inf))["production_started"][2:5, 0].tolist() == [0.0, 0.0, 28.0]
