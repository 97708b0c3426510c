"""What stands behind the page, without a browser: controls, frames, studies, and the command that serves it."""

from __future__ import annotations

import shlex
import socket
import sys
from dataclasses import replace

import networkx as nx
import pytest
from shell import one_object, shell
from supplynet.viz import faults
from supplynet.viz.explore import answers, controls, study

import supplynet
from supplynet.distributions import Normal
from supplynet.fingerprint import fingerprint
from supplynet.policies.catalogue import FAMILIES, rules_of
from supplynet.policies.ordering import BaseStock
from supplynet.scenario import SETTINGS
from supplynet.scenarios import find_recipe
from supplynet.schema import inputs, lane_inputs

SCENARIO = supplynet.load("flour-2020")


@pytest.fixture(scope="module")
def played() -> study.Study:
    return study.play(study.Wanted("flour-2020"), find_recipe("flour-2020"))


def levers_of(place: str) -> dict[str, dict]:
    return {control["lever"]: control for group in controls.groups(SCENARIO, place) for control in group["controls"]}


def numbers(columns) -> set[str]:
    return {name for name, column in columns.items() if column.dtype is not str or name == "unfilled"}


def test_every_number_of_the_schema_has_a_control_with_its_unit_and_meaning():
    of_node, of_lane = levers_of("mill"), levers_of("mill>dc-north")
    assert {f"mill.{name}" for name in numbers(inputs("node"))} <= set(of_node)
    assert {f"mill>dc-north.{name}" for name in numbers(lane_inputs())} == set(of_lane)
    column = inputs("node")["capacity"]
    told = of_node["mill.capacity"]
    assert (told["value"], told["unit"], told["meaning"]) == ("10.32", column.unit, column.meaning)


def test_every_value_that_a_control_shows_may_be_set_again_and_changes_nothing(played):
    digest = fingerprint(SCENARIO.network)
    for place in ("", "distributor", "mill", "households-south", "mill>dc-north"):
        for lever, control in levers_of(place).items():
            if control["value"] and lever.rpartition(".")[2] not in FAMILIES:
                again = study.ready(study.Wanted("flour-2020", {lever: control["value"]}), played.start)
                assert fingerprint(again.network) == digest, lever
                assert all(getattr(again, name) == getattr(SCENARIO, name) for name in SETTINGS)


def test_a_slider_has_the_declared_range_or_reaches_three_times_the_value():
    own, mill = levers_of(""), levers_of("mill")
    assert own["mill_capacity"]["slide"] == (0.0, 5.0, 0.05)
    assert mill["mill.error_smoothing"]["slide"][:2] == (0.0, 1.0)
    assert mill["mill.window"]["slide"] == (1.0, 20.0, 1.0)
    assert mill["mill.capacity"]["slide"] is None and own["seed"]["slide"] is None


def test_where_nodes_differ_the_control_says_from_what_to_what():
    told = levers_of("distributor")["distributor.on_hand"]
    assert told["value"] == "" and told["shown"] == "1.17 to 4.266"


def test_rules_are_offered_where_there_is_something_to_decide():
    assert {"mill.ordering", "mill.input_rule", "mill.allocation"} <= set(levers_of("mill"))
    assert "mill.sourcing" not in levers_of("mill")  # it has one supplier of one input
    assert levers_of("mill")["mill.ordering"]["meaning"].startswith("Order up to the mean demand of the last window p")
    assert "households-south.ordering" not in levers_of("households-south")
    assert levers_of("mill")["mill.ordering"]["choices"] == tuple(sorted(rules_of("ordering")))


@pytest.mark.parametrize("name", sorted(set(rules_of("ordering")) - {"demand_inference"}))
def test_a_rule_that_is_chosen_runs_with_the_parameters_of_its_example(played, name):
    chosen = played.with_lever(played.wanted, "mill.ordering", name)
    scenario = supplynet.run(study.ready(chosen, played.start)).scenario
    assert type(scenario.network.object_of("node", "ordering", 10)) is rules_of("ordering")[name]


def test_a_rule_makes_void_what_was_said_of_the_one_before(played):
    slower = study.play(played.with_lever(played.wanted, "mill.window", "12"), played.start)
    assert slower.wanted.levers == {"mill.window": "12"}
    kanban = slower.with_lever(slower.wanted, "mill.ordering", "kanban")
    assert list(kanban.levers) == ["mill.ordering"]
    cards = study.play(kanban, played.start).with_lever(kanban, "mill.cards", "30")
    assert list(cards.levers) == ["mill.ordering", "mill.cards"]
    assert study.play(cards, played.start).without_lever(cards, "mill.ordering").levers == {}


