"""Checks at the border: every fault of a network is named with where, what, rule and cure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NoReturn

import numpy as np
from numpy.typing import NDArray

from supplynet.schema import CUSTOMER, KINDS, UNFILLED, Column

SHOWN = 10  # faults in one message
POSITIVE = ("units_per_output", "flow")
AT_MOST_ONE = ("criticality", "capacity_factor", "open_factor", "stock_factor", "order_factor", "transit_factor")
MAY_BE_INFINITE = ("capacity", "order_cap")
MAY_BE_NAN = ("normal_output", "normal_order", "share", "orders_in_mail", "goods_in_transit", "input_stock")
LONGEST = 100_000  # periods; a lane owns a slot for each period of its lead time
MAY_BE_NEGATIVE = ("priority",)


class Faults(ValueError):
    """Some faults, each with where, what, rule and cure; the message shows the first ones."""

    all_of_them: ClassVar[str] = ""
    """Where the others are found."""

    @property
    def problems(self) -> tuple[str, ...]:
        return self.args

    def __str__(self) -> str:
        more = [f"... and {len(self.args) - SHOWN} more{self.all_of_them}"] if len(self.args) > SHOWN else []
        return "\n".join([*self.args[:SHOWN], *more])


def fail(problems: Sequence[str]) -> NoReturn:
    """Raise one ValueError that lists the problems."""
    raise Faults(*problems)


def nearest(name: str, known: Iterable[str], *, shown: int | None = None) -> str:
    """A hint with the known name closest to this one, or what is known: all of it, or the first `shown`."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known[:shown])}"


def check_columns(
    table: str,
    labels: Sequence[str],
    given: Mapping[str, Any],
    n_rows: int,
    known: Mapping[str, Column],
    rules: Sequence[str],
) -> Iterator[str]:
    """Every fault in the columns of one table."""
    if table == "node":
        yield from _check_names(labels)
    for name, values in given.items():
        if name in rules:
            continue
        if name not in known:
            yield f"{table} column {name!r} is not known; {nearest(name, [*known, *rules])}"
        elif len(values) != n_rows:
            yield f"{table} column {name!r} has {len(values)} values for {n_rows} rows; give one a row"
        elif known[name].dtype is str:
            yield from _check_text(table, labels, name, values)
        else:
            yield from _check_numbers(table, labels, known[name], values)


def _check_names(names: Sequence[str]) -> Iterator[str]:
    if not len(names):
        yield "the network has no nodes; add at least a supplier and a customer"
    if set(map(type, names)) == {str} and len(set(names)) == len(names) and all(names) and ">" not in "".join(names):
        return
    seen: set[str] = set()
    for name in names:
        if not isinstance(name, str) or not name:
            yield f"node {name!r}: a name must be a text that is not empty; use str(name)"
        elif ">" in name:
            yield f"node {name!r}: a name cannot contain '>', which joins the ends of a lane; use another sign"
        elif name in seen:
            yield f"node {name!r} is given twice; names must differ"
        seen.add(name)


def _check_text(table: str, labels: Sequence[str], name: str, values: Sequence[Any]) -> Iterator[str]:
    allowed = {"kind": KINDS, "unfilled": UNFILLED}.get(name)
    if allowed and set(values) <= set(allowed):
        return
    for row, value in enumerate(values):
        if allowed and value not in allowed:
            rule = f"must be one of {', '.join(allowed)}"
            yield f"{table} {labels[row]}: {name} is {value!r}, {rule}; {nearest(str(value), allowed)}"
        elif value is not None and not isinstance(value, str):
            yield f"{table} {labels[row]}: {name} is {value!r}, must be a text; put it in quotes"


def _check_numbers(table: str, labels: Sequence[str], column: Column, values: Any) -> Iterator[str]:
    if isinstance(values, np.ndarray) and values.dtype != object:
        rows = np.flatnonzero(_faulty(column, values.astype(np.float64)))
        suspects: list[tuple[int, Any]] = [(int(row), float(values[row])) for row in rows[: SHOWN + 1]]
    else:
        suspects = []
        for row, value in enumerate(values):
            if isinstance(value, (bool, str)) or (isinstance(value, (list, tuple)) or value is None):
                suspects.append((row, value))
            elif isinstance(value, (int, float, np.number)):
                if _faulty(column, np.array([float(value)]))[0]:
                    suspects.append((row, float(value)))
            elif not column.random:
                suspects.append((row, value))
    whole = column.dtype is np.uint32
    cure = (
        "round it, or give a distribution"
        if whole
        else "give a distribution, or a number"
        if column.random
        else "mend it"
    )
    for row, value in suspects:
        label = labels[row] if len(labels) > row else row
        long = whole and isinstance(value, float) and LONGEST < value < np.inf
        must = f"at most {LONGEST:,} periods; shorten it" if long else f"{rule_of(column)}; {cure}"
        yield f"{table} {label}: {column.name} is {value!r}, must be {must}"


