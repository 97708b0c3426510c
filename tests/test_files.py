"""Files written together: all of them, or none, and what was there before stays if any cannot be replaced."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from shell import shell, written

from supplynet.files import write_together

OLD = {"a.csv": "old a", "b.csv": "old b", "c.csv": "old c"}


def write(text: str, path: Path) -> None:
    path.write_text(text)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def old(folder: Path) -> Path:
    for name, text in OLD.items():
        (folder / name).write_text(text)
    return folder


def test_files_are_replaced_made_and_removed_together(tmp_path):
    old(tmp_path)
    new = {"a.csv": partial(write, "new a"), "b.csv": None, "none.csv": None, "in/d": partial(write, "d")}
    write_together({tmp_path / name: writer for name, writer in new.items()})
    assert texts(tmp_path) == {"a.csv": "new a", "c.csv": "old c"} and texts(tmp_path / "in") == {"d": "d"}


def test_a_folder_where_a_file_is_to_be_stops_everything_before_it_begins(tmp_path):
    old(tmp_path)
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(IsADirectoryError, match="d.csv' is a folder, must be a file; move it away"):
        write_together({tmp_path / "a.csv": partial(write, "new a"), tmp_path / "d.csv": None})
    assert texts(tmp_path) == OLD


@pytest.mark.parametrize("at", range(6))
def test_if_any_replacement_fails_what_was_there_is_there_again(at, tmp_path, monkeypatch):
    old(tmp_path)
    files = {tmp_path / name: partial(write, f"new {name}") for name in ("new.csv", "a.csv", "c.csv")}
    calls, replace = [], os.replace

    def fails(source, target):
        calls.append(target)
        if len(calls) == at + 1:
            raise PermissionError(13, "held by another program", str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(PermissionError, match="held by another"):
        write_together({**files, tmp_path / "b.csv": None})
    assert texts(tmp_path) == OLD


def test_a_file_that_cannot_be_written_leaves_the_others_alone(tmp_path):
    def fails(path: Path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    old(tmp_path)
    with pytest.raises(OSError, match="disk full"):
        write_together({tmp_path / "a.csv": partial(write, "new a"), tmp_path / "b.csv": fails})
    assert texts(tmp_path) == OLD


@pytest.mark.parametrize("name", ["demand.csv", "scenario.toml"])
def test_tables_are_not_half_replaced_where_one_of_them_is_a_folder(name, tmp_path):
    folder = tmp_path / "beer"
    assert shell("export", "beer-game", str(folder)).exit_code == 0
    (folder / name).unlink(missing_ok=True)
    (folder / name).mkdir()
    before = texts(folder)
    done = shell("export", "flour-2020", str(folder), "--overwrite")
    assert done.exit_code == 2 and f"{name}' is a folder, must be a file" in done.output
    assert texts(folder) == before and written(folder) == sorted(before)
