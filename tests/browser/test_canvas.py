"""The network on the canvas and the charts beside it: what colours and sizes show, and what a pointer is told."""

from __future__ import annotations

from itertools import pairwise

from looking import PERIOD, at, charts, colours, differ, pixels, spot, wait_for

import supplynet
from supplynet.words.report import figure

ALL, NOTHING, DARK, CLOSED = (0x12, 0x80, 0x9C), (0xB5, 0x27, 0x1B), (0x1B, 0x27, 0x33), (0xC1, 0x12, 0x1F)
CANVAS = "canvas"


def opened(page, address: str, query: str) -> None:
    page.goto(f"{address}/?{query}")
    drawn(page)


def drawn(page) -> None:
    """Wait until the canvas has its first period."""
    page.wait_for_selector(".chart img")
    page.wait_for_function("document.querySelector('.player-stage')?.__vue__?.still.now")
    page.wait_for_timeout(200)


def near(page, name: str, half: int = 9):
    """The pixels around a node."""
    place, picture = spot(page, name), pixels(page, CANVAS)
    x, y = round(place["x"]), round(place["y"])
    return picture[y - half : y + half, x - half : x + half]


def share(picture, colour: tuple[int, int, int]) -> float:
    return float((picture == colour).all(axis=-1).mean())


def test_colour_tells_the_service_of_the_period_and_size_the_stock(page, address):
    opened(page, address, "scenario=flour-2020&period=13")
    result = supplynet.run(supplynet.load("flour-2020"))
    mill, grain = (list(result.nodes).index(name) for name in ("mill", "grain"))
    assert result.record["filled"][13, mill] == 0 and result.record["filled"][13, grain] > 0
    assert share(near(page, "mill"), NOTHING) > 0.1 and share(near(page, "grain"), ALL) > 0.1
    assert share(near(page, "mill"), ALL) == share(near(page, "grain"), NOTHING) == 0
    empty = share(near(page, "mill", 18), NOTHING)
    opened(page, address, "scenario=flour-2020&period=30")  # now the mill holds most
    assert result.record["on_hand"][30, mill] == result.record["on_hand"][:, mill].max()
    assert share(near(page, "mill", 18), ALL) > 2 * empty


def test_what_is_down_is_dark_and_what_is_closed_is_crossed_and_the_legend_says_so(page, address):
    assert "down" not in page.inner_text(".player-legend") and "closed" not in page.inner_text(".player-legend")
    whole = pixels(page, CANVAS)
    opened(
        page, address, "scenario=flour-2020&set=dc-north.capacity_factor=0&set=mill%3Edc-south.open_factor=0&period=9"
    )
    assert share(near(page, "dc-north", 5), DARK) > 2 * share(near(page, "dc-south", 5), DARK)
    assert share(whole, CLOSED) == 0 and (pixels(page, CANVAS) == CLOSED).all(axis=-1).sum() > 50
    assert "down" in page.inner_text(".player-legend") and "closed" in page.inner_text(".player-legend")


def test_nodes_stand_by_tier_or_by_region_and_a_link_keeps_it(page, address):
    tiers = pixels(page, CANVAS)
    south = spot(page, "shops-south")["y"]
    page.select_option("select[aria-label='nodes by']", "region")
    page.wait_for_function("location.search.includes('by=region')")
    page.wait_for_function("document.querySelector('.player-stage').__vue__.by === 'region'")
    assert differ(tiers, pixels(page, CANVAS)) > 0.02
    assert spot(page, "shops-south")["y"] == spot(page, "households-south")["y"] != south
    assert spot(page, "mill")["y"] > spot(page, "shops-west")["y"]  # what has no region stands below
    kept, link = pixels(page, CANVAS), page.url
    page.goto(link)
    drawn(page)
    assert differ(kept, pixels(page, CANVAS)) == 0
    opened(page, address, "scenario=beer-game&by=region")  # it has none
    assert page.locator("select[aria-label='nodes by']").count() == 0 and colours(pixels(page, CANVAS)) > 50


def test_a_pointer_is_told_the_numbers_of_nodes_and_lanes_with_their_units(page, address):
    opened(page, address, "scenario=flour-2020&period=11")
    result = supplynet.run(supplynet.load("flour-2020"))
    record, node = result.record, list(result.nodes).index("dc-south")
    page.hover(CANVAS, position=spot(page, "dc-south"))
    wait_for(page, ".player-tip", "dc-south distributor")
    said = page.inner_text(".player-tip")
    assert f"stock {figure(record['on_hand'][11, node])} units" in said
    assert f"asked for {figure(record['demand'][11, node])} units" in said
    assert f"backlog {figure(record['backlog'][11, node])} units" in said
    page.click("button[aria-label=step]")
    page.hover(CANVAS, position=spot(page, "dc-south"))
    wait_for(page, ".player-tip", f"backlog {figure(record['backlog'][12, node])} units")
    ends = [spot(page, name) for name in ("grain", "mill")]
    middle = {axis: (ends[0][axis] + ends[1][axis]) / 2 for axis in ("x", "y")}
    page.hover(CANVAS, position=middle)
    wait_for(page, ".player-tip", "grain > mill lane")
    lane = result.scenario.network.lane_names().index("grain>mill")
    assert f"ordered {figure(record['order'][12, lane])} units" in page.inner_text(".player-tip")
    page.click(CANVAS, position=middle)
    wait_for(page, ".levers", "This lane")
    page.mouse.move(5, 5)
    page.wait_for_function("!document.querySelector('.player-tip')")


