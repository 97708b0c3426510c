"""The chain of four tiers as one would write it in plain Mesa: an object for each firm, a deque for each pipeline."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import mesa
import numpy as np

from shared.networks import TIERS, chain
from shared.timing import Table, best
from supplynet import Scenario, replicate, run
from supplynet.demand import Trace
from supplynet.policies.ordering import BaseStock

LEVEL: Final = 360.0  # base-stock, units
OPENING: Final = 100.0  # on hand, units


class Firm(mesa.Agent):
    """Keeps its inventory position at a base-stock level; orders and goods each take a period."""

    def __init__(self, model: mesa.Model, usual: float) -> None:
        super().__init__(model)
        self.on_hand, self.backlog = OPENING, 0.0
        self.mail, self.transport = deque([usual]), deque([usual])
        self.on_order = 2 * usual

    def receive(self) -> None:
        goods = self.transport.popleft()
        self.on_hand += goods
        self.on_order -= goods

    def order(self, asked: float) -> float:
        self.backlog += asked
        ordered = max(0.0, LEVEL - (self.on_hand + self.on_order - self.backlog))
        self.on_order += ordered
        return ordered

    def ship(self) -> float:
        goods = min(self.on_hand, self.backlog)
        self.on_hand -= goods
        self.backlog -= goods
        return goods


class Chain(mesa.Model):
    """Four firms in a row; the last buys from a source that has everything."""

    def __init__(self, demand: Sequence[float]) -> None:
        super().__init__()
        self.demand = demand
        self.firms = [Firm(self, demand[0]) for _ in TIERS[1:]]

    def step(self) -> None:
        self.agents.do("receive")
        asked = self.demand[int(self.steps) - 1]
        for firm in self.firms:
            wanted = firm.order(asked)
            asked = firm.mail.popleft()
            firm.mail.append(wanted)
        self.firms[-1].transport.append(asked)
        self.firms[0].ship()
        for customer, firm in pairwise(self.firms):
            customer.transport.append(firm.ship())


def measure_plain_mesa(table: Table, periods: int, runs: int) -> None:
    """How many times our seconds plain Mesa takes: one chain, with the same stock in every period, and many."""
    demand = np.random.default_rng(1).normal(100.0, 20.0, periods).round(1).tolist()
    scenario = Scenario("chain", chain(1, BaseStock(LEVEL), Trace(tuple(demand))), periods=periods)
    result, model, held = run(scenario), Chain(demand), []
    for _ in demand:
        model.step()
        held.append([firm.on_hand for firm in model.firms])
    firms = [result.nodes.index(name) for name in TIERS[1:]]
    assert np.allclose(result.record["on_hand"][:, firms], held), "not the same chain"

    def play() -> None:
        model = Chain(demand)
        for _ in demand:
            model.step()

    theirs, alone = best(play, 3), best(lambda: run(scenario), 3)
    table.add(f"plain Mesa, one chain alone for {periods} periods, same stock", f"{theirs / alone:.2f} times ours")
    many = Scenario("chains", chain(1, BaseStock(LEVEL)), periods=periods)
    together = best(lambda: replicate(many, runs), 3) / runs
    table.add(f"  {runs:,} of them, each with its own demand", f"{theirs / together:.0f} times ours", "> 5 times")
