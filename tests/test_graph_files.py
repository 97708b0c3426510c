"""Networks in graph files: what is written is read again, and what cannot be is named with its line."""

from __future__ import annotations

import json
import shlex

import networkx as nx
import pytest
from shell import shell

from supplynet import Disruption, Scenario, Signal, from_graph, load, run
from supplynet.demand import AR1, Seasonal, Trace
from supplynet.distributions import Discrete, Gamma, NegativeBinomial, Normal
from supplynet.fingerprint import fingerprint
from supplynet.policies.allocation import Priority
from supplynet.policies.ordering import BaseStock, OrderUpToMovingAverage
from supplynet.readers.graph_files import is_graph_file, read_graph_file, read_path, write_graph_file, write_path
from supplynet.scenarios import READY_MADE

both = pytest.mark.parametrize("suffix", [".graphml", ".json"])


def rich():
    """A network with something of everything that a file can hold."""
    graph = nx.DiGraph()
    graph.add_node('<north & "co"', kind="customer", demand=Trace((4.0, 0.1, 6.0), repeat=True), region="7")
    graph.add_node("south", kind="customer", demand=Seasonal(AR1(20.0, 3.0, 0.5), 0.2, 52.0))
    graph.add_node(
        "shop", ordering=OrderUpToMovingAverage(9, 0.1 + 0.2, "told_demand"), allocation=Priority(), on_hand=1 / 3
    )
    graph.add_node("works", kind="factory", ordering=OrderUpToMovingAverage(4, 1.5), capacity=Normal(90.0, 5.0))
    graph.add_node("mill", kind="factory", ordering=BaseStock(70.0), production_lead_time=Discrete((1, 3), (0.5, 0.5)))
    graph.add_node("other mill", kind="factory", ordering=BaseStock(7e-5), product="flour", price=Gamma(3.0, 1.0))
    graph.nodes["mill"]["product"] = "flour"
    for customer, priority in (('<north & "co"', 2.0), ("south", -1.0)):
        graph.add_edge("shop", customer, shipment_lead_time=0, unfilled="lost", priority=priority)
    graph.add_edge("works", "shop", order_lead_time=NegativeBinomial(2.0, 2.5), shipment_lead_time=3)
    graph.add_edge("mill", "works", share=0.25, units_per_output=1.5, cover=2.0)
    graph.add_edge("other mill", "works", share=0.75, units_per_output=1.5, cover=2.0)
    signals = [Signal("south", "shop", "demand", 1, 0.5, 20.0), Signal('<north & "co"', "shop", "demand", 2)]
    events = [Disruption("works", "capacity_factor", 0.25, 3, 4), Disruption("works>shop", "open_factor", 0.0, 9, 1)]
    network = from_graph(graph, signals=signals, disruptions=events)
    return Scenario("rich", network, periods=30, seed=7, warm_up=3, start="empty", about="a bit\r of <everything>")


@both
@pytest.mark.parametrize("name", READY_MADE)
def test_a_ready_made_scenario_comes_back_from_a_file_and_runs_the_same(name, suffix, tmp_path):
    scenario = load(name)
    again = read_graph_file(write_graph_file(scenario, tmp_path / f"a{suffix}"))
    assert fingerprint(again.network) == fingerprint(scenario.network)
    assert (again.name, again.about, again.periods) == (scenario.name, scenario.about, scenario.periods)
    assert run(again).outcomes == run(scenario).outcomes


@both
def test_everything_that_a_network_can_hold_comes_back(suffix, tmp_path):
    scenario = rich()
    again = read_graph_file(write_graph_file(scenario, tmp_path / f"rich{suffix}"))
    assert fingerprint(again.network) == fingerprint(scenario.network)
    assert repr(again.network.signals) == repr(scenario.network.signals)  # nan is not equal to nan
    assert again.network.disruptions == scenario.network.disruptions
    settings = ("name", "periods", "seed", "warm_up", "start", "about")
    assert [getattr(again, name) for name in settings] == [getattr(scenario, name) for name in settings]


