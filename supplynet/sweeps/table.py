"""The rows of a sweep: scenario, levers, seed, replication, outcomes and error of each run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from supplynet.sweeps.design import Design, words_of
from supplynet.sweeps.playing import Played

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Rows:
    """Makes tables of played blocks, all of the same columns: numbers of levers stay numbers, all else is text."""

    def __init__(self, design: Design, outcomes: Sequence[str]) -> None:
        import pyarrow as pa

        self.levers = {lever: pa.array(list(words_of(values))) for lever, values in design.levers.items()}
        fixed = {"scenario": pa.int64(), "replication": pa.int64(), "error": pa.string()}
        types = {
            "scenario": fixed["scenario"],
            **{lever: column.type for lever, column in self.levers.items()},
            **({} if "seed" in self.levers else {"seed": pa.int64()}),
            "replication": fixed["replication"],
            **dict.fromkeys(outcomes, pa.float64()),
            "error": fixed["error"],
        }
        self.schema = pa.schema(list(types.items()))

    def table(self, played: Played) -> pa.Table:
        """A row for each run of a block, scenario by scenario."""
        import pyarrow as pa

        block = played.block
        size = len(block.replications)
        scenario = np.repeat(np.arange(block.first, block.last), size)
        columns: dict[str, Any] = {
            "scenario": scenario,
            **{lever: column.take(pa.array(scenario)) for lever, column in self.levers.items()},
            "replication": np.tile(np.array(block.replications), block.last - block.first),
            **played.outcomes,
            "error": pa.array(played.errors, pa.string()),
        }
        if "seed" not in columns:
            columns["seed"] = np.repeat(np.array(played.seeds), size)
        return pa.table([columns[name] for name in self.schema.names], schema=self.schema)


def joined(tables: Iterable[pa.Table], schema: pa.Schema) -> pd.DataFrame:
    """The rows of some blocks as one table."""
    import pyarrow as pa

    frame: pd.DataFrame = pa.concat_tables([schema.empty_table(), *tables]).to_pandas()
    return frame


def reserved(design: Design, outcomes: Sequence[str]) -> list[str]:
    """What stands in the way of a table: names that would be those of two columns."""
    fixed = {"scenario", "replication", "error"}
    problems = [f"lever {name!r} has the name of a column of every sweep; rename it" for name in design.levers
                if name in fixed]  # fmt: skip
    problems += [
        f"outcome {name!r} has the name of another column; give the function another name"
        for name in outcomes
        if name in fixed | {"seed"} | set(design.levers)
    ]
    return problems
