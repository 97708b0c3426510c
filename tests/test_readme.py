"""What the README and the experiments promise, run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from real_data import real_data
from typer.testing import CliRunner

from supplynet.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_python_of_the_readme_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec", dont_inherit=True), names)
    assert (tmp_path / "flour.png").stat().st_size > 10_000
    flour, calmer = (float(line) for line in capsys.readouterr().out.splitlines()[:2])
    assert calmer < flour


def test_the_rule_of_the_readme_decides_what_it_says() -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    block = next(block for block in blocks("python") if "HalfTheGap" in block)
    exec(compile(block, "README.md", "exec", dont_inherit=True), names)
    import networkx as nx
    import numpy as np

    from supplynet import Scenario, from_graph, run

    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=10.0)
    graph.add_node("shop", ordering=names["HalfTheGap"](40.0), on_hand=40.0)  # type: ignore[operator]
    graph.add_node("source", kind="supplier")
    graph.add_edge("shop", "customer", shipment_lead_time=0)
    graph.add_edge("source", "shop", shipment_lead_time=1)
    record = run(Scenario("half", from_graph(graph), periods=3, start="empty")).record
    # positions after demand: 40 - 10 = 30, then 30 + 5 - 10 = 25, then 25 + 7.5 - 10 = 22.5; half of the gap to 40 is
    assert np.array_equal(record["production_order"][:, 1], [5.0, 7.5, 8.75])


def shell_lines() -> list[str]:
    """The commands of the README, without comments."""
    lines = [line.partition("#")[0].strip() for block in blocks("bash") for line in block.splitlines()]
    return [line for line in lines if line.startswith("supplynet ")]


def test_the_commands_of_the_readme_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(shell_lines()) >= 8
    for line in shell_lines():
        done = CliRunner().invoke(app, shlex.split(line)[1:])
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_ci_runs_the_two_commands_of_the_readme_word_for_word() -> None:
    script = (ROOT / ".ci" / "run").read_text().replace("pip install -q ", "pip install ")
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    install, test = (line for line in lines if line.startswith(("python3", ".venv/bin/pip")))
    assert install in script
    assert script.rstrip().endswith(test)


@pytest.mark.parametrize("name", ["your_own_agent", "supplygraph", "willems_chains", "four_causes"])
def test_an_experiment_that_cannot_leave_its_table_says_so_before_it_begins(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "experiments" / f"{name}.py"), "--quick", "--out", str(tmp_path)],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 2 and not done.stdout
    assert done.stderr.startswith("error: --out ") and "is a folder, must be a file; name one in it" in done.stderr


def test_an_experiment_makes_the_folder_for_its_table(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder" / "out.txt"
    path = ROOT / "experiments" / "your_own_agent.py"
    done = subprocess.run([sys.executable, str(path), "--quick", "--out", str(out)], capture_output=True, cwd=tmp_path)
    assert done.returncode == 0 and out.exists() and out.with_suffix(".png").exists()


@pytest.mark.parametrize("path", sorted((ROOT / "experiments").glob("*.py")), ids=lambda path: path.stem)
def test_every_experiment_runs_small(path: Path, tmp_path: Path) -> None:
    reads = any(sign in path.read_text() for sign in ('"--data"', "asked("))
    data = {"SUPPLYNET_DATA": str(real_data())} if reads else {}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), "--quick", "--out", str(tmp_path / "out.txt")],
        capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **data},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.txt").read_text().count("\n") >= 8
