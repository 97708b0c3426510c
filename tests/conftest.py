"""Fixtures that several tests share."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from supplynet import plot


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder to run the shell command in, without its picture, which test_plot has."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(plot, "overview", lambda result: Figure(figsize=(1, 1)))
    return tmp_path
