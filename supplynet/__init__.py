"""supplynet: supply networks in which bullwhip, shortages and cascades emerge from local rules.

Everything is imported when it is first asked for, so that `import supplynet` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supplynet.comparison import compare
    from supplynet.disruptions import Disruption
    from supplynet.graphs import from_graph, to_graph
    from supplynet.network import Network, Signal, from_columns
    from supplynet.readers.export import write_folder
    from supplynet.readers.folders import read_folder
    from supplynet.record import Keep
    from supplynet.scenario import Result, Scenario, replicate, run
    from supplynet.scenarios import load
    from supplynet.sweeps.design import vary
    from supplynet.sweeps.running import sweep
    from supplynet.sweeps.storage import read_sweep
    from supplynet.sweeps.trace_files import read_traces
    from supplynet.sweeps.traces import Traces

__version__ = "0.1.0"

_HOME = {
    "compare": "comparison", "Disruption": "disruptions",
    "from_graph": "graphs", "to_graph": "graphs", "Network": "network", "Signal": "network", "from_columns": "network",
    "Keep": "record", "Result": "scenario", "Scenario": "scenario", "replicate": "scenario", "run": "scenario",
    "load": "scenarios", "read_folder": "readers.folders", "write_folder": "readers.export",
    "read_sweep": "sweeps.storage", "read_traces": "sweeps.trace_files", "Traces": "sweeps.traces",
    "sweep": "sweeps.running", "vary": "sweeps.design",
}  # fmt: skip
__all__ = [
    "Disruption", "Keep", "Network", "Result", "Scenario", "Signal", "Traces", "compare", "from_columns", "from_graph",
    "load", "read_folder", "read_sweep", "read_traces", "replicate", "run", "sweep", "to_graph", "vary", "write_folder",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"supplynet.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    try:
        return import_module(f"supplynet.{name}")
    except ModuleNotFoundError:
        raise AttributeError(f"module 'supplynet' has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
