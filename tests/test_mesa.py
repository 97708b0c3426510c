"""The Mesa model plays what `supplynet.run` plays, all rows at once or agent by agent, and can be stored and copied."""

from __future__ import annotations

import copy
import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import networks, starts
from test_floors import imports, modules
from test_twin import web_of_users_rules, with_examples

import supplynet
from supplynet.agents import KIND_OF, Distributor, SupplyAgent
from supplynet.binding import Binder, Task
from supplynet.model import SupplyModel
from supplynet.rows import DAY
from supplynet.scenario import Scenario

PERIODS = 12
each_activation = pytest.mark.parametrize("activation", ["arrays", "agents"])


def assert_same(record, other, periods=None):
    """Two records hold the same bytes, in every column."""
    assert record.keys == other.keys
    for key in record.keys:
        assert record[key][:periods].tobytes() == other[key][:periods].tobytes(), key


def web(periods=PERIODS):
    """Two shops with ordering and input rules of a user, which listen and remember."""
    return Scenario("web", web_of_users_rules(), periods=periods, seed=3)


@pytest.mark.filterwarnings("ignore:.*(days of cover with|outlasts its cover)")
@each_activation
def test_a_model_equals_a_run_bit_for_bit(activation):
    @with_examples(25)
    @given(networks(), st.integers(0, 99), st.integers(0, 9), starts())
    def holds(network, seed, replication, start):
        scenario = Scenario("any", network, periods=PERIODS, seed=seed, start=start)
        model = SupplyModel(scenario, activation=activation, replication=replication)
        for _ in range(PERIODS):
            model.step()
        assert_same(supplynet.run(scenario, replication=replication).record, model.record)

    holds()


def test_every_period_is_equal_as_soon_as_it_is_played():
    model, whole = SupplyModel("flour-2020"), supplynet.run(supplynet.load("flour-2020")).record
    for period in range(1, 6):
        model.step()
        assert model.period == period and model.running
        assert_same(whole, model.record, period)


@pytest.mark.filterwarnings("ignore:.*(days of cover with|outlasts its cover)")
def test_an_own_agent_that_only_asks_its_parent_changes_nothing():
    def method(phase):
        return lambda agent: getattr(super(type(agent), agent), phase)()

    methods = {phase: method(phase) for phase in DAY}
    polite = {kind: type("Polite", (usual,), methods) for kind, usual in KIND_OF.items()}

    @with_examples(20)
    @given(networks(), st.integers(0, 99), st.sets(st.sampled_from(list(KIND_OF)), min_size=1))
    def holds(network, seed, kinds):
        scenario = Scenario("any", network, periods=PERIODS, seed=seed)
        model = SupplyModel(scenario, agents={kind: polite[kind] for kind in kinds})
        model.run_model()
        assert_same(supplynet.run(scenario).record, model.record)

    holds()


def test_each_method_of_each_agent_is_called_once_a_period(monkeypatch):
    calls = Counter()
    for phase in DAY:
        own = getattr(SupplyAgent, phase)

        def spy(agent, own=own, phase=phase):
            calls[agent.name, phase, agent.model.period] += 1
            own(agent)

        monkeypatch.setattr(SupplyAgent, phase, spy)
    model = SupplyModel("beer-game", activation="agents", periods=3)
    model.run_model()
    assert calls == dict.fromkeys([(n, p, t) for n in model.graph for p in DAY for t in range(3)], 1)


def test_agents_play_without_the_tasks_of_all_rows_at_once(monkeypatch):
    def fail():
        raise AssertionError("a task of many rows was run")

    of = Binder.of

    def only_single(binder, phase, rows):
        return (Task(t.phase, t.rows, fail if rows.size > 1 else t.run, t.carries) for t in of(binder, phase, rows))

    expected = supplynet.run(supplynet.load("flour-2020", window=3)).record
    monkeypatch.setattr(Binder, "of", only_single)
    with pytest.raises(AssertionError, match="many rows"):
        SupplyModel("flour-2020", window=3).step()
    model = SupplyModel("flour-2020", window=3, activation="agents")
    model.run_model()
    assert_same(expected, model.record)


