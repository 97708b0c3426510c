"""Playing a scenario many times over, and what its replications say of a mean or a ratio, with an interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import networkx as nx
from numpy.typing import NDArray
from scipy.special import stdtrit

from supplynet import Keep, Scenario, Signal, from_graph
from supplynet.engine import start
from supplynet.lower import Case
from supplynet.record import Record

Array = NDArray[Any]
MEAN: Final = 2000.0  # units a period: 200 standard deviations of demand, so that no order is ever cut at zero
SD: Final = 10.0
STOCK: Final = 5.0  # periods of demand that every firm opens with, so that no firm ever waits for another
TOLERANCE: Final = 4.0  # standard errors


@dataclass(frozen=True)
class Estimate:
    """What independent replications say of a quantity: its value, its standard error, and how many there were."""

    value: float
    error: float
    runs: int

    @property
    def half_width(self) -> float:
        """Of the 95 % confidence interval, by Student's law."""
        return float(stdtrit(self.runs - 1, 0.975)) * self.error

    def agrees(self, expected: float) -> bool:
        """Whether theory lies within four standard errors, or is met to the last digits where nothing varies."""
        return abs(self.value - expected) <= TOLERANCE * self.error + 1e-9 * abs(expected)


def mean_of(samples: Array) -> Estimate:
    """The mean of independent samples [run]."""
    return Estimate(float(samples.mean()), float(samples.std(ddof=1)) / math.sqrt(samples.size), samples.size)


def ratio_of(above: Array, below: Array) -> Estimate:
    """The ratio of two means over runs [run]; its error is that of the residuals above - ratio * below."""
    ratio = above.mean() / below.mean()
    return Estimate(float(ratio), mean_of(above - ratio * below).error / float(below.mean()), above.size)


def spread(series: Array, mean: float) -> Array:
    """Variance in each run about a known mean, so without bias. Shapes: [run, period] -> [run]."""
    squares: Array = ((series - mean) ** 2).mean(axis=1)
    return squares


def series(scenario: Scenario, keys: Sequence[str], runs: int) -> dict[str, dict[str, Array]]:
    """Columns by key and by node, [run, period] each, without the warm-up; all runs are one union of networks."""
    network, periods = scenario.network, scenario.periods
    ready = start([Case(network, scenario.seed, tuple(range(runs)), scenario.start)], periods)
    record = Record(ready.union, periods, Keep(columns=tuple(keys)))
    ready.run(periods, [record])
    played = {}
    for key in keys:
        column = record.of_runs(key, 0, runs).reshape(periods, runs, -1)[scenario.warm_up :]
        played[key] = {name: column[:, :, at].T for at, name in enumerate(network.names)}
    return played


def chain(
    rules: Sequence[Any], coverages: Sequence[int], demand: Any, *, signals: Sequence[Signal] = (), **settings: Any
) -> Scenario:
    """A customer, a firm for each rule ("tier 1", ...), and a source; goods take a tier's coverage to come to it."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=demand)
    tiers = [f"tier {number}" for number in range(1, len(rules) + 1)]
    for tier, rule in zip(tiers, rules, strict=True):
        graph.add_node(tier, kind="distributor", ordering=rule, on_hand=STOCK * MEAN)
    graph.add_node("source", kind="supplier")
    graph.add_edge(tiers[0], "customer", order_lead_time=0, shipment_lead_time=0)
    for buyer, supplier, coverage in zip(tiers, [*tiers[1:], "source"], coverages, strict=True):
        graph.add_edge(supplier, buyer, order_lead_time=0, shipment_lead_time=coverage)
    return Scenario("chain", from_graph(graph, signals=signals), **settings)


def bullwhip_by_tier(scenario: Scenario, runs: int) -> list[Estimate]:
    """Var(orders of a tier) / Var(customer demand) of a chain, tier by tier from the market."""
    played = series(scenario, ("demand", "production_order"), runs)
    sold = spread(played["demand"]["customer"], MEAN)
    orders = [own for name, own in played["production_order"].items() if name.startswith("tier")]
    assert all(own.min() > 0.0 for own in orders), "an order was cut, and theory is about orders that are not"
    return [ratio_of(spread(own, MEAN), sold) for own in orders]
