"""One run whose rows can act one by one: the same columns, kernels, rules and memories as all rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.binding import Binder
from supplynet.engine import Engine
from supplynet.layout import owners
from supplynet.lower import Case, unite
from supplynet.luck import Luck
from supplynet.policies.catalogue import FAMILIES
from supplynet.record import Keep, Record
from supplynet.scenario import Scenario
from supplynet.schedule import PHASES
from supplynet.schema import KINDS

Array = NDArray[Any]
Calls = tuple[Callable[[], None], ...]

DAY: Final = ("receive", *PHASES)
"""The phases of a period that a row does; luck is drawn before them and accounts are settled after them."""


class Rows:
    """A scenario lowered to arrays, with its tasks and its record. `wait`: as for `unite`."""

    def __init__(self, scenario: Scenario, replication: int, keep: Keep | None, wait: int) -> None:
        case = Case(scenario.network, scenario.seed, (replication,), scenario.start)
        self.network, self.union = scenario.network, unite([case], wait=wait)
        self.binder = Binder(self.union, Luck(self.union, scenario.periods))
        self.engine = Engine(self.union, self.binder.luck, self.binder.tasks())
        self.record = Record(self.union, scenario.periods, keep, warm_up=scenario.warm_up)
        self.columns = self.union.state.columns
        self.row_of: Array = self.union.layout.row
        self.node_of: Array = np.argsort(self.row_of)
        self._bound: dict[tuple[str, int], tuple[Calls, Calls]] = {}

    def arrays(self) -> Iterator[Array]:
        """Every array that may differ from that of a run that has just been opened."""
        state = self.union.state
        yield from self.columns.values()
        yield from state.rings
        yield from (part for memory in state.memories for part in memory.values())
        yield from self.record.mutable()

    def play(self, phase: str, row: int) -> None:
        """Let one row do one phase as kernels and rules have it; nothing is carried out yet."""
        for run in self._calls(phase, row)[0]:
            run()

    def carry_out(self, phase: str, row: int) -> None:
        """Carry out what one row decided in a phase."""
        for run in self._calls(phase, row)[1]:
            run()

    def hear(self, phase: str, row: int) -> None:
        """Let one row hear what it is told, before it decides what to order."""
        if self.union.signals and phase in ("order", "purchase"):
            for run in self._calls("hear", row)[0]:
                run()

    def day_of(self, row: int) -> tuple[str, ...]:
        """The phases of one row, in its order of the day."""
        levels = [int(self.columns[f"{phase}_level"][row]) for phase in PHASES]
        return DAY[0], *(PHASES[at] for at in np.argsort(levels, kind="stable"))

    def told_to(self, row: int) -> dict[str, float]:
        """What one row has heard, by the column that is told."""
        return {
            tells: float(table["told"][row])
            for tells, table in self.union.signals.items()
            if table["first_signal"][row] < table["first_signal"][row + 1]
        }

    def given(self, name: str, row: int) -> Any:
        """An input of one row, as the user gave it; of a rule, the one that decides."""
        node = int(self.node_of[row])
        if name in FAMILIES:
            return self.union.rules[int(self.columns[name][row])]
        if ("node", name) in self.network.objects and (found := self.network.object_of("node", name, node)) is not None:
            return found
        value = self.network.node[name][node]
        return KINDS[value] if name == "kind" else value.item() if isinstance(value, np.generic) else value

    def name_of(self, row: int) -> str:
        """The name of the node in a row."""
        return self.network.names[int(self.node_of[row])]

    def ends(self, row: int) -> dict[str, slice]:
        """Where one row's ends of its lanes lie."""
        first_input, first_end, first_outbound = (self.columns[f"first_{of}"] for of in ("input", "end", "outbound"))
        return {
            "inbound": slice(int(first_end[first_input[row]]), int(first_end[first_input[row + 1]])),
            "outbound": slice(int(first_outbound[row]), int(first_outbound[row + 1])),
        }

    def neighbours(self, end: str, row: int) -> dict[str, int]:
        """Who is at the other side of one row's lanes, by name, and the place of each among them."""
        others = self._readers[end][self.ends(row)[end]]
        return {self.name_of(other): at for at, other in enumerate(others.tolist())}

    def put_off(self, turn: Array) -> Callable[[], None]:
        """Make what is sent on the same day, to a row whose `turn` [row] was before the sender's, arrive a day later.

        Returns what makes it undone at the end of the day.
        """
        columns = self.columns
        buyer, seller = owners(columns["first_end"][columns["first_input"]]), owners(columns["first_outbound"])
        sent = (("order_lead", buyer, "inbound"), ("shipment_lead", seller, "outbound"))
        drawn = {lead: columns[lead].copy() for lead, _, _ in sent}
        for lead, sender, end in sent:
            late = turn[sender] > turn[self._readers[end]]
            columns[lead][late & (drawn[lead] == 0)] = 1

        def undo() -> None:
            for lead, before in drawn.items():
                columns[lead][:] = before

        return undo

    def _calls(self, phase: str, row: int) -> tuple[Calls, Calls]:
        """What one row calls to decide in a phase, and what carries it out; bound when first asked for."""
        if (phase, row) not in self._bound:
            only = np.array([row])
            tasks = [*(self.binder.hear(only) if phase == "hear" else self.binder.of(phase, only))]
            decides, carries = (tuple(task.run for task in tasks if task.carries == which) for which in (False, True))
            self._bound[phase, row] = decides, carries
        return self._bound[phase, row]

    @cached_property
    def _readers(self) -> dict[str, Array]:
        """The row at the other side of each end."""
        columns = self.columns
        return {
            "inbound": owners(columns["first_outbound"])[columns["outbound_of"]],
            "outbound": owners(columns["first_end"][columns["first_input"]])[columns["inbound_of"]],
        }
