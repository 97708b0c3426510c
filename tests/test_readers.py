"""One's own network from a folder of tables, and back."""

from __future__ import annotations

import numpy as np
import pytest
from folders import DEMAND, GOOD, LANES, NODES, SETTINGS, changed, good, write_tables
from shell import shell

import supplynet
from supplynet import Disruption, Signal
from supplynet.demand import Step, Trace
from supplynet.distributions import Discrete, Normal
from supplynet.fingerprint import fingerprint
from supplynet.network import Network
from supplynet.policies.allocation import Priority
from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import BaseStock, Kanban, OrderUpToMovingAverage, Plan


def read(tmp_path, files):
    return supplynet.read_folder(write_tables(tmp_path / "pits", files))


def row_of(network: Network, name: str) -> int:
    return network.names.index(name)


def by_hand() -> Network:
    """The network of the good folder, from Python."""
    kinds = ["customer", "customer", "distributor", "factory", "supplier", "supplier"]
    return supplynet.from_columns(
        ["market", "town", "shop", "works", "mine", "quarry"], [2, 2, 3, 4, 5], [0, 1, 2, 3, 3],
        node={
            "kind": kinds, "ordering": [None, None, BaseStock(300.0), BaseStock(700.0), None, None],
            "on_hand": [0.0, 0.0, 150.0, 120.0, 0.0, 0.0], "capacity": [np.inf, np.inf, np.inf, 400.0, np.inf, np.inf],
            "production_lead_time": [0, 0, 0, 2, 0, 0],
            "demand": [Normal(100.0, 20.0), Trace((10.0, 12.0, 9.0)), None, None, None, None],
        },
        lane={
            "product": [None, None, None, "stone", "stone"], "order_lead_time": [0, 0, 1, 0, 0],
            "shipment_lead_time": [0, 0, 2, 1, 1], "share": [np.nan, np.nan, np.nan, 0.6, 0.4],
            "units_per_output": [1.0, 1.0, 1.0, 2.0, 2.0],
        },
    )  # fmt: skip


def test_a_folder_reads_as_what_one_would_write_in_python(tmp_path):
    scenario = read(tmp_path, GOOD)
    assert fingerprint(scenario.network) == fingerprint(by_hand())
    assert (scenario.name, scenario.periods, scenario.seed, scenario.warm_up) == ("pits", 30, 3, 5)
    of_substitutes = scenario.network.lane["input"][[3, 4]]
    assert of_substitutes[0] == of_substitutes[1], "two lanes of one product are one input"
    ran = supplynet.run(supplynet.Scenario("pits", by_hand(), periods=30, seed=3, warm_up=5))
    assert supplynet.run(scenario).outcomes == ran.outcomes


def test_without_settings_a_folder_has_the_name_of_the_folder_and_the_usual_settings(tmp_path):
    files = {name: text for name, text in GOOD.items() if name not in ("scenario.toml", "demand.csv")}
    files["nodes.csv"] = NODES.replace("trace", "9")
    scenario = read(tmp_path, files)
    assert (scenario.name, scenario.periods, scenario.start) == ("pits", 100, "steady")


@pytest.mark.parametrize(
    ("settings", "periods", "held"), [("", 3, False), ("periods = 3", 3, False), ("periods = 4", 4, True)]
)
def test_demand_that_was_recorded_is_played_to_its_end_and_check_says_so_where_a_run_is_longer(
    tmp_path, settings, periods, held
):
    folder = write_tables(tmp_path / "pits", good(scenario_toml=settings))
    assert supplynet.read_folder(folder).periods == periods
    done = shell("check", str(folder))
    note = "note: the recorded demand of 'town' ends in period 2; its last quantity is held from then on"
    assert done.exit_code == 0 and (note in done.output) == held


def test_demand_that_is_played_over_and_over_has_no_end(tmp_path):
    nodes = NODES.replace("mean,sd", "mean,sd,repeat").replace("trace,,", "trace,,,true")
    folder = write_tables(tmp_path / "pits", good(nodes_csv=nodes, scenario_toml=""))
    assert supplynet.read_folder(folder).periods == 100 and "note" not in shell("check", str(folder)).output


@pytest.mark.parametrize("cell", ["trace(4, 8, 6)", "discrete(4:0.5, 8:0.5)", "normal(mean=4, sd=1)", "poisson(4)"])
def test_what_brackets_leave_out_may_stand_beside_them(tmp_path, cell):
    nodes = NODES.replace("mean,sd", "mean,sd,repeat")
    nodes = nodes.replace("normal,100,20", f'"{cell}",,' + ",true" * ("trace" in cell))
    demand = read(tmp_path, good(nodes_csv=nodes)).network.object_of("node", "demand", 0)
    assert getattr(demand, "repeat", True) and demand.mean in (4.0, 6.0)


def test_names_keep_their_commas_in_a_file_with_semicolons(tmp_path):
    nodes = european(NODES).replace("\nworks", "\n1,5").replace("\nmine", "\n12.345")
    lanes = european(LANES).replace("works", "1,5").replace("\nmine", "\n12.345")
    names = read(tmp_path, good(nodes_csv=nodes, lanes_csv=lanes)).network.names
    assert names == ("market", "town", "shop", "1,5", "12.345", "quarry")


