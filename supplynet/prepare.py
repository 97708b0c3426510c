"""One network made ready: rules resolved, lead times bounded, flows, levels and opening worked out, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import fail
from supplynet.demand import as_process
from supplynet.distributions import Distribution
from supplynet.network import Network
from supplynet.opening import STARTS, Traits, coverage_of, mean_flows, open_columns
from supplynet.policies.allocation import Proportional
from supplynet.policies.contract import AllocationRule, InputRule, OrderingRule, Rule, parameters
from supplynet.policies.input import LotForLot
from supplynet.policies.ordering import MakeToOrder
from supplynet.schedule import PHASES, find_levels
from supplynet.schema import CUSTOMER, KINDS

Array = NDArray[Any]
DEFAULT_RULES: Final = {"ordering": MakeToOrder(), "input_rule": LotForLot(), "allocation": Proportional()}
INPUT_COLUMNS: Final = ("node", "units_per_output", "target", "cover", "criticality", "input_holding_cost")
LEADS: Final = (("node", "production_lead_time"), ("lane", "order_lead_time"), ("lane", "shipment_lead_time"))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A network in the user's order of rows, with what the engine needs of it.

    `rules` are the distinct rules by column (ordering, input_rule, allocation), and the node column of that name says
    which one each node has; the node columns `<phase>_level` are the schedule.
    """

    network: Network
    rules: dict[str, tuple[Rule, ...]]
    node: dict[str, Array]
    lane: dict[str, Array]
    input: dict[str, Array]


def prepare(network: Network, start: str) -> Prepared:
    """Check a network and work out what does not change from run to run.

    Raises ValueError that names every fault.
    """
    if start not in STARTS:
        raise ValueError(f"start is {start!r}, must be one of {', '.join(STARTS)}; choose one")
    problems = [*_check_objects(network), *_check_rules(network)]
    if problems:
        fail(problems)
    rules, codes = _resolve(network)
    traits = Traits(
        np.array([getattr(rule, "makes_to_order", False) for rule in rules["ordering"]])[codes["ordering"]],
        np.array([getattr(rule, "covers_backlog", True) for rule in rules["input_rule"]])[codes["input_rule"]],
        np.array([getattr(rule, "reads_yesterday", False) for rule in rules["input_rule"]])[codes["input_rule"]],
    )
    lead = {column: _lead_times(network, table, column) for table, column in LEADS}
    usual = _with_usual_lead_times(network, lead)
    flow = mean_flows(network, _final_demand(network))
    order_lead, shipment_lead, line_lead = (
        lead[name] for name in ("order_lead_time", "shipment_lead_time", "production_lead_time")
    )
    problems = list(_check_lost_sales(network, traits, line_lead[2]))
    if problems:
        fail(problems)
    levels = find_levels(network, traits.reads_yesterday, order_lead[0], shipment_lead[0])
    nodes, lanes = open_columns(usual, flow, traits, steady=start == "steady")

    node, lane, table = network.node, network.lane, network.input
    normal = np.where(np.isnan(node["normal_output"]), flow, node["normal_output"])
    loses = np.zeros(network.n_nodes, bool)
    loses[lane["supplier"][lane["unfilled"] > 0]] = True
    splits = np.array(["supply_line" in rule.reads for rule in rules["ordering"]])[codes["ordering"]]
    return Prepared(
        network, rules,
        node=nodes | codes | {f"{phase}_level": levels[at] for at, phase in enumerate(PHASES)} | {
            "capacity": node["capacity"], "normal_output": normal, "coverage": coverage_of(usual),
            **{name: node[name] for name in ("holding_cost", "backlog_cost", "lost_cost", "fixed_order_cost")},
            "makes_to_order": traits.makes_to_order.astype(np.uint8),
            "is_customer": (node["kind"] == CUSTOMER).astype(np.uint8),
            "counts_arrivals": (splits | (loses & ~traits.makes_to_order)).astype(np.uint8),
            "supply_line": np.zeros(network.n_nodes),
            "production_lead": line_lead[1].astype(np.uint32),
            "line_size": (line_lead[2] + 1).astype(np.uint32),
            "line_filled": line_lead[1],
        },
        lane=lanes | {
            **{name: lane[name] for name in ("supplier", "customer", "input", "share", "priority", "in_transit_cost")},
            "lost_in": lane["unfilled"], "lost_out": lane["unfilled"],
            "reach": (usual.lane["order_lead_time"] + usual.lane["shipment_lead_time"]).astype(np.float64),
            "order_lead": order_lead[1].astype(np.uint32), "mail_size": (order_lead[2] + 1).astype(np.uint32),
            "mail_filled": order_lead[1],
            "shipment_lead": shipment_lead[1].astype(np.uint32),
            "transport_size": (shipment_lead[2] + 1).astype(np.uint32), "transport_filled": shipment_lead[1],
            "same_day": (shipment_lead[0] == 0).astype(np.uint8),
        },
        input={name: table[name] for name in INPUT_COLUMNS},
    )  # fmt: skip


