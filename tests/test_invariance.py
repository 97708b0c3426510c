"""What must not change a run: threads, company in a union, names, units, a longer horizon, strangers."""

import importlib
import pkgutil
from dataclasses import replace

import networkx as nx
import numba
import numpy as np
import pytest

import supplynet
from supplynet import compiled, engine
from supplynet.compiled import Kernel
from supplynet.demand import AR1, Trace
from supplynet.distributions import Bernoulli, Discrete, Normal, Poisson
from supplynet.lower import Case
from supplynet.policies.allocation import FinalDemand, Priority, Uniform, WaterFill
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import (
    BaseStock,
    MakeToOrder,
    OrderUpToExponentialSmoothing,
    OrderUpToMovingAverage,
    Sterman,
)
from supplynet.policies.sourcing import ShareByReliability
from supplynet.record import Record
from supplynet.schema import results

PERIODS = 50
# all but interest, which comes in whole units, so that other units would not scale it
KEYS = [key for table in ("node", "inbound", "outbound") for key in results(table) if key != "interest"]
FLOWS = [key for key in KEYS if key not in ("cost", "billed")]
LUCK = {
    "town": Normal(12.0, 4.0), "village": AR1(6.0, 2.0, 0.5), "web": Normal(9.0, 5.0),
    "lead": Discrete((1.0, 2.0, 4.0), (0.5, 0.25, 0.25)), "capacity": Bernoulli(0.75, 64.0),
    "transit": Bernoulli(0.7, 1.0),
}  # fmt: skip
GIVEN = {
    "town": Trace((12.0, 20.0, 4.0, 9.0, 15.0), repeat=True), "village": Trace((6.0, 0.0, 11.0), repeat=True),
    "web": Trace((9.0, 1.0, 1.0, 25.0), repeat=True), "lead": 2, "capacity": 40.0,
    "transit": 0.75,
}  # fmt: skip


