"""What is brought to the page and taken from it, long runs, several people at once, and a page that cannot be drawn."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
from looking import at, differ, pixels, wait_for
from matplotlib.image import imread
from serving import PYTHON, serving

import supplynet

BROKEN = """
import sys
from supplynet.viz.explore import page
told = page.in_words
def in_words(row):
    if row.startswith("mill"):
        raise RuntimeError("a secret of the server")
    return told(row)
page.in_words = in_words
from supplynet.cli import main
main()
"""


@pytest.fixture(scope="module", autouse=True)
def folders(start_folder):
    supplynet.write_folder(supplynet.load("beer-game"), start_folder / "mine")


def taken(page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(f".downloads button:text-is('{name}')")
    with open(waiting.value.path(), "rb") as file:
        return file.read()


def test_picture_table_and_folder_are_taken_home_and_read_back(visit, tmp_path):
    page = visit("/?scenario=flour-2020&set=window=8&disrupt=mill,capacity_factor,0,20,5&period=13")
    recipe = supplynet.scenarios.Recipe("flour-2020", disruptions=("mill,capacity_factor,0,20,5",))
    result = supplynet.run(recipe.with_lever("window", 8).build())
    picture = imread(io.BytesIO(taken(page, "picture")))
    assert picture.shape[1] == 1800 and picture.std() > 0.05
    table = pd.read_csv(io.BytesIO(taken(page, "table")))
    assert list(table["node"][:12]) == list(result.nodes)
    assert table["cost"].sum() == pytest.approx(result.table()["cost"].sum(), rel=1e-12)
    zipfile.ZipFile(io.BytesIO(taken(page, "scenario folder"))).extractall(tmp_path)
    again = supplynet.run(supplynet.read_folder(tmp_path / "flour-2020"))
    assert again.outcomes == result.outcomes
    assert page.locator(".downloads .fault").count() == 0


def figures(page) -> list[str]:
    return page.locator(".outcome .value").all_inner_texts()


def test_a_network_of_ones_own_is_brought_played_and_seen_by_nobody_else(visit, other_browser, tmp_path):
    page = visit()
    folder = supplynet.write_folder(supplynet.load("beer-game"), tmp_path / "ours")
    page.click("summary:has-text('bring your own')")
    page.set_input_files(".uploads input", [str(path) for path in sorted(folder.iterdir())])
    wait_for(page, ".page-outcomes", "204")
    assert page.title() == "supplynet: uploaded:own-network"
    assert page.inner_text(".levers-shell code") == "supplynet run own-network"
    other = visit("/?scenario=uploaded:own-network", by=other_browser)
    assert "uploaded in another session" in other.inner_text(".levers > .fault")
    assert "own-network" not in other.inner_text("select[aria-label=scenario]")
    assert "In this folder" in other.inner_html("select[aria-label=scenario]")
    other.select_option("select[aria-label=scenario]", "./mine")
    wait_for(other, ".page-outcomes", "204")


def test_what_is_brought_and_wrong_is_told_with_file_and_line(visit, tmp_path):
    page = visit()
    page.click("summary:has-text('bring your own')")
    folder = supplynet.write_folder(supplynet.load("beer-game"), tmp_path / "ours")
    lanes = (folder / "lanes.csv").read_text(encoding="utf-8")
    (folder / "lanes.csv").write_text(lanes + "nobody,retailer,1,1\n", encoding="utf-8")
    page.set_input_files(".uploads input", [str(path) for path in sorted(folder.iterdir())])
    line = len(lanes.splitlines()) + 1
    wait_for(page, ".opening", f"lanes.csv line {line}")
    assert "/tmp" not in page.inner_text(".opening") and "Traceback" not in page.inner_text("body")
    (tmp_path / "large.csv").write_bytes(b"node\n" * 1_100_000)
    page.set_input_files(".uploads input", [str(tmp_path / "large.csv")])
    wait_for(page, ".opening .fault", "must be at most 20 files and 5 MB")
    assert page.inner_text(".levers-shell code") == "supplynet run flour-2020"


def test_a_long_run_shows_how_far_it_is_can_be_cancelled_and_leaves_the_last_one_playable(visit):
    page = visit()
    before, canvas = figures(page), pixels(page, "canvas")
    page.fill("#periods", "300000")
    page.keyboard.press("Enter")
    page.wait_for_selector(".running progress")
    said = page.inner_text(".running")
    assert re.search(r"period [\d,]+ of 300,000", said)
    page.click("button[aria-label=step]")
    wait_for(page, ".player-period b", "1")
    page.wait_for_function("(said) => document.querySelector('.running').innerText !== said", arg=said)
    page.click(".running button")
    page.wait_for_function("!document.querySelector('.busy')")
    page.wait_for_timeout(600)
    assert figures(page) == before and differ(canvas, pixels(page, "canvas")) > 0.0005 and at(page) == 1
    assert page.input_value("#periods") == "52"


def test_what_one_does_another_does_not_see(visit, other_browser):
    mine = visit("/?scenario=flour-2020&node=mill", ".agent")
    theirs = visit("/?scenario=flour-2020", by=other_browser)
    before = figures(theirs), pixels(theirs, "canvas")
    mine.fill("[id='mill.window']", "9")
    mine.keyboard.press("Enter")
    wait_for(mine, ".page-outcomes", "was")
    mine.click(".agent-blows button:text-is('close it')")
    mine.click(".agent-form button[type=submit]")
    mine.wait_for_selector(".strike")
    assert differ(before[1], pixels(theirs, "canvas")) == 0
    theirs.click("button[aria-label=step]")
    wait_for(theirs, ".player-period b", "1")
    assert figures(theirs) == before[0] and not theirs.locator(".strike, .agent").count()
    assert theirs.inner_text(".levers-shell code") == "supplynet run flour-2020"


def test_a_page_that_cannot_be_drawn_says_so_in_a_sentence_to_its_user_alone(browser, other_browser, tmp_path):
    with serving(tmp_path, *PYTHON, "-c", BROKEN) as address:
        mine, theirs = browser.new_page(), other_browser.new_page()
        for page in (mine, theirs):
            page.goto(f"{address}/?scenario=flour-2020&node=mill")
            page.wait_for_selector(".agent")
        mine.click(".agent-blows button:text-is('close it')")
        mine.click(".agent-form button[type=submit]")
        mine.wait_for_selector(".app-fault")
        said = mine.inner_text("body")
        assert "This page cannot be drawn" in said
        assert all(word not in said for word in ("Traceback", "secret", "page.py", "File "))
        theirs.click("button[aria-label=step]")
        wait_for(theirs, ".player-period b", "1")
        theirs.fill("#mill\\.window", "9")
        theirs.keyboard.press("Enter")
        wait_for(theirs, ".page-outcomes", "was")
        mine.click(".bar a:has-text('Explore')")
        mine.wait_for_selector(".player")
        mine.close()
        theirs.close()


def test_on_a_phone_the_network_comes_first_and_nothing_hangs_over(visit):
    page = visit("/?scenario=flour-2020&node=mill", ".agent")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(400)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tops = [page.locator(part).bounding_box()["y"] for part in (".player", ".agent", ".charts", ".side")]
    assert tops == sorted(tops)
    stage, legend, player, agent = (
        page.locator(part).bounding_box() for part in (".player-stage", ".player-legend", ".player", ".agent")
    )
    assert stage["height"] > 200 and stage["y"] + stage["height"] <= legend["y"] + 1  # nothing lies over another
    assert legend["y"] + legend["height"] <= player["y"] + player["height"] + 1 <= agent["y"] + 1
    wide = page.evaluate(
        "[...document.querySelectorAll('.app *')].filter((part) => part.getBoundingClientRect().right > 391"
        " && !part.closest('.bar')).map((part) => part.className)"
    )
    assert wide == []