def _resolve(network: Network) -> tuple[dict[str, tuple[Rule, ...]], dict[str, Array]]:
    """The distinct rules by column, the default last, and the rule of each node [node]."""
    rules, codes = {}, {}
    for column, default in DEFAULT_RULES.items():
        coded = network.objects["node", column]
        rules[column] = (*coded.values, default)
        codes[column] = np.where(coded.codes < 0, len(coded.values), coded.codes)
    return rules, codes


def _lead_times(network: Network, table: str, column: str) -> tuple[Array, Array, Array]:
    """Least, usual and greatest lead time of each row, in whole periods."""
    usual = (network.node if table == "node" else network.lane)[column].astype(np.int64)
    least, most = usual.copy(), usual.copy()
    coded = network.objects[table, column]
    for code, distribution in enumerate(coded.values):
        rows = coded.codes == code
        least[rows], most[rows] = distribution.smallest(), distribution.largest()
        usual[rows] = np.clip(round(distribution.mean), distribution.smallest(), distribution.largest())
    return least, usual, most


def _with_usual_lead_times(network: Network, lead: dict[str, tuple[Array, Array, Array]]) -> Network:
    node = {**network.node, "production_lead_time": lead["production_lead_time"][1]}
    lane = {**network.lane, **{name: lead[name][1] for name in ("order_lead_time", "shipment_lead_time")}}
    return replace(network, node=node, lane=lane)


def _final_demand(network: Network) -> Array:
    coded = network.objects["node", "demand"]
    means = np.array([*(as_process(value).mean for value in coded.values), 0.0])
    return means[coded.codes]


def _check_objects(network: Network) -> Iterator[str]:
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
    for column in ("demand", "capacity"):
        coded = network.objects["node", column]
        for code, value in enumerate(coded.values):
            try:
                as_process(value)
            except (TypeError, ValueError) as fault:
                row = int(np.flatnonzero(coded.codes == code)[0])
                yield f"node {network.names[row]!r}: {column}: {fault}"
    given = network.objects["node", "demand"].codes >= 0
    is_customer = network.node["kind"] == CUSTOMER
    for row in np.flatnonzero(given & ~is_customer).tolist():
        kind = KINDS[network.node["kind"][row]]
        yield f"node {network.names[row]!r}: a {kind} has no demand of its own; give the demand to a customer of it"
    for row in np.flatnonzero(~given & is_customer).tolist():
        yield f"customer {network.names[row]!r} has no demand; give it one, for example demand=Normal(100.0, 20.0)"


def _check_rules(network: Network) -> Iterator[str]:
    """Faults in who has which rule."""
    kinds = {"ordering": OrderingRule, "input_rule": InputRule, "allocation": AllocationRule}
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


def _check_lost_sales(network: Network, traits: Traits, line_lead: Array) -> Iterator[str]:
    lane = network.lane
    stuck = (lane["unfilled"] > 0) & (traits.makes_to_order & (line_lead > 0))[lane["supplier"]]
    for at in np.flatnonzero(stuck).tolist():
        supplier, customer = network.names[lane["supplier"][at]], network.names[lane["customer"][at]]
        yield (
            f"lane {supplier!r} -> {customer!r}: unfilled is 'lost', but its supplier makes to order with a production "
            "lead time and could never sell; let it hold stock, or use unfilled='backorder'"
        )