def web_of_firms(luck, *, scale=1.0, shuffled=False, new_name=str, strangers=False):
    """Two farms and a can maker feed a cannery with two inputs; two stores feed three shops; all ration differently.

    Both kinds of unfilled lanes, a signal, lots, sized orders, random and same-day lead times; scale: units are so much
    smaller.
    """

    def of(quantity):
        return (
            quantity * scale
            if isinstance(quantity, (int, float))
            else {
                "Normal": lambda: Normal(quantity.mean * scale, quantity.sd * scale),
                "AR1": lambda: AR1(quantity.mean * scale, quantity.sd * scale, quantity.correlation),
                "Trace": lambda: Trace(tuple(scale * value for value in quantity.quantities), repeat=True),
                "Bernoulli": lambda: Bernoulli(quantity.probability, quantity.size * scale),
            }.get(type(quantity).__name__, lambda: quantity)()
        )

    money = {"holding_cost": 0.5 / scale, "backlog_cost": 2.0 / scale, "lost_cost": 8.0 / scale, "price": 9.0 / scale}
    held = {"on_hand": 30.0 * scale, **money}
    nodes = {
        "farm": {"kind": "supplier", "product": "crop"},
        "far farm": {"kind": "supplier", "product": "crop", "capacity": of(luck["capacity"])},
        "cans": {
            "kind": "factory", "ordering": MakeToOrder(), "production_lead_time": 1, "lot": 10.0 * scale, "setup": 0.1,
            "unit_time": 0.03 / scale, **money,
        },
        "cannery": {
            "kind": "factory", "ordering": OrderUpToExponentialSmoothing(0.3, 1.0), "production_lead_time": 2,
            "input_rule": DaysOfCover(3.0), "sourcing": ShareByReliability(), "capacity": 45.0 * scale,
            "allocation": Uniform(), **held,
        },
        "north": {"kind": "distributor", "ordering": OrderUpToMovingAverage(4, 1.0), "allocation": Priority(), **held},
        "south": {
            "kind": "distributor", "ordering": Sterman(9.0 * scale, 0.3, 0.5, 0.2), "allocation": FinalDemand(False),
            "minimum_order_quantity": 5.0 * scale, "order_multiple": 2.0 * scale, "capacity": 6.0 * scale, **held,
        },
        "shop 1": {"kind": "distributor", "ordering": BaseStock(25.0 * scale), "allocation": WaterFill(), **held},
        "shop 2": {"kind": "distributor", "ordering": BaseStock(4.0 * scale), "allocation": FinalDemand(), **held},
        "shop 3": {"kind": "distributor", "ordering": OrderUpToMovingAverage(3, 0.5, "told_demand"), **held},
        **{name: {"kind": "customer", "demand": of(luck[name]), **money} for name in ("town", "village", "web")},
    }  # fmt: skip
    lanes = {
        ("farm", "cannery"): {"share": 0.7, "shipment_lead_time": luck["lead"], "cover": 4.0, "units_per_output": 2.0},
        ("far farm", "cannery"): {"share": 0.3, "order_lead_time": 1, "cover": 4.0, "units_per_output": 2.0},
        ("cans", "cannery"): {"shipment_lead_time": 1, "order_lead_time": 1, "cover": 2.0, "criticality": 0.5},
        ("cannery", "north"): {"order_lead_time": 1, "shipment_lead_time": 3, "in_transit_cost": 0.25 / scale},
        ("cannery", "south"): {"order_lead_time": luck["lead"], "shipment_lead_time": 1},
        ("north", "shop 1"): {"shipment_lead_time": 2, "priority": 2.0},
        ("north", "shop 2"): {"shipment_lead_time": 1, "priority": 1.0},
        ("north", "shop 3"): {"shipment_lead_time": 1, "priority": 1.0, "share": 0.5, "unfilled": "lost"},
        ("south", "shop 3"): {"shipment_lead_time": luck["lead"], "share": 0.375},
        ("shop 2", "shop 3"): {"shipment_lead_time": 1, "share": 0.125},
        ("shop 1", "town"): {"shipment_lead_time": 0},
        ("shop 1", "village"): {"shipment_lead_time": 1, "share": 0.25, "normal_order": 5.0 * scale},
        ("shop 2", "village"): {"shipment_lead_time": 0, "share": 0.75, "unfilled": "lost"},
        ("shop 3", "web"): {"shipment_lead_time": 1, "share": 0.75},
        ("south", "web"): {"shipment_lead_time": 1, "share": 0.25},
    }
    for name in ("north", "south", "shop 1", "shop 2", "shop 3"):
        nodes[name]["product"] = "full cans"
    if strangers:
        nodes = {"a stranger": nodes["town"], "a stall": nodes["shop 1"] | {"kind": "factory"}} | nodes
        lanes = {("a stall", "a stranger"): {"shipment_lead_time": 0}} | lanes
    named, joined = list(nodes.items()), list(lanes.items())
    if shuffled:
        np.random.default_rng(3).shuffle(named)
        np.random.default_rng(4).shuffle(joined)
    graph = nx.DiGraph()
    graph.add_nodes_from((new_name(name), attributes) for name, attributes in named)
    graph.add_edges_from((new_name(a), new_name(b), attributes) for (a, b), attributes in joined)
    signal = supplynet.Signal(new_name("web"), new_name("shop 3"), "demand", delay=1)
    lane = f"{new_name('north')}>{new_name('shop 1')}"
    blows = [
        (new_name("far farm"), "capacity_factor", 0.5, 20, 6), (lane, "open_factor", 0.25, 12, 9),
        ("product=full cans", "stock_factor", 0.75, 25, 2, "linear", 3), ("kind=factory", "stock_factor", 0.5, 9, 2),
        (new_name("south"), "order_factor", 0.5, 30, 4),
        (f"*>{new_name('north')}", "transit_factor", luck["transit"], 15),
        (lane, "extra_lead_time", 2, 33, 3), (new_name("town"), "demand_factor", 1.5, 8, 4),
        (new_name("village"), "hoarding", 1.5, 22, 5),
    ]  # fmt: skip
    return supplynet.from_graph(graph, signals=[signal], disruptions=[supplynet.Disruption(*blow) for blow in blows])


def scenario(network, **settings):
    return supplynet.Scenario("web", network, periods=PERIODS, seed=11, warm_up=5, **settings)


