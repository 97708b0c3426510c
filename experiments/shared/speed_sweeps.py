"""What a sweep costs beyond the runs themselves, how it grows, and what a second worker brings."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from shared.networks import chain
from shared.peer_stockpyl import measure_stockpyl
from shared.timing import Table, best, in_turns
from supplynet import Scenario, sweep, vary
from supplynet.batch import Player
from supplynet.lower import Case
from supplynet.outcomes import NEEDED, of_case
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.sweeps.blocks import cut
from supplynet.sweeps.design import Design, as_design

PERIODS: Final = 100


def swept(scenarios: Scenario | Design, runs: int, **ways: Any) -> Any:
    """The rows of so many runs of each, which are there, and in which goods come to the customer."""
    rows = sweep(scenarios, runs, **ways)
    assert len(rows) == runs * len(as_design(scenarios)) and rows["error"].isna().all()
    assert rows["fill_rate"].min() > 0.1, "an idle network looks fast"
    return rows


def stored(scenarios: Scenario | Design, runs: int) -> None:
    """A sweep into a folder of its own, with somebody who looks at its progress."""
    with tempfile.TemporaryDirectory() as folder:
        swept(scenarios, runs, workers=1, out=Path(folder) / "out", progress=lambda done, total: None)


def played(design: Design, made: Sequence[Scenario], runs: int) -> None:
    """The same blocks without the sweep: scenarios that were made before, their days, their outcomes, and no rows."""
    player = Player()
    for block in cut(design, tuple(range(runs)), NEEDED):
        part = made[block.first : block.last]
        cases = [Case(each.network, each.seed, block.replications, each.start) for each in part]
        record = player.play(cases, PERIODS, NEEDED, more=block.more)
        for case in range(len(cases)):
            of_case(record, case)


def spread(pairs: Sequence[tuple[float, float]]) -> str:
    """How many times as long the first of each pair took: the middle, and the range."""
    ratios = [first / second for first, second in pairs]
    return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}) times"


def measure_sweeps(table: Table, runs: int, times: int) -> None:
    """Runs of the chain in one process and in two, and what a sweep adds to the runs themselves."""
    scenario = Scenario("chain", chain(1, OrderUpToMovingAverage(5)), periods=PERIODS)
    seconds = best(lambda: swept(scenario, runs, workers=1), times)
    name = f"sweep of {runs:,} chains x {PERIODS} periods, three outcomes, one process"
    table.add(name, f"{seconds:.3f} s", "< 0.5 s at 10,000")
    demand = np.random.default_rng(1).normal(100.0, 20.0, PERIODS).tolist()
    measure_stockpyl(table, "  stockpyl, a run of such a chain", demand, seconds / runs, target=1000)
    measure_machinery(table, "of one scenario", as_design(scenario), runs, times)
    grid = vary(scenario, window=range(2, 12), backlog_cost=range(10))
    measure_machinery(table, f"of {len(grid)}", grid, runs // len(grid), times)
    many = 10 * runs
    pairs = in_turns(lambda: swept(scenario, many, workers=1), lambda: swept(scenario, runs, workers=1), times)
    table.add(f"  {many:,} runs against {runs:,}", spread(pairs), "linear: about 10 times")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        few, alone = (swept(scenario, 2000, block=50, **way) for way in ({"executor": pool}, {"workers": 1}))
        assert few.equals(alone), "workers change nothing; and now both are up"
        measure_workers(table, scenario, many, times, "that are up", executor=pool)
    measure_workers(table, scenario, many, times, "and their start", workers=2)
    measure_workers(table, scenario, 10 * many, 1, "and their start", workers=2)


def measure_machinery(table: Table, what: str, design: Design, runs: int, times: int) -> None:
    """The part of a stored sweep that is not spent on the runs: grid, rows, files, progress, the run that is tried."""
    made = list(design)
    pairs = in_turns(lambda: stored(design, runs), lambda: played(design, made, runs), times)
    shares = [100 * (1 - bare / whole) for whole, bare in pairs]
    share = f"{median(shares):.0f} ({min(shares):.0f} to {max(shares):.0f}) %"
    table.add(f"  stored, with progress, a grid {what}: all that is not play", share, "< 20 %")


def measure_workers(table: Table, scenario: Scenario, runs: int, times: int, what: str, **ways: Any) -> None:
    """Two workers against one process, in turns."""
    pairs = in_turns(lambda: swept(scenario, runs, workers=1), lambda: swept(scenario, runs, **ways), times)
    seconds = min(two for _, two in pairs)
    table.add(f"{runs:,} runs, two workers {what}", f"{seconds:.2f} s", "< 4 s at 100,000")
    table.add("  one process takes", spread(pairs), "> 1.6 times, without their start")