def bounds(column: Column) -> tuple[float, float]:
    """The least and the greatest number that a column may hold."""
    least = -np.inf if column.name in MAY_BE_NEGATIVE else 0.0
    return least, 1.0 if column.name in (*AT_MOST_ONE, "share") else np.inf


def rule_of(column: Column) -> str:
    """What a number of a column must be, in words."""
    if column.dtype is np.uint32:
        return "a whole number >= 0"
    if column.name in POSITIVE:
        return "a number > 0"
    least, most = bounds(column)
    return "a number in [0, 1]" if most == 1.0 else "a number >= 0" if least == 0.0 else "a finite number"


def _faulty(column: Column, values: NDArray[np.float64]) -> NDArray[np.bool_]:
    bad = np.isnan(values) if column.name not in MAY_BE_NAN else np.zeros(values.size, bool)
    if column.name not in MAY_BE_INFINITE:
        bad |= np.isinf(values)
    if column.name not in MAY_BE_NEGATIVE:
        bad |= values < 0
    if column.name in AT_MOST_ONE:
        bad |= values > 1
    if column.name in POSITIVE:
        bad |= values == 0
    if column.dtype is np.uint32:
        bad |= (values != np.floor(values)) | (values > LONGEST)
    return bad


def check_lanes(
    names: Sequence[str], kind: NDArray[np.int8], supplier: NDArray[np.int64], customer: NDArray[np.int64]
) -> Iterator[str]:
    """Every fault in how lanes join nodes."""

    def lane(at: int) -> str:
        return f"lane {names[supplier[at]]!r} -> {names[customer[at]]!r}"

    for at in np.flatnonzero(supplier == customer).tolist():
        yield f"{lane(at)}: a node cannot supply itself; remove the lane"
    for at in np.flatnonzero(kind[supplier] == CUSTOMER).tolist():
        yield f"{lane(at)}: a customer supplies nobody; make {names[supplier[at]]!r} a distributor"
    for at in np.flatnonzero(kind[customer] == KINDS.index("supplier")).tolist():
        yield f"{lane(at)}: a supplier makes from nothing; make {names[customer[at]]!r} a factory"
    key = supplier * len(names) + customer
    order = np.argsort(key, kind="stable")
    for at in order[1:][np.diff(key[order]) == 0].tolist():
        yield f"{lane(at)} is given twice; add them up"
    has_supply = np.zeros(len(names), bool)
    has_supply[customer] = True
    for node in np.flatnonzero((kind == KINDS.index("distributor")) & ~has_supply).tolist():
        yield (
            f"distributor {names[node]!r} has no lane into it, so it has nothing to sell; add a lane from a supplier, "
            "or make it a factory or a supplier, which make from nothing"
        )
    for node in np.flatnonzero((kind == CUSTOMER) & ~has_supply).tolist():
        yield f"customer {names[node]!r} has no lane into it, so nobody can serve it; add a lane from a supplier"


def check_signals(names: Collection[str], signals: Sequence[Any]) -> Iterator[str]:
    """Every fault in the signals, each with source, reader, delay and weight."""
    for signal in signals:
        where = f"signal {signal.source!r} -> {signal.reader!r}"
        for end in (signal.source, signal.reader):
            if end not in names:
                yield f"{where}: there is no node {end!r}; {nearest(str(end), names)}"
        if isinstance(signal.delay, bool) or not isinstance(signal.delay, (int, np.integer)) or signal.delay < 0:
            yield f"{where}: delay is {signal.delay!r}, must be a whole number >= 0 periods; round it"
        if not (isinstance(signal.weight, (int, float)) and np.isfinite(signal.weight)):
            yield f"{where}: weight is {signal.weight!r}, must be a finite number; mend it"
        if not isinstance(signal.start, (int, float)) or np.isinf(signal.start):
            yield f"{where}: start is {signal.start!r}, must be a finite number; leave it out for the opening value"


def check_shares(
    share: NDArray[np.float64], of_lane: NDArray[np.int64], names: Sequence[str], node: NDArray[np.int64], product: Any
) -> list[str]:
    """Shares of the lanes of one input must sum to 1; `node` and `product` are those of each input."""
    total, lanes = (np.bincount(of_lane, weights, node.size) for weights in (share, None))
    alone = "; if another supplier's product replaces it, give both lanes one product name"
    return [
        f"node {names[node[at]]!r}: the shares of its suppliers of {product[at]!r} "
        + (f"sum to {total[at]:g}, must be 1; mend them" if total[at] == total[at] else "are blank in part; give all")
        + f", or leave all blank for equal parts{alone if lanes[at] == 1 else ''}"
        for at in np.flatnonzero((lanes > 0) & ~(np.abs(total - 1.0) <= 1e-9))
    ]