def played(network, **settings):
    return supplynet.run(scenario(network), **settings).record


def of_union(cases, periods=PERIODS, **settings):
    """The record of many cases, played side by side."""
    ready = engine.start(cases, periods, **settings)
    record = Record(ready.union, periods)
    ready.run(periods, [record])
    return record


def assert_same_bytes(one, other, keys=KEYS, *, run=0):
    for key in keys:
        assert one[key].tobytes() == other.of_runs(key, run, run + 1).tobytes(), key


@pytest.fixture(scope="module")
def lucky():
    return web_of_firms(LUCK)


def test_the_network_of_these_tests_is_short_of_goods_and_loses_sales_now_and_then(lucky):
    for record in (played(lucky), played(web_of_firms(GIVEN))):
        idle = [key for key in KEYS if record[key].max() == 0.0]
        assert not idle, "the tests below say nothing about them"


def test_the_same_seed_gives_the_same_bytes_and_another_seed_or_replication_does_not(lucky):
    record = played(lucky)
    assert_same_bytes(record, played(lucky))
    for other in (played(lucky, seed=12), played(lucky, replication=1)):
        assert not np.array_equal(record["demand"], other["demand"])


def test_any_number_of_threads_and_the_serial_kernels_give_the_same_bytes(lucky, monkeypatch):
    cases = [Case(lucky, 11, tuple(range(40)))]
    serial = of_union(cases, parallel=False)
    threads = numba.get_num_threads()
    monkeypatch.setattr(compiled, "PARALLEL_FROM", 1)  # for rules and records, which choose by themselves
    try:
        for number in {1, min(2, numba.config.NUMBA_NUM_THREADS)}:
            numba.set_num_threads(number)
            parallel = of_union(cases, parallel=True)
            for key in KEYS:
                assert serial.of_runs(key, 0, 40).tobytes() == parallel.of_runs(key, 0, 40).tobytes(), key
    finally:
        numba.set_num_threads(threads)


def kernels():
    """All kernels of the package, by name."""
    found = {}
    for module in pkgutil.walk_packages(supplynet.__path__, "supplynet."):
        if module.name.startswith(("supplynet.phases", "supplynet.policies", "supplynet.signals")):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Kernel):
                    found[f"{value.serial.py_func.__module__}.{value.serial.__name__}"] = value
    return found


def test_parallel_kernels_are_compiled_with_a_parallel_loop_and_do_not_share_a_cache_entry(lucky, monkeypatch):
    # numba marks compiled code that has a parallel loop by what must be set up when it is loaded from the cache;
    # a parallel function that silently loaded the serial one's code has no such mark.
    of_union([Case(lucky, 11)], 2, parallel=False)
    monkeypatch.setattr(compiled, "PARALLEL_FROM", 1)
    of_union([Case(lucky, 11)], 2, parallel=True)
    for name, kernel in kernels().items():
        assert kernel.parallel.targetoptions["parallel"] and not kernel.serial.targetoptions.get("parallel"), name
        cached = [side._cache._cache_file._index_name for side in (kernel.serial, kernel.parallel)]
        assert cached[0] != cached[1], f"{name}: serial and parallel share the cache entry {cached[0]}"
        assert kernel.serial.overloads and kernel.parallel.overloads, f"{name} was not called"
        for made in kernel.serial.overloads.values():
            assert not made.reload_init, name
        for made in kernel.parallel.overloads.values():
            assert "_reload_parfors" in [step.__name__ for step in made.reload_init], f"{name} has no parallel loop"


def test_a_run_in_a_union_equals_the_run_alone_bit_for_bit(lucky):
    union = of_union([Case(lucky, 11, (4, 0, 2))])
    for run, replication in enumerate((4, 0, 2)):
        assert_same_bytes(played(lucky, replication=replication), union, run=run)


def test_outcomes_do_not_depend_on_the_size_of_blocks(lucky):
    alone = [supplynet.run(scenario(lucky), replication=number).outcomes for number in range(7)]
    for block in (None, 1, 3, 7):
        outcomes = supplynet.replicate(scenario(lucky), 7, block=block)
        for name, values in outcomes.items():
            assert values.tobytes() == np.array([outcome[name] for outcome in alone]).tobytes(), (name, block)
    reversed_outcomes = supplynet.replicate(scenario(lucky), (6, 2, 0))
    for name, values in reversed_outcomes.items():
        assert values.tobytes() == np.array([alone[number][name] for number in (6, 2, 0)]).tobytes()


