"""What stands behind Compare, without a browser: what is wanted, its link and command, the panel, the table."""

from __future__ import annotations

import io
import json
import shlex

import numpy as np
import pandas as pd
import pytest
from shell import one_object, shell
from supplynet.viz import link
from supplynet.viz.compare import pictures, study, table
from supplynet.viz.compare.wanted import CHOICES, MOST, Wanted, wanted_of

import supplynet
from supplynet import comparison
from supplynet.outcomes import OUTCOMES

PAIR = Wanted("netflix-history", "netflix")


@pytest.fixture(scope="module")
def films() -> study.Study:
    return study.play(PAIR)


@pytest.fixture(scope="module")
def found() -> comparison.Comparison:
    return comparison.compare(supplynet.load(PAIR.a), supplynet.load(PAIR.b), 8, outcomes=table.ASKED)


def panel(wanted: Wanted) -> dict:
    return study.panel_of(wanted, wanted.build())


def fields(wanted: Wanted) -> dict[str, dict]:
    return {field["lever"]: field for group in panel(wanted)["groups"] for field in group["fields"]}


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_each_choice_can_be_compared_and_its_link_asks_for_it_again(choice):
    wanted = choice.wanted.settled()
    assert wanted == choice.wanted and not wanted.same
    assert wanted_of(link.read(link.write(wanted.as_link()))) == wanted
    assert [one["name"] for one in panel(wanted)["choices"] if one["on"]] == [choice.name]


def test_a_link_and_the_command_say_everything_that_was_set():
    wanted = Wanted(
        "jit-covid", "jit-covid", {"slump": "0.4", "periods": "200", "seed": "3"}, {"buffer": "0"}, {"buffer": "5"},
        ("drivers,demand_factor,2,30,10",), "12",
    )  # fmt: skip
    assert wanted_of(link.read(link.write(wanted.as_link()))) == wanted
    assert wanted.command == (
        "supplynet compare jit-covid --set slump=0.4 --set-a buffer=0 --set-b buffer=5 "
        "--disrupt drivers,demand_factor,2,30,10 --periods 200 --seed 3 --replications 12"
    )


def test_the_shell_says_the_same_as_the_page(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wanted = Wanted(PAIR.a, PAIR.b, {"periods": "60", "lead": "3"}, strikes=("studio,capacity_factor,0,10,4",),
                    replications="3")  # fmt: skip
    done = one_object(shell(*shlex.split(wanted.command)[1:], "--json").stdout)
    here = comparison.compare(*wanted.build(), wanted.runs, outcomes=table.ASKED).table()
    assert set(OUTCOMES) < set(done["outcomes"])
    for name, row in done["outcomes"].items():
        assert row["difference"] == pytest.approx(here.loc[name, "difference"], abs=0, nan_ok=True), name


def test_two_scenarios_of_other_lengths_are_made_comparable_and_the_link_says_how():
    wanted = Wanted("flour-2020", "dell").settled()
    assert wanted.both == {"periods": "52", "warm_up": "0"}
    first, second = wanted.build()
    assert (first.periods, first.warm_up) == (second.periods, second.warm_up) == (52, 0)
    assert "--periods 52" in wanted.command and wanted.as_link()["periods"] == "52"


@pytest.mark.parametrize("text", ["soon", "1", "", str(MOST + 1), "2.5", "²"])
def test_replications_that_do_not_fit_are_told_before_anything_is_played(text, monkeypatch):
    monkeypatch.setattr(supplynet, "run", lambda *_, **__: pytest.fail("it was played"))
    with pytest.raises(ValueError, match=r"must be a whole number from 2, for an interval, to 500"):
        study.play(Wanted(*("zara", "zara"), replications=text))


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted("zarra", "zara"), "did you mean 'zara'?"),
        (Wanted("../secret.toml", "zara"), "lies outside"),
        (Wanted("zara", "push-retail", {"shops": "many"}), "must be a whole number"),
        (Wanted("zara", "push-retail", strikes=("nowhere,capacity_factor,0",)), "nowhere"),
        (Wanted("zara", "push-retail", strikes=("x",)), "has 1 parts"),
    ],
)
def test_what_does_not_fit_is_told_in_the_words_of_the_package(wanted, says):
    with pytest.raises(ValueError, match=".") as fault:
        study.play(wanted)
    assert says in str(fault.value)


