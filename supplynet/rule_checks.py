"""Faults in the rules, processes and sizes of a network: what its tables alone do not show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from supplynet.demand import as_process
from supplynet.distributions import Distribution
from supplynet.network import Network
from supplynet.policies.contract import AllocationRule, InputRule, OrderingRule, Rule, SourcingRule, parameters
from supplynet.policies.ordering import Conwip, DemandInference, Kanban, MakeToOrder
from supplynet.processes.interest import EarlyInterest
from supplynet.schema import CUSTOMER, KINDS
from supplynet.shock_checks import check_disruptions

LEADS: Final = (("node", "production_lead_time"), ("lane", "order_lead_time"), ("lane", "shipment_lead_time"))
NEGATIVE: Final = "whose mean must be >= 0; mend it"


def check_objects(network: Network) -> Iterator[str]:
    """Faults in distributions, processes and who has demand."""
    labels = {
        "node": network.names,
        "lane": network.lane_names() if any(network.objects["lane", c].values for _, c in LEADS[1:]) else (),
    }
    for table, column in LEADS:
        coded = network.objects[table, column]
        for code, value in enumerate(coded.values):
            if not isinstance(value, Distribution):
                row = int(np.flatnonzero(coded.codes == code)[0])
                yield (
                    f"{table} {labels[table][row]!r}: {column} is {value!r}, must be a whole number >= 0 "
                    "or a distribution; see supplynet.distributions"
                )
            elif value.mean < 0.0:
                row = int(np.flatnonzero(coded.codes == code)[0])
                yield f"{table} {labels[table][row]!r}: {column} is {value!r}, {NEGATIVE}"
    for column in ("demand", "capacity", "price"):
        coded = network.objects["node", column]
        for code, value in enumerate(coded.values):
            try:
                said = f" is {value!r}, {NEGATIVE}" if as_process(value).mean < 0.0 else ""
            except (TypeError, ValueError) as fault:
                said = f": {fault}"
            if said:
                row = int(np.flatnonzero(coded.codes == code)[0])
                yield f"node {network.names[row]!r}: {column}{said}"
    given = network.objects["node", "demand"].codes >= 0
    is_customer = network.node["kind"] == CUSTOMER
    for row in np.flatnonzero(given & ~is_customer).tolist():
        kind = KINDS[network.node["kind"][row]]
        yield f"node {network.names[row]!r}: a {kind} has no demand of its own; give the demand to a customer of it"
    for row in np.flatnonzero(~given & is_customer).tolist():
        yield f"customer {network.names[row]!r} has no demand; give it one, for example demand=Normal(100.0, 20.0)"


def check_rules(network: Network) -> Iterator[str]:
    """Faults in who has which rule."""
    kinds: dict[str, type[Rule]] = {
        "ordering": OrderingRule, "input_rule": InputRule, "sourcing": SourcingRule, "allocation": AllocationRule,
    }  # fmt: skip
    for column, kind in kinds.items():
        coded = network.objects["node", column]
        for code, value in enumerate(coded.values):
            if not isinstance(value, kind):
                row = int(np.flatnonzero(coded.codes == code)[0])
                where = f"node {network.names[row]!r}: {column} is {value!r}"
                yield f"{where}, must be a rule of kind {kind.__name__}; see supplynet.policies"
            elif kind is AllocationRule and parameters(value):
                yield f"{type(value).__name__}: an allocation rule has no parameters; let its kernel read a lane column"
    ordered = network.objects["node", "ordering"].codes >= 0
    needs_none = np.isin(network.node["kind"], [CUSTOMER, KINDS.index("supplier")])
    for row in np.flatnonzero(~ordered & ~needs_none).tolist():
        kind_name = KINDS[network.node["kind"][row]]
        yield f"node {network.names[row]!r}: a {kind_name} needs an ordering rule; for example ordering=BaseStock(40.0)"
    for row in np.flatnonzero((network.node["on_hand"] > 0) & (network.node["kind"] == CUSTOMER)).tolist():
        yield (
            f"customer {network.names[row]!r}: on_hand is {float(network.node['on_hand'][row])!r}, must be 0, since a "
            "customer has no goods to sell; give its pantry as input_stock (and target) of the lane into it"
        )
    for row in np.flatnonzero(ordered & (network.node["kind"] == CUSTOMER)).tolist():
        yield f"customer {network.names[row]!r}: a customer orders what it consumes; remove its ordering rule"


def check_sizes(network: Network) -> Iterator[str]:
    """Faults in the sizes of orders and in machines."""
    node, ordering = network.node, network.objects["node", "ordering"]
    multiple, least, most = node["order_multiple"], node["minimum_order_quantity"], node["order_cap"]
    with np.errstate(divide="ignore", invalid="ignore"):
        greatest = np.where(
            multiple > 0, np.nan_to_num(np.floor(most / multiple + 1e-9), posinf=np.inf) * multiple, most
        )
    for row in np.flatnonzero((greatest < least) | (greatest <= 0)).tolist():
        yield (
            f"node {network.names[row]!r}: order_cap is {most[row]:g}, which its order_multiple {multiple[row]:g} and "
            f"minimum_order_quantity {least[row]:g} do not reach, so it could never order; raise the cap"
        )
    sized, codes = (multiple > 0) | (least > 0), ordering.codes
    echoes = np.array([*(isinstance(rule, MakeToOrder) for rule in ordering.values), True])[codes]
    for row in np.flatnonzero(echoes & (sized | np.isfinite(most))).tolist():
        buyer = node["kind"][row] == CUSTOMER
        yield (
            f"node {network.names[row]!r}: it {'consumes' if buyer else 'makes to order,'} just what is asked today, "
            "and would forget what order_multiple, minimum_order_quantity or order_cap add or put off; "
            + ("remove them" if buyer else "use BuildToOrder, which keeps a book")
        )
    cards = np.array([*(isinstance(rule, (Kanban, Conwip)) for rule in ordering.values), False])[codes]
    for row in np.flatnonzero(cards & sized).tolist():
        yield (
            f"node {network.names[row]!r}: cards decide how much it orders, and order_multiple or "
            "minimum_order_quantity would exceed them; give containers of that size"
        )


def check_machines(network: Network) -> Iterator[str]:
    """Faults in machines: those that could never start a lot among them."""
    node, names = network.node, network.names
    lot, takes = node["lot"], node["setup"] + node["lot"] * node["unit_time"]
    for row in np.flatnonzero((lot > 0) & (takes <= 0)).tolist():
        yield (
            f"node {names[row]!r}: lot is {lot[row]:g}, but a lot takes no machine time; give setup or "
            "unit_time, or use order_multiple for orders in lots"
        )
    for row in np.flatnonzero((lot == 0) & ((node["setup"] > 0) | (node["unit_time"] > 0))).tolist():
        yield f"node {names[row]!r}: setup and unit_time are those of a lot, and it has none; give lot"
    for row in np.flatnonzero((lot > 0) & (node["kind"] == CUSTOMER)).tolist():
        yield f"customer {names[row]!r}: a customer has no machine; remove lot"
    for row in np.flatnonzero(lot > 0).tolist():
        drawn, rule = network.object_of("node", "capacity", row), network.object_of("node", "ordering", row)
        able = (
            node["capacity"][row] if drawn is None else drawn.largest() if isinstance(drawn, Distribution) else np.inf
        )
        cards = rule.cards * rule.container if isinstance(rule, (Kanban, Conwip)) else np.inf
        for what, most in (("its capacity", able), ("what its cards allow", cards)):
            if lot[row] > most:
                yield (
                    f"node {names[row]!r}: lot is {lot[row]:g}, more than {what}, {most:g}, so that no lot could ever "
                    "start; make the lot smaller"
                )


def check_signals_sense(network: Network) -> Iterator[str]:
    """Faults in what rules are told: interest that nobody shows, sales that are no sales."""
    place = {name: row for row, name in enumerate(network.names)} if network.signals else {}
    told: dict[tuple[str, str], list[int]] = {}
    for signal in network.signals:
        told.setdefault((signal.reader, signal.tells), []).append(place[signal.source])
    for (reader, tells), sources in told.items():
        shows = [isinstance(network.object_of("node", "demand", row), EarlyInterest) for row in sources]
        if tells == "interest" and not any(shows):
            yield (
                f"node {reader!r}: it is told of interest by nobody who shows any; "
                "give a customer demand=EarlyInterest(...)"
            )
        rule = network.object_of("node", "ordering", place[reader])
        if tells == "shipped" and isinstance(rule, DemandInference) and rule.infer_from == "sales":
            names = network.names
            waits = np.isin(network.lane["supplier"], sources) & (network.lane["unfilled"] == 0)
            for lane in np.flatnonzero(waits).tolist():
                yield (
                    f"node {reader!r}: it infers demand from the sales of {names[network.lane['supplier'][lane]]!r}, "
                    "where customers wait for what is not there, so that sales are no demand; use unfilled='lost'"
                )


def check_lost_sales(network: Network, takes_time: NDArray[np.bool_]) -> Iterator[str]:
    """Faults of lost-sales lanes, where making to order takes time [node]."""
    lane = network.lane
    stuck = (lane["unfilled"] > 0) & takes_time[lane["supplier"]]
    for at in np.flatnonzero(stuck).tolist():
        supplier, customer = network.names[lane["supplier"][at]], network.names[lane["customer"][at]]
        yield (
            f"lane {supplier!r} -> {customer!r}: unfilled is 'lost', but its supplier makes to order with a production "
            "lead time and could never sell; let it hold stock, or use unfilled='backorder'"
        )


CHECKS: Final = (
    check_objects, check_rules, check_sizes, check_machines, check_disruptions, check_signals_sense,
)  # fmt: skip
"""All that can be said of a network before anything else is worked out."""
