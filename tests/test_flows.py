"""Flows between firms as a folder: a network that stands still, whatever is wrong with its file and line, and quick."""

from __future__ import annotations

import time

import numpy as np
import pytest
from folders import write_tables
from shell import shell

import supplynet
from supplynet.checks import Faults
from supplynet.fingerprint import fingerprint
from supplynet.readers.flows import read_flows
from supplynet.schema import CUSTOMER

# mine and pit dig stone for the works, which sells to the shop and a little back to the mine.
FIRMS = """\
firm,product,sector,final_demand,cover
mine,stone,mining,,5
pit,stone,mining,2,5
works,tools,making,10,3
shop,,trade,50,2.5
"""
FLOWS = """\
supplier,customer,flow,criticality
mine,works,12,
pit,works,4,
works,shop,30,0.4
works,mine,3,
"""
GOOD = {"firms.csv": FIRMS, "flows.csv": FLOWS, "scenario.toml": "periods = 40\n"}


def read(folder, **changes):
    """The scenario of the good folder with other texts: firms or flows, each a pair of old and new, or whole files."""
    files = dict(GOOD)
    for name, change in changes.items():
        file = f"{name}.csv" if name != "scenario" else "scenario.toml"
        if isinstance(change, tuple):
            assert files[file].count(change[0]) == 1, change
            files[file] = files[file].replace(*change)
        else:
            files[file] = change
    return read_flows(write_tables(folder, files))