def test_a_link_with_nonsense_in_it_asks_for_the_usual():
    assert wanted_of(link.read("?set=lead&set_a==3&periods=&disrupt=")) == CHOICES[0].wanted.__class__(
        "push-retail", "zara", strikes=("",)
    )
    assert len(wanted_of(link.read("?" + "&".join(["disrupt=x"] * 99))).strikes) == 20


def test_a_lever_has_one_field_for_both_until_it_is_set_apart_and_can_be_taken_back():
    lines = Wanted("batch-line", "toyota")
    lot = fields(lines)["lot"]
    assert [field["side"] for field in lot["fields"]] == ["both"]
    assert lot["fields"][0]["value"] == "" and lot["fields"][0]["shown"] == " | ".join(lot["texts"])
    apart = lines.split("lot", lot["texts"])
    assert (apart.alone_a["lot"], apart.alone_b["lot"]) == tuple(lot["texts"])
    assert [field["value"] for field in fields(apart)["lot"]["fields"]] == lot["texts"]
    assert apart.without("lot").levers("a") == apart.without("lot").levers("b") == {}
    assert {field["side"] for field in fields(lines)["review_period"]["fields"]} == {"a"}


def test_a_rule_chosen_by_name_gets_parameters_and_the_panel_shows_it_as_it_is_written():
    chosen = study.choose_rules("flour-2020", "ordering", {"a": "", "b": "kanban"}, CHOICES[-1].wanted)
    played = study.play(chosen)
    assert played.wanted.alone_a == {} and played.wanted.alone_b["ordering"].startswith("kanban(cards=")
    rules = json.loads(played.panel)["rules"]
    assert rules["on"] and rules["names"] == {"a": "", "b": "kanban"}
    assert played.wanted.command.startswith("supplynet compare flour-2020 --set-b 'ordering=kanban(")
    named = panel(CHOICES[-1].wanted)["rules"]["names"]["b"]
    assert named in panel(CHOICES[-1].wanted)["rules"]["kinds"][0]["choices"]  # the full name of "pout"


def test_a_strike_is_a_row_of_disruptions_and_only_places_that_both_have_are_offered():
    cells = {"where": "kind=supplier", "column": "capacity_factor", "factor": "0", "start": "10", "duration": ""}
    assert study.strike_row(cells) == "kind=supplier,capacity_factor,0,10"
    assert study.strike_row({**cells, "where": 'a,"b'}) == '"a,""b",capacity_factor,0,10'
    places = panel(Wanted("flour-2020", "beer-game", {"periods": "30"}))["places"]
    nodes = {name for part in places["node"] for name in part["names"]}
    assert "kind=customer" in nodes and "mill" not in nodes
    assert all(name.endswith(">*") for part in places["lane"] for name in part["names"])


def test_both_are_drawn_and_the_demand_only_once_where_it_is_the_same(films):
    assert all(src.startswith("data:image/png;base64,") for src in (*films.pictures, films.demand))
    assert films.pictures[0] != films.pictures[1] and films.demand_story.startswith("The same demand")
    other = supplynet.load("netflix").with_lever("seed", 1)
    results = films.results[0], supplynet.run(other, keep=pictures.NEEDED)
    assert pictures.demand_of_both(results, films.names)[1].startswith("The same luck, but not the same demand")


