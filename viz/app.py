"""The app: its pages, and the bar above them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import solara

from . import link
from .boxes import box

PAGES: Final = (
    "explore.page",
    "compare.page",
    "game.page",
    "cascade.page",
    "results.page",
)
"""Each is a file that says its PATH and NAME and what it is ABOUT, and draws its Page."""
_FILES: Final = [import_module(f".{name}", __package__) for name in PAGES]


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
            pages=[{"path": page.PATH, "label": page.NAME, "about": page.ABOUT} for page in _FILES],
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
    solara.Route(
        path=page.PATH.strip("/") or "/",
        component=page.Page,
        label=page.NAME,
        layout=Layout if page.PATH == "/" else None,
    )
    for page in _FILES
]
