"""A run as files: its periods by node and by lane, what it comes to, and how to run it again."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet import __version__
from supplynet.outcomes import MEASURES, tiers
from supplynet.scenario import SETTINGS, Result
from supplynet.scenarios import fingerprint
from supplynet.schema import KINDS

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
Writer = Callable[[Path], Any]
ON_LANES: Final = ("order", "booked", "shipment", "lane_backlog", "cancelled", "input_stock", "on_order")


def summary(result: Result) -> dict[str, Any]:
    """What a run comes to as one plain object, ready for JSON: what is undefined, or was not kept, is None.

    Raises nothing. Units: those of `outcomes`; a node that serves nobody has tier None.
    """
    scenario, network = result.scenario, result.scenario.network
    measures, tier, kind = result.measures, tiers(network), network.node["kind"]
    return {
        "scenario": scenario.name,
        "seed": int(scenario.seed),
        "periods": int(scenario.periods),
        "outcomes": {name: _number(value) for name, value in result.outcomes.items()},
        "nodes": {
            name: {
                "kind": KINDS[kind[row]],
                "tier": None if tier[row] < 0 else int(tier[row]),
                **{measure: _number(measures[measure][row]) for measure in MEASURES},
            }
            for row, name in enumerate(network.names)
        },
    }


def _number(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def to_json(result: Result) -> str:
    """The summary as one line of strict JSON."""
    return json.dumps(summary(result), allow_nan=False)


def check_folder(folder: Path) -> None:
    """Make sure that files can be written to a folder, or that it can be made. Raises OSError that says why not."""
    there = folder
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        raise NotADirectoryError(f"folder {str(folder)!r}: {str(there)!r} is a file, must be a folder; choose another")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as fault:
        raise PermissionError(
            f"folder {str(folder)!r} cannot be written to ({fault.strerror}); choose another, or change its permissions"
        ) from None


def save(result: Result, folder: str | Path) -> Path:
    """Write nodes.parquet, lanes.parquet, outcomes.json and scenario.toml to a folder, all of them or none.

    Where only sums were kept, nodes.parquet has a row per period and label; lanes.parquet is written where lanes were
    kept. Raises OSError if the folder cannot be written to.
    """
    check_folder(Path(folder))
    write_together(files_of(result, Path(folder)))
    return Path(folder)


def files_of(result: Result, folder: Path) -> dict[Path, Writer | None]:
    """The files of a run, and who writes each; None for one that is not to be there."""
    lanes = not result.record.summed and any(key in result.record for key in ON_LANES)
    return {
        folder / "nodes.parquet": lambda path: _write_table(result.table(), path),
        folder / "lanes.parquet": (lambda path: _write_table(result.lanes_table(), path)) if lanes else None,
        folder / "outcomes.json": lambda path: path.write_text(to_json(result) + "\n", encoding="utf-8"),
        folder / "scenario.toml": lambda path: path.write_text(_recipe(result), encoding="utf-8"),
    }


def write_together(files: Mapping[Path, Writer | None]) -> None:
    """Write files under temporary names beside their own, which they get only when all are whole.

    Folders are made. Raises OSError if one cannot be written.
    """
    hidden = {path: path.with_name(f".{os.getpid()}.{path.name}") for path in files}
    try:
        for path, write in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if write is not None:
                write(hidden[path])
        for path, write in files.items():
            if write is None:
                path.unlink(missing_ok=True)
            else:
                os.replace(hidden[path], path)
    finally:
        for path in hidden.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, engine="pyarrow", index=False)


def _recipe(result: Result) -> str:
    """The text of scenario.toml."""
    import tomli_w

    scenario = result.scenario
    recipe = {
        "supplynet": __version__,
        "scenario": scenario.name,
        **{name: _plain(getattr(scenario, name)) for name in SETTINGS},
        "replication": int(result.record.union.cases[0].replications[0]),
        "network": fingerprint(scenario.network),
        "own_levers": {name: _plain(value) for name, value in scenario.own_levers.items()},
        "levers": {name: _plain(value) for name, value in scenario.levers.items()},
    }
    return (
        f"# run it again: supplynet run scenario.toml; `network` tells whether it is the same\n{tomli_w.dumps(recipe)}"
    )


def _plain(value: Any) -> Any:
    """A value as TOML knows it; an object becomes a text, with which the file says that it cannot be run again."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, (bool, int, float, str)) else repr(value)
