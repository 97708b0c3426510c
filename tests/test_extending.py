"""What the README says of contributing: a rule, a shock, a metric and a page are each one file and one line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import supplynet

PACKAGE = Path(supplynet.__file__).parent
README = (PACKAGE.parent / "README.md").read_text()


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package to which all that the README adds is added, and no more."""
    folder = tmp_path_factory.mktemp("extended")
    shutil.copytree(PACKAGE, folder / "supplynet", ignore=shutil.ignore_patterns("viz"))
    shutil.copytree(PACKAGE.parent / "viz", folder / "supplynet" / "viz", ignore=shutil.ignore_patterns("shots"))
    recipes = README.partition("## Contributing")[2].partition("\n## ")[0].split("\n**A ")[1:]
    assert len(recipes) == 4
    for recipe in recipes:
        new, listed = (place(folder, file) for file in re.findall(r"`((?:supplynet|viz)/[\w/]+\.py)`", recipe))
        content, line = re.findall(r"```(?:py|text)\n(.*?)```", recipe, re.DOTALL)
        assert not new.exists() and line.count("\n") == 1, "one new file, and one line"
        new.write_text(content)
        text = listed.read_text()
        names = re.search(rf"^{re.findall('`([A-Z]+)`|$', recipe)[0] or '.^'}: Final = \(\n", text, re.MULTILINE)
        at = len(text) if names is None else text.index("\n)", names.end()) + 1
        listed.write_text(text[:at] + line + text[at:])
    return folder


def place(folder: Path, file: str) -> Path:
    return folder / file if file.startswith("supplynet/") else folder / "supplynet" / file


def said(folder: Path, *words: str) -> str:
    """What the extended package prints."""
    known = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NUMBA_DISABLE_JIT": "1"}  # or it compiles anew
    done = subprocess.run([sys.executable, *words], cwd=folder, env=known, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_a_rule_a_shock_and_a_metric_are_known_by_name_where_they_were_added(extended: Path) -> None:
    levers = ("--set", "mill.ordering=half_the_gap(40)", "--disrupt", "mill,capacity_factor,night_shift(1),10,4")
    told = json.loads(said(extended, "-m", "supplynet.cli", "run", "flour-2020", *levers, "--json", "--out", "run"))
    nodes = pd.read_parquet(extended / "run" / "nodes.parquet")
    assert told["outcomes"]["leanest_day"] == pytest.approx(nodes.groupby("period")["on_hand"].sum().min(), rel=1e-12)
    made = nodes.query("node == 'mill'")["production"].to_numpy()
    assert made[[12, 14]].tolist() == [0.0, 0.0]  # a period later, what was not begun in odd ones


DECIDED = """
import numpy as np
from supplynet import load, run, sweep, vary
scenario = load("flour-2020").with_lever("mill.ordering", "half_the_gap(40)")
record, mill = run(scenario).record, scenario.network.names.index("mill")
gap = 40.0 - record["inventory_position"][:, mill]
assert np.array_equal(record["production_order"][:, mill], np.maximum(gap / 2.0, 0.0)) and (gap > 0.0).any()
print(sweep(vary(scenario, window=(4, 8)), 1, outcomes=("leanest_day",))["leanest_day"].notna().sum())
"""


def test_a_rule_decides_by_its_formula_and_a_metric_is_swept(extended: Path) -> None:
    assert "half_the_gap" in said(extended, "-m", "supplynet.cli", "rules")
    assert said(extended, "-c", DECIDED).strip() == "2"


def test_a_page_is_served_by_its_name(extended: Path) -> None:
    code = (
        "import solara; from supplynet.viz.app import routes; route = routes[-1];"
        "box, rc = solara.render(route.component(), handle_error=False);"
        "print(route.path, route.label, 'ready-made' in str(rc.find().widgets))"
    )
    assert said(extended, "-c", code).split()[:2] == ["hello", "Hello"]
