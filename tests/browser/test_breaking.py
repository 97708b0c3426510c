"""The agent that is clicked on, how it is broken and mended again, and links that show the same to somebody else."""

from __future__ import annotations

import numpy as np
from looking import at, colours, differ, pixels, spot, wait_for

import supplynet
from supplynet.disruptions import Disruption
from supplynet.watching import watch
from supplynet.words.report import figure, percent

MILL = "/?scenario=flour-2020&period=13&node=mill"


def broken(page, blow: str, **fields: str) -> None:
    """Fill the form of a blow, and send it."""
    if not page.locator(f".agent-chosen:text-is('{blow}')").count():
        page.click(f".agent-blows button:text-is('{blow}')")
    for label, value in fields.items():
        page.fill(f".agent-form label:has-text('{label.replace('_', ' ')}') input", value)
    page.click(".agent-form button[type=submit]")


def test_the_agent_shows_what_it_sees_its_rule_and_its_history_with_the_period_marked(visit):
    page = visit(MILL, ".agent-sees")
    said = page.inner_text(".agent")
    assert "factory, tier 3" in said and "order up to moving average" in said
    scenario = supplynet.load("flour-2020")
    seen = {one.column: one for one in watch(scenario, scenario.network.names.index("mill"))}["ordering"]
    rows = page.locator(".agent-sees").first.locator("tr:not(.agent-decides)").all_inner_texts()
    assert [row.split("\n")[0] for row in rows] == [name.replace("_", " ") for name in (*seen.read, *seen.remembered)]
    assert figure(seen.read["inventory_position"][13, 0]) in rows[0] and "units" in rows[0]
    before = pixels(page, ".agent-history")
    assert colours(before) > 20
    page.click("button[aria-label=step]")
    wait_for(page, ".agent-sees", figure(seen.read["inventory_position"][14, 0]))
    assert 0.0005 < differ(before, pixels(page, ".agent-history")) < 0.2
    page.click(".agent-link:text-is('grain')")
    wait_for(page, ".agent h2", "grain")
    page.click("button[aria-label='close the agent']")
    page.wait_for_function("!document.querySelector('.agent')")


def test_a_mill_is_closed_and_opened_again(visit):
    page = visit(MILL, ".agent-sees")
    outcomes, story, canvas = page.inner_text(".page-outcomes"), page.inner_text(".page-story"), pixels(page, "canvas")
    broken(page, "close it", **{"for": "6"})
    wait_for(page, ".page-outcomes", "was")
    row = "mill,capacity_factor,0,13,6"
    struck = supplynet.load("flour-2020").with_disruptions([Disruption("mill", "capacity_factor", 0.0, 13, 6)])
    fill = supplynet.run(struck).outcomes["fill_rate"]
    assert f"fill rate\n{percent(fill)}\nwas 94.8 %" in page.inner_text(".page-outcomes")
    assert page.inner_text(".strike").startswith("mill closed, periods 13 to 18")
    assert "Against the same run unbroken, customers are served worse from period" in page.inner_text(".page-story")
    assert page.inner_text(".levers-shell code") == f"supplynet run flour-2020 --disrupt {row}"
    assert at(page) == 13 and "disrupt=mill%2Ccapacity_factor" in page.url
    page.click(".strike button")
    page.wait_for_function("!document.querySelector('.strike') && !document.querySelector('.busy')")
    wait_for(page, ".page-story", story)
    page.wait_for_timeout(500)  # until what moves stands still
    assert page.inner_text(".page-outcomes") == outcomes and differ(canvas, pixels(page, "canvas")) < 0.002


