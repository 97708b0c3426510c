"""The beer game in a real browser: a whole game by keyboard, what stays face-down, wrong orders, files and links."""

from __future__ import annotations

import json

import numpy as np
import pytest
from looking import colours, differ, pixels, wait_for
from supplynet.viz.game import ending, files, table
from supplynet.viz.game.table import Game, Setting

WEEK, BOARD, COST, CHARTS = ".game-replay output b", ".game-board", ".game-head b", ".game-charts img"
HASTY = (*(4,) * 4, 6, 8, 10, 14, 16, 20, 20, 18, 16, 12, 8, 4, 2, *(0,) * 6, 2, 4, 4, 6, 6, *(8,) * 8)


@pytest.fixture
def game(visit):
    return visit("/beer-game", ".game-desk")


def at_week(page, week: int) -> None:
    page.wait_for_function(
        "([selector, week]) => document.querySelector(selector)?.innerText === String(week)", arg=[WEEK, week]
    )


def order_boxes(page, week: int, roles: int) -> None:
    """Wait until the orders of a week are due, from so many roles."""
    page.wait_for_function(
        "([week, roles]) => document.querySelector('.game-desk')?.ariaLabel === `orders of week ${week}`"
        " && document.querySelectorAll('.game-box').length === roles", arg=[week, roles],
    )  # fmt: skip


def play(page, *orders: int, first: int = 1) -> None:
    """Type into the box that has the focus, and press Enter, week after week."""
    for week, cases in enumerate(orders, first):
        order_boxes(page, week, 1)
        page.wait_for_function("document.activeElement.id.startsWith('order-')")
        if week > 4:
            page.keyboard.type(str(cases))
        page.keyboard.press("Enter")


def test_a_whole_game_by_keyboard_costs_what_the_model_says_and_ends_in_charts(game):
    play(game, *HASTY)
    game.wait_for_selector(CHARTS)
    own = Game(Setting(), tuple((cases,) for cases in HASTY))
    result = table.play(own)
    paid, seats = table.costs(result), ending.seats(own, result)
    assert game.inner_text(COST) == ending.money(paid["retailer"])
    assert game.inner_text(".game-why") == ending.why(own, seats)
    rows = game.locator(".game-scores tbody tr").all_inner_texts()
    for seat, row in zip(seats, rows, strict=False):
        assert row.split("\t")[1:4] == [ending.money(seat.cost), ending.money(seat.benchmark), ending.money(seat.agent)]
    assert f"{ending.money(sum(paid.values()))}\t$204.00\t$204.00" in rows[4]
    for at in (0, 1):
        drawn = pixels(game, f"{CHARTS} >> nth={at}")
        assert colours(drawn) > 100
        for colour in ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167)):  # a line for each role
            assert (np.abs(drawn.astype(int) - colour).max(axis=-1) < 30).sum() > 60
    assert game.locator(".game-board .game-mystery").count() == 0  # all is turned up
    seen = pixels(game, BOARD)
    game.fill("input[aria-label=week]", "10")
    at_week(game, 10)
    assert differ(seen, pixels(game, BOARD)) > 0.01
    game.click("button[aria-label='play']")
    at_week(game, 12)
    game.click("button[aria-label='pause']")


def test_what_a_role_may_not_know_is_face_down_and_lies_open_where_information_is_shared(game):
    hidden = pixels(game, BOARD)
    back = game.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--game-back')").strip()
    colour = [int(back[at : at + 2], 16) for at in (1, 3, 5)]
    covered = (hidden == colour).all(axis=-1).mean()
    assert covered > 0.1 and game.locator(".game-board .game-disc").count() == 3
    game.select_option("select[aria-label='you see']", "shared")
    game.wait_for_function("!document.querySelector('.game-disc')")
    shown = pixels(game, BOARD)
    assert (shown == colour).all(axis=-1).mean() < 0.001 and differ(hidden, shown) > 0.1
    assert (shown == (0, 114, 178)).all(axis=-1).sum() > 3 * (hidden == (0, 114, 178)).all(axis=-1).sum() > 0


