"""How fast is it, and against whom? Expected: every row below its target, and at least ten times stockpyl.

Run it as `python experiments/speed.py`; `--quick` does a tenth of the work or less. Every row asserts that goods flow
before its time counts. Trust the ratios of one run, not the digits: machines differ. rule_speed.py tells it rule by
rule.

What to make of it. One small chain alone is a bad bargain: each phase of each group of rows is a call of about a
microsecond, and plain Python with an object for each of four firms is several times quicker. From some fifty rows on
(nodes, or runs of a sweep, which are one network) the work counts, and from a thousand on a period takes three to four
and a half times as long as streaming the bytes of all its columns once, by what the triad finds the memory to be that
minute (37 to 57 GB/s on the same small server, where a period took the same). The rest of a million firms' day, seen
task by task: a column is read by more than one phase (orders by three); orders and goods cross between the two ends of
a lane, where no order of memory suits both; and the inner loop over some five lanes of a node is left at another turn
each time, which costs about as much as a lane. A fifth is ship, an eighth produce, a tenth each of settle, purchase,
and book.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import networkx as nx
import numba
import numpy as np
from shared.networks import chain, tree
from shared.peer_stockpyl import measure_stockpyl
from shared.speed_memory import measure_growth
from shared.speed_start import measure_start
from shared.timing import Table, best

from supplynet import Keep, Scenario, replicate, run, to_graph
from supplynet.demand import Trace
from supplynet.policies.ordering import BaseStock, OrderUpToMovingAverage
from supplynet.readers.io_tables import united_states
from supplynet.schema import CUSTOMER


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
    short = demand.quantities[: max(periods // 10, 20)]
    name = "stockpyl on the same chain, per period"
    measure_stockpyl(table, name, short, seconds[1] / periods, target=10, per_period=True)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work or less")
    parser.add_argument("--out", type=Path, help="a file for the table, as text")
    parser.add_argument("--data", type=Path, help="the folder of real data, for firms made up from a table")
    arguments = parser.parse_args()
    from shared.peer_mesa import measure_plain_mesa  # not above, since the workers of a sweep import this file again
    from shared.speed_firms import measure_day, measure_year
    from shared.speed_mesa import measure_mesa
    from shared.speed_risk import measure_risk
    from shared.speed_sweeps import measure_sweeps

    table = Table()
    scale = 10 if arguments.quick else 1
    measure_start(table, cold=not arguments.quick)
    measure_chains(table, 1000 // scale)
    measure_tree(table, 1000 // scale)
    measure_plain_mesa(table, 1000 // scale, 1000 // scale)
    measure_mesa(table, 300 // scale)
    measure_union(table, 10_000 // scale, 100)
    measure_sweeps(table, *((100, 1) if arguments.quick else (10_000, 5)))
    measure_growth(table, (100, 1_000) if arguments.quick else (100, 1_000, 10_000, 100_000, 1_000_000))
    measure_risk(table.add, 10_000 // scale)
    try:
        united_states(arguments.data)
    except ValueError as fault:
        table.add("firms from an input-output table", "-", str(fault))
    else:
        measure_day(table, 2_000 if arguments.quick else 100_000, arguments.data)
        measure_year(table, *((2_000, 30) if arguments.quick else (1_000_000, 365)), arguments.data)
    table.save(arguments.out)


if __name__ == "__main__":
    main()
