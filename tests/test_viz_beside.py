"""What stands behind the agent's panel and the links of Explore, without a browser."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from supplynet.viz.explore import agent, answers, breaking, study
from supplynet.viz.explore.pace import Pace, Stopped

import supplynet
from supplynet.disruptions import DISRUPTED
from supplynet.network import addresses_of
from supplynet.policies.catalogue import FAMILIES, rules_of
from supplynet.readers.events import read_disruption
from supplynet.schema import CUSTOMER
from supplynet.watching import watch

SCENARIO = supplynet.load("flour-2020")
NAMES = SCENARIO.network.names
Wanted = study.Wanted


@pytest.fixture(autouse=True)
def quickly(monkeypatch):
    monkeypatch.setattr(study, "charts", lambda result: {})  # drawn in the tests of the page


@pytest.fixture(scope="module")
def played() -> study.Study:
    return study.play(Wanted("flour-2020"), answers.open_recipe("flour-2020"))


def at(name: str) -> int:
    return NAMES.index(name)


def test_an_agent_is_told_with_its_neighbours_rules_units_and_history(played):
    told = agent.portrait(played.result, at("dc-north"))
    assert (told["kind"], told["tier"], told["suppliers"]) == ("distributor", "tier 2", ["mill"])
    assert told["customers"] == ["shops-northeast", "shops-midwest"]
    assert [rule["column"] for rule in told["rules"]] == ["ordering", "input rule", "allocation"]
    window = told["rules"][0]["parameters"][0]
    assert (window["name"], window["value"], window["unit"]) == ("window", "4", "periods")
    assert [line["name"] for line in told["history"]] == ["demand", "orders", "stock", "backlog"]
    demand = played.result.record["demand"][:, at("dc-north")]
    assert np.allclose(told["history"][0]["heights"], demand / demand.max(), atol=1e-4)
    assert all(line["unit"].startswith("units") for line in told["history"])


def test_what_an_agent_sees_is_just_what_its_rule_declares(played):
    seen = watch(SCENARIO, at("mill"))
    told = agent.now(played.result, seen, at("mill"), 13)["sees"]
    for rule, one in zip(told, seen, strict=True):
        assert [cell["name"] for cell in rule["reads"]] == [name.replace("_", " ") for name in one.rule.reads]
    assert agent.now(played.result, None, at("mill"), 13)["sees"] is None


@pytest.mark.parametrize("column", sorted(set(FAMILIES) - {"allocation"}))
def test_everything_that_a_rule_of_the_package_may_read_has_a_meaning(column):
    for kind in rules_of(column).values():
        needed = {own.name for own in fields(kind)} >= set(kind.example)
        rule = kind(**kind.example) if needed else kind()
        for name in rule.reads:
            assert agent._unit_of(name.removeprefix("told_"))[1], (kind, name)


def test_who_tells_is_named_and_so_is_how_old_it_is():
    scenario = supplynet.load("flour-2020").with_lever("mill.ordering", "pos_replenishment(horizon=4)")
    mill = at("mill")
    reads = agent.now(supplynet.run(scenario), watch(scenario, mill), mill, 5)["sees"][0]["reads"]
    told = next(cell for cell in reads if cell["name"] == "told demand")
    assert "told by households-northeast" in told["meaning"] and "households-west" in told["meaning"]


def test_a_blow_is_offered_where_it_does_something_and_only_there(played):
    for name, node in ((name, at(name)) for name in NAMES):
        offered = {blow["name"]: blow for blow in breaking.blows_at(SCENARIO.network, node)}
        market = SCENARIO.network.node["kind"][node] == CUSTOMER
        assert ({"double", "pantry"} <= set(offered)) == market and ("close" in offered) == (not market)
        assert ("cut" in offered) == bool(np.isfinite(SCENARIO.network.node["capacity"][node]))
        for blow in offered.values():
            said = {"name": blow["name"], "factor": blow["usual"], "duration": "20", "lane": (*blow["lanes"], "")[0]}
            row = breaking.row_of(said, name, 5)
            event = read_disruption(row, addresses_of(SCENARIO.network))
            changed = supplynet.run(SCENARIO.with_disruptions([event])).record
            assert not np.array_equal(changed["shipped"], played.result.record["shipped"]), row


def test_a_form_becomes_a_row_as_it_was_typed_right_or_wrong():
    said = {"name": "cut", "factor": "40", "duration": "3", "recovery": "linear", "recovery_periods": "2"}
    assert breaking.row_of(said, "mill, old", 7) == '"mill, old",capacity_factor,0.4,7,3,linear,2'
    assert breaking.row_of({"name": "cut", "factor": "half", "duration": "soon"}, "mill", 7).endswith("half,7,soon")
    assert breaking.row_of({"name": "close", "factor": "", "duration": ""}, "mill", 0) == "mill,capacity_factor,0,0,"
    assert breaking.row_of({}, "mill", 0).startswith("mill,capacity_factor,0")


@pytest.mark.parametrize("column", DISRUPTED)
def test_every_row_can_be_read_aloud(column):
    where = "mill" if DISRUPTED[column].table == "node" else "mill>dc-north"
    said = breaking.in_words(f"{where},{column},0.5,3,4")
    assert said.startswith(where.replace(">", " > ")) and said.endswith("periods 3 to 6") and column not in said
    assert breaking.in_words("x") and breaking.in_words("")


def test_what_is_struck_is_compared_with_the_same_levers_unbroken():
    runner = answers.Runner()
    levers = {"window": "8"}
    calm = runner.attempt(Wanted("flour-2020", levers)).study
    struck = runner.attempt(Wanted("flour-2020", levers).with_strike("mill,capacity_factor,0,10,6"), calm).study
    assert struck.before is calm.result and "Against the same run unbroken" in struck.story
    twice = runner.attempt(struck.wanted.with_strike("dc-north,capacity_factor,0,10,6"), struck).study
    assert twice.before is calm.result
    alone = answers.Runner().attempt(struck.wanted).study
    assert alone.before.outcomes == calm.result.outcomes
    mended = twice.wanted.without_strike("dc-north,capacity_factor,0,10,6").without_strike("nothing")
    assert mended == struck.wanted or mended.strikes == struck.wanted.strikes


def test_a_blow_that_customers_do_not_feel_is_told_so():
    calm = supplynet.run(SCENARIO)
    late = study.play(
        Wanted("flour-2020", strikes=("grain,capacity_factor,0,51,1",)), answers.open_recipe("flour-2020")
    )
    assert "no customer is served worse" in breaking.aftermath(late.result, calm)


def test_a_link_gives_what_made_it_and_tells_what_it_cannot_read():
    wanted = Wanted("beer-game", {"seed": "3", "factory.ordering": "base_stock(a=b)"}, strikes=("a,b,0", "a,b,0"))
    made = {**wanted.as_link(), "period": "7", "node": "retailer"}
    asked = {name: tuple([value] if isinstance(value, str) else value) for name, value in made.items()}
    link = answers.read_link(asked)
    assert (link.wanted, link.period, link.node, link.wrong) == (wanted, 7, "retailer", ())
    link = answers.read_link({"perod": ("3",), "period": ("-1",), "set": ("seed",)})
    assert "did you mean 'period'?" in link.wrong[0] and "LEVER=VALUE" in link.wrong[1] and "'-1'" in link.wrong[2]
    assert link.wanted.levers == {} and link.period == 0


def test_of_several_blows_those_that_fit_are_struck_and_the_first_fault_is_told():
    rows = ("mil,capacity_factor,0,3,2", "mill,capacity_factor,0,3,2", "mill,capacity_factor,2,3,2")
    answer = answers.Runner().attempt(Wanted("flour-2020", {"window": "6"}, strikes=rows))
    assert answer.study.wanted.strikes == rows[1:2] and answer.study.wanted.levers == {"window": "6"}
    assert answer.fault.lever == rows[0] and "did you mean 'mill'?" in answer.fault.words


def test_what_cannot_be_opened_leaves_what_the_app_was_started_with():
    answer = answers.Runner().attempt(Wanted("beer-gam"))
    assert answer.study.wanted == Wanted("flour-2020") and "did you mean 'beer-game'?" in answer.fault.words
    again = answers.Runner().attempt(Wanted("beer-gam"), answer.study)
    assert again.study is None


def test_a_run_that_nobody_waits_for_stops_and_a_long_one_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr(answers, "READY", {})
    with pytest.raises(Stopped):
        answers.Runner().attempt(Wanted("flour-2020"), None, Pace(lambda: False, lambda *_: None))
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("supplynet.viz.explore.pace.PATIENCE", 0.0)
    monkeypatch.setattr("supplynet.viz.explore.pace.BETWEEN", 0.0)
    answers.Runner().attempt(Wanted("flour-2020"), None, Pace(lambda: True, lambda *far: told.append(far)))
    assert told[0] == (1, 52) and told[-1] == (52, 52)
