"""A server of the app and a browser, for every test of a page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extras import extra

import supplynet

if TYPE_CHECKING:
    from playwright import sync_api

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="module")
def start_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app is started: an empty folder, unless a file of tests puts something into it."""
    return tmp_path_factory.mktemp("app")


@pytest.fixture(scope="module")
def start_command() -> list[str]:
    """What starts the package of this checkout."""
    return ["env", f"PYTHONPATH={Path(supplynet.__file__).parents[1]}", sys.executable, "-m", "supplynet.cli"]


@pytest.fixture(scope="module")
def address(start_folder: Path, start_command: list[str]) -> Iterator[str]:
    """A server of the app on a free port."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    command = [*start_command, "app", "flour-2020", "--no-browser", "--port", str(port)]
    said_by = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=start_folder, **said_by) as server:
        assert server.stdout is not None
        said = next(line for line in iter(server.stdout.readline, None) if line.startswith("Page:") or not line)
        try:
            assert said, "the server ended before it answered"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sync_api.BrowserContext]:
    """Chromium with a folder of its own; where it is missing, tests are skipped, and fail in CI."""
    if not Path(CHROMIUM).exists():
        missing = "no chromium on this machine; install it: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with extra("playwright.sync_api").sync_playwright() as driver:
        folder = tmp_path_factory.mktemp("chromium")
        size = {"width": 1280, "height": 800}
        context = driver.chromium.launch_persistent_context(
            folder, executable_path=CHROMIUM, args=list(FLAGS), viewport=size
        )
        context.set_default_timeout(20_000)
        yield context
        context.close()


Visit = Callable[..., "sync_api.Page"]


@pytest.fixture
def visit(browser: sync_api.BrowserContext, address: str) -> Iterator[Visit]:
    """A function that opens a page by its path and waits for a part of it; at the end nothing may have gone wrong."""
    faults: list[str] = []
    opened: list[sync_api.Page] = []

    def open_page(path: str = "/", wait: str = ".chart img") -> sync_api.Page:
        fresh = browser.new_page()
        opened.append(fresh)
        fresh.on("pageerror", lambda fault: faults.append(str(fault)))
        fresh.goto(address + path)
        fresh.wait_for_selector(wait)
        fresh.wait_for_timeout(300)
        return fresh

    yield open_page
    for each in opened:
        each.close()
    assert not faults


@pytest.fixture
def page(visit: Visit) -> sync_api.Page:
    """Explore, freshly opened."""
    return visit()
