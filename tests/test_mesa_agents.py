"""Agents of one's own decide, and what they decide is carried out and conserved, in every order of acting."""

from __future__ import annotations

from collections import Counter

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from networks import networks
from test_mesa import assert_same
from test_twin import with_examples

import supplynet
from supplynet.agents import Customer, Distributor, Factory, SupplyAgent
from supplynet.balance import Balance
from supplynet.demand import Trace
from supplynet.graphs import from_graph
from supplynet.model import SupplyModel
from supplynet.network import Signal
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, MakeToOrder
from supplynet.rows import DAY
from supplynet.scenario import Scenario


def shop_chain(delay=1, demand=5.0, periods=8, signals=(), **shop):
    """A source, a shop and two towns that want the same; every lane takes so long each way."""
    graph = nx.DiGraph()
    graph.add_node("source", kind="supplier")
    graph.add_node("shop", **{"ordering": BaseStock(40.0), "on_hand": 20.0} | shop)
    graph.add_edge("source", "shop", order_lead_time=delay, shipment_lead_time=delay)
    for town in ("town", "village"):
        graph.add_node(town, kind="customer", demand=demand)
        graph.add_edge("shop", town, order_lead_time=delay, shipment_lead_time=delay)
    return Scenario("shop", from_graph(graph, signals=signals), periods=periods, start="empty")


def play(scenario, **asked):
    """The model at its end, after every period was found to conserve orders and goods."""
    model = SupplyModel(scenario, **asked)
    balance = Balance(model.rows.union)
    for period in range(scenario.periods):
        model.step()
        balance.keep(period)
    return model


def own(kind=Distributor, **methods):
    """A class of agents with these methods."""
    return type("Own", (kind,), methods)


def test_what_an_agent_wants_is_ordered_rounded_and_counted_once():
    def order(agent):
        agent.production_order = 7.0 + agent.model.period

    plain = play(shop_chain(), agents={"shop": own(order=order)})
    shop = plain.rows.network.names.index("shop")
    assert plain.record["production_order"][:, shop].tolist() == [7.0 + t for t in range(8)]
    assert plain.record["order"][:, 0].tolist() == [7.0 + t for t in range(8)]
    packed = play(shop_chain(order_multiple=4.0, order_cap=12.0), agents={"shop": own(order=order)})
    assert packed.record["production_order"][:, shop].tolist() == [8.0, 8.0] + [12.0] * 6


def test_what_an_agent_adds_to_its_rule_is_wanted_too_and_the_rule_takes_it_off_again():
    def order(agent):
        Distributor.order(agent)
        if agent.model.period == 2:
            agent.production_order += 30.0

    usual, hoarding = (play(shop_chain(), agents=a) for a in ({}, {"shop": own(order=order)}))
    more = (hoarding.record["production_order"] - usual.record["production_order"])[:, 1]
    # orders of 10 a period from period 1 on (a base stock only passes on): 30 more in period 2, none until made up for
    assert usual.record["production_order"][:, 1].tolist() == [20.0] + [10.0] * 7
    assert more.tolist() == [0.0, 0.0, 30.0, -10.0, -10.0, -10.0, 0.0, 0.0]


def test_an_agent_chooses_what_to_order_from_whom_and_what_to_ship_to_whom():
    def purchase(agent):
        agent.orders_sent["source"] = 3.0

    def ship(agent):
        town, village = agent.customers
        agent.shipments_sent[town] = min(4.0, agent.lane_backlog[town], agent.on_hand)
        agent.shipments_sent["village"] = min(1.0, agent.lane_backlog[village])

    model = play(shop_chain(), agents={"shop": own(purchase=purchase, ship=ship)})
    lanes = model.rows.network.lane_names()
    sent = dict(zip(lanes, model.record["shipment"].T.tolist(), strict=True))
    assert sent["shop>town"][:5] == [0.0, 4.0, 4.0, 4.0, 4.0] and sent["shop>village"] == [0.0] + [1.0] * 7
    assert sent["source>shop"] == [0.0] + [3.0] * 7
    assert model.agent("shop").shipments_received["source"] == 3.0


def test_an_agent_can_strike_and_a_customer_can_stay_at_home():
    def produce(agent):
        agent.capacity = 0.0 if agent.model.period < 4 else np.inf
        Factory.produce(agent)

    def stay(agent):
        agent.orders_sent[agent.suppliers[0]] = 0.0

    agents = {"shop": own(SupplyAgent, produce=produce), "village": own(Customer, purchase=stay)}
    model = play(shop_chain(), agents=agents)
    made = model.record["production"][:, 1]
    assert made[:4].tolist() == [0.0] * 4 and made[4] > 0.0
    assert model.agent("village").input_stock["shop"] == 0.0 < model.agent("town").shipped


@with_examples(25)
@given(networks(), st.integers(0, 99), st.booleans())
def test_orders_and_goods_are_conserved_whatever_own_agents_decide(network, seed, shuffled):
    def wild(agent):
        luck = agent.model.random
        agent.production_order = luck.choice([0.0, 5.0, 60.0])

    def send(agent):
        for supplier in agent.orders_sent:
            agent.orders_sent[supplier] = 9.0 * agent.model.random.random()

    def hold_back(agent):
        SupplyAgent.ship(agent)
        for customer, quantity in agent.shipments_sent.items():
            agent.shipments_sent[customer] = 0.5 * quantity

    firm = own(SupplyAgent, order=wild, purchase=send, ship=hold_back)
    scenario = Scenario("any", network, periods=15, seed=seed)
    agents = dict.fromkeys(("supplier", "factory", "distributor"), firm)
    play(scenario, agents=agents, activation="shuffled" if shuffled else "arrays")


