"""A small chain with luck, outcomes and a faulty rule, for the tests of sweeps."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from typing import ClassVar

import networkx as nx
import numpy as np

from supplynet import Scenario, from_graph
from supplynet.distributions import Normal
from supplynet.policies.contract import OrderingRule
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.sweeps import running
from supplynet.sweeps.playing import Worker


@dataclass(frozen=True)
class Breaks(OrderingRule):
    """Order what was asked for, and write nonsense once more than `most` was."""

    most: float = 150.0
    reads: ClassVar = ("demand",)

    def order(self, local, production_order):
        production_order[:] = np.where(local.demand > self.most, np.nan, local.demand)


@dataclass(frozen=True)
class Blind(OrderingRule):
    """Reads what nobody writes."""

    reads: ClassVar = ("weather",)

    def order(self, local, production_order):
        production_order[:] = local.weather


def stall(ordering=None, **settings) -> Scenario:
    """A shop behind a market with luck, a works that may be slow, a mine."""
    graph = nx.DiGraph()
    graph.add_node("market", kind="customer", demand=Normal(100.0, 20.0))
    rule = ordering or OrderUpToMovingAverage(5)
    graph.add_node("shop", ordering=rule, on_hand=150.0, holding_cost=1.0, backlog_cost=9.0)
    graph.add_node("works", ordering=OrderUpToMovingAverage(5), on_hand=150.0, holding_cost=1.0)
    graph.add_node("mine", kind="supplier")
    graph.add_edge("shop", "market", shipment_lead_time=0)
    graph.add_edge("works", "shop", order_lead_time=1, shipment_lead_time=1)
    graph.add_edge("mine", "works", shipment_lead_time=2)
    return Scenario("stall", from_graph(graph), **{"periods": 20, "seed": 3, **settings})


def worst_day(result):
    """The largest backlog of the shop."""
    return result.record["backlog"][:, result.nodes.index("shop")].max()


def filled(result):
    return result.outcomes["fill_rate"]


def by_node(result):
    return result.record["backlog"].max(axis=0)


def picky(result):
    if result.record["demand"].max() > 150.0:
        raise RuntimeError("too much")
    return 1.0


def deadly(result):
    """Kills its process at the third run from now on, as a shortage of memory would."""
    deadly.runs = getattr(deadly, "runs", 0) + 1
    if deadly.runs == 20:
        os._exit(9)
    return 1.0


def counted(monkeypatch) -> list[int]:
    """The numbers of the blocks that are played from now on, all of them here, however long one takes."""
    played: list[int] = []
    play = Worker.play

    def spy(worker, job, block):
        played.append(block.number)
        return play(worker, job, block)

    monkeypatch.setattr(Worker, "play", spy)
    monkeypatch.setattr(running, "WORTH", math.inf)
    return played
