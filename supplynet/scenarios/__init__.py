"""Ready-made scenarios: one file each, found by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from supplynet.checks import nearest
from supplynet.scenario import Scenario

READY_MADE: Final = ("flour-2020", "beer-game", "beer-game-sterman")


def builder(name: str) -> Callable[..., Scenario]:
    """The function that builds a ready-made scenario. Raises ValueError with the nearest name."""
    if name not in READY_MADE:
        raise ValueError(f"scenario {name!r} is not known; {nearest(name, READY_MADE)}")
    module = import_module(f"supplynet.scenarios.{name.replace('-', '_')}")
    built: Callable[..., Scenario] = module.build
    return built


def arguments(name: str) -> dict[str, inspect.Parameter]:
    """The levers that a ready-made scenario names itself: the keyword arguments of its builder."""
    return dict(inspect.signature(builder(name)).parameters)


def load(name: str, **levers: Any) -> Scenario:
    """A ready-made scenario by name, with some of its own levers set.

    Raises ValueError for an unknown scenario or lever, with the nearest name.
    """
    build = builder(name)
    for lever in levers:
        if lever not in arguments(name):
            raise ValueError(
                f"scenario {name!r}: lever {lever!r} is not one of its own; {nearest(lever, arguments(name))}"
            )
    return build(**levers)
