"""Results in a real browser: pictures change with the choices, and a point leads to a run in Explore."""

from __future__ import annotations

import pytest
from looking import colours, differ, pixels, wait_for

import supplynet
from supplynet.words.report import figure

IMAGE, HEAD = ".results-picture img", ".results-head"


@pytest.fixture(scope="module", autouse=True)
def swept(start_folder):
    base = supplynet.load("flour-2020").with_lever("periods", 40)
    supplynet.sweep(supplynet.vary(base, window=(2, 4, 8), safety_periods=(0.5, 1.0)), 3, out=start_folder / "runs")


@pytest.fixture
def results(visit):
    return visit("/results", IMAGE)


def choose(page, label: str, option: str) -> None:
    """Choose, and wait until the picture is another one."""
    before = page.get_attribute(IMAGE, "src")
    page.select_option(f"select[aria-label='{label}']", option)
    page.wait_for_function(f"before => document.querySelector('{IMAGE}').src !== before", arg=before)


def test_a_sweep_is_drawn_and_every_choice_draws_it_anew(results):
    seen = [pixels(results, IMAGE)]
    assert colours(seen[0]) > 50 and "18 of 18 runs, 6 scenarios" in results.inner_text(HEAD)
    for label, option in (("along", "safety_periods"), ("outcome", "fill_rate"), ("picture", "heat map"),
                          ("picture", "frontier")):  # fmt: skip
        choose(results, label, option)
        seen.append(pixels(results, IMAGE))
        assert differ(seen[-2], seen[-1]) > 0.01


def test_values_that_are_not_kept_leave_the_picture_and_none_at_all_says_so(results):
    before = pixels(results, IMAGE)
    results.uncheck("fieldset:has-text('keep window') >> text=2")
    wait_for(results, HEAD, "12 of 18 runs")
    assert differ(before, pixels(results, IMAGE)) > 0.01
    for value in ("4", "8"):
        results.uncheck(f"fieldset:has-text('keep window') >> text={value}")
    wait_for(results, ".results-main .fault", "no run is kept; keep more values")


def test_a_click_on_a_point_shows_its_runs_and_one_opens_in_explore_as_it_was(results, start_folder):
    choose(results, "picture", "heat map")
    box = results.locator(IMAGE).bounding_box()
    results.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    wait_for(results, ".results-main", "window = 2, safety_periods = 1: 3 runs")
    assert results.locator(".results-chosen").count() == 1
    results.locator(".results-table a").nth(1).click()
    results.wait_for_selector(".chart img")
    run = supplynet.read_sweep(start_folder / "runs").query("window == 2 and safety_periods == 1").iloc[1]
    assert figure(run["total_cost"]) in results.inner_text(".page-outcomes")
    assert "window=2" in results.inner_text(".levers-shell code")


def test_a_link_shows_the_same_and_one_that_leads_out_is_refused(results, visit):
    choose(results, "picture", "heat map")
    choose(results, "outcome", "fill_rate")
    again = visit(results.url[results.url.index("/results") :], IMAGE)
    assert again.get_attribute(IMAGE, "src") == results.get_attribute(IMAGE, "src")
    assert differ(pixels(results, IMAGE), pixels(again, IMAGE)) < 0.001  # but for a rounded corner
    refused = visit("/results?sweep=/etc", ".fault")
    assert "outside of the folder" in refused.inner_text(".fault") and "Traceback" not in refused.inner_text("body")
