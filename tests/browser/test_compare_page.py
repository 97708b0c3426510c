"""Compare in a real browser: one click, two pictures on the same axes, a table, a strike, a cancel, and a link."""

from __future__ import annotations

import re

import pytest
from looking import colours, differ, pixels

SHORT = "replications=4"
FILMS = f"a=netflix-history&b=netflix&{SHORT}"
SIDES = ("section[aria-label=A] img", "section[aria-label=B] img")


@pytest.fixture
def fresh(browser):
    """A tab of its own; at the end nothing may have gone wrong in it."""
    faults: list[str] = []
    tab = browser.new_page()
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    yield tab
    tab.close()
    assert not faults


@pytest.fixture
def films(fresh, address):
    """The page on two small systems, with its table."""
    fresh.goto(f"{address}/compare?{FILMS}")
    fresh.wait_for_selector(".compare-table")
    return fresh


def test_both_stand_side_by_side_with_the_trade_in_words_and_in_pixels(films):
    assert films.title() == "supplynet: netflix-history and netflix"
    assert "netflix against netflix-history. It gains: " in films.inner_text(".compare-sentence")
    a, b = (pixels(films, side) for side in SIDES)
    for colour in ((0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00), (0xD5, 0x5E, 0x00)):  # finished goods, in process, orders
        assert all((abs(side.astype(int) - colour) < 12).all(axis=-1).sum() > 60 for side in (a, b))
    assert differ(a, b) > 0.01 and colours(pixels(films, ".compare-demand img")) > 50
    row = films.inner_text("#outcome-days_of_inventory")
    assert "lower" in row and "periods" in row
    assert films.get_attribute("#outcome-profit th", "title").startswith("revenue less")
    blue = films.evaluate("getComputedStyle(document.querySelector('td.compare-gain')).color")
    assert blue == "rgb(0, 97, 154)"
    assert films.get_attribute("a[download$='.csv']", "href").startswith("data:text/csv;charset=utf-8,outcome%2Cunit")
    assert films.locator("a[download$='.png']").count() == 3


def test_one_click_compares_another_pair_and_the_link_reproduces_it(films):
    films.click("button:text('Just in time')")
    films.wait_for_selector(".compare-side:has-text('chips')")
    films.wait_for_selector(".compare-table")
    films.wait_for_selector(".compare-sentence:has-text('jit-covid, buffer=5.0 against jit-covid, buffer=0.0')")
    said = films.inner_text(".compare-sentence")
    assert re.search(r"[?&]set_a=buffer%3D0&set_b=buffer%3D5&replications=4$", films.url)
    assert "--set-a buffer=0 --set-b buffer=5" in films.inner_text(".compare-shell code")
    films.reload()
    films.wait_for_selector(".compare-table")
    assert films.inner_text(".compare-sentence") == said
    assert films.get_attribute("button:text('Just in time')", "aria-pressed") == "true"
    assert [films.input_value(f"#{side}-buffer") for side in "ab"] == ["0", "5"]


def test_a_strike_hits_both_and_can_be_taken_back_and_one_that_does_not_fit_says_so_beside_its_field(films):
    before = [pixels(films, side) for side in SIDES]
    films.click("summary:text('Strike both')")
    films.select_option("#strike-what", "demand_factor")
    films.fill("#strike-factor", "3")
    films.click("button:text-is('strike both')")
    films.wait_for_selector(".compare-struck:has-text('kind=customer,demand_factor,3,17,5')")
    films.wait_for_selector(".compare:not(.busy) .compare-table")
    assert all(differ(old, pixels(films, side)) > 0.02 for old, side in zip(before, SIDES, strict=True))
    films.fill("#strike-factor", "much")
    films.click("button:text-is('strike both')")
    films.wait_for_selector("details:has(#strike-factor) > .fault")
    assert "'much'" in films.inner_text("details:has(#strike-factor) > .fault")
    assert films.locator(".compare-struck").count() == 1 and "Traceback" not in films.inner_text("body")
    films.click("button[aria-label^='take back']")
    films.wait_for_selector(".compare-struck", state="detached")


def test_a_wrong_number_is_told_beside_its_field_and_what_was_compared_stays(films):
    before = films.inner_text(".compare-sentence")
    for field, text, says in (("both-periods", "soon", "must be a whole number"), ("replications", "1", "from 2")):
        films.fill(f"#{field}", text)
        films.keyboard.press("Enter")
        films.wait_for_selector(f".compare-lever:has(#{field}) .fault")
        assert says in films.inner_text(f".compare-lever:has(#{field}) .fault")
        assert films.input_value(f"#{field}") == text and films.inner_text(".compare-sentence") == before
    assert films.locator(".fault").count() == 1


def test_long_work_shows_how_far_it_is_and_can_be_stopped_and_taken_up_again(fresh, address):
    fresh.goto(f"{address}/compare?a=netflix-history&b=netflix&replications=500")
    fresh.wait_for_selector(SIDES[1])  # one run of each is shown at once
    assert "of 1000, in pairs of the same luck" in fresh.inner_text(".compare-progress")
    fresh.click("button:text-is('cancel')")
    fresh.wait_for_selector(".compare-head:has-text('Stopped')")
    fresh.fill("#replications", "2")
    fresh.keyboard.press("Enter")
    fresh.wait_for_selector(".compare-table")
    assert "Means of 2 runs" in fresh.inner_text(".compare-table caption")


def test_on_a_phone_a_stands_above_b_and_nothing_hangs_over_the_edge(films):
    films.set_viewport_size({"width": 390, "height": 844})
    films.reload()
    films.wait_for_selector(".compare-table")
    above, below = (films.locator(side).bounding_box() for side in SIDES)
    assert above["x"] == below["x"] and above["y"] + above["height"] <= below["y"]
    widths = films.evaluate("[document.documentElement, document.querySelector('main')].map((e) => e.scrollWidth)")
    assert widths == [390, 390]
    cells = "[...document.querySelectorAll('.compare-table td')]"
    over = "e.getBoundingClientRect().right > 390 || e.scrollWidth > e.clientWidth + 1"
    assert films.evaluate(f"{cells}.filter((e) => {over}).length") == 0


def test_what_cannot_be_opened_is_said_in_a_sentence(fresh, address):
    fresh.goto(f"{address}/compare?a=../secret&b=zara")
    fresh.wait_for_selector(".compare-wait:has-text('lies outside of the folder')")
    fresh.click("button:has-text('usual pair')")
    fresh.wait_for_selector(SIDES[0])
