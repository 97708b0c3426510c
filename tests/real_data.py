"""The folder of real data, which is shared beside the repository and not part of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "shared" / "data"


def real_data() -> Path:
    """The folder of real data; without it a test is skipped, in CI it fails."""
    if not FOLDER.is_dir():
        reason = f"real data are not there: {FOLDER}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return FOLDER