def test_the_shell_does_the_same_as_the_page(played, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = study.Wanted("flour-2020", {"window": "6", "mill.ordering": "kanban(cards=20)", "periods": "40"})
    here = study.play(wanted, played.start)
    done = shell(*shlex.split(wanted.command)[1:], "--json")
    assert done.exit_code == 0 and one_object(done.stdout)["outcomes"] == here.result.outcomes


@pytest.mark.parametrize(
    ("lever", "value", "says"),
    [
        ("window", "soon", "must be a whole number"),
        ("mill.capacity", "-1", "must be a number >= 0"),
        ("periods", "0", "must be a whole number >= 1"),
        ("mill.ordering", "kanbn", "did you mean 'kanban'?"),
        ("mill.cards", "3", "is not known here"),
    ],
)
def test_a_lever_that_does_not_fit_is_told_in_the_words_of_the_package(played, lever, value, says):
    with pytest.raises(faults.BAD_INPUT) as fault:
        study.ready(study.Wanted("flour-2020", {lever: value}), played.start)
    assert says in faults.told(fault.value)


def test_a_run_too_long_for_the_page_is_refused_before_anything_is_kept(played):
    with pytest.raises(
        ValueError, match="periods is 9,223,372,036,854,775,808, must be at most 1,666,666 on this page"
    ):
        study.play(study.Wanted("flour-2020", {"periods": str(2**63)}), played.start)


def test_every_outcome_is_told_with_its_unit(played):
    told = {one["name"]: (one["value"], one["unit"]) for one in study.outcomes(played)}
    assert told["lost"] == ("24.5", "units") and told["total cost"] == ("97.5", "money")
    assert told["fill rate"] == ("94.8 %", "") and told["bullwhip ratio"] == ("18.4", "")


def test_a_folder_opens_and_a_saved_run_of_it_is_the_repetition_that_was_saved(tmp_path):
    graph = nx.DiGraph()
    graph.add_node("buyers", kind="customer", demand=Normal(100.0, 20.0))
    graph.add_node("shop", ordering=BaseStock(250.0), on_hand=50.0)
    graph.add_node("mine", kind="supplier")
    graph.add_edges_from([("shop", "buyers"), ("mine", "shop")])
    scenario = supplynet.Scenario("little", supplynet.from_graph(graph), periods=20)
    supplynet.write_folder(scenario, tmp_path / "little")
    folder = find_recipe(str(tmp_path / "little"))
    for replication in (0, 3):
        opened = study.play(study.Wanted("little"), replace(folder, replication=replication))
        assert opened.result.outcomes == supplynet.run(scenario, replication=replication).outcomes
    assert controls.groups(opened.result.scenario, "buyers")[1]["title"] == "Demand"
    assert not [group for group in controls.groups(opened.result.scenario, "") if group["title"] == "This scenario"]


def test_users_share_the_run_of_a_ready_made_scenario_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "READY", {})
    monkeypatch.chdir(tmp_path)
    supplynet.write_folder(SCENARIO, tmp_path / "flour")
    one, other = answers.Runner(), answers.Runner()

    def shared(wanted: study.Wanted) -> bool:
        first, second = (runner.attempt(wanted).study for runner in (one, other))
        assert first.result.outcomes == second.result.outcomes
        return first is second

    assert shared(study.Wanted("flour-2020"))
    assert not shared(study.Wanted("flour-2020", {"window": "5"})) and list(answers.READY) == ["flour-2020"]
    assert not shared(study.Wanted("flour-2020", replication=2)) and not shared(study.Wanted("flour"))
    assert one.attempt(study.Wanted("flour-2020")).study.wanted == study.Wanted("flour-2020")


def test_without_solara_the_command_says_what_to_install(monkeypatch):
    for module in [name for name in sys.modules if name.startswith("supplynet.viz")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.delattr(sys.modules["supplynet"], "viz", raising=False)
    for missing in ("solara", "solara.server", "uvicorn", "reacton"):
        monkeypatch.setitem(sys.modules, missing, None)
    done = shell("app")
    assert done.exit_code == 2 and done.stdout == ""
    assert "install it with: pip install 'supplynet[app]'" in done.stderr


def test_what_cannot_be_read_or_served_is_said_before_any_server_starts(tmp_path, monkeypatch):
    from supplynet.viz import server

    monkeypatch.setattr(server, "serve", lambda *_, **__: pytest.fail("it was served"))
    (tmp_path / "nodes.csv").write_text("node,kind\nshop,shopp\n", encoding="utf-8")
    for words, says in (
        (["flour-2021"], "did you mean 'flour-2020'?"),
        ([str(tmp_path)], "nodes.csv"),
        (["--port", "70000"], "taken or not allowed"),
        (["--host", "192.0.2.1"], "is not an address of this machine"),
    ):
        done = shell("app", *words)
        assert done.exit_code == 2 and says in done.stderr and "Traceback" not in done.output
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} is taken" in shell("app", "--port", str(port)).stderr
