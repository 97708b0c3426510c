"""A server of the app and a browser, for every test of a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extras import extra
from serving import PYTHON, serving

if TYPE_CHECKING:
    from playwright import sync_api

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SIZE = {"width": 1280, "height": 800}
STILL = "!document.querySelector('.busy') && !document.getAnimations().length && document.fonts.status === 'loaded'"
"""Nothing runs, fades or is still to be loaded."""


@pytest.fixture(scope="session")
def start_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app is started: an empty folder, unless a file of tests puts something into it."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="session")
def address(start_folder: Path) -> Iterator[str]:
    """A server of the app on a free port, one for all tests: whoever opens a page is another user."""
    with serving(start_folder, *PYTHON, "-m", "supplynet.cli") as at:
        yield at


@pytest.fixture(scope="session")
def driver() -> Iterator[sync_api.Playwright]:
    """What drives Chromium; where that is missing, tests are skipped, and fail in CI."""
    if not Path(CHROMIUM).exists():
        missing = "no chromium on this machine; install it: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with extra("playwright.sync_api").sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(driver: sync_api.Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sync_api.BrowserContext]:
    """Chromium with a folder of its own."""
    yield from _chromium(driver, tmp_path_factory.mktemp("chromium"))


@pytest.fixture(scope="session")
def other_browser(
    driver: sync_api.Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sync_api.BrowserContext]:
    """That of somebody else, who shares nothing with the first."""
    yield from _chromium(driver, tmp_path_factory.mktemp("other-chromium"))


def _chromium(driver: sync_api.Playwright, folder: Path) -> Iterator[sync_api.BrowserContext]:
    context = driver.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=list(FLAGS), viewport=SIZE
    )
    context.set_default_timeout(20_000)
    yield context
    context.close()


Visit = Callable[..., "sync_api.Page"]


@pytest.fixture
def visit(browser: sync_api.BrowserContext, address: str) -> Iterator[Visit]:
    """A function that opens a page by its path and waits for a part of it; at the end nothing may have gone wrong.

    `by` is the browser of whoever opens it.
    """
    faults: list[str] = []
    opened: list[sync_api.Page] = []

    def open_page(path: str = "/", wait: str = ".chart img", by: sync_api.BrowserContext = browser) -> sync_api.Page:
        fresh = by.new_page()
        opened.append(fresh)
        fresh.on("pageerror", lambda fault: faults.append(str(fault)))
        fresh.goto(address + path)
        fresh.wait_for_selector(wait)
        fresh.wait_for_function(STILL)
        return fresh

    yield open_page
    for each in opened:
        each.close()
    assert not faults


@pytest.fixture
def page(visit: Visit) -> sync_api.Page:
    """Explore, freshly opened."""
    return visit()
