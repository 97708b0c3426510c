"""Machines that make lots, worked by hand and against a plain list of jobs in exact fractions."""

from fractions import Fraction
from math import ceil

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet import engine
from supplynet.balance import Balance
from supplynet.demand import Trace
from supplynet.distributions import Bernoulli, Poisson
from supplynet.lower import Case
from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import Kanban, Plan

LATE = 500.0  # wanted by the customer at once, so that all that is made leaves


def works(wanted, *, capacity=np.inf, production_lead_time=0, material=None, **machine):
    """A machine that is to make what a plan says, from nothing or from a material that comes as given."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=Trace((LATE, 0.0)))
    graph.add_node(
        "works", kind="factory", ordering=Plan(wanted), capacity=capacity, production_lead_time=production_lead_time,
        **machine,
    )  # fmt: skip
    graph.add_edge("works", "customer", order_lead_time=0, shipment_lead_time=0)
    if material is not None:
        graph.add_node("quarry", kind="supplier", capacity=Trace(material))
        graph.add_edge("quarry", "works", order_lead_time=0, shipment_lead_time=0, units_per_output=2.0)
    return supplynet.from_graph(graph)


def played(network, periods):
    """What was started, in process at the end, and finished in each period; goods are conserved throughout."""
    scenario = supplynet.Scenario("machine", network, periods=periods, start="empty")
    record = supplynet.run(scenario, watchers=lambda ready: (Balance(ready.union),)).record
    at = network.names.index("works")
    return [record[key][:, at].tolist() for key in ("production_started", "in_process", "production")]


def test_a_slow_machine_makes_one_lot_after_the_other():
    # A lot of 4 takes 0.5 + 4 / 4 = 1.5 periods: the first runs from 0 to 1.5 and is there in period 2, the second runs
    # from 1.5 to 3, the third waits for the 4 that are wanted in period 4 and runs to 5.5. The last 3 are no lot.
    started, in_process, finished = played(works((8.0, 0.0, 0.0, 0.0, 4.0, 3.0), lot=4.0, setup=0.5, unit_time=0.25), 8)
    assert started == [4, 4, 0, 0, 4, 0, 0, 0]
    assert in_process == [4, 8, 4, 0, 4, 4, 0, 0]
    assert finished == [0, 0, 4, 4, 0, 0, 4, 0]


def test_a_quick_machine_makes_several_lots_a_period_and_capacity_counts_whole_lots():
    # A lot of 2 takes a quarter: at most four lots a period; of 11 it makes 8, then 2, and 1 is no lot.
    assert played(works((11.0, 0.0, 0.0), lot=2.0, unit_time=0.125), 3)[0] == [8, 2, 0]
    # A capacity of 5 units allows two lots.
    assert played(works((11.0, 0.0, 0.0), lot=2.0, unit_time=0.125, capacity=5.0), 3)[0] == [4, 4, 2]


def test_what_is_whole_lots_but_for_rounding_is_made():
    assert 0.3 / 0.1 < 3.0
    assert played(works((0.3, 0.0), lot=0.1, unit_time=1.0), 2)[0] == pytest.approx([0.3, 0.0])


def test_a_machine_that_is_down_starts_nothing_and_what_it_has_begun_comes_out():
    able = Trace((9.0, 0.0, 0.0, 9.0))
    started, _, finished = played(works((8.0,), lot=4.0, setup=1.0, unit_time=0.25, capacity=able), 6)
    assert started == [4, 0, 0, 4, 0, 0] and finished == [0, 0, 4, 0, 0, 4]


def test_a_lot_waits_for_all_of_its_material_and_for_the_production_lead_time():
    # A lot of 3 takes 6 of the material, of which 4, 1 and 20 arrive.
    started, _, finished = played(
        works((3.0,), lot=3.0, setup=1.0, material=(4.0, 1.0, 20.0), production_lead_time=2), 7
    )
    assert started == [0, 0, 3, 0, 0, 0, 0] and finished == [0, 0, 0, 0, 0, 3, 0]


@pytest.mark.parametrize("seed", range(6))
def test_a_machine_keeps_the_times_of_a_list_of_jobs(seed):
    random = np.random.default_rng(seed)
    lot, setup, unit_time = int(random.integers(1, 7)), Fraction(int(random.integers(0, 9)), 6), Fraction(1, 8)
    wanted = random.integers(0, 3 * lot, 60) * (random.random(60) < 0.4)
    free, backlog, expected = Fraction(0), 0, np.zeros((2, 60))
    for period, asked in enumerate(wanted.tolist()):
        backlog += asked
        free = max(free, Fraction(period))
        while backlog >= lot and free < period + 1:
            backlog -= lot
            expected[0, period] += lot
            free += setup + lot * unit_time
            if ceil(free) < 60:
                expected[1, ceil(free)] += lot
    network = works(tuple(wanted.astype(float)), lot=float(lot), setup=float(setup), unit_time=float(unit_time))
    started, _, finished = played(network, 60)
    assert started == expected[0].tolist() and finished == expected[1].tolist()


def test_rules_know_how_long_a_machine_takes():
    network = works((1.0,), lot=4.0, setup=0.5, unit_time=0.25, production_lead_time=3)
    assert engine.start([Case(network)], 1).union.prepared[0].node["coverage"].tolist()[1] == 3 + 2


@pytest.mark.parametrize(
    ("machine", "message"),
    [
        ({"lot": 4.0}, "lot is 4, but a lot takes no machine time; give setup or unit_time"),
        ({"setup": 1.0}, "setup and unit_time are those of a lot, and it has none; give lot"),
        ({"lot": -1.0, "setup": 1.0}, "lot is -1.0, must be a number >= 0"),
        ({"lot": np.inf, "setup": 1.0}, "lot is inf, must be a number >= 0"),
    ],
)
def test_a_machine_that_cannot_be_is_refused(machine, message):
    with pytest.raises(ValueError, match=message):
        played(works((1.0,), **machine), 2)


@pytest.mark.parametrize(
    ("ordering", "capacity", "message"),
    [
        (Plan((9.0,)), 15.0, "lot is 20, more than its capacity, 15, so that no lot could ever start"),
        (Plan((9.0,)), Bernoulli(0.5, 15.0), "lot is 20, more than its capacity, 15"),
        (Kanban(3, 5.0), np.inf, "lot is 20, more than what its cards allow, 15"),
    ],
)
def test_a_machine_that_could_never_start_a_lot_is_refused(ordering, capacity, message):
    network = works((1.0,), lot=20.0, setup=1.0, capacity=capacity)
    with pytest.raises(ValueError, match=message):
        supplynet.run(supplynet.Scenario("stuck", network.with_column("node", "ordering", np.array([1]), ordering)))


def test_withdrawal_cards_before_a_machine_with_lots_are_never_exceeded():
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Poisson(6.0))
    graph.add_node(
        "works", kind="factory", ordering=Kanban(8, 5.0), input_rule=WithdrawalCards(6, 5.0), on_hand=20.0,
        lot=20.0, setup=0.5, unit_time=0.1,
    )  # fmt: skip
    graph.add_node("store", kind="supplier")
    graph.add_edge("store", "works", order_lead_time=0, shipment_lead_time=1, input_stock=30.0)
    graph.add_edge("works", "market", order_lead_time=0, shipment_lead_time=0)
    record = supplynet.run(supplynet.Scenario("lots", supplynet.from_graph(graph), periods=500)).record
    held, on_order = record["input_stock"][:, 1], record["on_order"][:, 1]
    assert (np.floor(held / 5.0 + 1e-9) + on_order / 5.0).max() <= 6.0 and record["shipped"][:, 1].sum() > 2000.0