def test_a_lane_is_blocked_demand_doubled_the_pantry_raised_and_all_undone(visit):
    page = visit(MILL, ".agent-sees")
    page.click(".agent-blows button:text-is('block a lane')")
    page.select_option(".agent-form select", "mill>dc-north")
    broken(page, "block a lane", **{"down to": "25"})
    wait_for(page, ".levers-shell code", "--disrupt 'mill>dc-north,open_factor,0.25,13,5'")
    page.wait_for_selector(".strike")
    page.wait_for_timeout(300)  # until the canvas has its new size
    where = spot(page, "households-west")
    page.click("canvas", position={"x": where["x"], "y": where["y"]})
    wait_for(page, ".agent h2", "households-west")
    assert page.locator(".agent-blows button").all_inner_texts() == [
        "double demand", "raise the pantry", "block a lane",
    ]  # fmt: skip
    broken(page, "double demand")
    wait_for(page, ".strikes", "households-west demand times 2")
    page.click("summary:has-text('more')")
    page.select_option(".agent-form select", "linear")
    broken(page, "double demand", times="3")
    wait_for(page, ".strikes", "then back within 5 (linear)")
    broken(page, "raise the pantry", by="4")
    wait_for(page, ".levers-shell code", "households-west,hoarding,4,13,5")
    page.wait_for_function("document.querySelectorAll('.strike').length === 4")
    page.click(".strikes-all")
    page.wait_for_function("!document.querySelector('.strike')")


def test_a_blow_that_does_not_fit_says_why_beside_its_form_and_the_last_run_stays(visit):
    page = visit(MILL, ".agent-sees")
    before = page.inner_text(".page-outcomes")
    broken(page, "cut capacity", **{"down to": "half"})
    wait_for(page, ".agent-form", "factor is 'half'")
    assert page.get_attribute(".agent-form label:has-text('down to') input", "aria-invalid") == "true"
    assert page.input_value(".agent-form label:has-text('down to') input") == "half"
    page.click(".agent-blows button:text-is('block a lane')")
    page.wait_for_function("!document.querySelector('.agent .fault')")
    assert page.inner_text(".page-outcomes") == before and not page.locator(".strike").count()
    broken(page, "cut capacity", **{"down to": "50", "for": "soon"})
    wait_for(page, ".agent-form", "duration is 'soon'")
    broken(page, "cut capacity", **{"for": "3"})
    wait_for(page, ".strikes", "mill capacity at 50 %, periods 13 to 15")
    page.wait_for_function("!document.querySelector('.agent .fault')")


def test_a_shared_link_shows_somebody_else_the_same_pixels(visit, other_browser):
    page = visit(MILL, ".agent-sees")
    page.fill("[id='mill.window']", "9")
    page.keyboard.press("Enter")
    wait_for(page, ".page-outcomes", "was")
    broken(page, "close it")
    page.wait_for_selector(".strike")
    page.click("button[aria-label=step]")
    wait_for(page, ".player-period b", "14")
    page.wait_for_timeout(600)
    link = page.evaluate("location.pathname + location.search")
    again = visit(link, ".agent-sees", by=other_browser)
    again.wait_for_selector(".strike")
    again.wait_for_timeout(600)
    for part in (".charts", ".agent-history", ".page-head", ".strikes"):
        assert differ(pixels(page, part), pixels(again, part)) == 0, part
    canvases = [pixels(each, "canvas").astype(int) for each in (page, again)]
    assert np.abs(canvases[0] - canvases[1]).max() < 64  # one was drawn over and over, which shows at edges
    assert again.inner_text(".levers-shell code") == page.inner_text(".levers-shell code")


def test_a_wrong_link_says_what_is_wrong_and_shows_what_can_be_shown(visit):
    page = visit("/?scenario=flour-2020&set=window=6&set=windw=3&disrupt=mil,capacity_factor,0,3,2&node=mil&period=900")
    assert "'windw' is not known" in page.inner_text(".side > .levers > .fault")
    assert "did you mean 'mill'?" in page.inner_text(".notice") and "the run has 52" in page.inner_text(".notice")
    assert page.inner_text(".levers-shell code") == "supplynet run flour-2020 --set window=6" and at(page) == 51
    page.click(".notice button")
    page.wait_for_function("!document.querySelector('.notice')")
    for asked in ("../../etc", "uploaded:mine"):
        page = visit(f"/?scenario={asked}")
        assert page.locator(".levers > .fault").count() == 1 and page.title() == f"supplynet: {asked}"
        assert page.input_value("select[aria-label=scenario]") == "flour-2020"
