"""What one node of many runs did, for tests that hold it against theory."""

from __future__ import annotations

from supplynet import engine
from supplynet.lower import Case
from supplynet.record import Keep, Record


def recorded(scenario, node, keys, *, runs=100, warm_up=0):
    """Columns of a node after the warm-up, by key, [run, period] each."""
    network, periods = scenario.network, scenario.periods
    ready = engine.start([Case(network, scenario.seed, tuple(range(runs)), scenario.start)], periods)
    record = Record(ready.union, periods, Keep(columns=tuple(keys)))
    ready.run(periods, [record])
    row = network.names.index(node)
    return {key: record.of_runs(key, 0, runs).reshape(periods, runs, -1)[warm_up:, :, row].T for key in keys}
