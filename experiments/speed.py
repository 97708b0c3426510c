"""How fast is it, and against whom? Expected: every row below its target, and at least ten times stockpyl.

Run it as `python experiments/speed.py`; `--quick` does a tenth of the work. Every row asserts that goods flow before
its time counts. Trust the ratios of one run, not the digits: machines differ. rule_speed.py tells it rule by rule.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numba
import numpy as np

from supplynet import Keep, Scenario, from_columns, from_graph, replicate, run, to_graph
from supplynet.agents import Distributor
from supplynet.demand import Trace
from supplynet.distributions import Normal
from supplynet.engine import start
from supplynet.lower import Case
from supplynet.model import SupplyModel
from supplynet.network import Network
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, MakeToOrder, OrderUpToMovingAverage
from supplynet.schema import CUSTOMER

TIERS = ("customer", "retailer", "wholesaler", "distributor", "factory")


@dataclass
class Table:
    """Rows of what was measured: a name, a figure with its unit, and the target."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str, figure: str, target: str = "") -> None:
        self.rows.append((name, figure, target))
        print(f"{name:<66} {figure:>18}   {target}", flush=True)


def best(function: Callable[[], Any], times: int = 5) -> float:
    """The least of some timings, in seconds, after one call that is not counted."""
    function()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        function()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def chain(delay: int, rule: Any, demand: Any = None) -> Network:
    """Four tiers behind a customer; every lane between firms has this order and shipment lead time."""
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=demand or Normal(100.0, 20.0))
    for customer, supplier in pairwise(TIERS):
        graph.add_node(supplier, ordering=rule, on_hand=100.0, holding_cost=1.0, backlog_cost=9.0)
        at_once = customer == "customer"
        lead = 0 if at_once else delay
        graph.add_edge(supplier, customer, order_lead_time=lead, shipment_lead_time=lead)
    graph.add_node("source", kind="supplier")
    graph.add_edge("source", "factory", order_lead_time=delay, shipment_lead_time=delay)
    return from_graph(graph)


def tree(n_nodes: int, branches: int) -> Network:
    """A distribution tree from one source; the leaves are customers."""
    graph = nx.DiGraph()
    graph.add_node("0", kind="supplier")
    for child in range(1, n_nodes):
        leaf = child * branches + 1 >= n_nodes
        if leaf:
            graph.add_node(str(child), kind="customer", demand=Normal(100.0, 20.0))
        else:
            graph.add_node(str(child), ordering=OrderUpToMovingAverage(5, 1.0))
        parent = (child - 1) // branches
        graph.add_edge(str(parent), str(child), order_lead_time=0 if leaf else 1, shipment_lead_time=1)
    return from_graph(graph)


def firms(n_nodes: int, suppliers: int = 5) -> Network:
    """Firms that make to order with days of cover, each with some random suppliers, and a household for every tenth."""
    luck = np.random.default_rng(0)
    n_households = n_nodes // 10
    n_firms = n_nodes - n_households
    customer = np.repeat(np.arange(n_firms), suppliers)
    supplier = (customer + luck.integers(1, n_firms, customer.size)) % n_firms
    pair = np.unique(customer * n_firms + supplier)
    customer, supplier = pair // n_firms, pair % n_firms
    kind = ["factory"] * n_firms + ["customer"] * n_households
    at = luck.permutation(n_firms)[:n_households]
    suppliers_of = np.concatenate([supplier, at])
    customers_of = np.concatenate([customer, np.arange(n_firms, n_nodes)])
    make, cover, buy = MakeToOrder(), DaysOfCover(), Normal(100.0, 0.0)
    return from_columns(
        [str(node) for node in range(n_nodes)],
        suppliers_of,
        customers_of,
        node={
            "kind": kind,
            "capacity": np.full(n_nodes, np.inf),
            "ordering": [make] * n_firms + [None] * n_households,
            "input_rule": [cover] * n_firms + [None] * n_households,
            "demand": [None] * n_firms + [buy] * n_households,
        },
        lane={
            "units_per_output": np.concatenate([np.full(customer.size, 0.1), np.ones(n_households)]),
            "cover": np.full(suppliers_of.size, 9.0),
            "unfilled": ["lost"] * suppliers_of.size,
            "shipment_lead_time": np.concatenate([np.ones(customer.size), np.zeros(n_households)]),
        },
    )


