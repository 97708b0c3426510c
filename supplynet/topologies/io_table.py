"""An input-output table: which sector sells how much to which, checked to be one that an economy can live by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import SHOWN, fail

Array = NDArray[Any]
ROUNDING: Final = 1e-9  # of a sector's output, that its sales may exceed it by


@dataclass(frozen=True, slots=True, eq=False)
class IoTable:
    """What sectors sell each other, and what they make, in money a period.

    Shapes: `sectors` names [sector]; `flow` [selling sector, buying sector]; `output` and `value_added` [sector]. What
    is not sold to sectors is final demand. Value added need not be output less inputs, since inputs from abroad are not
    in a domestic table; by default it is. Raises ValueError that names every fault.
    Source: Leontief (1936), Review of Economics and Statistics 18(3).
    """

    sectors: tuple[str, ...]
    flow: Array
    output: Array
    value_added: Array | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "sectors", tuple(self.sectors))
        for name in ("flow", "output", "value_added"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, np.array(given, np.float64))
        for faults in (self._shapes, self._entries, self._balance):
            if found := list(faults()):
                fail(found)
        if self.value_added is None:
            object.__setattr__(self, "value_added", self.output - self.flow.sum(axis=0))

    @property
    def coefficients(self) -> Array:
        """What a unit of output takes [selling sector, buying sector]; a sector that makes nothing takes nothing."""
        made: Array = np.divide(self.flow, self.output, out=np.zeros_like(self.flow), where=self.output > 0.0)
        return made

    @property
    def final_demand(self) -> Array:
        """What is sold to nobody in the table [sector]."""
        left: Array = np.maximum(self.output - self.flow.sum(axis=1), 0.0)
        return left

    @property
    def radius(self) -> float:
        """The spectral radius of the coefficients: how much of what is made it takes to make it, at worst."""
        return float(np.abs(np.linalg.eigvals(self.coefficients)).max(initial=0.0))

    def _shapes(self) -> Iterator[str]:
        n = len(self.sectors)
        if not n:
            yield "input-output table: it has no sectors; give at least one"
        seen: set[str] = set()
        for name in self.sectors:
            if name in seen:
                yield f"input-output table: sector {name!r} is given twice; names must differ"
            seen.add(name)
        if self.flow.shape != (n, n):
            yield f"input-output table: flow has shape {self.flow.shape}, must be ({n}, {n}), by seller and buyer"
        for name in ("output", "value_added"):
            given = getattr(self, name)
            if given is not None and given.shape != (n,):
                yield f"input-output table: {name} has shape {given.shape}, must be ({n},), a number for each sector"

    def _entries(self) -> Iterator[str]:
        must = "must be a finite number >= 0; net what flows back, and put changes of stock into final demand"
        for seller, buyer in np.argwhere(~(np.isfinite(self.flow) & (self.flow >= 0.0))).tolist():
            where = f"row {self.sectors[seller]!r}, column {self.sectors[buyer]!r}"
            yield f"input-output table: {where} is {self.flow[seller, buyer]:g}, {must}"
        for name in ("output", "value_added"):
            given = getattr(self, name)
            if given is None:
                continue
            for at in np.flatnonzero(~(np.isfinite(given) & (given >= 0.0))).tolist():
                yield f"input-output table: {name} of {self.sectors[at]!r} is {given[at]:g}, must be >= 0; mend it"

    def _balance(self) -> Iterator[str]:
        """Whether every sector makes what it sells, and whether all together make more than they use up."""
        sold, bought = self.flow.sum(axis=1), self.flow.sum(axis=0)
        idle = (self.output == 0.0) & ((sold > 0.0) | (bought > 0.0))
        for at in np.flatnonzero(idle).tolist():
            yield f"input-output table: sector {self.sectors[at]!r} makes nothing, but sells or buys; give its output"
        if idle.any():
            return
        if (radius := self.radius) >= 1.0 - 1e-12:
            value, vectors = np.linalg.eig(self.coefficients.T)
            weight = np.abs(vectors[:, np.abs(value).argmax()])
            most = [self.sectors[at] for at in np.argsort(-weight, kind="stable") if weight[at] > 1e-6 * weight.max()]
            names = ", ".join(map(repr, most[:SHOWN])) + (f" and {len(most) - SHOWN} more" if len(most) > SHOWN else "")
            yield (
                f"input-output table: it is not productive: the spectral radius of its coefficients is {radius:.4g}, "
                f"must be < 1; {names} use up all that they make; check whether rows are sellers, and what output is"
            )
            return
        for at in np.flatnonzero(sold > self.output * (1.0 + ROUNDING)).tolist():
            yield (
                f"input-output table: sector {self.sectors[at]!r} sells {sold[at]:g} to sectors, but makes "
                f"{self.output[at]:g}; take imports out of its row, or give its output"
            )
        if self.value_added is None:
            for at in np.flatnonzero(bought > self.output * (1.0 + ROUNDING)).tolist():
                yield (
                    f"input-output table: sector {self.sectors[at]!r} buys {bought[at]:g} and makes only "
                    f"{self.output[at]:g}, so that it adds no value; give value_added, or check its column"
                )
