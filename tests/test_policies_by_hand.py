"""Every rule decides as worked by hand, and every allocation rule shares out just what there is."""

import importlib
import inspect
import pkgutil

import numpy as np
import pytest

from supplynet import policies
from supplynet.policies.allocation import Priority, Proportional, Uniform
from supplynet.policies.contract import AllocationRule, Local, OrderingRule, open_memory, stack
from supplynet.policies.input import DaysOfCover, LotForLot
from supplynet.policies.ordering import (
    BaseStock,
    MakeToOrder,
    OrderUpToExponentialSmoothing,
    OrderUpToMovingAverage,
    Plan,
    Sterman,
)

STEEL_AND_COAL = {"share": [0.25, 0.75, 1.0], "units_per_output": [2.0, 1.0], "input_stock": [3.0, 1.0, 12.0]}
FIRM = {
    "production_started": [6.0], "demand": [10.0], "normal_output": [8.0], "share": [0.5], "units_per_output": [2.0],
    "cover": [3.0], "reach": [2.0], "input_stock": [10.0], "on_order": [4.0],
}  # fmt: skip


def days(**columns):
    """What one row sees day after day, from a list for each column."""
    return [
        {name: [value] for name, value in zip(columns, values, strict=True)}
        for values in zip(*columns.values(), strict=True)
    ]


# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    (BaseStock(40.0), {}, [{"inventory_position": [30.0, 40.0, 55.0]}], [[10.0, 0.0, 0.0]]),
    (MakeToOrder(), {}, [{"demand": [0.0, 3.5]}], [[0.0, 3.5]]),
    (Plan((5.0, 2.5)), {}, [{}, {}, {}], [[5.0], [2.5], [0.0]]),
    # 3 + 1 periods of the mean of 10 and 14, then of 14 and 6, then of 6 and 20: targets 48, 40, 52.
    (
        OrderUpToMovingAverage(2, 1.0), {"normal_output": [10.0], "coverage": [3.0]},
        days(demand=[14.0, 6.0, 20.0], inventory_position=[40.0, 35.0, 60.0]), [[8.0], [5.0], [0.0]],
    ),
    # Forecasts 10 + (14 - 10) / 4 = 11, then 10, then 12: targets 44, 40, 48.
    (
        OrderUpToExponentialSmoothing(0.25, 1.0), {"normal_output": [10.0], "coverage": [3.0]},
        days(demand=[14.0, 7.0, 18.0], inventory_position=[40.0, 50.0, 30.0]), [[4.0], [0.0], [18.0]],
    ),
    # 4 whatever happens, 6 expected; then 7 expected, level 30 - 20, gap 20 - 10 - 20 / 4 = 5, so 7 + 5 / 2; then 4
    # expected, gap 20 - 40.
    (
        Sterman(20.0, 0.5, 0.25, 0.5, 1), {"normal_output": [4.0]},
        days(demand=[8.0, 8.0, 1.0], inventory_position=[1.0, 30.0, 40.0], supply_line=[0.0, 20.0, 0.0]),
        [[4.0], [9.5], [0.0]],
    ),
    # The same 9.5 and a 9.25 (gap 4.5), in whole units, half up.
    (
        Sterman(20.0, 0.5, 0.25, 0.0, 0, True), {"normal_output": [7.0]},
        days(demand=[7.0, 7.0], inventory_position=[30.0, 30.5], supply_line=[20.0, 20.0]), [[10.0], [9.0]],
    ),
    # (5 + 2 * 10) - (3 + 1 + 4 + 2) = 15 of steel, on two lanes; of coal it holds 12 for 10.
    (
        LotForLot(), STEEL_AND_COAL,
        [{"production_backlog": [10.0], "target": [5.0, 0.0], "on_order": [4.0, 2.0, 0.0]}], [[3.75, 11.25, 0.0]],
    ),
    # The usage u is 0.5 * 2 = 1 times 6, 8 or 10; the order u + (3 u - 10 + (u - 4) / 2) / 2.
    (DaysOfCover(2.0, 0.5, "output"), {}, [FIRM], [[10.5]]),
    (DaysOfCover(2.0, 0.5, "capped_demand"), {}, [FIRM], [[16.0]]),
    (DaysOfCover(2.0, 0.5, "demand"), {}, [FIRM], [[21.5]]),
]  # fmt: skip

