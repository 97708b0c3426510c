"""One network made ready: rules resolved, lead times bounded, flows, levels and opening worked out, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.checks import fail
from supplynet.demand import as_process
from supplynet.disruptions import DISRUPTED
from supplynet.network import Network
from supplynet.opening import STARTS, Traits, coverage_of, downstream_of, mean_flows, open_columns, supply_line_of
from supplynet.policies.allocation import Proportional
from supplynet.policies.contract import Rule
from supplynet.policies.input import LotForLot
from supplynet.policies.ordering import MakeToOrder
from supplynet.policies.sourcing import FixedShares
from supplynet.processes.interest import EarlyInterest
from supplynet.rule_checks import CHECKS, LEADS, check_lost_sales
from supplynet.schedule import PHASES, find_levels
from supplynet.schema import CUSTOMER, ORDER_SIZES
from supplynet.shocks import Shock, struck

Array = NDArray[Any]
DEFAULT_RULES: Final = {
    "ordering": MakeToOrder(), "input_rule": LotForLot(), "sourcing": FixedShares(), "allocation": Proportional(),
}  # fmt: skip
PAID_FOR_STATE: Final = ("holding_cost", "backlog_cost", "lost_cost", "fixed_order_cost", "setup_cost")
"""What a node pays for the state in which it ends a period, and for what it did in it."""
INPUT_COLUMNS: Final = ("node", "units_per_output", "target", "cover", "criticality", "input_holding_cost")


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
    problems = [problem for check in CHECKS for problem in check(network)]
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
    flow = normal_flow(network)
    order_lead, shipment_lead, line_lead = (
        lead[name] for name in ("order_lead_time", "shipment_lead_time", "production_lead_time")
    )
    node = network.node
    lot_time = np.where(node["lot"] > 0, node["setup"] + node["lot"] * node["unit_time"], 0.0)
    on_machine = np.ceil(lot_time - 1e-9).astype(np.int64)
    problems = list(check_lost_sales(network, traits.makes_to_order & (line_lead[2] + on_machine > 0)))
    if problems:
        fail(problems)
    levels = find_levels(network, traits.reads_yesterday, order_lead[0], shipment_lead[0])
    nodes, lanes = open_columns(usual, flow, traits, steady=start == "steady")

    downstream = np.zeros(network.n_nodes)
    asks = [any(part.start == "downstream" for part in rule.memory) for rule in rules["ordering"]]
    for row in np.flatnonzero(np.array(asks)[codes["ordering"]]).tolist():
        downstream[row] = downstream_of(usual, row, nodes, lanes)

    leads = [of[1].astype(np.uint32) for of in (order_lead, shipment_lead)]
    lane, table = network.lane, network.input
    normal = np.where(np.isnan(node["normal_output"]), flow, node["normal_output"])
    loses = np.zeros(network.n_nodes, bool)
    loses[lane["supplier"][lane["unfilled"] > 0]] = True
    splits = np.array(["supply_line" in rule.reads for rule in rules["ordering"]])[codes["ordering"]]
    return Prepared(
        network, rules,
        node=nodes | codes | {f"{phase}_level": levels[at] for at, phase in enumerate(PHASES)} | {
            "capacity": means_of(network, "capacity"), "capacity_factor": node["capacity_factor"],
            "price": means_of(network, "price"), "interest": _interest(network) * node["demand_factor"],
            "has_price": has_price(network).astype(np.uint8), "stock_factor": node["stock_factor"],
            "may_scrap": _may_change(network, "stock_factor"),
            "may_hold_back": _may_change(network, "order_factor"),
            **{name: node[name] for name in ("demand_factor", "order_factor", "hoarding")},
            "normal_output": normal, "coverage": coverage_of(usual, on_machine),
            "supply_line_periods": supply_line_of(usual, on_machine),
            **{name: node[name] for name in PAID_FOR_STATE},
            "makes_to_order": traits.makes_to_order.astype(np.uint8),
            "is_customer": (node["kind"] == CUSTOMER).astype(np.uint8),
            "counts_arrivals": (splits | (loses & ~traits.makes_to_order)).astype(np.uint8),
            "supply_line": np.zeros(network.n_nodes), "downstream": downstream,
            "production_lead": line_lead[1].astype(np.uint32),
            "line_size": (line_lead[2] + 1 + np.where(lot_time > 0, on_machine + 1, 0)).astype(np.uint32),
            "lot": node["lot"], "lot_time": lot_time, "busy": np.zeros(network.n_nodes),
            "has_order_sizes": _has_order_sizes(node).astype(np.uint8), **{name: node[name] for name in ORDER_SIZES},
            "line_filled": line_lead[1],
        },
        lane=lanes | {
            **{name: lane[name] for name in ("supplier", "customer", "input", "share", "priority", "in_transit_cost")},
            "open_factor": lane["open_factor"], "may_close": _may_change(network, "open_factor"),
            "may_sink": _may_change(network, "transit_factor"),
            **{name: lane[name] for name in ("transit_factor", "extra_lead_time")},
            "normal_order": np.where(np.isnan(lane["normal_order"]), _mean_orders(network, flow), lane["normal_order"]),
            "to_customer": (node["kind"][lane["customer"]] == CUSTOMER).astype(np.uint8),
            "lost_in": lane["unfilled"], "lost_out": lane["unfilled"],
            "reach": (usual.lane["order_lead_time"] + usual.lane["shipment_lead_time"]).astype(np.float64),
            "order_lead": leads[0], "mail_size": (order_lead[2] + 1).astype(np.uint32),
            "mail_filled": leads[0],
            "shipment_lead": leads[1],
            "transport_size": (shipment_lead[2] + 1 + _longest_delay(network)).astype(np.uint32),
            "transport_filled": leads[1],
            "same_day": (shipment_lead[0] == 0).astype(np.uint8),
        },
        input={name: table[name] for name in INPUT_COLUMNS},
    )  # fmt: skip


def _has_order_sizes(node: Mapping[str, Array]) -> NDArray[np.bool_]:
    """Whether a node's orders have a least, a most or a multiple [node]."""
    some: NDArray[np.bool_] = (node["order_multiple"] > 0) | (node["minimum_order_quantity"] > 0)
    return some | np.isfinite(node["order_cap"])


