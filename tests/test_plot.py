"""Pictures: what is on them, that nothing is cut or overlaps, and that they can be told apart without colour."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

import supplynet
from supplynet import from_graph, plot
from supplynet.distributions import Poisson
from supplynet.firms import firm_network
from supplynet.plot.style import COLOURS
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.record import Keep
from supplynet.topologies import IoTable, firms_of


def tree(n_nodes: int, branches: int):
    """A tree of shops with this many nodes, each node serving so many."""
    graph = nx.DiGraph()
    for node in range(n_nodes):
        leaf = node * branches + 1 >= n_nodes
        kind = "customer" if leaf else "factory" if node == 0 else "distributor"
        rule = {} if leaf else {"ordering": OrderUpToMovingAverage(3, 1.0), "on_hand": 5.0}
        graph.add_node(f"{kind} {node}", kind=kind, **rule, **({"demand": Poisson(3.0)} if leaf else {}))
        if node:
            above = list(graph.nodes)[(node - 1) // branches]
            graph.add_edge(above, f"{kind} {node}", shipment_lead_time=0 if leaf else 1)
    return supplynet.Scenario("tree", from_graph(graph), periods=30)


def drawn(figure: Figure):
    """The pixels of a figure [row, column, 3], after its layout."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


CASES = {
    "flour-2020": lambda: supplynet.load("flour-2020"),
    "beer-game-sterman": lambda: supplynet.load("beer-game-sterman"),
    "warm-up": lambda: replace(supplynet.load("flour-2020"), warm_up=8),
    "a pair": lambda: tree(2, 1),
    "sixty": lambda: tree(60, 3),
    "a star": lambda: tree(60, 59),
    "a long chain": lambda: tree(60, 1),
    "a hundred": lambda: tree(100, 4),
}


@pytest.mark.parametrize("name", CASES)
def test_the_overview_cuts_nothing_overlaps_nothing_and_is_not_one_colour(name):
    scenario = CASES[name]()
    figure = plot.overview(supplynet.run(scenario))
    pixels = drawn(figure)
    assert len(np.unique(pixels.reshape(-1, 3)[::7], axis=0)) > 20
    width, height = figure.bbox.width, figure.bbox.height
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, text
    panels = figure.findobj(Axes)
    assert len(panels) == 3
    for ax in panels:
        labels = [*ax.texts, *(label for label in ax.get_xticklabels() if label.get_text())]
        boxes = [text.get_window_extent().padded(-0.5) for text in labels]
        for one, other in combinations(range(len(boxes)), 2):
            assert not boxes[one].overlaps(boxes[other]), (labels[one], labels[other])
    names = [text.get_text() for text in figure.findobj(Annotation)]
    assert sorted(names) == (sorted(scenario.network.names) if scenario.network.n_nodes <= 60 else [])


def test_orders_by_tier_draws_demand_and_the_orders_of_each_tier():
    result = supplynet.run(supplynet.load("flour-2020"))
    ax = plot.orders_by_tier(result)
    lines = ax.get_lines()
    nodes = list(result.nodes)
    assert len(lines) == 8 and len(ax.texts) == 4  # each with its leader; the grain supplier orders from nobody
    lines = lines[:4]
    assert np.array_equal(lines[3].get_ydata(), result.record["production_order"][:, nodes.index("mill")])
    households = [at for at, name in enumerate(nodes) if name.startswith("households")]
    assert np.array_equal(lines[0].get_ydata(), result.record["demand"][:, households].sum(axis=1))
    assert np.array_equal(lines[0].get_xdata(), np.arange(52))
    assert len({line.get_color() for line in lines}) == len({str(line._dash_pattern) for line in lines}) == 4
    assert {line.get_color() for line in lines} <= set(COLOURS)
    assert "units/period" in ax.get_ylabel() and ax.get_xlabel() == "period"
    assert any("mill" in text.get_text() for text in ax.texts)


