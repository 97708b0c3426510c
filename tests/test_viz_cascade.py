"""What stands behind the page Cascade, without a browser: networks, strikes, damage, and how to say the same."""

from __future__ import annotations

import base64
import io
import json
import shlex
from contextlib import redirect_stdout
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from real_data import real_data
from shell import one_object, shell
from supplynet.viz.cascade import telling
from supplynet.viz.cascade.damage import damage_of
from supplynet.viz.cascade.economy import LEVERS, BadLever, Economy
from supplynet.viz.cascade.made import KINDS, REAL, kinds
from supplynet.viz.cascade.places import geometry
from supplynet.viz.cascade.ranking import rank
from supplynet.viz.cascade.strikes import Strike, schedules
from supplynet.viz.cascade.study import HIT, START, Study, Wanted, headline, play
from supplynet.viz.cascade.trees import MOST, WHY, lines

import supplynet
from supplynet.losses import cascade_size, direct_loss, indirect_loss, value_lost
from supplynet.ripples import CAUSES
from supplynet.risk import systemic_risk
from supplynet.trade import trade_of

MADE = [kind for kind in KINDS if kind not in REAL]
SMALL = Economy(firms=40, days=60)


@pytest.fixture(scope="module")
def study() -> Study:
    return play(Wanted(SMALL, (START,)))


