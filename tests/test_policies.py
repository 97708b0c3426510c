"""The contract of rules, held against every rule found in supplynet.policies."""

import copy
import pickle
from dataclasses import fields
from itertools import combinations
from zlib import crc32

import networkx as nx
import numpy as np
import pytest
from deciding import DECIDES, attribute_of, decides, gathered, rules_of_the_package

import supplynet
from supplynet import engine
from supplynet.distributions import Normal
from supplynet.lower import Case
from supplynet.policies.contract import (
    AllocationRule,
    InputRule,
    Local,
    OrderingRule,
    SourcingRule,
    group_of,
    open_memory,
    parameters,
    stack,
)
from supplynet.policies.ordering import BaseStock
from supplynet.processes.interest import EarlyInterest

EXAMPLES = gathered("EXAMPLES")
RULES = list(rules_of_the_package())
DECIDERS = [rule for rule in EXAMPLES if not isinstance(rule, AllocationRule)]
PAIRS = [pair for pair in combinations(DECIDERS, 2) if group_of(pair[0]) == group_of(pair[1])]
each_kind = pytest.mark.parametrize("kind", RULES, ids=lambda kind: kind.__name__)
each_decider = pytest.mark.parametrize("rule", DECIDERS, ids=repr)


def examples_of(kind):
    return [rule for rule in EXAMPLES if type(rule) is kind]


def factory_network(rule):
    """A factory with two inputs, one of two lanes, that follows the rule, and is told what the rule is told."""
    graph = nx.DiGraph()
    looks = "told_interest" in rule.reads
    demand = EarlyInterest(Normal(18.0, 3.0), 0.5) if looks else Normal(9.0, 3.0)
    graph.add_node("customer", kind="customer", demand=demand)
    own = {"ordering": BaseStock(40.0)} | {attribute_of(rule): rule}
    graph.add_node("factory", kind="factory", on_hand=20.0, **own)
    graph.add_edge("factory", "customer", order_lead_time=1, shipment_lead_time=1)
    for supplier, product in (("steel", "steel"), ("far steel", "steel"), ("coal", "coal")):
        graph.add_node(supplier, kind="supplier", product=product)
        graph.add_edge(supplier, "factory", order_lead_time=1, shipment_lead_time=2, cover=3.0)
    told = [name.removeprefix("told_") for name in rule.reads if name.startswith("told_")]
    return supplynet.from_graph(graph, signals=[supplynet.Signal("customer", "factory", tells, 1) for tells in told])


TABLES = engine.start([Case(factory_network(BaseStock(1.0)))], 1).union.state.tables
FIRST_INPUT = np.array([0, 1, 3, 3, 4, 6, 7], np.uint32)  # six nodes with 1, 2, 0, 1, 2 and 1 inputs
FIRST_END = np.array([0, 1, 3, 4, 6, 7, 9, 10], np.uint32)  # inputs with 1, 2, 1, 2, 1, 2 and 1 lanes
INPUT_OF_END = np.repeat(np.arange(7), np.diff(FIRST_END))
SIZES = {"node": 6, "input": 7, "inbound": 10}
RANGES = {  # only a position may be below zero; what else would be is zero
    "share": (0.1, 1.0), "reach": (1.0, 3.0), "coverage": (1.0, 6.0), "input_stock": (0.0, 15.0),
    "inventory_position": (-20.0, 20.0), "told_on_hand": (-10.0, 10.0),
    "received": (-20.0, 10.0), "order": (-20.0, 20.0), "lot": (-2.0, 3.0), "lot_time": (0.2, 1.5), "busy": (-1.0, 3.0),
    "units_per_output": (0.2, 2.0), "on_order": (-20.0, 20.0),
}  # fmt: skip


def table_of(name):
    return "node" if name.startswith("told_") else TABLES[name]


def see(name, period, variant):
    """Random values of a column in a period; each variant has others. Shares of an input sum to 1."""
    period = 0 if name == "reach" else period  # a lane does not move
    luck = np.random.default_rng([crc32(name.encode()), period, variant])
    values = luck.uniform(*RANGES.get(name, (0.5, 20.0)), SIZES[table_of(name)])
    values = values if name == "inventory_position" else np.maximum(values, 0.0)
    return values / np.add.reduceat(values, FIRST_END[:-1])[INPUT_OF_END] if name == "share" else values


