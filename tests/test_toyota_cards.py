"""What holds of a factory line in every single period: card caps, Little's law, and what the ways to run it share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lines import with_outage

import supplynet
from supplynet.balance import Balance
from supplynet.metrics import waiting_time, waiting_units

NAMES = ("toyota", "batch-line", "conwip-line")
LEVERS_OF_RULES = {"on_hand", "lot", "setup", "setup_cost", "holding_cost", "normal_output"}


def short(name, periods=1800, **levers):
    """The scenario for so many periods, all of which count."""
    return replace(supplynet.load(name, **levers), periods=periods, warm_up=0)


@pytest.mark.parametrize(("demand_sd", "breakdown"), [(0.0, 0.0), (1.6, 0.0), (4.0, 0.05)])
def test_no_station_ever_has_more_containers_than_cards(demand_sd, breakdown):
    scenario = with_outage(short("toyota", demand_sd=demand_sd, breakdown=breakdown), 700, 400, "station-3")
    result = supplynet.run(scenario)
    record, names, lanes = result.record, result.nodes, scenario.network.lane_names()
    made = record["on_hand"] + record["in_process"] + record["production_backlog"]
    for name in names:
        at = names.index(name)
        if name.startswith("station"):
            assert made[:, at].max() == pytest.approx(5 * 5.0), f"{name}: behind the machine and in it"
            lane = next(i for i, each in enumerate(lanes) if each.endswith(f">{name}"))
            held = record["input_stock"][:, lane] + record["on_order"][:, lane]
            assert held.max() == pytest.approx(5 * 5.0), f"{name}: in front of the machine"
    # Customers and the assembly open containers, which carry no card any more.
    assembly, last = names.index("assembly"), lanes.index("station-5>assembly")
    assert made[:, assembly].max() < (8 + 1) * 5.0
    assert (record["input_stock"] + record["on_order"])[:, last].max() < (5 + 1) * 5.0
    assert record["shipped"][:, assembly].sum() > 800.0, "goods flow"


def inside(record, network):
    """Units that a line holds between steel and the assembly's work, and finished goods, [period] each."""
    firms = [at for at, name in enumerate(network.names) if name.startswith("station")]
    used = [at for at, name in enumerate(network.lane_names()) if not name.endswith("customers")]
    stations = record["in_process"][:, firms].sum(axis=1) + record["on_hand"][:, firms].sum(axis=1)
    return stations + record["input_stock"][:, used].sum(axis=1), record["on_hand"][:, network.names.index("assembly")]


def test_a_line_with_one_count_of_cards_never_holds_more():
    scenario = with_outage(short("conwip-line", breakdown=0.05), 700, 400, "station-3")
    record = supplynet.run(scenario).record
    work, finished = inside(record, scenario.network)
    assert (work + finished).max() == pytest.approx(8 * 25.0)
    assert record["shipped"][:, scenario.network.names.index("assembly")].sum() > 800.0, "goods flow"


@pytest.mark.parametrize("name", NAMES)
def test_work_in_process_is_throughput_times_cycle_time(name):
    # Over a finite time, with those inside at its end counted for as long as they were: Little (2011), Operations
    # Research 59(3). The opening stock enters in the first period.
    scenario = short(name, breakdown=0.02)
    result = supplynet.run(scenario, watchers=lambda ready: (Balance(ready.union),))  # goods are conserved, too
    record, network = result.record, scenario.network
    names, lanes = network.names, network.lane_names()
    stations = [at for at, each in enumerate(names) if each.startswith("station")]
    into = {each.partition(">")[2]: at for at, each in enumerate(lanes)}
    for first, last in [(at, at) for at in stations] + [(stations[0], stations[-1])]:
        span = range(first, last + 1)
        arrives = into[names[first]]
        entered, left = record["received"][:, arrives].copy(), record["shipped"][:, last].copy()
        held = sum(
            record["on_hand"][:, at] + record["in_process"][:, at] + record["input_stock"][:, into[names[at]]]
            for at in span
        )
        entered[0] = held[0] + left[0]
        stays = waiting_units(entered, left)
        where = f"{names[first]} to {names[last]}"
        assert left.sum() > 900.0 and 0.0 < held.mean() < left.sum(), f"{where}: nothing flows"
        assert held.mean() == pytest.approx(entered.sum() / len(held) * waiting_time(stays), rel=1e-9), where


