"""Who is critical, from the shell and of a network: what is printed, what is saved, and what trade a network means."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from folders import write_tables
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread
from matplotlib.text import Text
from shell import one_object, shell, written
from test_flows import GOOD, random_folder

import supplynet
from supplynet import from_graph, plot
from supplynet.distributions import Normal
from supplynet.policies.ordering import MakeToOrder
from supplynet.risk import systemic_risk
from supplynet.scenarios import load
from supplynet.shell import risk as risk_command
from supplynet.trade import trade_of


@pytest.fixture
def town(folder):
    """A folder of flows between four firms, to run the shell command beside."""
    write_tables(folder / "town", GOOD)
    return folder


def two_tiers(**prices):
    """A mine and a pit that sell 2 and 6 of one stone to works, which make 4 tools a period of it for a town."""
    graph = nx.DiGraph()
    graph.add_node("town", kind="customer", demand=Normal(4.0, 1.0))
    graph.add_node("works", kind="factory", ordering=MakeToOrder())
    for name in ("mine", "pit"):
        graph.add_node(name, kind="supplier", product="stone")
    for name, price in prices.items():
        graph.nodes[name]["price"] = price
    graph.add_edge("works", "town", shipment_lead_time=0)
    graph.add_edge("mine", "works", share=0.25, units_per_output=2.0, criticality=0.5)
    graph.add_edge("pit", "works", share=0.75, units_per_output=2.0, criticality=0.5)
    return from_graph(graph)


def test_a_network_trades_its_mean_flows_and_its_customers_are_final_demand():
    trade = trade_of(two_tiers())
    assert trade.names == ["works", "mine", "pit"]
    assert trade.flow.tolist() == [2.0, 6.0] and trade.final_demand.tolist() == [4.0, 0.0, 0.0]
    assert trade.essentiality.tolist() == [1, 1] and trade.input[0] == trade.input[1]
    assert trade.product[1] == trade.product[2] != trade.product[0]


def test_flows_are_worth_their_price_where_there_are_prices():
    trade = trade_of(two_tiers(works=10.0, mine=3.0, pit=Normal(2.0, 0.1)))
    assert trade.flow.tolist() == [6.0, 12.0] and trade.final_demand.tolist() == [40.0, 0.0, 0.0]


def test_where_only_some_have_a_price_units_are_counted_and_it_is_said_how_to_get_money():
    with pytest.warns(
        UserWarning, match="in units, not in money: 2 of 3 .* 'mine' and 'pit'; for money set mine.price"
    ):
        trade = trade_of(two_tiers(works=10.0))
    assert trade.flow.tolist() == [2.0, 6.0] and trade.final_demand.tolist() == [4.0, 0.0, 0.0]


@pytest.mark.parametrize("name", supplynet.scenarios.READY_MADE)
def test_every_ready_made_scenario_has_a_ranking_and_one_line_says_where_it_is_in_units(name, folder):
    done = shell("risk", name, "--json")
    firms = one_object(done.stdout)["firms"]
    assert done.exit_code == 0 and firms[0]["index"] > 0.0
    assert name != "flour-2020" or (firms[0]["name"], firms[0]["index"]) == ("mill", pytest.approx(1.0))
    assert done.stderr.count("counted in units") == ("warning" in done.stderr) <= 1


@pytest.mark.parametrize(("criticality", "essentiality"), [(1.0, 2), (0.999, 1), (0.001, 1), (0.0, 0)])
def test_criticality_one_is_essential_and_none_is_unused(criticality, essentiality):
    network = two_tiers().with_column("input", "criticality", np.arange(2), criticality)
    assert set(trade_of(network).essentiality.tolist()) == {essentiality}


def test_lanes_of_one_product_name_make_their_suppliers_replaceable():
    graph = nx.DiGraph()
    graph.add_node("town", kind="customer", demand=8.0)
    graph.add_node("works", kind="factory", ordering=MakeToOrder())
    for name in ("mine", "pit"):
        graph.add_node(name, kind="supplier")
        graph.add_edge(name, "works", product="stone")
    graph.add_edge("works", "town", shipment_lead_time=0)
    trade = trade_of(from_graph(graph))
    assert trade.product[1] == trade.product[2] and trade.input[0] == trade.input[1]


def test_a_network_in_which_nothing_is_sold_has_no_trade():
    network = two_tiers().with_column("node", "demand", np.arange(1), Normal(0.0, 0.0))
    with pytest.raises(ValueError, match="nothing is sold in this network: no customer has a demand; give one"):
        trade_of(network)


def test_the_risk_of_a_folder_of_flows_is_that_of_its_flows(town):
    trade = trade_of(load(town / "town").network)
    assert dict(zip(trade.names, trade.strength.tolist(), strict=True)) == pytest.approx(
        {"mine": 12.0, "pit": 6.0, "works": 43.0, "shop": 50.0}
    )
    told = one_object(shell("risk", "town", "--json").output)
    found = {row["name"]: row["index"] for row in told["firms"]}
    index = systemic_risk(trade).index
    assert found == dict(zip(trade.names, index.tolist(), strict=True))
    # Without the mine the works keep 1/4 and so does the shop; they sell it 3 of 43, and the pit sells them 4 of 6.
    assert found["mine"] == pytest.approx((12 + 6 * 4 / 6 * 3 / 43 + 43 * 0.75 + 50 * 0.75) / 111)


def test_the_ranking_is_printed_and_saved_and_drawn(town):
    done = shell("risk", "town", "--top", "2", "--out", "new/risk.parquet", "--plot", "who.png")
    assert done.exit_code == 0, done.output
    assert "who is critical" in done.output and "2 more firms are not shown" in done.output
    assert "Picture: who.png" in done.output and "Ranking: new/risk.parquet" in done.output
    table = pd.read_parquet(town / "new" / "risk.parquet")
    assert list(table.columns) == ["name", "product", "sector", "size", "index", "steps"] and len(table) == 4
    assert table["index"].is_monotonic_decreasing
    pixels = imread(town / "who.png")
    assert pixels.shape[0] > 500 and pixels[..., :3].std() > 0.05


def test_what_is_essential_and_who_stands_in_changes_the_ranking(town):
    write_tables(town / "town", {"flows.csv": GOOD["flows.csv"] + "pit,shop,1,0.4\nshop,works,20,1\n"})

    def total(*words: str) -> float:
        told = one_object(shell("risk", "town", "--json", "--eps", "0", *words).output)
        return sum(row["index"] for row in told["firms"])

    every, given, none = (total("--essential", word) for word in ("all", "as-given", "none"))
    assert every > given > none
    assert total("--no-replaceability") > given > total("--keeps", "0.5") > total("--keeps", "1") == 0.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--essential", "some"], "--essential 'some': must be all, none or as-given"),
        (["--top", "0"], "--top 0: must be a whole number >= 1"),
        (["--out", "risk.csv"], "must be a file that ends in .parquet"),
        (["--plot", "risk.gif"], "its kind is '.gif', must be one of .png, .svg, .pdf"),
        (["--eps", "-1"], "--eps is -1.0, must be a number in [0, 1]"),
        (["--keeps", "2"], "--keeps is 2.0, must be a number in [0, 1]"),
        (["--set", "mine.capacty=3"], "capacity"),
    ],
)
def test_a_word_that_cannot_be_is_an_error_without_a_traceback(town, words, said):
    before = written(town)
    done = shell("risk", "town", *words)
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output
    assert written(town) == before


def test_ctrl_c_stops_between_two_batches_and_writes_nothing(town, monkeypatch):
    def stopped(bar: object, done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(risk_command.Progress, "show", stopped)
    before = written(town)
    done = shell("risk", "town", "--out", "risk.parquet")
    assert done.exit_code == 130 and "stopped, nothing written" in done.output and written(town) == before


@pytest.mark.parametrize("case", ["flour-2020", "beer-game", "three hundred firms"])
def test_the_picture_names_the_first_and_nothing_on_it_is_cut(case, tmp_path: Path):
    scenario = load(random_folder(tmp_path, 300, 1200)) if case == "three hundred firms" else supplynet.load(case)
    risk = systemic_risk(trade_of(scenario.network))
    figure = plot.criticality(risk, scenario)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    names = [text.get_text() for text in figure.axes[0].texts]
    assert set(names) == set(risk.table()["name"][:6])
    for ax in figure.axes:
        for text in (*ax.texts, ax.title, ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()):
            box = text.get_window_extent(canvas.get_renderer())
            assert not text.get_text() or (
                box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
            ), text.get_text()
    boxes = [Text.get_window_extent(text, canvas.get_renderer()) for text in figure.axes[0].texts]  # without its line
    assert not any(one.overlaps(other) for at, one in enumerate(boxes) for other in boxes[:at])
