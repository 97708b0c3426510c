"""Demand of a selling season: its shape, its unknown level, who shares it, and what a price does to it."""

import networkx as nx
import numpy as np
import pytest
from measuring import recorded
from scipy.stats import nbinom
from test_theory_inventory import assert_mean

from supplynet import Scenario, from_graph, replicate, run
from supplynet.demand import Seasonal, Step, Trace
from supplynet.distributions import Uniform
from supplynet.policies.contract import Local, open_memory, stack
from supplynet.policies.ordering import BaseStock, SeasonReplenishment
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.price_response import PriceResponse
from supplynet.processes.season import SellingSeason, style_of
from supplynet.reference import Reference

RUNS = 4000
COAT = SellingSeason(300.0, 0.5, 2, 10, 0.4, style="coat")


def shops(demands, periods=14, seed=0):
    """A shop and its customers for each demand, with more in stock than they ever want."""
    graph = nx.DiGraph()
    graph.add_node("source", kind="supplier", product="goods")
    for name, demand in demands.items():
        graph.add_node(f"shop {name}", ordering=BaseStock(0.0), on_hand=1e5)
        graph.add_node(name, kind="customer", demand=demand)
        graph.add_edge("source", f"shop {name}")
        graph.add_edge(f"shop {name}", name, shipment_lead_time=0)
    return Scenario("season", from_graph(graph), periods=periods, seed=seed)


def asked(demands, runs=RUNS):
    """What each of the customers asks for, [run, period]."""
    scenario = shops(demands)
    return [recorded(scenario, name, ("demand",), runs=runs)["demand"] for name in demands]


def test_a_triangle_of_four_weeks_that_peaks_after_three_quarters_by_hand():
    # Until then a part (t / 4)^2 / (3/4) has come: 1/12, 4/12, 9/12; the last week brings the rest, and a price of half
    # the opening price, at an elasticity of 2, four times of it.
    season = SellingSeason(120.0, 0.5, 3, 4, 0.75)
    assert season.expected(9) == pytest.approx([0, 0, 0, 10, 30, 50, 30, 0, 0])
    assert season.expected(5) == pytest.approx([0, 0, 0, 10, 30])
    cheap = SellingSeason(120.0, 0.5, 3, 4, 0.75, times=PriceResponse(Step(80.0, 40.0, 6), 2.0))
    assert cheap.expected(8) == pytest.approx([0, 0, 0, 10, 30, 50, 120, 0])
    even, half = (SellingSeason(120.0, 0.5, 3, 4, 0.75, swing) for swing in (0.0, 0.5))
    assert even.expected(8) == pytest.approx([0, 0, 0, 30, 30, 30, 30, 0])
    assert half.expected(8) == pytest.approx([0, 0, 0, 20, 30, 40, 30, 0])


@pytest.mark.parametrize("peak", [0.0, 1.0])
def test_a_season_may_fall_from_its_first_week_or_rise_to_its_last(peak):
    # A straight line over four weeks has 7, 5, 3 and 1 sixteenths below it.
    falling = [70.0, 50.0, 30.0, 10.0]
    parts = SellingSeason(160.0, 0.5, 1, 4, peak).expected(5)[1:]
    assert parts == pytest.approx(falling if peak == 0.0 else falling[::-1])


@pytest.mark.parametrize("cv", [0.0, 0.3, 0.8])
def test_a_season_sells_its_units_on_average_and_varies_by_its_level_and_by_chance(cv):
    # Poisson about a level of variance cv^2: the total has the variance units + (cv * units)^2.
    (demand,) = asked({"town": SellingSeason(300.0, cv, 2, 10)})
    assert np.array_equal(demand, np.rint(demand)) and demand[:, :2].max() == demand[:, 12:].max() == 0.0
    total, variance = demand.sum(axis=1), 300.0 + (300.0 * cv) ** 2
    assert_mean(total, 300.0, wrong=[280.0, 320.0])
    assert_mean((total - 300.0) ** 2, variance, wrong=[0.7 * variance, 1.3 * variance])
    expected = SellingSeason(300.0, cv, 2, 10).expected(14)
    for week in (2, 6, 11):
        assert_mean(demand[:, week], expected[week], wrong=[0.9 * expected[week], 1.1 * expected[week]])


def test_customers_of_one_style_share_its_level_and_nothing_else():
    # Given the level all weeks are independent Poisson, so the covariance of two totals is that of the level alone.
    north, south, other = asked({"north": COAT, "south": COAT, "other": SellingSeason(300.0, 0.5, 2, 10, 0.4)})
    north, south, other = (demand.sum(axis=1) - 300.0 for demand in (north, south, other))
    shared = (0.5 * 300.0) ** 2
    assert_mean(north * south, shared, wrong=[0.8 * shared, 1.2 * shared])
    assert_mean(north * other, 0.0, wrong=[0.3 * shared])
    assert_mean((north - south) ** 2, 600.0, wrong=[450.0, 800.0])


