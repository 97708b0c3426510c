"""Economies of firms for the page: made up from a small table, in layers, scale-free, or from tables of real data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.readers.belgium import DATASET as BELGIUM
from supplynet.readers.belgium import belgium
from supplynet.readers.data_folder import VARIABLE
from supplynet.readers.io_tables import UNITED_STATES, united_states
from supplynet.topologies import Firms, IoTable, Topology, firms_of, layered, scale_free
from supplynet.topologies.sizes import zipf

Array = NDArray[Any]
SECTORS: Final = ("energy", "materials", "machines", "food", "transport", "services")
FLOWS: Final = (
    (12.0, 16.0, 8.0, 7.0, 12.0, 15.0),
    (4.0, 22.0, 34.0, 9.0, 3.0, 12.0),
    (6.0, 8.0, 24.0, 4.0, 10.0, 14.0),
    (0.0, 2.0, 0.0, 22.0, 1.0, 16.0),
    (3.0, 9.0, 9.0, 8.0, 8.0, 15.0),
    (10.0, 14.0, 20.0, 12.0, 14.0, 80.0),
)
OUTPUT: Final = (95.0, 115.0, 160.0, 95.0, 80.0, 320.0)
"""Who sells how much to whom, and what each makes, in money a day: made up, no country's."""
EXPOSED: Final = (0.1, 0.5, 0.7, 0.2, 0.4, 0.6)
"""The part of each of these sectors that a full lockdown closes: made up, as what can be done at home or must go on."""
LAYERS: Final = ("mining", "metal", "parts", "modules", "assembly", "wholesale", "retail")
BOUGHT: Final = 0.5
"""Of what a firm of a network without a table sells, so much is what it bought."""
LEAST: Final = 0.01  # of a sector's output; smaller inputs of a real table are left out
KINDS: Final = {
    "made-up": ("made-up economy, 6 sectors", "Firms made up from a small input-output table that is made up too."),
    "layers": ("layers", "Each layer buys from the one before it, for half of what it makes; the last one sells."),
    "scale-free": ("scale-free", "Few firms supply very many. All sell to final demand too."),
    "united-states": ("United States 2021, 71 industries", "Firms made up from the US table, in million $ a year."),
    "belgium": (
        "Belgium 2015, 63 sectors",
        "Firms made up from the table of Belgium; what is critical is what experts said, times the lever.",
    ),
}  # fmt: skip
"""The kinds of network that are made, with a name and what they are."""
REAL: Final = {"united-states": UNITED_STATES, "belgium": BELGIUM}


def kinds() -> list[str]:
    """The kinds that can be made here: those of real data only where their folder is."""
    folder = Path(os.environ.get(VARIABLE) or "/nowhere")
    return [kind for kind in KINDS if kind not in REAL or (folder / REAL[kind]).is_dir()]


def make(kind: str, n_firms: int, suppliers: int, groups: int, seed: int) -> tuple[Firms, Array, float | Array]:
    """The firms of a kind, the part of each sector that a lockdown closes, and how critical inputs are.

    groups: how many layers, or sectors of a scale-free network. Raises ValueError.
    """
    if kind == "layers":
        names = (*LAYERS[: groups - 1], LAYERS[-1])
        share = np.linspace(1.0, 2.0, groups)
        widths = np.maximum(1, np.floor(n_firms * share / share.sum())).astype(int)
        widths[-1] += n_firms - widths.sum()
        topology = layered(widths.tolist(), suppliers, seed=seed)
        sold = np.zeros(n_firms)
        sold[-widths[-1] :] = 1000.0 * zipf(widths[-1:])
        return _trading(topology, sold, names), np.ones(groups), 1.0
    if kind == "scale-free":
        topology = scale_free(n_firms, suppliers, sectors=groups, seed=seed)
        names = tuple(chr(65 + number) for number in range(groups))
        return _trading(topology, np.ones(n_firms), names), np.ones(groups), 1.0
    if kind == "made-up":
        table = IoTable(SECTORS, np.array(FLOWS), np.array(OUTPUT))
        return firms_of(table, n_firms, suppliers=suppliers, seed=seed), np.array(EXPOSED), 1.0
    if kind == "united-states":
        table = united_states()
        firms = firms_of(table, n_firms, suppliers=suppliers, least=LEAST, seed=seed)
        return firms, np.ones(len(table.sectors)), 1.0
    country = belgium()
    firms = firms_of(country.table, n_firms, suppliers=suppliers, least=LEAST, seed=seed)
    return firms, country.facts["supply_shock_first_order"].to_numpy(np.float64), country.criticality


def _trading(topology: Topology, final: Array, names: tuple[str, ...]) -> Firms:
    """Firms that sell so much to final demand and buy in equal parts from their suppliers; the largest come first."""
    n_firms, supplier, customer = topology.n_nodes, topology.supplier, topology.customer
    part = BOUGHT / np.bincount(customer, minlength=n_firms)[customer]
    output = final
    for _ in range(120):  # halves what is missing each time
        output = final + np.bincount(supplier, part * output[customer], n_firms)
    flow = part * output[customer]
    output = final + np.bincount(supplier, flow, n_firms)
    order = np.lexsort((-output, topology.group))
    place = np.argsort(order)
    supplier, customer = place[supplier], place[customer]
    by_buyer = np.lexsort((supplier, customer))
    supplier, customer, flow = supplier[by_buyer], customer[by_buyer], flow[by_buyer]
    sector, output = topology.group[order], output[order]
    value_added = output - np.bincount(customer, flow, n_firms)
    n, kept = len(names), np.unique(sector)
    place = np.searchsorted(kept, np.arange(n))  # a sector of no firm is left out
    between = np.zeros((kept.size, kept.size))
    np.add.at(between, (place[sector[supplier]], place[sector[customer]]), flow)
    made = np.bincount(sector, output, n)[kept]
    table = IoTable(tuple(names[at] for at in kept.tolist()), between, made)
    return Firms(table, place[sector], output, final[order], value_added, supplier, customer, flow)
