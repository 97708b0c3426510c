"""Playing many ways of running a factory line as one union, for tests of toyota, batch-line and conwip-line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from supplynet import engine
from supplynet.disruptions import Disruption
from supplynet.lower import Case
from supplynet.record import Keep, Record

EVERY = 7  # stock is looked at once in so many periods, which divides no lot's cycle


def play(scenarios, runs, *, periods, warm_up):
    """What each scenario comes to, by its name: measures [run] without the warm-up.

    wip: units inside, but for finished goods; machines: of those in machines; finished: on the shelf of the assembly;
    fill: part of the demand served at once; output: units sold a period; short: units owed on average.
    """
    numbers = tuple(range(runs))
    cases = [Case(each.network, each.seed, numbers, each.start) for each in scenarios.values()]
    ready = engine.start(cases, periods)
    keep = Keep(
        ("on_hand", "in_process", "input_stock"), every=EVERY, totals=("filled", "demand", "shipped", "backlog")
    )
    record = Record(ready.union, periods, keep, warm_up=warm_up)
    ready.run(periods, [record])
    return {name: measured(record, at, each, periods, warm_up) for at, (name, each) in enumerate(scenarios.items())}


def measured(record, case, scenario, periods, warm_up):
    """The measures of one case of a union."""
    network = scenario.network
    rows, lanes = record.union.case_rows(case)
    ends = record.union.layout.inbound[lanes]
    assembly, customers = network.names.index("assembly"), network.names.index("customers")
    inner = [at for at, name in enumerate(network.names) if name.startswith("station")]
    used = [at for at, name in enumerate(network.lane_names()) if not name.endswith("customers")]
    skipped = warm_up // EVERY

    def mean(key, chosen):
        return record.rows(key)[skipped:, chosen].sum(axis=2).mean(axis=0)

    def total(key, node):
        return record.totals[key][rows[:, node]]

    machines = mean("in_process", rows[:, inner])
    return {
        "wip": machines + mean("on_hand", rows[:, inner]) + mean("input_stock", ends[:, used]),
        "machines": machines,
        "finished": mean("on_hand", rows[:, [assembly]]),
        "fill": total("filled", assembly) / total("demand", assembly),
        "output": total("shipped", customers) / (periods - warm_up),
        "short": total("backlog", assembly) / (periods - warm_up),
    }


def with_outage(scenario, start, duration, where="station-1"):
    """The scenario in which a station begins no lot for some periods."""
    outage = Disruption(where, "capacity_factor", 0.0, start, duration)
    return replace(scenario, network=replace(scenario.network, disruptions=(outage,)))


def error(samples):
    """Standard error of a mean over runs."""
    return float(np.std(samples, ddof=1) / np.sqrt(samples.size))
