"""The architecture, kept: who may import whom, how long a file may be, and what an import costs."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "supplynet"
FLOORS = (
    ("schema", "randomness", "topologies", "checks", "ranges", "disruptions", "addresses", "files"),
    ("network", "coded", "graphs", "layout", "state", "opening", "schedule"),
    (
        "compiled",
        "windows",
        "distributions",
        "demand",
        "processes",
        "policies.parameters",
        "policies.contract",
        "policies.forecasts",
        "policies.containers",
        "policies.lanes",
    ),
    ("policies", "phases", "signals"),
    (
        "rule_checks",
        "shock_checks",
        "unstable",
        "prepare",
        "lower",
        "luck",
        "shocks",
        "binding",
        "engine",
        "record",
        "balance",
        "metrics",
        "outcomes",
        "batch",
        "finance",
        "business",
        "reference",
        "reference_parts",
        "firms",
        "losses",
        "ripples",
    ),
    ("rule_levers", "levers", "damage", "scenario", "readers", "fingerprint"),
    (
        "scenarios",
        "saving",
        "watching",
        "sweeps",
        "comparison",
        "sensitivity",
        "executors",
        "trade",
        "risk",
        "risk_cascade",
    ),
    ("views", "rows", "agents", "model"),
    (
        "plot",
        "words",
        "shell",
    ),
    ("viz", "cli"),
)
HEAVY = {
    "numba": 2, "scipy": 2, "pandas": 5, "pyarrow": 5, "tomli_w": 5, "matplotlib": 8, "typer": 8, "rich": 8,
    "SALib": 6, "dask": 6, "distributed": 6, "mesa": 7, "solara": 9, "reacton": 9, "uvicorn": 9,
}  # fmt: skip
"""The lowest floor that may import each library."""


def modules() -> dict[str, Path]:
    """Every module of the package by its name inside the package."""
    found = {}
    for path in (*sorted(PACKAGE.rglob("*.py")), *sorted((ROOT / "viz").rglob("*.py"))):
        folder = PACKAGE if path.is_relative_to(PACKAGE) else ROOT  # viz/ is shipped as supplynet.viz
        name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        found[name] = path
    found.pop("__init__")
    return found


def floor_of(module: str) -> int:
    """The floor of a module: that of its longest listed prefix."""
    best, floor = -1, None
    for number, names in enumerate(FLOORS):
        for name in names:
            if (module == name or module.startswith(f"{name}.")) and len(name) > best:
                best, floor = len(name), number
    assert floor is not None, f"{module} stands on no floor; add it to FLOORS"
    return floor


def imports(path: Path) -> set[str]:
    """What a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:  # only viz imports relatively
                above = path.relative_to(ROOT).parts[: -node.level]
                module = ".".join(filter(None, ("supplynet", *above, node.module)))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_from_its_own_floor_or_lower_ones(module: str) -> None:
    known = modules()
    for imported in imports(known[module]):
        if imported.startswith("supplynet."):
            inner = imported.removeprefix("supplynet.")
            if inner in known:
                assert floor_of(inner) <= floor_of(module), f"{module} imports {inner} from a higher floor"


@pytest.mark.parametrize("module", modules())
def test_a_heavy_library_is_imported_only_from_its_floor_on(module: str) -> None:
    for imported in imports(modules()[module]):
        lowest = HEAVY.get(imported.partition(".")[0], 0)
        assert floor_of(module) >= lowest, f"{module} imports {imported}"


def test_phases_do_not_import_each_other_and_rules_neither() -> None:
    for module, path in modules().items():
        families = (f"policies.{family}." for family in ("ordering", "input", "allocation", "sourcing"))
        for family in ("phases.", *families):
            if module.startswith(family):
                siblings = {name for name in imports(path) if name.startswith(f"supplynet.{family}")}
                assert not siblings, f"{module} imports {siblings}"


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = {
        module: {name.removeprefix("supplynet.") for name in imports(path)} & set(modules())
        for module, path in modules().items()
    }
    done: set[str] = set()
    while ready := {module for module in graph if module not in done and graph[module] - {module} <= done}:
        done |= ready
    assert done == set(graph), f"circle among {sorted(set(graph) - done)}"


def test_viz_reads_results_and_never_the_engine_and_only_it_knows_solara() -> None:
    engine = {"engine", "lower", "binding", "state", "layout", "luck", "phases", "compiled", "schedule"}
    for module, path in modules().items():
        inner = {name.removeprefix("supplynet.").partition(".")[0] for name in imports(path)}
        if module.startswith("viz"):
            assert not inner & engine, f"{module} imports {inner & engine}"
        else:
            assert not inner & {"solara", "reacton", "uvicorn"}, module


def test_every_package_is_shipped() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = {".".join(path.parent.relative_to(ROOT).parts) for path in PACKAGE.rglob("__init__.py")}
    pages = {".".join(("supplynet", *path.parent.relative_to(ROOT).parts)) for path in (ROOT / "viz").rglob("*.py")}
    assert set(told["packages"]) == packages | pages
    kinds = {path.suffix for path in (ROOT / "viz").rglob("*") if path.suffix not in (".py", ".pyc", ".png", "")}
    asked = {f"{folder}*{kind}" for kind in kinds for folder in ("", "*/")}
    assert set(told["package-data"]["supplynet.viz"]) == asked


def test_no_file_is_longer_than_300_lines_and_the_engine_stays_under_150() -> None:
    for folder in ("supplynet", "experiments", "tests", "viz"):
        for path in (ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 300, path
    assert len((PACKAGE / "engine.py").read_text().splitlines()) < 150


def test_import_is_lazy() -> None:
    heavy = ("numba", "pandas", "scipy", "matplotlib", "mesa")
    code = f"import sys, supplynet; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
