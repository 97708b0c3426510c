"""Links: what is on the screen as the query of its address, and back. Nothing in one is evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode

import solara

LONGEST: Final = 16_000  # characters of a query; servers and browsers take no more for sure
MOST: Final = 400  # parts of a query
Parts = Mapping[str, str | Sequence[str]]

_last: solara.Reactive[dict[str, str]] = solara.reactive({})  # by page, what was on the screen; one for each user


@solara.component_vue("link.vue")
def _Address(query: str) -> None:
    """The query in the address of the page; the browser's history stays as it is."""


def read(query: str | None) -> dict[str, tuple[str, ...]]:
    """The parts of a query by name, each with all its values; nothing where it is too long to be one of ours."""
    if query is None or len(query) > LONGEST:
        return {}
    parts: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True)[:MOST]:
        parts[name] = (*parts.get(name, ()), value)
    return parts


def write(parts: Parts) -> str:
    """The query that `read` gives back; parts without a value are left out."""
    pairs = [(name, [value] if isinstance(value, str) else list(value)) for name, value in parts.items()]
    return urlencode([(name, value) for name, values in pairs for value in values if value != ""])


def asked() -> dict[str, tuple[str, ...]]:
    """What the address of this page asked for when it was opened; to be used at the top of a page."""
    query = solara.use_router().search
    parts: dict[str, tuple[str, ...]] = solara.use_memo(lambda: read(query), [])
    return parts


def there(path: str) -> str:
    """The address of a page as it was last seen by this user."""
    query = _last.peek().get(path, "")
    return f"{path}?{query}" if query else path


@solara.component
def Shown(path: str, parts: Parts) -> None:
    """Say what is on the screen: the address follows, and coming back to the page finds it so."""
    query = write(parts)

    def remember() -> None:
        _last.value = {**_last.peek(), path: query}

    solara.use_effect(remember, [path, query])
    _Address(query=query)