def test_networkx_reads_what_is_written_and_what_it_writes_is_read(tmp_path):
    scenario = rich()
    graph = nx.read_graphml(write_graph_file(scenario, tmp_path / "a.graphml"))
    assert isinstance(graph, nx.DiGraph) and graph.nodes["mill"]["base_stock_level"] == 70
    assert graph.edges["mill", "works"]["share"] == 0.25 and graph.graph["periods"] == 30
    nx.write_graphml(graph, tmp_path / "again.graphml")
    data = json.loads(write_graph_file(scenario, tmp_path / "a.json").read_text())
    assert len(data["nodes"]) == 6 and data["nodes"][0]["region"] == "7"
    (tmp_path / "again.json").write_text(json.dumps({"links": data.pop("edges"), **data}, indent=2))  # as before 3.6
    for file in ("again.graphml", "again.json"):
        assert fingerprint(read_graph_file(tmp_path / file).network) == fingerprint(scenario.network)


JSON = """{"directed": true, "multigraph": false,
 "graph": {"periods": 5, "warm_up": 1},
 "nodes": [
  {"id": "market", "kind": " customer ", "demand": [4, 8.5, 6]},
  {"id": 1, "ordering": "base_stock", "base_stock_level": 9, "on_hand": 5, "site": null},
  {"id": "mine", "kind": "supplier"}],
 "edges": [
  {"source": 1, "target": "market", "shipment_lead_time": 0},
  {"source": "mine", "target": 1, "shipment_lead_time": "normal(3, 1)"}]}
"""
GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="k" for="node" attr.name="kind" attr.type="string"><default>supplier</default></key>
  <key id="d" for="all" attr.name="demand" attr.type="string"/>
  <key id="o" for="node" attr.name="ordering"/><key id="s" for="edge" attr.name="shipment_lead_time"/>
  <key id="y" for="node" yfiles.type="nodegraphics"/>
  <key id="w" for="graph" attr.name="warm_up"><default>1</default></key><key id="p" for="graph" attr.name="periods"/>
  <graph edgedefault="directed"><data key="p">5</data>
    <node id="market"><data key="k">customer</data><data key="d">trace(4, 8.5, 6)</data>
      <data key="y"><b>x</b></data></node>
    <node id="1"><data key="k">distributor</data><data key="o">base_stock(9)</data></node>
    <node id="mine"/>
    <edge id="e0" source="1" target="market"><data key="s">0</data></edge>
    <edge id="e1" source="mine" target="1"><data key="s">normal(3, 1)</data></edge>
  </graph>
