"""Settings of days-of-cover that are known to be unstable are said before a run, each once and with the reason."""

import warnings
from dataclasses import replace

import networkx as nx
import pandas as pd
import pytest
from shell import shell

import supplynet
from supplynet.disruptions import Disruption
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import MakeToOrder
from supplynet.processes.outages import Interruptions, Outages
from supplynet.readers.graph_files import write_path
from supplynet.readers.schedules import from_schedule


def firms(rule=None, struck=(), periods=40, cover=4.0):
    """A mine, and a works and a finisher of one rule that hold some periods of cover."""
    graph = nx.DiGraph()
    graph.add_node("mine", kind="supplier", capacity=20.0)
    for name in ("works", "finisher"):
        graph.add_node(name, kind="factory", ordering=MakeToOrder(), input_rule=rule or DaysOfCover())
    graph.add_node("town", kind="customer", demand=10.0)
    for supplier, buyer in (("mine", "works"), ("works", "finisher")):
        graph.add_edge(supplier, buyer, cover=cover, unfilled="lost")
    graph.add_edge("finisher", "town", shipment_lead_time=0, unfilled="lost")
    return supplynet.Scenario("firms", supplynet.from_graph(graph, disruptions=struck), periods=periods)


def stop(duration, start=5, factor=0.0, column="capacity_factor"):
    place = {"capacity_factor": "mine", "order_factor": "works"}.get(column, "mine>works")
    return [Disruption(place, column, factor, start, duration)]


def followed(*events):
    """The firms where orders follow realised output."""
    return firms(DaysOfCover(6.0, 1.0, "output"), events)


DAYS = pd.date_range("2020-03-01", periods=30)


UNSTABLE = {
    "hasty": (firms(DaysOfCover(1.0)), "node 'works' and 1 more: .* adjustment_time of one period .* 1 [+] cover"),
    "forgetful": (firms(DaysOfCover(6.0, 0.0)), "supply_line_weight of 0 forget what is on order .* never settle"),
    "output": (firms(DaysOfCover(6.0, 1.0, "output"), stop(5)), "of 5 periods outlasts .* never starts again"),
    "closed lane": (firms(DaysOfCover(6.0, 1.0, "output"), stop(9, column="open_factor")), "of 9 periods outlasts"),
    "schedule": (
        followed(*from_schedule(pd.DataFrame({"mine": [0.3] * 12 + [0.9] * 18}, DAYS), label="", start=5)),
        "of 12 per",
    ),
    "outages": (followed(*stop(None, factor=Outages(1.0, 0.05, 0.03))), "periods outlasts"),
    "interruptions": (followed(*stop(None, factor=Interruptions(1.0, 0.05, 20.0))), "periods outlasts"),
    "one after the other": (followed(*stop(3), *stop(3, 8)), "of 6 periods outlasts"),
    "on one lane": (followed(*stop(3), *stop(3, 8, column="open_factor")), "of 6 periods outlasts"),
    "order stop": (followed(*stop(7, column="order_factor")), "of 7 periods outlasts"),
    "lost on the way": (followed(*stop(8, column="transit_factor")), "of 8 periods outlasts"),
    "slow recovery": (followed(Disruption("mine", "capacity_factor", 0.0, 5, 2, "linear", 9)), "of 6 periods outlasts"),
    "endless": (firms(DaysOfCover(6.0, 1.0, "output"), stop(None)), "of 35 periods outlasts"),
}
CALM = {
    "the defaults under a long stop": firms(struck=stop(30)),
    "output where the stop is as long as the cover": firms(DaysOfCover(6.0, 1.0, "output"), stop(4)),
    "output where the run ends before": firms(DaysOfCover(6.0, 1.0, "output"), stop(30, start=36)),
    "output where nothing is lost": firms(DaysOfCover(6.0, 1.0, "output"), stop(30, factor=1.0)),
    "output where customers order nothing": followed(Disruption("town", "order_factor", 0.0, 5, 20)),
    "output where enough is left": followed(*stop(30, factor=0.6), *stop(30, factor=0.99)),
    "output where others are stopped in turn": followed(*stop(4), Disruption("finisher", "order_factor", 0.0, 9, 4)),
    "just above one period": firms(DaysOfCover(1.01, 0.01)),
}


@pytest.mark.parametrize("case", UNSTABLE)
@pytest.mark.parametrize("play", [supplynet.run, lambda scenario: supplynet.replicate(scenario, 2)])
def test_a_run_warns_once_of_what_is_known_to_be_unstable(case, play):
    scenario, message = UNSTABLE[case]
    with pytest.warns(UserWarning, match=message) as said:
        play(scenario)
    assert len(said) == 1 and said[0].filename.endswith(("test_unstable.py", "scenario.py"))


@pytest.mark.parametrize("case", CALM)
def test_a_run_of_calm_settings_says_nothing(case):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        supplynet.run(CALM[case])


def test_what_the_warning_of_realised_output_says_is_so():
    def left(rule, duration):
        scenario = replace(firms(rule, stop(duration, start=2)), periods=200)
        return supplynet.run(scenario).record["shipped"][-1, 3]

    with pytest.warns(UserWarning, match="never starts again"):
        assert left(DaysOfCover(6.0, 1.0, "output"), 30) < 1e-6
    assert left(DaysOfCover(6.0, 1.0, "capped_demand"), 30) > 9.99


def test_the_shell_says_it_on_stderr_and_check_in_a_note(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_path(UNSTABLE["hasty"][0], tmp_path / "firms")
    told = shell("run", "firms", "--json")
    assert told.exit_code == 0 and told.stderr.count("warning: node 'works' and 1 more") == 1
    assert "note: node 'works' and 1 more: days of cover" in shell("check", "firms").stdout
