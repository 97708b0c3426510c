"""What people use with Mesa works on our model: AgentSet, DataCollector, batch_run, the space, the page of controls."""

from __future__ import annotations

import warnings
from dataclasses import replace

import mesa
import numpy as np
import pytest
from test_mesa_agents import shop_chain

import supplynet
from supplynet.agents import Customer, Distributor
from supplynet.disruptions import Disruption
from supplynet.model import SupplyModel


def test_the_agent_set_selects_sorts_and_sums():
    model = SupplyModel("flour-2020")
    assert not model._awake, "agents are made on first use"
    model.step()
    shops = model.agents.select(lambda agent: agent.name.startswith("shops-"))
    assert len(shops) == 4 and model.agents_by_type[Distributor].agg("on_hand", sum) >= shops.agg("on_hand", sum) > 0.0
    wanted = model.record["demand"][0]
    assert model.agents.get("demand") == wanted.tolist()
    assert [agent.demand for agent in model.agents.sort("demand")] == sorted(wanted, reverse=True)
    assert Customer in model.agent_types and len(model.agents_by_type[Customer]) == 4


def test_data_are_collected_each_period_and_outcomes_at_the_end():
    model = SupplyModel("beer-game", periods=5)
    frame = model.datacollector.get_model_vars_dataframe
    for period in range(5):
        assert len(frame()) == period
        model.step()
    assert frame().iloc[:-1].isna().all(axis=None)
    assert frame().iloc[-1].to_dict() == model.result.outcomes == supplynet.run(model.supply_scenario).outcomes


def test_what_is_collected_may_be_chosen():
    model = SupplyModel("beer-game", periods=5)
    model.datacollector = mesa.DataCollector({"owed": lambda m: m.agents.agg("backlog", sum)}, {"stock": "on_hand"})
    model.run_model()
    nodes, record = model.rows.network.n_nodes, model.record
    assert model.datacollector.get_model_vars_dataframe()["owed"].tolist() == record["backlog"].sum(axis=1).tolist()
    stock = model.datacollector.get_agent_vars_dataframe()["stock"].to_numpy().reshape(5, nodes)
    assert np.array_equal(stock, record["on_hand"])


def test_batch_run_plays_levers_to_the_end_of_the_scenario():
    found = mesa.batch_run(SupplyModel, {"scenario": "flour-2020", "window": [3, 6]}, display_progress=False)
    for row, window in zip(found, (3, 6), strict=True):
        outcomes = supplynet.run(supplynet.load("flour-2020", window=window)).outcomes
        assert row["window"] == window and {name: row[name] for name in outcomes} == outcomes


def test_the_space_has_an_agent_on_each_node_and_neighbours_where_lanes_are():
    model = SupplyModel(shop_chain())
    shop = model.agent("shop")
    model.space  # noqa: B018
    assert [cell.agents for cell in model.space] == [[agent] for agent in model.agents]
    assert {agent.name for agent in shop.cell.neighborhood.agents} == {"source", "town", "village"}
    assert model.space.G.number_of_edges() == model.graph.number_of_edges() == 3


class Ours(SupplyModel):
    """A model of a user, who wants a step to do more."""

    def step(self):
        super().step()
        self.noted = [*getattr(self, "noted", []), self.agents.agg("backlog", max)]


def test_a_model_may_be_derived_and_its_own_step_is_called():
    model = Ours("beer-game", periods=6)
    model.run_model()
    assert model.noted == model.record["backlog"].max(axis=1).tolist() and model.steps == 6


def test_the_run_so_far_is_a_run_of_so_many_periods_and_what_strikes_later_is_not_told():
    struck = supplynet.load("flour-2020").with_disruptions([Disruption("mill", "capacity_factor", 0.0, 12, 3)])
    model = SupplyModel(struck)
    with pytest.raises(ValueError, match="no period of 'flour-2020' is played yet"):
        _ = model.so_far
    for period in range(1, 15):
        model.step()
        alone = supplynet.run(replace(model.so_far.scenario, periods=period))
        assert repr(model.so_far.outcomes) == repr(alone.outcomes)
        assert np.array_equal(model.so_far.record["on_hand"], alone.record["on_hand"])
        assert len(model.so_far.scenario.network.disruptions) == (period > 12)
    sums = SupplyModel("flour-2020", keep=supplynet.Keep(by="kind"))
    sums.step()
    with pytest.raises(ValueError, match="keep columns"):
        _ = sums.so_far


def test_the_page_of_controls_shows_steps_and_rebuilds_the_model():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Mesa's page warns of itself as it is imported
        import ipyvuetify
        import solara
        from mesa.visualization import SolaraViz, make_plot_component, make_space_component
        from mesa.visualization.components import AgentPortrayalStyle

    def portray(agent):
        return AgentPortrayalStyle(color="tab:red" if agent.backlog > 0.0 else "tab:blue", size=30)

    shown = solara.reactive(SupplyModel("flour-2020", window=4))
    seed = {"type": "InputText", "value": "42", "label": "seed"}
    params = {"scenario": "flour-2020", "window": {"type": "SliderInt", "value": 5, "min": 1, "max": 9}, "rng": seed}
    parts = [make_space_component(portray), make_plot_component("fill_rate")]
    page = SolaraViz(shown, components=parts, model_params=params)
    _, rendered = solara.render(solara.AppLayout(children=[page]), handle_error=False)
    buttons = {b.children[0]: b for b in rendered.find(ipyvuetify.Btn).widgets if isinstance(b.children[0], str)}
    first = shown.value
    buttons["Step"].click()
    assert first.period == 1 and shown.value is first
    buttons["Reset"].click()
    scenario = shown.value.supply_scenario
    assert shown.value is not first and (shown.value.period, scenario.seed, scenario.own_levers["window"]) == (0, 42, 5)
    rendered.close()