def test_an_agent_asked_alone_remembers_what_its_rule_remembers():
    model = SupplyModel(web())
    model.step()
    (age,) = (memory["age"] for memory in model.rows.union.state.memories if "age" in memory)
    assert age.tolist() == [1, 1]
    model.agent("shop 1").order()
    assert age.tolist() == [1, 2]


@pytest.mark.parametrize("store", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy, copy.copy], ids="pdc")
@pytest.mark.parametrize("activation", ["arrays", "agents", "shuffled"])
def test_a_stored_model_goes_on_as_if_it_had_not_paused(store, activation):
    whole = SupplyModel(web(), activation=activation)
    whole.run_model()
    first = SupplyModel(web(), activation=activation)
    for _ in range(5):
        first.step()
    second = store(store(first))
    assert second.period == second.steps == 5
    second.run_model()
    assert_same(whole.record, second.record)
    assert second.result.outcomes == whole.result.outcomes
    assert first.period == 5 and first.running and not second.running and not store(second).running
    first.run_model()
    assert_same(whole.record, first.record)


class Diarist(Distributor):
    """Keeps a diary of its own, and knows whom it envies."""

    def book(self):
        super().book()
        self.diary = [*getattr(self, "diary", []), self.demand]
        self.envies = self.suppliers


def test_what_an_agent_of_ones_own_keeps_is_stored_with_it():
    model = SupplyModel("beer-game", agents={"retailer": Diarist}, periods=8)
    for _ in range(4):
        model.step()
    model.agent("retailer").on_hand = 7.0
    model.space  # noqa: B018
    again = pickle.loads(pickle.dumps(model.agent("retailer")))
    assert again.diary == [4.0] * 4 and again.on_hand == 7.0
    assert again.model is not model and again.model.agent("retailer") is again and again in again.model.agents
    assert [*again.envies] == [again.model.agent("wholesaler")]
    again.model.step()
    assert again.diary == [4.0] * 4 + [8.0] and len(model.agent("retailer").diary) == 4
    assert again.model.space[0].agents == [again.model.agent("customer")]


def test_a_change_by_hand_is_stored_too():
    model = SupplyModel("beer-game")
    model.step()
    model.agent("factory").capacity = 1.5
    again = copy.deepcopy(model)
    model.agent("factory").capacity = 99.0
    again.step()
    assert again.agent("factory").capacity == 1.5 and again.agent("factory").production_started == 1.5


def test_two_models_do_not_see_each_other():
    one, two = SupplyModel("beer-game"), SupplyModel("beer-game", desired_stock=40.0)
    for _ in range(6):
        one.step()
    assert two.agent("retailer").on_hand == 12.0 and two.period == 0
    two.agent("retailer").on_hand = 3.0
    one.run_model()
    assert_same(supplynet.run(supplynet.load("beer-game")).record, one.record)
    assert one.agent("retailer").on_hand != 3.0


def test_the_seed_may_be_given_and_may_be_a_text():
    scenario = web()
    other = supplynet.run(scenario, seed=42).record
    for rng in (42, "42", np.int64(42)):
        model = SupplyModel(scenario, rng=rng)
        model.run_model()
        assert_same(other, model.record)
    assert model.supply_scenario.seed == 42 and SupplyModel(scenario).supply_scenario.seed == scenario.seed


def test_levers_are_arguments_rules_before_their_parameters():
    levers = {"dc-north.base_stock_level": 9.0, "window": 6, "dc-north.ordering": "base_stock", "periods": 7}
    model = SupplyModel("flour-2020", **levers)
    model.run_model()
    north = model.agent("dc-north")
    assert (north.ordering.base_stock_level, model.agent("mill").ordering.window, model.period) == (9.0, 6, 7)
    assert model.result.scenario.levers == {"dc-north.ordering": "base_stock", "dc-north.base_stock_level": 9.0}


def test_only_agents_and_model_and_what_draws_them_for_it_import_mesa():
    users = {name for name, path in modules().items() if any(i.split(".")[0] == "mesa" for i in imports(path))}
    assert users == {"agents", "model", "viz.components"}
