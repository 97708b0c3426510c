"""What does each rule cost? A union of 10,000 chains under each rule; expected: none over five times base-stock.

Run it as `python experiments/rule_speed.py`; `--quick` does a tenth of the work. Rules are found by walking the package
and take the parameters of their examples. Only the days are timed, not the luck of the draw, which no rule changes. Of
the days a rule is one task of many: the ratio is what a model pays that follows it. Ordering and input rules run in
speed.py's chain; sourcing and allocation rules, which have nothing to do where there is one lane, in a chain of two
strands that is short of goods.
"""

from __future__ import annotations

import argparse
import time
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

import networkx as nx
import numba
import numpy as np
from shared.networks import TIERS, chain
from shared.timing import Table

from supplynet import Scenario, from_graph, run
from supplynet.batch import BLOCK_CELLS
from supplynet.distributions import Normal, Poisson
from supplynet.engine import start
from supplynet.lower import Case
from supplynet.network import Network
from supplynet.policies.allocation import Proportional
from supplynet.policies.catalogue import FAMILIES, rules_of
from supplynet.policies.contract import Rule
from supplynet.policies.input import LotForLot
from supplynet.policies.ordering import BaseStock
from supplynet.policies.sourcing import FixedShares
from supplynet.processes.interest import EarlyInterest
from supplynet.rule_levers import set_rule
from supplynet.schema import CUSTOMER

MOST: Final = 5.0  # times base-stock
MEAN: Final = 8.0  # units a period, as in the examples of the rules
USUAL: Final[dict[str, Rule]] = {
    "ordering": BaseStock(40.0), "input_rule": LotForLot(), "sourcing": FixedShares(), "allocation": Proportional(),
}  # fmt: skip


def strands(demand: Any) -> Network:
    """The chain twice, each firm buying from both of the next tier; the sources make less than is wanted."""
    graph, tiers = nx.DiGraph(), (*TIERS, "source")
    for tier, strand in product(tiers, "ab"):
        own: dict[str, Any] = {"ordering": BaseStock(40.0), "on_hand": MEAN, "holding_cost": 1.0, "backlog_cost": 9.0}
        own = {"kind": "customer", "demand": demand} if tier == "customer" else own
        own = {"kind": "supplier", "capacity": 0.9 * MEAN} if tier == "source" else own
        graph.add_node(f"{tier} {strand}", product=tier, **own)
    for customer, supplier in pairwise(tiers):
        lead = 0 if customer == "customer" else 1
        for end, other in product("ab", "ab"):
            graph.add_edge(f"{supplier} {end}", f"{customer} {other}", order_lead_time=lead, shipment_lead_time=lead)
    return from_graph(graph)


def follow(column: str, rule: Rule, periods: int) -> Network:
    """A network in which every firm follows the rule, and is told what the rule listens to."""
    listens = "told_interest" in rule.reads
    demand = EarlyInterest(Poisson(MEAN), 1.0) if listens else Normal(MEAN, MEAN / 4.0)
    apart = column in ("sourcing", "allocation")
    network = strands(demand) if apart else chain(1, BaseStock(40.0), demand)
    buys = np.bincount(network.lane["customer"], minlength=network.n_nodes) > 0
    firms = network.node["kind"] != CUSTOMER
    network = set_rule(network, column, column, rule, np.flatnonzero(firms & (buys | apart)), lambda node: {})
    record = run(Scenario("flows", network, periods=periods)).record
    market = np.flatnonzero(~firms)
    flows = record["shipped"][:, market].sum() / record["demand"][:, market].sum()
    assert flows > 0.5, f"under {rule} customers get {flows:.0%} of what they want; an idle network looks fast"
    return network


def cost(network: Network, runs: int, periods: int) -> float:
    """Nanoseconds of a node and period in a union of so many runs, cut in blocks as `replicate` cuts it."""
    size = min(runs, max(1, BLOCK_CELLS // (network.n_nodes * 30)))
    ready = start([Case(network, 0, tuple(range(size)))], periods)
    ready.remember_opening()
    taken = []
    for _ in range(4):
        seconds = 0.0
        for first in range(0, runs, size):
            ready.reopen([range(first, first + size)])
            begun = time.process_time()
            ready.run(periods)
            seconds += time.process_time() - begun
        taken.append(seconds)
    return min(taken[1:]) / (-(-runs // size) * size * periods * network.n_nodes) * 1e9


def measure(table: Table, runs: int, periods: int) -> None:
    """Every rule of the package, by kind, and its ratio to base-stock with the usual other rules."""
    plan: dict[str, Any] = {"quantities": (MEAN,) * periods}  # as long as the run
    season: dict[str, Any] = {"forecast": (MEAN,) * periods}
    fitting = {
        "plan": plan, "season_replenishment": season, "push_allocation": {"allocation_share": 1.0},
        "conwip": {"cards": 99},
    }  # fmt: skip
    for column in FAMILIES:
        base = cost(follow(column, USUAL[column], periods), runs, periods)
        for name, kind in rules_of(column).items():
            rule = kind(**{**kind.example, **fitting.get(name, {})})
            spent = cost(follow(column, rule, periods), runs, periods)
            flag = "" if spent <= MOST * base else f", OVER {MOST:g} TIMES"
            table.add(f"{column} {name}", f"{spent:.1f} ns/node-period", f"{spent / base:.2f} times base-stock{flag}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--out", type=Path, help="a file for the table, as text")
    arguments = parser.parse_args()
    runs, table = 1000 if arguments.quick else 10_000, Table()
    numba.set_num_threads(1)
    table.add(f"a union of {runs:,} chains x 100 periods under each rule", "one thread", f"< {MOST:g} times base-stock")
    measure(table, runs, 100)
    table.save(arguments.out)


if __name__ == "__main__":
    main()