def european(text: str) -> str:
    """As a spreadsheet in Europe writes it: semicolons, and commas in decimals."""
    return text.replace(",", ";").replace("0.6", "0,6").replace("0.4", "0,4")


@pytest.mark.parametrize(
    "files",
    [
        {**GOOD, "nodes.csv": european(NODES), "lanes.csv": european(LANES)},
        {**GOOD, "lanes.csv": "sep=;\n" + european(LANES)},
        {**GOOD, "nodes.csv": NODES.replace(",", "\t")},
        {**GOOD, "nodes.csv": "\ufeff" + NODES, "scenario.toml": "\ufeff" + SETTINGS},
        {name: text.replace("\n", "\r\n") for name, text in GOOD.items()},
        {**GOOD, "nodes.csv": NODES.replace(",", " , "), "lanes.csv": LANES + "\n,,,,,,\n"},
        {**GOOD, "nodes.csv": "\n".join(line.rstrip(",") for line in NODES.splitlines())},
        {**GOOD, "nodes.csv": "\n".join(f"{line},," for line in NODES.splitlines())},
        {**GOOD, "nodes.csv": "\n".join(f'"{cell}"' for cell in ["node"]) + NODES[4:]},
        {**GOOD, "nodes.csv": NODES.replace("normal,100,20", "normal(100, sd=20),,")},
        {**GOOD, "nodes.csv": NODES.replace("normal,100,20", '"normal(100,20)",,')},
        {**GOOD, "nodes.csv": NODES.replace("stock,300", "stock(300),").replace("base_stock,7", "BaseStock,7")},
        {**GOOD, "demand.csv": "\n".join([*DEMAND.splitlines()[:1], *reversed(DEMAND.splitlines()[1:])])},
    ],
    ids=[
        "semicolons", "sep line", "tabs", "byte order mark", "windows lines", "blanks", "short rows", "blank columns",
        "quotes", "brackets", "quoted brackets", "parameters in the cell", "any order of periods",
    ],
)  # fmt: skip
def test_the_same_tables_written_in_another_way_read_the_same(tmp_path, files):
    assert fingerprint(read(tmp_path, files).network) == fingerprint(by_hand())


def test_lead_times_and_capacities_may_be_distributions_and_prices_processes(tmp_path):
    nodes = NODES.replace("400,2", "normal(40,9),discrete(1:0.5,2:0.5)").replace("mean,sd", "mean,sd,price")
    nodes = nodes.replace("mine,supplier,,,,,,,,", "mine,supplier,,,,,,,,,step(2,5,8)")
    network = read(tmp_path, good(nodes_csv=nodes, lanes_csv=LANES.replace("1,2,,", "1,normal(10,3),,"))).network
    works, mine = row_of(network, "works"), row_of(network, "mine")
    assert network.object_of("node", "capacity", works) == Normal(40.0, 9.0)
    assert network.object_of("node", "production_lead_time", works) == Discrete((1.0, 2.0), (0.5, 0.5))
    assert network.object_of("node", "price", mine) == Step(2.0, 5.0, 8)
    assert network.object_of("lane", "shipment_lead_time", 2) == Normal(10.0, 3.0)


def test_defaults_hold_for_a_whole_kind_and_a_row_says_otherwise(tmp_path):
    nodes = NODES.replace("ordering,base_stock_level", "ordering,base_stock_level,holding_cost,allocation")
    nodes = nodes.replace("shop,distributor,base_stock,300", "shop,distributor,,,7,uniform")
    nodes = nodes.replace("works,factory,base_stock,700", "works,factory,,700,,")
    for name in ("market,customer", "town,customer", "mine,supplier", "quarry,supplier"):
        nodes = nodes.replace(f"{name},,", f"{name},,,,")
    settings = SETTINGS + (
        'allocation = "priority"\n'
        '[defaults.factory]\nholding_cost = 2.5\nordering = "base_stock"\nbase_stock_level = 1\n'
        '[defaults.distributor]\nordering = "order_up_to_moving_average"\nwindow = 3\nholding_cost = 1\n'
        "[defaults.supplier]\nbacklog_cost = 4\n[defaults.lane]\nshipment_lead_time = 6\nunits_per_output = 3\n"
    )
    lanes = LANES.replace("works,shop,,1,2", "works,shop,,1,").replace("0.6,2", "0.6,").replace("0.4,2", "0.4,")
    scenario = read(tmp_path, good(nodes_csv=nodes, scenario_toml=settings, lanes_csv=lanes))
    network = scenario.network
    assert network.node["holding_cost"].tolist() == [0.0, 0.0, 7.0, 2.5, 0.0, 0.0]
    assert network.node["backlog_cost"].tolist() == [0.0, 0.0, 0.0, 0.0, 4.0, 4.0]
    rules = [network.object_of("node", "ordering", row) for row in range(network.n_nodes)]
    assert rules == [None, None, OrderUpToMovingAverage(3), BaseStock(700.0), None, None]
    shares = [type(network.object_of("node", "allocation", row)).__name__ for row in range(network.n_nodes)]
    assert shares == ["NoneType", "NoneType", "Uniform", "Priority", "Priority", "Priority"]
    assert network.lane["shipment_lead_time"].tolist() == [0, 0, 6, 1, 1]
    assert network.input["units_per_output"].tolist() == [3.0] * 4


