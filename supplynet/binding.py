"""From a union to the tasks of a period: each phase of each group of rows, bound once to just the arrays it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import nearest
from supplynet.compiled import Kernel
from supplynet.layout import owners, spans
from supplynet.lower import Union
from supplynet.luck import Luck
from supplynet.phases import book, order, produce, purchase, receive, settle, ship
from supplynet.policies.contract import (
    AllocationRule,
    InputRule,
    Local,
    OrderingRule,
    Rule,
    SourcingRule,
    open_memory,
    stack,
)
from supplynet.prepare import PAID_FOR_STATE
from supplynet.schedule import PHASES
from supplynet.signals import hear, tell
from supplynet.windows import windows

Array = NDArray[Any]


SPREAD: Final = {"node_of_input": "first_input", "input_of_end": "first_end"}


@dataclass(frozen=True, slots=True)
class Task:
    """A phase of some rows (or ends, or signals), bound to the arrays it uses; or what `carries` out what it decided.

    Rules decide; to carry out is to count what is wanted, to put an order into the mail, goods on their way.
    """

    phase: str
    rows: Array
    run: Callable[[], None]
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Binder:
    """Binds kernels and rules to the columns of one union."""

    union: Union
    luck: Luck
    parallel: bool | None = None
    _memories: list[tuple[tuple[str, str], slice, dict[str, Array]]] = field(default_factory=list)

    def tasks(self) -> tuple[Task, ...]:
        """The tasks of a period in the order of the day."""
        day = (task for phase, rows in self.day() for task in self.of(phase, rows))
        return (*self.draw(), *day, *self.settle())

    def draw(self) -> Iterator[Task]:
        """The luck of the day, before anything else."""
        yield from (Task("draw", rows, draw) for rows, draw in self.luck.draws)

    def day(self) -> Iterator[tuple[str, Array]]:
        """Each phase of the day and the rows that do it together, in order."""
        columns = self.union.state.columns
        yield "receive", np.arange(columns["capacity"].size)
        levels = [
            (level, at) for at, phase in enumerate(PHASES) for level in np.unique(columns[f"{phase}_level"]).tolist()
        ]
        for level, at in sorted(levels):
            yield PHASES[at], np.flatnonzero(columns[f"{PHASES[at]}_level"] == level)

    def of(self, phase: str, rows: Array) -> Iterator[Task]:
        """The tasks of one phase of some rows, ascending; rows that are bound again share what their rules remember."""
        bind = {
            "receive": self._receive, "book": self._book, "order": self._order, "purchase": self._purchase,
            "produce": self._produce, "ship": self._ship,
        }  # fmt: skip
        return bind[phase](rows)

    def _kernel(
        self, phase: str, kernel: Kernel, rows: Array, columns: dict[str, Array] | None = None, *, carries: bool = False
    ) -> Iterator[Task]:
        """A kernel over these rows, if there are any."""
        if rows.size:
            chosen = rows.astype(np.uint32)
            bound = kernel.bind(columns or self.union.state.columns, chosen, parallel=self.parallel)
            yield Task(phase, chosen, bound, carries)

    def _windows(self, first: Array, stop: Array, carrier: str | None = None) -> dict[str, Array]:
        """The columns, and the windows of rows that read these ends."""
        columns = self.union.state.columns
        return columns | windows(first, stop, None if carrier is None else columns[f"{carrier}_windows"])

    def _receive(self, rows: Array) -> Iterator[Task]:
        columns = self.union.state.columns
        first_input, first_end = columns["first_input"], columns["first_end"]
        ends = spans(first_end[first_input[rows]], first_end[first_input[rows + 1]])
        ends = ends[columns["same_day"][ends] == 0]
        yield from self._kernel("receive", receive.unload, ends, self._windows(ends, ends + 1, "transport"))
        yield from self._kernel("receive", receive.finish, rows[columns["line_size"][rows] > 1])

    def _book(self, rows: Array) -> Iterator[Task]:
        columns = self.union.state.columns
        first, is_customer = columns["first_outbound"], columns["is_customer"][rows] > 0
        sellers = rows[~is_customer]
        yield from self._kernel("book", book.book, sellers, self._windows(first[sellers], first[sellers + 1], "mail"))
        yield from self._kernel("book", book.consume, rows[is_customer])

    def _order(self, rows: Array) -> Iterator[Task]:
        columns, state = self.union.state.columns, self.union.state
        for run in _runs(rows, columns["ordering_group"][rows]):
            a, b = int(run[0]), int(run[-1]) + 1
            rule = self._rule(columns["ordering"][a:b])
            yield from self._hear("order", rule, run)
            seen = {name: columns[name][a:b] for name in self._known(rule, ("node",))}
            local = self._local("ordering", rule, seen, {"node": slice(a, b)})
            assert isinstance(rule, OrderingRule)
            wanted, backlog = columns["production_order"][a:b], columns["production_backlog"][a:b]
            yield Task("order", run, order.order(rule, local, state.clock, wanted))
            yield from self._kernel("order", order.size, run[columns["has_order_sizes"][run] > 0], carries=True)
            yield Task("order", run, partial(np.add, backlog, wanted, backlog), carries=True)

    def hear(self, rows: Array) -> Iterator[Task]:
        """Let these rows hear all that is told to any of them."""
        for table in self.union.signals.values():
            listen = table["first_signal"][rows] < table["first_signal"][rows + 1]
            yield from self._kernel("hear", hear, rows[listen], table)

    def _hear(self, phase: str, rule: Rule, rows: Array) -> Iterator[Task]:
        """Let these rows hear what their rule wants to be told. Raises ValueError if no signal tells it."""
        for tells in [name.removeprefix("told_") for name in rule.reads if name.startswith("told_")]:
            if tells not in self.union.signals:
                raise ValueError(
                    f"{type(rule).__name__} reads told_{tells}, but no signal tells it; add a Signal to the network"
                )
            yield from self._kernel(phase, hear, rows, self.union.signals[tells])

    def _purchase(self, rows: Array) -> Iterator[Task]:
        columns, clock = self.union.state.columns, self.union.state.clock
        for run in _runs(rows, columns["sourcing_group"][rows]):
            rule = self.union.rules[int(columns["sourcing"][run[0]])]
            assert isinstance(rule, SourcingRule)
            if not rule.fixed:
                for bound, local, own in self._of_buyers("sourcing", run):
                    yield from self._hear("purchase", bound, run)
                    split = purchase.purchase(bound, bound.split, "share", local, clock, columns["share"][own])
                    yield Task("purchase", run, split)
        for run in _runs(rows, columns["input_rule_group"][rows]):
            for bound, local, own in self._of_buyers("input_rule", run):
                assert isinstance(bound, InputRule)
                yield from self._hear("purchase", bound, run)
                order = purchase.purchase(bound, bound.purchase, "order", local, clock, columns["order"][own])
                yield Task("purchase", run, order)
                stopped = run[columns["may_hold_back"][run] > 0]
                yield from self._kernel("purchase", purchase.hold_back, stopped, carries=True)
                yield from self._kernel("purchase", purchase.post, np.arange(own.start, own.stop), carries=True)

    def _of_buyers(self, column: str, run: Array) -> Iterator[tuple[Any, Local, slice]]:
        """The rule in a node column over neighbouring rows, what it sees, and its inbound ends, if there are any."""
        columns = self.union.state.columns
        a, b = int(run[0]), int(run[-1]) + 1
        c, d = int(columns["first_input"][a]), int(columns["first_input"][b])
        e, f = int(columns["first_end"][c]), int(columns["first_end"][d])
        if e == f:
            return
        own = {"node": slice(a, b), "input": slice(c, d), "inbound": slice(e, f)}
        codes = np.repeat(columns[column][a:b], np.diff(columns["first_end"][columns["first_input"][a : b + 1]]))
        rule = self._rule(codes)
        firsts = {
            "first_input": columns["first_input"][a : b + 1] - columns["first_input"][a],
            "first_end": columns["first_end"][c : d + 1] - columns["first_end"][c],
        }
        spread = {name: owners(firsts[first]) for name, first in SPREAD.items() if name in rule.reads}
        known = self._known(rule, tuple(own), beside=tuple(SPREAD))
        seen = {name: columns[name][own[table]] for name, table in known.items()} | firsts | spread
        yield rule, self._local(column, rule, seen, own), own["inbound"]

    def _rule(self, codes: Array) -> Rule:
        """One rule for rows whose rules differ in parameters only."""
        used, inverse = np.unique(codes, return_inverse=True)
        rule: Rule = stack([self.union.rules[code] for code in used.tolist()], inverse)
        return rule

    def _known(self, rule: Rule, tables: tuple[str, ...], beside: tuple[str, ...] = ()) -> dict[str, str]:
        """The columns a rule reads and their tables. Raises ValueError for a column that is not there."""
        known = {name: table for name, table in self.union.state.tables.items() if table in tables}
        reads = [name for name in rule.reads if name not in beside]
        for name in reads:
            if name not in known:
                raise ValueError(
                    f"{type(rule).__name__} reads {name!r}, which is not a column of its rows; {nearest(name, known)}"
                )
        return {name: known[name] for name in reads}

    def _local(self, column: str, rule: Rule, seen: dict[str, Array], own: dict[str, slice]) -> Local:
        """What a rule sees and its memory: that of its rows, or a fresh one, which starts at columns of its rows."""
        state = self.union.state
        place = own[rule.memory_of]
        a, b = place.start, place.stop
        for whose, whole, memory in self._memories:
            if whose == (column, rule.memory_of) and whole.start <= a and b <= whole.stop:
                mine = slice(a - whole.start, b - whole.start)
                return Local(seen, {name: part[..., mine] for name, part in memory.items()})
        memory = open_memory(rule, b - a, lambda name: state.columns[name][own[state.tables[name]]])
        state.memories.append(memory)
        self._memories.append(((column, rule.memory_of), place, memory))
        return Local(seen, memory)

    def _produce(self, rows: Array) -> Iterator[Task]:
        yield from self._kernel("produce", produce.produce, rows)

    def _ship(self, rows: Array) -> Iterator[Task]:
        columns = self.union.state.columns
        is_customer = columns["is_customer"][rows] > 0
        sellers = rows[~is_customer]
        first, last = columns["first_outbound"][sellers], columns["first_outbound"][sellers + 1]
        seller_of_end = np.repeat(np.arange(sellers.size), last - first)
        may_close = np.bincount(seller_of_end, columns["may_close"][spans(first, last)], sellers.size) > 0
        limited = {**columns, "lane_backlog": columns["claim"]}
        yield from self._kernel("ship", ship.limit, sellers[may_close])
        for rule in np.unique(columns["allocation_group"][sellers]).tolist():
            chosen = columns["allocation_group"][sellers] == rule
            allocation = self.union.rules[int(columns["allocation"][sellers[chosen][0]])]
            assert isinstance(allocation, AllocationRule)
            yield from self._kernel("ship", allocation.allocate, sellers[chosen & ~may_close])
            yield from self._kernel("ship", allocation.allocate, sellers[chosen & may_close], limited)
        yield from self._kernel("ship", ship.ship, sellers, self._windows(first, last), carries=True)
        yield from self._kernel("ship", ship.serve, rows[is_customer])

    def settle(self) -> Iterator[Task]:
        """The end of the day: cancelled orders and spoiled goods go; all bill, pay and send signals."""
        columns = self.union.state.columns
        first = columns["first_end"][columns["first_input"]]
        end_of = owners(first)
        loses = np.zeros(columns["capacity"].size, bool)
        loses[end_of[columns["lost_in"] > 0]] = True
        losers = np.flatnonzero(loses)
        answered = self._windows(first[losers], first[losers + 1], "reply")
        yield from self._kernel("settle", settle.cancel, losers, answered)
        sinks = np.flatnonzero(columns["may_sink"])
        misses = np.unique(end_of[columns["inbound_of"][sinks]])
        yield from self._kernel("settle", settle.sink, np.unique(owners(columns["first_outbound"])[sinks]))
        yield from self._kernel("settle", settle.miss, misses)
        yield from self._kernel("settle", settle.scrap, np.flatnonzero(columns["may_scrap"]))
        yield from self._kernel("settle", settle.bill, np.flatnonzero(columns["has_price"]))
        states, goods = self._payers()
        yield from self._kernel("settle", settle.charge, np.flatnonzero(states | goods))
        yield from self._kernel("settle", settle.charge_goods, np.flatnonzero(goods))
        for table in self.union.signals.values():
            yield from self._kernel("settle", tell, np.arange(table["source"].size), table)

    def _payers(self) -> tuple[Array, Array]:
        """The nodes that pay for the state they are in, and those that pay for inputs and goods in transit."""
        columns = self.union.state.columns
        n = columns["capacity"].size
        states = np.zeros(n, bool)
        for name in PAID_FOR_STATE:
            states |= columns[name] > 0
        in_transit = np.bincount(owners(columns["first_outbound"]), columns["in_transit_cost"], n)
        in_stock = np.bincount(owners(columns["first_input"]), columns["input_holding_cost"], n)
        return states, (in_transit > 0) | (in_stock > 0)


def _runs(rows: Array, group: Array) -> Sequence[Array]:
    """Rows of one group that are neighbours; the layout sorts rows so that a group is one run or few."""
    cuts = np.flatnonzero((np.diff(rows) != 1) | (np.diff(group) != 0)) + 1
    return np.split(rows, cuts) if rows.size else []