# Rule, on hand, claims, priorities, shipments.
SHARED = [
    (Proportional(), 10.0, [12.0, 0.0, 8.0], [0, 0, 0], [6.0, 0.0, 4.0]),
    (Proportional(), 30.0, [12.0, 0.0, 8.0], [0, 0, 0], [12.0, 0.0, 8.0]),
    (Priority(), 5.0, [4.0, 3.0, 3.0], [1, -2, -2], [0.0, 2.5, 2.5]),
    (Priority(), 8.0, [4.0, 3.0, 3.0], [1, 0, 0], [2.0, 3.0, 3.0]),
    (Priority(), 9.0, [4.0, 1.0, 5.0, 6.0], [5, 1, 3, 3], [0.0, 1.0, 40.0 / 11.0, 48.0 / 11.0]),
    # A part of 13/4 serves 1, one of 12/3 serves 4, and 8/2 is left for each of the others.
    (Uniform(), 13.0, [1.0, 9.0, 4.0, 8.0], [0, 0, 0, 0], [1.0, 4.0, 4.0, 4.0]),
    # A part of 16/4 serves 1 and 4, and 11/2 is left for each of the others.
    (Uniform(), 16.0, [1.0, 9.0, 4.0, 8.0], [0, 0, 0, 0], [1.0, 5.5, 4.0, 5.5]),
]
allocations = pytest.mark.parametrize("rule", [Proportional(), Priority(), Uniform()], ids=repr)


def test_every_rule_of_the_package_has_a_table_here():
    found = set()
    for module in pkgutil.walk_packages(policies.__path__, "supplynet.policies."):
        if not module.ispkg and module.name.count(".") == 3:
            classes = vars(importlib.import_module(module.name)).values()
            found |= {kind for kind in classes if inspect.isclass(kind) and kind.__module__ == module.name}
    here = {type(case[0]) for case in DECIDED + SHARED}
    assert found == here, f"add a table for {found - here}"
    assert {kind for kind in here if issubclass(kind, AllocationRule)} == {Proportional, Priority, Uniform}


@pytest.mark.parametrize(("rule", "stays", "seen", "decided"), DECIDED, ids=[repr(case[0]) for case in DECIDED])
def test_a_rule_decides_as_worked_by_hand(rule, stays, seen, decided):
    size = len(decided[0])
    offsets = {"first_input": [0, 1], "first_end": [0, 1]}
    if isinstance(rule, LotForLot):
        offsets = {"first_input": [0, 2], "first_end": [0, 2, 3]}
    rule = stack([rule], np.zeros(size, np.int64))
    memory = open_memory(rule, 1, lambda name: np.array(stays[name]))
    for period, (columns, expected) in enumerate(zip(seen, decided, strict=True)):
        local = Local({name: np.array(values) for name, values in (offsets | stays | columns).items()}, memory)
        local.period = period
        written = np.full(size, np.nan)
        (rule.order if isinstance(rule, OrderingRule) else rule.purchase)(local, written)
        assert written.tolist() == expected


def shared(rule, on_hand, claims, priorities, *, rows=None):
    """The shipments [node, lane] of a rule; claims and priorities are [node, lane]."""
    claims, priorities = np.atleast_2d(claims).astype(float), np.atleast_2d(priorities).astype(float)
    nodes, lanes = claims.shape
    columns = {
        "first_outbound": np.arange(0, nodes * lanes + 1, lanes, dtype=np.uint32), "on_hand": np.atleast_1d(on_hand),
        "lane_backlog": claims.ravel(), "priority": priorities.ravel(), "shipment": np.full(nodes * lanes, np.nan),
    }  # fmt: skip
    before = {name: values.copy() for name, values in columns.items() if name != "shipment"}
    rows = np.arange(nodes, dtype=np.uint32) if rows is None else rows
    rule.allocate.bind(columns, rows)()
    assert all(np.array_equal(columns[name], before[name]) for name in before), "a column was written"
    return columns["shipment"].reshape(nodes, lanes)


