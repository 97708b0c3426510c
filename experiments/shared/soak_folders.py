"""Malformed folders: good ones, changed by chance as people and programs change them, and what the shell says then."""

from __future__ import annotations

import csv
import io
import shutil
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from typer.testing import CliRunner

from shared.timing import Table
from supplynet import load, write_folder
from supplynet.cli import app
from supplynet.disruptions import Disruption

Files = dict[str, bytes]
Luck = np.random.Generator
READY: Final = ("beer-game", "flour-2020", "push-retail", "toyota", "netflix")
FLOWS: Final = {
    "flows.csv": b"supplier,customer,flow\nmine,mill,40\nmill,shop,100\nfarm,shop,20\nshop,shop2,5\nmine,farm,3\n",
    "firms.csv": b"firm,product,final_demand,cover\nmine,ore,0,5\nmill,steel,10,4\nshop,goods,90,3\nfarm,,,7\n"
    b"shop2,goods,30,9\n",
    "disruptions.csv": b"where,column,factor,start,duration,recovery,recovery_periods\n"
    b"mill,capacity_factor,0.2,3,4,linear,3\n",
}
ODD: Final = (
    "", " ", "-1", "-0.0", "nan", "inf", "-inf", "1e999", "1e308", "12,5", "1.2.3", "0x10", "1_000", "\u0661\u0662",
    "abc", "=1+1", "#REF!", "'", '"', "`rm`", "normal(", "normal(1,2,3,4)", "normal(5)", "outages(1,2,3)", "kanban",
    "base_stock(", "sterman(1,2)", "customer", "distributor", "lost", "true", "None", "\u00e4\u00f6\u20ac",
    "\U0001f9f1", "a" * 5_000, "x,y", "9" * 400, "(((((", "lambda: 0", "__import__('os')", "discrete(1:2)", "trace()",
    "*", "region=", ">", "a>b", "\x00", "\ufeff",
)  # fmt: skip
"""What may stand in a cell that should not."""
SLOW: Final = 20.0  # seconds that no folder may take


def good_folders(place: Path) -> list[Files]:
    """The files of folders that are right."""
    struck = [Disruption("kind=customer", "demand_factor", 1.5, 3, 4, "exponential", 3)]
    found: list[Files] = [dict(FLOWS)]
    for name in READY:
        folder = write_folder(load(name).with_disruptions(struck), place / name)
        found.append({path.name: path.read_bytes() for path in folder.iterdir()})
    return found


def _table(files: Files, luck: Luck) -> tuple[str, list[list[str]]]:
    """One of the tables, as rows of cells."""
    name = str(luck.choice(sorted(name for name in files if name.endswith(".csv"))))
    return name, [*csv.reader(io.StringIO(files[name].decode("utf-8")))]


