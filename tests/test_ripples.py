"""Which shortage caused which, traced by hand on a chain, an assembly, a diamond, and two independent origins."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from networks import networks, starts

from supplynet import Keep, Scenario, from_graph, plot, run
from supplynet.disruptions import Disruption
from supplynet.distributions import Poisson
from supplynet.policies.ordering import BaseStock
from supplynet.ripples import CAUSES, ripples, tree


def network(lanes, disruptions=(), *, demand=10.0, stock=0.0, lead=1, **nodes):
    """Nodes by the lanes between them, "a>b"; those without suppliers make, "shop..." sell to a customer of their own.

    Each holds `stock` and a base stock that just covers its lead time; nodes: other attributes of some nodes.
    """
    graph = nx.DiGraph([lane.split(">") for lane in lanes])
    for name in list(graph):
        source = not graph.in_degree(name)
        own = {"kind": "supplier"} if source else {"ordering": BaseStock(10.0 * lead + stock), "on_hand": stock}
        graph.nodes[name].update(own | nodes.get(name, {}))
        if name.startswith("shop"):
            graph.add_node(f"customer of {name}", kind="customer", demand=demand)
            graph.add_edge(name, f"customer of {name}", shipment_lead_time=0)
    for *_, lane in graph.edges(data=True):
        lane.setdefault("shipment_lead_time", lead)
    return Scenario("by hand", from_graph(graph, disruptions=disruptions), periods=40)


def found(scenario, **settings):
    """(node, start, end, cause, parent, depth) of each shortage, the parent by name."""
    shortages = ripples(run(scenario).record, **settings)
    return [
        (one.node, one.start, one.end, one.cause, shortages[one.parent].node if one.parent >= 0 else None, one.depth)
        for one in shortages
    ]


def out(node, start, duration):
    return Disruption(node, "capacity_factor", 0.0, start, duration)


def test_a_shortage_goes_down_a_chain_a_lead_time_later_at_each_lane():
    chain = network(["mine>works", "works>shop"], [out("mine", 5, 3)])
    # the mine owes in 5, 6 and 7 and sends all in 8; that comes to the works a period later, and to the shop another
    assert found(chain) == [
        ("mine", 5, 7, "capacity", None, 0),
        ("works", 6, 8, "input", "mine", 1),
        ("shop", 7, 9, "input", "works", 2),
    ]


def test_a_stock_takes_periods_off_a_shortage_and_what_it_outlasts_goes_no_further():
    # the works has 10 for one period without goods, the shop 10 for another: the third one it owes
    chain = network(["mine>works", "works>shop"], [out("mine", 5, 3)], stock=10.0)
    assert found(chain) == [
        ("mine", 5, 7, "capacity", None, 0),
        ("works", 7, 8, "input", "mine", 1),
        ("shop", 9, 9, "input", "works", 2),
    ]
    assert found(network(["mine>works", "works>shop"], [out("mine", 5, 2)], stock=10.0))[-1][0] == "works"


def test_of_two_inputs_of_an_assembly_the_struck_one_is_the_cause():
    lanes = ["mine>works", "forest>works", "works>shop"]
    for struck in ("mine", "forest"):
        shortages = found(network(lanes, [out(struck, 5, 2)]))
        assert shortages == [
            (struck, 5, 6, "capacity", None, 0),
            ("works", 6, 7, "input", struck, 1),
            ("shop", 7, 8, "input", "works", 2),
        ]


def with_criticality(scenario, product, value):
    item = scenario.network.input["product"].tolist().index(product)
    return Scenario(
        "critical", scenario.network.with_column("input", "criticality", np.array([item]), value), periods=40
    )


@pytest.mark.parametrize(("critical", "cause"), [(1.0, "mine"), (0.4, "forest")])
def test_of_two_inputs_that_run_dry_the_one_that_lacks_most_by_its_criticality_is_the_cause(critical, cause):
    # in 6 the works wants 20 (10 on order, 10 new); of the mine it has 2, of the forest 5: 18 are short, and 15 * 0.5
    events = [Disruption("mine", "capacity_factor", 0.2, 5, 2), Disruption("forest", "capacity_factor", 0.5, 5, 2)]
    sized = {"capacity": 10.0}
    lanes = ["mine>works", "forest>works", "works>shop"]
    scenario = network(lanes, events, mine=sized, forest=sized, works={"capacity": 10.0})
    for product, value in (("mine", critical), ("forest", 0.5 if critical < 1.0 else 1.0)):
        scenario = with_criticality(scenario, product, value)
    assert next(one[4] for one in found(scenario) if one[0] == "works") == cause


def test_an_input_that_is_not_critical_is_no_cause():
    lanes = ["mine>works", "forest>works", "works>shop"]
    scenario = with_criticality(network(lanes, [out("mine", 5, 2)]), "mine", 0.0)
    assert [one[0] for one in found(scenario)] == ["mine"]
    both = with_criticality(network(lanes, [out("mine", 5, 2), out("works", 6, 1)]), "mine", 0.0)
    assert ("works", 6, 6, "capacity", None, 0) in found(both)


def test_a_diamond_is_one_tree_and_its_end_has_one_parent():
    lanes, holds = (
        ["mine>left", "mine>right", "left>shop", "right>shop"],
        {"on_hand": 10.0, "ordering": BaseStock(20.0)},
    )
    diamond = network(lanes, [out("mine", 5, 2)], right=holds)
    shortages = ripples(run(diamond).record)
    graph = tree(shortages)
    assert nx.is_forest(graph) and nx.number_weakly_connected_components(graph) == 1
    ways = [graph.nodes[at]["name"] for at in nx.shortest_path(graph, 0, len(shortages) - 1)]
    assert ways[0] == "mine" and ways[-1] == "shop" and len(ways) == 3
    shop = next(one for one in shortages if one.node == "shop")
    assert (shop.start, shortages[shop.parent].node) == (7, "left"), "the right one still serves from stock"
    assert [data["delay"] for *_, data in graph.out_edges(0, data=True)] == [1, 2]


def test_two_origins_make_two_trees():
    two = network(["mine>works", "works>shop 1", "port>shop 2"], [out("mine", 5, 2), out("port", 6, 2)])
    assert sorted(found(two), key=lambda one: one[1]) == [
        ("mine", 5, 6, "capacity", None, 0),
        ("works", 6, 7, "input", "mine", 1),
        ("port", 6, 7, "capacity", None, 0),
        ("shop 1", 7, 8, "input", "works", 2),
        ("shop 2", 7, 8, "input", "port", 1),
    ]
    parts = nx.weakly_connected_components(tree(ripples(run(two).record)))
    assert sorted(len(part) for part in parts) == [2, 3]


def test_a_closed_lane_and_a_demand_beyond_the_stock_are_origins_too():
    mine = {"ordering": BaseStock(30.0), "on_hand": 30.0}
    closed = network(["mine>shop"], [Disruption("mine>shop", "open_factor", 0.0, 5, 2)], mine=mine)
    assert found(closed) == [("mine", 5, 6, "lane", None, 0), ("shop", 6, 7, "input", "mine", 1)]
    rush = network(["mine>shop"], [Disruption("kind=customer", "demand_factor", 2.0, 5, 1)])
    assert found(rush) == [("shop", 5, 5, "stock", None, 0)]


@pytest.mark.parametrize(
    ("where", "column", "factor", "cause"),
    [
        ("mine>works", "extra_lead_time", 3, "delayed"),
        ("mine>works", "transit_factor", 0.0, "destroyed"),
        ("works", "order_factor", 0.0, "not ordered"),
    ],
)
def test_goods_that_come_late_never_or_were_not_ordered_are_the_cause_and_name_their_lane(where, column, factor, cause):
    scenario = network(["mine>works", "forest>works", "works>shop"], [Disruption(where, column, factor, 5, 2)])
    first, second = ripples(run(scenario).record)[:2]
    assert (first.node, first.start, first.cause, first.parent) == ("works", 6, cause, -1)
    assert first.supplier == "mine" if column != "order_factor" else first.supplier in ("mine", "forest")
    assert (second.node, second.cause, second.supplier, second.parent) == ("shop", "input", "works", 0)


def test_inputs_that_burn_at_the_buyer_are_the_cause_too():
    works = {"ordering": BaseStock(20.0), "order_multiple": 30.0, "capacity": 12.0}
    fire = Disruption("works", "stock_factor", 0.0, 6, 1)
    found = ripples(run(network(["mine>works", "works>shop"], [fire], works=works)).record)
    assert [(one.node, one.start, one.cause, one.supplier) for one in found][:2] == [
        ("works", 7, "destroyed", "mine"), ("shop", 8, "input", "works"),
    ]  # fmt: skip


def test_who_is_late_today_is_no_cause_before_its_goods_would_have_come():
    rush = Disruption("kind=customer", "demand_factor", 2.0, 5, 1)
    shortages = found(network(["mine>shop"], [rush, out("mine", 5, 2)], lead=2))
    assert shortages[0] == ("mine", 5, 6, "capacity", None, 0) and shortages[1][:2] == ("shop", 5)
    assert shortages[1][3:] == ("stock", None, 0)


def test_a_factory_that_takes_time_is_short_for_want_of_what_it_should_have_started():
    works = {"production_lead_time": 3, "ordering": BaseStock(40.0), "kind": "factory"}
    slow = network(["mine>works", "works>shop"], [out("mine", 5, 2)], works=works)
    assert found(slow) == [
        ("mine", 5, 6, "capacity", None, 0),
        ("works", 9, 10, "input", "mine", 1),
        ("shop", 10, 11, "input", "works", 2),
    ]


def test_an_undisturbed_steady_run_has_no_shortage():
    assert found(network(["mine>works", "works>shop"])) == []


def test_a_parent_is_short_before_its_child_and_supplies_it_whatever_the_demand():
    links = {("mine", "left"), ("mine", "right"), ("left", "shop 1"), ("right", "shop 1"), ("right", "shop 2")}
    lanes, twice = [f"{a}>{b}" for a, b in sorted(links)], {"ordering": BaseStock(28.0), "on_hand": 8.0}
    scenario = network(lanes, [out("mine", 9, 4)], demand=Poisson(10.0), stock=8.0, right=twice)
    shortages = ripples(run(scenario).record)
    assert len({one.depth for one in shortages}) == 3
    for one in shortages:
        assert (one.parent >= 0) == (one.cause == "input")
        if one.parent >= 0:
            parent = shortages[one.parent]
            assert (parent.node, one.node) in links and parent.node == one.supplier
            assert parent.start < one.start and one.depth == parent.depth + 1
    for node in {one.node for one in shortages}:
        own = [one for one in shortages if one.node == node]
        assert all(before.end + 1 < after.start for before, after in pairwise(own))


@pytest.mark.filterwarnings("ignore:.*(days of cover with|outlasts its cover)")
@settings(max_examples=10, deadline=None)
@given(networks(), starts())
def test_in_any_network_shortages_are_trees_that_grow_forward_in_time_along_its_lanes(any_network, start):
    record = run(Scenario("any", any_network, periods=25, start=start)).record
    shortages = ripples(record)
    lanes = set(any_network.lane_names())
    assert not shortages or nx.is_branching(tree(shortages))
    for one in shortages:
        assert one.cause in CAUSES and 0 <= one.start <= one.end < 25 and (one.parent < 0) == (one.depth == 0)
        assert one.cause == "stock" or bool(one.supplier) == (one.cause not in ("capacity", "lane"))
        if one.parent >= 0:
            parent = shortages[one.parent]
            assert parent.start <= one.start and f"{parent.node}>{one.node}" in lanes


def test_a_record_that_leaves_out_what_is_needed_is_refused():
    scenario = network(["mine>shop"])
    with pytest.raises(ValueError, match="lacks scrapped, production_order"):
        ripples(run(scenario, keep=Keep(("on_hand", "booked"))).record)
    with pytest.raises(ValueError, match="holds sums"):
        ripples(run(scenario, keep=Keep(by="kind")).record)


def test_the_picture_has_a_row_for_each_node_that_was_short_and_an_arrow_for_each_parent():
    shortages = ripples(run(scenario := network(["mine>works", "works>shop"], [out("mine", 5, 3)])).record)
    (ax,) = plot.ripples(run(scenario)).axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["mine", "works", "shop"]
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches if np.isfinite(bar.get_width())]
    assert bars == [(one.start, one.end + 1 - one.start) for one in shortages]
    assert len([text for text in ax.texts if text.get_text() == ""]) == 2
    (nobody,) = plot.ripples(run(network(["mine>shop"]))).axes
    assert nobody.get_title(loc="left") == "nobody was short"


def test_of_more_nodes_than_the_picture_has_rows_whole_trees_are_shown_first():
    lanes = ["mine>works", *(f"port {at}>shop {at}" for at in range(25)), *(f"works>shop x{at}" for at in range(9))]
    ports = [out(f"port {at}", 5, 1) for at in range(25)]
    many = network(lanes, [out("mine", 6, 2), *ports], works={"ordering": BaseStock(90.0)})
    shown = plot.ripples(run(many)).axes[0]
    names = [label.get_text() for label in shown.get_yticklabels()]
    assert len(names) == 40 and names.count("mine") == 1 and sum("shop x" in name for name in names) == 9
    assert "(40 of 61 nodes)" in shown.get_title(loc="left")


def test_a_bar_whose_cause_is_not_among_the_rows_has_a_stub_of_an_arrow_and_the_legend_says_so(monkeypatch):
    from supplynet.plot import shortages

    result = run(network(["mine>works", "works>shop"], [out("mine", 5, 3)]))
    monkeypatch.setattr(shortages, "_chosen", lambda found: ({"works", "shop"}, 3))
    figure = plot.ripples(result)
    stubs = [text for text in figure.axes[0].texts if text.get_gid() == shortages.STUB]
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(stubs) == 1 and any(shortages.UNSHOWN in one for one in words)
    monkeypatch.undo()
    figure = plot.ripples(result)
    assert not any(text.get_gid() == shortages.STUB for text in figure.axes[0].texts)
    assert not any(shortages.UNSHOWN in text.get_text() for text in figure.legends[0].get_texts())