def test_light_and_dark_recolour_canvas_and_charts_at_once(page):
    light = [pixels(page, CANVAS), *charts(page)]
    page.click("button[aria-label='dark theme']")
    page.wait_for_timeout(100)
    dark = [pixels(page, CANVAS), *charts(page)]
    page.click("button[aria-label='light theme']")
    page.wait_for_timeout(100)
    again = [pixels(page, CANVAS), *charts(page)]
    for before, between, after in zip(light, dark, again, strict=True):
        assert before.mean() > 200 and between.mean() < 80
        assert colours(between) > 50 and differ(before, after) == 0


def test_space_arrows_and_home_play_unless_one_is_writing(page):
    page.select_option("select[aria-label=speed]", "100")
    page.click(".page-story")
    for key, period in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        wait_for(page, PERIOD, str(period))
    page.keyboard.press("Space")
    page.wait_for_function(f"Number(document.querySelector('{PERIOD}').innerText) >= 5")
    page.keyboard.press("Space")
    page.wait_for_selector("button[aria-label=play]")
    page.wait_for_timeout(300)
    stopped = at(page)
    page.focus("#window")
    for key in ("Space", "ArrowLeft", "Home"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert at(page) == stopped and page.locator("button[aria-label=play]").count() == 1
    page.click(".page-story")
    page.keyboard.press("Home")
    wait_for(page, PERIOD, "0")


def test_pause_answers_at_once_while_it_plays_fast(page):
    page.select_option("select[aria-label=speed]", "100")
    page.click("button[aria-label=play]")
    page.wait_for_function(f"Number(document.querySelector('{PERIOD}').innerText) >= 3")
    waited = page.evaluate(
        "async () => { const since = performance.now(); document.querySelector('button[aria-label=pause]').click();"
        " while (!document.querySelector('button[aria-label=play]')) await new Promise(requestAnimationFrame);"
        " return performance.now() - since; }"
    )
    assert waited < 500


def test_the_four_charts_have_names_units_and_the_ratio_and_a_click_shows_its_period(page):
    ratio = figure(supplynet.run(supplynet.load("flour-2020")).outcomes["bullwhip_ratio"])
    said = [image.get_attribute("alt") for image in page.locator(".chart img").all()]
    assert len(said) == 4 and f"orders by tier, units/period; bullwhip ratio {ratio}" in said[0]
    assert "units" in said[1] and "%" in said[2] and "money/period" in said[3]
    boxes = [chart.bounding_box() for chart in page.locator(".chart").all()]
    assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"] == boxes[3]["y"] and boxes[0]["x"] == boxes[2]["x"]
    assert page.locator(CANVAS).bounding_box()["height"] > 150 and boxes[3]["y"] + boxes[3]["height"] < 800
    before, mark = charts(page), "document.querySelector('.chart-now').style.left"
    for number, x in enumerate((150, 90, 250, 60)):
        left = page.evaluate(mark)
        page.locator(".chart img").nth(number).click(position={"x": x, "y": 60})
        page.wait_for_function(f"{mark} !== '{left}'")
        after = charts(page)
        assert all(differ(old, new) > 0.001 for old, new in zip(before, after, strict=True))
        before = after


def test_on_a_phone_the_canvas_is_tall_nothing_is_cut_and_a_tap_tells(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert page.locator(CANVAS).bounding_box()["height"] >= 380
    wide = "[document.documentElement, document.querySelector('.app-page')].map((part) => part.scrollWidth)"
    assert page.evaluate(wide) == [390, 390]
    outer = page.locator(".player").bounding_box()
    for part in (*page.locator(".player-legend > span").all(), *page.locator(".player-bar > *").all()):
        box = part.bounding_box()
        assert box["x"] >= outer["x"] and box["x"] + box["width"] <= outer["x"] + outer["width"]
    page.click(CANVAS, position=spot(page, "mill"))
    wait_for(page, ".player-tip", "mill factory")
    boxes = [chart.bounding_box() for chart in page.locator(".chart").all()]
    assert [box["x"] for box in boxes] == 4 * [boxes[0]["x"]]
    assert all(one["y"] + one["height"] <= two["y"] for one, two in pairwise(boxes))
    assert colours(pixels(page, CANVAS)) > 50
