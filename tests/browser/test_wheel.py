"""The wheel, alone in an environment of its own: the app starts from it, and its page draws."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from looking import colours, pixels
from serving import serving

import supplynet

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that has the wheel, and the libraries of this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    found = folder / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(found), "install", "-q", "--no-deps", str(wheel)], check=True
    )
    packages = next(folder.glob("lib/python*/site-packages"))
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "libraries.pth").write_text("\n".join(libraries) + "\n")
    for name in ("share", "etc"):  # what the libraries serve
        (folder / name).symlink_to(Path(sys.prefix) / name)
    return found


@pytest.fixture(scope="module")
def address(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("elsewhere"), str(python), "-m", "supplynet.cli") as at:
        yield at


def test_everything_that_a_page_needs_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    for path in (*(ROOT / "viz").rglob("*"), *(ROOT / "supplynet").rglob("*")):
        if path.suffix in (".py", ".vue", ".css", ".md"):
            folder = Path() if path.is_relative_to(ROOT / "supplynet") else Path("supplynet")
            assert (folder / path.relative_to(ROOT)).as_posix() in packed


def test_the_app_of_the_wheel_starts_elsewhere_and_draws(python: Path, visit) -> None:
    where = subprocess.run(
        [str(python), "-c", "import supplynet.viz.app; print(supplynet.viz.__file__)"],
        capture_output=True, text=True, check=True, cwd="/", env={**os.environ, "PYTHONPATH": ""},
    ).stdout  # fmt: skip
    assert Path(where).is_relative_to(python.parents[1]) and not Path(where).is_relative_to(Path(supplynet.__file__))
    page = visit()
    assert colours(pixels(page, "canvas")) > 20 and "flour-2020" in page.title()
