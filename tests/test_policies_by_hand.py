"""Every rule decides as worked by hand, and every allocation rule shares out just what there is."""

import numpy as np
import pytest
from deciding import decides, gathered, rules_of_the_package

from supplynet.policies.allocation import FinalDemand, Priority, Proportional, Uniform, WaterFill
from supplynet.policies.contract import AllocationRule, Local, open_memory, stack

DECIDED = gathered("DECIDED")  # rule, columns that stay, what it sees each period, what it decides each period
SHARED = gathered("SHARED")  # rule, on hand, columns of the lanes, shipments
ALLOCATIONS = [rule for rule in gathered("EXAMPLES") if isinstance(rule, AllocationRule)]
each_allocation = pytest.mark.parametrize("rule", ALLOCATIONS, ids=repr)


def test_every_rule_of_the_package_has_a_table_here():
    found, here = set(rules_of_the_package()), {type(case[0]) for case in DECIDED + SHARED}
    assert found == here, f"add a table for {found - here}"
    assert {kind for kind in found if issubclass(kind, AllocationRule)} == {type(rule) for rule in ALLOCATIONS}


@pytest.mark.parametrize(("rule", "stays", "seen", "decided"), DECIDED, ids=[repr(case[0]) for case in DECIDED])
def test_a_rule_decides_as_worked_by_hand(rule, stays, seen, decided):
    # One node, with one input of one lane where the table does not say otherwise.
    size = len(decided[0])
    rule = stack([rule], np.zeros(size, np.int64))
    decide, *_, written_in, remembered_in = decides(rule)
    memory = open_memory(rule, size if written_in == remembered_in else 1, lambda name: np.array(stays[name]))
    offsets = {"first_input": [0, 1], "first_end": [0, 1]}
    for period, (columns, expected) in enumerate(zip(seen, decided, strict=True)):
        local = Local({name: np.array(values) for name, values in (offsets | stays | columns).items()}, memory)
        local.period = period
        written = np.full(size, np.nan)
        decide(local, written)
        assert written.tolist() == pytest.approx(expected, rel=1e-12, abs=1e-12), f"in period {period}"


def shared(rule, on_hand, lanes, *, rows=None):
    """The shipments [node, lane] of a rule; columns of the lanes are [node, lane], what is not given is zero."""
    lanes = {name: np.atleast_2d(np.asarray(column, float)) for name, column in lanes.items()}
    nodes, each = lanes["lane_backlog"].shape
    columns = {name: np.zeros(nodes * each) for name in rule.allocate.arguments[3:]}
    columns |= {name: column.ravel() for name, column in lanes.items()}
    if "to_customer" in columns:
        columns["to_customer"] = columns["to_customer"].astype(np.uint8)
    columns["first_outbound"] = np.arange(0, nodes * each + 1, each, dtype=np.uint32)
    columns["on_hand"] = np.atleast_1d(on_hand)
    before = {name: values.copy() for name, values in columns.items()}
    columns["shipment"] = np.full(nodes * each, np.nan)
    rule.allocate.bind(columns, np.arange(nodes, dtype=np.uint32) if rows is None else rows)()
    assert all(np.array_equal(columns[name], before[name]) for name in before if name != "shipment"), "a column changed"
    return columns["shipment"].reshape(nodes, each)


@pytest.mark.parametrize(("rule", "on_hand", "lanes", "shipments"), SHARED)
def test_an_allocation_rule_shares_as_worked_by_hand(rule, on_hand, lanes, shipments):
    np.testing.assert_allclose(shared(rule, on_hand, lanes)[0], shipments, rtol=1e-15)


def many_shops(seed=2, nodes=4000, each=5):
    """On hand and lanes: idle ones, near-equal claims, tiny and huge ones, stock that nearly does."""
    random = np.random.default_rng(seed)
    claims = random.uniform(0.0, 10.0, (nodes, each)) * 10.0 ** random.integers(-3, 4, (nodes, each))
    claims[random.random((nodes, each)) < 0.25] = 0.0
    claims[::7] = np.round(random.uniform(0.0, 4.0, (nodes, each))[::7])
    some_ulps = 2.0**-52 * random.integers(0, 5, (nodes, each))
    claims[::5] = random.uniform(0.1, 9.0, (nodes, 1))[::5] * (1.0 + some_ulps[::5])
    on_hand = claims.sum(axis=1) * random.uniform(0.0, 1.3, nodes)
    on_hand[::3] = np.nextafter(claims.sum(axis=1), random.choice([0.0, np.inf], nodes))[::3]
    on_hand[::11] = 0.0
    normal = random.uniform(0.1, 3.0, (nodes, each)) * np.where(random.random((nodes, each)) < 0.5, claims, 1.0)
    normal[random.random((nodes, each)) < 0.2] = 0.0
    normal[::4] = claims[::4]
    lanes = {"lane_backlog": claims, "priority": random.integers(0, 3, (nodes, each)), "normal_order": normal}
    return on_hand, lanes | {"to_customer": random.integers(0, 2, (nodes, each))}


