"""Addresses: which nodes or lanes are meant by "works", "region=north", "works>shop" or "sector=steel>*"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import nearest
from supplynet.schema import CUSTOMER, KINDS

Array = NDArray[Any]
LABELS: Final = ("kind", "product", "site", "region", "sector", "tier")
EVERY: Final = "*"


class Addresses:
    """The nodes and lanes of a network by name and by label.

    names [node]; node: the columns of labels [node]; supplier, customer: the ends of the lanes [lane].
    """

    def __init__(self, names: Sequence[str], node: Mapping[str, Array], supplier: Array, customer: Array) -> None:
        self.names, self.node, self.supplier, self.customer = names, node, supplier, customer
        self._texts: dict[str, Array] = {}

    def rows(self, where: str, table: str) -> Array:
        """The rows of a table that a text means. Raises ValueError with the nearest name or label."""
        if table == "node":
            return self.nodes(where)
        supplier, arrow, customer = where.partition(">")
        if not arrow:
            raise ValueError(
                f"there is no lane {where!r}; a lane is SUPPLIER>CUSTOMER, each a node, a label such as region=north, "
                "or *"
            )
        found = np.ones(self.supplier.size, bool)
        for end, column in ((supplier.strip(), self.supplier), (customer.strip(), self.customer)):
            if end in self._at or "=" in end:
                chosen = np.zeros(len(self.names), bool)
                chosen[self.nodes(end)] = True
                found &= chosen[column]
            elif end != EVERY:
                found[:] = False
        if not found.any():
            lanes = (f"{self.names[a]}>{self.names[b]}" for a, b in self._some_lanes())
            raise ValueError(f"there is no such lane; {nearest(where, lanes, shown=12)}")
        return np.flatnonzero(found)

    def nodes(self, where: str) -> Array:
        """The nodes that a text means. Raises ValueError with the nearest name or label."""
        if where in self._at:
            return np.array([self._at[where]], np.int64)
        label, equals, value = where.partition("=")
        if ">" in where:
            raise ValueError(f"{where!r} is a lane, but this column is one of nodes; name a node, or a column of lanes")
        if not equals:
            raise ValueError(f"there is no such node; {nearest(where, self.names, shown=12)}")
        if label not in LABELS:
            raise ValueError(f"{label!r} is not a label; {nearest(label, LABELS)}")
        found = np.flatnonzero(self._label(label) == value)
        if not found.size:
            known = sorted(set(self._label(label).tolist()) - {""})
            hint = nearest(value, known, shown=12) if known else f"no node has a {label}"
            raise ValueError(f"there is no {label} {value!r}; {hint}")
        return found

    @cached_property
    def _at(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    def _some_lanes(self) -> list[tuple[int, int]]:
        """Lanes for a hint: all of a small network, the first of a large one."""
        return list(zip(self.supplier[:2000].tolist(), self.customer[:2000].tolist(), strict=True))

    def _label(self, label: str) -> Array:
        """A label of each node as text [node], worked out once."""
        if label not in self._texts:
            self._texts[label] = self._text(label)
        return self._texts[label]

    def _text(self, label: str) -> Array:
        if label == "tier":
            return tiers(self.node["kind"], self.supplier, self.customer).astype(str)
        if label == "kind":
            return np.array(KINDS)[self.node["kind"]]
        return np.asarray(self.node[label], str)


def tiers(kind: Array, supplier: Array, customer: Array) -> NDArray[np.int64]:
    """Distance of each node from the market [node]: customers 0, who serves them 1, ...; -1 where it serves nobody."""
    far = kind.size + 1
    tier = np.where(kind == CUSTOMER, 0, far)
    for _ in range(kind.size):
        before = tier.copy()
        np.minimum.at(tier, supplier, before[customer] + 1)
        if np.array_equal(before, tier):
            break
    return np.where(tier >= far, -1, tier)
