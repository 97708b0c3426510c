"""The app with many users at once, each in a browser of their own, who play at full speed and see no other run."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.timing import Table
from shared.watched import memory, started

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM: Final = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
GROWTH: Final = 1.1  # of the server's memory, from when all are there to the end
PAUSED: Final = 0.5  # seconds until a press of Pause shows
PATIENCE: Final = 60_000  # milliseconds that a page may take to open, on a machine that draws them all


def measure_app(table: Table, folder: Path, users: int, seconds: float) -> None:
    """So many users each set a lever of their own and play for so many seconds; then each presses Pause."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        table.add("app", "not measured", "needs playwright, of the extra test")
        return
    if not Path(CHROMIUM).exists():
        table.add("app", "not measured", "needs chromium on this machine")
        return
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    words = ["-m", "supplynet.cli", "app", "flour-2020", "--no-browser", "--port", str(port)]
    with started(words, folder / "log") as server, sync_playwright() as driver:
        while "Page:" not in (folder / "log").read_text():
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        with driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
            faults: list[str] = []
            pages = [_joined(browser, port, user, faults) for user in range(users)]
            before = memory(server.pid)
            begun = time.perf_counter()
            while time.perf_counter() - begun < seconds:
                for page in pages:
                    _keep_playing(page)
                pages[0].wait_for_timeout(500)
            slowest = max(_pause(page) for page in pages)
            after = memory(server.pid)
            for user, page in enumerate(pages):
                said = page.inner_text(".levers-shell code")
                assert f"window={_window(user)}" in said, f"user {user} sees the run of somebody else: {said}"
            assert not faults, faults[0]
        told = (folder / "log").read_text()
        assert "Traceback" not in told and "Too many renders" not in told, told
    table.add(f"{users} users of the app who play for {seconds:g} s", "no fault", "none sees another's run")
    table.add("  memory of the server", f"{after / 1e6:.0f} MB")
    table.add("  at the end against when all were there", f"{after / before:.2f} times", f"< {GROWTH} times")
    table.add("  the slowest Pause", f"{slowest:.2f} s", f"< {PAUSED} s with one user")
    assert after / before < GROWTH, "memory of the server grows"


def _window(user: int) -> int:
    """The lever of a user, unlike the scenario's own."""
    return 5 + user


def _joined(browser: Browser, port: int, user: int, faults: list[str]) -> Page:
    """A user's own browser, with the page at their lever, at full speed."""
    page = browser.new_context(viewport={"width": 1000, "height": 700}).new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"http://127.0.0.1:{port}/?scenario=flour-2020&set=window%3D{_window(user)}")
    page.wait_for_selector(".chart img")
    page.select_option("select[aria-label=speed]", "100")
    return page


def _keep_playing(page: Page) -> None:
    """Press Play where it is not playing: at the start, and each time the run is over."""
    play = page.locator("button[aria-label=play]")
    if play.count():
        play.click()


def _pause(page: Page) -> float:
    """Seconds from a press of Pause until the page shows that it stands still."""
    _keep_playing(page)
    begun = time.perf_counter()
    page.locator("button[aria-label=pause]").click()
    page.wait_for_selector("button[aria-label=play]")
    return time.perf_counter() - begun
