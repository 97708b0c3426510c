"""Sweeps in the folder of the app: which there are, what is in one, which of its runs to keep, and how to see one."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from supplynet.sweeps.storage import MANIFEST, Folder, read_sweep
from supplynet.sweeps.summary import levers_of, outcomes_of

from ..link import write
from ..within import allowed, seen

DEEP: Final = 3  # folders in folders that are looked into
MOST: Final = 100  # sweeps that are listed
FEW: Final = 12  # values of a lever that are offered one by one; of more, a range
Kept = Mapping[str, tuple[str, ...]]
"""For levers with few values, those to keep, as text; for others least and greatest, "low:high"."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """The runs of a sweep, its levers and outcomes, what its manifest says, and what was wrong with its files."""

    name: str
    runs: pd.DataFrame
    levers: tuple[str, ...]
    outcomes: tuple[str, ...]
    told: Mapping[str, Any]
    warned: tuple[str, ...]

    def few(self) -> dict[str, list[str]]:
        """The values of each lever that has few, as text."""
        found = {lever: sorted(self.runs[lever].dropna().unique().tolist()) for lever in self.levers}
        return {lever: [word(value) for value in values] for lever, values in found.items() if len(values) <= FEW}

    def spans(self) -> dict[str, tuple[float, float]]:
        """Least and greatest value of each lever of numbers that has many."""
        many = [lever for lever in self.levers if lever not in self.few()]
        numbers = [lever for lever in many if pd.api.types.is_numeric_dtype(self.runs[lever])]
        return {lever: (float(self.runs[lever].min()), float(self.runs[lever].max())) for lever in numbers}


def word(value: Any) -> str:
    """A value of a lever as text, which tells all values apart."""
    return f"{value:.12g}" if isinstance(value, (float, np.floating)) else str(value)


def sweeps() -> list[str]:
    """The folders of sweeps in the folder the app was started in; what is hidden or linked is passed over."""
    return sorted(_found(Path(), DEEP))[:MOST]


def _found(folder: Path, deep: int) -> Iterator[str]:
    inside = seen(folder)
    if any(path.name == MANIFEST for path in inside):
        yield f"./{folder.as_posix()}"
    elif deep:
        for path in inside:
            if path.is_dir():
                yield from _found(path, deep - 1)


def open_sweep(name: str) -> Sweep:
    """What is in the folder of a sweep. Raises ValueError for one that lies elsewhere, or is none."""
    path = allowed(name)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        runs = read_sweep(path)
    told = Folder(path).manifest()
    return Sweep(
        name, runs, tuple(levers_of(runs)), tuple(outcomes_of(runs)), told, tuple(str(each.message) for each in said)
    )


def filtered(sweep: Sweep, kept: Kept) -> pd.DataFrame:
    """The runs whose levers have kept values. Raises ValueError that names the lever and what it should be."""
    chosen = np.ones(len(sweep.runs), bool)
    few, spans = sweep.few(), sweep.spans()
    for lever, values in kept.items():
        if lever in few:
            chosen &= sweep.runs[lever].map(word).isin(values).to_numpy()
        elif lever in spans and values:
            low, high = _span(lever, values[0])
            chosen &= sweep.runs[lever].between(low, high).to_numpy()
    return sweep.runs[chosen]


def _span(lever: str, text: str) -> tuple[float, float]:
    ends = text.split(":")
    try:
        low, high = (float(end) for end in ends)
    except ValueError:
        raise ValueError(f"{lever} is {text!r}, must be LOW:HIGH, two numbers; write for example 0.1:0.9") from None
    if not low <= high:
        raise ValueError(f"{lever} is {text!r}, must be LOW:HIGH with LOW <= HIGH; turn them round")
    return low, high


def why_not(sweep: Sweep) -> str:
    """Why the runs of a sweep cannot be opened in Explore; empty where they can."""
    base = sweep.told.get("base")
    if base is None:
        return "this sweep was written by an older version, which did not say how its scenario is made"
    if not sweep.levers and sweep.told["experiment"]["scenarios"] > 1:
        return "this sweep was given scenarios made in Python, which no link can name"
    return ""


def link_of(sweep: Sweep, run: Mapping[str, Any]) -> str:
    """The address that opens a run in Explore; `run` is a row of the runs."""
    base = sweep.told["base"]
    settings = {name: base[name] for name in ("periods", "seed", "warm_up", "start") if name not in sweep.levers}
    levers = {**base["own_levers"], **settings, **base["levers"], **{lever: run[lever] for lever in sweep.levers}}
    given = {lever: value for lever, value in levers.items() if not (isinstance(value, float) and np.isnan(value))}
    parts = {
        "scenario": _scenario(sweep.name, base),
        "set": [f"{lever}={word(value)}" for lever, value in given.items()],
        "disrupt": [str(row) for row in base.get("disruptions", [])],
        "replication": str(int(run["replication"])),
    }
    return f"/?{write(parts)}"


def _scenario(name: str, base: Mapping[str, Any]) -> str:
    """What to open: a name, or where the scenario was read from, as seen from the folder of the app."""
    if "source" not in base:
        return str(base["scenario"])
    path = (Path(name) / base["source"]).resolve()
    root = Path.cwd().resolve()
    return f"./{path.relative_to(root).as_posix()}" if path.is_relative_to(root) else path.as_posix()