def test_both_stand_on_the_same_axes(films, monkeypatch):
    for step in ("png", "source"):
        monkeypatch.setattr(pictures.images, step, lambda figure: figure)
    a, b = pictures.over_time(films.results, films.names)
    assert [(ax.get_xlim(), ax.get_ylim()) for ax in a.axes] == [(ax.get_xlim(), ax.get_ylim()) for ax in b.axes]
    assert a.get_suptitle() == "A: netflix-history" and b.get_suptitle() == "B: netflix"
    stock = supplynet.run(films.results[0].scenario).record["on_hand"]
    assert a.axes[0].get_ylim()[1] > stock.sum(axis=1).max()


def test_the_shocks_of_a_run_are_told_with_their_time():
    spans = pictures.spans_of(supplynet.run(supplynet.load("jit-covid", buffer=0.0)))
    assert spans == [(60, 120, "demand × 0.5"), (120, 360, "demand × 1.1"), (120, 180, "capacity × 0")]


def test_what_is_drawn_of_stock_has_the_mean_that_the_table_tells(films):
    result = films.results[0]
    finished, in_work, _ = pictures._stock(result)
    business = supplynet.run(result.scenario).business
    assert finished.mean() == pytest.approx(business["finished_goods"])
    assert in_work.mean() == pytest.approx(business["work_in_process"])


def test_every_outcome_stands_under_one_heading_with_a_meaning():
    grouped = [name for names in table.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(table.ASKED) and set(grouped) == set(table.MEANINGS)


def test_the_table_tells_which_is_lower_with_units_and_nothing_that_is_not_sure(found):
    shown = table.shown(found)
    rows = {row["name"]: row for group in shown["groups"] for row in group["rows"]}
    stock = rows["days_of_inventory"]
    assert (stock["way"], stock["sign"], stock["tone"], stock["unit"]) == ("lower", "−", "gain", "periods")
    assert rows["inventory_turns"]["tone"] == "gain" and rows["fill_rate"]["unit"] == "%"
    assert rows["bullwhip_ratio"]["tone"] == "plain"
    assert rows["work_in_process"]["way"] == "not told apart" and rows["work_in_process"]["sign"] == ""
    assert "mean demand" in shown["same"] and max(map(abs, stock["strip"])) == 1.0
    csv = pd.read_csv(io.StringIO(shown["csv"]), index_col="outcome")
    assert csv.loc["profit", "difference"] == pytest.approx(found.table().loc["profit", "difference"])
    assert csv.loc["profit", "unit"] == "money"


def made(**pairs: tuple[float, float]) -> comparison.Comparison:
    """A comparison in which each outcome is this in A and that in B, but for a little luck."""
    luck = np.array([0.0, 0.01, -0.01, 0.005])
    every = {name: pairs.get(name, (float("nan"), float("nan"))) for name in table.ASKED}
    first, second = ({name: both[at] + luck * (1 + at) for name, both in every.items()} for at in (0, 1))
    return comparison.Comparison(("push", "pull"), first, second)


def test_the_sentence_tells_the_largest_gain_and_the_largest_price():
    said = table.sentence(made(days_of_inventory=(28.0, 5.0), waiting_time=(0.0, 3.0), profit=(100.0, 101.0)))
    gain, price = said.split("The price: ")
    assert "days of inventory 23.0 periods lower (5.00 instead of 28.0, interval −23.0 to −23.0)" in gain
    assert gain.index("days of inventory") < gain.index("profit 1.00 money higher")
    assert price.startswith("waiting time 3.00 periods higher")
    nothing = table.sentence(made(days_of_inventory=(28.0, 5.0)))
    assert "The price: none that these runs can tell from luck" in nothing
    assert "not told apart" in table.sentence(made(profit=(1.0, 1.0)))


def test_large_and_negative_numbers_can_be_read():
    assert table.number(-1_420_000.0) == "−1.42 M" and table.number(-37.52) == "−37.5"
    assert table.number(0.000123, small=True) == "0.00012" and table.number(float("nan")) == "-"
