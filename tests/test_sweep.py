"""Sweeps: which scenarios a design makes, and that each run of a sweep is the run alone."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from sweeping import Blind, Breaks, by_node, filled, picky, stall, worst_day

import supplynet
from supplynet import engine
from supplynet.policies.ordering import BaseStock, OrderUpToMovingAverage
from supplynet.sweeps.design import Design


def test_a_grid_has_every_combination_of_the_values_the_last_lever_fastest() -> None:
    design = supplynet.vary(stall(), {"works.on_hand": (10, 20)}, window=(2, 4, 8), periods=(20, 30))
    assert len(design) == 12
    rows = list(zip(*design.levers.values(), strict=True))
    assert rows[:3] == [(10, 2, 20), (10, 2, 30), (10, 4, 20)] and len(set(rows)) == 12
    assert list(zip(*design[1::5].levers.values(), strict=True)) == rows[1::5] and len(design[-2:]) == 2
    network = design[11].network
    assert (network.node["on_hand"][2], network.object_of("node", "ordering", 1).window, design[11].periods) == (
        20,
        8,
        30,
    )


def test_rules_and_their_parameters_are_levers_in_whatever_order_they_stand() -> None:
    design = supplynet.vary(stall(), {"shop.base_stock_level": (200.0, 300.0), "shop.ordering": ("base_stock",)})
    assert [each.network.object_of("node", "ordering", 1) for each in design] == [BaseStock(200.0), BaseStock(300.0)]
    table = supplynet.sweep(supplynet.vary(stall(), {"shop.ordering": (BaseStock(200.0), BaseStock(300.0))}), 1)
    assert table["shop.ordering"].tolist() == ["BaseStock(base_stock_level=200.0)", "BaseStock(base_stock_level=300.0)"]


def test_own_levers_of_a_ready_made_scenario_build_it_anew() -> None:
    design = supplynet.vary("beer-game", {"desired_stock": (20.0, 28.0)}, stock_adjustment=(0.3, 1.0))
    table = supplynet.sweep(design, 1)
    alone = supplynet.run(supplynet.load("beer-game", desired_stock=28.0, stock_adjustment=1.0)).outcomes
    assert table["total_cost"][3] == alone["total_cost"] and table["total_cost"].nunique() == 4


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_a_design_of_points_lies_between_its_ends_one_in_each_part_and_is_the_same_again(kind: str) -> None:
    asked = {"design": kind, "n": 8, "window": (1, 8), "backlog_cost": (2.0, 10.0)}
    design = supplynet.vary(stall(), **asked)
    assert sorted(design.levers["window"]) == list(range(1, 9))
    parts = np.floor(np.array(design.levers["backlog_cost"]) - 2.0)
    assert sorted(parts) == list(range(8))
    assert design.levers == supplynet.vary(stall(), **asked).levers
    assert design.levers != supplynet.vary(stall(seed=4), **asked).levers


def test_a_lever_that_takes_fractions_gets_them_between_whole_numbers_too() -> None:
    design = supplynet.vary(stall(), window=(1, 8), backlog_cost=(0, 8), design="sobol", n=16)
    assert all(isinstance(value, int) for value in design.levers["window"])
    assert len({math.floor(value * 2) for value in design.levers["backlog_cost"]}) == 16


def test_rows_of_a_table_are_scenarios() -> None:
    frame = pd.DataFrame({"window": [2, 8], "works.on_hand": [0.0, 50.0]})
    table = supplynet.sweep(supplynet.vary(stall(), frame), 2)
    assert table["window"].tolist() == [2, 2, 8, 8] and table["scenario"].tolist() == [0, 0, 1, 1]
    alone = supplynet.run(stall().with_levers({"window": 8, "works.on_hand": 50.0}), replication=1).outcomes
    assert table["total_cost"][3] == alone["total_cost"]


def test_each_run_equals_the_run_alone_bit_for_bit_whatever_the_block_and_its_neighbours() -> None:
    design = supplynet.vary(stall(), {"works>shop.shipment_lead_time": (0, 3)}, window=(2, 6), periods=(20, 25))
    asked = ("total_cost", "bullwhip_ratio", "fill_rate", "works.peak_order", worst_day, filled)
    whole = supplynet.sweep(design, 5, outcomes=asked)
    for block in (1, 2, 7, 12, 1000):
        pd.testing.assert_frame_equal(supplynet.sweep(design, 5, outcomes=asked, block=block), whole, check_exact=True)
    for at in (0, 7, 23, 39):
        alone = supplynet.run(design[at // 5], replication=at % 5)
        row = whole.iloc[at]
        assert row["total_cost"] == alone.outcomes["total_cost"] and row["filled"] == row["fill_rate"]
        assert row["bullwhip_ratio"] == alone.outcomes["bullwhip_ratio"]
        assert row["works.peak_order"] == alone.measures["peak_order"][2]
        assert row["worst_day"] == worst_day(alone)


def test_scenarios_given_one_by_one_share_a_sweep_and_are_told_by_their_levers() -> None:
    other = supplynet.load("beer-game")
    table = supplynet.sweep([stall(), stall().with_lever("window", 2), other], 2)
    assert table["name"].tolist() == ["stall"] * 4 + ["beer-game"] * 2
    assert table["window"].isna().tolist() == [True, True, False, False, True, True]
    assert table["total_cost"][4] == supplynet.run(other).outcomes["total_cost"]
    assert table["seed"].tolist() == [3, 3, 3, 3, 0, 0]


def test_scenarios_share_their_luck_and_some_replications_can_be_chosen() -> None:
    design = supplynet.vary(stall(), window=(2, 8))
    table = supplynet.sweep(design, 4, outcomes=("market.mean_demand",))["market.mean_demand"].to_numpy()
    assert np.array_equal(table[:4], table[4:]) and np.unique(table).size == 4
    some = supplynet.sweep(design, (3, 1), outcomes=("market.mean_demand",))
    assert (
        np.array_equal(some["market.mean_demand"], table[[3, 1, 3, 1]]) and some["replication"].tolist() == [3, 1] * 2
    )


def test_any_executor_and_processes_of_this_machine_give_the_same_table() -> None:
    design = supplynet.vary(stall(), window=(2, 8))
    here = supplynet.sweep(design, 6, outcomes=("total_cost", worst_day))
    told = []
    with ThreadPoolExecutor(3) as threads:
        there = supplynet.sweep(design, 6, outcomes=("total_cost", worst_day), executor=threads, block=2)
    processes = supplynet.sweep(
        design, 6, outcomes=("total_cost", worst_day), workers=2, block=5, progress=lambda *at: told.append(at)
    )
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    pd.testing.assert_frame_equal(processes, here, check_exact=True)
    assert told[-1] == (12, 12) and [done for done, _ in told] == sorted({done for done, _ in told})


def test_a_failing_run_is_told_with_its_error_and_the_others_go_on() -> None:
    scenario = stall(Breaks(150.0))
    demand = np.array([supplynet.run(stall(), replication=at).record["demand"][:, 0].max() for at in range(12)])
    faulty = demand > 150.0
    assert 0 < faulty.sum() < 12
    table = supplynet.sweep([scenario, stall()], 12, outcomes=("total_cost",))
    assert np.array_equal(table["total_cost"].isna(), [*faulty, *[False] * 12])
    assert table["error"][faulty.argmax()].startswith("ArithmeticError: on_hand of node 'shop' is inf")
    assert np.array_equal(table["error"].notna(), [*faulty, *[False] * 12])
    assert table["total_cost"][12] == supplynet.run(stall()).outcomes["total_cost"]
    sound = int((~faulty).argmax())
    assert table["total_cost"][sound] == supplynet.run(scenario, replication=sound).outcomes["total_cost"]


def test_a_scenario_that_cannot_be_played_at_all_is_told_for_each_of_its_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    start = engine.start
    monkeypatch.setattr(engine, "start", lambda *asked, **more: opened.append(asked) or start(*asked, **more))
    table = supplynet.sweep([stall(), stall(Blind())], 64)
    assert table["error"][64:].str.contains("'weather'").all() and table["error"][:64].isna().all()
    assert np.array_equal(table["total_cost"][:64], supplynet.replicate(stall(), 64)["total_cost"])
    assert len(opened) < 10  # and not once for each of its runs


def test_a_scenario_that_cannot_be_made_is_told_for_its_runs() -> None:
    levers = {"works>shop.share": (1.0, 1.0, 1.0), "mine.capacity": (50.0, -1.0, 80.0)}
    table = supplynet.sweep(Design(levers, stall()), 2)
    assert table["error"].notna().tolist() == [False, False, True, True, False, False]
    assert table["error"][2].startswith("ValueError: lever 'mine.capacity' is -1.0, must be a number >= 0")


def test_an_outcome_of_a_node_that_a_later_scenario_lacks_is_told_there_and_does_not_end_the_sweep() -> None:
    first, second = stall(), supplynet.load("beer-game").with_lever("periods", 20)
    table = supplynet.sweep([first, second], 2, outcomes=("fill_rate", "shop.fill_rate"))
    assert table["error"].isna().tolist() == [True, True, False, False]
    assert "there is no node 'shop'" in table["error"][2] and table["fill_rate"].notna().all()
    assert table["shop.fill_rate"].notna().tolist() == [True, True, False, False]


def test_an_outcome_that_fails_on_some_runs_is_told_there_and_keeps_the_others() -> None:
    sound = next(at for at in range(12) if supplynet.run(stall(), replication=at).record["demand"].max() <= 150.0)
    table = supplynet.sweep(stall(), (sound, *(at for at in range(12) if at != sound)), outcomes=("total_cost", picky))
    failed = table["error"].notna()
    assert table["error"][failed].eq("outcome 'picky': RuntimeError: too much").all() and 0 < failed.sum() < 12
    assert table["picky"].isna().equals(failed) and table["total_cost"].notna().all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"windw": (1, 2)}, "lever 'windw' is not known here; did you mean 'window'"),
        ({"window": ()}, "lever 'window' has no values; give at least one"),
        ({"window": 3}, r"lever 'window' is 3, must be several values; write \(3,\) for one"),
        ({"window": (2, 2)}, "lever 'window' has 2 twice"),
        ({"window": (2, -1), "backlog_cost": (1.0, -2.0)}, r"(?s)window is -1.*backlog_cost' is -2.0"),
        ({"window": (2, 4), "design": "sobool"}, "must be one of grid, latin_hypercube, sobol"),
        ({"window": (2, 4), "n": 5}, "a grid has every combination"),
        ({"window": (2, 4), "design": "sobol"}, "n is None, must be a whole number >= 1"),
        ({"window": (2, 4), "design": "sobol", "n": 12}, "take 8 or 16"),
        ({"window": (4, 2), "design": "sobol", "n": 8}, r"lever 'window' is \(4, 2\), must be \(low, high\)"),
        ({}, "nothing to vary"),
    ],
)
def test_a_design_that_cannot_be_made_says_what_is_wrong(asked: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        supplynet.vary(stall(), **asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"seeds": 0}, "seeds is 0, must be how many replications, at least 1"),
        ({"seeds": (1, 1)}, "different numbers"),
        ({"outcomes": ("fil_rate",)}, "outcome 'fil_rate' is not known; did you mean 'fill_rate'"),
        (
            {"outcomes": ("shp.lost", "shop.los")},
            r"(?s)there is no node 'shp'; did you mean 'shop'.*did you mean 'lost'",
        ),
        ({"outcomes": ("lost", "lost")}, "asked for twice"),
        ({"outcomes": ()}, "no outcome to keep"),
        ({"outcomes": (by_node,)}, r"'by_node'.* gave an array of shape \(4,\), must be one number for each run"),
        ({"outcomes": (lambda result: result.record["orders"][0],)}, "KeyError.*was not kept"),
        ({"workers": 0}, "workers is 0, must be a whole number >= 1"),
        ({"shard": (3, 2)}, "shard is 3/2, must be i/n with i from 1 to n"),
        ({"outcomes": (lambda result: 1.0,), "workers": 2}, "define rules and outcomes with class and def"),
        ({"keep": supplynet.Keep(by="kind")}, "give columns only"),
    ],
)
def test_a_sweep_that_cannot_be_played_says_what_is_wrong(asked: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        supplynet.sweep(stall(OrderUpToMovingAverage(3)), **asked)
