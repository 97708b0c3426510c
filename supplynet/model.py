"""A scenario as a Mesa model: one step is one period, all rows at once, or agent by agent where a method is overridden.

Works on Mesa 3.3 to 3.5. The arrays of the engine are the truth; agents, graph and space are made on first use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from functools import cached_property, partial
from inspect import signature
from pathlib import Path
from typing import Any, Final

import mesa
import networkx as nx
import numpy as np
from mesa.discrete_space import Network as Space
from numpy.typing import NDArray

from supplynet.agents import SupplyAgent, classes_of, overrides
from supplynet.balance import Balance
from supplynet.binding import Task
from supplynet.checks import nearest
from supplynet.graphs import to_graph
from supplynet.network import tiers_of
from supplynet.outcomes import OUTCOMES
from supplynet.policies.catalogue import FAMILIES
from supplynet.record import Keep, Record
from supplynet.rows import DAY, Rows
from supplynet.scenario import Result, Scenario
from supplynet.scenarios import load

ACTIVATIONS: Final = ("arrays", "agents", "shuffled")
LIVE: Final = ("rows", "columns", "graph", "space", "_node_named", "_awake", "_planned", "_of_mesa")
"""What a stored model leaves out, since it is made anew."""


class SupplyModel(mesa.Model):
    """A scenario at play, equal to `supplynet.run` period by period.

    scenario: one, or the name of a ready-made one; agents: classes of your own, by name of a node or by kind;
    activation: "arrays" (all rows at once, but for overridden methods), "agents" (every agent by its methods, in the
    order of the day) or "shuffled" (an experiment: every agent has its whole day at once, in random order, and what is
    sent on the same day but misses its reader waits for the next period); rng: another seed than the scenario's;
    replication, keep: as for `supplynet.run` (repetitions differ by replication, not by iterations of Mesa's); kwargs:
    levers by name. `period` is the one to be played next. A method of your own that receives, books or produces may
    not make goods or orders come or go: ArithmeticError says where.
    Raises ValueError that names every fault.
    """

    # Mesa's page of controls lets levers through only to a parameter that is called kwargs.
    def __init__(
        self,
        scenario: Scenario | str | Path = "flour-2020",
        *,
        agents: Mapping[str, type[SupplyAgent]] | None = None,
        activation: str = "arrays",
        rng: int | str | None = None,
        replication: int = 0,
        keep: Keep | None = None,
        **kwargs: Any,
    ) -> None:
        chosen = _with_levers(scenario if isinstance(scenario, Scenario) else load(scenario), kwargs)
        if rng is not None:
            chosen = replace(chosen, seed=_seed(rng))
        if activation not in ACTIVATIONS:
            hint = nearest(str(activation), ACTIVATIONS)
            raise ValueError(f"activation is {activation!r}, must be one of {', '.join(ACTIVATIONS)}; {hint}")
        self.supply_scenario, self.replication, self.keep, self.activation = chosen, replication, keep, activation
        self._classes = classes_of(chosen.network, {} if agents is None else agents, days=activation == "shuffled")
        self._members: list[SupplyAgent] = []
        self._outcomes: dict[str, float] = {}
        self._start_mesa()
        self.datacollector = mesa.DataCollector(model_reporters={name: partial(_outcome, name) for name in OUTCOMES})
        self._open()
        if agents or activation != "arrays":
            self._wake()

    def _start_mesa(self) -> None:
        """Let Mesa make what it needs, and note what that is."""
        before = set(vars(self))
        super().__init__(rng=self.supply_scenario.seed)
        self._of_mesa = set(vars(self)) - before
        # Mesa 3.5 keeps a scenario of its own there; where its page finds one, it builds models from that.
        self._scenario = None

    def _open(self) -> None:
        """Lower the scenario to arrays."""
        wait = 1 if self.activation == "shuffled" else 0
        self.rows = Rows(self.supply_scenario, self.replication, self.keep, wait)
        self.columns = self.rows.columns
        self._awake = self._planned = False

    @property
    def period(self) -> int:
        """The period to be played next, counted from 0."""
        return self.rows.engine.period

    @property
    def record(self) -> Record:
        """What is kept of the periods played; those to come hold nothing yet."""
        return self.rows.record

    def step(self) -> None:
        """Play one period, keep it in the record, and collect data. Raises ValueError after the last one."""
        scenario, engine = self.supply_scenario, self.rows.engine
        if self.period >= scenario.periods:
            raise ValueError(
                f"scenario {scenario.name!r} has {scenario.periods} periods, and all are played; give it more: "
                "SupplyModel(..., periods=...)"
            )
        if not self._planned:
            engine.tasks, self._planned = self._plan(), True
        watchers = (Balance(self.rows.union), self.record) if self._moves_goods else (self.record,)
        engine.run(1, watchers)
        self.running = self.period < scenario.periods
        if not self.running:
            self._outcomes = self.result.outcomes
        self.datacollector.collect(self)

    @property
    def result(self) -> Result:
        """The whole run, for measures, tables and pictures. Raises ValueError while periods are left to play."""
        scenario = self.supply_scenario
        if self.period < scenario.periods:
            raise ValueError(
                f"{self.period} of {scenario.periods} periods of {scenario.name!r} are played; play the others with "
                "run_model()"
            )
        return Result(scenario, self.record)

    @property
    def so_far(self) -> Result:
        """The run up to now, as one that was meant to end here: what strikes later is left out.

        Raises ValueError before the first period, and where less than everything is kept.
        """
        scenario, played = self.supply_scenario, self.period
        if played == 0:
            raise ValueError(f"no period of {scenario.name!r} is played yet; step() first")
        struck = tuple(event for event in scenario.network.disruptions if event.start < played)
        network = replace(scenario.network, disruptions=struck)
        warm_up = min(scenario.warm_up, played - 1)
        short = replace(scenario, network=network, periods=played, warm_up=warm_up)
        return Result(short, self.record.first(played, warm_up))

    @property
    def agents(self) -> Any:
        """All agents, in the order of the nodes."""
        self._wake()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """The agents of each class."""
        self._wake()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """The classes of the agents."""
        self._wake()
        return super().agent_types

    def agent(self, name: str) -> SupplyAgent:
        """The agent of a node. Raises ValueError with the nearest name."""
        if name not in self._node_named:
            raise ValueError(f"there is no agent {name!r}; {nearest(str(name), self._node_named, shown=12)}")
        self._wake()
        return self._members[self._node_named[name]]

    @cached_property
    def graph(self) -> nx.DiGraph:
        """The network as a graph whose edges point the way the goods flow."""
        return to_graph(self.supply_scenario.network)

    @cached_property
    def space(self) -> Space:
        """Mesa's space over the graph, an agent on each node; suppliers and customers are neighbours.

        Mesa draws only spaces whose cells are numbers and whose edges have no direction; so the cells are numbered in
        the order of the nodes, and agents know who supplies whom.
        """
        places, standing = {}, Counter[int]()
        for node, tier in enumerate(tiers_of(self.rows.network).tolist()):
            places[node] = (-float(tier), float(standing[tier]))
            standing[tier] += 1
        # From Mesa 3.5 on a space has places; left to itself it draws them, from the luck that numpy shares with all.
        placed = {"layout": places} if "layout" in signature(Space).parameters else {}
        numbered = nx.convert_node_labels_to_integers(self.graph, label_attribute="name").to_undirected()
        space = Space(numbered, capacity=1, random=self.random, **placed)
        self._wake()
        for node, agent in enumerate(self._members):
            agent.cell = space[node]
        return space

    def __copy__(self) -> SupplyModel:
        return deepcopy(self)  # agents belong to one model, so a copy has its own

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: value for name, value in vars(self).items() if name not in self._of_mesa and name not in LIVE}
        of_mesa = self.running, self.random.getstate(), self.rng.bit_generator.state
        return kept | {"of_mesa": of_mesa, "period": self.period, "arrays": [*self.rows.arrays()]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        of_mesa, period, arrays = (state.pop(name) for name in ("of_mesa", "period", "arrays"))
        self.supply_scenario = state["supply_scenario"]
        self._start_mesa()
        own = self.__dict__
        step, own["_user_step"] = own["_user_step"], lambda: None
        for _ in range(period):
            self.step()  # only Mesa's own clocks catch up
        own["_user_step"] = step
        self.running = of_mesa[0]
        self.random.setstate(of_mesa[1])
        self.rng.bit_generator.state = of_mesa[2]
        own |= state
        self._open()
        self.rows.engine.period = period
        for array, kept in zip(self.rows.arrays(), arrays, strict=True):
            array[...] = kept

    def _wake(self) -> None:
        """Make the agents, or make those of a stored model known to Mesa."""
        if self._awake:
            return
        self._awake = True
        if self._members:
            for agent in self._members:
                self.register_agent(agent)
        for kind, row in zip(self._classes[len(self._members) :], self.rows.row_of.tolist(), strict=False):
            self._members.append(kind(self, row))

    def _plan(self) -> tuple[Task, ...]:
        """The tasks of a period: kernels for all rows at once, and methods where they are to be called."""
        binder = self.rows.binder
        if self.activation == "shuffled":
            return *binder.draw(), Task("step", self.rows.node_of, self._take_turns), *binder.settle()
        own_methods = any(overrides(kind, phase) for kind in set(self._classes) for phase in DAY)
        if self.activation == "arrays" and not own_methods:
            return self.rows.engine.tasks
        acts = {phase: self._acts(phase) for phase in DAY}
        day: list[Task] = []
        for phase, rows in binder.day():
            day += binder.of(phase, rows[~acts[phase][rows]])
            if (own := rows[acts[phase][rows]]).size:
                day.append(Task(phase, own, partial(self._of_rows(own).do, "act", phase)))
        return *binder.draw(), *day, *binder.settle()

    @property
    def _moves_goods(self) -> bool:
        """Whether a method of one's own moves goods or orders itself, so that some may be lost on the way."""
        return any(overrides(kind, phase) for kind in set(self._classes) for phase in ("receive", "book", "produce"))

    def _acts(self, phase: str) -> NDArray[np.bool_]:
        """Which rows do a phase by their method [row]."""
        by_agents = self.activation == "agents"
        return np.array([by_agents or overrides(kind, phase) for kind in self._classes])[self.rows.node_of]

    def _of_rows(self, rows: NDArray[np.int64]) -> Any:
        """The agents of some rows, as an AgentSet."""
        chosen = set(rows.tolist())
        return self.agents.select(lambda agent: isinstance(agent, SupplyAgent) and agent.row in chosen)

    def _take_turns(self) -> None:
        """Every agent has its whole day at once, in random order; what is sent on the same day, but too late, waits."""
        agents = self._of_rows(self.rows.node_of).shuffle()
        turn = np.empty(self.rows.node_of.size, np.int64)
        turn[[agent.row for agent in agents]] = np.arange(turn.size)
        undo = self.rows.put_off(turn)
        agents.do("step")
        undo()

    @cached_property
    def _node_named(self) -> dict[str, int]:
        return {name: node for node, name in enumerate(self.rows.network.names)}


def _outcome(name: str, model: SupplyModel) -> float:
    """An outcome, which is known when the run is over."""
    return model._outcomes.get(name, float("nan"))


def _seed(rng: Any) -> int:
    """A seed as a whole number; Mesa's page hands over a text. Raises ValueError."""
    try:
        return int(rng) if isinstance(rng, str) else int(np.asarray(rng)[()].__index__())
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f"rng is {rng!r}, must be a whole number >= 0, the seed of all randomness; mend it") from None


def _with_levers(scenario: Scenario, levers: Mapping[str, Any]) -> Scenario:
    """The scenario with some levers set, rules before their parameters, in the order of their names."""
    rules_first = sorted(levers, key=lambda lever: (lever.rpartition(".")[2] not in FAMILIES, lever))
    return scenario.with_levers({lever: levers[lever] for lever in rules_first})