def measure_chains(table: Table, periods: int) -> None:
    """One chain alone, with positive delays and with none, and the same chain in stockpyl."""
    luck = np.random.default_rng(1)
    demand = Trace(tuple(luck.normal(100.0, 20.0, periods).round(1).tolist()))
    seconds = {}
    for delay, target in ((1, 0.05), (0, 0.1)):
        scenario = Scenario("chain", chain(delay, BaseStock(360.0), demand), periods=periods)
        result = run(scenario)
        assert result.outcomes["mean_demand"] > 90 and result.record["shipped"].sum() > 4 * 90 * periods
        seconds[delay] = best(lambda scenario=scenario: run(scenario))  # type: ignore[misc]
        label = f"4-tier chain with its customer, {periods} periods, " + ("delays of 1" if delay else "all delays zero")
        table.add(label, f"{seconds[delay]:.4f} s", f"< {target:g} s at 1,000")
    try:
        from stockpyl.sim import simulation
        from stockpyl.supply_chain_network import serial_system
    except ImportError:
        table.add("stockpyl is not installed", "-", 'pip install -e ".[test]"')
        return
    short = max(periods // 10, 20)
    peer = serial_system(
        num_nodes=4, node_order_in_system=[3, 2, 1, 0], shipment_lead_time=1, order_lead_time=1, local_holding_cost=1.0,
        stockout_cost=9.0, demand_type="D", demand_list=list(demand.quantities[:short]),
        policy_type="BS", base_stock_level=360.0,
    )  # fmt: skip
    begun = time.perf_counter()
    simulation(peer, short, rand_seed=0, progress_bar=False)
    ratio = (time.perf_counter() - begun) / short / (seconds[1] / periods)
    table.add("stockpyl on the same chain, per period", f"{ratio:.0f} times ours", "> 10 times")


def measure_tree(table: Table, periods: int) -> None:
    """A thousand nodes in at most six levels."""
    network = tree(1000, 4)
    depth = nx.dag_longest_path_length(to_graph(network))
    assert depth < 6
    scenario = Scenario("tree", network, periods=periods)
    served = run(scenario, keep=Keep(columns=("shipped",), by="kind")).record
    customers = served.labels.index("customer")
    assert served["shipped"][:, customers].mean() > 0.9 * 100.0 * (network.node["kind"] == CUSTOMER).sum()
    seconds = best(lambda: run(scenario, keep=Keep(by="kind")), 3)
    table.add(f"tree of 1,000 nodes, {depth + 1} levels, {periods} periods", f"{seconds:.3f} s", "< 0.2 s at 1,000")


def measure_union(table: Table, runs: int, periods: int) -> None:
    """Many replications of a chain as one union, outcomes and lowering included, on one thread."""
    scenario = Scenario("union", chain(1, OrderUpToMovingAverage(5)), periods=periods)
    outcomes = replicate(scenario, 20)
    assert (outcomes["mean_demand"] > 80).all() and (outcomes["bullwhip_ratio"] > 1).all()
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    seconds = best(lambda: replicate(scenario, runs), 3)
    numba.set_num_threads(threads)
    cost = seconds / (runs * periods * scenario.network.n_nodes) * 1e9
    table.add(
        f"union of {runs:,} chains x {periods} periods, outcomes included", f"{cost:.1f} ns/node-period", "< 50 ns"
    )


def measure_growth(table: Table, sizes: tuple[int, ...]) -> None:
    """Firm networks of growing size on one thread: the time of a lane and period; the largest on all threads too."""
    for size in sizes:
        network = firms(size)
        ways = {"1 thread": False} | ({f"{numba.get_num_threads()} threads": True} if size == sizes[-1] else {})
        for way, parallel in ways.items():
            ready = start([Case(network)], 10, parallel=parallel)
            ready.run(2)
            assert ready.union.state.columns["shipment"].sum() / network.n_lanes > 0.1
            periods = max(3, min(200, 2_000_000 // network.n_lanes))
            taken = []
            for _ in range(3):
                begun = time.perf_counter()
                ready.run(periods)
                taken.append(time.perf_counter() - begun)
            cost = min(taken) / periods / network.n_lanes * 1e9
            name = f"firm network, {size:,} nodes, {network.n_lanes:,} lanes, {way}"
            table.add(name, f"{cost:.1f} ns/lane-period", "no worse than linear")


class Polite(Distributor):
    """An agent of one's own that does what its rule says."""

    def order(self) -> None:
        super().order()


def measure_mesa(table: Table, periods: int) -> None:
    """The tree as a Mesa model: all rows at once, with one agent of one's own, and agent by agent."""
    scenario = Scenario("tree", tree(1000, 4), periods=periods)
    n_nodes, model = scenario.network.n_nodes, SupplyModel(scenario)

    def a_step(days: int, **asked: Any) -> float:
        """Seconds of a step: the least of some parts of a run, after one that is not counted."""
        model = SupplyModel(scenario, **asked)

        def play() -> None:
            for _ in range(days):
                model.step()

        seconds = best(play, min(5, periods // days - 1)) / days
        assert model.record.rows("shipped")[: model.period].mean() > 50
        return seconds

    ratio = best(lambda: SupplyModel(scenario).run_model(), 3) / best(lambda: run(scenario).outcomes, 3)
    table.add("the tree as a Mesa model, outcomes included", f"{ratio:.2f} times run", "< 1.5 times")
    usual, own = (a_step(periods // 6, agents=agents) for agents in (None, {"7": Polite}))
    table.add("  one of its agents decides for itself", f"{(own - usual) * 1e6:+.0f} us a step", "< 100 us")
    by_agents = a_step(2, activation="agents") / n_nodes * 1e6
    table.add('  activation="agents"', f"{by_agents:.1f} us/node-period", "about 10 us")
    asleep = [SupplyModel(scenario) for _ in range(4)]
    made = best(lambda: asleep.pop().agents, 3)
    table.add("  its agents, made on first use", f"{made / n_nodes * 1e6:.1f} us an agent", "< 20 us")
    agent = model.agent("7")
    read = best(lambda: [agent.on_hand for _ in range(10_000)], 3) / 10_000
    table.add("  an attribute of an agent, read", f"{read * 1e9:.0f} ns", "about 200 ns")


def measure_import(table: Table) -> None:
    """What `import supplynet` adds to numpy and networkx."""

    def imported(names: str) -> float:
        code = f"import time; t = time.perf_counter(); import {names}; print(time.perf_counter() - t)"
        return min(
            float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
            for _ in range(5)
        )

    table.add(
        "import supplynet, beyond numpy and networkx",
        f"{imported('numpy, networkx, supplynet') - imported('numpy, networkx'):.3f} s",
        "< 0.1 s",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work")
    parser.add_argument("--out", type=Path, help="a file for the table, as text")
    arguments = parser.parse_args()
    table = Table()
    scale = 10 if arguments.quick else 1
    measure_import(table)
    measure_chains(table, 1000 // scale)
    measure_tree(table, 1000 // scale)
    measure_mesa(table, 300 // scale)
    measure_union(table, 10_000 // scale, 100)
    measure_growth(table, (100, 1_000) if arguments.quick else (100, 1_000, 10_000, 100_000, 1_000_000))
    if arguments.out:
        arguments.out.write_text("\n".join("\t".join(row) for row in table.rows) + "\n")


if __name__ == "__main__":
    main()
