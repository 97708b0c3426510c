"""The beer game without a browser: its rules, what a role may see, its files, and what is said at the end."""

from __future__ import annotations

import json

import numpy as np
import pytest
from supplynet.viz.game import ending, files, sight, table
from supplynet.viz.game.table import Game, Setting

import supplynet
from supplynet.scenarios.beer_game import PLAYERS

HASTY = (*(4,) * 4, 6, 8, 10, 14, 16, 20, 20, 18, 16, 12, 8, 4, 2, *(0,) * 6, 2, 4, 4, 6, 6, *(8,) * 8)
EVERYBODY = Setting(PLAYERS)


def as_agents_order(setting: Setting) -> Game:
    """The game in which people order what agents in their seats would have ordered."""
    alone = table.agents_alone(setting)
    rows = [alone.nodes.index(role) for role in setting.roles]
    return Game(setting, tuple(tuple(map(int, week)) for week in alone.record["production_order"][:36, rows]))


def played(weeks: int = 36, **setting) -> Game:
    setting = Setting(**{"roles": ("distributor",), **setting})
    return Game(setting, tuple((cases,) * len(setting.roles) for cases in HASTY[:weeks]))


@pytest.mark.parametrize("roles", [PLAYERS, *((role,) for role in PLAYERS), ("retailer", "factory")])
def test_a_game_ordered_as_the_base_stock_does_costs_just_204(roles):
    game = as_agents_order(Setting(roles))
    assert game.finished
    assert table.costs(table.play(game)) == {"retailer": 46.0, "wholesaler": 50.0, "distributor": 54.0, "factory": 54.0}


@pytest.mark.parametrize("demand", table.DEMANDS)
@pytest.mark.parametrize("agents", table.AGENTS)
def test_a_person_who_orders_what_an_agent_would_changes_nothing(agents, demand):
    setting = Setting(("wholesaler",), agents, demand, seed=7)
    assert table.costs(table.play(as_agents_order(setting))) == table.costs(table.agents_alone(setting))


def test_agents_like_stermans_subjects_are_those_of_the_scenario():
    subjects = supplynet.run(supplynet.load("beer-game-sterman"))
    paid = table.costs(table.agents_alone(Setting((), "anchoring")))
    assert [*paid.values()] == subjects.record["cost"].sum(axis=0)[1:].tolist()


def test_what_has_happened_does_not_depend_on_orders_to_come():
    whole = played(demand="random", agents="anchoring")
    last = table.play(whole).record
    for weeks in range(36):
        record = table.play(Game(whole.setting, whole.orders[:weeks])).record
        for key in ("on_hand", "backlog", "demand", "cost", "shipped"):
            assert np.array_equal(record[key][: weeks + 1], last[key][: weeks + 1])
        for key in ("received", "booked"):  # and what is on its way already; orders are in the mail for two weeks
            ahead = 3 if key == "received" else 2
            assert np.array_equal(record[key][: weeks + ahead], last[key][: weeks + ahead])


def test_random_demand_is_whole_opens_at_4_and_is_another_for_another_seed():
    first, again, other = (table.demand_of(Setting(demand="random", seed=seed)) for seed in (1, 1, 2))
    assert first == again != other and len(first) == 36
    assert first[:4] == (4.0,) * 4 and all(cases == int(cases) >= 0 for cases in first)
    many = [np.mean(table.demand_of(Setting(demand="random", seed=seed))[4:]) for seed in range(200)]
    assert abs(np.mean(many) - 8.0) < 4.0 * np.sqrt(8.0 / (32 * 200))


@pytest.mark.parametrize(
    ("text", "says"),
    [("-3", "beer cannot be sent back"), ("1e99", "no whole number"), ("eight", "no whole number"),
     ("", "no number yet"), ("4.5", "no whole number"), ("1000", "more than"),
     ("9" * 5000, "more than"), ("²", "no whole number")],
)  # fmt: skip
def test_what_is_no_order_says_what_to_write(text, says):
    with pytest.raises(ValueError, match=says) as told:
        table.order_of(text)
    assert "0 to 999" in str(told.value) and len(str(told.value)) < 120
    assert [table.order_of(good) for good in ("0", " 12 ", "007", "999")] == [0, 12, 7, 999]


