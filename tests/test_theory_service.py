"""Fill rates of shops that order one for one, against (S-1, S) theory and Erlang's loss system.

The formulas in print are of continuous time; a run is in periods. So the chain of exact periods is derived here, runs
are held against it, and its limit, as the period shrinks, is the formula in print.
"""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import poisson
from shapes import shop
from test_theory_inventory import RUNS, assert_mean

import supplynet
from supplynet.distributions import Discrete, Geometric, Poisson
from supplynet.policies.ordering import BaseStock


def late(lead, periods_of_unit):
    """A lead time in units of time, in periods: a number, pairs of value and chance, or "memoryless" of mean 3."""
    if lead == "memoryless":
        return Geometric(1.0 / (3 * periods_of_unit))
    if isinstance(lead, tuple):
        values, chances = zip(*lead, strict=True)
        return Discrete(tuple(value * periods_of_unit for value in values), chances)
    return lead * periods_of_unit


def chances_of(lead):
    """How likely each lead time is, in periods; a run cuts it at its quantile of 0.9999."""
    if isinstance(lead, Geometric):
        cut, stay = lead.largest(), 1.0 - lead.probability
        return {at: stay ** (at - 1) * (lead.probability if at < cut else 1.0) for at in range(1, cut + 1)}
    if isinstance(lead, Discrete):
        return dict(zip(map(int, lead.values), lead.probabilities, strict=True))
    return {lead: 1.0}


def filled(stock, rate, lead):
    """The fill rate of a (S-1, S) shop, period by period, under Poisson demand of this rate a period.

    What was ordered k periods ago is still out if its lead time is longer than k: then it is Poisson, else zero; and
    all these are independent. Today's demand is served from what is left of the stock.
    """
    chances, size = chances_of(lead), stock + 60
    units = np.arange(size)
    demand, out = poisson.pmf(units, rate), np.eye(1, size)[0]
    for age in range(1, max(chances)):
        still_out = sum(chance for value, chance in chances.items() if value > age)
        out = np.convolve(out, still_out * demand + (1.0 - still_out) * np.eye(1, size)[0])[:size]
    served = np.minimum(units[:, None], np.maximum(stock - units, 0)[None, :])
    return float(demand @ served @ out) / rate


LEADS = [3, ((1, 0.75), (9, 0.25)), "memoryless"]  # all of mean 3


@pytest.mark.parametrize("periods_of_unit", [1, 3])
@pytest.mark.parametrize("lead", LEADS, ids=repr)
@pytest.mark.parametrize(("rate", "stock"), [(2.0, 6), (0.7, 3)])
def test_a_one_for_one_shop_fills_what_is_left_by_the_orders_still_out(rate, stock, lead, periods_of_unit):
    lead_time = late(lead, periods_of_unit)
    scenario = shop(
        demand=Poisson(rate / periods_of_unit), ordering=BaseStock(stock), lane={"shipment_lead_time": lead_time},
        node={"on_hand": stock}, start="empty", periods=600, warm_up=100,
    )  # fmt: skip
    outcomes, expected = supplynet.replicate(scenario, RUNS), filled(stock, rate / periods_of_unit, lead_time)
    # what is filled beyond the expected part of demand is zero in the mean; with other theories it would not be
    surplus = (outcomes["fill_rate"] - expected) * outcomes["mean_demand"]
    wrong = [poisson.cdf(stock - 1, 3.0 * rate), filled(stock + 1, rate / periods_of_unit, lead_time)]
    assert_mean(surplus, 0.0, wrong=[(other - expected) * rate / periods_of_unit for other in wrong])


@pytest.mark.parametrize("lead", LEADS, ids=repr)
@pytest.mark.parametrize(("rate", "stock"), [(2.0, 6), (0.7, 3), (1.0, 1)])
def test_as_the_period_shrinks_any_lead_time_of_one_mean_fills_what_palm_s_theorem_says(rate, stock, lead):
    limit = poisson.cdf(stock - 1, 3.0 * rate)
    gaps = [filled(stock, rate / parts, late(lead, parts)) - limit for parts in (4, 8, 16, 32)]
    assert_halving(gaps)


