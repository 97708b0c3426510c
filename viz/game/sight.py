"""What lies on the board in a week, as far as those who sit at it may see it; the rest never leaves the server.

A role knows its own station, the goods it sent and those that are on their way to it, and the slips it wrote itself.
Where information is shared, and when the game is over, all of it lies open; what customers will want never does.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from supplynet.scenario import Result
from supplynet.scenarios.beer_game import PLAYERS

from .table import FIXED, USUAL, WEEKS, Game


def board(game: Game, result: Result, week: int) -> dict[str, Any]:
    """The board when the orders of a week are due. What is face-down is None; a slip not yet written is ''.

    result: the game as `table.play` gives it. `stations` from the retailer up, each with what arrived, what it was
    asked for, what it sent, stock, backlog and cost after that; `lanes` between them and `brewery`: what is on its way.
    """
    sees = _Sight(game, result, week - 1)
    names = list(PLAYERS)
    lanes = []
    for at, (customer, supplier) in enumerate(pairwise(names), 1):  # lane 0 leads to the customers
        mail = [sees.order(customer), sees.lane("booked", at, 1, (customer,))]
        goods = [sees.lane("received", at, ahead, (customer, supplier)) for ahead in (1, 2)]
        lanes.append({"customer": customer, "supplier": supplier, "slips": mail, "crates": goods})
    brewing = [sees.node("production", "factory", ahead) for ahead in (1, 2)]
    return {
        "week": week,
        "weeks": WEEKS,
        "fixed": USUAL if week <= FIXED else None,
        "finished": game.finished,
        "written": week <= len(game.orders),
        "market": {"wanted": sees.node("demand", "retailer"), "got": sees.node("shipped", "retailer")},
        "stations": [_station(sees, role) for role in names],
        "lanes": lanes,
        "brewery": [*brewing, sees.order("factory")],
    }


def _station(sees: _Sight, role: str) -> dict[str, Any]:
    """One station, and for those who sit there what it looked like week by week."""
    mine = sees.game.plays(role)
    came = sees.node("production", role) if role == "factory" else sees.lane("received", _lane(role), 0, (role,))
    own = {
        "role": role,
        "mine": mine,
        "arrived": came,
        "asked": sees.node("demand", role),
        "sent": sees.node("shipped", role),
        "stock": sees.node("on_hand", role),
        "owed": sees.node("backlog", role),
        "cost": sees.node("cost", role),
        "paid": sees.so_far("cost", role),
        "order": sees.order(role),
    }
    if mine:
        level = sees.history("on_hand", role) - sees.history("backlog", role)
        own["orders"] = list(sees.game.of(role)[: sees.at + 1])
        own["levels"] = level.tolist()
        own["waiting"] = sees.waiting(role)
        own["demands"] = sees.history("demand", role).tolist()
    return own


def _lane(role: str) -> int:
    """The lane on which a role is supplied; lane 0 leads from the retailer to the customers."""
    return PLAYERS.index(role) + 1


class _Sight:
    """What those at the table may know at one time; `at` counts weeks from 0."""

    def __init__(self, game: Game, result: Result, at: int) -> None:
        self.game, self.at, self._result = game, at, result
        self._open = game.finished or game.setting.information == "shared"

    def node(self, key: str, role: str, ahead: int = 0) -> float | None:
        """A number of a station's own."""
        value = self._column(key, role)[self.at + ahead]
        return float(value) if self._known(role) else None

    def lane(self, key: str, lane: int, ahead: int, who: tuple[str, ...]) -> float | None:
        """What is on its way on a lane and arrives in so many weeks, for those who may know it."""
        value = self._result.record[key][self.at + ahead, lane]
        return float(value) if any(map(self._known, who)) else None

    def order(self, role: str) -> float | str | None:
        """The slip that a role writes this week."""
        if not self._known(role):
            return None
        return self.node("production_order", role) if self.at < len(self.game.orders) else ""

    def so_far(self, key: str, role: str) -> float | None:
        """The sum up to this week."""
        return float(self.history(key, role).sum()) if self._known(role) else None

    def waiting(self, role: str) -> float:
        """What a station has ordered, up to last week, and not got yet."""
        position, stock, owed = (self.history(key, role)[-1] for key in ("inventory_position", "on_hand", "backlog"))
        return float(position - stock + owed)

    def history(self, key: str, role: str) -> np.ndarray[Any, Any]:
        """A number of a station's own, week by week up to this one."""
        return np.asarray(self._column(key, role)[: self.at + 1])

    def _known(self, role: str) -> bool:
        return self._open or self.game.plays(role)

    def _column(self, key: str, role: str) -> np.ndarray[Any, Any]:
        values: np.ndarray[Any, Any] = self._result.record[key][:, self._result.nodes.index(role)]
        return values
