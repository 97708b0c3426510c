"""What the app opens and what it refuses: paths that lead out, links, and what people upload."""

from __future__ import annotations

import base64
import io
import os
import zipfile

import pytest
from supplynet.viz import uploads, within
from supplynet.viz.explore import downloads

import supplynet
from supplynet.readers.graph_files import write_path
from supplynet.saving import save

TABLES = ("nodes.csv", "lanes.csv")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A folder in which the app is started, with a secret beside it."""
    inside = tmp_path / "start"
    inside.mkdir()
    supplynet.write_folder(supplynet.load("beer-game"), tmp_path / "secret")
    supplynet.write_folder(supplynet.load("beer-game"), inside / "mine")
    monkeypatch.chdir(inside)
    monkeypatch.setattr(uploads, "_brought", uploads.solara.reactive({}))
    monkeypatch.delenv(within.OFFERED, raising=False)
    return inside


def refused(name: str) -> None:
    with pytest.raises(ValueError, match="lies outside of the folder in which the app was started"):
        within.open_recipe(name)


def test_what_lies_in_the_start_folder_is_listed_and_opens(start):
    save(supplynet.run(supplynet.load(start / "mine")), start / "run")
    (start / "runs").mkdir()
    (start / "runs" / "sweep.json").write_text("{}", encoding="utf-8")  # Results opens it, nobody else
    headings = dict(within.headed())
    assert headings["In this folder"] == ["./mine", "run/scenario.toml"]
    assert {"./mine", "run/scenario.toml", "beer-game"} <= set(within.to_open())
    for name in ("./mine", "mine/../mine", "run/scenario.toml", str(start / "mine")):
        assert within.open_recipe(name).build().name == "beer-game"


@pytest.mark.parametrize("name", ["../secret", "./../secret", "mine/../../secret", "../secret/nodes.toml", "/etc", "/"])
def test_paths_that_lead_out_are_refused(start, name):
    refused(name)


def test_absolute_paths_and_what_does_not_exist_outside_are_refused_alike(start):
    refused(str(start.parent / "secret"))
    refused("../nothing-there/")
    refused("../nothing.json")


def test_links_that_lead_out_are_refused_and_not_listed(start):
    (start / "linked").symlink_to(start.parent / "secret", target_is_directory=True)
    (start / "graph.json").symlink_to(start.parent / "secret" / "nodes.csv")
    inner = start / "inner"
    inner.mkdir()
    for table in TABLES:
        (inner / table).symlink_to(start.parent / "secret" / table)
    for name in ("./linked", "linked/../linked", "./graph.json", "./inner", "inner/", "linked/scenario.toml"):
        refused(name)
    assert "./linked" not in within.to_open() and "./graph.json" not in within.to_open()


def test_a_saved_run_whose_tables_lie_outside_is_refused_before_they_are_read(start):
    save(supplynet.run(supplynet.load(start.parent / "secret")), start / "run")
    (start.parent / "secret" / "nodes.csv").write_text("node,kind\nthe secret,nonsense\n", encoding="utf-8")
    refused("run/scenario.toml")
    (start / "run" / "scenario.toml").write_text("scenario = [", encoding="utf-8")
    with pytest.raises(ValueError, match="not TOML"):
        within.open_recipe("run/scenario.toml")


@pytest.mark.parametrize("name", ["a\0b/", "x/" * 3000, "./nothing", "mine/nodes.csv", "", "nodes.toml"])
def test_what_is_no_scenario_is_told_kindly(start, name):
    with pytest.raises(ValueError, match=".{20}"):
        within.open_recipe(name)


def test_what_the_app_was_started_with_may_lie_anywhere(start, monkeypatch):
    monkeypatch.setenv(within.OFFERED, "../secret")
    assert within.open_recipe("../secret").build().name == "beer-game"
    assert dict(within.headed())["Started with"] == ["../secret"]
    refused("../secret/")


def files(*named: tuple[str, bytes]) -> list[dict[str, str]]:
    return [{"name": name, "data": base64.b64encode(content).decode()} for name, content in named]


def zipped(*named: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in named:
            archive.writestr(name, content)
    return packed.getvalue()


def tables(folder) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def test_tables_a_zip_and_a_graph_are_read_and_nothing_stays_on_the_disk(start, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    given = tables(start / "mine")
    graph = write_path(supplynet.load("beer-game"), tmp_path / "net.graphml")
    outcomes = supplynet.run(supplynet.load("beer-game")).outcomes
    for brought in (
        files(*given),
        files(("ours.zip", zipped(*given))),
        files(("ours.zip", zipped(*((f"ours/{name}", content) for name, content in given)))),
        files((graph.name, graph.read_bytes())),
    ):
        name = uploads.bring(brought)
        assert name.startswith(uploads.UPLOADED) and name in within.to_open()
        assert supplynet.run(within.open_recipe(name).build()).outcomes == outcomes
    assert uploads.brought() == [f"uploaded:{name}" for name in ("own-network", "ours", "ours (2)", "net")]
    assert not os.listdir(tmp_path / "scratch")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "0 files, must be 1 to 20"),
        ([(f"{at}.csv", b"") for at in range(21)], "21 files, must be 1 to 20"),
        ([("nodes.csv", b"x" * 5_100_000)], "larger than 5 MB"),
        ([("../nodes.csv", b"node")], "no path"),
        ([("/etc/nodes.csv", b"node")], "no path"),
        ([("..", b"node")], "no path"),
        ([("evil.py", b"import os")], "no table of a network"),
        ([("a.zip", b"not a zip")], "cannot be unpacked"),
        ([("a.zip", zipped(("../nodes.csv", b"node")))], "no path"),
        ([("a.zip", zipped(("a/b/nodes.csv", b"node")))], "no path"),
        ([("a.zip", zipped(("a/nodes.csv", b"node"), ("b/lanes.csv", b"")))], "several folders"),
        ([("a.zip", zipped(("nodes.csv", b"0" * 60_000_000)))], "larger than 5 MB"),
        ([("a.zip", zipped(("nodes.csv", b"node"))), ("lanes.csv", b"")], "upload one zip alone"),
        ([("nodes.csv", b"node,kind\nshop,shopp\n"), ("lanes.csv", b"supplier,customer\n")], "nodes.csv line 2"),
        ([("nodes.csv", b"node\nshop\n")], "has no lanes.csv"),
        ([("scenario.toml", b'scenario = "x"\nsource = "/etc"\n')], "has no nodes.csv"),
        ([("net.json", b"{")], "net.json line 1"),
    ],
)  # fmt: skip
def test_what_is_brought_and_wrong_is_told_without_a_path_of_the_server(start, given, says):
    with pytest.raises(ValueError, match=says) as fault:
        uploads.bring(files(*given))
    assert "/tmp" not in str(fault.value).replace("'/etc/nodes.csv'", "") and uploads.brought() == []


def test_what_did_not_arrive_whole_is_told(start):
    with pytest.raises(ValueError, match="did not arrive whole"):
        uploads.bring([{"name": "nodes.csv", "data": "%%%"}])
    with pytest.raises(ValueError, match="uploaded in another session"):
        within.open_recipe("uploaded:theirs")


def test_a_zip_that_lies_about_its_size_is_not_unpacked_beyond_the_most(start):
    packed = bytearray(zipped(("nodes.csv", b"0" * 9_000_000)))
    for at in (packed.index(b"PK\x03\x04") + 22, packed.index(b"PK\x01\x02") + 24):
        packed[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises(ValueError, match=r"cannot be unpacked|larger than|no column|nodes.csv"):
        uploads.bring(files(("a.zip", bytes(packed))))


def test_what_is_taken_home_reads_back(tmp_path):
    recipe = supplynet.scenarios.Recipe("beer-game", disruptions=("factory,capacity_factor,0,10,4",))
    result = supplynet.run(recipe.build())
    packed = downloads.made("folder", result, 3)
    assert (packed["name"], packed["turn"]) == ("beer-game.zip", 3)
    zipfile.ZipFile(io.BytesIO(base64.b64decode(packed["data"]))).extractall(tmp_path)
    assert supplynet.run(supplynet.read_folder(tmp_path / "beer-game")).outcomes == result.outcomes
    assert downloads.table(result).decode().splitlines()[0].startswith("period,node,on_hand")
    assert downloads.picture(result)[:4] == b"\x89PNG"


def test_a_table_that_is_too_large_for_a_browser_is_refused_with_another_way(monkeypatch):
    monkeypatch.setattr(downloads, "LARGEST", 100)
    with pytest.raises(ValueError, match="from the shell"):
        downloads.table(supplynet.run(supplynet.load("beer-game")))
