"""Fixtures that several tests share."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest
from matplotlib.figure import Figure

from supplynet import plot

WITHOUT_APP = find_spec("solara") is None and os.environ.get("CI") != "true"  # in CI, what is missing must fail
collect_ignore_glob = ["test_viz*.py", "test_game.py", "browser/*"] if WITHOUT_APP else []


def pytest_report_header() -> str:
    """Say what is left out."""
    return 'without the tests of the app, which need: pip install -e ".[test]"' if WITHOUT_APP else ""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to run the shell command in, without its picture, which test_plot has."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(plot, "overview", lambda result: Figure(figsize=(1, 1)))
    return tmp_path
