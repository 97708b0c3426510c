"""What an agent cannot be, do or write is said with where, what, rule and cure."""

from __future__ import annotations

import numpy as np
import pytest
from test_mesa_agents import own, shop_chain

from supplynet.agents import Distributor, Factory
from supplynet.model import SupplyModel


def wrote(**columns):
    """A method that writes these attributes of its agent."""

    def method(agent):
        for name, value in columns.items():
            if isinstance(value, dict):
                for neighbour, quantity in value.items():
                    getattr(agent, name)[neighbour] = quantity
            else:
                setattr(agent, name, value)

    return method


NONSENSE = [
    ("order", {"production_order": -4.0}, "wrote production_order -4.0, must be finite and >= 0"),
    ("order", {"production_order": np.nan}, "wrote production_order nan"),
    ("order", {"on_hand": np.inf}, "wrote on_hand inf"),
    ("book", {"demand": -1e-3}, "wrote demand -0.001"),
    ("purchase", {"orders_sent": {"source": -1e-12}}, "wrote orders_sent for 'source' -1e-12"),
    ("produce", {"on_order": {"source": np.nan}}, "wrote on_order for 'source' nan"),
    ("ship", {"shipments_sent": {"village": -1.0}}, "wrote shipments_sent for 'village' -1.0"),
    ("ship", {"shipments_sent": {"town": 9.0}}, "for 'town' 9.0, must be at most the 5.0 that can be claimed"),
    ("ship", {"on_hand": 7.0, "shipments_sent": {"town": 5.0, "village": 5.0}}, "10.0 in all, must be at most the 7.0"),
]


@pytest.mark.parametrize(("phase", "columns", "said"), NONSENSE)
def test_nonsense_is_named_with_agent_method_and_period(phase, columns, said):
    def method(agent):
        getattr(Distributor, phase)(agent)
        if agent.model.period == 3:
            wrote(**columns)(agent)

    model = SupplyModel(shop_chain(), agents={"shop": own(**{phase: method})})
    for _ in range(3):
        model.step()
    with pytest.raises(ArithmeticError) as fault:
        model.step()
    assert f"period 3: Own.{phase} of 'shop' " in str(fault.value) and said in str(fault.value)


FAULTS = [
    ({"agents": {"shpo": Distributor}}, ["no node or kind 'shpo'; did you mean 'shop'?"]),
    ({"agents": {"shop": 5, "twon": Factory}}, ["'shop' is 5, must be a class of agents", "did you mean 'town'?"]),
    ({"agents": {"shop": dict}}, ["'shop' is dict, must be a class of agents"]),
    (
        {"agents": {"shop": Factory}},
        ["'shop' is a distributor, and Factory is for another kind; derive it from"],
    ),
    (
        {"activation": "agent"},
        ["activation is 'agent', must be one of arrays, agents, shuffled; did you"],
    ),
    ({"rng": "luck"}, ["rng is 'luck', must be a whole number >= 0"]),
    ({"rng": 1.5}, ["rng is 1.5, must be a whole number >= 0"]),
    ({"rng": -1}, ["seed is -1, must be a whole number >= 0"]),
    ({"scenario": "flour-2021"}, ["scenario 'flour-2021' is not known; did you mean 'flour-2020'?"]),
    ({"base_stock_leval": 5.0}, ["lever 'base_stock_leval' is not known here; did you mean 'base_stock_level'?"]),
]


@pytest.mark.parametrize(("asked", "said"), FAULTS)
def test_what_cannot_be_asked_for_is_named_with_the_nearest_name(asked, said):
    with pytest.raises(ValueError) as fault:
        SupplyModel(**{"scenario": shop_chain()} | asked)
    assert all(words in str(fault.value) for words in said)


def test_what_an_agent_cannot_do_is_said():
    model = SupplyModel(shop_chain(periods=1))
    shop = model.agent("shop")
    for error, words, call in [
        (ValueError, "there is no agent 'shpo'; did you mean 'shop'?", lambda: model.agent("shpo")),
        (ValueError, "cannot be removed", shop.remove),
        (ValueError, "0 of 1 periods of 'shop' are played", lambda: model.result),
        (AttributeError, "scenario.with_lever('shop.holding_cost', 3.0)", lambda: setattr(shop, "holding_cost", 3.0)),
        (AttributeError, "agent.orders_sent[neighbour] = quantity", lambda: setattr(shop, "orders_sent", {})),
        (TypeError, "on_hand of 'shop' is 'much', must be a number", lambda: setattr(shop, "on_hand", "much")),
        (TypeError, "orders_sent of 'shop' for 'source' is 'x'", lambda: shop.orders_sent.__setitem__("source", "x")),
        (KeyError, "'twon' is no neighbour; did you mean 'town'?", lambda: shop.orders_received["twon"]),
        (KeyError, "it has no such lanes", lambda: model.agent("town").orders_received["shop"]),
    ]:
        with pytest.raises(error) as fault:
            call()
        assert words in str(fault.value.args[0])
    model.step()
    with pytest.raises(ValueError, match="has 1 periods, and all are played"):
        model.step()


@pytest.mark.parametrize("activation", ["arrays", "agents"])
@pytest.mark.parametrize(
    ("phase", "law"),
    [
        ("receive", "goods in transit|what is on order|input stock"),
        ("book", "backlog of lanes|orders in the mail|need"),
        ("produce", "stock of finished goods"),
    ],
)
def test_goods_that_a_method_loses_or_makes_out_of_nothing_are_noticed(phase, law, activation):
    def method(agent):
        if phase == "produce":
            Distributor.produce(agent)
            agent.on_hand += 10.0

    model = SupplyModel(shop_chain(), agents={"shop": own(**{phase: method})}, activation=activation)
    with pytest.raises(ArithmeticError, match=rf"period \d+: ({law}) is broken"):
        model.run_model()


def test_an_own_step_is_refused_where_nobody_calls_it():
    class Walker(Distributor):
        def step(self):
            super().step()

    with pytest.raises(ValueError, match="Walker has a step of its own, which is not called"):
        SupplyModel(shop_chain(), agents={"shop": Walker})
    model = SupplyModel(shop_chain(), agents={"shop": Walker}, activation="shuffled")
    model.step()
    assert model.period == 1


@pytest.mark.parametrize("agents", ["shop", [Distributor], Distributor])
def test_agents_that_are_no_mapping_are_refused_with_the_cure_for_batch_runs(agents):
    with pytest.raises(ValueError, match="must map names of nodes, or kinds, to classes.* put that into a list"):
        SupplyModel(shop_chain(), agents=agents)
