"""What a page looks like and says, for the tests in a browser."""

from __future__ import annotations

import io

import numpy as np
from extras import extra
from matplotlib.image import imread

sync_api = extra("playwright.sync_api")
PERIOD, STORY = ".player-period b", ".page-story"


def pixels(page: sync_api.Page, selector: str) -> np.ndarray:
    """What a part of the page looks like, [row, column, colour] in 0..255, once nothing on it fades any more."""
    page.wait_for_function("!document.querySelector('.busy') && !document.getAnimations().length")
    return (255 * imread(io.BytesIO(page.locator(selector).screenshot()))[..., :3]).round().astype(np.uint8)


def colours(picture: np.ndarray) -> int:
    return len(np.unique(picture.reshape(-1, 3), axis=0))


def charts(page: sync_api.Page) -> list[np.ndarray]:
    """Orders by tier, stock and backlog, service, and cost."""
    return [pixels(page, f".chart[data-chart={name}]") for name in ("orders", "stock", "service", "cost")]


def spot(page: sync_api.Page, name: str) -> dict[str, float]:
    """Where a node stands on the canvas."""
    return page.evaluate(
        "(name) => { const map = document.querySelector('.player-stage').__vue__;"
        " const {x, y} = map.still.spots[map.net.names.indexOf(name)]; return {x, y}; }",
        name,
    )


def differ(before: np.ndarray, after: np.ndarray) -> float:
    """The part of the pixels that changed."""
    assert before.shape == after.shape
    return float((before != after).any(axis=-1).mean())


def wait_for(page: sync_api.Page, selector: str, words: str) -> None:
    page.wait_for_function(
        "([selector, words]) => document.querySelector(selector)?.innerText.includes(words)", arg=[selector, words]
    )


def in_haste(page: sync_api.Page, *levers: tuple[str, str]) -> None:
    """Set levers within a moment, sooner than a run can end."""
    page.evaluate(
        "(levers) => { for (const [lever, value] of levers) { const field = document.getElementById(lever);"
        " field.value = value; field.dispatchEvent(new Event('input'));"
        " field.dispatchEvent(new Event('change')); } }",
        levers,
    )


def at(page: sync_api.Page) -> int:
    return int(page.inner_text(PERIOD))
