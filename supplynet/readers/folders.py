"""A scenario from a folder, whichever kind of tables it holds."""

from __future__ import annotations

from pathlib import Path

from supplynet.readers.flows import is_folder_of_flows, read_flows
from supplynet.readers.folder import read_tables
from supplynet.scenario import Scenario


def read_folder(path: str | Path) -> Scenario:
    """The scenario of a folder of tables, nodes.csv and lanes.csv, or of flows between firms, flows.csv and firms.csv.

    Raises ValueError (`checks.Faults`) that names every problem with file, line and cure.
    """
    return read_flows(path) if is_folder_of_flows(Path(path)) else read_tables(path)
