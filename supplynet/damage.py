"""What disruptions did to a run: its record beside that of the same run without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet import losses
from supplynet.disruptions import DISRUPTED, Disruption
from supplynet.network import Network, tiers_of
from supplynet.prepare import Prepared, has_price
from supplynet.record import Record
from supplynet.ripples import NEEDED as TRACED
from supplynet.ripples import Shortage, of_suppliers, ripples, unmet
from supplynet.schema import CUSTOMER, KINDS
from supplynet.shocks import Shock

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
LOSSES: Final = ("production_started",)
"""What a record must keep for the losses alone."""
SHORTAGES: Final = ("booked", "lane_backlog", "cancelled", "backlog", "lost")
"""What it must keep besides for who is short, when and for how long; `ripples.NEEDED` for the causes."""


@dataclass(frozen=True, slots=True, eq=False)
class Damage:
    """What the disruptions of a run cost, and how far they carried, beside the same run without them.

    Losses are in `unit` (money, or units made where nobody knows what one is worth, see `values`), output above the
    undisturbed one counts as made up: direct_loss is what struck capacities could not have made whatever the others
    did, value_added_lost all that is missing. periods: those two, cascade_size (firms that are short) and cascade_depth
    (lanes to the farthest of them, -1 for none) by period; nodes and tiers: the losses, who is hit, depth,
    time_to_survive and time_to_recover (periods since the first blow, inf for never), shortage_periods, and of nodes
    the first shortage, its cause and its supplier; shortages: all of them, see `ripples`; left_out: what is not told,
    and what to keep for it.

    A node is short while it owes, or lost, more than it would have, by more than a hundredth of its normal output. Of a
    tier the least time to survive, the greatest to recover of those that were short, and the mean periods of shortage.
    The warm-up is left out.
    """

    unit: str
    direct_loss: float
    value_added_lost: float
    periods: pd.DataFrame
    nodes: pd.DataFrame
    tiers: pd.DataFrame
    shortages: tuple[Shortage, ...]
    left_out: str = ""

    @property
    def indirect_loss(self) -> float:
        """Value added that is lost beside the direct loss, for want of inputs and of customers."""
        return self.value_added_lost - self.direct_loss

    @property
    def tells_causes(self) -> bool:
        """Whether the record told why nodes were short."""
        return "cause" in self.nodes

    def shortages_table(self) -> pd.DataFrame:
        """A row for each shortage: node, start, end, cause, supplier, parent (a row, -1 for an origin), depth."""
        import pandas as pd

        return pd.DataFrame([asdict(one) for one in self.shortages], columns=[own.name for own in fields(Shortage)])


def columns_for(record: Record) -> tuple[str, ...]:
    """What the undisturbed record must keep, beside this one. Raises ValueError where this one keeps too little."""
    if record.summed or record.keep_what.every > 1 or not all(key in record for key in LOSSES):
        raise ValueError(
            f"damage: the record must hold {' and '.join(LOSSES)} of every node in every period, and of so long or "
            f"large a run only sums or other columns were kept; run it with keep=Keep({LOSSES!r}) for the losses, "
            f"with keep=Keep({LOSSES + SHORTAGES!r}) for who is short besides, or run something smaller"
        )
    return LOSSES + (SHORTAGES if all(key in record for key in SHORTAGES) else ())


def damage(record: Record, undisturbed: Record, *, value: Array | None = None) -> Damage:
    """What the disruptions of a run did, from its record and that of the same run without them, same luck.

    value [node]: money that a unit of each node's output adds (default: what prices, or flows in money, tell). Raises
    ValueError for a record that holds too little.
    """
    import pandas as pd

    columns_for(record)
    ready, skipped = record.prepared, record.warm_up
    network, tier = ready.network, tiers_of(ready.network)
    blow = _Blow(record)
    value, unit = values(ready) if value is None else (value, "money")
    made, usual = (of["production_started"][skipped:] for of in (record, undisturbed))
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(usual > 0.0, np.minimum(blow.capacity[skipped:] / usual, 1.0), 1.0)
    nodes = {
        "node": network.names, "kind": [KINDS[kind] for kind in network.node["kind"]], "tier": tier, "hit": blow.hit,
        "direct_loss": losses.direct_loss(factor.T, usual.T, np.ones(len(usual))) * value,
        "value_added_lost": losses.value_lost(made.T, usual.T, np.ones(len(usual))) * value,
    }  # fmt: skip
    periods = {
        "period": np.arange(skipped, record.periods),
        "direct_loss": losses.direct_loss(factor, usual, value),
        "value_added_lost": losses.value_lost(made, usual, value),
    }
    shortages: tuple[Shortage, ...] = ()
    left_out = f"who was short, and the causes: keep {', '.join(dict.fromkeys(SHORTAGES + TRACED))} too"
    if all(key in record for key in SHORTAGES):
        short = _short(record, undisturbed)[skipped:]
        _add_shortages(nodes, periods, short, blow, ready)
        left_out = f"the causes of shortages: keep {', '.join(TRACED)} too"
        if all(key in record for key in TRACED):
            shortages, left_out = tuple(ripples(record)), ""
            nodes |= _first(network, shortages, np.pad(short, ((skipped, 0), (0, 0))))
    table = pd.DataFrame(nodes)
    return Damage(
        unit, float(periods["direct_loss"].sum()), float(periods["value_added_lost"].sum()), pd.DataFrame(periods),
        table, _by_tier(table), shortages, left_out,
    )  # fmt: skip


class _Blow:
    """Who is hit [node], from when on, and the capacity that is left [period, node], endless where none is struck."""

    def __init__(self, record: Record) -> None:
        ready = record.prepared
        network = ready.network
        self.hit = np.zeros(network.n_nodes, bool)
        self.capacity = np.full((record.periods, network.n_nodes), np.inf)
        begins = [record.periods]
        for column, rows, levels, changed in _struck(record, network.disruptions):
            struck = rows[changed.any(axis=0)]
            if DISRUPTED[column].table == "lane":
                self.hit[network.lane["supplier"][struck]] = self.hit[network.lane["customer"][struck]] = True
            else:
                self.hit[struck] = True
            begins += [int(changed.any(axis=1).argmax())] if changed.any() else []
            if column == "capacity_factor":
                whole = np.broadcast_to(ready.node["capacity"][rows], levels.shape)
                left = np.multiply(whole, levels, out=np.zeros(levels.shape), where=levels > 0.0)
                self.capacity[:, rows] = np.where(changed, left, np.inf)
        self.begins = min(begins)


def struck_periods(record: Record, events: Sequence[Disruption]) -> NDArray[np.bool_]:
    """Whether any of some disruptions changes anything, under the luck of a run [period]."""
    found = np.zeros(record.periods, bool)
    for *_, changed in _struck(record, events):
        found |= changed.any(axis=1)
    return found


def _struck(record: Record, events: Sequence[Disruption]) -> Iterator[tuple[str, Array, Array, Array]]:
    """Each column that is struck: its rows, their factors, and whether those are changed [period, row]."""
    network = replace(record.prepared.network, disruptions=tuple(events))
    for column in dict.fromkeys(event.column for event in events):
        shock = Shock(network, column, record.periods, 1)
        if shock.is_random:
            shock.deal(record.union.cases[0].seed, np.array([record.replication]))
        levels = np.array([shock.at(period) for period in range(record.periods)])
        yield column, shock.rows, levels, levels != shock.given


def values(ready: Prepared) -> tuple[Array, str]:
    """The value added in a unit of each node's product [node], and in what: money, or units made.

    It is the price less that of the inputs; what has no price passes on at what its inputs cost. Where nobody has a
    price, quantities are money if what firms put out is worth more than what goes in, as in folders of flows; otherwise
    nobody knows what a unit is worth, and each that a firm makes or handles counts as 1.
    """
    network, lane = ready.network, ready.network.lane
    per_unit = ready.lane["share"] * network.input["units_per_output"][lane["input"]]
    firm, priced = (network.node["kind"] != CUSTOMER).astype(np.float64), has_price(network)

    def of_inputs(price: Array) -> Array:
        cost: Array = np.bincount(lane["customer"], per_unit * price[lane["supplier"]], network.n_nodes)
        return cost

    if not priced.any():
        value, buys = (1.0 - of_inputs(firm)) * firm, of_inputs(firm) > 0.0
        in_money = value.min(initial=0.0) > -losses.ROUNDING and value[buys].max(initial=0.0) > losses.ROUNDING
        return (value, "money") if in_money else (firm, "units made")
    price = np.where(priced, ready.node["price"], 0.0)
    for _ in range(int(tiers_of(network).max(initial=0)) + 1):
        price = np.where(priced, price, of_inputs(price))
    return (price - of_inputs(price)) * firm, "money"


def _short(record: Record, undisturbed: Record) -> Array:
    """What each node owes or lost beyond what it would have, where that is more than the tolerance [period, node]."""
    ready = record.prepared
    network, normal = ready.network, ready.node["normal_output"]
    buys = network.node["kind"] == CUSTOMER

    def missing(of: Record) -> Array:
        lacks = of_suppliers(network, unmet(of))
        lacks[:, buys] = (of["backlog"] + of["lost"])[:, buys]
        return lacks

    more = missing(record) - missing(undisturbed)
    return np.where(losses.in_shortage(more, normal), more, 0.0)


def _add_shortages(nodes: dict[str, Any], periods: dict[str, Any], short: Array, blow: _Blow, ready: Prepared) -> None:
    """Depth, times and periods of shortage of nodes, and the size and depth of the cascade by period."""
    network, lane = ready.network, ready.network.lane
    normal, firms = ready.node["normal_output"], network.node["kind"] != CUSTOMER
    served, ways = normal - short, (lane["supplier"], lane["customer"])
    first = losses.first_struck(served, normal)
    both = np.concatenate(ways), np.concatenate(ways[::-1])
    start = max(blow.begins - int(periods["period"][0]), 0)
    nodes["depth"] = np.where((first < 0) & ~blow.hit, -1, losses.depths(blow.hit, first, *both))
    if start < len(short):
        nodes["time_to_survive"] = losses.time_to_survive(served, normal, start)
        nodes["time_to_recover"] = losses.time_to_recover(served, normal, start)
    nodes["shortage_periods"] = losses.shortage_periods(short, normal, np.arange(network.n_nodes))
    periods["cascade_size"] = losses.cascade_size(served[:, firms], normal[firms])
    struck = losses.struck(served[:, firms], normal[firms])
    periods["cascade_depth"] = losses.cascade_depth(nodes["depth"][firms], struck)


def _first(network: Network, shortages: Sequence[Shortage], short: Array) -> dict[str, list[Any]]:
    """The first shortage that disruptions brought each node: when, its cause, and the supplier of what lacked."""
    first: dict[str, Shortage] = {}
    place = {name: row for row, name in enumerate(network.names)}
    for one in shortages:
        if one.node not in first and short[one.start : one.end + 1, place[one.node]].any():
            first[one.node] = one
    found = [first.get(name) for name in network.names]
    return {
        "first_shortage": [-1 if one is None else one.start for one in found],
        "cause": ["" if one is None else one.cause for one in found],
        "supplier": ["" if one is None else one.supplier for one in found],
    }


def _by_tier(nodes: pd.DataFrame) -> pd.DataFrame:
    """A row for each tier, the market first, and those that serve nobody (tier -1) last."""
    import pandas as pd

    return pd.DataFrame(list(_tiers(nodes)))


def _tiers(nodes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for tier in sorted(set(nodes["tier"].tolist()), key=lambda tier: (tier < 0, tier)):
        own = nodes[nodes["tier"] == tier]
        row = {"tier": tier, "kinds": ", ".join(dict.fromkeys(own["kind"])), "nodes": len(own)}
        row |= {name: own[name].sum() for name in ("hit", "direct_loss", "value_added_lost")}
        if "shortage_periods" in own:
            struck = own["shortage_periods"] > 0.0
            row["short"] = int(struck.sum())
            if "time_to_survive" in own:
                row["time_to_survive"] = own["time_to_survive"].min()
                row["time_to_recover"] = own["time_to_recover"].max()
            row["shortage_periods"] = own["shortage_periods"].mean()
        yield row
