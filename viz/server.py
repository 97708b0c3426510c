"""The server of the app, for this machine alone unless another address is named."""

from __future__ import annotations

import os
import socket
import threading
import time
import warnings
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import uvicorn
from solara.server import settings

from .within import OFFERED

HOST: Final = "127.0.0.1"
"""This machine, and nobody else."""
FIRST_PORT: Final = 8765
PORTS: Final = 100  # tried one after the other


def free_port(wanted: int | None, host: str = HOST) -> int:
    """The port that was asked for, or the first free one. Raises ValueError if it is taken, or the address not ours."""
    _check_host(host)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS) if wanted is None else (wanted,):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((host, port))
            except (OSError, OverflowError):
                continue
            return port
    taken = f"port {wanted} is" if wanted is not None else f"the ports from {FIRST_PORT} on are"
    raise ValueError(f"{taken} taken or not allowed; name a free one with --port, from 1024 to 65535")


def _check_host(host: str) -> None:
    """Raises ValueError for an address on which this machine cannot listen."""
    with socket.socket() as door:
        try:
            door.bind((host, 0))
        except OSError:
            raise ValueError(
                f"host {host!r} is not an address of this machine; name one of its own, 0.0.0.0 for all of them, or "
                f"leave it out, for {HOST}"
            ) from None


def serve(scenario: str, port: int, *, browser: bool, ready: Callable[[str], None], host: str = HOST) -> None:
    """Serve the app on a scenario until interrupted; `ready` is told the address once it answers."""
    os.environ[OFFERED] = scenario
    os.environ["SOLARA_APP"] = "supplynet.viz.app"
    settings.main.mode = "production"  # no watching of files, no reloading
    settings.telemetry.mixpanel_enable = False
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https")  # this machine needs none
    settings.theme.loader = "plain"
    settings.theme.show_banner = False
    config = uvicorn.Config("solara.server.starlette:app", host=host, port=port, log_level="warning")
    server = uvicorn.Server(config)

    def tell() -> None:
        while not server.started:
            time.sleep(0.05)
        ready(f"http://{host}:{port}")
        if browser:
            webbrowser.open(f"http://{host}:{port}")

    threading.Thread(target=tell, daemon=True).start()
    with suppress(KeyboardInterrupt):  # which is how one stops it
        server.run()
