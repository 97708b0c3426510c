"""A digest by which networks are told apart."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np

from supplynet.demand import as_process
from supplynet.disruptions import Disruption
from supplynet.network import Network

PROCESSES = ("demand", "capacity", "price")


def fingerprint(network: Network) -> str:
    """A digest of everything that a network holds: the same for equal networks, another for any that differ."""
    signals = [replace(one, delay=int(one.delay), weight=float(one.weight), start=float(one.start))
               for one in network.signals]  # fmt: skip
    events = [_plain(event) for event in network.disruptions]
    digest = hashlib.sha256(repr((network.names, signals, events)).encode())
    for table, columns in (("node", network.node), ("lane", network.lane), ("input", network.input)):
        for name, column in sorted(columns.items()):
            if (table, name) in network.objects:  # the number under a distribution means nothing
                column = np.where(network.objects[table, name].codes < 0, column, 0)
            values = column.tolist() if column.dtype.kind in "OU" else np.ascontiguousarray(column).tobytes()
            digest.update(repr((name, values)).encode())
    for (table, name), coded in sorted(network.objects.items()):
        words = [repr(_as_meant(name, value)) for value in coded.values]
        used = [-1 if code < 0 else words[code] for code in coded.codes.tolist()]
        digest.update(repr(((table, name), used)).encode())
    return digest.hexdigest()


def _plain(event: Disruption) -> Disruption:
    """A disruption with plain numbers, whatever kind they were given as."""
    factor = event.factor if hasattr(event.factor, "path") else float(event.factor)
    duration = None if event.duration is None else int(event.duration)
    start, recovery = int(event.start), int(event.recovery_periods)
    return replace(event, factor=factor, start=start, duration=duration, recovery_periods=recovery)


def _as_meant(column: str, value: Any) -> Any:
    """A process as the model reads it: 10 is Constant(10.0)."""
    try:
        return as_process(value) if column in PROCESSES else value
    except (TypeError, ValueError):
        return value