def rows_of(nodes):
    """The rows of a slice of nodes in each table."""
    inputs = slice(int(FIRST_INPUT[nodes.start]), int(FIRST_INPUT[nodes.stop]))
    return {"node": nodes, "input": inputs, "inbound": slice(int(FIRST_END[inputs.start]), int(FIRST_END[inputs.stop]))}


def size_of(rows):
    return rows.stop - rows.start


class Desk:
    """Rules at work on a slice of nodes: codes [row] says which of them a row follows."""

    def __init__(self, *rules, codes=None, nodes=slice(0, 6), without=None, perturbed=None, memory=None):
        self.rows, self.perturbed = rows_of(nodes), perturbed
        _, _, _, written, remembered = decides(rules[0])
        self.size = size_of(self.rows[written])
        self.rule = stack(rules, np.zeros(self.size, np.int64) if codes is None else codes)
        self.reads = [name for name in self.rule.reads if name != without]
        self.memory = memory or open_memory(self.rule, size_of(self.rows[remembered]), lambda name: self.see(name, 0))

    def see(self, name, period):
        return see(name, period, int(name == self.perturbed))[self.rows[table_of(name)]]

    def decide(self, period):
        """What the rule writes, having checked that it writes nothing else."""
        seen = {name: self.see(name, period) for name in self.reads}
        if not isinstance(self.rule, OrderingRule):
            nodes, inputs = self.rows["node"], self.rows["input"]
            seen["first_input"] = FIRST_INPUT[nodes.start : nodes.stop + 1] - FIRST_INPUT[nodes.start]
            seen["first_end"] = FIRST_END[inputs.start : inputs.stop + 1] - FIRST_END[inputs.start]
        before, local, written = copy.deepcopy(seen), Local(seen, self.memory), np.full(self.size, np.nan)
        local.period = period
        held = {name: id(value) for name, value in vars(local).items()}
        decides(self.rule)[0](local, written)
        assert held == {name: id(value) for name, value in vars(local).items()}, "something was rebound"
        assert all(np.array_equal(seen[name], before[name]) for name in seen), "a column was written"
        return written

    def play(self, periods):
        return np.array([self.decide(period) for period in periods])


@each_kind
def test_every_rule_has_examples_that_vary_its_parameters(kind):
    assert examples_of(kind), f"{kind.__name__} has no example; add one to EXAMPLES"
    for name in parameters(examples_of(kind)[0]):
        assert len({getattr(rule, name) for rule in examples_of(kind)}) > 1, f"the examples do not vary {name}"


@each_kind
def test_a_rule_is_a_frozen_slotted_dataclass_of_one_kind_that_names_its_source(kind):
    assert kind.__dataclass_params__.frozen and not any(hasattr(rule, "__dict__") for rule in examples_of(kind))
    assert sum(issubclass(kind, base) for base in (*DECIDES, AllocationRule)) == 1
    assert any(character.isdigit() for character in kind.__doc__.partition("Source:")[2]), "no source with a year"
    assert set(kind.structure) <= {field.name for field in fields(kind)}


@pytest.mark.parametrize("rule", EXAMPLES, ids=repr)
def test_a_rule_comes_back_from_a_pickle_and_from_its_repr(rule):
    names = {kind.__name__: kind for kind in RULES}
    for back in (pickle.loads(pickle.dumps(rule)), eval(repr(rule), names)):
        assert back == rule and hash(back) == hash(rule) and repr(back) == repr(rule)


@each_decider
def test_decisions_are_finite_and_not_negative_and_repeat(rule):
    desk = Desk(rule)
    decisions = desk.play(range(9))
    assert np.isfinite(decisions).all() and (decisions >= 0.0).all() and decisions.max() > 0.0
    assert decisions.tobytes() == Desk(rule).play(range(9)).tobytes()
    assert all(np.isfinite(values).all() for values in desk.memory.values())


