"""The shell command in a folder of its own, for the tests that run it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from supplynet import cli


def shell(*words: str):
    return CliRunner().invoke(cli.app, list(words))


def one_object(text: str):
    def forbidden(constant: str):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=forbidden)


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