def test_a_style_has_its_luck_by_its_name_whoever_else_is_there():
    alone, together = (asked(who, 5)[0] for who in ({"town": COAT}, {"town": COAT, "a": COAT, "b": Trace((3.0,))}))
    assert np.array_equal(alone, together)
    scenario = shops({"town": COAT, "a": COAT})
    one_by_one = [run(scenario, replication=at).outcomes["mean_demand"] for at in range(5)]
    assert replicate(scenario, 5, block=2)["mean_demand"].tolist() == one_by_one
    assert len(set(one_by_one)) == 5


def test_the_plain_tale_has_the_same_season():
    scenario = shops({"north": COAT, "south": COAT}, seed=3)
    reference = Reference(scenario.network, seed=3, replication=2)
    record, names = run(scenario, replication=2).record, scenario.network.names
    for period in range(scenario.periods):
        reference.step()
        told = [agent.demand for agent in reference.agents]
        assert told == record["demand"][period].tolist(), names


def test_a_later_start_moves_the_same_demand():
    early, late = (SellingSeason(300.0, 0.5, start, 6, style="coat") for start in (1, 5))
    one, other = (asked({"town": season}, 3)[0] for season in (early, late))
    assert np.array_equal(one[:, 1:7], other[:, 5:11]) and one.max() > 0.0


def test_a_process_made_of_a_season_shares_its_level_too():
    assert style_of(Seasonal(COAT, 0.2, 7.0)) == style_of(EarlyInterest(COAT, 0.5, 1)) == "coat"
    assert style_of(Seasonal(Uniform(1.0, 2.0), 0.2, 7.0)) == style_of(Trace((1.0,))) == style_of(None) == ""
    north, south = (demand.sum(axis=1) - 300.0 for demand in asked(dict.fromkeys("ns", Seasonal(COAT, 0.0, 7.0)), 500))
    assert np.corrcoef(north, south)[0, 1] > 0.9


def test_a_price_raises_demand_as_its_elasticity_says():
    response = PriceResponse(Trace((100.0, 100.0, 50.0, 25.0, 200.0)), 2.0)
    assert response.path(np.full((5, 1), 0.5))[:, 0].tolist() == [1.0, 1.0, 4.0, 16.0, 0.25]
    assert response.mean == 1.0 and PriceResponse(5.0, 0.0).path(np.zeros((2, 1))).tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SellingSeason(-1.0, 0.5), "units is -1.0, must be a finite number >= 0"),
        (lambda: SellingSeason(1.0, -0.5), "cv is -0.5, must be a finite number >= 0"),
        (lambda: SellingSeason(1.0, 0.5, 0), "start is 0, must be a whole number >= 1 periods"),
        (lambda: SellingSeason(1.0, 0.5, 1, 2.5), "length is 2.5, must be a whole number >= 1 periods"),
        (lambda: SellingSeason(1.0, 0.5, peak=1.5), "peak is 1.5, must be a number >= 0 and <= 1"),
        (lambda: SellingSeason(1.0, 0.5, swing=-1.0), "swing is -1.0, must be a number >= 0 and <= 1"),
        (lambda: SellingSeason(1.0, 0.5, times=Uniform(1.0, 2.0)), "must not be drawn, .*; give a Step or a Trace"),
        (lambda: SellingSeason(1.0, 0.5, times="more"), "a process is 'more'"),
        (lambda: PriceResponse(9.0, -1.0), "elasticity is -1.0, must be a finite number >= 0"),
        (lambda: PriceResponse(0.0, 1.0), "a price is 0.0, must be > 0"),
        (lambda: PriceResponse(Trace((9.0, 0.0)), 1.0).path(np.zeros((2, 1))), "a price is 0.0, must be > 0"),
    ],
)
def test_a_season_or_price_that_cannot_be_is_refused(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize("cv", [0.3, 0.5, 0.8])
@pytest.mark.parametrize(("asked", "foretold"), [(0.0, 0.0), (10.0, 20.0), (100.0, 80.0)])
@pytest.mark.parametrize("ahead", [1.0, 5.0, 40.0, 320.0])
def test_what_a_season_still_wants_is_gamma_poisson_to_a_unit_or_two_per_cent(cv, asked, foretold, ahead):
    # What is to come has the law of Poisson counts about a level of which so much was seen: negative binomial.
    forecast, known = (foretold, ahead), 1.0 / cv**2
    law = nbinom(known + asked, (known + foretold) / (known + foretold + ahead))
    for ratio in (0.5, 0.75, 0.98):
        rule = SeasonReplenishment(forecast, cv, 1, ratio, ratio)
        seen = {"demand": [asked], "inventory_position": [0.0], "production_order": [0.0]}
        local = Local(
            {name: np.array(value) for name, value in seen.items()}, open_memory(rule, 1, lambda name: np.zeros(1))
        )
        local.period, written = 0, np.zeros(1)
        stack([rule], np.zeros(1, np.int64)).order(local, written)
        exact = law.ppf(ratio)
        assert abs(written[0] - exact) <= max(1.0, 0.02 * exact)