@pytest.mark.parametrize(("rule", "on_hand", "claims", "priorities", "shipments"), SHARED)
def test_an_allocation_rule_shares_as_worked_by_hand(rule, on_hand, claims, priorities, shipments):
    np.testing.assert_allclose(shared(rule, on_hand, claims, priorities)[0], shipments, rtol=1e-15)


def many_shops(seed=2, nodes=4000, lanes=5):
    """On hand, claims and priorities: idle lanes, near-equal claims, tiny and huge ones, stock that nearly does."""
    random = np.random.default_rng(seed)
    claims = random.uniform(0.0, 10.0, (nodes, lanes)) * 10.0 ** random.integers(-3, 4, (nodes, lanes))
    claims[random.random((nodes, lanes)) < 0.25] = 0.0
    claims[::7] = np.round(random.uniform(0.0, 4.0, (nodes, lanes))[::7])
    some_ulps = 2.0**-52 * random.integers(0, 5, (nodes, lanes))
    claims[::5] = random.uniform(0.1, 9.0, (nodes, 1))[::5] * (1.0 + some_ulps[::5])
    on_hand = claims.sum(axis=1) * random.uniform(0.0, 1.3, nodes)
    on_hand[::3] = np.nextafter(claims.sum(axis=1), random.choice([0.0, np.inf], nodes))[::3]
    on_hand[::11] = 0.0
    return on_hand, claims, random.integers(0, 3, (nodes, lanes))


@allocations
def test_all_that_is_claimed_and_there_is_shipped_and_no_claim_is_exceeded(rule):
    on_hand, claims, priorities = many_shops()
    shipments = shared(rule, on_hand, claims, priorities)
    assert (shipments >= 0.0).all() and (shipments <= claims).all()
    np.testing.assert_allclose(shipments.sum(axis=1), np.minimum(on_hand, claims.sum(axis=1)), rtol=1e-14)
    plenty = on_hand > claims.sum(axis=1) * (1.0 + 1e-14)
    assert np.array_equal(shipments[plenty], claims[plenty])


@allocations
def test_each_node_shares_its_own_alone_and_the_same_way_each_time(rule):
    on_hand, claims, priorities = many_shops()
    shipments = shared(rule, on_hand, claims, priorities)
    rows = np.arange(1, on_hand.size, 3, dtype=np.uint32)
    some = shared(rule, on_hand, claims, priorities, rows=rows)
    assert some[rows].tobytes() == shipments[rows].tobytes() and np.isnan(np.delete(some, rows, axis=0)).all()
    assert shared(rule, on_hand, claims, priorities).tobytes() == shipments.tobytes()


def test_only_the_rule_of_priorities_looks_at_priorities():
    on_hand, claims, priorities = many_shops()
    for rule in (Proportional(), Priority(), Uniform()):
        turned = shared(rule, on_hand, claims, 2 - priorities)
        assert np.array_equal(turned, shared(rule, on_hand, claims, priorities)) == (rule != Priority())


def test_claims_of_one_rank_are_served_in_proportion_and_before_those_of_the_next():
    on_hand, claims, priorities = many_shops()
    for rule, rank in ((Priority(), priorities), (Proportional(), np.zeros_like(priorities))):
        shipments, claimed_before = shared(rule, on_hand, claims, priorities), np.zeros(on_hand.size)
        for number in np.unique(rank):
            here = np.where(rank == number, claims, 0.0)
            left = np.maximum(on_hand - claimed_before, 0.0)
            part = np.minimum(1.0, left / np.maximum(here.sum(axis=1), 1e-300))
            size = 1e-13 * (on_hand + claims.sum(axis=1))[:, None]
            assert (np.abs(np.where(rank == number, shipments, 0.0) - here * part[:, None]) <= size).all()
            claimed_before += here.sum(axis=1)


def test_uniform_sharing_lets_nobody_have_more_while_another_wants():
    on_hand, claims, priorities = many_shops()
    shipments = shared(Uniform(), on_hand, claims, priorities)
    most = shipments.max(axis=1, keepdims=True)
    size = 1e-13 * (on_hand + claims.sum(axis=1))[:, None]
    assert (np.abs(shipments - np.minimum(claims, most)) <= size).all()
