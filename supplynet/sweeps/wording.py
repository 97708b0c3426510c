"""Sweeps in words: the values of a lever on a command line, and a whole experiment as a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from supplynet.checks import fail, nearest

KEYS: Final = (
    "scenario", "set", "disruptions", "vary", "design", "points", "seeds", "outcomes", "traces", "every", "periods",
    "seed", "out", "workers",
)  # fmt: skip
"""What an experiment may say: the options of the shell, by their names."""


def read_values(lever: str, text: str, *, ends: bool) -> list[Any]:
    """The values of a lever: 1,2,4, or 0.1:0.9:5 for five from end to end; 0.1:0.9 where only the `ends` are asked for.

    Commas inside brackets do not part: kanban(cards=3, container=2),base_stock. Raises ValueError.
    """
    if ":" in text and "(" not in text:
        parts = [_number(part) for part in text.split(":")]
        if any(isinstance(part, str) for part in parts) or len(parts) != (2 if ends else 3):
            form = "LOW:HIGH" if ends else "LOW:HIGH:HOW_MANY"
            raise ValueError(
                f"lever {lever!r} is {text!r}, must be {form}, numbers; write for example 0.1:0.9{':5' * (not ends)}"
            )
        if ends:
            return parts
        low, high, many = parts
        if not isinstance(many, int) or many < 2 or not low < high:
            raise ValueError(
                f"lever {lever!r} is {text!r}, must be LOW:HIGH:HOW_MANY with LOW < HIGH and at least 2 values; mend it"
            )
        values = [float(f"{value:.12g}") for value in np.linspace(low, high, many)]
        whole = isinstance(low, int) and isinstance(high, int) and all(value == int(value) for value in values)
        return [int(value) if whole else value for value in values]
    return [_number(part) for part in _parted(text)]


def read_experiment(path: Path) -> dict[str, Any]:
    """What a TOML file says of an experiment, by KEYS; `vary` and `set` by the names of levers.

    Raises ValueError that names the file and every key that is not known.
    """
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise ValueError(f"experiment {str(path)!r} is not TOML ({fault}); mend it") from None
    problems = [
        f"experiment {str(path)!r}: {key!r} is not a key; {nearest(key, KEYS)}" for key in read if key not in KEYS
    ]
    if "scenario" not in read:
        problems.append(f'experiment {str(path)!r} lacks `scenario`; add it, for example scenario = "flour-2020"')
    for key, kind in (
        ("vary", dict), ("set", dict), ("outcomes", list), ("traces", list), ("disruptions", list),
        ("scenario", str), ("out", str),
    ):  # fmt: skip
        if key in read and not isinstance(read[key], kind):
            what = {dict: "a table", list: "a list", str: "a text"}[kind]
            problems.append(f"experiment {str(path)!r}: {key} is {read[key]!r}, must be {what}; mend it")
    if problems:
        fail(problems)
    for key in ("vary", "set"):
        read[key] = dict(_flat(read.get(key, {})))
    for key in ("scenario", "out"):  # as seen from the file
        if key in read and (key == "out" or (path.parent / read[key]).exists()):
            read[key] = str(path.parent / read[key])
    return read


def is_experiment(name: str) -> bool:
    """Whether a name is that of a TOML file that says what to vary."""
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        return False
    try:
        return bool({"vary", "seeds", "design"} & tomllib.loads(path.read_text(encoding="utf-8")).keys())
    except ValueError:
        return True


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The levers of a table; mill.capacity without quotes is a table in a table."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _parted(text: str) -> list[str]:
    """A text parted at the commas that stand outside brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def _number(text: str) -> Any:
    """A whole number, a number, true or false, or the text itself."""
    words = {"true": True, "false": False}
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return words.get(text.strip().lower(), text.strip())