def random_folder(folder, n_firms, n_lanes, seed=0):
    """Firms that buy from each other at random, and all sell something to households."""
    luck = np.random.default_rng(seed)
    pair = np.unique(luck.integers(0, n_firms * n_firms, n_lanes))
    pair = pair[pair // n_firms != pair % n_firms]
    flow, final = luck.lognormal(0.0, 1.0, pair.size), luck.lognormal(1.0, 1.0, n_firms)
    ends = zip((pair // n_firms).tolist(), (pair % n_firms).tolist(), flow.tolist(), strict=True)
    flows = "".join(f"firm {a},firm {b},{amount!r}\n" for a, b, amount in ends)
    firms = "".join(f"firm {at},good {at % 7},{wanted!r},9\n" for at, wanted in enumerate(final.tolist()))
    return write_tables(folder, {
        "flows.csv": f"supplier,customer,flow\n{flows}", "firms.csv": f"firm,product,final_demand,cover\n{firms}"
    })  # fmt: skip


def test_what_a_firm_makes_is_what_it_sells_and_what_it_needs_is_what_it_buys(tmp_path):
    network = read(tmp_path).network
    assert network.names == (
        "mine", "pit", "works", "shop", "customers of pit", "customers of works", "customers of shop",
    )  # fmt: skip
    assert network.node["normal_output"][:4].tolist() == [12.0, 6.0, 43.0, 50.0]
    assert network.node["capacity"][:4].tolist() == [12.0, 6.0, 43.0, 50.0]
    lanes = dict(zip(network.lane_names(), range(network.n_lanes), strict=True))
    of = network.lane["input"]
    assert of[lanes["mine>works"]] == of[lanes["pit>works"]], "stone is stone"
    assert network.lane["share"][lanes["mine>works"]] == 0.75
    assert network.input["units_per_output"][of[lanes["pit>works"]]] == 16.0 / 43.0
    assert network.input["units_per_output"][of[lanes["works>mine"]]] == 3.0 / 12.0
    assert network.input["cover"][of[lanes["works>shop"]]] == 2.5
    assert network.input["criticality"][of[lanes["works>shop"]]] == 0.4
    assert network.node["sector"][4:].tolist() == ["mining final demand", "making final demand", "trade final demand"]


@pytest.mark.parametrize("basis", ["output", "capped_demand"])
def test_undisturbed_firms_stand_still(tmp_path, basis):
    rules = f'periods = 60\n[defaults.factory]\nbasis = "{basis}"\nadjustment_time = 4\n'
    write_tables(random_folder(tmp_path, 60, 240), {"scenario.toml": rules})
    scenario = read_flows(tmp_path)
    record = supplynet.run(scenario).record
    firms = scenario.network.node["kind"] != CUSTOMER
    usual = np.tile(scenario.network.node["normal_output"], (60, 1))
    assert record["production"][:, firms] == pytest.approx(usual[:, firms], rel=1e-9)
    assert record["shipped"] == pytest.approx(usual, rel=1e-9)
    assert record["lost"] == pytest.approx(0.0, abs=1e-9 * usual.max())


def test_a_firm_that_stops_is_felt_when_the_stock_of_its_buyer_is_used_up(tmp_path):
    # Of stone the works need 16 a day, and lose 12 of them: with 3 days of it they are short on day 2 // 0.75 + 1 = 3.
    read(tmp_path, flows=("works,mine,3,\n", ""))
    write_tables(tmp_path, {"disruptions.csv": "where,column,factor,start,duration\nmine,capacity_factor,0,0,40\n"})
    record = supplynet.run(read_flows(tmp_path)).record
    works = record["production"][:, 2]
    assert works[:3] == pytest.approx([40.0] * 3) and works[3] < 39.0


def test_disruptions_strike_customers_and_sectors_too(tmp_path):
    read(tmp_path)
    events = "where,column,factor,start\ncustomers of shop,demand_factor,0.5,5\nsector=mining,capacity_factor,0,30\n"
    write_tables(tmp_path, {"disruptions.csv": events})
    record = supplynet.run(read_flows(tmp_path)).record
    assert record["demand"][[4, 5], 6].tolist() == pytest.approx([50.0, 25.0])
    assert record["production"][29, 1] > 1.0 and record["production"][30, :2].tolist() == [0.0, 0.0]
    write_tables(tmp_path, {"disruptions.csv": events.replace("mining", "minning")})
    with pytest.raises(Faults, match="disruptions.csv line 3: .*minning.*; did you mean 'mining'"):
        read_flows(tmp_path)


@pytest.mark.parametrize("label", ["sector", "region", "site"])
def test_a_place_that_is_struck_by_its_label_is_its_firms_and_not_their_customers(tmp_path, label):
    told = FIRMS.replace("sector", label)
    struck = f"where,column,factor,start,duration\n{label}=making,capacity_factor,0.5,3,4\n"
    scenario = read_flows(write_tables(tmp_path, {**GOOD, "firms.csv": told, "disruptions.csv": struck}))
    made = supplynet.run(scenario).record["production"][:, scenario.network.names.index("works")]
    assert made[2:8] == pytest.approx([43.0, *[21.5] * 4, 43.0])  # 30 to the shop, 3 to the mine, 10 to households
    assert scenario.network.node[label][-1] == "trade final demand"


def test_capacity_price_and_other_columns_are_read_where_they_stand(tmp_path):
    firms = FIRMS.replace("cover\n", "cover,capacity,price,normal_output\n").replace(",5\nworks", ",5,9,2,6\nworks")
    network = read(tmp_path, firms=firms).network
    assert network.node["capacity"][:4].tolist() == [12.0, 9.0, 43.0, 50.0]
    assert network.node["price"].tolist() == [0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"flows": ("pit,works,4", "pit,works,-4")}, r"flows.csv line 3 \('pit' -> 'works'\): flow is -4.0"),
        ({"flows": ("pit,works,4", "pit,works,nan")}, r"flow is 'nan', must be a number > 0; mend it$"),
        ({"flows": ("pit,works,4", "pit,works,-1")}, "flow is -1.0, must be a number > 0; mend it"),
        ({"flows": ("pit,works,4", "pit,works,0")}, r"flows.csv line 3 .*: flow is 0.0, must be a number > 0; mend"),
        ({"flows": ("pit,works,4", "pit,works,")}, r"flows.csv line 3 .*: flow is blank, must be a number > 0"),
        ({"flows": ("pit,works,4", "pit,works,many")}, r"flows.csv line 3 .*: flow is 'many', must be a number > 0"),
        ({"flows": ("30,0.4", "30,1.4")}, r"flows.csv line 4 .*: criticality is 1.4, must be a number in \[0, 1\]"),
        ({"flows": ("12,\npit,works,4,", "12,1\npit,works,4,0.5")}, "line 2: lane .* is 1, but another .* says 0.5"),
        ({"flows": ("pit,works", "pits,works")}, "flows.csv line 3: supplier: there is no node 'pits'; did you mean"),
        ({"flows": ("works,mine,3", "pit,works,3")}, "flows.csv line 5: lane 'pit' -> 'works' stands in line 3"),
        ({"flows": ("works,mine,3", "works,works,3")}, "flows.csv line 5.*a node cannot supply itself"),
        ({"firms": ("firm,", "node,")}, "firms.csv: column 'node' is not known; did you mean 'firm'"),
        ({"flows": ("flow,", "flows,")}, "column 'flows' is not known; did you mean 'flow'"),
        ({"firms": ("shop,", "works,")}, "firms.csv line 5: node 'works' stands in line 4 already"),
        ({"firms": ("10,3", "10,")}, "firms.csv line 4: cover of 'works' is blank, must be 1 or more"),
        ({"firms": ("10,3", "10,0.5")}, "firms.csv line 4: cover of 'works' is 0.5, must be 1 or more"),
        ({"firms": ("10,3", "10,x")}, r"firms.csv line 4 \(works\): cover is 'x', must be a number >= 0"),
        ({"firms": ("10,3", "-10,3")}, r"firms.csv line 4 \(works\): final_demand is -10.0, must be a number >= 0"),
        ({"firms": ("50,2.5", ",2.5")}, "firms.csv line 5: 'shop' buys 30 a period and sells nothing, so that 30 goes"),
        ({"scenario": "[defaults.factory]\nbasis = 'x'\n"}, r"scenario.toml \[defaults.factory\]: .*basis"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_file_and_line(tmp_path, changes, words):
    with pytest.raises(Faults, match=words) as caught:
        read(tmp_path, **changes)
    assert len(caught.value.problems) <= 2, "and of what follows from it no more than a word"


def test_an_output_that_is_not_what_is_sold_is_told_with_the_difference(tmp_path):
    firms = FIRMS.replace("cover\n", "cover,normal_output\n").replace("10,3\n", "10,3,50\n")
    with pytest.raises(
        Faults, match="line 4: 'works' makes 50 .* sells 33 to firms and 10 .* 43 in all: 7 is left over"
    ):
        read(tmp_path, firms=firms)


def test_goods_that_go_round_and_never_reach_final_demand_are_told_with_their_amount(tmp_path):
    firms = FIRMS + "a,,,0,2\nb,,,0,2\n"
    flows = FLOWS + "a,b,8,\nb,a,7,\n"
    with pytest.raises(
        Faults, match="line 6: what 'a', 'b' make, 15 a period, goes round among them and never reaches"
    ):
        read(tmp_path, firms=firms, flows=flows)


def test_a_folder_without_one_of_the_two_says_what_to_write(tmp_path):
    write_tables(tmp_path, {"flows.csv": FLOWS})
    with pytest.raises(Faults, match="has no firms.csv; write one with the columns firm, final_demand, cover"):
        read_flows(tmp_path)


def test_the_commands_take_a_folder_of_flows(folder):
    write_tables(folder / "town", GOOD)
    assert "all is well. 'town' has 7 nodes, 7 lanes" in shell("check", "town").output
    assert "factory" in shell("show", "town").output
    done = shell("run", "town", "--set", "mine.capacity=6", "--out", "out")
    assert done.exit_code == 0, done.output
    assert shell("run", "out/scenario.toml").exit_code == 0
    wrong = shell("run", "town", "--out", "town")
    assert wrong.exit_code == 2 and "holds the tables of a network" in wrong.output


def test_ten_thousand_firms_are_read_in_a_moment(tmp_path):
    random_folder(tmp_path, 10_000, 50_000)
    begun = time.process_time()
    network = read_flows(tmp_path).network
    assert network.n_nodes == 20_000 and time.process_time() - begun < 5.0


def test_from_python_a_folder_of_flows_is_read_as_from_the_shell(tmp_path):
    folder = write_tables(tmp_path / "town", GOOD)
    assert fingerprint(supplynet.read_folder(folder).network) == fingerprint(supplynet.load(folder).network)
    with pytest.raises(Faults, match="has no nodes.csv"):
        supplynet.read_folder(tmp_path)
