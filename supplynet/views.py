"""Attributes of agents: each reads and writes the columns of the agent's own model, at its own row and lanes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from supplynet.checks import nearest

ON_LANES: Final = {
    "order": ("orders_sent", "inbound"), "received": ("shipments_received", "inbound"),
    "share": ("share", "inbound"), "input_stock": ("input_stock", "inbound"), "on_order": ("on_order", "inbound"),
    "booked": ("orders_received", "outbound"), "shipment": ("shipments_sent", "outbound"),
    "lane_backlog": ("lane_backlog", "outbound"), "cancelled": ("cancelled", "outbound"),
}  # fmt: skip
"""Columns of an agent's ends of its lanes: what an agent calls them, and which end they lie at."""


class Cell:
    """A node column at the agent's row, read and written where it lies."""

    def __init__(self, key: str, doc: str) -> None:
        self.key, self.__doc__ = key, doc

    def __get__(self, agent: Any, owner: type) -> Any:
        return self if agent is None else agent.model.columns[self.key].item(agent.row)

    def __set__(self, agent: Any, value: float) -> None:
        try:
            agent.model.columns[self.key][agent.row] = value
        except (TypeError, ValueError):
            raise TypeError(f"{self.key} of {agent.name!r} is {value!r}, must be a number; convert it") from None


class Given:
    """An input of the agent, as the user gave it; it does not change within a run."""

    def __init__(self, name: str, doc: str) -> None:
        self.name, self.__doc__ = name, doc

    def __get__(self, agent: Any, owner: type) -> Any:
        return self if agent is None else agent.model.rows.given(self.name, agent.row)

    def __set__(self, agent: Any, value: Any) -> None:
        lever = f"{agent.name}.{self.name}"
        raise AttributeError(
            f"{self.name} of {agent.name!r} is an input, which does not change within a run; set it before, as a "
            f"lever: scenario.with_lever({lever!r}, {value!r})"
        )


class LaneColumn:
    """A column of the agent's own lanes, by neighbour."""

    def __init__(self, key: str, doc: str) -> None:
        self.key, self.__doc__ = key, doc

    def __get__(self, agent: Any, owner: type) -> Any:
        return self if agent is None else OnLanes(agent, self.key)

    def __set__(self, agent: Any, value: Any) -> None:
        name = ON_LANES[self.key][0]
        raise AttributeError(f"{name} of {agent.name!r} is set lane by lane; write agent.{name}[neighbour] = quantity")


class OnLanes(Mapping[str, float]):
    """A column of one agent's lanes by neighbour (its name, or the agent), read and written where it lies."""

    __slots__ = ("_agent", "_column", "_key", "_neighbours")

    def __init__(self, agent: Any, key: str) -> None:
        rows, end = agent.model.rows, ON_LANES[key][1]
        self._agent, self._key = agent, key
        self._column = agent.model.columns[key][rows.ends(agent.row)[end]]
        self._neighbours: dict[str, int] = rows.neighbours(end, agent.row)

    def __getitem__(self, neighbour: Any) -> float:
        return float(self._column[self._at(neighbour)])

    def __setitem__(self, neighbour: Any, quantity: float) -> None:
        at = self._at(neighbour)
        try:
            self._column[at] = quantity
        except (TypeError, ValueError):
            where = f"{ON_LANES[self._key][0]} of {self._agent.name!r} for {neighbour!r}"
            raise TypeError(f"{where} is {quantity!r}, must be a number; convert it") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._neighbours)

    def __len__(self) -> int:
        return len(self._neighbours)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _at(self, neighbour: Any) -> int:
        name = neighbour if isinstance(neighbour, str) else getattr(neighbour, "name", neighbour)
        if name not in self._neighbours:
            hint = nearest(str(name), self._neighbours, shown=12) if self._neighbours else "it has no such lanes"
            raise KeyError(f"{ON_LANES[self._key][0]} of {self._agent.name!r}: {name!r} is no neighbour; {hint}")
        return self._neighbours[name]
