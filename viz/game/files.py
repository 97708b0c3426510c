"""A game as a file, and as the parts of a link; both are read as what a stranger may have written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from supplynet.checks import nearest

from .table import WEEKS, Game, Setting, order_of, seed_of

KIND: Final = "supplynet beer game"
LARGEST: Final = 20_000  # characters of a file; a whole game of four people takes a tenth
SETTINGS: Final = ("agents", "demand", "seed", "information")
KNOWN: Final = ("kind", "roles", *SETTINGS, "orders")


def text_of(game: Game) -> str:
    """The file of a game."""
    said = {name: getattr(game.setting, name) for name in ("roles", *SETTINGS)}
    lines = {"kind": KIND, **said, "orders": {role: list(game.of(role)) for role in game.setting.roles}}
    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in lines.items()) + "\n}\n"


def read(text: str) -> Game:
    """The game in a file. Raises ValueError that says what is wrong, and how to mend it."""
    if len(text) > LARGEST:
        raise ValueError(f"the file has more than {LARGEST:,} characters, so it is no game; choose one saved here")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("the file is no game (it is not JSON); choose one that was saved here") from None
    if not isinstance(said, dict) or said.get("kind") != KIND:
        raise ValueError(f"the file is no game (its kind is not {KIND!r}); choose one that was saved here")
    for name in said:
        if name not in KNOWN:
            raise ValueError(f"the file says {name[:40]!r}, which is not known; {nearest(name, KNOWN)}")
    if missing := [name for name in KNOWN if name not in said]:
        raise ValueError(f"the file says no {missing[0]}; save the game anew")
    return _game(said["roles"], {name: said[name] for name in SETTINGS}, said["orders"])


def parts_of(game: Game) -> dict[str, str | list[str]]:
    """The parts of a link that lead to the game as it stands."""
    played = [f"{role}:{'.'.join(map(str, game.of(role)))}" for role in game.setting.roles if game.orders]
    said = {name: str(getattr(game.setting, name)) for name in SETTINGS}
    return {"role": list(game.setting.roles), **said, "orders": played}


def of_parts(parts: Mapping[str, tuple[str, ...]]) -> Game:
    """The game that a link leads to; what it leaves out is as usual. Raises ValueError."""
    usual, settings = Setting(), {}
    for name in SETTINGS:
        value = parts.get(name, (str(getattr(usual, name)),))[0]
        settings[name] = seed_of(value) if name == "seed" else value
    orders: dict[str, list[int]] = {}
    for role, _, numbers in (text.partition(":") for text in parts.get("orders", ())):
        orders[role] = [order_of(number) for number in numbers.split(".")]
    roles = list(parts.get("role", usual.roles))
    return _game(roles, settings, orders if orders else {role: [] for role in roles})


def _game(roles: Any, settings: Mapping[str, Any], orders: Any) -> Game:
    """Check what is told of a game, and make it. Raises ValueError."""
    if not isinstance(roles, list) or not roles or not all(isinstance(role, str) for role in roles):
        raise ValueError("roles must be a list of names, one or more, such as ['retailer']; mend it")
    setting = Setting(tuple(roles), **settings)
    if not isinstance(orders, dict) or not all(isinstance(each, list) for each in orders.values()):
        raise ValueError("orders must give each role a list of whole numbers; mend them")
    for role in orders:
        if role not in setting.roles:
            raise ValueError(f"there are orders of {role[:40]!r}, who plays not; {nearest(role[:40], roles)}")
    if missing := [role for role in setting.roles if role not in orders]:
        raise ValueError(f"the orders of the {missing[0]} are missing; add them, [] for none")
    weeks = {role: len(orders[role]) for role in setting.roles}
    if max(weeks.values()) > WEEKS:
        raise ValueError(f"there are orders of {max(weeks.values())} weeks, and a game has {WEEKS}; leave some out")
    if len(set(weeks.values())) > 1:
        said = ", ".join(f"{role} {count}" for role, count in weeks.items())
        raise ValueError(f"the roles have ordered in different numbers of weeks ({said}); each needs one order a week")
    return Game(setting, tuple(zip(*(orders[role] for role in setting.roles), strict=True)))
