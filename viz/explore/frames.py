"""What the canvas is sent: the network once, and for each period one array."""

from __future__ import annotations

import base64
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.plot.map import places
from supplynet.record import Keep
from supplynet.scenario import Result
from supplynet.schema import CUSTOMER, KINDS
from supplynet.shocks import Shock, struck
from supplynet.words.report import tier_groups

Array = NDArray[Any]
NEEDED: Final = Keep(
    columns=(
        "demand", "production_order", "on_hand", "backlog", "production", "shipped", "filled", "lost", "cost",
        "shipment", "order", "booked", "lane_backlog", "cancelled", "scrapped", "spoiled", "destroyed",
    )
)  # fmt: skip
"""What a record must keep for the page."""
PLACES: Final = ("region", "site")  # labels that tell where a node is; the schema knows no coordinates


def geometry(result: Result) -> dict[str, Any]:
    """The network as the canvas draws it: names, kinds and places of nodes, ends of lanes, signals, and scales.

    x [node] is the column, from the sources on; layouts: where nodes stand in their columns, by tier and by each label
    of place that there is. most [node]: the stock that fills its mark, the most of its kind in its tier (a customer's:
    demand), 0 where none ever holds any; owed [node]: the debt that makes its ring widest; goods and flow: the most
    that any lane carried, and carried or ordered. down, closed: whether a node or lane is ever struck.
    """
    network, record = result.scenario.network, result.record
    tiers = tier_groups(network)[::-1]
    place = places(tiers, network.lane["supplier"], network.lane["customer"])
    x, y = place[:, 0].astype(np.int64), 1.0 - place[:, 1]
    held, owed = (column.max(axis=0) for column in of_nodes(result)[:2])
    most = np.zeros((len(tiers), len(KINDS)))
    np.maximum.at(most, (x, network.node["kind"]), held)
    goods, orders = (float(record[key].max(initial=0.0)) for key in ("shipment", "order"))
    number = {name: at for at, name in enumerate(network.names)}
    return {
        "names": list(network.names),
        "kinds": [KINDS[kind] for kind in network.node["kind"]],
        "x": x.tolist(),
        "layouts": {"tier": layout(np.full(x.size, "all", object), x, y)}
        | {key: layout(network.node[key], x, y, f"no {key}") for key in PLACES if len(set(network.node[key])) > 1},
        "tails": network.lane["supplier"].tolist(),
        "heads": network.lane["customer"].tolist(),
        "signals": [(number[signal.source], number[signal.reader]) for signal in network.signals],
        "columns": ["no tier" if tier.number is None else f"tier {tier.number}" for tier in tiers],
        "most": most[x, network.node["kind"]].tolist(),
        "owed": np.maximum(held, owed).tolist(),
        "goods": goods,
        "flow": max(goods, orders),
        "down": bool(struck(network, "capacity_factor").size),
        "closed": bool(struck(network, "open_factor").size),
    }


def layout(labels: Array, x: Array, y: Array, unlabelled: str = "") -> dict[str, Any]:
    """Nodes in bands, one below the other, by label; in a band, evenly in their columns, in the order that they had.

    y [node] in 0..1 from the top; rows [column]: how many would stand in it, were all as close as the closest; bands:
    name, top and bottom of each, the unlabelled last; none where all have one label.
    """
    names = sorted(set(labels), key=lambda label: (label == "", float(y[labels == label].mean())))
    band = np.array([names.index(label) for label in labels], np.int64)
    count = np.zeros((len(names), int(x.max()) + 1))
    np.add.at(count, (band, x), 1)
    tall = count.max(axis=1) / count.max(axis=1).sum()
    edge = np.concatenate([[0.0], np.cumsum(tall)])
    group = band * count.shape[1] + x
    order = np.lexsort((y, group))
    rank = np.empty(x.size)
    rank[order] = np.arange(x.size) - np.searchsorted(group[order], group[order])
    stands = edge[band] + tall[band] * (rank + 0.5) / count[band, x]
    return {
        "y": stands.round(6).tolist(),
        "rows": (count / tall[:, None]).max(axis=0).round(3).tolist(),
        "bands": list(zip([name or unlabelled for name in names], edge, edge[1:], strict=False)) * (len(names) > 1),
    }


class Frames:
    """A run as the canvas shows it, period by period.

    A frame is float32 numbers: of each node what `of_nodes` tells, of each lane shipment and order; then bytes: what is
    left of each node's capacity and of each lane, 0 = nothing, 255 = all.
    """

    def __init__(self, result: Result) -> None:
        record, network = result.record, result.scenario.network
        self.periods = result.scenario.periods
        columns = [*of_nodes(result), record["shipment"], record["order"]]
        self._numbers = np.concatenate(columns, axis=1, dtype=np.float32, casting="same_kind")
        sizes = {"capacity_factor": network.n_nodes, "open_factor": network.n_lanes}
        self._left = np.concatenate([left(result, column, size) for column, size in sizes.items()], axis=1)

    def at(self, period: int) -> dict[str, Any]:
        """The frame of a period: its number, and its array as base64."""
        state = self._numbers[period].tobytes() + self._left[period].tobytes()
        return {"period": period, "state": base64.b64encode(state).decode("ascii")}


def of_nodes(result: Result) -> tuple[Array, Array, Array, Array]:
    """What each node holds, owes, is asked for, and serves of it at once, [period, node] each.

    A customer's: what it wants, is owed or loses, asks its suppliers for, and what they serve of it at once, since it
    may get it only when it has travelled.
    """
    record, network = result.record, result.scenario.network
    to = network.lane["customer"]
    buys = network.node["kind"] == CUSTOMER
    late = record["lane_backlog"] + record["cancelled"]  # what is oldest is served first
    at_once = record["booked"] - np.minimum(record["booked"], late)

    def of_suppliers(lanes: Array) -> Array:
        sums = np.zeros((network.n_nodes, len(lanes)))
        np.add.at(sums, to, lanes.T)
        return sums.T

    return (
        np.where(buys, record["demand"], record["on_hand"]),
        np.where(buys, of_suppliers(record["lane_backlog"]) + record["lost"], record["backlog"]),
        np.where(buys, of_suppliers(record["booked"]), record["demand"]),
        np.where(buys, of_suppliers(at_once), record["filled"]),
    )


def left(result: Result, column: str, size: int) -> NDArray[np.uint8]:
    """What disruptions left of a factor in this run, [period, row]: 0 = nothing, 255 = all, and only these exactly."""
    scenario = result.scenario
    bytes_ = np.full((scenario.periods, size), 255, np.uint8)
    shock = Shock(scenario.network, column, scenario.periods, 1)
    if shock.rows.size:
        shock.deal(scenario.seed, np.array([result.record.replication]))
        part = np.array([shock.at(period) for period in range(scenario.periods)])
        between = np.clip(np.round(255 * part), 1, 254)
        bytes_[:, shock.rows] = np.where(part <= 0.0, 0, np.where(part >= 1.0, 255, between)).astype(np.uint8)
    return bytes_