</graphml>
"""


def written(tmp_path, suffix, *changes):
    text = {".json": JSON, ".graphml": GRAPHML}[suffix]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / f"net{suffix}"
    path.write_text(text, encoding="utf-8")
    return path


@both
def test_a_file_by_hand_is_read(suffix, tmp_path):
    scenario = read_graph_file(written(tmp_path, suffix))
    network = scenario.network
    assert (scenario.name, scenario.periods, scenario.warm_up) == ("net", 5, 1) and network.names == (
        "market",
        "1",
        "mine",
    )
    assert network.object_of("node", "demand", 0) == Trace((4.0, 8.5, 6.0))
    assert network.object_of("node", "ordering", 1) == BaseStock(9.0)
    assert network.object_of("lane", "shipment_lead_time", 1) == Normal(3.0, 1.0)
    assert run(scenario).record["demand"][:3, 1].tolist() == [4.0, 8.5, 6.0]


BROKEN = {
    "an unknown attribute": (".json", '"on_hand"', '"onhand"', "line 5: 'onhand' is not an attribute of a node; did"),
    "an attribute of nodes on an edge": (".json", '"shipment_lead_time": 0', '"on_hand": 0', "not an attribute of an"),
    "a text in a number": (".json", '"on_hand": 5', '"on_hand": "five"', "line 5 (1): on_hand is 'five', must be a"),
    "a list in a number": (".json", '"on_hand": 5', '"on_hand": [5]', "line 5: on_hand is [5], must be a number, true"),
    "an unknown node": (".json", '"source": "mine"', '"source": "mien"', "line 9: supplier: there is no node 'mien'"),
    "an unknown rule": (".json", "base_stock\"", "base_stok\"", "line 5 (1): ordering: rule 'base_stok' is not known"),
    "a node twice": (".json", '"id": "mine"', '"id": "market"', "line 6: node 'market' stands in line 4 already"),
    "no id": (".json", '"id": "mine", ', "", "line 6: a node is {'kind': 'supplier'}, must be an object with id"),
    "an unknown setting": (".json", '"periods"', '"perods"', "'perods' is not a key; did you mean 'periods'"),
    "periods 0": (".json", '"periods": 5', '"periods": 0', "periods is 0, must be a whole number >= 1"),
    "undirected": (".json", '"directed": true', '"directed": false', "net.json is undirected; direct its edges"),
    "no JSON": (".json", '"nodes": [', '"nodes": [,', "line 3 is not JSON"),
    "no nodes": (".json", '"nodes"', '"vertices"', "has no list of nodes"),
    "signals that are no list": (".json", '"periods"', '"signals": 3, "periods"', "signals must be a list of objects"),
    "an unknown part of a signal": (".json", '"periods": 5', '"signals": [{"from": "mine"}]', "'from' is not an attr"),
    "what belongs inside graph": (".json", '"nodes"', '"periods": 9,"nodes"', "line 3: 'periods' stands beside"),
    "signals beside nodes": (".json", '"nodes"', '"signals": [],"nodes"', "belongs inside graph; move it there"),
    "edges under another name": (".json", '"edges"', '"edgs"', "'edgs' stands beside nodes and edges"),
    "a graph that is a list": (".json", '{"periods": 5, "warm_up": 1}', '[["periods", 5]]', "graph is [["),
    "a node called so": (".json", '"on_hand"', '"node"', "'node' is not an attribute of a node; write 'id'"),
    "a number without end": (".json", '"on_hand": 5', f'"on_hand": {"9" * 400}', "5: on_hand is a number of too many"),
    "a demand without end": (".json", "8.5", "9" * 400, "line 4: demand is a number of too many"),
    "boxes in boxes": (".json", "8.5", "[" * 200_000 + "]" * 200_000, "net.json is nested too deeply"),
    "boxes in boxes in a text": (".json", '"periods": 5', f'"signals": "{"[" * 200_000}"', "signals must be a list"),
    "no XML": (".graphml", "<graph ", "<graph", "line 8 is not XML"),
    "no graph": (".graphml", GRAPHML[GRAPHML.index("  <graph edge"):GRAPHML.index("</graphml>")], "", "has no <graph>"),
    "undirected edges": (".graphml", 'edgedefault="directed"', 'edgedefault="undirected"', "is undirected"),
    "an undirected edge": (".graphml", '<edge id="e0"', '<edge directed="false" id="e0"', "is undirected"),
    "a hyperedge": (".graphml", '<edge id="e0"', '<hyperedge/><edge id="e0"', "line 13: a hyperedge joins many nodes"),
    "a second graph": (".graphml", "</graph>\n", '</graph><graph/>\n', "line 15: a second graph"),
    "a key that is not declared": (".graphml", 'key="o"', 'key="u"', "line 11: there is no key 'u'; declare it"),
    "an edge without an end": (".graphml", ' target="market"', "", "line 13: edge has no 'target'; add it"),
    "a number that is none": (".graphml", ">0<", ">none<", "line 13 ('1' -> 'market'): shipment_lead_time is 'none'"),
    "periods that are no number": (".graphml", 'key="p">5', 'key="p">5.5', "periods is '5.5', must be a whole number"),
    "signals that are no JSON": (".graphml", 'name="periods"', 'name="signals"', "signals must be a list of objects"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_is_named_with_its_place_and_the_shell_says_so_with_code_2(case, tmp_path):
    suffix, old, new, said = BROKEN[case]
    path = written(tmp_path, suffix, (old, new))
    with pytest.raises(ValueError) as fault:
        read_graph_file(path)
    assert said in str(fault.value) and str(path) in str(fault.value)
    done = shell("check", str(path))
    assert done.exit_code == 2 and said in done.output and "Traceback" not in done.output


def test_all_problems_are_told_together(tmp_path):
    path = written(tmp_path, ".json", ('"on_hand": 5', '"on_hand": -5'), ("normal(3, 1)", "normal(3)"), ("[4,", "[-4,"))
    with pytest.raises(ValueError) as fault:
        read_graph_file(path)
    assert len(fault.value.problems) == 3


@both
def test_a_file_is_run_checked_exported_and_run_again_from_the_shell(suffix, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = f"beer{suffix}"
    assert shell("export", "beer-game", file).exit_code == 0
    assert "all is well" in shell("check", file).output
    first = shell("run", file, "--json", "--out", "saved").output
    assert json.loads(first)["outcomes"]["total_cost"] == 204.0
    assert shell("run", "saved/scenario.toml", "--json").output == first
    text = (tmp_path / file).read_text()
    again = shell("export", "flour-2020", file)
    assert again.exit_code == 2 and "is there already" in again.output and (tmp_path / file).read_text() == text
    assert shell("export", "flour-2020", file, "--overwrite").exit_code == 0
    changed = shell("run", "saved/scenario.toml")
    assert changed.exit_code == 2 and "have changed" in changed.output


def test_a_file_that_is_not_there_or_of_another_kind_or_that_cannot_be_written(tmp_path):
    with pytest.raises(ValueError, match="does not exist; give a file of GraphML"):
        read_graph_file(tmp_path / "none.json")
    with pytest.raises(
        ValueError, match="its kind is '.gexf', must be one of .graphml, .json; did you mean 'a.graphml'"
    ):
        write_graph_file(rich(), tmp_path / "a.gexf")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="is a file, must be a folder"):
        write_graph_file(rich(), tmp_path / "file" / "a.json")
    (tmp_path / "latin.json").write_bytes(JSON.replace("mine", "mü").encode("latin-1"))
    with pytest.raises(ValueError, match="line 6 is not in UTF-8"):
        read_graph_file(tmp_path / "latin.json")


def test_a_rule_of_ones_own_cannot_be_written_and_nothing_is(tmp_path):
    class Own(BaseStock):
        __slots__ = ()

    network = rich().network.with_column("node", "ordering", [4], Own(3.0))
    with pytest.raises(ValueError, match="Own is not of this package"):
        write_graph_file(Scenario("own", network), tmp_path / "own.json")
    assert not list(tmp_path.iterdir())


def test_a_network_that_cannot_be_run_cannot_be_written_and_nothing_is(tmp_path):
    graph = nx.DiGraph()
    graph.add_node("shop", kind="factory")
    with pytest.raises(ValueError, match="bad.json as tables: nodes.csv line 2: node 'shop': a factory needs an order"):
        write_graph_file(Scenario("bad", from_graph(graph)), tmp_path / "bad.json")
    assert not list(tmp_path.iterdir())


def test_a_command_to_run_what_was_written_can_be_typed_as_it_is_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = shell("export", "beer-game", "my beer").output
    command = said[said.index("supplynet run") : said.rindex(")")]
    assert shlex.split(command) == ["supplynet", "run", "./my beer"]


@pytest.mark.parametrize("name", ["a.gml", "nodes.csv"])
def test_a_folder_is_not_written_under_the_name_of_a_file_of_another_kind(name, tmp_path):
    with pytest.raises(ValueError, match=r"ends as a file does; a graph file ends in \.graphml or \.json"):
        write_path(rich(), tmp_path / name)
    assert not list(tmp_path.iterdir())
    write_path(rich(), tmp_path / "v1.2")
    (tmp_path / name).mkdir()
    write_path(rich(), tmp_path / name)


def test_a_path_tells_whether_it_is_a_graph_file_or_a_folder(tmp_path):
    for name in ("a.json", "a.GRAPHML", "folder"):
        write_path(rich(), tmp_path / name)
        assert is_graph_file(tmp_path / name) == (tmp_path / name).is_file()
        assert fingerprint(read_path(tmp_path / name).network) == fingerprint(rich().network)
    (tmp_path / "odd.json").mkdir()
    assert not is_graph_file(tmp_path / "odd.json")