@pytest.mark.parametrize("text", ["-1", "1e9", "", "1000000", "one"])
def test_what_is_no_seed_says_what_to_write(text):
    with pytest.raises(ValueError, match="must be a whole number from 0 to 999999"):
        files.of_parts({"seed": (text,)})
    assert files.of_parts({"seed": ("42",)}).setting.seed == 42


def test_the_first_four_weeks_are_fixed_and_a_37th_is_not_played():
    with pytest.raises(ValueError, match="in weeks 1 to 4 everybody orders 4"):
        Game().with_orders({"retailer": 5})
    with pytest.raises(ValueError, match="a game has 36"):
        played().with_orders({"distributor": 8})
    with pytest.raises(ValueError, match="the wholesaler has not ordered yet"):
        Game(EVERYBODY).with_orders({"retailer": 4})


def numbers_of(board: dict) -> dict:
    """What of the board is not face-down, by where it lies."""
    stations = {s["role"]: s["stock"] for s in board["stations"] if s["stock"] is not None}
    slips = {(lane["customer"], at): slip for lane in board["lanes"] for at, slip in enumerate(lane["slips"])}
    crates = {(lane["customer"], at): load for lane in board["lanes"] for at, load in enumerate(lane["crates"])}
    seen = {name: {key for key, value in part.items() if value is not None} for name, part in
            {"slips": slips, "crates": crates}.items()}  # fmt: skip
    return {"stations": set(stations), **seen}


def test_a_role_knows_its_station_its_slips_and_the_goods_beside_it_and_no_more():
    game = played(9, agents="anchoring")
    board = sight.board(game, table.play(game), 10)
    near = {(role, at) for role in ("wholesaler", "distributor") for at in (0, 1)}
    assert numbers_of(board) == {"stations": {"distributor"}, "slips": {("distributor", 0), ("distributor", 1)},
                                 "crates": near}  # fmt: skip
    assert board["market"] == {"wanted": None, "got": None} and board["brewery"] == [None, None, None]
    for station in board["stations"]:
        kept = {key for key, value in station.items() if value is not None}
        assert kept == {"role", "mine"} or station["mine"]


def test_shared_information_and_the_end_turn_all_up_but_never_the_orders_to_come():
    shared, over = played(9, information="shared"), played()
    for game, week in ((shared, 10), (over, 10)):
        board = sight.board(game, table.play(game), week)
        assert numbers_of(board)["stations"] == set(PLAYERS) and None not in board["brewery"]
        unwritten = [lane["slips"][0] for lane in board["lanes"]]
        assert unwritten == [""] * 3 if game is shared else "" not in unwritten


def test_what_lies_on_the_board_is_what_comes():
    game = played(information="shared")
    result = table.play(game)
    for week in range(1, 35):
        now, then, after = (sight.board(game, result, week + ahead) for ahead in (0, 1, 2))
        for lane, next_lane in zip(now["lanes"], then["lanes"], strict=True):
            assert lane["crates"][1] == next_lane["crates"][0] and lane["slips"][0] == next_lane["slips"][1]
        for at, role in enumerate(PLAYERS[:-1]):
            assert now["lanes"][at]["crates"][0] == then["stations"][at]["arrived"]
            assert now["lanes"][at]["slips"][1] == then["stations"][at + 1]["asked"], role
            assert now["stations"][at + 1]["sent"] == now["lanes"][at]["crates"][1]
        assert now["brewery"][1] == then["brewery"][0] == after["stations"][3]["arrived"]
        assert now["brewery"][2] == then["brewery"][1]


def test_cases_that_are_waited_for_are_all_that_was_ordered_and_has_not_come():
    game = played(20)
    result = table.play(game)
    opening = 4 * 4  # four weeks of slips and crates
    arrived = result.record["received"][:21, 3].sum()
    assert sight.board(game, result, 21)["stations"][2]["waiting"] == opening + sum(HASTY[:20]) - arrived