@pytest.mark.parametrize("rule", [rule for rule in DECIDERS if isinstance(rule, SourcingRule)], ids=repr)
def test_the_shares_of_the_lanes_of_an_input_sum_to_one(rule):
    for shares in Desk(rule).play(range(30)):
        np.testing.assert_allclose(np.add.reduceat(shares, FIRST_END[:-1]), 1.0, rtol=1e-12)


@each_decider
def test_each_row_decides_for_itself(rule):
    decisions = Desk(rule).play(range(6))
    for nodes in (slice(0, 2), slice(2, 6), slice(3, 4)):
        own = rows_of(nodes)[decides(rule)[3]]
        assert decisions[:, own].tobytes() == Desk(rule, nodes=nodes).play(range(6)).tobytes()


@each_kind
def test_what_is_declared_matters_and_what_is_not_declared_cannot_be_read(kind):
    # A rule that reads other columns in another mode declares them all; each has to matter in one of the examples.
    deciders = [rule for rule in examples_of(kind) if rule in DECIDERS]
    for name in {name for rule in deciders for name in rule.reads}:
        readers = [rule for rule in deciders if name in rule.reads]
        whole = [Desk(rule).play(range(12)).tobytes() for rule in readers]
        perturbed = [Desk(rule, perturbed=name).play(range(12)).tobytes() for rule in readers]
        assert whole != perturbed, f"{name} is declared and does not matter"
        with pytest.raises(AttributeError, match=f"reads '{name}' without declaring it"):
            _ = [Desk(rule, without=name).play(range(12)) for rule in readers]


def test_a_rule_may_write_its_memory_and_not_what_it_reads():
    local = Local({"demand": np.ones(3)}, {"forecast": np.zeros(3)})
    local.forecast[:] = local.demand
    with pytest.raises(ValueError, match="read-only"):
        local.demand[0] = 2.0


@pytest.mark.parametrize("rule", [rule for rule in DECIDERS if not getattr(rule, "fixed", False)], ids=repr)
def test_no_undeclared_column_of_the_whole_state_matters(rule):
    ready = engine.start([Case(factory_network(rule), 3)], 20)
    ready.run(6)
    state, layout = ready.union.state, ready.union.layout
    _, key, phase, table, _ = decides(rule)
    mine = layout.row[1:2] if table == "node" else layout.inbound[1:]
    state.turn_to(6)
    at = [task.phase for task in ready.tasks].index(phase)
    for task in ready.tasks[:at]:
        task.run()
    columns, memories = copy.deepcopy(state.columns), copy.deepcopy(state.memories)
    luck, decisions = np.random.default_rng(8), []
    for scrambled in (False, True):
        for name, values in state.columns.items():
            strange = scrambled and name in state.tables and name not in rule.reads and values.dtype == np.float64
            values[...] = luck.uniform(1.0, 99.0, values.shape) if strange else columns[name]
        for memory, opened in zip(state.memories, memories, strict=True):
            for name, values in opened.items():
                memory[name][...] = values
        for task in ready.tasks[at:]:
            if task.phase == phase:
                task.run()
        decisions.append(state.columns[key][mine].tobytes())
    assert decisions[0] == decisions[1]


@each_decider
def test_a_rule_goes_on_from_its_stored_memory_as_if_it_had_not_paused(rule):
    decisions, first = Desk(rule).play(range(8)), Desk(rule)
    assert first.play(range(3)).tobytes() == decisions[:3].tobytes()
    second = Desk(rule, memory=pickle.loads(pickle.dumps(first.memory)))
    assert second.play(range(3, 8)).tobytes() == decisions[3:].tobytes()


@pytest.mark.parametrize("pair", PAIRS, ids=repr)
def test_rules_in_one_call_decide_as_each_alone(pair):
    codes = np.array([0, 1, 1, 0, 1, 0])
    if isinstance(pair[0], (InputRule, SourcingRule)):
        codes = np.array([0, 1, 1, 1, 0, 0, 1, 1, 1, 0])  # the ends of nodes 0, 1, 3, 4 and 5
    together = Desk(*pair, codes=codes).play(range(6))
    for code, rule in enumerate(pair):
        assert together[:, codes == code].tobytes() == Desk(rule).play(range(6))[:, codes == code].tobytes()