def test_inputs_are_described_once_for_all_their_lanes(tmp_path):
    lanes = LANES.replace("0.6,2", "0.6,").replace("0.4,2", "0.4,2")
    inputs = "node,product,cover,target\nworks,stone,4,\nshop,,,30\n"
    network = read(tmp_path, good(lanes_csv=lanes, inputs_csv=inputs)).network
    stone = network.lane["input"][3]
    assert network.input["units_per_output"][stone] == 2.0, "what one lane says holds for the whole input"
    assert network.input["cover"][stone] == 4.0 and network.input["cover"].sum() == 4.0
    assert network.input["target"][network.lane["input"][2]] == 30.0


def test_what_inputs_say_comes_before_the_default_of_lanes(tmp_path):
    lanes = LANES.replace("0.6,2", "0.6,").replace("0.4,2", "0.4,")
    inputs = "node,product,units_per_output\nworks,stone,5\n"
    usual = SETTINGS + "[defaults.lane]\nunits_per_output = 3\n"
    network = read(tmp_path, good(lanes_csv=lanes, inputs_csv=inputs, scenario_toml=usual)).network
    assert network.input["units_per_output"][network.lane["input"]].tolist() == [3.0, 3.0, 3.0, 5.0, 5.0]


def test_signals_and_disruptions_are_rows(tmp_path):
    signals = "source,reader,tells,delay,weight,start\nmarket,works,demand,2,0.5,7\ntown,works,demand,,,\n"
    events = "where,column,factor,start,duration\nworks,capacity_factor,0.5,3,4\nworks > shop,open_factor,0,5,2\n"
    network = read(tmp_path, good(signals_csv=signals, disruptions_csv=events)).network
    told = Signal("market", "works", "demand", 2, 0.5, 7.0)
    assert network.signals[0] == told and repr(network.signals[1]) == repr(Signal("town", "works", "demand"))
    assert network.disruptions == (
        Disruption("works", "capacity_factor", 0.5, 3, 4), Disruption("works>shop", "open_factor", 0.0, 5, 2),
    )  # fmt: skip


def test_a_rule_that_listens_is_told_by_whom_it_names_unless_signals_say_otherwise(tmp_path):
    nodes = NODES.replace("base_stock,700", "pos_replenishment(horizon=4),")
    told = read(tmp_path, good(nodes_csv=nodes)).network.signals
    assert {(one.source, one.reader, one.tells) for one in told if one.tells == "demand"} == {
        ("market", "works", "demand"), ("town", "works", "demand"),
    }  # fmt: skip
    signals = "source,reader,tells,delay\nmarket,works,demand,3\n"
    told = read(tmp_path, good(nodes_csv=nodes, signals_csv=signals)).network.signals
    assert [(one.source, one.delay) for one in told if one.tells == "demand"] == [("market", 3)]


def test_a_parameter_belongs_to_whatever_its_row_names_and_brackets_come_first(tmp_path):
    nodes = NODES.replace("ordering,base_stock_level", "ordering,cards,input_rule")
    nodes = nodes.replace("base_stock,300", "kanban(cards=40),9,withdrawal_cards")
    nodes = nodes.replace("base_stock,700", "kanban,70,").replace("customer,,", "customer,,,")
    network = read(tmp_path, good(nodes_csv=nodes.replace("supplier,,", "supplier,,,"))).network
    shop, works = row_of(network, "shop"), row_of(network, "works")
    assert network.object_of("node", "ordering", shop) == Kanban(40)
    assert network.object_of("node", "input_rule", shop) == WithdrawalCards(9)
    assert network.object_of("node", "ordering", works) == Kanban(70)


def test_a_plan_and_an_allocation_are_cells_too(tmp_path):
    nodes = NODES.replace("base_stock_level", "allocation").replace("base_stock,300", '"plan(quantities=(8, 12, 6))",')
    nodes = nodes.replace("base_stock,700", "mto,priority")
    network = read(tmp_path, good(nodes_csv=nodes.replace("mto", "make-to-order"))).network
    assert network.object_of("node", "ordering", row_of(network, "shop")) == Plan((8.0, 12.0, 6.0))
    assert network.object_of("node", "allocation", row_of(network, "works")) == Priority()


def test_changed_cells_change_the_network(tmp_path):
    there = fingerprint(by_hand())
    for files in (
        changed("nodes.csv", "400,2", "400,3"), changed("lanes.csv", "works,shop,,1,2", "works,shop,,2,2"),
        changed("demand.csv", "2,town,9", "2,town,9.5"), changed("nodes.csv", "works,factory", "works,distributor"),
    ):  # fmt: skip
        assert fingerprint(read(tmp_path, files).network) != there