def test_stock_lies_above_zero_and_backlog_below():
    result = supplynet.run(supplynet.load("beer-game-sterman"))
    ax = plot.stock_and_backlog(result)
    retailer = list(result.nodes).index("retailer")
    curves = [np.asarray(line.get_ydata()) for line in ax.get_lines()]
    assert any(np.array_equal(curve, result.record["on_hand"][:, retailer]) for curve in curves)
    owed = result.record["backlog"][:, retailer]
    assert any(curve.size == 36 and np.array_equal(curve[owed > 0], -owed[owed > 0]) for curve in curves)
    assert "units" in ax.get_ylabel() and ax.get_ylim()[0] < 0


def test_what_rounding_leaves_is_drawn_as_no_stock():
    flows = np.array([[10.0, 20.0, 5.0], [30.0, 40.0, 20.0], [5.0, 30.0, 15.0]])
    table = IoTable(("farms", "industry", "services"), flows, np.array([60.0, 150.0, 120.0]))
    result = supplynet.run(supplynet.Scenario("firms", firm_network(firms_of(table, 90)), periods=30))
    assert 0.0 < result.record["on_hand"].max() < 1e-9
    ax = plot.stock_and_backlog(result)
    (stock,) = (line for line in ax.get_lines() if len(line.get_ydata()) == 30)
    assert (np.asarray(stock.get_ydata()) == 0.0).all()


@pytest.mark.parametrize("warm_up", [0, 8])
def test_service_ends_at_the_fill_rate_of_the_run_and_dips_where_shelves_are_empty(warm_up):
    result = supplynet.run(replace(supplynet.load("flour-2020"), warm_up=warm_up))
    ax = plot.service_over_time(result)
    by_period, so_far = (np.asarray(line.get_ydata()) for line in ax.get_lines()[:2])
    assert so_far[-1] == pytest.approx(100 * result.outcomes["fill_rate"], rel=1e-12)
    assert np.isnan(so_far[:warm_up]).all() and np.isfinite(so_far[warm_up:]).all()
    shops = [at for at, name in enumerate(result.nodes) if name.startswith("shops")]
    filled, demand = (result.record[key][11, shops].sum() for key in ("filled", "demand"))
    assert by_period[11] == pytest.approx(100 * filled / demand) and by_period[11] == by_period.min() < 60
    assert "%" in ax.get_ylabel()


def test_cost_is_stacked_by_kind_up_to_the_whole_and_none_is_told():
    result = supplynet.run(supplynet.load("flour-2020"))
    ax = plot.cost_over_time(result)
    assert [text.get_text() for text in ax.texts] == ["factory", "distributor", "customer"]
    levels = [np.asarray(line.get_ydata()) for line in ax.get_lines()[:3]]
    assert np.allclose(levels[-1], result.record["cost"].sum(axis=1)) and (levels[1] >= levels[0]).all()
    assert levels[-1].sum() == pytest.approx(result.outcomes["total_cost"]) and "money/period" in ax.get_ylabel()
    costs = dict.fromkeys(("holding_cost", "backlog_cost", "lost_cost"), 0.0)
    free = supplynet.run(supplynet.load("flour-2020").with_levers(costs))
    assert plot.cost_over_time(free).get_title("left") == "cost (none anywhere)"


def test_service_and_cost_of_sums_by_kind_are_those_of_the_run():
    scenario = supplynet.load("flour-2020")
    whole, sums = supplynet.run(scenario), supplynet.run(scenario, keep=supplynet.Keep(by=("kind", "region")))
    for draw, line in ((plot.service_over_time, 1), (plot.cost_over_time, 2)):
        one, other = (draw(result).get_lines()[line].get_ydata()[-1] for result in (whole, sums))
        assert one == pytest.approx(other)


def test_the_warm_up_is_shaded_and_named():
    ax = plot.orders_by_tier(supplynet.run(replace(supplynet.load("flour-2020"), warm_up=8)))
    assert len(ax.patches) == 1 and "warm-up" in ax.get_xlabel()
    assert not plot.orders_by_tier(supplynet.run(supplynet.load("flour-2020"))).patches


