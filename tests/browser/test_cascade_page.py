"""Cascade in a real browser: what it says, and what its pixels show by day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest
from looking import colours, differ, pixels, wait_for
from supplynet.viz.cascade.damage import damage_of
from supplynet.viz.cascade.economy import Economy
from supplynet.viz.cascade.study import START, headline

SMALL = "?network=made-up&set=firms%3D60&set=days%3D60"
STRIKE = "&strike=sector%3Denergy%2C100%2C10%2C14%2C7"
DAY, CANVAS = ".cascade-day b", ".cascade-stage"


def ranked(page):
    page.wait_for_selector(".cascade-ranks li button", timeout=60_000)
    return page


@pytest.fixture
def cascade(visit) -> Iterator:
    """The page on a small network, its sector energy struck; at the end it may have complained of nothing."""
    page, complaints = visit(f"/cascade{SMALL}{STRIKE}", ".cascade-curves img"), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield ranked(page)
    assert not complaints


def to_day(page, day: int) -> None:
    page.fill(".cascade-time", str(day))
    wait_for(page, DAY, str(day))
    page.wait_for_timeout(300)


def at(page, sector: str) -> np.ndarray:
    """The colours in the middles of the firms of a sector."""
    spots = page.evaluate(
        "(sector) => { const wave = document.querySelector('.cascade-wave').__vue__; return wave.still.spots"
        ".filter((_, i) => wave.net.sectors[i] === sector).map((spot) => [spot.y, spot.x]); }",
        sector,
    )
    picture = pixels(page, f"{CANVAS} canvas")
    return np.array([picture[round(y), round(x)] for y, x in spots])


def test_the_loss_on_the_page_is_that_of_losses_its_curves_are_drawn_and_all_can_be_saved(cascade):
    ground = Economy(firms=60, days=60).open()
    damage = damage_of(ground.strike(START.events(ground)), ground)
    said = cascade.inner_text(".cascade-outcomes").replace("\n", " ")
    for one in headline(damage, 60):
        assert f"{one['name']} {one['value']}" in said
    assert colours(pixels(cascade, ".cascade-curves")) > 50
    to_day(cascade, 20)
    assert f"{damage.total[20]:.1f} % of a normal day's value added lost" in cascade.inner_text(".cascade-now")
    with cascade.expect_download() as table:
        cascade.click(".cascade-now >> text=table")
    read = pd.read_csv(table.value.path())
    assert table.value.suggested_filename == "cascade-made-up.csv" and len(read) == 60 * 6
    with cascade.expect_download() as picture:
        cascade.click(".cascade-now >> text=picture")
    with open(picture.value.path(), "rb") as file:
        assert io.BytesIO(file.read()).getvalue().startswith(b"\x89PNG")


def test_firms_are_pale_before_the_strike_and_dark_while_it_lasts(cascade):
    before = pixels(cascade, CANVAS)
    assert (at(cascade, "energy") == (199, 214, 229)).all() and (at(cascade, "food") == (199, 214, 229)).all()
    to_day(cascade, 11)
    assert at(cascade, "energy").max() < 40 and at(cascade, "food").min() > 150
    blue = np.abs(pixels(cascade, CANVAS).astype(int) - (0x00, 0x72, 0xB2)).max(axis=-1) < 40
    assert blue.sum() > 50, "who is struck is outlined"
    to_day(cascade, 22)
    assert at(cascade, "food").mean() < 120 and differ(before, pixels(cascade, CANVAS)) > 0.02
    to_day(cascade, 50)
    assert differ(before, pixels(cascade, CANVAS)) < 0.001


def test_play_pause_step_and_keys_move_the_day_and_the_mark_and_nothing_hangs_over_the_edge(cascade):
    marks = pixels(cascade, ".cascade-curves")
    cascade.select_option("select[aria-label=speed]", "60")
    cascade.keyboard.press("Escape")
    cascade.evaluate("document.activeElement.blur()")
    cascade.keyboard.press("Space")
    cascade.wait_for_function(f"Number(document.querySelector('{DAY}').innerText) >= 12")
    cascade.keyboard.press("Space")
    cascade.wait_for_timeout(200)
    stopped = int(cascade.inner_text(DAY))
    cascade.keyboard.press("ArrowRight")
    wait_for(cascade, DAY, str(stopped + 1))
    cascade.keyboard.press("ArrowLeft")
    wait_for(cascade, DAY, str(stopped))
    cascade.click("button[aria-label=step]")
    wait_for(cascade, DAY, str(stopped + 1))
    assert 0.0005 < differ(marks, pixels(cascade, ".cascade-curves")) < 0.1
    cascade.wait_for_function(f"location.search.includes('day={stopped + 1}')")
    cascade.click("button[aria-label=reset]")
    wait_for(cascade, DAY, "0")
    for width, height in ((1600, 1000), (1280, 800), (390, 844)):
        cascade.set_viewport_size({"width": width, "height": height})
        cascade.wait_for_timeout(300)
        assert cascade.evaluate("document.documentElement.scrollWidth") == width
        assert cascade.evaluate("document.querySelector('.app-page').scrollWidth") <= width
        stage = cascade.locator(CANVAS).bounding_box()
        assert stage["x"] >= 0 and stage["x"] + stage["width"] <= width and stage["height"] >= 240


def test_a_click_in_the_ranking_strikes_and_is_undone_and_a_click_on_a_firm_offers_it(cascade):
    first = cascade.inner_text(".cascade-ranks li:nth-child(2) .cascade-who").partition(". ")[2]
    before = cascade.inner_text(".cascade-outcomes")
    cascade.focus(".cascade-ranks li:nth-child(2) button")
    cascade.keyboard.press("Enter")
    cascade.wait_for_selector(".cascade-card")
    wait_for(cascade, ".cascade-chips", f"{first}: 100 % lost, days 10 to 23")
    cascade.wait_for_function("!document.querySelector('.busy')")
    cascade.wait_for_function(f"Number(document.querySelector('{DAY}').innerText) >= 9")
    assert cascade.inner_text(".cascade-outcomes") != before and cascade.locator(".cascade-chips li").count() == 2
    assert first in cascade.inner_text(".cascade-card") and first in cascade.inner_text(".cascade-tree")
    cascade.click("text=undo the last")
    cascade.wait_for_function("document.querySelectorAll('.cascade-chips li').length === 1")
    cascade.wait_for_function("!document.querySelector('.busy')")
    assert cascade.inner_text(".cascade-outcomes") == before
    to_day(cascade, 0)
    spot = cascade.evaluate(
        "() => { const wave = document.querySelector('.cascade-wave').__vue__, {x, y} = wave.still.spots[30];"
        " return {x, y, name: wave.net.names[30]}; }"
    )
    name = spot.pop("name")
    cascade.click(f"{CANVAS} canvas", position=spot)
    wait_for(cascade, ".cascade-card", f"{name}, ")
    assert "100 % of the usual" in cascade.inner_text(".cascade-card")
    assert cascade.input_value("input[aria-label='name of the firm']") == name
    cascade.fill("[id='strike.depth']", "50")
    cascade.fill("[id='strike.days']", "3")  # while the page takes note of the depth
    cascade.wait_for_timeout(200)
    cascade.keyboard.press("Tab")
    cascade.click("text=strike it")
    wait_for(cascade, ".cascade-chips", f"{name}: 50 % lost, days 10 to 12")


def test_a_lockdown_can_be_struck_and_a_link_reproduces_all_of_it(cascade, address):
    cascade.select_option("[id='strike.where']", "lockdown")
    cascade.click(".cascade-do")
    wait_for(cascade, ".cascade-chips", "lockdown: 100 % lost")
    cascade.wait_for_function("!document.querySelector('.busy')")
    to_day(cascade, 15)
    cascade.wait_for_function("location.search.includes('day=15')")
    cascade.click(".cascade-tree li button")
    cascade.wait_for_function("location.search.includes('firm=')")
    cascade.mouse.move(0, 0)
    picture, said = pixels(cascade, CANVAS), cascade.inner_text(".cascade-outcomes")
    link = urlsplit(cascade.url).query
    assert parse_qs(link)["strike"] == ["sector=energy,100,10,14,7", "lockdown,100,10,14,7"]
    cascade.goto(f"{address}/cascade?{link}")
    ranked(cascade)
    assert cascade.inner_text(".cascade-outcomes") == said and cascade.inner_text(DAY) == "15"
    assert differ(picture, pixels(cascade, CANVAS)) < 0.001


def test_what_does_not_fit_says_so_beside_its_field_and_a_long_run_can_be_cancelled(cascade):
    before = cascade.inner_text(".cascade-outcomes")
    cascade.fill("#firms", "7")
    cascade.keyboard.press("Tab")
    cascade.wait_for_selector(".cascade-field.bad")
    wait_for(cascade, ".cascade-field.bad", "must be a whole number from 20 to 5,000")
    assert cascade.input_value("#firms") == "7"
    cascade.select_option("[id='strike.where']", "")
    cascade.fill("input[aria-label='name of the firm']", "enrgy 1")
    cascade.keyboard.press("Tab")
    cascade.click(".cascade-do")
    cascade.wait_for_selector(".cascade-field.bad #strike\\.where")
    assert "did you mean 'energy 1'" in cascade.inner_text(".cascade-field.bad")
    cascade.fill("#adjustment_time", "1")
    cascade.keyboard.press("Tab")
    cascade.wait_for_selector(".cascade-warned")
    assert "orders swing" in cascade.inner_text(".cascade-warned")
    assert cascade.locator(".cascade-field.bad").count() == 0 and cascade.inner_text(".cascade-outcomes") != before
    before = cascade.inner_text(".cascade-outcomes")
    cascade.fill("#firms", "5000")
    cascade.keyboard.press("Tab")
    cascade.wait_for_selector(".cascade-head .cascade-running")
    cascade.click(".cascade-head .cascade-running button")
    wait_for(cascade, ".cascade-panel", "cancelled; what you see is the run before")
    assert cascade.inner_text(".cascade-outcomes") == before
    cascade.fill("#firms", "20")
    cascade.keyboard.press("Tab")
    wait_for(cascade, ".cascade-outcomes", "of 20 (")