def test_goods_pass_the_line_on_cards_in_a_fraction_of_the_time():
    cycle = {}
    for name in NAMES[:2]:
        record, network = (result := supplynet.run(short(name, 3000))).record, result.scenario.network
        lanes = network.lane_names()
        entered = record["received"][:, lanes.index("steel>station-1")].copy()
        left = record["shipped"][:, network.names.index("station-5")]
        work, _ = inside(record, network)
        entered[0] = work[0] - record["input_stock"][0, lanes.index("station-5>assembly")] + left[0]
        cycle[name] = waiting_time(waiting_units(entered, left, warm_up=600))
    assert cycle["toyota"] < 0.35 * cycle["batch-line"]


def test_the_ways_share_machines_lanes_customers_and_luck():
    runs = [supplynet.run(short(name, 400)) for name in NAMES]
    networks = [result.scenario.network for result in runs]
    customers = networks[0].names.index("customers")
    for result, network in zip(runs[1:], networks[1:], strict=True):
        assert network.names == networks[0].names and network.lane_names() == networks[0].lane_names()
        assert network.object_of("node", "demand", customers) == networks[0].object_of("node", "demand", customers)
        np.testing.assert_array_equal(
            result.record["demand"][:, customers], runs[0].record["demand"][:, customers], strict=True
        )
        differ = {
            name
            for name, column in network.node.items()
            if not np.array_equal(column, networks[0].node[name], equal_nan=column.dtype.kind == "f")
        }
        assert differ <= LEVERS_OF_RULES
        differ = {
            name
            for name, column in network.lane.items()
            if not np.array_equal(column, networks[0].lane[name], equal_nan=column.dtype.kind == "f")
        }
        assert differ <= {"input_stock"}
    assert len({result.record["demand"][:, customers].sum() for result in runs}) == 1 and runs[0].scenario.seed == 0


@pytest.mark.parametrize(
    ("name", "levers", "message"),
    [
        ("toyota", {"cards": -1}, "cards is -1, must be a whole number >= 1"),
        ("toyota", {"cards": 4}, "cards is 4, of 5 units each, must be enough for a lot, 25, .* give 5 or more"),
        ("toyota", {"finished_cards": 2.5}, "finished_cards is 2.5, must be a whole number >= 1"),
        ("toyota", {"container": 30}, "container is 30, must be > 0 and at most the lot, 25; lower it"),
        ("toyota", {"container": 0.0}, "container is 0.0, must be > 0"),
        ("toyota", {"stations": 0}, "stations is 0, must be a whole number >= 1"),
        ("toyota", {"lot": 0}, "lot is 0, must be a finite number > 0"),
        ("toyota", {"breakdown": 1.0}, "breakdown is 1.0, must be a number >= 0 and <= 0.99"),
        ("toyota", {"crads": 5}, "lever 'crads' is not one of its own; did you mean 'cards'"),
        ("batch-line", {"setup": -1}, "setup is -1, must be a finite number >= 0"),
        ("batch-line", {"review_period": 0}, "review_period is 0, must be a whole number >= 1"),
        ("batch-line", {"smoothing": 1.5}, "smoothing is 1.5, must be a number >= 0 and <= 1"),
        ("batch-line", {"finished_periods": -1}, "finished_periods is -1, must be a finite number >= 0"),
        ("conwip-line", {"cards": 0}, "cards is 0, must be a whole number >= 1"),
        ("conwip-line", {"demand_sd": -0.1}, "demand_sd is -0.1, must be a finite number >= 0"),
    ],
)
def test_levers_that_make_no_sense_are_refused_by_name(name, levers, message):
    with pytest.raises(ValueError, match=message):
        supplynet.load(name, **levers)
