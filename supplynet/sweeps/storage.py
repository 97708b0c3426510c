"""A sweep as a folder: a manifest that says which experiment it is, and one Parquet file for each finished block."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from supplynet import __version__
from supplynet.checks import fail
from supplynet.files import check_folder
from supplynet.fingerprint import fingerprint
from supplynet.saving import how_made
from supplynet.scenario import SETTINGS, Scenario
from supplynet.sweeps.blocks import Block
from supplynet.sweeps.design import Design, words_of
from supplynet.sweeps.outcomes import Outcome, Outcomes, name_of
from supplynet.sweeps.table import joined
from supplynet.sweeps.traces import Traces

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

MANIFEST: Final = "sweep.json"
SHOWN: Final = 8  # values of a lever that the manifest tells in full


def describe(
    design: Design, replications: Sequence[int], outcomes: Outcomes, traces: Traces | None, n_blocks: int
) -> dict[str, Any]:
    """All that decides what a sweep comes to, as plain values; two sweeps are one experiment if these are equal."""
    base = design.base or design.given[0]
    described = {
        "supplynet": __version__,
        "scenario": base.name,
        "network": _networks(design),
        **{name: int(value) if name != "start" else value for name, value in _settings(base).items()},
        "scenarios": len(design),
        "levers": {lever: _told(list(words_of(values))) for lever, values in design.levers.items()},
        "replications": _told(list(replications)),
        "outcomes": [_code_of(outcome) for outcome in outcomes.asked],
        "traces": None if traces is None else asdict(traces),
        "blocks": n_blocks,
    }
    plain: dict[str, Any] = json.loads(json.dumps(described, default=repr))
    return plain


class Folder:
    """The folder of a sweep."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, experiment: dict[str, Any], base: Scenario) -> None:
        """Make the folder that of this experiment, or make sure that it is; `base` is what its levers are set on.

        Raises ValueError that says what differs, or if the folder holds something else.
        """
        check_folder(self.path)
        self.path.mkdir(parents=True, exist_ok=True)
        if not (self.path / MANIFEST).exists():
            if strangers := [each.name for each in self.path.iterdir() if not each.name.startswith(".")]:
                raise ValueError(
                    f"folder {str(self.path)!r} holds {min(strangers)!r} and is not that of a sweep; choose another"
                )
            made = {
                "python": platform.python_version(),
                "numpy": np.__version__,
                "machine": platform.machine(),
                "seed_entropy": base.seed,
                "git_commit": _commit(),
            }
            told = {"experiment": experiment, "made_with": made, "base": how_made(base, self.path)}
            hidden = self.path / f".{os.getpid()}.{MANIFEST}"
            hidden.write_text(json.dumps(told, indent=1) + "\n")
            with suppress(FileExistsError):  # another shard was quicker; its manifest is compared below
                os.link(hidden, self.path / MANIFEST)
            hidden.unlink()
        there = self.manifest()["experiment"]
        problems = [
            f"folder {str(self.path)!r} holds another experiment: {key} is {_short(there.get(key))} there, "
            f"and {_short(experiment.get(key))} now; choose another folder"
            for key in {**there, **experiment}
            if there.get(key) != experiment.get(key)
        ]
        if problems:
            fail(problems)

    def manifest(self) -> dict[str, Any]:
        """What the folder says of its sweep. Raises ValueError if it is not that of a sweep."""
        path = self.path / MANIFEST
        if not path.exists():
            raise ValueError(
                f"folder {str(self.path)!r} has no {MANIFEST}, so it holds no sweep; name one that "
                "`supplynet sweep --out` wrote"
            )
        try:
            told: dict[str, Any] = json.loads(path.read_text())
            told["experiment"]["blocks"]
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{str(path)!r} is broken; delete it, and run the sweep into a new folder") from None
        return told

    def file(self, number: int, kind: str = "runs") -> Path:
        return self.path / f"{kind}-{number:06d}.parquet"

    def finished(self, blocks: Sequence[Block], traces: Traces | None = None) -> set[int]:
        """Which blocks are whole; broken files are warned of and will be written again, left-overs are cleared."""
        whole = set()
        for block in blocks:
            for left in self.path.glob(f".*-{block.number:06d}.parquet"):
                left.unlink(missing_ok=True)
            rows = {"runs": block.n_runs}
            if traces is not None:
                rows["traces"] = block.n_runs * len(traces.kept(block.periods))
            if all(self._is_whole(self.file(block.number, kind), n_rows) for kind, n_rows in rows.items()):
                whole.add(block.number)
        return whole

    def save(self, number: int, table: pa.Table, traced: pa.Table | None = None) -> None:
        """Write a block whole or not at all: its traces first, for its runs say that it is finished. Raises OSError."""
        if traced is not None:
            self._write(traced, self.file(number, "traces"))
        self._write(table, self.file(number))

    def tables(self, numbers: Sequence[int], kind: str = "runs", **asked: Any) -> Iterator[pa.Table]:
        """Those blocks that are there, in order; broken ones are warned of and left out.

        asked: which rows and columns, as for pyarrow.parquet.read_table.
        """
        import pyarrow.parquet as pq

        for number in numbers:
            file = self.file(number, kind)
            if file.exists():
                try:
                    yield pq.read_table(file, page_checksum_verification=True, **asked)
                except Exception as fault:
                    warnings.warn(
                        f"file {str(file)!r} is broken ({fault}) and left out; delete it, and run the sweep again to "
                        "mend it",
                        stacklevel=2,
                    )

    def there(self, *kinds: str) -> list[int]:
        """The blocks of which all these files are there; warns of the others. Raises ValueError if there are none."""
        n_blocks = self.manifest()["experiment"]["blocks"]
        there = [number for number in range(n_blocks) if all(self.file(number, kind).exists() for kind in kinds)]
        if not there:
            raise ValueError(
                f"folder {str(self.path)!r} has no finished block yet; run the sweep again to go on with it"
            )
        if len(there) < n_blocks:
            warnings.warn(
                f"folder {str(self.path)!r} lacks {n_blocks - len(there):,} of {n_blocks:,} blocks; run the sweep "
                "again to go on with it",
                stacklevel=3,
            )
        return there

    def _is_whole(self, file: Path, n_rows: int) -> bool:
        """Whether a file has so many rows; warns if it is broken."""
        import pyarrow.parquet as pq

        if not file.exists():
            return False
        try:
            found, why = pq.read_metadata(file).num_rows, ""
        except Exception as fault:
            found, why = -1, f" ({fault})"
        if found != n_rows:
            warnings.warn(f"file {str(file)!r} is broken{why}; its runs are played again", stacklevel=3)
        return bool(found == n_rows)

    def _write(self, table: pa.Table, file: Path) -> None:
        import pyarrow.parquet as pq

        hidden = self.path / f".{os.getpid()}.{file.name}"
        try:
            pq.write_table(table, hidden, write_page_checksum=True)
            os.replace(hidden, file)
        finally:
            hidden.unlink(missing_ok=True)


