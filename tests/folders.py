"""A small good folder of tables, and changes of single cells of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

NODES = """\
node,kind,ordering,base_stock_level,on_hand,capacity,production_lead_time,demand,mean,sd
market,customer,,,,,,normal,100,20
town,customer,,,,,,trace,,
shop,distributor,base_stock,300,150,,,,,
works,factory,base_stock,700,120,400,2,,,
mine,supplier,,,,,,,,
quarry,supplier,,,,,,,,
"""
LANES = """\
supplier,customer,product,order_lead_time,shipment_lead_time,share,units_per_output
shop,market,,0,0,,
shop,town,,0,0,,
works,shop,,1,2,,
mine,works,stone,0,1,0.6,2
quarry,works,stone,0,1,0.4,2
"""
DEMAND = """\
period,customer,quantity
0,town,10
1,town,12
2,town,9
"""
SETTINGS = """\
name = "pits"
periods = 30
seed = 3
warm_up = 5
"""
GOOD = {"nodes.csv": NODES, "lanes.csv": LANES, "demand.csv": DEMAND, "scenario.toml": SETTINGS}
Change = Callable[[dict[str, str]], None]


def write_tables(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write files to a folder, which is made."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def good(**others: str) -> dict[str, str | bytes]:
    """The files of the good folder, with others; `nodes_csv` is nodes.csv."""
    return {**GOOD, **{".".join(name.rsplit("_", 1)): text for name, text in others.items()}}


def changed(file: str, old: str, new: str) -> dict[str, str | bytes]:
    """The files of the good folder, one text in one of them being another."""
    assert GOOD[file].count(old) == 1, (file, old)
    return {**GOOD, file: GOOD[file].replace(old, new)}
