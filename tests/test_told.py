"""Who tells a rule chosen by name what, in whose units, and how old: networks in which a naive answer goes wrong."""

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from shapes import shop
from shell import shell

import supplynet
from supplynet.distributions import Discrete, Normal, Poisson
from supplynet.policies.ordering import BaseStock, MakeToOrder, ProportionalOrderUpTo

SAME_DAY = {"order_lead_time": 0, "shipment_lead_time": 0}


def scenario(graph, periods=400, **more):
    return supplynet.Scenario("told", supplynet.from_graph(graph), periods=periods, seed=3, **more)


def two_centres():
    """One shop buys a third from one centre and two thirds from the other one."""
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Normal(120.0, 20.0))
    graph.add_node("shop", ordering=BaseStock(400.0), on_hand=100.0)
    graph.add_edge("shop", "market", **SAME_DAY)
    for centre, share in (("west", 1.0 / 3.0), ("east", 2.0 / 3.0)):
        graph.add_node(centre, product="tea", ordering=BaseStock(300.0), on_hand=100.0)
        graph.add_node(f"{centre} garden", kind="supplier")
        graph.add_edge(centre, "shop", order_lead_time=0, shipment_lead_time=1, share=share)
        graph.add_edge(f"{centre} garden", centre, order_lead_time=0, shipment_lead_time=2)
    return scenario(graph)


def parts_maker(**lane):
    """A works that takes 2 parts for each of its products, of which 1.5 go into what the market buys: 3 in all."""
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Normal(100.0, 10.0))
    graph.add_node("finisher", kind="factory", ordering=BaseStock(400.0), on_hand=200.0)
    graph.add_node("works", kind="factory", ordering=BaseStock(600.0), on_hand=300.0)
    graph.add_node("parts", kind="factory", ordering=BaseStock(1800.0), on_hand=900.0)
    graph.add_edge("finisher", "market", **SAME_DAY)
    graph.add_edge("works", "finisher", units_per_output=1.5, **lane)
    graph.add_edge("parts", "works", units_per_output=2.0, **lane)
    return scenario(graph)


PARTS = [(two_centres(), "west", 1 / 3), (two_centres(), "east", 2 / 3), (parts_maker(), "parts", 3)]


@pytest.mark.parametrize("text", ["pos(horizon=4)", "vmi", "pout(forecast_from='told_demand')"])
@pytest.mark.parametrize(("base", "node", "part"), PARTS)
def test_what_is_told_weighs_what_the_node_supplies_of_it_so_stock_neither_piles_up_nor_runs_out(
    base, node, part, text
):
    changed = base.with_lever(f"{node}.ordering", text)
    record = supplynet.run(changed).record
    row, market = (base.network.names.index(name) for name in (node, "market"))
    ordered, sold = record["production_order"][:, row].sum(), record["demand"][:, market].sum()
    held = record["on_hand"][:, row] - record["backlog"][:, row]
    # Over 400 periods what was ordered may differ from what was sold only by what is on the way, and stock by no more.
    assert abs(ordered - part * sold) < 20 * part * sold / 400
    assert np.abs(held).max() < 20 * part * sold / 400
    told_demand = [at for at in changed.network.signals if at.tells == "demand" and at.reader == node]
    weights = [signal.weight for signal in told_demand]
    assert weights == pytest.approx([2.0 if text == "vmi" and part == 3 else part])


def test_cards_of_a_line_count_units_of_the_head():
    base = parts_maker(order_lead_time=0, shipment_lead_time=1)
    for stage in ("finisher", "works"):
        base = base.with_lever(f"{stage}.ordering", "mto").with_lever(f"{stage}.on_hand", 0)
    record = supplynet.run(base.with_lever("parts.ordering", "conwip(cards=1500)")).record
    row, market = (base.network.names.index(name) for name in ("parts", "market"))
    assert record["shipped"][:, row].sum() == pytest.approx(3.0 * record["demand"][:, market].sum(), rel=0.02)


@pytest.mark.parametrize("start", ["steady", "empty"])
def test_a_line_that_opens_full_or_empty_never_holds_more_than_its_cards(start):
    line = nx.DiGraph()
    stations = ["one", "two", "three", "four"]
    for station in stations:
        line.add_node(station, kind="factory", ordering=MakeToOrder())
    line.add_node("market", kind="customer", demand=Poisson(10.0))
    for supplier, buyer in zip(stations, [*stations[1:], "market"], strict=True):
        lead = 0 if buyer == "market" else 1
        line.add_edge(supplier, buyer, order_lead_time=0, shipment_lead_time=lead)
    base = scenario(line, start=start).with_lever("one.ordering", "conwip(cards=35)")
    record = supplynet.run(base).record
    lanes = [base.network.lane_names().index(f"{a}>{b}") for a, b in pairwise(stations)]
    opened = base.network.node["on_hand"].sum() + (30.0 if start == "steady" else 0.0)  # 10 on each of three lanes
    entered = record["production_order"][:, 0].cumsum()
    left = record["shipped"][:, 3].cumsum()
    held = opened + entered - left
    assert held.max() <= 35.0 + 1e-9 and held[50:].max() >= 30.0, "the cards are used, and never exceeded"
    assert record["on_order"][:, lanes].min() >= 0.0