@pytest.fixture
def trade(tmp_path, monkeypatch):
    """A folder of flows, in the folder in which the app is started."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "trade"
    folder.mkdir()
    rows = "mine,0,raw\nworks,0,make\nplant,10,make\nshop,30,retail\n"
    (folder / "firms.csv").write_text(f"firm,final_demand,sector\n{rows}")
    flows = "mine,works,10,4\nmine,plant,5,4\nworks,plant,6,3\nworks,shop,12,5\nplant,shop,4,3\n"
    (folder / "flows.csv").write_text(f"supplier,customer,flow,cover\n{flows}")
    return "./trade"


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("n_firms", [20, 300])
def test_a_network_that_is_made_has_as_many_firms_as_asked_and_nothing_moves_unless_struck(kind, n_firms):
    ground = Economy(kind, firms=n_firms, days=30).open()
    assert ground.rows.size == len(ground.names) == n_firms
    assert np.abs(ground.usual - ground.usual[0]).max() < 1e-9 * ground.usual.max()
    assert (ground.worth >= 0.0).all() and set(ground.labels("sector")) == set(ground.exposed)


def test_the_defaults_are_stable_and_settings_that_are_not_are_warned_of_in_a_sentence(study):
    assert study.warned == () and study.damage.recovered == 33
    hasty = play(Wanted(replace(SMALL, adjustment_time=1.0)))
    assert any("orders swing" in words for words in hasty.warned)


def test_the_damage_is_that_of_the_losses_by_hand(study):
    ground = study.ground
    network = supplynet.Disruption("sector=energy", "capacity_factor", 0.0, 10, 14, "linear", 7)
    output = supplynet.run(ground.scenario.with_disruptions([network])).record["production"][:, ground.rows]
    usual = output[0]
    factor = np.ones_like(output)
    factor[:, np.array(ground.labels("sector")) == "energy"] = network.levels(60)[:, None]
    percent = 100.0 / (usual @ ground.worth)
    for name, lost in (
        ("total", value_lost(output, usual, ground.worth)),
        ("direct", direct_loss(factor, usual, ground.worth)),
        ("indirect", indirect_loss(output, factor, usual, ground.worth)),
    ):
        assert getattr(study.damage, name) == pytest.approx(percent * lost, abs=1e-6), name
    assert (study.damage.size == cascade_size(output, usual, 0.1)).all()
    told = {one["name"]: one["value"] for one in headline(study.damage, 40)}
    assert told["total loss"] == f"{percent * value_lost(output, usual, ground.worth).sum() / 100:.2f} days"
    assert study.damage.indirect.min() > -1e-6 and study.damage.indirect.sum() > study.damage.direct.sum()


def test_the_frames_hold_each_firms_part_of_the_usual_and_who_is_struck(study):
    frames = np.frombuffer(base64.b64decode(study.frames), np.uint8).reshape(60, 40)
    energy = np.array(study.ground.labels("sector")) == "energy"
    assert (frames[9] == 100).all()
    assert (frames[10][energy] == HIT).all() and (frames[10][~energy] < HIT).all()
    assert (frames[24][energy] > HIT).all() and (frames[40] < HIT).all()


def test_a_schedule_closes_each_sector_as_far_as_it_is_exposed():
    ground = SMALL.open()
    events = {event.where: event for event in Strike("lockdown", 50, 5, 20, 0).events(ground)}
    assert events["sector=machines"].factor == pytest.approx(1.0 - 0.5 * 0.7) and len(events) == 6
    flat = Economy("flour-2020").open()
    assert {event.where for event in Strike("lockdown", recovery=0).events(flat)} == {
        "kind=factory", "kind=supplier", "kind=distributor",
    }  # fmt: skip


def test_strikes_add_up_and_survive_a_link(study):
    strikes = (START, Strike("region=north", 50, 20, 5, 0), Strike('a "firm", of two', 10, 1, 1, 0))
    wanted = Wanted(replace(SMALL, cover=4.5), strikes)
    link = wanted.as_link()
    asked = {"network": (link["network"],), "set": tuple(link["set"]), "strike": tuple(link["strike"])}
    again, fault = Wanted.read(asked)
    assert (again.economy, again.strikes, fault) == (wanted.economy, wanted.strikes, None)
    both = play(Wanted(SMALL, strikes[:2]))
    assert both.damage.direct.sum() > study.damage.direct.sum()
    assert Wanted.read({})[0].strikes == (START,) and Wanted.read({"network": ("layers",)})[0].strikes == ()


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"set": ("firms=9999999",)}, "firms is '9999999', must be a whole number from 20 to 5,000"),
        ({"set": ("cover=soon",)}, "cover is 'soon'"),
        ({"set": ("cover=nan",)}, "cover is 'nan'"),
        ({"set": ("open=1",)}, "there is no lever 'open'"),
        ({"strike": ("energy 1,500",)}, "depth is '500'"),
        ({"strike": ('"energy',)}, "cannot be read"),
    ],
)
def test_a_link_that_cannot_be_says_why_and_the_rest_of_it_holds(link, said):
    wanted, fault = Wanted.read({"network": ("layers",), **link})
    assert said in str(fault) and wanted.economy == Economy("layers") and wanted.strikes == ()


@pytest.mark.parametrize(
    ("economy", "strike", "lever", "said"),
    [
        (SMALL, Strike("sector=enery"), "where", "did you mean 'energy'"),
        (SMALL, Strike("energy 900"), "where", "there is no firm 'energy 900'"),
        (SMALL, Strike("energy 1", start=60), "start", "must be one of the 60 days"),
        (SMALL, Strike("phases"), "where", "choose the network of Belgium"),
        (SMALL, Strike("rules=BEL"), "where", "SUPPLYNET_DATA"),
        (Economy("belgium"), START, "kind", "SUPPLYNET_DATA"),
        (Economy("../elsewhere"), START, "kind", "lies outside of the folder"),
    ],
)
def test_what_cannot_be_struck_names_the_field_and_the_cure(monkeypatch, economy, strike, lever, said):
    monkeypatch.delenv("SUPPLYNET_DATA", raising=False)
    with pytest.raises(BadLever) as fault:
        strike.events(economy.open())
    assert fault.value.lever == lever and said in str(fault.value)


def test_more_than_the_page_can_play_is_refused_kindly(monkeypatch):
    monkeypatch.setattr("supplynet.viz.cascade.economy.MOST_CELLS", 1000)
    with pytest.raises(BadLever, match="look at 25 days or less"):
        SMALL.open()


def test_the_python_that_is_shown_gives_the_same_digits(study):
    said = io.StringIO()
    with redirect_stdout(said):
        exec(study.code, {})
    assert said.getvalue().strip() == str(study.damage.days_lost())


def test_the_command_that_is_shown_runs_and_gives_the_same_as_the_page(trade):
    opened = play(Wanted(Economy(trade, days=40), (Strike("works"),)))
    assert opened.damage.lost == "output" and opened.damage.total.max() > 50.0
    program, *arguments = shlex.split(opened.code)
    told = one_object(shell(*arguments, "--json").stdout)
    struck = opened.ground.scenario.with_disruptions(Strike("works").events(opened.ground))
    assert program == "supplynet"
    assert told["outcomes"]["lost"] == supplynet.run(struck).outcomes["lost"] > 0.0


def test_what_has_no_limit_can_be_closed_and_half_of_it_is_refused_with_a_cure():
    ground = Economy("beer-game", days=40).open()
    assert damage_of(ground.strike(Strike("factory", recovery=0).events(ground)), ground).direct.sum() > 0.0
    for strike, lever in ((Strike("factory", 50), "depth"), (Strike("factory"), "recovery")):
        with pytest.raises(BadLever, match="has no limit of capacity") as fault:
            strike.events(ground)
        assert fault.value.lever == lever


def test_the_ranking_is_that_of_systemic_risk_and_says_how_far_it_is(study):
    told: list[float] = []
    ranking = rank(study.ground, told.append)
    index = systemic_risk(trade_of(study.ground.scenario.network)).table()
    assert [row["name"] for row in ranking["rows"]] == index["name"].tolist()
    assert ranking["rows"][0]["index"] == round(100 * index["index"][0], 2) and told[-1] == 100.0


def test_the_ripple_tree_goes_from_causes_to_effects_and_names_how_many_are_left_out(study):
    assert study.shortages is not None
    tree = lines(study.shortages)
    assert tree["lines"][0]["depth"] == 0 and tree["lines"][0]["name"].startswith("energy")
    assert tree["more"] == max(len(study.shortages) - MOST, 0) and len(tree["lines"]) <= MOST
    effect = next(one for one in study.shortages if one.parent >= 0)
    own = lines(study.shortages, effect.node)["lines"]
    place = next(at for at, line in enumerate(own) if line["own"])
    assert place > 0 and own[0]["depth"] == 0 and own[place]["depth"] == place
    assert "never short" in lines([], "energy 1")["about"]


def test_the_table_adds_up_to_the_curves(study):
    table = pd.read_csv(io.StringIO(study.table))
    assert len(table) == 60 * 6
    by_day = table.groupby("day").sum(numeric_only=True)
    percent = 100.0 / study.damage.normal
    assert (percent * by_day["lost_direct"]).to_numpy() == pytest.approx(study.damage.direct, abs=1e-3)
    assert (percent * by_day["lost_indirect"]).to_numpy() == pytest.approx(study.damage.indirect, abs=1e-3)
    assert (by_day["firms_below_90_percent"] == study.damage.size).all()


@pytest.mark.parametrize("kind", MADE)
def test_firms_stand_apart_and_within_the_canvas(kind):
    ground = Economy(kind, firms=300, days=20).open()
    drawn = geometry(ground, ground.usual[0])
    x, y, r = (np.array(drawn[key]) for key in ("x", "y", "r"))
    assert (x - r > -0.01).all() and (x + r < 1.76).all() and (y - r > -0.01).all() and (y + r < 1.01).all()
    far = np.hypot(x[:, None] - x, y[:, None] - y) + 9.0 * np.eye(300)
    assert (far < 0.5 * (r[:, None] + r)).mean() < 0.001
    assert len(drawn["tails"]) <= 1200 and drawn["of"] == (ground.scenario.network.lane["customer"] < 300).sum()


def test_the_panel_has_a_control_for_every_lever_of_a_kind_and_offers_what_can_be_struck(study):
    shown = json.loads(telling.panel(study))
    assert {lever["name"] for lever in shown["levers"]} == {lever.name for lever in LEVERS if not lever.kinds}
    assert shown["sectors"] == sorted(set(study.ground.labels("sector"))) and "north" in shown["regions"]
    assert schedules(study.ground)[0] == "lockdown"


@pytest.mark.parametrize(("kind", "strike"), [("united-states", "rules=BEL"), ("belgium", "phases")])
def test_the_tables_and_schedules_of_real_data_are_offered_where_their_folder_is_and_strike(monkeypatch, kind, strike):
    monkeypatch.delenv("SUPPLYNET_DATA", raising=False)
    assert kinds() == MADE
    monkeypatch.setenv("SUPPLYNET_DATA", str(real_data()))
    found = play(Wanted(Economy(kind, firms=100, days=40), (Strike(strike, 50, 5, 30, 0),)))
    assert kinds() == list(KINDS) and strike in schedules(found.ground)
    assert found.damage.total[:5] == pytest.approx(0.0, abs=1e-6) and found.damage.direct.sum() > 5.0


def test_the_tree_has_words_for_every_cause():
    assert set(WHY) == set(CAUSES)
