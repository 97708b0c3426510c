"""The runs of one case as an outcome sees them: measures of nodes, columns over time, and who is where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from supplynet.metrics import ratio
from supplynet.network import Network, tiers_of
from supplynet.outcomes.measures import MEASURES, measure, measure_totals
from supplynet.record import Record
from supplynet.schema import KINDS

Array = NDArray[Any]


@dataclass(frozen=True)
class Runs:
    """All replications of one case of a record, without the periods of the warm-up."""

    record: Record
    case: int

    @property
    def network(self) -> Network:
        return self.record.union.cases[self.case].network

    @cached_property
    def rows(self) -> Array:
        """The row of each node in each run, [run, node]."""
        return self.record.union.case_rows(self.case)[0]

    @cached_property
    def every(self) -> Array:
        """All nodes, by number."""
        return np.arange(self.network.n_nodes)

    @cached_property
    def tier(self) -> Array:
        """How far each node is from the market [node]."""
        return tiers_of(self.network)

    @cached_property
    def market(self) -> Array:
        """The customers of the last tier, by number."""
        return np.flatnonzero(self.tier == 0)

    @cached_property
    def front(self) -> Array:
        """Those who sell to the market, by number."""
        return np.flatnonzero(self.tier == 1)

    @cached_property
    def last(self) -> Array:
        """The tier farthest upstream that is no source, by number."""
        upstream = np.where(self.network.node["kind"] == KINDS.index("supplier"), -1, self.tier)
        return np.flatnonzero((upstream == upstream.max()) & (upstream > 0))

    @cached_property
    def orders(self) -> Array:
        """What the tier farthest upstream orders, [period, run]."""
        return self.together("production_order", self.last)

    @cached_property
    def sales(self) -> Array:
        """What the market demands, [period, run]."""
        return self.together("demand", self.market)

    @property
    def vary(self) -> bool:
        """Whether there are both, so that one can be held against the other."""
        return bool(self.last.size and self.market.size)

    @cached_property
    def nan(self) -> Array:
        """Nothing known of any run [run]."""
        return np.full(self.rows.shape[0], np.nan)

    @cached_property
    def measures(self) -> dict[str, Array]:
        """The measures of each node, [run, node]; what needs a column, or periods, that were not kept is nan."""
        record, rows, layout = self.record, self.rows, self.record.union.layout
        alone = (
            len(record.union.cases) == 1
        )  # then rows are measured where they lie, and only the measures are gathered
        place = rows if alone else np.arange(rows.size).reshape(rows.shape)
        skipped = record.warm_up // record.keep_what.every

        def column(key: str) -> Array:
            kept = record.rows(key)[skipped:] if key in record else np.full((1, layout.row.size), np.nan)
            return kept if alone else kept[:, rows.ravel()]

        if record.summed or record.keep_what.every > 1:
            found = dict.fromkeys(MEASURES, np.full(rows.shape, np.nan))
        else:
            found = {name: values[place] for name, values in measure(column).items()}
        told = measure_totals(record.totals, record.periods - record.warm_up)
        found |= {name: values[rows] for name, values in told.items()}
        if "fill_rate" in told:
            found["fill_rate"] = ratio(found["fill_rate"], found["mean_demand"])
        return found

    def over(self, nodes: Array, measure: Array) -> Array:
        """The sum of a measure [run, node] over some nodes [run], one after the other, so that the digits do not depend
        on the runs beside it."""
        summed: Array = np.zeros(measure.shape[:-1])
        for node in nodes:
            summed = summed + measure[..., node]
        return summed

    def series(self, key: str, node: int) -> Array:
        """A column of one node, [period, run]; nan where it was not kept in every period."""
        record = self.record
        known = key in record and not record.summed and record.keep_what.every == 1
        return record.rows(key)[record.warm_up :, self.rows[:, node]] if known else self.nan[None]

    def together(self, key: str, nodes: Array) -> Array:
        """A column summed over some nodes, [period, run]."""
        summed: Array = sum((self.series(key, node) for node in nodes.tolist()), start=np.zeros(1))
        return summed