@pytest.mark.parametrize("weeks", [0, 9, 36])
@pytest.mark.parametrize("roles", [("retailer",), PLAYERS])
def test_a_saved_game_and_a_link_lead_to_the_very_same(weeks, roles):
    game = played(weeks, roles=roles, agents="anchoring", demand="random", seed=42, information="shared")
    again = files.read(files.text_of(game))
    parts = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in files.parts_of(game).items()}
    assert again == files.of_parts(parts) == game
    before, after = table.play(game).record, table.play(again).record
    assert all(np.array_equal(before[key], after[key], equal_nan=True) for key in before.keys)
    assert len(files.text_of(game)) < files.LARGEST / 8


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"roles": ["retailr"]}, "there is no role 'retailr'; did you mean 'retailer'"),
        ({"roles": []}, "roles must be a list of names, one or more"),
        ({"roles": "distributor"}, "roles must be a list"),
        ({"agents": "basestock"}, "did you mean 'base-stock'"),
        ({"seed": 1.5}, "seed is 1.5, must be a whole number"),
        ({"seed": 10**9}, "must be a whole number from 0 to 999999"),
        ({"orders": {"distributor": [4, 4, 4, 4, 4.5]}}, "week 5: the distributor orders 4.5, must be a whole number"),
        ({"orders": {"distributor": [4, 4, 4, 4, True]}}, "week 5: the distributor orders True"),
        ({"orders": {"distributor": [4, 4, 4, 4, -1]}}, "must be a whole number of cases from 0 to 999"),
        ({"orders": {"distributor": [4, 9]}}, "week 2: .* in weeks 1 to 4 everybody orders 4"),
        ({"orders": {"distributor": [4] * 37}}, "orders of 37 weeks, and a game has 36"),
        ({"orders": {"factory": [4]}}, "orders of 'factory', who plays not"),
        ({"orders": {}}, "the orders of the distributor are missing"),
        ({"orders": [4, 4]}, "orders must give each role a list"),
        ({"speed": 3}, "'speed', which is not known; did you mean 'seed'"),
        ({"kind": "chess"}, "the file is no game"),
    ],
)
def test_a_file_that_is_no_game_says_what_is_wrong(change, says):
    said = json.loads(files.text_of(played(3)))
    with pytest.raises(ValueError, match=says):
        files.read(json.dumps(said | change))


def test_roles_that_ordered_in_different_numbers_of_weeks_are_told():
    said = json.loads(files.text_of(played(3, roles=("retailer", "factory"))))
    said["orders"]["factory"].pop()
    with pytest.raises(ValueError, match="retailer 3, factory 2"):
        files.read(json.dumps(said))


@pytest.mark.parametrize("text", ["", "[1, 2]", "not json", "[" * 9000, "{" + '"a": 1,' * 5000 + "}", "null"])
def test_a_file_of_something_else_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match="no game"):
        files.read(text)


def test_at_the_end_costs_stand_beside_the_benchmark_and_the_agents():
    game = played(agents="anchoring")
    found = {seat.role: seat for seat in ending.seats(game, table.play(game))}
    alone = table.costs(table.agents_alone(game.setting))
    assert {role: seat.agent for role, seat in found.items()} == alone
    assert [seat.benchmark for seat in found.values()] == [46.0, 50.0, 54.0, 54.0]
    assert found["distributor"].mine and found["distributor"].most == 20.0 and found["distributor"].most_in == 10
    asked = table.play(game).record["demand"][:36, 3]
    assert found["distributor"].bullwhip == pytest.approx(np.var(HASTY) / np.var(asked))


def test_nobody_orders_phantom_cases_under_the_base_stock_and_people_do():
    calm, wild = as_agents_order(EVERYBODY), played(agents="anchoring")
    calm_seats, wild_seats = (ending.seats(game, table.play(game)) for game in (calm, wild))
    assert [seat.beyond for seat in calm_seats] == [0.0] * 4
    assert min(seat.beyond for seat in wild_seats) > 20.0
    assert "just the $204.00" in ending.why(calm, calm_seats) and "not ordered again" in ending.why(calm, calm_seats)
    words = ending.why(wild, wild_seats)
    worst = max(wild_seats, key=lambda seat: seat.beyond)
    assert f"{worst.beyond:,.0f} phantom cases" in words and "amplified most" in words
    assert f"cost {ending.money(wild_seats[2].cost)}, an agent's there {ending.money(wild_seats[2].agent)}" in words


def test_random_demand_has_no_benchmark_and_the_words_name_none():
    game = played(demand="random")
    seats = ending.seats(game, table.play(game))
    assert {seat.benchmark for seat in seats} == {None} and "benchmark" not in ending.why(game, seats)