def assert_halving(gaps):
    """Assert that each gap is half of the one before, ever more nearly."""
    off = [abs(gap / smaller - 2.0) for gap, smaller in pairwise(gaps)]
    assert off == sorted(off, reverse=True) and off[-1] < 0.2, (gaps, off)


def lost(stock, rate, lead):
    """The part of demand that a shop loses that orders what it sells, from the chain of what will come when."""
    chances = chances_of(lead)
    states = [()]
    for _ in range(max(chances) - 1):
        states = [(*state, units) for state in states for units in range(stock - sum(state) + 1)]
    place = {state: at for at, state in enumerate(states)}
    moves, misses = [], []
    for state in states:
        left = stock - sum(state)
        chance = poisson.pmf(np.arange(left), rate)
        sold = [*chance.tolist(), 1.0 - chance.sum()]
        misses.append(rate - sum(units * part for units, part in enumerate(sold)))
        for units, part in enumerate(sold):
            for value, likely in chances.items():
                coming = [*state, 0]
                coming[value - 1] += units
                moves.append((place[tuple(coming[1:])], place[state], part * likely))
    after, before, weight = zip(*moves, strict=True)
    step, mass = csr_array((weight, (after, before)), shape=(len(states),) * 2), np.full(len(states), 1.0 / len(states))
    for _ in range(600):
        mass = step @ mass
    assert abs(step @ mass - mass).sum() < 1e-12
    return float(mass @ misses) / rate


def erlang_b(servers, load):
    """The part of calls that find all servers busy. Source: Erlang (1917)."""
    weights = [load**n / math.factorial(n) for n in range(servers + 1)]
    return weights[-1] / sum(weights)


@pytest.mark.parametrize(
    ("rate", "stock", "lead", "periods_of_unit"),
    [(2.0, 6, 3, 1), (2.0, 6, 3, 2), (2.0, 6, ((2, 0.5), (4, 0.5)), 1), (1.0, 2, ((1, 0.75), (5, 0.25)), 2)],
)
def test_a_one_for_one_shop_that_loses_sales_loses_what_its_chain_says(rate, stock, lead, periods_of_unit):
    lead_time = late(lead, periods_of_unit)
    scenario = shop(
        demand=Poisson(rate / periods_of_unit), ordering=BaseStock(stock), lane={"shipment_lead_time": lead_time},
        sale={"shipment_lead_time": 0, "unfilled": "lost"}, node={"on_hand": stock}, start="empty",
        periods=600, warm_up=100,
    )  # fmt: skip
    outcomes, expected = supplynet.replicate(scenario, RUNS), lost(stock, rate / periods_of_unit, lead_time)
    surplus = outcomes["lost"] / 500.0 - expected * outcomes["mean_demand"]
    mean = sum(value * chance for value, chance in chances_of(late(lead, 1)).items())
    wrong = [erlang_b(stock, rate * mean), 1.0 - filled(stock, rate / periods_of_unit, lead_time)]
    assert_mean(surplus, 0.0, wrong=[(other - expected) * rate / periods_of_unit for other in wrong])


@pytest.mark.parametrize(
    ("rate", "stock", "lead", "parts"),
    [(2.0, 6, 3, (1, 2, 4)), (1.0, 3, 2, (1, 2, 4, 8)), (1.0, 3, ((1, 0.5), (3, 0.5)), (2, 4, 8))],
)
def test_as_the_period_shrinks_lost_sales_are_those_of_erlang_whatever_the_lead_time(rate, stock, lead, parts):
    load = rate * sum(value * chance for value, chance in chances_of(late(lead, 1)).items())
    if (rate, stock) == (2.0, 6):
        assert erlang_b(stock, load) == pytest.approx(0.26492, abs=5e-6)
    assert_halving([erlang_b(stock, load) - lost(stock, rate / many, late(lead, many)) for many in parts])
