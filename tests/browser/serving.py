"""A server of the app, for as long as some tests need it."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import supplynet

PYTHON = ("env", f"PYTHONPATH={Path(supplynet.__file__).parents[1]}", sys.executable)
"""What starts the Python that imports this checkout."""


@contextmanager
def serving(folder: Path, *command: str) -> Iterator[str]:
    """The address of a server of the app that a command starts in a folder."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    started = [*command, "app", "flour-2020", "--no-browser", "--port", str(port)]
    said_by = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(started, cwd=folder, **said_by) as server:
        assert server.stdout is not None
        said = next(line for line in iter(server.stdout.readline, None) if line.startswith("Page:") or not line)
        try:
            assert said, "the server ended before it answered"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