def test_only_the_agents_named_are_asked_and_a_name_goes_before_a_kind():
    asked = Counter()

    def order_as(who):
        def order(agent):
            asked[who, agent.name] += 1
            Distributor.order(agent)

        return order

    kinds = {"distributor": own(order=order_as("kind")), "dc-north": own(order=order_as("name"))}
    SupplyModel("flour-2020", agents=kinds).step()
    shops = ("northeast", "midwest", "south", "west")
    expected = {("name", "dc-north"): 1, ("kind", "dc-south"): 1} | {("kind", f"shops-{region}"): 1 for region in shops}
    assert asked == expected
    asked.clear()
    SupplyModel("beer-game", agents={"distributor": own(order=order_as("a node of that name"))}).step()
    assert asked == {("a node of that name", "distributor"): 1}


def test_an_agent_is_told_what_signals_say_and_as_late():
    heard = []

    def order(agent):
        heard.append(agent.told)

    signals = [Signal("town", "shop", "demand", 0, 2.0), Signal("village", "shop", "shipped", 2, start=-1.0)]
    scenario = shop_chain(signals=signals, demand=Trace((5.0, 1.0, 6.0, 2.0, 0.0)))
    model = play(scenario, agents={"shop": own(order=order)})
    eaten = model.record["shipped"][:, model.rows.network.names.index("village")].tolist()
    assert [told["demand"] for told in heard[:5]] == [10.0, 2.0, 12.0, 4.0, 0.0]
    assert [told["shipped"] for told in heard] == [-1.0, -1.0, *eaten[:6]] and max(eaten) > 0.0
    assert model.agent("town").told == {}


def test_an_agent_shows_what_it_has_whom_it_deals_with_and_what_passed():
    model = SupplyModel("beer-game")
    for _ in range(6):
        model.step()
    node, lane = model.record["on_hand"][5], model.record["order"][5]
    retailer, names = model.agent("retailer"), model.rows.network.names
    assert [agent.on_hand for agent in model.agents] == node.tolist()
    assert [agent.name for agent in model.agents] == [*names] and [a.unique_id for a in model.agents] == [*range(1, 6)]
    assert (retailer.suppliers, retailer.customers) == ((model.agent("wholesaler"),), (model.agent("customer"),))
    assert retailer.orders_sent == {"wholesaler": lane[model.rows.network.lane_names().index("wholesaler>retailer")]}
    assert retailer.orders_received == {"customer": 8.0} and str(retailer) == "Distributor('retailer')"
    assert (retailer.kind, retailer.holding_cost, retailer.order_multiple) == ("distributor", 0.5, 0.0)
    assert retailer.ordering.desired_stock == 28.0 and "stock of finished goods" in SupplyAgent.on_hand.__doc__
    assert retailer.model.graph["wholesaler"]["retailer"]["order_lead_time"] == 2


def test_shuffled_agents_play_the_same_where_every_message_takes_time():
    scenario = shop_chain(demand=Trace((5.0, 1.0, 6.0, 2.0, 0.0)))
    assert_same(supplynet.run(scenario).record, play(scenario, activation="shuffled").record)


@with_examples(40)
@given(networks(), st.integers(0, 99))
def test_shuffled_agents_lose_no_order_and_no_goods(network, seed):
    play(Scenario("any", network, periods=15, seed=seed), activation="shuffled")


def test_a_message_of_the_same_day_that_misses_its_reader_waits_one_period(monkeypatch):
    scenario = shop_chain(delay=0, demand=Trace((5.0, 1.0, 6.0, 2.0, 0.0)), periods=5)
    keys, results = ("order", "booked", "shipment", "received"), {}
    up, down = ("town", "village", "shop", "source"), ("source", "shop", "town", "village")
    for way, days in {"up": [up] * 5, "down": [down] * 5, "both": [down, up, up, down, up]}.items():
        model = SupplyModel(scenario, activation="shuffled")

        def shuffle(agents, days=days, model=model):
            agents.sort(key=lambda kept: days[model.period].index((kept() if callable(kept) else kept).name))

        monkeypatch.setattr(model.random, "shuffle", shuffle)
        model.run_model()
        lanes = model.rows.network.lane_names()
        results[way] = {key: dict(zip(lanes, model.record[key].T.tolist(), strict=True)) for key in keys}
    to_town = {way: {key: found[key]["shop>town"] for key in keys} for way, found in results.items()}
    # customers before the shop: their orders are booked at once, and its goods come too late for them to eat today
    assert to_town["up"]["order"] == to_town["up"]["booked"] == [5.0, 1.0, 6.0, 2.0, 0.0]
    assert to_town["up"]["received"] == [0.0, *to_town["up"]["shipment"][:4]]
    # the shop before its customers: their orders wait a day, and the goods come at once
    assert to_town["down"]["booked"] == [0.0, *to_town["down"]["order"][:4]]
    assert to_town["down"]["received"] == to_town["down"]["shipment"]
    assert to_town["down"]["order"] == [5.0, 1.0, 6.0, 2.0, 0.0] and sum(to_town["down"]["received"]) == 14.0
    # what waited on the first day is booked with what is in time on the second, and on the fourth day again it waits
    assert to_town["both"]["booked"] == [0.0, 6.0, 6.0, 0.0, 2.0]


def test_an_agent_that_orders_on_what_it_saw_yesterday_does_so_before_it_books():
    acted = []

    def act(agent, phase):
        acted.append(phase)
        SupplyAgent.act(agent, phase)

    for rule, before in ((DaysOfCover(), True), (None, False)):
        acted.clear()
        scenario = shop_chain(ordering=MakeToOrder(), input_rule=rule)
        SupplyModel(scenario, agents={"shop": own(act=act)}, activation="shuffled").step()
        assert sorted(acted) == sorted(DAY) and (acted.index("purchase") < acted.index("book")) == before
