"""What the rules of a node saw and decided, period by period, noted while its scenario is played once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network
from supplynet.policies.contract import Rule
from supplynet.prepare import DEFAULT_RULES
from supplynet.record import Keep
from supplynet.scenario import Scenario, run
from supplynet.schema import CUSTOMER

Array = NDArray[Any]
Watchers = Callable[[Any], Iterable[Any]]
Note = tuple[dict[str, Array], Array]
METHODS: Final = {
    "ordering": ("order", "production_order"),
    "input_rule": ("purchase", "order"),
    "sourcing": ("split", "share"),
}
"""By node column, the method with which a rule of its kind decides, and the column that it writes."""
PLACES: Final = ("node_of_input", "input_of_end")
"""What a rule may read that is no quantity, but says which rows belong together."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one rule of a node saw and decided, as it was when it decided.

    read, remembered: by name, [period, place]; decided: what it wrote to `written` [period, place]. A place is the node
    itself, one of its inputs, or one of its suppliers; `inputs` and `suppliers` are their names, in that order.
    """

    column: str
    rule: Rule
    read: Mapping[str, Array]
    remembered: Mapping[str, Array]
    written: str
    decided: Array
    inputs: tuple[str, ...]
    suppliers: tuple[str, ...]


def rule_at(network: Network, column: str, node: int) -> Rule:
    """The rule that a node follows, its own or the usual one."""
    rule: Rule = network.object_of("node", column, node) or DEFAULT_RULES[column]
    return rule


def rules_at(network: Network, node: int) -> dict[str, Rule]:
    """By node column, the rules of a node that have something to decide, but for how it shares what it has."""
    own = network.lane["customer"] == node
    lanes = np.bincount(network.lane["input"][own], minlength=1)
    decides = {
        "ordering": network.node["kind"][node] != CUSTOMER,
        "input_rule": bool(own.any()),
        "sourcing": bool((lanes > 1).any()),
    }
    return {column: rule_at(network, column, node) for column in METHODS if decides[column]}


def watched(rule: Rule, column: str) -> tuple[Rule, list[Note]]:
    """The same rule, and a list that grows by what it reads and remembers, and what it writes, at each decision."""
    method, _ = METHODS[column]
    notes: list[Note] = []
    kind = type(rule)
    decides: Callable[..., None] = getattr(kind, method)
    names = (*(name for name in rule.reads if name not in PLACES), *(part.name for part in rule.memory))

    def spy(self: Rule, local: Any, out: Array) -> None:
        before = {name: getattr(local, name).copy() for name in names}
        decides(self, local, out)
        notes.append((before, out.copy()))

    own = {method: spy, "fixed": False, "__slots__": (), "__module__": kind.__module__}
    spying = type(kind.__name__, (kind,), own)
    return spying(**{part.name: getattr(rule, part.name) for part in fields(rule)}), notes


def watch(scenario: Scenario, node: int, replication: int = 0, *, watchers: Watchers | None = None) -> tuple[Seen, ...]:
    """Play a scenario once more, and note what each rule of a node sees and decides; `watchers` are those of `run`."""
    network, spies = scenario.network, {}
    for column, rule in rules_at(network, node).items():
        spy, notes = watched(rule, column)
        network, spies[column] = network.with_column("node", column, np.array([node]), spy), (rule, notes)
    if spies:
        run(replace(scenario, network=network), replication=replication, keep=Keep(columns=("demand",)),
            watchers=watchers)  # fmt: skip
    lanes = np.flatnonzero(network.lane["customer"] == node)
    lanes = lanes[np.argsort(network.lane["input"][lanes], kind="stable")]  # so the ends of its lanes lie
    _, firsts = np.unique(network.lane["input"][lanes], return_index=True)
    suppliers = tuple(network.names[supplier] for supplier in network.lane["supplier"][lanes])
    products = tuple(str(network.node["product"][network.lane["supplier"][lane]]) for lane in lanes[firsts])
    return tuple(_seen(column, rule, notes, products, suppliers) for column, (rule, notes) in spies.items() if notes)


def _seen(
    column: str, rule: Rule, notes: list[Note], inputs: tuple[str, ...], suppliers: tuple[str, ...]
) -> Seen:  # fmt: skip
    columns = {name: np.stack([before[name] for before, _ in notes]) for name in notes[0][0]}
    memory = {part.name for part in rule.memory}
    return Seen(
        column,
        rule,
        {name: values for name, values in columns.items() if name not in memory},
        {name: values for name, values in columns.items() if name in memory and values.ndim == 2},
        METHODS[column][1],
        np.stack([decided for _, decided in notes]),
        inputs,
        suppliers,
    )