def _write(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def _some(luck: Luck, number: int) -> int:
    return int(luck.integers(max(number, 1)))


def odd_cell(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    row = rows[1 + _some(luck, len(rows) - 1)] if len(rows) > 1 else rows[0]
    row[_some(luck, len(row))] = str(luck.choice(ODD))
    files[name] = _write(rows)


def swapped_cells(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    one, other = (rows[_some(luck, len(rows))] for _ in range(2))
    a, b = _some(luck, len(one)), _some(luck, len(other))
    one[a], other[b] = other[b], one[a]
    files[name] = _write(rows)


def odd_header(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    at = _some(luck, len(rows[0]))
    rows[0][at] = str(luck.choice([*ODD, rows[0][0], rows[0][at].upper(), rows[0][at][:-1], rows[0][at] + " "]))
    files[name] = _write(rows)


def lost_column(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    at = _some(luck, len(rows[0]))
    files[name] = _write([row[:at] + row[at + 1 :] for row in rows])


def lost_line(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    rows.pop(_some(luck, len(rows)))
    files[name] = _write(rows)


def doubled_line(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    rows.insert(_some(luck, len(rows)), rows[_some(luck, len(rows))])
    files[name] = _write(rows)


def shuffled_lines(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    luck.shuffle(rows)
    files[name] = _write(rows)


def ragged_line(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    row = rows[_some(luck, len(rows))]
    row[:] = row[: _some(luck, len(row))] if luck.random() < 0.5 else [*row, "more", "1"]
    files[name] = _write(rows)


def renamed_node(files: Files, luck: Luck) -> None:
    name, rows = _table(files, luck)
    old = rows[min(1, len(rows) - 1)][0]
    files[name] = files[name].replace(old.encode(), b"nobody" if luck.random() < 0.5 else b"", 1)


def flipped_bytes(files: Files, luck: Luck) -> None:
    name = str(luck.choice(sorted(files)))
    content = bytearray(files[name])
    for at in luck.integers(len(content), size=1 + _some(luck, 5)):
        content[at] = _some(luck, 256)
    files[name] = bytes(content)


def cut_off(files: Files, luck: Luck) -> None:
    name = str(luck.choice(sorted(files)))
    files[name] = files[name][: _some(luck, len(files[name]))]


def other_encoding(files: Files, luck: Luck) -> None:
    name = str(luck.choice(sorted(files)))
    text = files[name].decode("utf-8")
    files[name] = text.replace("a", "\u00e4").encode(str(luck.choice(["utf-16", "latin-1", "utf-8-sig", "utf-32"])))


def other_ends(files: Files, luck: Luck) -> None:
    name = str(luck.choice(sorted(files)))
    files[name] = files[name].replace(b"\n", bytes(luck.choice([b"\r", b"\r\n", b"\n\n", b"\x00\n", b";\n"])))


def other_separator(files: Files, luck: Luck) -> None:
    name, _ = _table(files, luck)
    files[name] = files[name].replace(b",", bytes(luck.choice([b";", b"\t", b"|", b", "])))


def lost_file(files: Files, luck: Luck) -> None:
    del files[str(luck.choice(sorted(files)))]


def empty_file(files: Files, luck: Luck) -> None:
    files[str(luck.choice(sorted(files)))] = bytes(luck.choice([b" ", b"\n\n\n", b"\xef\xbb\xbf"]))


def exchanged_files(files: Files, luck: Luck) -> None:
    one, other = luck.choice(sorted(files), 2, replace=len(files) < 2).tolist()
    files[one], files[other] = files[other], files[one]


def odd_setting(files: Files, luck: Luck) -> None:
    lines = files.get("scenario.toml", b'name = "x"\nperiods = 9\n').decode("utf-8").splitlines()
    at = _some(luck, len(lines))
    key = lines[at].partition("=")[0].strip() or "periods"
    value = luck.choice(["-1", "0", "1.5", '"ten"', "[]", "{}", "true", "1e9", "nan", "10000000000", "", "[[", '"' * 3])
    lines[at] = f"{key} = {value}" if luck.random() < 0.8 else f"[{key}.{key}]"
    files["scenario.toml"] = "\n".join(lines).encode("utf-8")


def circle(files: Files, luck: Luck) -> None:
    name = "flows.csv" if "flows.csv" in files else "lanes.csv"
    rows = [*csv.reader(io.StringIO(files[name].decode("utf-8")))]
    row = list(rows[1 + _some(luck, len(rows) - 1)])
    row[0], row[1] = row[1], row[0] if luck.random() < 0.7 else row[1]
    files[name] = _write([*rows, row])


CHANGES: Final[tuple[Callable[[Files, Luck], None], ...]] = (
    odd_cell, odd_cell, odd_cell, swapped_cells, odd_header, lost_column, lost_line, doubled_line, shuffled_lines,
    ragged_line, renamed_node, flipped_bytes, cut_off, other_encoding, other_ends, other_separator, lost_file,
    empty_file, exchanged_files, odd_setting, circle,
)  # fmt: skip


def measure_folders(table: Table, place: Path, number: int) -> None:
    """Check each changed folder, and run what passes: each is played, or refused in a message that names the place."""
    good, runner = good_folders(place), CliRunner()
    told: Counter[str] = Counter()
    faults: list[str] = []
    slowest = 0.0
    for seed in range(-len(good), number):  # before all, each as it is, which must be right
        luck = np.random.default_rng(max(seed, 0))
        files = dict(good[seed if seed < 0 else _some(luck, len(good))])
        changes = [CHANGES[_some(luck, len(CHANGES))] for _ in range(1 + _some(luck, 2) if seed >= 0 else 0)]
        for change in changes:
            with suppress(
                UnicodeDecodeError, IndexError, KeyError, ValueError, csv.Error
            ):  # the first left it nothing to change
                change(files, luck)
        folder = place / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        begun = time.perf_counter()
        answer = runner.invoke(app, ["check", str(folder)])
        kind = "refused by check"
        if answer.exit_code == 0:
            answer = runner.invoke(app, ["run", str(folder), "--periods", "60", "--set", "warm_up=0", "--json"])
            kind = "refused by run" if answer.exit_code else "played"
        slowest = max(slowest, time.perf_counter() - begun)
        assert seed >= 0 or kind == "played", answer.output
        told[kind] += seed >= 0
        if why := _unkind(answer, kind):
            faults.append(f"seed {seed}, {' and '.join(change.__name__ for change in changes)}: {why}")
    table.add(f"{number:,} malformed folders", ", ".join(f"{n:,} {kind}" for kind, n in sorted(told.items())), "each")
    table.add("  a traceback, another exit code, or no file named", f"{len(faults)}", "0")
    table.add("  the slowest answer", f"{slowest:.1f} s", f"< {SLOW:g} s")
    assert not faults, "\n".join(faults)
    assert slowest < SLOW and told["refused by check"] > number / 2 and told["played"]


def _unkind(answer: Any, kind: str) -> str:
    """What is wrong with an answer of the shell, if anything."""
    said = answer.output
    if answer.exit_code not in (0, 2) or not isinstance(answer.exception, SystemExit | None):
        return f"exit code {answer.exit_code}, {answer.exception!r}"
    if "Traceback" in said:
        return "a traceback"
    if kind != "played" and "error: " not in said:
        return f"no word of why: {said[-200:]!r}"
    if kind == "refused by check" and not any(name in said for name in (".csv", ".toml", "changed")):
        return f"no file named: {said[-200:]!r}"
    return ""