@pytest.mark.parametrize("delay", [0, 3])
def test_what_the_market_lost_is_not_replaced(delay):
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Normal(100.0, 30.0))
    graph.add_node("shop", ordering=BaseStock(110.0), on_hand=100.0)
    graph.add_node("centre", ordering=BaseStock(300.0), on_hand=100.0)
    graph.add_node("garden", kind="supplier")
    graph.add_edge("shop", "market", unfilled="lost", **SAME_DAY)
    graph.add_edge("centre", "shop", order_lead_time=0, shipment_lead_time=1)
    graph.add_edge("garden", "centre", order_lead_time=0, shipment_lead_time=2)
    base = scenario(graph, periods=800).with_lever("centre.ordering", f"pos(horizon=4, delay={delay})")
    record = supplynet.run(base).record
    lost, held = record["lost"].sum(), record["on_hand"][:, base.network.names.index("centre")]
    assert lost > 500.0, "nothing was lost, so nothing is tested"
    assert np.polyfit(np.arange(400.0), held[400:], 1)[0] * 400 < 0.25 * lost, "stock grows by what was lost"


def told(changed, reader):
    return {(at.source, at.tells, at.delay, at.weight) for at in changed.network.signals if at.reader == reader}


def test_signals_change_with_the_rule_and_its_parameters_and_go_with_it():
    base = supplynet.load("beer-game")
    pos = base.with_lever("factory.ordering", "pos(horizon=9)")
    assert told(pos, "factory") == {("customer", "demand", 0, 1.0), ("customer", "lost", 1, 1.0)}
    half = pos.with_lever("factory.participation", 0.5).with_lever("factory.delay", "2")
    assert told(half, "factory") == {("customer", "demand", 2, 0.5), ("customer", "lost", 3, 0.5)}
    vendor = pos.with_lever("factory.ordering", "vmi")
    assert told(vendor, "factory") == told(base.with_lever("factory.ordering", "vmi"), "factory")
    assert not told(vendor.with_lever("factory.ordering", "base_stock(9)"), "factory")


def test_a_parameter_by_which_a_rule_starts_to_listen_brings_its_signals(folder):
    done = shell(
        "run", "flour-2020", "--set", "mill.ordering=pout", "--set", "mill.forecast_from=told_demand", "--json"
    )
    assert done.exit_code == 0, done.output
    base = shop(ordering=ProportionalOrderUpTo()).with_lever("shop.forecast_from", "told_demand")
    assert told(base, "shop") == {("customer", "demand", 0, 1.0)}


def test_a_network_that_says_who_tells_is_left_as_it_is():
    own = supplynet.Signal("customer", "shop", "demand", 5, 0.25)
    base = shop(ordering=ProportionalOrderUpTo(), signals=[own]).with_lever("shop.forecast_from", "told_demand")
    assert base.network.signals == (own,)


def test_what_a_vendor_is_told_is_as_old_as_orders_usually_are():
    base = supplynet.load("beer-game")
    lane = np.array([base.network.lane_names().index("factory>distributor")])
    late = replace(
        base, network=base.network.with_column("lane", "order_lead_time", lane, Discrete((2, 3), (0.2, 0.8)))
    )
    vendor = replace(late, recipe=None).with_lever("factory.ordering", "vmi")
    assert {signal.delay for signal in vendor.network.signals} == {3}


def test_the_price_told_is_that_of_all_that_a_unit_takes_by_share():
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=10.0)
    graph.add_node("shop", ordering=BaseStock(40.0), on_hand=20.0)
    graph.add_edge("shop", "customer", **SAME_DAY)
    for name, price, share in (("near", 12.0, 0.25), ("far", 8.0, 0.75)):
        graph.add_node(name, kind="supplier", product="tea", price=price)
        graph.add_edge(name, "shop", share=share, units_per_output=2.0)
    base = scenario(graph, periods=5)
    cheap, dear = (f"forward_buying(30, 90, {price})" for price in (18.0, 17.9))
    assert supplynet.run(base.with_lever("shop.ordering", cheap)).record["production_order"][0, 1] > 50.0
    assert supplynet.run(base.with_lever("shop.ordering", dear)).record["production_order"][0, 1] < 50.0


@pytest.mark.parametrize(
    ("levers", "message"),
    [
        ({"shop.ordering": "demand_inference(9)"}, "it is told of interest by nobody who shows any"),
        ({"shop.ordering": "demand_inference(9, infer_from='sales')"}, "where customers wait .* sales are no demand"),
        ({"shop.ordering": "demand_inference(9, infer_from='sales', delay=0)"}, "delay is 0, must be >= 1"),
    ],
)
def test_a_rule_that_would_be_told_nonsense_is_refused(levers, message):
    with pytest.raises(ValueError, match=message):
        supplynet.run(shop().with_levers(levers))
