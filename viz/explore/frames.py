"""What the canvas is sent: the network once, and for each period one array of bytes."""

from __future__ import annotations

import base64
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.network import Network
from supplynet.plot.map import places
from supplynet.record import Keep
from supplynet.report import figure, tier_groups
from supplynet.scenario import Result
from supplynet.schema import CUSTOMER, KINDS

Array = NDArray[Any]
NEEDED: Final = Keep(
    columns=(
        "demand", "production_order", "on_hand", "backlog", "production", "shipped", "filled", "lost", "cost",
        "shipment", "order",
    )
)  # fmt: skip
"""What a record must keep for the page."""


def geometry(network: Network) -> dict[str, Any]:
    """Names, kinds and positions of the nodes, the ends of the lanes, and the name of each tier's column.

    x [node] is the column, from the sources on; y [node] in 0..1 from the top.
    """
    tiers = tier_groups(network)[::-1]
    place = places(tiers, network.lane["supplier"], network.lane["customer"])
    return {
        "names": list(network.names),
        "kinds": [KINDS[kind] for kind in network.node["kind"]],
        "x": place[:, 0].tolist(),
        "y": (1.0 - place[:, 1]).round(6).tolist(),
        "tails": network.lane["supplier"].tolist(),
        "heads": network.lane["customer"].tolist(),
        "columns": ["no tier" if tier.number is None else f"tier {tier.number}" for tier in tiers],
    }


class Frames:
    """A run as bytes by period, [period, 2 * nodes + 2 * lanes]: levels, debts, goods and orders, each 0..255.

    level: stock as a part of the node's most in the run (a customer's: the part of its demand that was filled); debt:
    backlog and lost demand, as a part of the node's most of stock or debt; goods and orders: what was shipped and
    ordered on each lane, as a part of the most on any lane.
    """

    def __init__(self, result: Result) -> None:
        record, kind = result.record, result.scenario.network.node["kind"]
        self.periods = result.scenario.periods
        stock, owed = record["on_hand"], record["backlog"] + record["lost"]
        most = np.maximum(stock.max(axis=0, initial=0.0), owed.max(axis=0, initial=0.0))
        level, debt = _bytes(stock, stock.max(axis=0, initial=0.0)), _bytes(owed, most)
        buys = kind == CUSTOMER
        demand = record["demand"][:, buys]
        level[:, buys] = np.where(demand > 0, _bytes(record["filled"][:, buys], demand), 255)
        flows = [_bytes(record[key], record[key].max(initial=0.0)) for key in ("shipment", "order")]
        self._bytes = np.concatenate([level, debt, *flows], axis=1)

    def at(self, period: int) -> dict[str, Any]:
        """The frame of a period: its number, and its bytes as base64."""
        return {"period": period, "state": base64.b64encode(self._bytes[period].tobytes()).decode("ascii")}


def _bytes(values: Array, most: Array | float) -> NDArray[np.uint8]:
    """Values as a part of the most, in 0..255; what is not nothing is at least 1."""
    part = np.divide(values, most, out=np.zeros_like(values), where=np.asarray(most) > 0)
    return np.where(values > 0, np.clip(np.round(255 * part), 1, 255), 0).astype(np.uint8)


def card(result: Result, node: int, period: int) -> list[dict[str, str]]:
    """What a node had and did in a period, each with its name."""
    keys = {
        "demand": "demand", "filled": "filled", "on_hand": "on_hand", "backlog": "backlog",
        "production_order": "order", "production": "production", "shipped": "shipped", "lost": "lost", "cost": "cost",
    }  # fmt: skip
    return [
        {"name": label.replace("_", " "), "value": figure(float(result.record[key][period, node]))}
        for key, label in keys.items()
    ]
