"""What disruptions make of a column: their shapes, whom a label means, what is random, and what they do to goods."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from test_disruptions import of_lane, played, shops

import supplynet
from supplynet.demand import Trace
from supplynet.disruptions import Disruption
from supplynet.distributions import Bernoulli
from supplynet.network import addresses_of
from supplynet.prepare import prepare
from supplynet.shocks import Shock


def levels(column="capacity_factor", periods=12, **event):
    return Disruption("works", column, **event).levels(periods)


def test_recoveries_end_at_the_normal_state_in_the_shape_that_was_said():
    struck = {"factor": 0.2, "start": 1, "duration": 2}
    sudden = levels(**struck)
    np.testing.assert_allclose(sudden, [1, 0.2, 0.2, *[1] * 9])
    linear = levels(**struck, recovery="linear", recovery_periods=3)
    np.testing.assert_allclose(linear, [1, 0.2, 0.2, 0.4, 0.6, 0.8, *[1] * 6])
    steps = levels(**struck, recovery="stepwise", recovery_periods=7)
    np.testing.assert_allclose(steps, [1, 0.2, 0.2, 0.2, 0.4, 0.4, 0.6, 0.6, 0.8, 0.8, 1, 1])
    decay = levels(**struck, recovery="exponential", recovery_periods=4)
    np.testing.assert_allclose(decay[3:], 1 - 0.8 * np.exp(-np.arange(1, 10) / 4))
    assert levels(periods=100, **struck, recovery="exponential", recovery_periods=4)[-1] == 1.0


def test_a_disruption_without_an_end_lasts_and_one_that_follows_a_process_follows_it():
    np.testing.assert_allclose(levels(factor=0.5, start=9), [*[1] * 9, 0.5, 0.5, 0.5])
    course = levels(factor=Trace((0.9, 0.7, 0.8)), start=2, duration=4)
    np.testing.assert_allclose(course, [1, 1, 0.9, 0.7, 0.8, 0.8, *[1] * 6])


def test_what_is_added_adds_up_and_recovers_to_nothing_in_whole_periods():
    late = {"column": "extra_lead_time", "factor": 4, "start": 1, "duration": 2}
    assert levels(**late, recovery="linear", recovery_periods=3).tolist() == [0, 4, 4, 3, 2, 1, *[0] * 6]
    events = [Disruption("works>north", "extra_lead_time", 2, 0, 3), Disruption("*>north", "extra_lead_time", 1, 1, 1)]
    shock = Shock(shops(events).network, "extra_lead_time", 5, n_runs=2)
    assert [shock.at(period).tolist() for period in range(4)] == [[2, 2], [3, 3], [2, 2], [0, 0]]


def test_labels_mean_all_nodes_that_have_them_and_lanes_are_named_by_their_ends():
    network = shops().network
    regions = np.array(["east", "west", "west", "east", "east"], object)
    addresses = addresses_of(replace(network, node={**network.node, "region": regions}))
    assert [network.names[at] for at in addresses.rows("region=west", "node")] == ["north", "north town"]
    assert [network.names[at] for at in addresses.rows("kind=customer", "node")] == ["north town", "south town"]
    assert [network.names[at] for at in addresses.rows("tier=2", "node")] == ["works"]
    names = network.lane_names()
    assert [names[at] for at in addresses.rows("works>*", "lane")] == ["works>north", "works>south"]
    assert [names[at] for at in addresses.rows("region=east>region=west", "lane")] == ["works>north"]


@pytest.mark.parametrize(
    ("where", "column", "message"),
    [
        ("region=nowhere", "capacity_factor", "there is no region 'nowhere'; no node has a region"),
        ("kind=custommer", "demand_factor", "there is no kind 'custommer'; did you mean 'customer'"),
        ("colour=red", "capacity_factor", "'colour' is not a label; known: kind, product"),
        ("works", "open_factor", "there is no lane 'works'; a lane is SUPPLIER>CUSTOMER"),
        ("north>works", "open_factor", "there is no such lane; known: works>north"),
    ],
)
def test_an_address_that_means_nothing_is_refused(where, column, message):
    with pytest.raises(ValueError, match=message):
        shops([Disruption(where, column, 0.5, 1, 1)])


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"recovery": "slow"}, "recovery is 'slow', must be one of sudden"),
        ({"recovery": "linear"}, "recovery_periods is 0; say how long"),
        ({"recovery_periods": 3}, "recovery is sudden, but recovery_periods is 3"),
        ({"duration": -2}, "duration is -2, must be a whole number >= 1"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(event, message):
    with pytest.raises(ValueError, match=message):
        shops([Disruption("works", "capacity_factor", **{"factor": 0.5, "duration": 2, **event})])


def test_a_process_that_leaves_the_range_is_refused_when_it_is_played():
    event = Disruption("works", "capacity_factor", Trace((0.5, 1.5)))
    with pytest.raises(ValueError, match=r"gives 0.5 to 1.5, must stay in \[0, 1\]"):
        played(shops([event]))


def test_an_event_beyond_the_horizon_is_refused():
    with pytest.raises(ValueError, match="disruption of 'works': start is 12, must be below the 12 periods"):
        shops([Disruption("works", "capacity_factor", 0.0, 12, 5)])


def test_random_outages_differ_by_node_and_run_or_are_shared_and_keep_their_luck():
    apart = [Disruption("kind=distributor", "capacity_factor", Bernoulli(0.5, 1.0))]
    shared = [replace(apart[0], together=True)]
    seen = {}
    for name, events in (("apart", apart), ("shared", shared)):
        shock = Shock(shops(events).network, "capacity_factor", 400, n_runs=2)
        shock.deal(7, np.array([0, 3]))
        seen[name] = np.array([shock.at(period) for period in range(400)]).reshape(400, 2, 2)
        alone = Shock(shops(events).network, "capacity_factor", 400, n_runs=1)
        alone.deal(7, np.array([3]))
        assert np.array([alone.at(period) for period in range(400)]).tolist() == seen[name][:, 1].tolist()
    assert np.array_equal(seen["shared"][:, :, 0], seen["shared"][:, :, 1])
    # Independent fair coins agree half of the time: 400 pairs, a standard error of 1/40.
    first = seen["apart"][:, 0, 0]
    for other in (seen["apart"][:, 0, 1], seen["apart"][:, 1, 0]):
        assert abs((first == other).mean() - 0.5) < 4 / 40


def test_goods_that_are_destroyed_on_their_way_are_ordered_again():
    # 6 are shipped in period 3 and half of them destroyed; the shop serves from its 10 and orders 3 more.
    scenario = shops([Disruption("works>north", "transit_factor", 0.5, 3, 1)], capacity=np.inf)
    record = played(scenario)
    assert of_lane(scenario, record, "destroyed", "works>north")[2:5] == [0, 3, 0]
    assert of_lane(scenario, record, "received", "works>north")[3:7] == [6, 3, 9, 6]
    assert of_lane(scenario, record, "on_order", "works>north")[2:4] == [6, 3]


def test_stock_of_inputs_spoils_with_the_rest():
    scenario = shops([Disruption("north", "stock_factor", 0.5, 3, 1)], capacity=np.inf)
    network = scenario.network.with_column("input", "target", np.array([0]), 8.0)
    scenario = replace(scenario, network=network)
    record = played(scenario)
    calm = played(replace(scenario, network=replace(network, disruptions=())))
    held = of_lane(scenario, calm, "input_stock", "works>north")[3]
    assert held > 0.0 and of_lane(scenario, record, "spoiled", "works>north") == [0, 0, 0, held / 2, *[0] * 8]


def test_longer_lead_times_delay_goods_shipped_in_that_time_only():
    scenario = shops([Disruption("works>north", "extra_lead_time", 2, 3, 1)], capacity=np.inf)
    assert of_lane(scenario, played(scenario), "received", "works>north")[3:8] == [6, 0, 6, 12, 6]


def test_room_for_late_goods_is_made_for_the_most_that_is_added_at_once_however_long_it_lasts():
    def room(*events):
        tracemalloc.start()
        made = prepare(shops(events).network, "steady").lane["transport_size"].tolist()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10_000_000, "bytes"
        return made

    def late(*when, **recovery):
        return Disruption("works>north", "extra_lead_time", 2, *when, **recovery)

    calm = room()
    fades = {"recovery": "linear", "recovery_periods": 10**7}
    for events, more in [([late(5, 10**7)], 2), ([late(1, 3), late(3, 2)], 4), ([late(1, 3), late(4, 2)], 2),
                         ([late(1, 2, **fades), late(5, 2)], 4)]:  # fmt: skip
        assert [now - was for now, was in zip(room(*events), calm, strict=True)] == [more, 0, 0, 0]


def test_an_order_stop_holds_orders_back_and_they_come_when_it_ends():
    scenario = shops([Disruption("north", "order_factor", 0.0, 3, 2)], capacity=np.inf)
    assert of_lane(scenario, played(scenario), "order", "works>north")[2:7] == [6, 0, 0, 16, 6]


def test_hoarding_fills_a_pantry_and_empties_it_again():
    # Households want two periods of their 6 beside: 12 more in period 3, and none for two periods when it is over.
    scenario = shops([Disruption("north town", "hoarding", 2.0, 3, 2)], capacity=np.inf, stock=30.0)
    record = played(scenario)
    assert of_lane(scenario, record, "order", "north>north town")[2:8] == [6, 18, 6, 0, 0, 6]
    assert record["demand"][:, 2].tolist() == [6.0] * 12


def test_a_shocked_run_in_a_union_equals_the_run_alone_bit_for_bit():
    events = [Disruption("kind=distributor", "capacity_factor", Bernoulli(0.6, 1.0), 2),
              Disruption("works>*", "extra_lead_time", 1, 3, 4, "linear", 2)]  # fmt: skip
    scenario = shops(events, stock=2.0)
    network = scenario.network.with_column("node", "capacity", np.array([1, 3]), 40.0)
    scenario = replace(scenario, network=network)
    lost = supplynet.replicate(scenario, 9, block=4)["lost"]
    assert lost.tolist() == [supplynet.run(scenario, replication=at).outcomes["lost"] for at in range(9)]
    assert lost.std() > 0.0
