"""The server of the page, on this machine alone."""

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
FIRST_PORT: Final = 8765
PORTS: Final = 100  # tried one after the other


def free_port(wanted: int | None) -> int:
    """The port that was asked for, or the first free one. Raises ValueError if it is taken."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS) if wanted is None else (wanted,):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((HOST, port))
            except (OSError, OverflowError):
                continue
            return port
    taken = f"port {wanted} is" if wanted is not None else f"the ports from {FIRST_PORT} on are"
    raise ValueError(f"{taken} taken or not allowed; name a free one with --port, from 1024 to 65535")


def serve(scenario: str, port: int, *, browser: bool, ready: Callable[[str], None]) -> None:
    """Serve the page on a scenario until interrupted; `ready` is told the address once it answers."""
    os.environ[OFFERED] = scenario
    os.environ["SOLARA_APP"] = "supplynet.viz.app"
    settings.main.mode = "production"  # no watching of files, no reloading
    settings.telemetry.mixpanel_enable = False
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https")  # this machine needs none
    settings.theme.loader = "plain"
    settings.theme.show_banner = False
    config = uvicorn.Config("solara.server.starlette:app", host=HOST, port=port, log_level="warning")
    server = uvicorn.Server(config)

    def tell() -> None:
        while not server.started:
            time.sleep(0.05)
        ready(f"http://{HOST}:{port}")
        if browser:
            webbrowser.open(f"http://{HOST}:{port}")

    threading.Thread(target=tell, daemon=True).start()
    with suppress(KeyboardInterrupt):  # which is how one stops it
        server.run()
