"""Plain HTML for pages: a box with classes."""

from __future__ import annotations

from typing import Any

import reacton.ipyvuetify as rv


def box(*classes: str, tag: str = "div", children: Any = None, **attributes: Any) -> Any:
    """An element with classes and attributes; what is made inside a `with` of it becomes its content."""
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return rv.Html(tag=tag, class_=" ".join(filter(None, classes)), children=children or [], attributes=names)