@each_allocation
def test_all_that_is_claimed_and_there_is_shipped_and_no_claim_is_exceeded(rule):
    on_hand, lanes = many_shops()
    shipments, claims = shared(rule, on_hand, lanes), lanes["lane_backlog"]
    assert (shipments >= 0.0).all() and (shipments <= claims).all()
    np.testing.assert_allclose(shipments.sum(axis=1), np.minimum(on_hand, claims.sum(axis=1)), rtol=1e-14)
    plenty = on_hand > claims.sum(axis=1) * (1.0 + 1e-14)
    assert np.array_equal(shipments[plenty], claims[plenty])


@each_allocation
def test_each_node_shares_its_own_alone_and_the_same_way_each_time(rule):
    on_hand, lanes = many_shops()
    shipments, rows = shared(rule, on_hand, lanes), np.arange(1, on_hand.size, 3, dtype=np.uint32)
    some = shared(rule, on_hand, lanes, rows=rows)
    assert some[rows].tobytes() == shipments[rows].tobytes() and np.isnan(np.delete(some, rows, axis=0)).all()
    assert shared(rule, on_hand, lanes).tobytes() == shipments.tobytes()


@each_allocation
@pytest.mark.parametrize("name", ["priority", "normal_order", "to_customer"])
def test_what_the_kernel_of_a_rule_names_matters_and_nothing_else(rule, name):
    on_hand, lanes = many_shops()
    turned = shared(rule, on_hand, lanes | {name: lanes[name].max() - lanes[name]})
    assert np.array_equal(turned, shared(rule, on_hand, lanes)) == (name not in rule.allocate.arguments)


@pytest.mark.parametrize("rule", [Proportional(), Priority(), FinalDemand(True), FinalDemand(False)], ids=repr)
def test_claims_of_one_rank_are_served_in_proportion_and_before_those_of_the_next(rule):
    on_hand, lanes = many_shops()
    claims, to_customer = lanes["lane_backlog"], lanes["to_customer"]
    rank = {Proportional(): 0 * to_customer, Priority(): lanes["priority"], FinalDemand(True): 1 - to_customer}
    rank = rank.get(rule, to_customer)
    shipments, claimed_before = shared(rule, on_hand, lanes), np.zeros(on_hand.size)
    for number in np.unique(rank):
        here = np.where(rank == number, claims, 0.0)
        left = np.maximum(on_hand - claimed_before, 0.0)
        part = np.minimum(1.0, left / np.maximum(here.sum(axis=1), 1e-300))
        assert_nearly(np.where(rank == number, shipments, 0.0), here * part[:, None], on_hand, claims)
        claimed_before += here.sum(axis=1)


def assert_nearly(shipments, expected, on_hand, claims):
    """Assert that shipments [node, lane] are as expected but for rounding."""
    size = 1e-13 * (on_hand + claims.sum(axis=1))[:, None]
    assert (np.abs(shipments - expected) <= size).all()


def test_uniform_sharing_lets_nobody_have_more_while_another_wants():
    on_hand, lanes = many_shops()
    shipments, claims = shared(Uniform(), on_hand, lanes), lanes["lane_backlog"]
    assert_nearly(shipments, np.minimum(claims, shipments.max(axis=1, keepdims=True)), on_hand, claims)


def test_water_fill_lets_nobody_have_more_of_its_normal_order_while_another_wants():
    on_hand, lanes = many_shops()
    claims, normal = lanes["lane_backlog"], lanes["normal_order"]
    usual = normal > 0.0
    low = np.zeros((on_hand.size, 1))
    high = np.max(np.where(usual, claims, 0.0) / np.where(usual, normal, 1.0), axis=1, keepdims=True)
    for _ in range(200):
        ratio = (low + high) / 2.0
        enough = np.minimum(claims, ratio * normal).sum(axis=1, keepdims=True) <= on_hand[:, None]
        low, high = np.where(enough, ratio, low), np.where(enough, high, ratio)
    shipments = np.where(usual, shared(WaterFill(), on_hand, lanes), 0.0)
    assert_nearly(shipments, np.minimum(claims, high * normal), on_hand, claims)


def test_water_fill_serves_those_who_usually_order_nothing_last_and_in_proportion():
    on_hand, lanes = many_shops()
    shipments, claims = shared(WaterFill(), on_hand, lanes), lanes["lane_backlog"]
    unusual = lanes["normal_order"] == 0.0
    claimed_before = np.where(unusual, 0.0, claims).sum(axis=1)
    assert (shipments[unusual & (on_hand < (1.0 - 1e-12) * claimed_before)[:, None]] == 0.0).all()
    left = np.maximum(on_hand - claimed_before, 0.0)
    here = np.where(unusual, claims, 0.0)
    part = np.minimum(1.0, left / np.maximum(here.sum(axis=1), 1e-300))
    assert_nearly(np.where(unusual, shipments, 0.0), here * part[:, None], on_hand, claims)
