"""A scenario as tables, and the runs of tables: what is written reads as the same, to the last bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from deciding import attribute_of, gathered
from folders import GOOD, write_tables
from hypothesis import Phase, assume, given, settings
from networks import networks, starts
from shapes import shop
from shell import one_object, shell, written

import supplynet
from supplynet import Disruption, Scenario
from supplynet.demand import AR1, Constant, Seasonal, Step, Trace
from supplynet.distributions import Bernoulli, Discrete, Geometric, NegativeBinomial, Normal, Poisson, Uniform
from supplynet.fingerprint import fingerprint
from supplynet.policies.catalogue import read_rule
from supplynet.policies.contract import OrderingRule
from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import Kanban
from supplynet.processes.decay import Decay
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.outages import Interruptions, Outages
from supplynet.processes.price_response import PriceResponse
from supplynet.processes.season import SellingSeason
from supplynet.processes.unknown_rate import UnknownRate
from supplynet.readers.cells import processes, read_cell, write_call, write_cell, write_number
from supplynet.scenario import SETTINGS
from supplynet.scenarios import READY_MADE

PROCESSES = [
    Constant(3.0), Step(4.0, 8.0, 4), Trace((1.0, 2.5, 0.0), repeat=True), Trace((0.1,)), AR1(10.0, 3.0, -0.7),
    Seasonal(AR1(10.0, 3.0, 0.5, float("-inf")), 0.5, 52.0, phase=3.0), Normal(100.0, 20.0), Normal(1.0, 2.0, -5.0),
    Poisson(0.1), NegativeBinomial(4.0, 9.0), Uniform(1.0, 2.0), Bernoulli(0.75, 1e-300),
    Discrete((20.0, 25.0), (0.1, 0.9)), EarlyInterest(Poisson(4.0), 0.5, 2),
    EarlyInterest(Discrete((2.0, 0.5), (0.25, 0.75)), 1 / 3), Decay(750.0, 0.0014), Outages(40.0, 0.01, 0.2),
    PriceResponse(Step(100.0, 60.0, 5), 1.76), SellingSeason(320.0, 0.5), SellingSeason(1 / 3, 0.1, 2, 7, 0.0, 0.9),
    SellingSeason(320.0, 0.5, times=PriceResponse(Trace((9.0, 9.0, 5.0)), 2.0), style="coat"),
    EarlyInterest(UnknownRate(2.0, 0.1), 0.3, 2), UnknownRate(1.5625, 0.4),
    Interruptions(40.0, 0.02, Geometric(0.25)), Interruptions(1.0, 0.1, 3.0, 0.5),
]  # fmt: skip


def same(scenario: Scenario, again: Scenario) -> bool:
    """Whether two scenarios are one to the last bit."""
    assert fingerprint(again.network) == fingerprint(scenario.network)
    for name in ("name", "about", *SETTINGS):
        assert getattr(again, name) == getattr(scenario, name), name
    first, second = supplynet.run(scenario).record, supplynet.run(again).record
    return all(np.array_equal(first[key], second[key]) for key in ("order", "shipment", "cost", "on_hand", "backlog"))


@pytest.mark.parametrize("name", READY_MADE)
def test_every_ready_made_scenario_is_exported_and_runs_as_it_did(name, folder):
    done = shell("export", name, "mine")
    assert done.exit_code == 0, done.output
    assert done.stdout == "Tables: mine (run them with: supplynet run ./mine)\n"
    assert same(supplynet.load(name), supplynet.read_folder("mine"))
    assert shell("check", "mine").stdout.startswith("mine: all is well.")
    told, ready = (one_object(shell("run", which, "--json").stdout) for which in ("./mine", name))
    assert told == ready


@pytest.mark.filterwarnings("ignore:.*(days of cover with|outlasts its cover)")
@settings(max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(network=networks(), start=starts())
def test_a_random_network_is_written_and_read_to_the_last_bit(tmp_path_factory, network, start):
    mine = [rule for rule in network.objects["node", "ordering"].values if type(rule).__module__ == "users"]
    assume(
        not mine and not any(type(rule).__module__ == "users" for rule in network.objects["node", "input_rule"].values)
    )
    scenario = Scenario("random", network, periods=12, warm_up=2, seed=9, start=start, about='says "a, b"; c')
    place = tmp_path_factory.mktemp("random") / "tables"
    assert same(scenario, supplynet.read_folder(supplynet.write_folder(scenario, place)))


@pytest.mark.parametrize("process", PROCESSES, ids=repr)
def test_every_process_is_read_as_it_was_written(process, tmp_path):
    assert read_cell(write_cell(process)) == process
    scenario = shop(demand=process)
    if process.mean:
        assert same(scenario, supplynet.read_folder(supplynet.write_folder(scenario, tmp_path / "mine")))


def test_every_process_of_the_package_has_an_example_here():
    left = {"exponential", "gamma", "geometric"}  # one parameter or two, as those of the others
    names = {name for name, kind in processes().items() if any(type(process) is kind for process in PROCESSES)}
    assert names | left == set(processes())


@pytest.mark.parametrize("rule", gathered("EXAMPLES"), ids=repr)
@pytest.mark.parametrize("every", [False, True])
def test_every_rule_is_read_as_it_was_written(rule, every):
    assert read_rule(write_call(rule, every=every), attribute_of(rule), {}) == rule


@pytest.mark.parametrize("number", [0.0, -0.0, 1.0, 0.1, 1 / 3, 1e-300, 2.0**53, 2.0**60, 1e22, float("inf"), -7.25])
def test_a_number_is_written_with_all_its_digits(number):
    cell = write_number(number)
    assert np.float64(float(cell)).tobytes() == np.float64(number).tobytes()
    assert write_number(12.0) == "12"


def test_two_rules_that_share_the_name_of_a_parameter_keep_their_own(tmp_path):
    scenario = shop(ordering=Kanban(9, 2.0), node={"input_rule": WithdrawalCards(7)})
    place = supplynet.write_folder(scenario, tmp_path / "mine")
    assert "kanban(9, container=2)" in (place / "nodes.csv").read_text()
    assert same(scenario, supplynet.read_folder(place))
    alike = shop(ordering=Kanban(9, 2.0), node={"input_rule": WithdrawalCards(9, 2.0)})
    place = supplynet.write_folder(alike, tmp_path / "alike")
    assert "kanban," in (place / "nodes.csv").read_text() and same(alike, supplynet.read_folder(place))


@pytest.mark.parametrize("named", [False, True])
def test_inputs_keep_their_order_whether_products_are_named_or_not(named, tmp_path):
    node = {"kind": ["supplier", "supplier", "factory"], "ordering": [None, None, Kanban(3)]}
    if named:
        node["product"] = ["zinc", "coal", "steel"]
    network = supplynet.from_columns(["zinc", "coal", "steel"], [0, 1], [2, 2], node=node)
    assert network.input["product"].tolist() == (["coal", "zinc"] if named else ["zinc", "coal"])
    place = supplynet.write_folder(Scenario("steel", network), tmp_path / "mine")
    assert fingerprint(supplynet.read_folder(place).network) == fingerprint(network)
    assert ("product" in (place / "nodes.csv").read_text()) == named
    assert "product" not in (place / "lanes.csv").read_text()


def test_what_was_set_since_is_exported_with_the_network(tmp_path):
    events = (Disruption("mill", "capacity_factor", 0.0, 3, 4), Disruption("mill>dc-north", "open_factor", 0.5, 3, 4))
    scenario = supplynet.load("flour-2020", window=7).with_levers(
        {
            "mill.capacity": Normal(8.0, 1.0),
            "dc-north.ordering": "pos(horizon=4, participation=0.25)",
            "order_lead_time": 2,
        }
    )
    scenario = replace(scenario, network=replace(scenario.network, disruptions=events), start="empty", warm_up=3)
    assert same(scenario, supplynet.read_folder(supplynet.write_folder(scenario, tmp_path / "mine")))


@dataclass(frozen=True)
class HalfTheGap(OrderingRule):
    wanted: float = 3.0

    def order(self, local, production_order):
        production_order[:] = self.wanted


@pytest.mark.parametrize(
    ("scenario", "says"),
    [
        (shop(ordering=HalfTheGap()), "node 'shop': HalfTheGap is not of this package"),
        (shop(demand=lambda period: 3.0 + period), "node 'customer': FromFunction is not of this package"),
        (replace(shop(), name="a/b"), "name is 'a/b', must be a text without /"),
    ],
)
def test_what_no_table_can_hold_is_one_clear_error_and_nothing_is_written(scenario, says, folder):
    with pytest.raises(ValueError, match=says):
        supplynet.write_folder(scenario, "mine")
    assert not Path("mine").exists()


def test_a_name_that_would_be_read_otherwise_is_an_error(tmp_path):
    network = supplynet.from_columns([" source"], [], [], node={"kind": ["supplier"]})
    with pytest.raises(ValueError, match="names with blanks around them"):
        supplynet.write_folder(Scenario("blank", network), tmp_path / "mine")


def test_tables_that_are_there_are_replaced_only_on_demand_and_other_files_stay(folder):
    write_tables(Path("mine"), {**GOOD, "signals.csv": "source,reader,tells\n", "notes.txt": "mine"})
    before = {name: Path("mine", name).read_bytes() for name in written(Path("mine"))}
    done = shell("export", "beer-game", "mine")
    assert done.exit_code == 2 and "'mine' is not empty; give another one, or overwrite" in done.stderr
    assert {name: Path("mine", name).read_bytes() for name in written(Path("mine"))} == before
    assert shell("export", "beer-game", "mine", "--overwrite").exit_code == 0
    assert written(Path("mine")) == ["lanes.csv", "nodes.csv", "notes.txt", "scenario.toml"]
    assert same(supplynet.load("beer-game"), supplynet.read_folder("mine"))


def test_a_lever_is_exported_and_a_saved_run_too(folder):
    shell("export", "flour-2020", "mine", "--set", "window=9", "--set", "periods=20")
    assert same(supplynet.load("flour-2020", window=9).with_lever("periods", 20), supplynet.read_folder("mine"))
    shell("run", "flour-2020", "--set", "window=9", "--periods", "20", "--out", "saved")
    assert shell("export", "saved/scenario.toml", "again").exit_code == 0
    for name in written(Path("mine")):
        assert Path("mine", name).read_bytes() == Path("again", name).read_bytes(), name


def test_the_run_of_a_folder_is_saved_and_plays_again_wherever_both_are(folder, monkeypatch):
    write_tables(Path("pits"), GOOD)
    first = shell("run", "pits", "--set", "works.capacity=150", "--seed", "8", "--out", "saved/one", "--json")
    again = shell("run", "saved/one/scenario.toml", "--out", "saved/two", "--json")
    assert first.exit_code == again.exit_code == 0, first.output + again.output
    for name in written(Path("saved/one")):
        assert name.endswith(".png") or Path("saved/one", name).read_bytes() == Path("saved/two", name).read_bytes(), (
            name
        )
    Path("elsewhere").mkdir()
    Path("pits").rename("elsewhere/pits"), Path("saved").rename("elsewhere/saved")
    monkeypatch.chdir("elsewhere/saved/one")
    assert one_object(shell("run", "scenario.toml", "--json").stdout) == one_object(first.stdout)
    Path("../../pits/nodes.csv").write_text(GOOD["nodes.csv"].replace("700", "701"))
    done = shell("run", "scenario.toml")
    assert done.exit_code == 2 and "pits' have changed since they were run" in done.stderr
    Path("../../pits/nodes.csv").unlink()
    done = shell("run", "scenario.toml")
    assert done.exit_code == 2 and "has no nodes.csv" in done.stderr and "'scenario.toml'" in done.stderr


def test_a_run_does_not_overwrite_the_settings_of_its_own_tables(folder):
    write_tables(Path("pits"), GOOD)
    done = shell("run", "pits", "--out", "pits")
    assert done.exit_code == 2 and "holds the tables of a network" in done.stderr
    assert Path("pits/scenario.toml").read_text() == GOOD["scenario.toml"] and written(Path("pits")) == sorted(GOOD)


def test_a_folder_can_be_shown_run_and_loaded(folder):
    write_tables(Path("pits"), GOOD)
    page = shell("show", "pits")
    assert page.exit_code == 0 and "works" in page.stdout and "base_stock_level" in page.stdout, page.output
    done = shell("run", "pits", "--periods", "9")
    assert done.exit_code == 0 and "Picture: pits.png" in done.stdout, done.output
    assert fingerprint(supplynet.load("pits").network) == fingerprint(supplynet.read_folder("pits").network)
    with pytest.raises(ValueError, match="has no levers of its own; set 'window' with with_lever"):
        supplynet.load("pits", window=3)
    assert "give their folder: 'pits'" in shell("run", "pits/scenario.toml").stderr
