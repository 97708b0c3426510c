"""Scenarios by name or path: the ready-made ones, one file each; folders of tables; and saved runs."""

from __future__ import annotations

import inspect
import tomllib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from supplynet import __version__
from supplynet.checks import nearest
from supplynet.disruptions import Disruption
from supplynet.fingerprint import fingerprint
from supplynet.levers import read_like
from supplynet.network import addresses_of
from supplynet.readers.events import read_disruption
from supplynet.readers.folder import is_folder_of_tables
from supplynet.readers.graph_files import is_graph_file, read_path
from supplynet.scenario import SETTINGS, Scenario

READY_MADE: Final = (
    "flour-2020",
    "beer-game",
    "beer-game-sterman",
    "dell",
    "pc-channel",
    "push-retail",
    "zara",
    "toyota",
    "batch-line",
    "conwip-line",
    "netflix",
    "netflix-history",
    "jit-covid",
)


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
    """A ready-made scenario by name, with some of its own levers set; that of a folder of tables; or that of a saved
    run by its scenario.toml.

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
    """The recipe of a ready-made scenario by its name, of a folder of tables or a graph file by its path, or of a saved
    run by its scenario.toml.

    A folder that has the name of a ready-made scenario is meant by ./NAME.
    """
    if name in READY_MADE:
        return Recipe(str(name))
    path = Path(name)
    if path.is_dir() or is_graph_file(path):
        read = read_path(path)
        return Recipe(read.name, read=read)
    if isinstance(name, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        return read_recipe(path)
    builder(name)
    return Recipe(name)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a scenario again: which one, its own levers, how to run it, levers set later, and what strikes it.

    disruptions: added to those of the scenario, as events or as rows of disruptions.csv in one line; replication: which
    repetition `run` is to play; read: the scenario as it was read, where it is not a ready-made one.
    """

    scenario: str
    own_levers: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    levers: Mapping[str, Any] = field(default_factory=dict)
    disruptions: tuple[Disruption | str, ...] = ()
    replication: int = 0
    read: Scenario | None = None

    @property
    def arguments(self) -> Mapping[str, inspect.Parameter]:
        """The levers that the scenario names itself."""
        return arguments(self.scenario) if self.read is None else {}

    def with_lever(self, lever: str, value: Any) -> Recipe:
        """The recipe with one lever set, one of the scenario's own first; text is read in the type of the lever.

        A lever of the network is tried only when the scenario is built. Raises ValueError for a text that does not fit.
        """
        known = self.arguments
        if lever in known:
            own = {**self.own_levers, lever: read_like(known[lever].default, value, lever)}
            return replace(self, own_levers=own)
        if lever in SETTINGS:
            return replace(
                self, settings={**self.settings, lever: read_like("" if lever == "start" else 1, value, lever)}
            )
        earlier = {name: given for name, given in self.levers.items() if name != lever}
        return replace(self, levers={**earlier, lever: value})

    def owns(self, lever: str) -> bool:
        """Whether a lever is one of the ready-made scenario's own."""
        return lever in self.arguments

    def build_again(self, scenario: Scenario, levers: Mapping[str, Any]) -> Scenario:
        """A scenario made by this recipe, built anew with other values of some of its own levers.

        Raises ValueError if its network was changed in Python, which building anew would lose.
        """
        settings = {name: getattr(scenario, name) for name in SETTINGS}
        recipe = replace(self, settings=settings, levers=scenario.levers, disruptions=scenario.strikes)
        if fingerprint(recipe.build().network) != fingerprint(scenario.network):
            lever = next(iter(levers))
            raise ValueError(
                f"lever {lever!r} builds scenario {self.scenario!r} anew, but its network was changed in Python; "
                f"set it first: supplynet.load({self.scenario!r}, {lever}=...)"
            )
        for lever, value in levers.items():
            recipe = recipe.with_lever(lever, value)
        return recipe.build()

    def build(self) -> Scenario:
        """The scenario. Raises ValueError for an unknown lever or a value that breaks a rule."""
        known = self.arguments
        for lever in self.own_levers:
            if lever not in known:
                raise ValueError(
                    f"scenario {self.scenario!r}: lever {lever!r} is not one of its own; {nearest(lever, known)}"
                    if known
                    else f"scenario {self.scenario!r} has no levers of its own; set {lever!r} with with_lever"
                )
        scenario = self._bare()
        ready = replace(scenario, **self.settings).with_levers(self.levers, also=[*known, *SETTINGS])
        places = addresses_of(ready.network)
        told = (read_disruption(event, places) if isinstance(event, str) else event for event in self.disruptions)
        return ready.with_disruptions(told)

    def _bare(self) -> Scenario:
        """The scenario with its own levers, before anything else is set."""
        if self.read is not None:
            return self.read
        try:
            scenario = builder(self.scenario)(**self.own_levers)
        except ValueError as fault:
            given = ", ".join(f"{lever}={value!r}" for lever, value in self.own_levers.items())
            raise ValueError(f"scenario {self.scenario!r} with {given}: {fault}") from None
        return replace(scenario, recipe=Recipe(self.scenario, dict(self.own_levers)))


def read_recipe(path: str | Path) -> Recipe:
    """The recipe in a scenario.toml, tried out: what it makes must be the network that was saved.

    Raises ValueError that names the file, OSError if it cannot be read.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(
            f"scenario file {str(path)!r} is a folder; did you mean {str(path / 'scenario.toml')!r} in it?"
        )
    if not path.exists():
        raise ValueError(
            f"scenario file {str(path)!r} does not exist; give the scenario.toml that `supplynet run --out` wrote, "
            f"a folder of tables, or a name ({', '.join(READY_MADE)})"
        )
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise ValueError(f"scenario file {str(path)!r} is not TOML ({fault}); mend it, or save it again") from None
    if "scenario" not in read and is_folder_of_tables(path.parent):
        raise ValueError(
            f"scenario file {str(path)!r} belongs to the tables beside it; give their folder: {str(path.parent)!r}"
        )
    lists = ("own_levers", "levers", "disruptions")
    keys = ("supplynet", "scenario", "source", "replication", "network", *SETTINGS, *lists)
    for key in read:
        if key not in keys:
            raise ValueError(f"scenario file {str(path)!r}: {key!r} is not a key; {nearest(key, keys)}")
    try:
        recipe = Recipe(
            read["scenario"],
            read.get("own_levers", {}),
            {key: read[key] for key in SETTINGS if key in read},
            read.get("levers", {}),
            tuple(read.get("disruptions", ())),
            read.get("replication", 0),
            read_path(path.parent / read["source"]) if "source" in read else None,
        )
        made = fingerprint(recipe.build().network)
    except KeyError as fault:
        raise ValueError(f"scenario file {str(path)!r} lacks {fault}; add it, or save it again") from None
    except (TypeError, ValueError) as fault:
        raise ValueError(f"scenario file {str(path)!r}: {fault}") from None
    if read.get("network", made) != made and recipe.read is not None:
        raise ValueError(
            f"scenario file {str(path)!r}: the tables in {str(recipe.read.source)!r} have changed since they were run "
            f"(with supplynet {read.get('supplynet', '?')}, this is {__version__}); put them back, or delete the line "
            "`network` to run what they say now"
        )
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
