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
from shared.peer import measure_stockpyl
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


def spread(ratios: Sequence[float]) -> str:
    """The middle of some ratios, and their range."""
    return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}) times"


def measure_sweeps(table: Table, runs: int, times: int) -> None:
    """Runs of the chain in one process, ten times and a hundred times as many, and in two."""
    scenario = Scenario("chain", chain(1, OrderUpToMovingAverage(5)), periods=PERIODS)
    seconds = best(lambda: swept(scenario, runs, workers=1), times)
    name = f"sweep of {runs:,} chains x {PERIODS} periods, three outcomes, one process"
    table.add(name, f"{seconds:.3f} s", "< 0.5 s at 10,000")
    demand = np.random.default_rng(1).normal(100.0, 20.0, PERIODS).tolist()
    measure_stockpyl(table, "  stockpyl, a run of such a chain", demand, seconds / runs, target=1000)
    grid = vary(scenario, window=range(2, 12), backlog_cost=range(10))
    for what, design, each in (("", as_design(scenario), runs), (", a grid of 100", grid, runs // 100)):
        made = list(design)
        pairs = in_turns(
            lambda design=design, each=each: stored(design, each),  # type: ignore[misc]
            lambda design=design, made=made, each=each: played(design, made, each),  # type: ignore[misc]
            times,
        )
        beyond = [100 * (1 - bare / whole) for whole, bare in pairs]
        share = f"{median(beyond):.0f} ({min(beyond):.0f} to {max(beyond):.0f}) %"
        table.add(f"  stored, with progress{what}: share that is not play", share, "< 20 %")
    measure_workers(table, scenario, 10 * runs, times)


def measure_workers(table: Table, scenario: Scenario, runs: int, times: int) -> None:
    """One process against a tenth of the runs, two that are up against one, and two that have to start first."""
    growth = in_turns(
        lambda: swept(scenario, runs, workers=1), lambda: swept(scenario, runs // 10, workers=1), max(1, times // 2)
    )
    name = f"{runs:,} runs against {runs // 10:,}, one process"
    table.add(name, spread([many / few for many, few in growth]), "linear: about 10 times")
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        few, alone = (swept(scenario, 2000, block=50, **way) for way in ({"executor": pool}, {"workers": 1}))
        assert few.equals(alone), "workers change nothing; and now both are up"
        pairs = in_turns(
            lambda: swept(scenario, runs, workers=1), lambda: swept(scenario, runs, executor=pool), max(2, times - 2)
        )
    table.add(f"{runs:,} runs, two workers that are up", f"{min(two for _, two in pairs):.2f} s", "")
    table.add("  one process takes", spread([one / two for one, two in pairs]), "> 1.6 times at 100,000")
    for size, pairs_of_it in ((runs, max(1, times // 2)), (10 * runs, 1)):
        pairs = in_turns(
            lambda size=size: swept(scenario, size, workers=1),  # type: ignore[misc]
            lambda size=size: swept(scenario, size, workers=2),  # type: ignore[misc]
            pairs_of_it,
        )
        name = f"{size:,} runs, two workers, their start included"
        table.add(name, f"{min(two for _, two in pairs):.2f} s", "< 4 s at 100,000")
        table.add("  one process takes", spread([one / two for one, two in pairs]), "> 1.6 times at 1,000,000")
