"""What do sweeps cost beyond the runs themselves, and do two workers halve the time? Expected: each row at its target.

Run it as `python experiments/sweep_speed.py`; `--quick` does a hundredth of the work. The chain is that of speed.py:
four tiers that order up to a moving average, 100 periods, three outcomes. Trust the ratios of one run.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from speed import Table, best, chain

from supplynet import Scenario, replicate, sweep, vary
from supplynet.policies.ordering import OrderUpToMovingAverage

PERIODS = 100
TIMES = 5


def stored(scenario: Any, runs: int) -> None:
    """A sweep into a folder of its own, with somebody who looks at its progress."""
    with tempfile.TemporaryDirectory() as folder:
        sweep(scenario, runs, workers=1, out=Path(folder) / "out", progress=lambda done, total: None)


def paired(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[float, float]:
    """The least times of two functions, in seconds, taken in turns, since machines have moods."""
    times: list[tuple[float, float]] = []
    for _ in range(TIMES):
        taken = []
        for function in (first, second):
            begun = time.perf_counter()
            function()
            taken.append(time.perf_counter() - begun)
        times.append((taken[0], taken[1]))
    return min(one for one, _ in times), min(other for _, other in times)


def measure_machinery(table: Table, scenario: Scenario, runs: int) -> float:
    """The sweep of one scenario against the bare union, in memory and in a folder; gives seconds of the sweep."""
    assert (replicate(scenario, 20)["mean_demand"] > 80).all()
    bare, whole = paired(lambda: replicate(scenario, runs), lambda: sweep(scenario, runs, workers=1))
    table.add(
        f"{runs:,} runs of a 4-tier chain x {PERIODS} periods, one process", f"{whole:.3f} s", "< 0.5 s at 10,000"
    )
    table.add("  beyond the bare union: grid, rows, trial run", f"{100 * (whole / bare - 1):+.0f} %", "< 20 %")
    bare, kept = paired(lambda: replicate(scenario, runs), lambda: stored(scenario, runs))
    table.add("  and stored, with progress", f"{100 * (kept / bare - 1):+.0f} %", "< 20 %")
    return whole


def measure_grid(table: Table, scenario: Scenario, runs: int) -> None:
    """As many runs as a grid of a hundred scenarios."""
    per_scenario = max(runs // 100, 1)
    made = best(lambda: vary(scenario, window=range(2, 12), backlog_cost=range(10)), 3)
    design = vary(scenario, window=range(2, 12), backlog_cost=range(10))
    taken = best(lambda: sweep(design, per_scenario, workers=1), 3)
    table.add(f"a grid of 100 scenarios x {per_scenario:,} replications", f"{taken:.3f} s", "")
    table.add("  of which making the grid", f"{1000 * made:.1f} ms", "")


def measure_peer(table: Table, scenario: Scenario, seconds_of_a_run: float) -> None:
    """The same chain in stockpyl, which has base-stock where ours forecasts too."""
    try:
        from stockpyl.sim import simulation
        from stockpyl.supply_chain_network import serial_system
    except ImportError:
        table.add("stockpyl is not installed", "-", 'pip install -e ".[test]"')
        return
    peer = serial_system(
        num_nodes=4, node_order_in_system=[3, 2, 1, 0], shipment_lead_time=1, order_lead_time=1, local_holding_cost=1.0,
        stockout_cost=9.0, demand_type="N", mean=100.0, standard_deviation=20.0,
        policy_type="BS", base_stock_level=360.0,
    )  # fmt: skip
    begun = time.perf_counter()
    simulation(peer, PERIODS, rand_seed=0, progress_bar=False)
    taken = time.perf_counter() - begun
    table.add("stockpyl, one run of such a chain", f"{taken / seconds_of_a_run:,.0f} times ours", "> 1,000 times")


def measure_workers(table: Table, scenario: Scenario, runs: int) -> None:
    """Two processes that have started already, against one; and with their start."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        few = sweep(scenario, min(runs, 2000), executor=pool, block=50)  # both start, and load the kernels
        alone = sweep(scenario, min(runs, 2000), workers=1)
        assert np.array_equal(few["total_cost"], alone["total_cost"]), "workers change nothing"
        times = paired(lambda: sweep(scenario, runs, workers=1), lambda: sweep(scenario, runs, executor=pool))
    table.add(f"{runs:,} runs, two workers that are up", f"{times[1]:.3f} s", "< 4 s at 100,000")
    table.add("  against one process", f"{times[0] / times[1]:.2f} times", "> 1.6 times at 100,000")
    begun = time.perf_counter()
    sweep(scenario, runs, workers=2)
    table.add("  with their start", f"{time.perf_counter() - begun:.2f} s", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the work")
    parser.add_argument("--out", type=Path, help="a file for the table, as text")
    arguments = parser.parse_args()
    table, scale = Table(), 100 if arguments.quick else 1
    scenario = Scenario("chain", chain(1, OrderUpToMovingAverage(5)), periods=PERIODS)
    seconds = measure_machinery(table, scenario, 10_000 // scale)
    measure_peer(table, scenario, seconds / (10_000 // scale))
    measure_grid(table, scenario, 10_000 // scale)
    for runs in (10_000 // scale, 30_000 // scale, 100_000 // scale):
        taken = best(lambda runs=runs: sweep(scenario, runs, workers=1), 2)  # type: ignore[misc]
        table.add(f"{runs:,} runs, one process", f"{taken / runs * 1e6:.1f} us a run", "linear")
    measure_workers(table, scenario, 100_000 // scale)
    if arguments.out:
        arguments.out.write_text("\n".join("\t".join(row) for row in table.rows) + "\n")


if __name__ == "__main__":
    main()
