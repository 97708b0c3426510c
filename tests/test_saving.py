"""Saved runs: the files, and running them again bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shell import one_object, shell, written

import supplynet
from supplynet import saving
from supplynet.record import Keep
from supplynet.scenarios import load_file

pytestmark = pytest.mark.usefixtures("folder")
NODE_COLUMNS = [
    "period", "node", "on_hand", "backlog", "inventory_level", "demand", "order", "production", "shipped", "filled",
    "lost", "scrapped", "cost",
]  # fmt: skip


def test_out_writes_four_files_and_the_picture(folder):
    done = shell("run", "--out", "deep/results", "--json")
    assert done.exit_code == 0, done.output
    names = ["flour-2020.png", "lanes.parquet", "nodes.parquet", "outcomes.json", "scenario.toml"]
    assert written(folder) == [f"deep/results/{name}" for name in names]
    nodes, lanes = (pd.read_parquet(f"deep/results/{table}.parquet") for table in ("nodes", "lanes"))
    assert list(nodes.columns) == NODE_COLUMNS and len(nodes) == 52 * 12
    assert np.array_equal(nodes["inventory_level"], nodes["on_hand"] - nodes["backlog"])
    result = supplynet.run(supplynet.load("flour-2020"))
    assert np.array_equal(nodes["order"], result.record["production_order"].ravel())
    assert {"period", "supplier", "customer", "order", "shipment", "on_order"} <= set(lanes.columns)
    assert len(lanes) == 52 * 11 and not lanes.isna().any(axis=None)
    assert Path("deep/results/outcomes.json").read_text() == done.stdout


def test_a_saved_scenario_runs_again_bit_for_bit():
    sets = (
        "--set",
        "window=6",
        "--set",
        "mill.capacity=9.5",
        "--set",
        "periods=40",
        "--set",
        "warm_up=4",
        "--seed",
        "3",
    )
    first = shell("run", *sets, "--out", "one", "--json")
    again = shell("run", "one/scenario.toml", "--out", "two", "--json")
    assert first.exit_code == again.exit_code == 0, first.output + again.output
    for name in ("nodes.parquet", "lanes.parquet", "outcomes.json", "scenario.toml"):
        assert Path("one", name).read_bytes() == Path("two", name).read_bytes(), name
    scenario = supplynet.load("one/scenario.toml")
    assert (scenario.periods, scenario.seed, scenario.warm_up) == (40, 3, 4)
    assert scenario.own_levers == {"window": 6} and dict(scenario.levers) == {"mill.capacity": "9.5"}
    saving.save(supplynet.run(scenario), "three")
    assert Path("one/nodes.parquet").read_bytes() == Path("three/nodes.parquet").read_bytes()


def test_a_saved_scenario_can_be_changed_on_the_command_line():
    shell("run", "--set", "window=6", "--out", "one")
    told = one_object(shell("run", "one/scenario.toml", "--set", "safety_periods=2", "--json").stdout)
    result = supplynet.run(supplynet.load("flour-2020", window=6, safety_periods=2.0))
    assert told["outcomes"] == result.outcomes


def test_a_lever_set_twice_counts_as_set_last():
    scenario = supplynet.load("flour-2020")
    for lever, value in (("capacity", 8.0), ("mill.capacity", 9.0), ("capacity", 7.0)):
        scenario = scenario.with_lever(lever, value)
    saving.save(supplynet.run(scenario), "one")
    assert supplynet.load("one/scenario.toml").network.node["capacity"].tolist() == [7.0] * 12


def test_a_scenario_that_was_changed_in_python_is_not_taken_for_the_ready_made_one():
    from dataclasses import replace

    scenario = supplynet.load("beer-game")
    network = scenario.network.with_column("node", "on_hand", np.array([1]), 13.0)
    saving.save(supplynet.run(replace(scenario, network=network)), "one")
    with pytest.raises(ValueError, match="now makes another network"):
        load_file("one/scenario.toml")
    done = shell("run", "one/scenario.toml")
    assert done.exit_code == 2 and "one/scenario.toml" in done.stderr


def test_sums_are_saved_by_label_and_a_lanes_file_of_an_earlier_run_goes():
    scenario = supplynet.load("flour-2020")
    whole = supplynet.run(scenario)
    saving.save(whole, "one")
    summed = supplynet.run(scenario, keep=Keep(by="kind"))
    saving.save(summed, "one")
    nodes = pd.read_parquet("one/nodes.parquet")
    assert list(nodes.columns[:2]) == ["period", "kind"] and len(nodes) == 52 * 4
    assert not Path("one/lanes.parquet").exists()
    told = one_object(Path("one/outcomes.json").read_text())["nodes"]["mill"]
    assert told["bullwhip_ratio"] is None and told["peak_order"] is None
    for name in ("mean_demand", "fill_rate", "total_cost", "mean_backlog"):
        assert told[name] == pytest.approx(saving.summary(whole)["nodes"]["mill"][name], rel=1e-12)


def test_a_part_of_the_columns_gives_a_part_of_the_measures():
    result = supplynet.run(supplynet.load("flour-2020"), keep=Keep(columns=("demand", "on_hand")))
    saving.save(result, "one")
    assert list(pd.read_parquet("one/nodes.parquet").columns) == ["period", "node", "on_hand", "demand"]
    told = saving.summary(result)["nodes"]["mill"]
    assert told["mean_demand"] > 0 and told["mean_order"] is None


def test_files_are_written_all_or_none(folder, monkeypatch):
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tomli_w.dumps", full)
    done = shell("run", "--out", "one")
    assert done.exit_code == 2 and "No space left" in done.stderr and written(folder) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("scenario = ", "is not TOML"),
        ("periods = 3", "lacks 'scenario'"),
        ('scenario = "beer-game"\nperiodes = 3', "did you mean 'periods'?"),
        ('scenario = "beer-gam"', "did you mean 'beer-game'?"),
        ('scenario = "beer-game"\nperiods = "3"', "periods is '3'"),
        ('scenario = "beer-game"\n[levers]\ncapcity = 3', "did you mean 'capacity'?"),
    ],
)
def test_a_broken_scenario_file_is_named(folder, text, says):
    Path("mine.toml").write_text(text)
    done = shell("run", "mine.toml")
    assert done.exit_code == 2 and "'mine.toml'" in done.stderr and says in done.stderr
