"""Explore in a real browser: what it says, and, since a blank page says everything right, what its pixels show."""

from __future__ import annotations

from looking import PERIOD, STORY, at, charts, colours, differ, in_haste, pixels, spot, wait_for

import supplynet
from supplynet.words.report import figure


def test_the_page_shows_the_run_in_words_and_in_pixels(page):
    result = supplynet.run(supplynet.load("flour-2020"))
    assert page.title() == "supplynet: flour-2020"
    assert "orders of mill (tier 3)" in page.inner_text(STORY)
    assert f"bullwhip ratio{figure(result.outcomes['bullwhip_ratio'])}" in page.inner_text(".page-outcomes").replace(
        "\n", ""
    )
    assert at(page) == 0 and page.get_attribute("canvas", "aria-label").startswith("network of 12 nodes and 11 lanes")
    assert colours(pixels(page, "canvas")) > 50
    assert all(colours(chart) > 50 for chart in charts(page))
    served, goods = (0x12, 0x80, 0x9C), (0x00, 0x72, 0xB2)  # in the first period everybody is
    for colour, at_least in ((served, 1000), (goods, 50)):
        assert (pixels(page, "canvas") == colour).all(axis=-1).sum() > at_least


def test_nothing_hangs_over_the_edge_at_either_size(page):
    for width, height in ((1280, 800), (1600, 1000)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(300)
        assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
            width, height,
        ]  # fmt: skip
        for selector in (".player", ".side", ".charts", ".bar"):
            box = page.locator(selector).bounding_box()
            assert box["x"] >= 0 and box["y"] >= 0
            assert box["x"] + box["width"] <= width and box["y"] + box["height"] <= height, (selector, box)
        edge = pixels(page, "canvas")
        assert all((side == 255).all() for side in (edge[:, :3], edge[:, -3:], edge[:2], edge[-2:]))  # no name is cut


def test_step_play_pause_and_reset_move_the_canvas_and_the_mark_on_each_chart(page):
    canvas, marks = pixels(page, "canvas"), charts(page)
    for step in range(1, 12):
        page.click("button[aria-label=step]")
        wait_for(page, PERIOD, str(step))
    page.wait_for_timeout(500)  # until what moves stands still
    assert differ(canvas, pixels(page, "canvas")) > 0.002
    assert all(0.001 < differ(before, after) < 0.5 for before, after in zip(marks, charts(page), strict=True))

    page.select_option("select[aria-label=speed]", "100")
    page.click("button[aria-label=play]")
    page.wait_for_function(f"Number(document.querySelector('{PERIOD}').innerText) >= 20")
    page.click("button[aria-label=pause]")
    page.wait_for_timeout(300)
    stopped, canvas = at(page), pixels(page, "canvas")
    page.wait_for_timeout(400)
    assert at(page) == stopped and differ(canvas, pixels(page, "canvas")) == 0

    page.click("button[aria-label=reset]")
    wait_for(page, PERIOD, "0")
    page.wait_for_timeout(500)
    assert all(differ(before, after) == 0 for before, after in zip(marks, charts(page), strict=True))


def test_play_stops_at_the_end_and_starts_anew(page):
    page.select_option("select[aria-label=speed]", "100")
    page.fill(".player-time", "46")
    wait_for(page, PERIOD, "46")
    page.click("button[aria-label=play]")
    wait_for(page, PERIOD, "51")
    page.wait_for_selector("button[aria-label=play]")
    page.click("button[aria-label=step]")
    page.wait_for_function(f"document.querySelector('{PERIOD}').innerText === '0'")


def test_a_lever_changes_the_run_and_can_be_taken_back(page):
    before, marks = page.inner_text(STORY), charts(page)
    page.fill("#window", "12")
    page.keyboard.press("Enter")
    wait_for(page, ".page-outcomes", "was 18.4")
    calmer = supplynet.run(supplynet.load("flour-2020").with_lever("window", 12))
    assert figure(calmer.outcomes["bullwhip_ratio"]) in page.inner_text(".page-outcomes")
    assert page.inner_text(".levers-shell code") == "supplynet run flour-2020 --set window=12"
    assert page.inner_text(STORY) != before
    assert all(differ(old, new) > 0.002 for old, new in zip(marks, charts(page), strict=True))
    page.click("button[aria-label='window as it was']")
    page.wait_for_function("!document.querySelector('.outcome .was')")
    assert page.inner_text(STORY) == before and page.input_value("#window") == "4"


