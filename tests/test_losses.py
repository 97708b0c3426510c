"""What a disruption costs and how far it carries, worked by hand. Tables are [period, node]."""

import numpy as np
import pytest

import supplynet
from supplynet import Scenario
from supplynet.disruptions import Disruption
from supplynet.firms import firm_network
from supplynet.losses import (
    cascade_depth,
    cascade_size,
    depths,
    direct_loss,
    first_struck,
    indirect_loss,
    shortage_periods,
    struck,
    time_to_recover,
    time_to_survive,
    value_lost,
)
from supplynet.network import tiers_of
from supplynet.topologies import Firms, IoTable, firms_of

NORMAL = np.array([10.0, 20.0, 5.0])
OUTPUT = np.array([[10.0, 20.0, 5.0], [0.0, 20.0, 5.0], [5.0, 8.0, 5.0], [10.0, 20.0, 1.0], [11.0, 19.9, 5.0]])
FACTOR = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0], [0.5, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
VALUE = np.array([0.5, 0.25, 1.0])


def test_value_lost_is_what_is_missing_of_each_output_times_its_value():
    # 10 * .5; 5 * .5 + 12 * .25; 4 * 1; and one more of the first makes up for .1 of the second
    assert value_lost(OUTPUT, NORMAL, VALUE) == pytest.approx([0.0, 5.0, 5.5, 4.0, -0.5 + 0.025])


def test_direct_loss_is_that_of_who_is_hit_and_indirect_loss_the_rest():
    assert direct_loss(FACTOR, NORMAL, VALUE) == pytest.approx([0.0, 5.0, 2.5, 0.0, 0.0])
    assert indirect_loss(OUTPUT, FACTOR, NORMAL, VALUE) == pytest.approx([0.0, 0.0, 3.0, 4.0, -0.475])


def test_losses_are_the_same_beside_an_undisturbed_record_as_beside_normal_outputs():
    undisturbed = np.tile(NORMAL, (5, 1))
    for measure in (value_lost, lambda *given: indirect_loss(given[0], FACTOR, *given[1:])):
        assert np.array_equal(measure(OUTPUT, NORMAL, VALUE), measure(OUTPUT, undisturbed, VALUE))


def test_a_node_is_struck_where_it_makes_less_than_normal_by_more_than_the_tolerance():
    assert struck(OUTPUT, NORMAL).astype(int).tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert cascade_size(OUTPUT, NORMAL).tolist() == [0, 1, 2, 1, 0]
    assert cascade_size(OUTPUT, NORMAL, 0.001).tolist() == [0, 1, 2, 1, 1]
    assert cascade_size(OUTPUT, NORMAL, 0.6).tolist() == [0, 1, 0, 1, 0]
    assert first_struck(OUTPUT, NORMAL).tolist() == [1, 2, 3] and first_struck(OUTPUT[:2], NORMAL).tolist() == [
        1,
        -1,
        -1,
    ]


def test_a_cascade_goes_by_the_fewest_lanes_and_never_back_in_time():
    # 0 -> 1 -> 2 -> 3, and 0 -> 3, which is struck before 2; 4 is never struck, 5 is, but nobody struck supplies it
    first, hit = np.array([0, 2, 5, 4, -1, 1]), np.array([True, False, False, False, False, False])
    source, target = np.array([0, 1, 2, 0, 3, 4]), np.array([1, 2, 3, 3, 4, 5])
    assert depths(hit, first, source, target).tolist() == [0, 1, 2, 1, -1, -1]
    late = np.array([0, 5, 2, 4, -1, 1])  # 2 is struck before 1 is, so it was not by way of 1; but by 3, the other way
    assert depths(hit, late, source, target).tolist() == [0, 1, -1, 1, -1, -1]
    both = np.concatenate([source, target]), np.concatenate([target, source])
    assert depths(hit, np.array([0, 5, 4, 4, -1, 1]), *both).tolist() == [0, 1, 2, 1, -1, -1]


def test_a_cascade_is_as_deep_as_the_deepest_node_that_is_struck():
    hit = struck(OUTPUT, NORMAL)
    assert cascade_depth(np.array([0, 1, 2]), hit).tolist() == [-1, 0, 1, 2, -1]


def test_time_to_survive_and_to_recover_count_from_the_start_of_the_disruption():
    steady = np.tile(4.0, (5, 1))
    output, normal = np.hstack([OUTPUT, steady]), np.append(NORMAL, 4.0)
    assert time_to_survive(output, normal, start=1).tolist() == [0.0, 1.0, 2.0, np.inf]
    assert time_to_recover(output, normal, start=1).tolist() == [2.0, 2.0, 3.0, 0.0]
    assert time_to_recover(output[:4], normal, start=1).tolist() == [2.0, 2.0, np.inf, 0.0]
    relapses = np.array([[1.0], [0.0], [1.0], [0.0], [1.0]])
    assert time_to_recover(relapses, np.ones(1)).tolist() == [4.0] and time_to_survive(relapses, np.ones(1)) == [1.0]
    assert time_to_survive(relapses, np.ones((5, 1)), start=2).tolist() == [1.0]


@pytest.mark.parametrize("measure", [time_to_survive, time_to_recover])
@pytest.mark.parametrize("start", [5, -1])
def test_a_start_that_is_no_period_of_the_output_is_refused(measure, start):
    with pytest.raises(ValueError, match=f"start is {start}, must be one of the 5 periods of the output, 0 to 4"):
        measure(OUTPUT, NORMAL, start=start)


def test_periods_of_shortage_are_a_mean_over_the_nodes_of_a_group():
    short = np.array([[0.0, 1.0, 0.1, 2.0], [0.0, 3.0, 1.0, 1.0]])
    mean = shortage_periods(short, np.array([10.0, 10.0, 10.0, 1.0]), np.array([0, 2, 2, -1]))
    assert mean[[0, 2]].tolist() == [0.0, 1.5] and np.isnan(mean[1])
    assert shortage_periods(short, np.array([10.0, 10.0, 10.0, 1.0]), np.array([0, 2, 2, -1]), 0.001)[2] == 2.0


def test_undisturbed_firms_are_never_short_though_roundings_remain():
    table = IoTable(("farms", "industry"), np.array([[10.0, 20.0], [30.0, 40.0]]), np.array([60.0, 150.0]))
    network = firm_network(firms_of(table, 30))
    record = supplynet.run(Scenario("calm", network, 30)).record
    unmet = record["backlog"] + record["lost"]
    assert (unmet > 0.0).any(), "customers ask for a hair more than there is"
    assert shortage_periods(unmet, network.node["normal_output"], tiers_of(network)).tolist() == [0.0, 0.0]


def row_of_firms(n_firms):
    """Firms in a row, each a sector of its own that makes 100 a day and adds 20 of it, but the last, which adds 100."""
    flow = np.diag(np.full(n_firms - 1, 80.0), 1)
    table = IoTable(tuple("abcdefgh"[:n_firms]), flow, np.full(n_firms, 100.0))
    final = table.final_demand
    at = np.arange(n_firms)
    return Firms(table, at, table.output, final, table.value_added, at[:-1], at[1:], np.full(n_firms - 1, 80.0))


@pytest.mark.parametrize(("shut", "cover"), [(12, 3), (20, 4)])
def test_in_a_row_of_firms_a_stop_comes_a_cover_later_to_each_next_one_and_costs_what_its_stock_does_not(shut, cover):
    firms, n = row_of_firms(4), 4
    event = Disruption("a 1", "capacity_factor", 0.0, 5, shut)
    network = firm_network(firms, cover=float(cover), disruptions=[event])
    output = supplynet.run(Scenario("row", network, 150)).record["production"][:, :n]
    factor = np.ones((150, n))
    factor[5 : 5 + shut, 0] = 0.0
    value = firms.value_added / firms.output
    assert time_to_survive(output, firms.output, 5).tolist() == [hop * cover for hop in range(n)]
    assert direct_loss(factor, firms.output, value).sum() == pytest.approx(shut * firms.value_added[0])
    lost = (firms.output - output).sum(axis=0) / firms.output
    least = np.array([max(0.0, shut - hop * cover) for hop in range(n)])
    assert (lost >= least - 1e-9).all(), "stock is used once, and it takes time to fill it again"
    total = value_lost(output, firms.output, value).sum()
    assert total == pytest.approx((lost * firms.value_added).sum())
    assert indirect_loss(output, factor, firms.output, value).sum() == pytest.approx(
        total - shut * firms.value_added[0]
    )
    first = first_struck(output, firms.output)
    assert depths(factor.min(axis=0) < 1.0, first, firms.supplier, firms.customer).tolist() == [0, 1, 2, 3]


def test_an_undisturbed_run_loses_nothing():
    firms = row_of_firms(3)
    output = supplynet.run(Scenario("row", firm_network(firms), 20)).record["production"][:, :3]
    assert not struck(output, firms.output, 1e-9).any()
    assert value_lost(output, firms.output, np.ones(3)) == pytest.approx(np.zeros(20), abs=1e-9)
    assert time_to_recover(output, firms.output).tolist() == [0.0] * 3
    assert np.isinf(time_to_survive(output, firms.output)).all()
