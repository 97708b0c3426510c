"""Suppliers, factories, distributors and customers as Mesa agents whose methods are the phases of a period.

An agent is a place to stand, not a place to store: it holds its model and its row, and its attributes read and write
the columns that the kernels use. A method that a subclass overrides decides in plain Python for its own agent; what it
decided is checked, and carried out when it returns, whichever way it came to it. A method that receives, books or
produces moves goods itself; where one is overridden, each period is checked for goods and orders that come or go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from mesa.discrete_space import FixedAgent
from numpy.typing import NDArray

from supplynet.checks import fail, nearest
from supplynet.network import Network
from supplynet.policies.catalogue import FAMILIES
from supplynet.schema import CUSTOMER, KINDS, inputs, results, tellable
from supplynet.state import BLOCKS
from supplynet.views import ON_LANES, Cell, Given, LaneColumn

Array = NDArray[Any]

DECIDED: Final = {"order": "production_order", "purchase": "order", "ship": "shipment"}
"""What a method decides, and no method may decide less than nothing."""
DUST: Final = 1e-9  # of the agent's largest quantity: what rounding leaves of a stock that is empty


class SupplyAgent(FixedAgent):
    """A node of the network. `row` is its place in the columns of the model.

    The methods receive, book, order, purchase, produce and ship are called in the order of the day. `order` decides
    production_order, `purchase` decides orders_sent, `ship` decides shipments_sent: set them, or let super() do it;
    until then they are yesterday's.
    """

    def __init__(self, model: Any, row: int) -> None:
        super().__init__(model)
        self.row = row

    def receive(self) -> None:
        """Goods that are due arrive; finished production goes on hand."""
        self.model.rows.play("receive", self.row)

    def book(self) -> None:
        """Orders that are due join the backlog; demand and inventory_position are known."""
        self.model.rows.play("book", self.row)

    def order(self) -> None:
        """Decide production_order: how much more of its own product the agent wants."""
        self.model.rows.play("order", self.row)

    def purchase(self) -> None:
        """Decide orders_sent: what to order from each supplier."""
        self.model.rows.play("purchase", self.row)

    def produce(self) -> None:
        """Start what is wanted, as far as capacity and inputs allow."""
        self.model.rows.play("produce", self.row)

    def ship(self) -> None:
        """Decide shipments_sent: share what is on hand among the customers that wait. A customer consumes."""
        self.model.rows.play("ship", self.row)

    def act(self, phase: str) -> None:
        """Do one phase by the method of its name, and carry out what it decided.

        Raises ArithmeticError if a method of a subclass wrote what cannot be.
        """
        self.model.rows.hear(phase, self.row)
        getattr(self, phase)()
        if overrides(type(self), phase):
            self._check(phase)
        self.model.rows.carry_out(phase, self.row)

    def step(self) -> None:
        """The agent's whole day, one phase after the other."""
        for phase in self.model.rows.day_of(self.row):
            self.act(phase)

    @property
    def name(self) -> str:
        """The name of the node."""
        name: str = self.model.rows.name_of(self.row)
        return name

    @property
    def suppliers(self) -> tuple[SupplyAgent, ...]:
        """The agents it buys from."""
        return tuple(map(self.model.agent, self.orders_sent))

    @property
    def customers(self) -> tuple[SupplyAgent, ...]:
        """The agents it sells to."""
        return tuple(map(self.model.agent, self.orders_received))

    @property
    def told(self) -> dict[str, float]:
        """What signals told it when it last listened, by the column they tell."""
        heard: dict[str, float] = self.model.rows.told_to(self.row)
        return heard

    def remove(self) -> None:
        """Raises ValueError: a network keeps its nodes within a run."""
        raise ValueError(
            f"agent {self.name!r} cannot be removed, since a network keeps its nodes; to close it, set capacity = 0.0, "
            "or give the network a Disruption"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def __getstate__(self) -> dict[str, Any]:
        # The cell of Mesa's space is found again; to store it would be to follow all lanes, one inside the other.
        return {name: value for name, value in vars(self).items() if name != "_mesa_cell"}

    def _check(self, phase: str) -> None:
        """What a method wrote must be finite and not negative, and no more than what can be shipped."""
        state = self.model.rows.union.state
        places: dict[str, Any] = {"node": slice(self.row, self.row + 1), **self.model.rows.ends(self.row)}
        for block in BLOCKS:
            keys, values = state.keys[block], state.blocks[block][:, places[block]]
            dust = -DUST * max(1.0, float(np.abs(values).max(initial=0.0)))
            for at, place in np.argwhere(~(values >= 0.0) | (values == np.inf)).tolist():
                key, value = keys[at], float(values[at, place])
                least = 0.0 if key == DECIDED.get(phase) else dust if key != "inventory_position" else -np.inf
                if not (np.isfinite(value) and value >= least):
                    self._blame(phase, key, place, f"{value}, must be finite and >= 0")
        if phase == "ship" and self.kind != KINDS[CUSTOMER]:
            self._check_shipments(places["outbound"])

    def _check_shipments(self, ends: slice) -> None:
        """Nobody ships more than is asked for, nor more than there is."""
        claim, shipment, open_factor, usual = (
            self.model.columns[key][ends] for key in ("lane_backlog", "shipment", "open_factor", "normal_order")
        )
        most = np.where(open_factor < 1.0, np.minimum(claim, open_factor * usual), claim)
        for at in np.flatnonzero(shipment > most).tolist():
            self._blame("ship", "shipment", at, f"{shipment[at]}, must be at most the {most[at]} that can be claimed")
        if (sent := shipment.sum()) > self.on_hand * (1.0 + DUST):
            self._blame("ship", "shipment", None, f"{sent} in all, must be at most the {self.on_hand} on hand")

    def _blame(self, phase: str, key: str, at: int | None, wrote: str) -> None:
        where = "" if at is None or key not in ON_LANES else f" for {[*getattr(self, ON_LANES[key][0])][at]!r}"
        said = ON_LANES[key][0] if key in ON_LANES else key
        raise ArithmeticError(
            f"period {self.model.period}: {type(self).__name__}.{phase} of {self.name!r} wrote {said}{where} {wrote}; "
            "mend the method"
        )


class Supplier(SupplyAgent):
    """Makes from nothing."""


class Factory(SupplyAgent):
    """Makes its product from inputs."""


class Distributor(SupplyAgent):
    """Buys, stocks and sells."""


class Customer(SupplyAgent):
    """Consumes; it orders what it needs, and refills its pantry."""


KIND_OF: Final[dict[str, type[SupplyAgent]]] = dict(zip(KINDS, (Supplier, Factory, Distributor, Customer), strict=True))


def overrides(kind: type[SupplyAgent], phase: str) -> bool:
    """Whether a class of agents has a method of its own for a phase."""
    return getattr(kind, phase) is not getattr(SupplyAgent, phase)


def classes_of(network: Network, agents: Mapping[str, Any], *, days: bool) -> list[type[SupplyAgent]]:
    """The class of each node's agent [node]: what is said of its name, else of its kind, else the usual one.

    days: whether agents have their whole day at once, by `step`. Raises ValueError that names every fault.
    """
    if not isinstance(agents, Mapping):
        raise ValueError(
            f"agents is {agents!r}, must map names of nodes, or kinds, to classes: agents={{'shop': Hoarder}}; as a "
            "parameter of mesa.batch_run put that into a list"
        )
    problems, names = [], set(network.names)
    for place, given in agents.items():
        if place not in names and place not in KINDS:
            known = nearest(str(place), [*network.names, *KINDS], shown=12)
            problems.append(f"agents: there is no node or kind {place!r}; {known}")
        if not (isinstance(given, type) and issubclass(given, SupplyAgent)):
            what = given.__name__ if isinstance(given, type) else repr(given)
            problems.append(f"agents: {place!r} is {what}, must be a class of agents; derive it from Distributor, say")
        elif not days and given.step is not SupplyAgent.step:
            problems.append(
                f"agents: {given.__name__} has a step of its own, which is not called, since the phases of all agents "
                f"go hand in hand; override {', '.join(DECIDED)} or another phase instead"
            )
    classes, known_kinds = [], tuple(KIND_OF.values())
    for name, code in zip(network.names, network.node["kind"].tolist(), strict=True):
        usual = KIND_OF[KINDS[code]]
        of_kind = usual if KINDS[code] in names else agents.get(KINDS[code], usual)  # a node may be called "factory"
        kind = agents.get(name, of_kind)
        if not problems and issubclass(kind, known_kinds) and not issubclass(kind, usual):
            problems.append(
                f"agents: {name!r} is a {KINDS[code]}, and {kind.__name__} is for another kind; derive it from "
                f"{usual.__name__}, or from SupplyAgent for any kind"
            )
        classes.append(kind)
    if problems:
        fail(problems)
    return classes


def _describe() -> None:
    """Give agents the columns of the schema as attributes."""
    for name, column in inputs("node").items():
        setattr(SupplyAgent, name, Given(name, f"{column.meaning} ({column.unit or 'no unit'})"))
    for name in FAMILIES:
        setattr(SupplyAgent, name, Given(name, "the rule that decides where no method does"))
    for key, column in tellable().items():
        setattr(SupplyAgent, key, Cell(key, f"{column.meaning} ({column.unit})"))
    lanes = inputs("inbound") | results("inbound") | results("outbound")
    for key, (name, end) in ON_LANES.items():
        whom = "supplier" if end == "inbound" else "customer"
        setattr(SupplyAgent, name, LaneColumn(key, f"{lanes[key].meaning} ({lanes[key].unit}), by {whom}"))


_describe()