def _may_change(network: Network, column: str) -> NDArray[np.uint8]:
    """Whether a factor of a node or lane is ever another than the neutral one [row]."""
    may = np.zeros(network.n_nodes if DISRUPTED[column].table == "node" else network.n_lanes, np.uint8)
    may[struck(network, column)] = 1
    return may


def _longest_delay(network: Network) -> NDArray[np.int64]:
    """How many periods disruptions may add to the lead time of each lane [lane]."""
    late = [event for event in network.disruptions if event.column == "extra_lead_time"]
    # they are worst where one starts: from then on each stays as it is or fades
    last = 1 + max((event.start for event in late), default=0)
    shock, most = Shock(network, "extra_lead_time", last, 1), np.zeros(network.n_lanes, np.int64)
    most[shock.rows] = shock.greatest
    return most


def has_price(network: Network) -> NDArray[np.bool_]:
    """Whether what a node ships is billed [node]."""
    some: NDArray[np.bool_] = (network.node["price"] > 0) | (network.objects["node", "price"].codes >= 0)
    return some


def normal_flow(network: Network) -> Array:
    """What each node puts out in a normal period [node]. Raises ValueError where flows do not settle."""
    return mean_flows(network, means_of(network, "demand") * network.node["demand_factor"])


def _mean_orders(network: Network, flow: Array) -> Array:
    """What a lane carries in a normal period [lane]."""
    lane, of = network.lane, network.lane["input"]
    mean: Array = lane["share"] * network.input["units_per_output"][of] * flow[lane["customer"]]
    return mean


def means_of(network: Network, column: str) -> Array:
    """A node column, with the normal state of what follows a process [node]."""
    coded = network.objects["node", column]
    means = np.array([*(as_process(value).mean for value in coded.values), 0.0])
    return np.where(coded.codes >= 0, means[coded.codes], network.node.get(column, 0.0))


def _interest(network: Network) -> Array:
    """What customers look at in a normal period [node]."""
    coded = network.objects["node", "demand"]
    means = [value.interest.mean if isinstance(value, EarlyInterest) else 0.0 for value in coded.values]
    return np.array([*means, 0.0])[coded.codes]


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
