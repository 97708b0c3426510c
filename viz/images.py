"""Figures as images of a page."""

from __future__ import annotations

import base64
import io

from matplotlib.figure import Figure


def png(figure: Figure) -> bytes:
    """A figure as the content of a PNG file."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def source(content: bytes) -> str:
    """A PNG as the address of an image, which needs no server."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