def test_the_map_has_a_lane_for_each_lane_as_wide_as_its_flow():
    scenario = supplynet.load("flour-2020")
    result = supplynet.run(scenario)
    ax = plot.network_map(result)
    lanes = next(artist for artist in ax.collections if isinstance(artist, LineCollection))
    widths = np.asarray(lanes.get_linewidths())
    flow = result.record["shipment"].mean(axis=0)
    assert widths.size == scenario.network.n_lanes and np.array_equal(np.argsort(widths), np.argsort(flow))
    marks = [artist for artist in ax.collections if isinstance(artist, PathCollection)]
    assert sum(len(mark.get_offsets()) for mark in marks) == 12 and len(marks) == 4
    places = {text.get_text(): text.xy for text in ax.texts}
    assert places["grain"][0] < places["mill"][0] < places["dc-north"][0] < places["households-west"][0]
    assert "9.72" in ax.get_xlabel()
    plain = plot.network_map(scenario)
    assert len({*next(a for a in plain.collections if isinstance(a, LineCollection)).get_linewidths()}) == 1


def test_lanes_within_a_tier_or_back_are_dashed_and_named():
    graph = nx.DiGraph()
    for name in ("a", "b"):
        graph.add_node(name, kind="factory", ordering=OrderUpToMovingAverage(3), on_hand=20.0)
    graph.add_node("home", kind="customer", demand=Poisson(3.0))
    graph.add_edges_from(
        [("a", "b"), ("b", "a"), ("a", "home"), ("b", "home")], shipment_lead_time=1, order_lead_time=1
    )
    ax = plot.network_map(supplynet.Scenario("ring", from_graph(graph), periods=9))
    assert "within a tier or back" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_long_run_is_drawn_as_means_and_bands():
    result = supplynet.run(replace(tree(4, 1), periods=1500))
    ax = plot.orders_by_tier(result)
    line = ax.get_lines()[0]
    assert len(line.get_xdata()) == 500 and "means of 3 periods" in ax.get_xlabel()
    market = list(result.nodes).index("customer 3")
    assert np.allclose(line.get_ydata(), result.record["demand"][:, market].reshape(-1, 3).mean(axis=1))
    drawn(plot.overview(result))


@pytest.mark.parametrize("keep", [Keep(by="kind"), Keep(every=4), Keep(every=4, by="kind")])
def test_records_that_hold_less_are_drawn_too(keep):
    result = supplynet.run(supplynet.load("flour-2020"), keep=keep)
    figure = plot.overview(result)
    drawn(figure)
    line = figure.axes[0].get_lines()[0] if figure.axes else plot.orders_by_tier(result).get_lines()[0]
    assert line.get_xdata()[0] == keep.every - 1


def test_given_axes_are_used():
    ax = Figure().subplots()
    result = supplynet.run(supplynet.load("beer-game"))
    assert plot.orders_by_tier(result, ax) is ax and plot.network_map(result).get_figure() is not ax.get_figure()


def test_pyplot_is_left_alone():
    code = (
        "import sys, supplynet; from supplynet import plot; "
        "plot.overview(supplynet.run(supplynet.load('beer-game'))); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_pictures_are_saved_by_suffix_the_same_each_time(tmp_path):
    result = supplynet.run(supplynet.load("beer-game"))
    for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".PDF", b"%PDF")):
        path = tmp_path / f"a{suffix}"
        plot.save(plot.orders_by_tier(result).get_figure(), path)
        first = path.read_bytes()
        assert first.startswith(start)
        plot.save(plot.orders_by_tier(result).get_figure(), path)
        assert path.read_bytes() == first
    for name in ("a.bmp", "a"):
        with pytest.raises(ValueError, match=r"must be one of \.png, \.svg, \.pdf; did you mean 'a\.png'"):
            plot.save(Figure(), tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.PDF", "a.png", "a.svg"]


def test_odd_names_are_drawn_as_they_are():
    graph = nx.DiGraph()
    graph.add_node("$x_1$ [bold]", kind="supplier")
    graph.add_node("50 $ & more", kind="customer", demand=Poisson(3.0))
    graph.add_edge("$x_1$ [bold]", "50 $ & more", shipment_lead_time=0)
    figure = plot.overview(supplynet.run(supplynet.Scenario("$a$", from_graph(graph), periods=5)))
    drawn(figure)
    assert not any(text.get_parse_math() for text in figure.findobj(Annotation))
