"""A run as files: its periods by node and by lane, what it comes to, and how to run it again."""

from __future__ import annotations

import json
import math
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from supplynet import __version__
from supplynet.damage import Damage
from supplynet.disruptions import Disruption
from supplynet.files import Writer, check_folder, write_together
from supplynet.fingerprint import fingerprint
from supplynet.network import tiers_of
from supplynet.outcomes.measures import MEASURES
from supplynet.readers.events import write_disruption
from supplynet.readers.folder import is_folder_of_tables
from supplynet.scenario import LANE_TABLE, SETTINGS, Result, Scenario
from supplynet.schema import KINDS

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]


def summary(result: Result) -> dict[str, Any]:
    """What a run comes to as one plain object, ready for JSON: what is undefined, or was not kept, is None.

    Raises nothing. Units: those of `outcomes`; a node that serves nobody has tier None. `damage` is there where
    something strikes; times that never come are None.
    """
    scenario, network = result.scenario, result.scenario.network
    measures, tier, kind = result.measures, tiers_of(network), network.node["kind"]
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
        **({"damage": _damage(result)} if network.disruptions else {}),
    }


def _damage(result: Result) -> dict[str, Any]:
    """What the disruptions did: totals, by period, tier and node; or what is left out, and why."""
    try:
        damage = result.damage
    except ValueError as fault:
        return {"left_out": str(fault)}
    totals = ("direct_loss", "indirect_loss", "value_added_lost")
    return {
        "unit": damage.unit,
        **{name: _number(getattr(damage, name)) for name in totals},
        "periods": _records(damage.periods),
        "tiers": _records(damage.tiers),
        "nodes": {str(row.pop("node")): row for row in _records(damage.nodes)},
        "left_out": damage.left_out,
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as JSON knows them."""
    return [
        {name: _number(value) if isinstance(value, float) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _number(value: Any) -> float | None:
    return float(value) if math.isfinite(value) else None


def to_json(result: Result) -> str:
    """The summary as one line of strict JSON."""
    return json.dumps(summary(result), allow_nan=False)


def check_out(folder: Path) -> None:
    """Make sure that a run can be saved in a folder.

    Raises OSError that says why not, ValueError if the tables of a network are in it.
    """
    check_folder(folder)
    if is_folder_of_tables(folder):
        raise ValueError(
            f"folder {str(folder)!r} holds the tables of a network, and a run would overwrite their scenario.toml; "
            "choose another"
        )


def save(result: Result, folder: str | Path) -> Path:
    """Write nodes.parquet, lanes.parquet, outcomes.json and scenario.toml to a folder, all of them or none.

    Where only sums were kept, nodes.parquet has a row per period and label; lanes.parquet is written where lanes were
    kept, damage.parquet (a row for each node) and shortages.parquet where something strikes and the record tells.
    Raises OSError if the folder cannot be written to, ValueError if it holds the tables of a network.
    """
    check_out(Path(folder))
    write_together(files_of(result, Path(folder)))
    return Path(folder)


def files_of(result: Result, folder: Path) -> dict[Path, Writer | None]:
    """The files of a run, and who writes each; None for one that is not to be there."""
    lanes = not result.record.summed and any(key in result.record for key in LANE_TABLE)
    damage = _damage_if_told(result)
    return {
        folder / "nodes.parquet": lambda path: _write_table(result.table(), path),
        folder / "lanes.parquet": (lambda path: _write_table(result.lanes_table(), path)) if lanes else None,
        folder / "damage.parquet": None if damage is None else partial(_write_table, damage.nodes),
        folder / "shortages.parquet": (
            None if damage is None or not damage.tells_causes else partial(_write_table, damage.shortages_table())
        ),
        folder / "outcomes.json": lambda path: path.write_text(to_json(result) + "\n", encoding="utf-8"),
        folder / "scenario.toml": lambda path: path.write_text(_recipe(result, folder), encoding="utf-8"),
    }


def _damage_if_told(result: Result) -> Damage | None:
    if not result.scenario.network.disruptions:
        return None
    try:
        return result.damage
    except ValueError:  # the record holds too little, which outcomes.json says
        return None


def _write_table(table: pd.DataFrame, path: Path) -> None:
    table.to_parquet(path, engine="pyarrow", index=False)


def _recipe(result: Result, folder: Path) -> str:
    """The text of the scenario.toml in a folder; it names what the scenario was read from as seen from there."""
    import tomli_w

    played = {"replication": int(result.record.union.cases[0].replications[0])}
    recipe = {"supplynet": __version__, **played, **how_made(result.scenario, folder)}
    return (
        f"# run it again: supplynet run scenario.toml; `network` tells whether it is the same\n{tomli_w.dumps(recipe)}"
    )


def how_made(scenario: Scenario, folder: Path) -> dict[str, Any]:
    """How to make a scenario again, as plain values for a file in a folder; its source is told as seen from there."""
    return {
        "scenario": scenario.name,
        **({} if scenario.source is None else {"source": _seen_from(folder, scenario.source)}),
        **{name: _plain(getattr(scenario, name)) for name in SETTINGS},
        "network": fingerprint(scenario.network),
        **({"disruptions": [_line(event) for event in scenario.strikes]} if scenario.strikes else {}),
        "own_levers": {name: _plain(value) for name, value in scenario.own_levers.items()},
        "levers": {name: _plain(value) for name, value in scenario.levers.items()},
    }


def _seen_from(folder: Path, source: Path) -> str:
    try:
        return Path(os.path.relpath(source.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return source.resolve().as_posix()


def _line(event: Disruption) -> str:
    try:
        return write_disruption(event)
    except ValueError:  # a process of one's own
        return repr(event)


def _plain(value: Any) -> Any:
    """A value as TOML knows it; an object becomes a text, with which the file says that it cannot be run again."""
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, (bool, int, float, str)) else repr(value)
