"""scenario.toml beside the tables: how long to run, from which start, and what holds for whole kinds of nodes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from supplynet.checks import nearest
from supplynet.demand import as_process
from supplynet.network import RULES, Network, from_columns
from supplynet.policies.catalogue import read_rule
from supplynet.readers.columns import read_columns
from supplynet.readers.rules import parameter_names, read_demand
from supplynet.readers.tables import Findings, Table, read_text
from supplynet.scenario import SETTINGS, Scenario
from supplynet.schema import KINDS, inputs, lane_inputs

TEXTS: Final = ("name", "about", "hint")
KEYS: Final = (*TEXTS, *SETTINGS, "allocation", "defaults")
PLACES: Final = (*KINDS, "lane")
FOR_NODES: Final = tuple(name for name in inputs("node") if name not in ("kind", "product"))


@dataclass(slots=True)
class Settings:
    """What scenario.toml says: a scenario that lacks its network; the defaults, as cells, of each kind and of lanes.

    where: the file; says_periods: whether it says how many periods to play.
    """

    scenario: Scenario
    where: str
    says_periods: bool
    defaults: dict[str, dict[str, str]] = field(default_factory=dict)

    def rules_of(self, kind: str) -> dict[str, str]:
        """What the rules of a kind of node and their parameters are where its row does not say."""
        return {name: cell for name, cell in self.defaults.get(kind, {}).items() if name not in FOR_NODES}


def read_settings(path: Path, findings: Findings) -> Settings:
    """The settings in a file, or the usual ones where there is none. Problems go to the findings."""
    name = path.resolve().parent.name
    text = read_text(path, findings) if path.exists() else ""
    try:
        read = tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        findings.problems.append(f"{path} is not TOML ({fault}); mend it: texts in quotes, numbers with a point")
        read = {}
    return settings_of(read, path, name, findings)


def settings_of(read: dict[str, Any], path: Path, name: str, findings: Findings) -> Settings:
    """The settings that a file says by the keys of scenario.toml; `name` is the scenario's where it says none."""
    for key in read:
        if key not in KEYS:
            findings.problems.append(f"{path}: {key!r} is not a key; {nearest(key, KEYS)}")
    for key in (*TEXTS, "allocation"):
        if not isinstance(read.get(key, ""), str):
            findings.problems.append(f"{path}: {key} is {read.pop(key)!r}, must be a text; put it in quotes")
    if not read.get("name", name) or set(read.get("name", name)) & set("/\\"):
        findings.problems.append(f"{path}: name is {read.pop('name')!r}, must be a text without / and \\; mend it")
    given: dict[str, Any] = {key: read[key] for key in (*TEXTS, *SETTINGS) if key in read}
    settings = Settings(_scenario(path, {"name": name, **given}, findings), str(path), "periods" in given)
    allocation = read.get("allocation")
    if allocation and _check_rule(str(path), "allocation", {"allocation": allocation}, findings):
        settings.defaults = {kind: {"allocation": allocation} for kind in KINDS if kind != "customer"}
    defaults = read.get("defaults", {})
    if not isinstance(defaults, dict):
        findings.problems.append(f"{path}: defaults is {defaults!r}, must be tables; write [defaults.factory]")
        defaults = {}
    for place, columns in defaults.items():
        if place not in PLACES or not isinstance(columns, dict):
            findings.problems.append(
                f"{path}: [defaults.{place}] is not a kind of node; {nearest(place, PLACES)} "
                "(below [defaults.factory] stands what holds for factories)"
            )
        else:
            own = _defaults(str(path), place, columns, findings)
            settings.defaults[place] = settings.defaults.get(place, {}) | own
    return settings


def _scenario(path: Path, given: dict[str, Any], findings: Findings) -> Scenario:
    """A scenario with these settings and hardly a network; each setting that cannot be is a problem, and left out."""
    while True:
        try:
            return Scenario(network=_hardly_any(), **given)
        except (TypeError, ValueError) as fault:
            wrong = next(key for key in SETTINGS if f": {key} is" in str(fault))
            findings.problems.append(f"{path}: {str(fault).partition(': ')[2]}")
            del given[wrong]


def _hardly_any() -> Network:
    return from_columns(["source"], [], [], node={"kind": ["supplier"]})


def _defaults(where: str, place: str, columns: Mapping[str, Any], findings: Findings) -> dict[str, str]:
    """The defaults of one kind as cells, without those that cannot be."""
    label = f"[defaults.{place}]"
    schema = lane_inputs() if place == "lane" else {name: inputs("node")[name] for name in FOR_NODES}
    known = list(schema) if place == "lane" else [*schema, *RULES, *parameter_names()]
    cells = {}
    for name, value in columns.items():
        if name not in known:
            findings.problems.append(f"{where} {label}: {name!r} is not known; {nearest(name, known, shown=20)}")
        elif isinstance(value, (dict, list)) and name != "quantities":
            findings.problems.append(f"{where} {label}: {name} is {value!r}, must be a number or a text; mend it")
        else:
            cells[name] = value if isinstance(value, str) else str(value).strip("[]")
    wrong: set[str] = set()
    for name in cells:
        if name in schema:
            alone = Table(where, {name: [cells[name]]}, [0])
            before = len(findings.problems)
            read_columns(alone, {name: schema[name]}, [label], findings, lambda _: None)
            wrong |= {name} if len(findings.problems) > before else set()
        elif name in RULES and not _check_rule(f"{where} {label}", name, cells, findings):
            wrong.add(name)
    return {name: cell for name, cell in cells.items() if name not in wrong}


def _check_rule(where: str, column: str, cells: Mapping[str, str], findings: Findings) -> bool:
    """Whether a rule, or a demand, can be read; parameters that it still lacks may stand in the rows."""
    try:
        if column != "demand":
            read_rule(cells[column], column, cells)
        elif cells[column] != "trace":  # whose quantities are in demand.csv
            as_process(read_demand(cells[column], cells))
    except (TypeError, ValueError) as fault:
        if " needs " not in str(fault):
            findings.problems.append(f"{where}: {column}: {fault}")
            return False
    return True
