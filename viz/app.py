"""The app: its pages, and the bar above them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import solara

from . import link
from .boxes import box
from .cascade.page import Page as Cascade
from .compare.page import Page as Compare
from .explore.page import Page as Explore
from .game.page import Page as BeerGame
from .results.page import Page as Results

PAGES: Final = (
    ("/", "Explore", "set the levers of a scenario, and watch it play", Explore),
    ("/compare", "Compare", "two systems or two rules under the same luck, and what tells them apart", Compare),
    ("/beer-game", "Beer game", "order beer for 36 weeks, and see what the chain makes of it", BeerGame),
    ("/cascade", "Cascade", "strike firms, and watch the wave go through their network", Cascade),
    ("/results", "Results", "the runs of a sweep, in pictures", Results),
)
"""Path, name, what it is for, and component of each page."""


@solara.component_vue("bar.vue")
def Bar(pages: list[dict[str, str]], here: str, event_go: Callable[[str], None]) -> None:
    """The pages to go to, a link to what is on the screen, and light or dark."""


@solara.component
def Layout(children: list[solara.Element]) -> None:
    """The bar, and a page under it. What goes wrong in one is told in a sentence, and written to the server's log."""
    router = solara.use_router()
    fault, forget = solara.use_exception()
    here = "/" + "/".join(router.parts[:1])

    def go(path: str) -> None:
        forget()
        router.push(link.there(path))

    def write_down() -> None:
        if fault is not None:
            logging.getLogger("supplynet").error("a page could not be drawn", exc_info=fault)

    solara.use_effect(write_down, [fault])
    solara.Style(Path(__file__).with_name("app.css"))
    with box("app"):
        Bar(
            pages=[{"path": path, "label": name, "about": about} for path, name, about, _ in PAGES],
            here=here,
            event_go=go,
        )
        if fault is None:
            box("app-page", tag="main", children=children)
        else:
            box("app-page app-fault", tag="main", role="alert", children=[_sorry(fault)])


def _sorry(fault: Any) -> str:
    return (
        f"This page cannot be drawn ({type(fault).__name__}). Nothing of yours was written or lost; choose a page "
        "above, or load this one anew. The server's log says more."
    )


routes: Final = [
    solara.Route(path=path.strip("/") or "/", component=page, label=name, layout=Layout if path == "/" else None)
    for path, name, _, page in PAGES
]
