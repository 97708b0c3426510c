"""A disruption that is added to a scenario: the same from a row of text, from Python, from the shell, from a file."""

from __future__ import annotations

import tomllib

import pytest
from shell import one_object, shell

import supplynet
from supplynet import saving
from supplynet.disruptions import Disruption
from supplynet.network import addresses_of
from supplynet.processes.outages import Outages
from supplynet.readers.events import read_disruption, write_disruption
from supplynet.scenarios import Recipe, load_file

FLOUR = supplynet.load("flour-2020")
PLACES = addresses_of(FLOUR.network)
SHUT = Disruption("mill", "capacity_factor", 0.0, 20, 5, "linear", 4)
ROW = "mill,capacity_factor,0,20,5,linear,4"


@pytest.mark.parametrize(
    ("row", "event"),
    [
        (ROW, SHUT),
        ("mill,capacity_factor,0.5", Disruption("mill", "capacity_factor", 0.5)),
        ("kind=distributor, stock_factor, 0, 3, 1", Disruption("kind=distributor", "stock_factor", 0.0, 3, 1)),
        ("mill > *,extra_lead_time,2,1", Disruption("mill>*", "extra_lead_time", 2.0, 1)),
        (
            "mill,capacity_factor,outages(1, 0.01, 0.2),0,,sudden,0,true",
            Disruption("mill", "capacity_factor", Outages(1.0, 0.01, 0.2), together=True),
        ),
    ],
)
def test_a_row_of_text_is_the_event_and_the_event_writes_the_row_again(row, event):
    assert read_disruption(row, PLACES) == event
    assert read_disruption(write_disruption(event), PLACES) == event
    assert write_disruption(SHUT) == ROW


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("mill", "has 1 parts, must be WHERE,COLUMN,FACTOR"),
        ("mill,capacity,0", "column is 'capacity'; did you mean 'capacity_factor'"),
        ("mil,capacity_factor,0", "did you mean 'mill'"),
        ("region=north,capacity_factor,0", "there is no region"),
        ("mill,capacity_factor,1.5", "must be a number in [0, 1]"),
        ("mill,capacity_factor,nan", "factor is 'nan', must be a number: the part that is left; mend it"),
        (
            "mill,capacity_factor,0,nan",
            "start is 'nan', must be a whole number >= 0 of periods; mend it (leave it blank",
        ),
        ("mill,capacity_factor,0,-3", "start"),
        ("mill,capacity_factor,0,3,0", "duration"),
        ("mill,capacity_factor,0,3,2,slow,2", "recovery is 'slow'"),
        ('mill,capacity_factor,"0', "a quote that is not closed"),
        ("mill,capacity_factor,outags(1, 2)", "did you mean 'outages'"),
    ],
)
def test_a_row_that_does_not_fit_says_what_and_why(row, says):
    with pytest.raises(ValueError, match="disruption") as fault:
        read_disruption(row, PLACES)
    assert says in str(fault.value) and str(fault.value).startswith(f"disruption {row!r}")


def test_a_strike_stays_when_levers_of_the_scenario_build_it_anew():
    struck = FLOUR.with_disruptions([SHUT]).with_levers({"window": 6, "mill.capacity": 9.0, "periods": 40})
    assert SHUT in struck.network.disruptions and struck.strikes == (SHUT,) and struck.periods == 40
    calm = FLOUR.with_levers({"window": 6, "mill.capacity": 9.0, "periods": 40})
    assert supplynet.run(struck).outcomes == supplynet.run(calm.with_disruptions([SHUT])).outcomes
    assert supplynet.run(struck).outcomes["lost"] > supplynet.run(calm).outcomes["lost"]


def test_a_strike_at_an_unknown_place_or_after_the_end_is_an_error_in_python_too():
    with pytest.raises(ValueError, match="did you mean 'mill'"):
        FLOUR.with_disruptions([Disruption("mil", "capacity_factor", 0.0)])
    with pytest.raises(ValueError, match="start is 60, must be below the 52 periods"):
        FLOUR.with_disruptions([Disruption("mill", "capacity_factor", 0.0, 60)])


def test_the_shell_strikes_as_python_does_and_the_saved_run_plays_again(folder):
    done = shell("run", "flour-2020", "--disrupt", ROW, "--set", "window=6", "--out", "runs", "--json")
    here = supplynet.run(FLOUR.with_lever("window", 6).with_disruptions([SHUT]))
    assert done.exit_code == 0 and one_object(done.stdout)["outcomes"] == here.outcomes
    assert tomllib.loads((folder / "runs/scenario.toml").read_text())["disruptions"] == [ROW]
    assert supplynet.run(load_file(folder / "runs/scenario.toml")).outcomes == here.outcomes
    again = shell("run", "runs/scenario.toml", "--json")
    assert one_object(again.stdout)["outcomes"] == here.outcomes


def test_two_that_are_compared_are_both_struck_and_so_is_every_run_of_a_sweep(folder):
    runs = ("--replications", "2", "--periods", "40", "--json")
    told = one_object(shell("compare", "flour-2020", "--set-b", "window=8", "--disrupt", ROW, *runs).stdout)
    struck = supplynet.replicate(FLOUR.with_lever("periods", 40).with_disruptions([SHUT]), 2)
    assert told["outcomes"]["lost"]["first"] == pytest.approx(struck["lost"].mean(), rel=1e-12)
    (folder / "plan.toml").write_text(f'scenario = "flour-2020"\ndisruptions = ["{ROW}"]\nperiods = 40\nseeds = 2\n')
    assert shell("sweep", "plan.toml", "--out", "swept").exit_code == 0
    assert sorted(supplynet.read_sweep(folder / "swept")["fill_rate"]) == sorted(struck["fill_rate"])


def test_a_strike_that_does_not_fit_ends_the_command_with_one_line_and_nothing_written(folder):
    done = shell("run", "flour-2020", "--disrupt", "mil,capacity_factor,0", "--out", "runs")
    assert done.exit_code == 2 and "did you mean 'mill'" in done.stderr and "Traceback" not in done.output
    assert not list(folder.iterdir())


def test_a_process_of_ones_own_is_saved_as_a_text_that_says_it_cannot_be_run_again(folder):
    class Mine(Outages):
        pass

    struck = FLOUR.with_disruptions([Disruption("mill", "capacity_factor", Mine(1.0, 0.01, 0.2))])
    saving.save(supplynet.run(struck), folder / "runs")
    with pytest.raises(ValueError, match=r"scenario\.toml.*disruption"):
        load_file(folder / "runs/scenario.toml")


def test_a_recipe_takes_events_and_rows_alike():
    both = Recipe("flour-2020", disruptions=(SHUT, "mill,order_factor,0,8,2")).build()
    assert both.strikes == (SHUT, Disruption("mill", "order_factor", 0.0, 8, 2))
