"""Every rule at work, where luck strikes: it equals the plain tale, conserves goods, and minds no company."""

from __future__ import annotations

import networkx as nx
import pytest
from deciding import attribute_of, gathered
from test_twin import BLOCK_OF, Run, assert_equal

from supplynet import engine
from supplynet.balance import Balance
from supplynet.demand import Trace
from supplynet.distributions import Bernoulli, Discrete, Normal, Poisson
from supplynet.graphs import from_graph
from supplynet.lower import Case
from supplynet.network import Signal
from supplynet.opening import STARTS
from supplynet.phases import draw
from supplynet.policies.allocation import Uniform
from supplynet.policies.ordering import BaseStock, OrderUpToMovingAverage
from supplynet.processes.interest import EarlyInterest
from supplynet.reference import Reference

EXAMPLES = gathered("EXAMPLES")
PERIODS = 24
LATE = Discrete((1, 2, 4), (0.5, 0.25, 0.25))
each_rule = pytest.mark.parametrize("rule", EXAMPLES, ids=repr)


@pytest.fixture(autouse=True, scope="module")
def _short_draws():
    """Lead times are drawn a few periods ahead, so that these small runs draw more than once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draw, "CELLS", 50)
        yield


def works(rule):
    """A works that follows the rule, between three makers of steel, a coal mine, a shop and three customers.

    One steel maker stops for a while and another one loses what it cannot deliver; the mine works by fits and starts,
    lead times are random, and the works itself is shut for two periods. It is told what its rule wants to know by the
    mine, the shop and a customer, or by a steel maker; goods have prices, and the customer looks before it buys.
    """
    graph = nx.DiGraph()
    makes_to_order = getattr(rule, "makes_to_order", False)  # behind a lost-sales lane it has to make within the day
    shut = Trace((*[70.0] * 12, 0.0, 0.0, 70.0))
    graph.add_node(
        "works", kind="factory", on_hand=45.0, capacity=shut, production_lead_time=0 if makes_to_order else 1,
        **{"ordering": BaseStock(150.0), "allocation": Uniform()} | {attribute_of(rule): rule},
    )  # fmt: skip
    price = Discrete((2.0, 3.0), (0.6, 0.4))
    graph.add_node("mine", kind="supplier", capacity=Bernoulli(0.7, 40.0), price=price)
    outage = Trace((*[30.0] * 8, *[0.0] * 9, 30.0))
    for name, own in (("steel", {"capacity": outage}), ("far steel", {"capacity": 14.0}), ("spare steel", {})):
        graph.add_node(name, kind="supplier", product="steel", **own)
    of_steel = {"units_per_output": 0.5, "cover": 3.0}
    graph.add_edge("steel", "works", share=0.7, **of_steel)
    graph.add_edge("far steel", "works", share=0.3, shipment_lead_time=LATE, unfilled="lost", **of_steel)
    graph.add_edge("spare steel", "works", share=0.0, order_lead_time=1, **of_steel)
    graph.add_edge("mine", "works", order_lead_time=1, cover=2.0, target=10.0)
    graph.add_node("shop", ordering=OrderUpToMovingAverage(3, 1.0), on_hand=20.0, price=price)
    graph.add_node("looker", kind="customer", demand=EarlyInterest(Poisson(40.0), 0.3))
    graph.add_node("buyer", kind="customer", demand=Normal(9.0, 4.0))
    graph.add_node("guest", kind="customer", demand=Normal(10.0, 6.0))
    graph.add_edge("works", "shop", order_lead_time=1, shipment_lead_time=LATE, priority=1.0)
    graph.add_edge("works", "buyer", order_lead_time=1, priority=1.0, normal_order=20.0)
    graph.add_edge("works", "looker", shipment_lead_time=0, unfilled="lost")
    graph.add_edge("shop", "guest", shipment_lead_time=0)
    told = [name.removeprefix("told_") for name in rule.reads if name.startswith("told_")]
    voices = [("mine", 1, 0.5), ("shop", 2, 0.5), ("looker", 1, 1.0)]
    if getattr(rule, "infer_from", "") == "sales":  # those of a place that loses what it does not have
        voices = [("far steel", 1, 1.0)]
    signals = [Signal(source, "works", tells, delay, weight) for tells in told for source, delay, weight in voices]
    return from_graph(graph, signals=signals)


NETWORKS = [works(rule) for rule in EXAMPLES]


@each_rule
def test_a_rule_at_work_equals_the_plain_tale_and_conserves_goods_and_orders(rule):
    at = EXAMPLES.index(rule)
    network, start = NETWORKS[at], STARTS[at % 2]
    ready = engine.start([Case(network, 5, (2,), start)], PERIODS)
    run, reference, balance = Run(ready.union), Reference(network, 5, replication=2, start=start), Balance(ready.union)
    shipped = 0.0
    for period in range(PERIODS):
        ready.run(1, [balance])
        reference.step()
        assert_equal(run, reference, period)
        shipped += run["shipped"][network.names.index("works")]
    assert shipped > 0.0, "the works never shipped anything, so the test says little"


@pytest.fixture(scope="module")
def together():
    """All the works in one union, in two replications each, stopped half-way and at the end."""
    cases = [Case(network, 5, (0, 2)) for network in NETWORKS]
    ready = engine.start(cases, PERIODS)
    columns = []
    for periods in (PERIODS // 2, PERIODS - PERIODS // 2):
        ready.run(periods)
        columns.append({key: ready.union.state.columns[key].copy() for key in BLOCK_OF})
    return ready.union, columns


@each_rule
def test_a_rule_at_work_in_a_union_of_all_rules_does_bit_for_bit_what_it_does_alone(rule, together):
    union, columns = together
    at = EXAMPLES.index(rule)
    ready = engine.start([Case(NETWORKS[at], 5, (2,))], PERIODS)
    alone, company = Run(ready.union), Run(union, 2 * at + 1)
    for periods, stopped in zip((PERIODS // 2, PERIODS - PERIODS // 2), columns, strict=True):
        ready.run(periods)
        company.columns = stopped
        for key in BLOCK_OF:
            assert alone[key].tobytes() == company[key].tobytes(), key


@pytest.mark.parametrize("kind", sorted({type(rule) for rule in EXAMPLES}, key=lambda kind: kind.__name__))
def test_no_two_examples_of_a_rule_do_the_same_at_work(kind, together):
    union, columns = together
    done = set()
    examples = [at for at, rule in enumerate(EXAMPLES) if type(rule) is kind]
    for at in examples:
        run = Run(union, 2 * at + 1)
        seen = []
        for run.columns in columns:
            seen += [run[key].tobytes() for key in BLOCK_OF]
        done.add(tuple(seen))
    assert len(done) == len(examples), "a parameter does not show in this network"
