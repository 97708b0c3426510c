"""The shock laid over every system: it strikes what it should, a buffer helps, and the lean pay more in a bad time."""

import json
from functools import cache

import numpy as np
import pytest
from shell import shell

import supplynet
from supplynet.scenarios.buffered import SYSTEMS, buffered
from supplynet.schema import KINDS
from supplynet.words.scenarios import own_levers

CALM = {"slump": 1.0, "rebound": 1.0, "outage_length": 0}
RUNS = 7
PAIRS = (("push-retail", "zara"), ("batch-line", "toyota"), ("pc-channel", "dell"), ("netflix-history", "netflix"))


OUTCOMES = ("days_of_inventory", "lost_share", "waiting_time", "profit")


@cache
def played(name):
    """Stock, sales lost, waiting and profit of a system, [run], by days of buffer and whether all is calm."""
    asked = [(days, calm) for days in (0.0, 10.0) for calm in (True, False)]
    scenarios = [
        supplynet.load("jit-covid", system=name, buffer=days, **(CALM if calm else {})) for days, calm in asked
    ]
    runs = supplynet.sweep(scenarios, RUNS, outcomes=OUTCOMES, workers=1)
    assert runs["error"].isna().all()
    values = {outcome: runs[outcome].to_numpy().reshape(len(asked), RUNS) for outcome in OUTCOMES}
    return {key: {outcome: column[at] for outcome, column in values.items()} for at, key in enumerate(asked)}


def surely_less(lower, higher):
    """Whether one is below the other in every pair of runs; by chance that happens once in 2^7 times."""
    return bool((higher > lower).all())


def missed(run):
    """Sales lost, or late: one of the two is zero in each system."""
    return run["lost_share"] + run["waiting_time"]


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_that_is_not_struck_is_the_system_itself(name):
    calm = supplynet.load("jit-covid", system=name, buffer=0.0, **CALM)
    alone = supplynet.load(name)
    one, other = (supplynet.run(scenario).record for scenario in (calm, alone))
    assert all(one[key].tobytes() == other[key].tobytes() for key in one.keys)


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_shock_strikes_all_customers_and_all_suppliers_and_nobody_else(name):
    scenario = supplynet.load("jit-covid", system=name)
    kind = dict(zip(scenario.network.names, scenario.network.node["kind"].tolist(), strict=True))
    own = {(event.where, event.column) for event in supplynet.load(name).network.disruptions}
    events = [event for event in scenario.network.disruptions if (event.where, event.column) not in own]
    struck = {
        column: {e.where for e in events if e.column == column} for column in ("demand_factor", "capacity_factor")
    }
    assert struck["demand_factor"] == {node for node, code in kind.items() if KINDS[code] == "customer"}
    assert struck["capacity_factor"] == {node for node, code in kind.items() if KINDS[code] == "supplier"}
    starts = sorted({event.start / scenario.periods for event in events})
    np.testing.assert_allclose(starts, [1 / 6, 1 / 3], atol=1.0 / scenario.periods)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_buffer_is_so_many_days_of_normal_sales_where_stock_is_held_all_the_time(name):
    calm = {days: played(name)[days, True]["days_of_inventory"].mean() for days in (0.0, 10.0)}
    more = (calm[10.0] - calm[0.0]) * SYSTEMS[name].days
    if name in ("batch-line", "toyota", "pc-channel", "dell"):
        assert more == pytest.approx(10.0, rel=0.08)  # at cost, and computers get cheaper while they lie
    else:  # a season, or a title, uses its buffer up
        assert 3.0 < more < 16.0


@pytest.mark.parametrize("name", [name for name in SYSTEMS if name != "push-retail"])
def test_a_buffer_costs_in_good_times_and_helps_in_bad_ones(name):
    assert surely_less(played(name)[10.0, True]["profit"], played(name)[0.0, True]["profit"])
    assert surely_less(missed(played(name)[10.0, False]), missed(played(name)[0.0, False]))


@pytest.mark.parametrize(("push", "pull"), PAIRS[:3])
def test_who_holds_less_is_hurt_more_when_supply_fails(push, pull):
    assert surely_less(played(pull)[0.0, True]["days_of_inventory"], played(push)[0.0, True]["days_of_inventory"])
    hurt = {name: missed(played(name)[0.0, False]) - missed(played(name)[0.0, True]) for name in (push, pull)}
    assert surely_less(hurt[push], hurt[pull])


def test_inference_saves_stock_and_gives_up_no_resilience_that_history_would_have_kept():
    # Both hold stock for the same service, and a closed studio starves both: who looks cannot make copies.
    history, looks = (played(name)[0.0, False]["lost_share"] for name in PAIRS[3])
    assert abs(history.mean() - looks.mean()) < 0.25 * history.mean() and min(history.mean(), looks.mean()) > 0.1


def test_a_system_that_is_not_known_and_a_negative_buffer_are_refused():
    with pytest.raises(ValueError, match=r"system is 'del', must be one of lean, .*; did you mean 'dell'\?"):
        supplynet.load("jit-covid", system="del")
    with pytest.raises(ValueError, match="buffer is -1"):
        supplynet.load("jit-covid", system="zara", buffer=-1.0)
    with pytest.raises(ValueError, match="buffer is -1"):
        buffered("dell", -1.0)


def test_a_saved_run_of_a_struck_system_plays_again_bit_for_bit(tmp_path):
    levers = ("--set", "system=zara", "--set", "buffer=20")
    first = shell("run", "jit-covid", *levers, "--json", "--out", str(tmp_path / "out"))
    again = shell("run", str(tmp_path / "out" / "scenario.toml"), "--json")
    assert first.exit_code == again.exit_code == 0
    assert json.loads(first.stdout)["outcomes"] == json.loads(again.stdout)["outcomes"]


def test_a_lever_of_the_carmaker_alone_is_refused_for_the_others():
    with pytest.raises(ValueError, match="supply_lead is 10, but is the carmaker's alone"):
        supplynet.load("jit-covid", system="dell", supply_lead=10)


@pytest.mark.parametrize("name", ["jit-covid", *SYSTEMS, "conwip-line"])
def test_every_own_lever_is_explained(name):
    unexplained = [lever for lever, _, meaning in own_levers(supplynet.load(name)) if not meaning]
    assert not unexplained
