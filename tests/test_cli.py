"""The command line and its files: what a user types, what comes back, and what is written."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from shell import one_object, shell, written

import supplynet
from supplynet import files, plot
from supplynet.record import Keep
from supplynet.scenarios import READY_MADE
from supplynet.shell import options as commands
from supplynet.shell import progress
from supplynet.words import report

pytestmark = pytest.mark.usefixtures("folder")
NODE_KEYS = {
    "kind", "tier", "bullwhip_ratio", "fill_rate", "mean_on_hand", "mean_backlog", "peak_order", "total_cost",
    "mean_demand", "mean_order", "lost",
}  # fmt: skip
OVERVIEW = plot.overview
HERE = {**os.environ, "PYTHONPATH": str(Path(supplynet.__file__).parents[1])}


def test_run_alone_prints_the_table_says_what_happened_and_saves_a_picture(folder, monkeypatch):
    monkeypatch.setattr(plot, "overview", OVERVIEW)
    done = shell("run")
    assert done.exit_code == 0, done.output
    for words in ("households-* (4)", "shops-* (4)", "dc-* (2)", "mill", "grain", "bullwhip", "fill", "stock", "cost"):
        assert words in done.stdout
    rows = [line.split()[:2] for line in done.stdout.splitlines() if line[1:2].isdigit() or line[:1].isdigit()]
    kinds = ["customer", "distributor", "distributor", "factory", "supplier"]
    assert [row for row in rows if len(row) == 2 and row[1] in kinds] == [
        [str(at), kind] for at, kind in enumerate(kinds)
    ]
    assert "censored by empty shelves" in done.stdout and "Try next: supplynet run flour-2020 --set" in done.stdout
    assert done.stdout.splitlines()[-1] == "Picture: flour-2020.png" and written(folder) == ["flour-2020.png"]
    assert Path("flour-2020.png").stat().st_size > 50_000
    assert "Traceback" not in done.output


def test_the_sentence_is_worked_out_from_the_run():
    result = supplynet.run(supplynet.load("flour-2020"))
    nodes = list(result.nodes)
    households = [at for at, name in enumerate(nodes) if name.startswith("households")]
    demand = result.record["demand"][:, households].sum(axis=1)
    order = result.record["production_order"][:, nodes.index("mill")]
    lost = result.record["lost"].sum()
    words = report.sentence(result)
    assert f"Demand peaked at {demand.max():.1f} in period {demand.argmax()} (counted from 0)" in words
    lag = int(order.argmax() - demand.argmax())
    assert f"the orders of mill (tier 3) {lag} period{'s' * (lag > 1)} later at {order.max():.1f}" in words and lag >= 1
    assert f"their variance was {order.var() / demand.var():.1f} times that of demand" in words
    assert f"customers lost {lost:.1f} units, {100 * lost / demand.sum():.1f} %" in words


def test_the_sentence_knows_steady_demand_and_a_network_without_a_market_or_an_upstream():
    steady = supplynet.load("beer-game").with_lever("after", 4.0)
    assert report.sentence(supplynet.run(steady)).startswith("Customers wanted the same in every period, 4.00")
    summed = supplynet.run(supplynet.load("beer-game"), keep=Keep(by="kind"))
    assert "only sums by kind" in report.sentence(summed)


def test_json_prints_one_strict_object_and_nothing_else(folder):
    done = shell("run", "--json", "--seed", "7")
    assert done.exit_code == 0 and done.stdout.count("\n") == 1
    told = one_object(done.stdout)
    assert list(told) == ["scenario", "seed", "periods", "outcomes", "nodes"]
    assert (told["scenario"], told["seed"], told["periods"]) == ("flour-2020", 7, 52)
    result = supplynet.run(supplynet.load("flour-2020"), seed=7)
    assert told["outcomes"] == result.outcomes and list(told["nodes"]) == list(result.nodes)
    assert all(set(node) == NODE_KEYS for node in told["nodes"].values())
    assert told["nodes"]["mill"]["kind"] == "factory" and told["nodes"]["mill"]["tier"] == 3
    assert told["nodes"]["mill"]["peak_order"] == result.measures["peak_order"][list(result.nodes).index("mill")]


def test_json_says_null_where_a_measure_is_undefined():
    told = one_object(shell("run", "--json", "--periods", "1").stdout)
    assert told["periods"] == 1 and told["nodes"]["mill"]["bullwhip_ratio"] is None
    assert told["outcomes"]["bullwhip_ratio"] is None


def test_beer_game_costs_204():
    nodes = one_object(shell("run", "beer-game", "--json").stdout)["nodes"]
    players = ("retailer", "wholesaler", "distributor", "factory")
    assert [nodes[name]["total_cost"] for name in players] == [46.0, 50.0, 54.0, 54.0]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["flour-2021"], ["flour-2021", "did you mean 'flour-2020'?"]),
        (["nothing.toml"], ["nothing.toml", "does not exist"]),
        (["--set", "windw=3"], ["windw", "did you mean 'window'?"]),
        (["--set", "mill_capcity=3"], ["mill_capcity", "did you mean 'mill_capacity'?"]),
        (["--set", "mil.capacity=3"], ["mil", "did you mean 'mill'?"]),
        (["--set", "mill.capcity=3"], ["mill.capcity", "capacity'?"]),
        (["--set", "mill>dc-nrth.order_lead_time=2"], ["did you mean 'mill>dc-north'?"]),
        (["--set", "window"], ["'window'", "LEVER=VALUE"]),
        (["--set", "window=soon"], ["window", "'soon'", "a whole number", "4"]),
        (["--set", "window=-1"], ["window=-1", ">= 1"]),
        (["--set", "mill.capacity=-1"], ["mill.capacity", "'-1'", ">= 0", "units/period"]),
        (["--set", "start=steddy"], ["start", "steddy", "steady"]),
        (["--periods", "0"], ["periods is 0", ">= 1"]),
        (["--set", "warm_up=52"], ["warm_up is 52", "run longer"]),
        (["--seed", "-1"], ["seed is -1", ">= 0"]),
        (["--periods", "100000000000"], ["GB", "--periods"]),
        (["--plot", "a.bmp"], [".bmp", ".png, .svg, .pdf", "'a.png'"]),
        (["--out", "/dev/null"], ["/dev/null", "is a file, must be a folder"]),
        (["--plot", "/dev/null/a.png"], ["/dev/null", "is a file, must be a folder"]),
    ],
)
def test_bad_input_is_one_message_with_a_cure_and_nothing_is_written(folder, words, says):
    done = shell("run", *words)
    assert done.exit_code == 2 and done.stdout == "" and "Traceback" not in done.output
    assert done.stderr.startswith("error: ") and done.stderr.count("error") == 1
    for part in says:
        assert part in done.stderr
    assert written(folder) == []


@pytest.mark.parametrize(
    "words", [["run", "--perids", "3"], ["run", "--periods", "x"], ["rnu"], ["show"], ["show", "x"]]
)
def test_a_slip_of_the_tongue_exits_with_2(folder, words):
    done = shell(*words)
    assert done.exit_code == 2 and "Traceback" not in done.output and written(folder) == []


def test_stopping_writes_nothing(folder, monkeypatch):
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(supplynet, "run", stop, raising=False)
    done = shell("run", "--out", "one")
    assert done.exit_code == 130 and done.stderr == "stopped, nothing written\n" and written(folder) == []


def test_a_closed_folder_costs_the_picture_not_the_run(monkeypatch, folder):
    def closed(path: Path) -> None:
        raise PermissionError("folder '.' cannot be written to")

    monkeypatch.setattr(files, "check_folder", closed)
    done = shell("run", "beer-game", "--json")
    assert done.exit_code == 0 and "no picture" in done.stderr and one_object(done.stdout)
    assert shell("run", "beer-game", "--plot", "a.png").exit_code == 2 and written(folder) == []


@pytest.mark.parametrize(
    "words",
    [
        ("run", "beer-game", "--json"),
        ("sweep", "beer-game", "--seeds", "2"),
        ("compare", "beer-game", "beer-game-sterman", "--replications", "2", "--json"),
        ("sensitivity", "beer-game", "--vary", "stock_adjustment=0.2:1.0", "--replications", "1", "--json"),
    ],
)
def test_the_first_play_says_that_it_compiles(folder, monkeypatch, words):
    assert commands.COMPILING not in shell(*words).stderr
    monkeypatch.setattr(commands, "_cache_is_cold", lambda: True)
    done = shell(*words)
    assert done.exit_code == 0 and done.stderr.count(f"{commands.COMPILING}\n") == 1 and done.stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_progress_bar_waits_and_draws_seldom(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.Progress(1000) as patient:
        patient.keep(0)
    assert patient.bar is None
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.Progress(1000) as hasty:
        for period in range(1000):
            hasty.keep(period)
    assert hasty.bar is not None and hasty.bar.tasks[0].completed < 1000
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert progress.Progress(1000).next == float("inf")


def test_the_time_left_of_a_sweep_that_goes_on_does_not_count_what_was_there(monkeypatch):
    for patience in ("PATIENCE", "REDRAW"):
        monkeypatch.setattr(progress, patience, 0.0)
    monkeypatch.setattr(sys, "stderr", screen := Terminal())
    with progress.Progress(1_000_000, "runs") as bar:
        bar.show(500_000)
        time.sleep(0.05)
        bar.show(500_010)  # 10 in a twentieth of a second or more, so that the rest takes 2500 seconds at least
        assert bar.bar.tasks[0].time_remaining >= 2400
    assert "500010 of 1000000 runs" in screen.getvalue() and "-:--:--" in screen.getvalue()
    assert re.search(r"\d:\d\d:\d\d", screen.getvalue())


def test_scenarios_and_show_list_what_there_is():
    lines = shell("scenarios").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(READY_MADE)
    for name in READY_MADE:
        done = shell("show", name)
        assert done.exit_code == 0, done.output
        for word in ("buys from", "LotForLot", "periods", "units/period", "holding_cost"):
            assert word in done.stdout
    page = shell("show", "flour-2020").stdout
    assert "mill_capacity" in page and "multiple of normal sales" in page and "OrderUpToMovingAverage" in page


def test_names_are_shortened_without_loss_of_sense():
    assert report.short_name(["mill"]) == "mill"
    assert report.short_name(["shop-1", "shop-12"]) == "shop-* (2)"
    assert report.short_name(["ale", "bread"]) == "ale, bread"
    assert report.short_name(["warehouse", "distribution-centre", "x"]) == "warehouse and 2 more"


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom supplynet.cli import main\nsys.argv = ['supplynet', 'run', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        "print([name for name in ('numba', 'numpy', 'pandas', 'matplotlib', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=HERE)
    assert "--periods" in done.stdout and done.stdout.rstrip().endswith("[]")


def test_the_real_shell_has_the_exit_codes(folder):
    command = [sys.executable, "-m", "supplynet.cli", "run", "flour-2021"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=HERE)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1


def test_a_run_too_long_to_keep_whole_still_has_its_table_and_picture():
    done = shell("run", "flour-2020", "--periods", "42000")
    assert done.exit_code == 0, done.output
    assert "Picture" in done.output


def test_the_next_step_is_not_the_step_just_taken():
    assert "--set window=12" in shell("run").output
    taken = shell("run", "--set", "window=12").output
    assert "--set window=12" not in taken
    assert "supplynet show flour-2020" in taken


def test_the_sentence_pairs_peaks_that_can_belong_together_and_only_names_others():
    assert "15 periods later at 33.0" in " ".join(shell("run", "beer-game-sterman").output.split())
    far_apart = " ".join(shell("run", "--set", "window=12").output.split())
    assert "in period 48 at" in far_apart
    assert "later" not in far_apart
