"""Firms that live from each other: a network from firms and the flows between them, with days of cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.disruptions import Disruption
from supplynet.network import Network, from_columns
from supplynet.policies.allocation import Proportional
from supplynet.policies.contract import AllocationRule
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import MakeToOrder
from supplynet.schema import inputs, lane_inputs
from supplynet.topologies import Firms

Array = NDArray[Any]
COVER: Final = 9.0
"""Periods of usage that firms hold of each input. Source: Inoue & Todo (2019), Nature Sustainability 2, 9 days."""
ADJUSTMENT_TIME: Final = 6.0
"""Periods in which they close a gap. Source: the same, 6 days."""
MARKET: Final = " final demand"  # after the sector and the region of a firm, those of its customers
HAIR: Final = 1e-11
"""By how much more than a normal day's final demand customers want: rounding must not look like a slump, which firms
with long cover would make larger from one to the next."""


def firm_network(
    firms: Firms,
    *,
    cover: float | Array = COVER,
    criticality: float | Array = 1.0,
    linear: bool = False,
    adjustment_time: float | Array = ADJUSTMENT_TIME,
    basis: str = "capped_demand",
    allocation: AllocationRule | None = None,
    region: Sequence[str] | None = None,
    disruptions: Sequence[Disruption] = (),
) -> Network:
    """A network of firms, in their order, and after them one customer for each firm that sells to final demand.

    cover: periods of usage to hold, today's included, one number, one of each firm [firm] or sector [sector] that buys,
    or of each input of a sector [input sector, buying sector]; criticality: likewise, in [0, 1]; linear: a firm's
    inputs replace each other, unit of money by unit of money; adjustment_time: periods to close a gap in, one number or
    one of each sector [sector]; basis: what orders follow, see `DaysOfCover`; region: a label of each firm [firm].

    Firms make to order, sell what they have at once, and what they cannot deliver is lost; goods take a period from
    firm to firm and none to customers; nobody can make more than its normal output. Quantities are money a period. A
    customer has the sector and the region of its firm with " final demand" after them, so that a disruption of a
    sector or a region is one of its firms. Undisturbed, nothing moves. A slump grows on its way from firm to firm by
    up to 1 + cover / adjustment_time, so the one should not be much longer than the other. Raises ValueError.
    Source: Inoue & Todo (2019), Nature Sustainability 2; criticality and the linear case Pichler et al. (2022), Journal
    of Economic Dynamics and Control 144.
    """
    n_firms = firms.n_firms
    sold = np.flatnonzero(firms.final_demand > 0.0).tolist()
    names, sectors = firms.names(), firms.sectors()
    if region is not None and len(region) != n_firms:
        raise ValueError(f"firm_network: region has {len(region)} labels for {n_firms} firms; give one of each firm")
    labels = {"sector": sectors} if region is None else {"sector": sectors, "region": region}
    products = ["goods"] * n_firms if linear else sectors
    return trading_firms(
        names, firms.supplier, firms.customer, firms.flow, firms.output, firms.final_demand,
        product=np.zeros(firms.n_lanes, np.int64) if linear else firms.sector[firms.supplier],
        node={
            **labels, "product": products, "capacity": firms.output, "ordering": [MakeToOrder()] * n_firms,
            "input_rule": _buying(adjustment_time, basis, firms),
            "allocation": [allocation or Proportional()] * n_firms,
        },
        customers={"product": [products[firm] for firm in sold]}
        | {label: [f"{of[firm]}{MARKET}" for firm in sold] for label, of in labels.items()},
        lane={
            "cover": _by_input("cover", cover, firms, linear),
            "criticality": _by_input("criticality", criticality, firms, linear),
        },
        disruptions=disruptions,
    )  # fmt: skip


def trading_firms(
    names: Sequence[str],
    supplier: Array,
    customer: Array,
    flow: Array,
    output: Array,
    final_demand: Array,
    *,
    product: Array,
    node: Mapping[str, Any],
    customers: Mapping[str, Any],
    lane: Mapping[str, Any],
    disruptions: Sequence[Disruption] = (),
    faults: list[str] | None = None,
) -> Network:
    """The network of firms that sell so much to each other, and after them the customers of each with a final demand.

    supplier, customer (rows of firms), flow (units a period) and product (a number: lanes that bring one to a buyer are
    one input) are [lane]; output, final_demand [firm] in units a period; node: other columns of firms; customers: those
    in which their customers have no default; lane: other columns of the lanes between firms, their `cover` among them;
    faults: as in `from_columns`. Goods come in a period, to customers at once; what cannot be delivered is lost.
    Undisturbed, nothing moves. Raises ValueError. Source: Inoue & Todo (2019), Nature Sustainability 2.
    """
    n_firms, n_lanes, sold = len(names), flow.size, np.flatnonzero(final_demand > 0.0)
    n_customers, usual = sold.size, inputs("node") | lane_inputs()
    _, of_input = np.unique(customer * (int(product.max(initial=0)) + 1) + product, return_inverse=True)
    bought = np.bincount(of_input, flow)[of_input] if n_lanes else np.zeros(0)

    def after(name: str, column: Any, of_customers: Any = None) -> Any:
        """A column of firms or their lanes, and after it that of their customers, or the default for each of them."""
        if of_customers is None:
            of_customers = [usual[name].default if name in usual else None] * n_customers
        if isinstance(column, np.ndarray) and column.dtype != object:
            return np.concatenate([column, np.asarray(of_customers, np.float64)])
        return [*column, *of_customers]

    ones, nothing = np.ones(n_customers), np.zeros(n_customers)
    ready = {
        "share": after("share", flow / bought, ones), "cover": after("cover", lane["cover"], nothing),
        "units_per_output": after("units_per_output", bought / output[customer], ones),
        "input_stock": after("input_stock", np.maximum(lane["cover"] - 1.0, 0.0) * flow, nothing),
        "goods_in_transit": after("goods_in_transit", flow, nothing), "unfilled": ["lost"] * (n_lanes + n_customers),
        "shipment_lead_time": after("shipment_lead_time", lane.get("shipment_lead_time", np.ones(n_lanes)), nothing),
    }  # fmt: skip
    return from_columns(
        [*names, *(f"customers of {names[firm]}" for firm in sold.tolist())],
        np.concatenate([supplier, sold]),
        np.concatenate([customer, np.arange(n_firms, n_firms + n_customers)]),
        node={name: after(name, column, customers.get(name)) for name, column in node.items()} | {
            "kind": ["factory"] * n_firms + ["customer"] * n_customers,
            "normal_output": np.concatenate([output, final_demand[sold]]),
            "demand": [None] * n_firms + [1.0] * n_customers,
            "demand_factor": np.concatenate([np.ones(n_firms), final_demand[sold] * (1.0 + HAIR)]),
        },
        lane={name: after(name, column) for name, column in lane.items() if name not in ready} | ready,
        disruptions=disruptions, faults=faults,
    )  # fmt: skip


def _buying(adjustment_time: float | Array, basis: str, firms: Firms) -> list[DaysOfCover]:
    """The rule by which each firm buys, one object for each adjustment time."""
    n, given = len(firms.table.sectors), np.asarray(adjustment_time, np.float64)
    if given.shape not in ((), (n,)):
        raise ValueError(
            f"firm_network: adjustment_time has shape {given.shape}, must be one number or ({n},), one of each sector; "
            "mend it"
        )
    times = np.broadcast_to(given, (n,))
    rules = {time: DaysOfCover(adjustment_time=time, basis=basis) for time in dict.fromkeys(times.tolist())}
    by_sector = [rules[time] for time in times.tolist()]
    return [by_sector[number] for number in firms.sector.tolist()]


def _by_input(name: str, given: float | Array, firms: Firms, linear: bool) -> Array:
    """A number for each lane: one for all, one of each firm or sector that buys, or one of each input of a sector."""
    values, sectors = np.asarray(given, np.float64), firms.table.sectors
    n, buyer = len(sectors), firms.sector[firms.customer]
    at: Any = {
        (): (),
        (firms.n_firms,): firms.customer,
        (n,): buyer,
        (n, n): (firms.sector[firms.supplier], buyer),
    }.get(values.shape)
    if at is None or (linear and values.ndim == 2):
        shapes = f"one number, ({n},) or ({firms.n_firms},)" + ("" if linear else f", or ({n}, {n})")
        raise ValueError(f"firm_network: {name} has shape {values.shape}, must be {shapes}; see what each stands for")
    least, most = (1.0, np.inf) if name == "cover" else (0.0, 1.0)
    if not (ok := np.isfinite(values) & (values >= least) & (values <= most)).all():
        where = np.argwhere(~ok)[0].tolist()
        said = firms.names() if values.shape == (firms.n_firms,) else sectors
        must = "at least 1, that of today" if name == "cover" else "a number in [0, 1]"
        raise ValueError(
            f"firm_network: {name} of {' for '.join(repr(said[place]) for place in where) or 'all'} is "
            f"{values[~ok][0]:g}, must be {must}; mend it"
        )
    return np.broadcast_to(values, firms.flow.shape) if values.ndim == 0 else values[at]
