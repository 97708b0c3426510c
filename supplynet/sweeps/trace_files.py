"""Reading the traces of a sweep: the columns, scenarios and replications that are asked for, not all there is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from supplynet.checks import fail, nearest
from supplynet.sweeps.storage import Folder
from supplynet.sweeps.table import joined
from supplynet.sweeps.traces import FIXED

if TYPE_CHECKING:
    import pandas as pd


def read_traces(
    path: str | Path,
    columns: str | Sequence[str] | None = None,
    *,
    scenarios: Iterable[int] | None = None,
    replications: Iterable[int] | None = None,
) -> pd.DataFrame:
    """The traces that are in the folder of a sweep: a row for each run and kept period, a column for each place.

    columns: which, by their names, `shop.on_hand`, or those of all places, `on_hand` (default: all); scenarios,
    replications: of which, by their numbers (default: all); nothing else is read. Values are nan where a run failed,
    or its network has no such place.
    Warns of blocks that are missing or broken. Raises ValueError if there are no traces, or none of those.
    """
    import pyarrow as pa

    folder = Folder(Path(path))
    experiment = folder.manifest()["experiment"]
    if experiment.get("traces") is None:
        raise ValueError(
            f"folder {str(path)!r} holds no traces; sweep into a new folder with traces=Traces(...), or --trace"
        )
    there = folder.there("runs", "traces")
    chosen = list(_chosen([columns] if isinstance(columns, str) else columns, _names(folder, there)))
    schema = pa.schema([*((name, pa.int64()) for name in FIXED), *((name, pa.float64()) for name in chosen)])
    rows = [
        (name, "in", [int(number) for number in asked])
        for name, asked in (("scenario", scenarios), ("replication", replications))
        if asked is not None
    ]
    tables = folder.tables(there, "traces", schema=schema, filters=rows or None)
    return joined(tables, schema)


def _names(folder: Folder, numbers: Iterable[int]) -> list[str]:
    """The traces that are in the files of some blocks; networks may differ from block to block."""
    import pyarrow.parquet as pq

    names: dict[str, None] = {}
    for number in numbers:
        with suppress(Exception):  # a broken file is told of where it is read
            names |= dict.fromkeys(pq.read_schema(folder.file(number, "traces")).names)
    return [name for name in names if name not in FIXED]


def _chosen(asked: Sequence[str] | None, known: Sequence[str]) -> dict[str, None]:
    """The traces that are asked for, one by one or all places of a column. Raises ValueError that names the others."""
    if asked is None:
        return dict.fromkeys(known)
    chosen: dict[str, None] = {}
    problems = []
    for column in asked:
        found = [name for name in known if column in (name, name.rpartition(".")[2])]
        if not found:
            keys = dict.fromkeys(name.rpartition(".")[2] for name in known)
            problems.append(f"trace {column!r} was not kept; {nearest(column, [*keys, *known], shown=12)}")
        chosen |= dict.fromkeys(found)
    if problems:
        fail(problems)
    return chosen