def test_a_stranger_network_in_the_union_changes_nothing(lucky):
    stranger = supplynet.load("beer-game").network
    other_rules = lucky.with_column("node", "ordering", np.array([lucky.names.index("shop 1")]), BaseStock(41.0))
    cases = [Case(stranger, 1, (0, 1)), Case(lucky, 11), Case(other_rules, 5, start="empty"), Case(stranger, 2)]
    for order, run in (((0, 1, 2, 3), 2), ((1, 0, 3, 2), 0), ((2, 3, 1), 2)):
        assert_same_bytes(played(lucky), of_union([cases[at] for at in order]), run=run)


def test_new_names_for_nodes_change_nothing_where_demand_is_given():
    # New names keep the order of the alphabet, by which the inputs of a buyer are summed.
    renamed = web_of_firms(GIVEN, new_name=lambda name: f"node {name}")
    assert_same_bytes(played(web_of_firms(GIVEN)), played(renamed))


def test_another_order_of_nodes_and_lanes_permutes_the_record_where_demand_is_given():
    network, shuffled = web_of_firms(GIVEN), web_of_firms(GIVEN, shuffled=True, new_name=lambda name: name[::-1])
    one, other = played(network), played(shuffled)
    nodes = [shuffled.names.index(name[::-1]) for name in network.names]
    ends = [name.split(">") for name in network.lane_names()]
    lanes = [shuffled.lane_names().index(f"{supplier[::-1]}>{customer[::-1]}") for supplier, customer in ends]
    assert nodes != sorted(nodes) and lanes != sorted(lanes)
    for key in KEYS:
        place = nodes if key in results("node") else lanes
        scale = np.abs(one[key]).max()
        np.testing.assert_allclose(other[key][:, place], one[key], rtol=0.0, atol=1e-12 * scale, err_msg=key)


@pytest.mark.parametrize("scale", [2.0**-7, 4.0, 2.0**20])
@pytest.mark.parametrize("luck", [LUCK, GIVEN], ids=["luck", "given"])
def test_other_units_scale_all_flows_and_leave_money_as_it_is(luck, scale):
    one, other = played(web_of_firms(luck)), played(web_of_firms(luck, scale=scale))
    for key in FLOWS:
        assert np.array_equal(other[key], scale * one[key]), key
    assert np.array_equal(other["cost"], one["cost"])


def test_a_longer_horizon_extends_a_shorter_one(lucky):
    long = supplynet.run(replace(scenario(lucky), periods=3 * PERIODS)).record
    short = played(lucky)
    for key in KEYS:
        assert short[key].tobytes() == long[key][:PERIODS].tobytes(), key


def test_a_run_that_pauses_goes_on_as_if_it_had_not(lucky):
    ready = engine.start([Case(lucky, 11)], PERIODS)
    record = Record(ready.union, PERIODS)
    for periods in (1, 17, PERIODS - 18):
        ready.run(periods, [record])
    assert_same_bytes(played(lucky), record)


def test_a_node_more_changes_nobody_elses_luck():
    one, other = played(web_of_firms(LUCK)), played(web_of_firms(LUCK, strangers=True))
    for key in KEYS:
        new = 2 if key in results("node") else 1
        assert one[key].tobytes() == np.ascontiguousarray(other[key][:, new:]).tobytes(), key


def test_a_node_renamed_has_other_luck_and_changes_nobody_elses():
    renamed = web_of_firms(LUCK | {"web": Poisson(9.0)}, new_name=lambda name: {"town": "city"}.get(name, name))
    one, other = played(web_of_firms(LUCK | {"web": Poisson(9.0)})), played(renamed)
    for node, name in enumerate(renamed.names):
        if name in ("city", "village", "web"):
            same = np.array_equal(one["demand"][:, node], other["demand"][:, node])
            assert same == (name != "city"), name