def test_a_lever_that_does_not_fit_says_why_beside_itself_and_the_last_run_stays(page):
    before, marks = page.inner_text(".page-outcomes"), charts(page)
    page.fill("#window", "soon")
    page.keyboard.press("Tab")
    page.wait_for_selector(".lever-bad")
    said = page.inner_text(".lever-bad")
    assert "'soon', must be a whole number" in said and "Traceback" not in said
    assert page.input_value("#window") == "soon" and page.get_attribute("#window", "aria-invalid") == "true"
    assert page.inner_text(".page-outcomes") == before
    assert all(differ(old, new) == 0 for old, new in zip(marks, charts(page), strict=True))
    page.fill("#mill_capacity", "3")
    page.keyboard.press("Enter")
    wait_for(page, ".page-outcomes", "was")
    assert page.locator(".lever-bad").count() == 0 and page.input_value("#window") == "4"


def test_levers_set_while_a_run_is_pending_add_up_and_one_that_does_not_fit_says_so_beside_itself(page):
    in_haste(page, ("window", "7"), ("safety_periods", "2"))
    wait_for(page, ".levers-shell code", "supplynet run flour-2020 --set window=7 --set safety_periods=2")
    assert page.input_value("#window") == "7" and page.input_value("#safety_periods") == "2"
    in_haste(page, ("mill_capacity", "3"), ("window", "soon"))
    wait_for(page, ".levers-shell code", "--set window=7 --set safety_periods=2 --set mill_capacity=3")
    assert "'soon', must be a whole number" in page.inner_text(".lever-bad:has(#window)")
    assert page.locator(".lever-bad").count() == 1 and page.input_value("#window") == "soon"


def test_a_lever_set_while_another_scenario_opens_does_not_keep_it_from_opening(page):
    page.evaluate(
        "() => { document.querySelector('.opening').__vue__.open('beer-game');"
        " document.querySelector('.levers').__vue__.set({lever: 'window', value: '7'}); }"
    )
    wait_for(page, ".levers", "desired stock")
    assert "lever 'window' is not known here" in page.inner_text(".levers > .fault")


def test_what_one_is_writing_stays_when_a_run_finishes(page):
    in_haste(page, ("window", "7"))
    page.press("#safety_periods", "End")
    page.keyboard.type("25")
    wait_for(page, ".page-outcomes", "was")
    page.wait_for_timeout(200)
    written = page.input_value("#safety_periods")
    assert written.endswith("25") and page.input_value("#window") == "7"
    page.keyboard.press("Enter")
    wait_for(page, ".levers-shell code", f"--set window=7 --set safety_periods={written}")
    page.press("#window", "9")
    page.press("#window", "Backspace")  # taken back: nothing is set
    page.click("button[aria-label='window as it was']")
    page.wait_for_function("document.getElementById('window').value === '4'")


def test_a_slider_stays_where_it_is_drawn_and_sets_the_lever(page):
    box = page.locator("input[aria-label='window, slider']").bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], middle, steps=3)
    page.wait_for_timeout(50)
    drawn = page.input_value("#window")
    assert page.input_value("input[aria-label='window, slider']") == drawn != "4"
    page.mouse.up()
    wait_for(page, ".levers-shell code", f"--set window={drawn}")


def test_a_click_on_a_node_opens_its_agent_and_its_levers_and_a_rule_can_be_chosen(page):
    page.click("canvas", position=spot(page, "mill"))
    page.wait_for_selector(".agent h2")
    wait_for(page, ".levers", "The node")
    assert page.input_value("select[aria-label='levers of']") == "mill"
    result = supplynet.run(supplynet.load("flour-2020"))
    mill = list(result.nodes).index("mill")
    wait_for(page, ".agent-line", figure(result.record["demand"][0, mill]))
    page.select_option("[id='mill.ordering']", "kanban")
    page.wait_for_selector("[id='mill.cards']")
    assert "--set 'mill.ordering=kanban(cards=16, container=" in page.inner_text(".levers-shell code")


def test_another_scenario_can_be_opened(page):
    page.select_option("select[aria-label=scenario]", "beer-game")
    wait_for(page, ".page-outcomes", "204")
    wait_for(page, ".levers", "desired stock")
    assert colours(pixels(page, "canvas")) > 50 and at(page) == 0


def test_everything_can_be_reached_with_the_keyboard(page):
    page.focus("button[aria-label=reset]")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # step
    wait_for(page, PERIOD, "1")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # the slider of periods
    wait_for(page, PERIOD, "2")
    reachable = page.evaluate(
        "[...document.querySelectorAll('.page button, .page select, .page input, .page summary')]"
        ".filter((part) => part.tabIndex < 0 && part.type !== 'range').length"
    )
    assert reachable == 0
