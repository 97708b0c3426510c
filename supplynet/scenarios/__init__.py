"""Ready-made scenarios: one file each, found by name, or by the file of a saved run."""

from __future__ import annotations

import hashlib
import inspect
import tomllib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from supplynet import __version__
from supplynet.checks import nearest
from supplynet.levers import read_like
from supplynet.network import Network
from supplynet.scenario import SETTINGS, Scenario

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


def load(name: str | Path, **levers: Any) -> Scenario:
    """A ready-made scenario by name, or a saved one by its scenario.toml, with some of its own levers set.

    Raises ValueError for an unknown scenario or lever, with the nearest name.
    """
    recipe = find_recipe(name)
    return replace(recipe, own_levers={**recipe.own_levers, **levers}).build()


def load_file(path: str | Path) -> Scenario:
    """The scenario of a saved run. A replication other than 0 stands in the recipe and is given to `run`.

    Raises ValueError if the file is not there, is not readable, or makes another network than the one saved.
    """
    return read_recipe(path).build()


def find_recipe(name: str | Path) -> Recipe:
    """The recipe of a ready-made scenario by its name, or that of a saved run by the path of its file."""
    if isinstance(name, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        return read_recipe(name)
    builder(name)
    return Recipe(name)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a scenario again: a ready-made one, its own levers, how to run it, and levers set later, in order.

    replication: which repetition `run` is to play.
    """

    scenario: str
    own_levers: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    levers: Mapping[str, Any] = field(default_factory=dict)
    replication: int = 0

    def with_lever(self, lever: str, value: Any) -> Recipe:
        """The recipe with one lever set, one of the scenario's own first; text is read in the type of the lever.

        A lever of the network is tried only when the scenario is built. Raises ValueError for a text that does not fit.
        """
        known = arguments(self.scenario)
        if lever in known:
            own = {**self.own_levers, lever: read_like(known[lever].default, value, lever)}
            return replace(self, own_levers=own)
        if lever in SETTINGS:
            return replace(
                self, settings={**self.settings, lever: read_like("" if lever == "start" else 0, value, lever)}
            )
        earlier = {name: given for name, given in self.levers.items() if name != lever}
        return replace(self, levers={**earlier, lever: value})

    def owns(self, lever: str) -> bool:
        """Whether a lever is one of the ready-made scenario's own."""
        return lever in arguments(self.scenario)

    def build_again(self, scenario: Scenario, lever: str, value: Any) -> Scenario:
        """A scenario made by this recipe, built anew with another value of one of its own levers.

        Raises ValueError if its network was changed in Python, which building anew would lose.
        """
        settings = {name: getattr(scenario, name) for name in SETTINGS}
        recipe = replace(self, settings=settings, levers=scenario.levers)
        if fingerprint(recipe.build().network) != fingerprint(scenario.network):
            raise ValueError(
                f"lever {lever!r} builds scenario {self.scenario!r} anew, but its network was changed in Python; "
                f"set it first: supplynet.load({self.scenario!r}, {lever}=...)"
            )
        return recipe.with_lever(lever, value).build()

    def build(self) -> Scenario:
        """The scenario. Raises ValueError for an unknown lever or a value that breaks a rule."""
        known = arguments(self.scenario)
        for lever in self.own_levers:
            if lever not in known:
                raise ValueError(
                    f"scenario {self.scenario!r}: lever {lever!r} is not one of its own; {nearest(lever, known)}"
                )
        try:
            scenario = builder(self.scenario)(**self.own_levers)
        except ValueError as fault:
            given = ", ".join(f"{lever}={value!r}" for lever, value in self.own_levers.items())
            raise ValueError(f"scenario {self.scenario!r} with {given}: {fault}") from None
        scenario = replace(scenario, recipe=Recipe(self.scenario, dict(self.own_levers)), **self.settings)
        return scenario.with_levers(self.levers, also=[*known, *SETTINGS])


def read_recipe(path: str | Path) -> Recipe:
    """The recipe in a scenario.toml, tried out: what it makes must be the network that was saved.

    Raises ValueError that names the file, OSError if it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(
            f"scenario file {str(path)!r} is a folder, must be a file; did you mean {path / 'scenario.toml'}?"
        )
    if not path.exists():
        raise ValueError(
            f"scenario file {str(path)!r} does not exist; give the scenario.toml that `supplynet run --out` wrote, "
            f"or a name ({', '.join(READY_MADE)})"
        )
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise ValueError(f"scenario file {str(path)!r} is not TOML ({fault}); mend it, or save it again") from None
    keys = ("supplynet", "scenario", "replication", "network", *SETTINGS, "own_levers", "levers")
    for key in read:
        if key not in keys:
            raise ValueError(f"scenario file {str(path)!r}: {key!r} is not a key; {nearest(key, keys)}")
    try:
        recipe = Recipe(
            read["scenario"],
            read.get("own_levers", {}),
            {key: read[key] for key in SETTINGS if key in read},
            read.get("levers", {}),
            read.get("replication", 0),
        )
        made = fingerprint(recipe.build().network)
    except KeyError as fault:
        raise ValueError(f"scenario file {str(path)!r} lacks {fault}; add it, or save it again") from None
    except (TypeError, ValueError) as fault:
        raise ValueError(f"scenario file {str(path)!r}: {fault}") from None
    if read.get("network", made) != made:
        raise ValueError(
            f"scenario file {str(path)!r}: {read['scenario']!r} now makes another network than the one that was run "
            f"(with supplynet {read.get('supplynet', '?')}, this is {__version__}), or that one was changed in Python; "
            "build it there, or delete the line `network` to run what this version makes"
        )
    if read.get("supplynet", __version__) != __version__:
        warnings.warn(
            f"scenario file {str(path)!r} was run with supplynet {read['supplynet']}, this is {__version__}: "
            "the last digits may differ",
            stacklevel=2,
        )
    return recipe


def fingerprint(network: Network) -> str:
    """A digest of everything that a network holds: the same for equal networks, another for any that differ."""
    digest = hashlib.sha256(repr((network.names, network.signals, network.disruptions)).encode())
    for table in (network.node, network.lane, network.input):
        for name, column in sorted(table.items()):
            values = column.tolist() if column.dtype.kind in "OU" else np.ascontiguousarray(column).tobytes()
            digest.update(repr((name, values)).encode())
    for place, coded in sorted(network.objects.items()):
        used = [-1 if code < 0 else repr(coded.values[code]) for code in coded.codes.tolist()]
        digest.update(repr((place, used)).encode())
    return digest.hexdigest()
