"""What an extra brings, for the tests that need it."""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest


def extra(module: str) -> ModuleType | Any:
    """A module of an extra; without it the tests of a file are skipped, in CI they fail."""
    return import_module(module) if os.environ.get("CI") == "true" else pytest.importorskip(module)