@pytest.mark.parametrize(("text", "says"), [("-2", "cannot be sent back"), ("1e99", "no whole number")])
def test_a_wrong_order_is_told_beside_its_box_and_the_week_waits(game, text, says):
    play(game, 4, 4, 4, 4)
    order_boxes(game, 5, 1)
    game.fill("#order-retailer", text)
    game.keyboard.press("Enter")
    wait_for(game, "#fault-retailer", says)
    assert game.input_value("#order-retailer") == text and game.inner_text(WEEK) == "5"
    game.click("button[aria-label='retailer: one case more']")
    assert game.input_value("#order-retailer") == "1"
    game.focus("#order-retailer")
    game.keyboard.press("ArrowDown")
    game.keyboard.press("Enter")
    order_boxes(game, 6, 1)
    assert game.inner_text("#fault-retailer") == ""


def test_several_roles_have_a_box_each_and_a_saved_game_opens_as_it_was(visit, tmp_path):
    page = visit("/beer-game?role=retailer&role=factory&agents=anchoring&demand=random&seed=3", ".game-desk")
    for week in range(1, 6):
        order_boxes(page, week, 2)
        page.wait_for_function("document.activeElement.id === 'order-retailer'")
        page.keyboard.press("Enter")
        page.wait_for_function("document.activeElement.id === 'order-factory'")
        page.keyboard.press("Enter")
    order_boxes(page, 6, 2)
    with page.expect_download() as download:
        page.click("text=save the game")
    download.value.save_as(tmp_path / "mine.json")
    saved = files.read((tmp_path / "mine.json").read_text())
    assert saved == Game(Setting(("retailer", "factory"), "anchoring", "random", 3), ((4, 4),) * 5)
    paid = page.inner_text(COST)
    page.click("text=start anew")
    at_week(page, 1)
    page.set_input_files("input[type=file]", tmp_path / "mine.json")
    wait_for(page, ".game-note", "Opened: 5 weeks")
    at_week(page, 1)
    page.click("button:has-text('on with week 6')")
    order_boxes(page, 6, 2)
    assert page.inner_text(COST) == paid
    again = visit(page.url[page.url.index("/beer-game") :], ".game-desk")
    assert again.inner_text(COST) == paid and differ(pixels(page, BOARD), pixels(again, BOARD)) < 0.001


def test_a_file_or_link_that_is_no_game_says_so_and_a_new_game_stands_ready(game, visit, tmp_path):
    wrong = json.loads(files.text_of(Game())) | {"roles": ["brewer"]}
    for content, says in ((json.dumps(wrong), "there is no role 'brewer'"), ("x" * 50_000, "more than 20,000")):
        (tmp_path / "wrong.json").write_text(content)
        game.set_input_files("input[type=file]", tmp_path / "wrong.json")
        wait_for(game, ".game-note", says)
    assert game.inner_text(WEEK) == "1"
    page = visit("/beer-game?role=brewer&orders=brewer:1e99", ".game-desk")
    assert "the link leads to no game" in page.inner_text(".game-note") and page.inner_text(WEEK) == "1"


def test_a_setting_changed_in_a_game_waits_for_start_anew(game):
    play(game, 4, 4)
    order_boxes(game, 3, 1)
    game.check("text=wholesaler")
    wait_for(game, ".game-setup", "The game goes on as it began")
    order_boxes(game, 3, 1)
    game.click("text=start anew")
    order_boxes(game, 1, 2)
    for role in ("retailer", "wholesaler"):
        game.uncheck(f"input[value={role}]")
    wait_for(game, ".game-setup .fault", "choose one role or more")


def test_on_a_phone_only_the_board_scrolls_and_it_begins_at_ones_own_station(visit):
    page = visit("/beer-game?role=factory", ".game-desk")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.wait_for_selector(".game-desk")
    page.wait_for_timeout(300)
    wide, seen, at = page.evaluate(
        "[document.querySelector('.app-page').scrollWidth, window.innerWidth,"
        " document.querySelector('.game-mine').getBoundingClientRect().x]"
    )
    assert wide == seen == 390 and 0 < at < 390 - 100
