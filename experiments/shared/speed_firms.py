"""Firm networks: what a day costs, and what a year of a million firms takes from the table to the record."""

from __future__ import annotations

import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np

from shared.timing import Table
from supplynet import Keep
from supplynet.disruptions import Disruption
from supplynet.engine import Engine, start
from supplynet.firms import firm_network
from supplynet.lower import Case
from supplynet.network import Network
from supplynet.policies.allocation import Proportional, WaterFill
from supplynet.policies.contract import AllocationRule
from supplynet.readers.io_tables import united_states
from supplynet.record import Record
from supplynet.topologies import Firms, firms_of

LEAST: Final = 0.02  # of output: inputs that make for about five lanes a firm
SHUT: Final = 0.2  # of the firms, so that goods are rationed
KEPT: Final = Keep(("demand", "production", "shipped", "lost"), by="sector")


def made_up(n_firms: int, data: Path | None) -> Firms:
    """Firms of the United States with about five lanes each."""
    return firms_of(united_states(data), n_firms, suppliers=1, least=LEAST)


def shaken(firms: Firms, allocation: AllocationRule | None = None, *, days: int = 1_000) -> Network:
    """Their network, a fifth of the firms shut from the third day on."""
    shut = np.random.default_rng(1).random(firms.n_firms) < SHUT
    region = np.where(shut, "shut", "open").tolist()
    event = Disruption("region=shut", "capacity_factor", 0.0, 2, days)
    return firm_network(firms, allocation=allocation, region=region, disruptions=[event])


def a_day(ready: Engine) -> float:
    """Seconds of a day: the mean of some, the least of some such means, without the look at the state at their end."""
    taken = []
    for _ in range(5):
        begun = time.perf_counter()
        ready.run(5)
        ended = time.perf_counter()
        ready.union.check_results()
        taken.append((ended - begun) - (time.perf_counter() - ended))
    return min(taken) / 5


def measure_day(table: Table, n_firms: int, data: Path | None) -> None:
    """A day of a firm network of which a fifth is shut, with two ways to ration, on all threads and on one."""
    firms, threads = made_up(n_firms, data), numba.get_num_threads()
    ways: tuple[tuple[str, AllocationRule, float], ...] = (
        ("proportional", Proportional(), 20.0), ("water-fill", WaterFill(), 60.0),
    )  # fmt: skip
    for name, allocation, target in ways:
        ready = start([Case(shaken(firms, allocation))], 1_000)
        ready.run(4)
        columns: Any = ready.union.state.columns
        assert columns["shipment"].sum() > 0.5 * firms.output.sum(), "goods must flow"
        assert columns["cancelled"].sum() > 0.01 * firms.output.sum(), "and be short"
        seconds = {}
        for number in dict.fromkeys((threads, 1)):
            numba.set_num_threads(number)
            seconds[number] = a_day(ready)
        numba.set_num_threads(threads)
        label = f"{n_firms:,} firms, {firms.n_lanes:,} lanes, {name}, a day on {threads} threads"
        table.add(label, f"{seconds[threads] * 1e3:.1f} ms", f"< {target:g} ms at 100,000")
        table.add("  on 1 thread", f"{seconds[1] / firms.n_lanes * 1e9:.0f} ns/lane-day")


def measure_year(table: Table, n_firms: int, periods: int, data: Path | None) -> None:
    """A year of many firms with a record by sector: made up, built and lowered, played, and the memory of it all.

    In a process of its own, since the memory is what it held at most.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        for row in apart.submit(_year, n_firms, periods, data).result():
            table.add(*row)


def _year(n_firms: int, periods: int, data: Path | None) -> list[tuple[str, str, str]]:
    begun = time.perf_counter()
    firms = made_up(n_firms, data)
    network = shaken(firms, days=periods // 10)
    ready = start([Case(network)], periods)
    built = time.perf_counter() - begun
    record = Record(ready.union, periods, KEPT)
    begun = time.perf_counter()
    ready.run(periods, [record])
    played = time.perf_counter() - begun
    makers = [at for at, name in enumerate(record.labels) if name in firms.table.sectors]
    made = record["production"][:, makers].sum(axis=1) / firms.output.sum()
    assert abs(made[0] - 1.0) < 1e-6 and made.min() < 0.95, "goods must flow, and fewer in the lockdown"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    label = f"{n_firms:,} firms, {firms.n_lanes:,} lanes"
    return [
        (f"{label}: made up, built, lowered", f"{built:.1f} s", "< 30 s at 1,000,000"),
        (f"  {periods} days, recorded by sector", f"{played:.1f} s", "< 60 s for 365 at 1,000,000"),
        ("  most memory that was held", f"{peak:.2f} GB", "< 6 GB at 1,000,000"),
    ]