def read_sweep(path: str | Path) -> pd.DataFrame:
    """The runs that are in the folder of a sweep, a row each, from all its shards.

    Warns of blocks that are missing or broken. Raises ValueError if the folder is not that of a sweep.
    """
    folder = Folder(Path(path))
    tables = list(folder.tables(folder.there("runs")))
    if not tables:
        raise ValueError(f"folder {str(path)!r} has no finished block that can be read; run the sweep again to mend it")
    return joined(tables, tables[0].schema)


def _settings(scenario: Scenario) -> dict[str, Any]:
    return {name: getattr(scenario, name) for name in SETTINGS}


def _networks(design: Design) -> str:
    """A digest of the networks: of the base, which the levers change, or of all that were given and their settings."""
    if design.base is not None:
        return fingerprint(design.base.network)
    each = [(fingerprint(scenario.network), repr(_settings(scenario))) for scenario in design.given]
    return hashlib.sha256(repr(each).encode()).hexdigest()


def _told(values: list[Any]) -> list[Any]:
    """Some values, or of many the first, the last, how many, and a digest of them all."""
    distinct = list(dict.fromkeys(values))
    digest = hashlib.sha256(repr(values).encode()).hexdigest()[:16]
    shown = distinct if len(distinct) <= SHOWN else [distinct[0], "...", distinct[-1]]
    return [*shown, f"{len(values)} in all, digest {digest}"]


def _code_of(outcome: Outcome) -> str:
    """An outcome by its name; of a function also a digest of its code, so that another one of that name is noticed."""
    code = getattr(outcome, "__code__", None)
    if code is None:
        return name_of(outcome)
    said = code.co_code, code.co_names, [const for const in code.co_consts if not hasattr(const, "co_code")]
    return f"{name_of(outcome)} ({hashlib.sha256(repr(said).encode()).hexdigest()[:16]})"


def _short(value: Any) -> str:
    words = repr(value)
    return words if len(words) <= 200 else f"{words[:200]}..."


def _commit() -> str | None:
    """The commit of the folder that the sweep is run from, if it is under git."""
    with suppress(OSError, subprocess.SubprocessError):
        asked = ["git", "rev-parse", "HEAD"]
        return subprocess.run(asked, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    return None
