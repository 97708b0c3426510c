"""What one may take home of a run: its picture, its periods as a table, and its scenario as a folder."""

from __future__ import annotations

import base64
import io
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from supplynet.plot import overview, save
from supplynet.readers.export import write_folder
from supplynet.scenario import Result

LARGEST: Final = 64_000_000  # bytes of a file that is handed to a browser
ROW: Final = 60  # bytes of a row of the table, at least


def picture(result: Result) -> bytes:
    """The picture of a run, as `supplynet run` saves it."""
    with tempfile.TemporaryDirectory() as place:
        return save(overview(result), Path(place) / "picture.png").read_bytes()


def table(result: Result) -> bytes:
    """A row for each period and node, as CSV. Raises ValueError where they are too many for a browser."""
    rows = result.scenario.periods * result.scenario.network.n_nodes
    if rows * ROW > LARGEST:
        raise ValueError(
            f"{rows:,} rows are too many for a browser to take; save them from the shell: supplynet run --out"
        )
    return bytes(result.table().to_csv(index=False).encode("utf-8"))


def folder(result: Result) -> bytes:
    """The tables of the scenario as it is shown, levers set and struck, in a zip. Raises ValueError where no table can
    hold it.
    """
    name, packed = file_name(result), io.BytesIO()
    with tempfile.TemporaryDirectory() as place:
        written = write_folder(result.scenario, Path(place) / name)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(written.iterdir()):
                archive.write(path, f"{name}/{path.name}")
    return packed.getvalue()


def file_name(result: Result) -> str:
    """The name of a scenario as that of a file."""
    return re.sub(r"[^\w\-]+", "-", result.scenario.name).strip("-") or "scenario"


KINDS: Final[dict[str, tuple[str, str, str, str, Callable[[Result], bytes]]]] = {
    "picture": ("picture", "orders, stock, backlog and the network, as PNG", ".png", "image/png", picture),
    "table": ("table", "a row for each period and node, as CSV", ".csv", "text/csv", table),
    "folder": ("scenario folder", "nodes.csv, lanes.csv and all else, zipped: opens here and in the shell", ".zip",
               "application/zip", folder),
}  # fmt: skip
"""By kind, the words of its button, what it is, the end of its name, its type, and who makes it."""


def made(kind: str, result: Result, turn: int) -> dict[str, str | int]:
    """A file for the browser, as base64. Raises ValueError for what cannot be made."""
    _, _, suffix, form, make = KINDS[kind]
    content = make(result)
    return {"turn": turn, "name": file_name(result) + suffix, "type": form, "data": base64.b64encode(content).decode()}
