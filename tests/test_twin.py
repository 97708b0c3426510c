"""The engine and the plain tale of reference.py are one model: equal in every column of every node and lane."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from networks import SHAPES, networks, starts
from users import Hoarder, Listener

from supplynet import engine
from supplynet.distributions import Normal
from supplynet.graphs import from_graph
from supplynet.lower import Case
from supplynet.network import Signal
from supplynet.phases import draw
from supplynet.reference import Reference
from supplynet.schema import results

PERIODS = 18
BLOCK_OF = {key: block for block in ("node", "inbound", "outbound") for key in results(block)}
TOLERANCE = 1e-12  # of the largest quantity


def with_examples(number):
    return settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(autouse=True, scope="module")
def _short_draws():
    """Lead times are drawn a few periods ahead, so that these small runs are quick and draw more than once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "CELLS", 10)
        yield


class Run:
    """One run of a union, column by column in the user's order of rows."""

    def __init__(self, union, number=0):
        layout = union.layout
        nodes = slice(layout.nodes_of[number], layout.nodes_of[number + 1])
        lanes = slice(layout.lanes_of[number], layout.lanes_of[number + 1])
        self.columns = union.state.columns
        self.place = {"node": layout.row[nodes], "inbound": layout.inbound[lanes], "outbound": layout.outbound[lanes]}

    def __getitem__(self, key):
        return self.columns[key][self.place[BLOCK_OF[key]]]


def assert_equal(run, reference, period, *, exact=False):
    """Every column equals; `exact` leaves out costs, which the engine adds up in another order."""
    told = {key: reference[key] for key in BLOCK_OF}
    largest = max(np.abs(column).max(initial=0.0) for key, column in told.items() if key not in ("cost", "billed"))
    for key, column in told.items():
        assert np.isfinite(column).all(), key
        scale = np.abs(column).max(initial=0.0) if key == "cost" else 0.0 if exact else largest
        np.testing.assert_allclose(
            run[key], column, rtol=0.0, atol=TOLERANCE * scale, err_msg=f"{key} in period {period}"
        )


def play_twins(network, seed, replication, start, *, exact=False):
    """Play both, compare them each period, and tell the greatest value of each column."""
    ready = engine.start([Case(network, seed, (replication,), start)], PERIODS)
    run, reference = Run(ready.union), Reference(network, seed, replication=replication, start=start)
    greatest = dict.fromkeys(BLOCK_OF, 0.0)
    for period in range(PERIODS):
        ready.run(1)
        reference.step()
        assert_equal(run, reference, period, exact=exact)
        greatest = {key: max(value, run[key].max(initial=0.0)) for key, value in greatest.items()}
    return greatest


@pytest.mark.parametrize("shape", SHAPES)
def test_the_engine_equals_the_reference(shape):
    greatest = dict.fromkeys(BLOCK_OF, 0.0)

    @with_examples(20)
    @given(networks(shapes=(shape,)), st.integers(0, 99), st.integers(0, 9), starts())
    def holds(network, seed, replication, start):
        for key, value in play_twins(network, seed, replication, start).items():
            greatest[key] = max(greatest[key], value)

    holds()
    assert not [key for key, value in greatest.items() if value == 0.0], "the test says nothing about them"


@with_examples(40)
@given(networks(integers=True), st.integers(0, 99), st.integers(0, 9), starts())
def test_the_engine_equals_the_reference_exactly_where_quantities_are_whole(network, seed, replication, start):
    play_twins(network, seed, replication, start, exact=True)


def cases():
    replications = st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(Case, networks(), st.integers(0, 99), replications, starts())


@with_examples(20)
@given(st.lists(cases(), min_size=2, max_size=3))
def test_a_run_in_a_union_equals_the_run_alone_bit_for_bit_and_the_reference(described):
    together = engine.start(described, PERIODS)
    alone, references = [], []
    for case in described:
        for number in case.replications:
            alone.append(engine.start([Case(case.network, case.seed, (number,), case.start)], PERIODS))
            references.append(Reference(case.network, case.seed, replication=number, start=case.start))
    for period in range(PERIODS):
        together.run(1)
        for number, (single, reference) in enumerate(zip(alone, references, strict=True)):
            single.run(1)
            reference.step()
            run, own = Run(together.union, number), Run(single.union)
            for key in BLOCK_OF:
                assert run[key].tobytes() == own[key].tobytes(), f"{key} of run {number} in period {period}"
            assert_equal(run, reference, period)


def web_of_users_rules():
    """Two shops whose ordering rule and input rule are a user's own, each with its own parameters."""
    graph = nx.DiGraph()
    graph.add_node("mill", kind="supplier", product="flour")
    graph.add_node("far mill", kind="supplier", product="flour", capacity=4.0)
    for number, periods in enumerate((3.0, 5.0)):
        rules = {"ordering": Listener(periods, 0.3 + 0.2 * number), "input_rule": Hoarder(0.1 + number)}
        graph.add_node(f"shop {number}", on_hand=10.0, **rules)
        graph.add_node(f"town {number}", kind="customer", demand=Normal(9.0, 4.0))
        graph.add_edge(f"shop {number}", f"town {number}", shipment_lead_time=0)
        for mill in ("mill", "far mill"):
            graph.add_edge(mill, f"shop {number}", shipment_lead_time=2, units_per_output=1.5)
    signals = [Signal(f"town {at}", f"shop {at}", "demand") for at in range(2)]
    signals += [Signal("mill", f"shop {at}", "shipped", 2, 0.5) for at in range(2)]
    return from_graph(graph, signals=signals)


def test_a_rule_of_a_user_decides_and_remembers_alike_row_by_row():
    network = web_of_users_rules()
    greatest = play_twins(network, 3, 1, "steady")
    assert greatest["order"] > 0.0
    ready = engine.start([Case(network, 3, (1,))], PERIODS)
    opened = [{name: part.copy() for name, part in memory.items()} for memory in ready.union.state.memories]
    reference = Reference(network, 3, replication=1)
    for _ in range(PERIODS):
        reference.step()
    ready.run(PERIODS)
    shops = [reference.agents[network.names.index(f"shop {number}")] for number in range(2)]
    for which, names in (("ordering", ("lately", "age", "highest")), ("input_rule", ("wanted",))):
        memory, before = next(
            (memory, before)
            for memory, before in zip(ready.union.state.memories, opened, strict=True)
            if set(memory) == set(names)
        )
        for name in names:
            expected = np.concatenate([shop.memory[which][name] for shop in shops], axis=-1)
            assert memory[name].dtype == expected.dtype
            np.testing.assert_array_equal(memory[name], expected)
            assert not np.array_equal(memory[name], before[name]), f"{name} was never written"
