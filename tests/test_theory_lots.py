"""Work in process of a line of machines that make lots, and what cards alone save, against theory derived here."""

import math
from itertools import pairwise

import pytest
from measuring import recorded
from test_theory_inventory import assert_mean
from test_theory_pull import conwip_formula, conwip_line, line

import supplynet
from supplynet.demand import Trace
from supplynet.distributions import Bernoulli, Poisson
from supplynet.policies.ordering import MakeToOrder

SAME_DAY = {"order_lead_time": 0, "shipment_lead_time": 0}
RUNS = 60


def machines(number, lot, setup, unit_time, demand, **scenario):
    """Machines one after the other that make to order in lots; a lot moves on at once, as a whole."""
    own = {"ordering": MakeToOrder(), "lot": lot, "setup": setup, "unit_time": unit_time}
    return line([own] * number, demand, SAME_DAY, **scenario)


LINES = [(8, 100.0, 20.0, 0.8, 1), (8, 25.0, 5.0, 0.8, 1), (3, 20.0, 4.0, 0.5, 2), (5, 12.0, 0.0, 0.25, 4)]


@pytest.mark.parametrize(("number", "lot", "setup", "unit_time", "takt"), LINES)
def test_a_line_of_lots_holds_what_each_machine_works_on_for_its_part_of_the_takt(number, lot, setup, unit_time, takt):
    # Every lot * takt periods each machine is busy with a lot for setup + lot * unit_time: so much of a lot is in it.
    busy, cycle = setup + lot * unit_time, int(lot * takt)
    expected = number * busy / takt
    if number == 8:
        assert expected == {100.0: 800.0, 25.0: 200.0}[lot]
    begin = number * int(busy) + 2 * cycle
    demand = Trace((1.0, *[0.0] * (takt - 1)), repeat=True)
    result = supplynet.run(machines(number, lot, setup, unit_time, demand, periods=begin + 3 * cycle))
    record, stations = result.record, [f"station {at}" for at in range(1, number + 1)]
    rows = [result.nodes.index(name) for name in stations]
    waits = [at for at, name in enumerate(result.scenario.network.lane_names()) if not name.endswith("customer")]
    held = record["in_process"][:, rows] + record["on_hand"][:, rows]
    work = held.sum(axis=1) + record["input_stock"][:, waits].sum(axis=1)
    assert work[begin:].mean() == pytest.approx(expected)
    assert record["shipped"][begin:, rows[-1]].sum() == pytest.approx(3.0 * lot), "the line keeps up with the takt"
    assert held.max() <= lot * (1.0 + 1e-12)


def test_quarter_lots_with_quarter_setups_save_three_quarters_at_equal_output():
    work = []
    for number, lot, setup, unit_time, takt in LINES[:2]:
        result = supplynet.run(machines(number, lot, setup, unit_time, 1.0 / takt, periods=2000))
        work.append(result.record["in_process"][1000:].sum(axis=1).mean())
        assert result.record["shipped"][1000:, number - 1].sum() == pytest.approx(1000.0)
    assert work[1] == pytest.approx(0.25 * work[0])


@pytest.mark.parametrize(
    ("number", "lot", "setup", "unit_time", "rate"), [(3, 20.0, 4.0, 0.5, 0.5), (2, 5.0, 1.0, 0.6, 1.0)]
)
def test_where_demand_is_random_each_machine_still_holds_its_busy_time_times_the_rate(
    number, lot, setup, unit_time, rate
):
    scenario = machines(number, lot, setup, unit_time, Poisson(rate), periods=2500)
    expected = rate * (setup + lot * unit_time)
    for station in (1, number):
        held = recorded(scenario, f"station {station}", ("in_process",), runs=RUNS, warm_up=500)["in_process"]
        assert_mean(held.mean(axis=1), expected, wrong=[rate * lot * unit_time, lot])


def pushed(n_stations, chance, rate):
    """Units in a line that works on every order at once: n queues that each see orders come with a chance `rate`.

    A queue grows from 0 with rate, from n with rate (1 - p), and falls with p (1 - rate): a geometric law, of mean
    rate (1 - rate) / (p - rate), and what leaves it comes to the next with a chance `rate` again.
    """
    return n_stations * rate * (1.0 - rate) / (chance - rate)


CARDS = [(4, 4, 0.5), (2, 3, 0.5), (5, 8, 0.25)]


@pytest.mark.parametrize(("n_stations", "cards", "chance"), CARDS)
def test_a_line_without_cards_holds_more_for_the_same_output(n_stations, cards, chance):
    rate = conwip_formula(n_stations, cards, chance)
    last = f"station {n_stations}"
    with_cards = recorded(
        conwip_line(n_stations, cards, chance, periods=2500), last, ("shipped",), runs=RUNS, warm_up=500
    )
    assert_mean(with_cards["shipped"].mean(axis=1), rate)
    stations = [{"ordering": MakeToOrder(), "capacity": Bernoulli(chance)}] * n_stations
    free = line(stations, Bernoulli(rate), {"order_lead_time": 0, "shipment_lead_time": 1}, periods=2500)
    came = recorded(free, "station 1", ("demand",), runs=RUNS)["demand"].cumsum(axis=1)
    left = recorded(free, last, ("shipped",), runs=RUNS)["shipped"].cumsum(axis=1)
    held = (came[:, 501:] - left[:, 500:-1]).mean(axis=1)  # as work begins, what comes today included
    assert_mean(held, pushed(n_stations, chance, rate), wrong=[cards])


@pytest.mark.parametrize(("n_stations", "cards"), [(case[0], case[1]) for case in CARDS])
def test_as_the_period_shrinks_cards_alone_save_one_nth_at_equal_output(n_stations, cards):
    # In continuous time w cards give a share u = w / (w + N - 1) of the output of a station, and N queues of that load
    # hold N u / (1 - u) = w N / (N - 1).
    def saved(chance):
        return 1.0 - cards / pushed(n_stations, chance, conwip_formula(n_stations, cards, chance))

    gaps = [1.0 / n_stations - saved(chance) for chance in (0.08, 0.04, 0.02, 0.01)]
    assert all(gap / smaller == pytest.approx(2.0, rel=0.1) for gap, smaller in pairwise(gaps))
    assert math.isclose(gaps[-1], 0.0, abs_tol=0.01)
