"""Orders, stock and safety stock of rules that forecast, against theory, derived here.

Demand has a known mean, hundreds of standard deviations high, so that no order is cut at zero. An order, or a level, is
a weighted sum of past demand, whose weights (the response) follow from the rule as written with the delay z^-1.
"""

import numpy as np
import pytest
from measuring import recorded
from scipy.signal import lfilter
from scipy.stats import norm
from shapes import shop
from test_theory_bullwhip import assert_measures, response_ratio
from test_theory_inventory import assert_mean

from supplynet.demand import AR1
from supplynet.distributions import Normal
from supplynet.policies.ordering import (
    OrderUpToAR1,
    OrderUpToExponentialSmoothing,
    OrderUpToMovingAverage,
    ProportionalOrderUpTo,
)

MEAN, SD, RUNS, PERIODS, WARM_UP = 2000.0, 10.0, 200, 900, 150
KEYS = ("demand", "inventory_position", "production_order", "on_hand", "backlog")


def watched(rule, demand, leads, *, warm_up=WARM_UP, on_hand=10.0 * MEAN, runs=RUNS):
    """What a shop did, by key [run, period]; leads are order, shipment and production lead time."""
    order, shipment, production = (*leads, 0)[:3]
    scenario = shop(
        ordering=rule, demand=demand, lane={"order_lead_time": order, "shipment_lead_time": shipment}, periods=PERIODS,
        node={"on_hand": on_hand, "production_lead_time": production},
    )  # fmt: skip
    seen = recorded(scenario, "shop", KEYS, runs=runs, warm_up=warm_up)
    assert seen["production_order"][:, WARM_UP - warm_up :].min() > 0.0, "an order was cut"
    return seen


def measured_ratio(series, mean, demand):
    """Var(series) / Var(demand) of all runs together and its standard error; both have known means."""
    above, below = ((series - mean) ** 2).mean(axis=1), ((demand - MEAN) ** 2).mean(axis=1)
    ratio = above.mean() / below.mean()
    error = (above - ratio * below).std(ddof=1) / np.sqrt(above.size) / below.mean()
    return np.atleast_1d(ratio), np.atleast_1d(error)


def of_demand(correlation):
    return AR1(MEAN, SD, correlation) if correlation else Normal(MEAN, SD)


@pytest.mark.parametrize(
    ("leads", "correlation"),
    [((0, 3), 0.7), ((1, 1), 0.3), ((0, 1), 0.9), ((2, 4), 0.6), ((1, 1, 2), 0.5), ((0, 3), -0.4), ((1, 2, 1), -0.8)],
)
def test_the_best_forecast_of_demand_that_remembers_amplifies_as_lee_et_al_say(leads, correlation):
    def theory(coverage):
        lasts = (1.0 - correlation**coverage) * (1.0 - correlation ** (coverage + 1))
        return 1.0 + 2.0 * correlation * lasts / (1.0 - correlation)

    coverage = sum(leads)
    change = sum(correlation**lag for lag in range(1, coverage + 1))  # of the target for each unit of demand
    assert theory(coverage) == pytest.approx(response_ratio([1.0 + change, -change], correlation))
    if (coverage, correlation) == (3, 0.7):
        assert theory(coverage) == pytest.approx(3.330, abs=0.0005)
    seen = watched(OrderUpToAR1(correlation), of_demand(correlation), leads)
    measured = measured_ratio(seen["production_order"], MEAN, seen["demand"])
    assert_measures(measured, theory(coverage), 1.0, *([theory(coverage + 1)] if coverage < 4 else []))
    assert (measured[0] > 1.0) == (correlation > 0.0), "demand that swings back is calmed"


def test_who_sees_no_correlation_passes_demand_on_unchanged():
    seen = watched(OrderUpToAR1(0.0), of_demand(0.6), (1, 2))
    np.testing.assert_allclose(seen["production_order"], seen["demand"], rtol=1e-12)


def smoothed(smoothing, demand):
    """Forecasts [run, period] that open at the mean."""
    return MEAN + lfilter([smoothing], [1.0, smoothing - 1.0], demand - MEAN, axis=1)


def averaged(window, demand):
    return MEAN + lfilter(np.full(window, 1.0 / window), [1.0], demand - MEAN, axis=1)


# Rule but for its safety, leads, correlation of demand, forecast of a period [run, period], variance of the error
# of one period ahead and of the coverage ahead, in those of demand, C being the coverage.
FORECASTS = [
    # Today's error and that of the mean of p: 1 + 1/p; C periods have C errors of their own, and C times the mean's.
    (OrderUpToMovingAverage, {"window": 5}, (1, 3), 0.0, lambda d: averaged(5, d), 1 + 1 / 5, 4 + 16 / 5),
    (OrderUpToMovingAverage, {"window": 2}, (0, 1), 0.0, lambda d: averaged(2, d), 1 + 1 / 2, 1 + 1 / 2),
    # The forecast has the variance a / (2 - a).
    (OrderUpToExponentialSmoothing, {"smoothing": 0.4}, (0, 3), 0.0, lambda d: smoothed(0.4, d), 5 / 4, 3 + 9 / 4),
    # Shocks have the variance 1 - r^2 and count 1 + r + ... of what they were, i periods later.
    (OrderUpToAR1, {"correlation": 0.6}, (0, 3), 0.6, None, 0.64, 0.64 * (1 + 1.6**2 + 1.96**2)),
    (OrderUpToAR1, {"correlation": -0.5}, (1, 1), -0.5, None, 0.75, 0.75 * (1 + 0.5**2)),
]
each_forecast = pytest.mark.parametrize("case", FORECASTS, ids=lambda case: f"{case[0].__name__}-{case[2]}")


def stocked_for(case, error_smoothing, factor=1.5, **settings):
    """What the shop did, and its safety stock [run, period] over `factor`: the standard deviation it reckons with."""
    rule, settled, leads, correlation, forecast, _, _ = case
    own = rule(**settled, safety_factor=factor, error_smoothing=error_smoothing)
    seen = watched(own, of_demand(correlation), leads, warm_up=0, **settings)
    coverage, away = sum(leads), seen["demand"] - MEAN
    change = sum(correlation**lag for lag in range(1, coverage + 1))
    expected = coverage * MEAN + change * away if forecast is None else coverage * forecast(seen["demand"])
    reckoned = (seen["inventory_position"] + seen["production_order"] - expected) / factor
    return {key: column[:, WARM_UP:] for key, column in seen.items()}, reckoned[:, WARM_UP:]


@each_forecast
@pytest.mark.parametrize("error_smoothing", [0.0, 0.2])
def test_the_safety_stock_reckons_with_the_error_that_the_forecast_has(case, error_smoothing):
    rule, _, leads, _, _, of_one, of_coverage = case
    # Moving averages and smoothing take the errors of C periods for independent, which is so for one period only.
    expected = SD**2 * (of_coverage if rule is OrderUpToAR1 else sum(leads) * of_one)
    _, reckoned = stocked_for(case, error_smoothing)
    assert_mean((reckoned**2).mean(axis=1), expected, wrong=[expected / of_one, 1.1 * expected])
    if rule is OrderUpToAR1:  # whose errors are independent, so their smoothed squares vary by 2 a / (2 - a) of them
        spread = ((reckoned**2 - expected) ** 2).mean(axis=1)
        share = error_smoothing / (2.0 - error_smoothing)
        if error_smoothing:
            assert_mean(spread, 2.0 * expected**2 * share, wrong=[expected**2 * share])
        else:  # a mean of n squares varies by 2 / n of them; the first error is of a demand not yet remembered
            counts = np.arange(WARM_UP, PERIODS) + 1.0
            assert_mean(spread, 2.0 * expected**2 * (1.0 / counts).mean(), wrong=[expected**2 / PERIODS])


@each_forecast
def test_a_safety_factor_leaves_short_as_often_as_the_normal_law_says(case):
    rule, _, leads, _, _, of_one, of_coverage = case
    factor = 1.5
    reckoned = of_coverage if rule is OrderUpToAR1 else sum(leads) * of_one
    seen, _ = stocked_for(case, 0.0, factor)
    short = (seen["backlog"] > 0.0).mean(axis=1)
    wrong = [norm.sf(factor)] if reckoned != pytest.approx(of_coverage) else []
    assert_mean(short, norm.sf(factor * np.sqrt(reckoned / of_coverage)), wrong=[*wrong, norm.sf(factor * 0.9)])


def outstanding(leads):
    """How long ago the orders went out that are in the supply line when the shop orders: what has arrived today is not.

    Goods that come within the day arrive after ordering, and what has arrived starts, so is in process, after ordering.
    """
    order, shipment, production = (*leads, 0)[:3]
    return [*range(1, order + max(shipment, 1)), *range(order + shipment + 1, order + shipment + production)]


def proportional_response(rule, leads, length=500):
    """Weights of past demand, newest first, in today's order and in the stock less backlog at its end.

    With x = z^-1, orders o, demand d, C the coverage, and the supply line o l, l being the sum of those n powers of x
    that are outstanding, the position is (o x - d) / (1 - x). Put into the rule, o (1 - x + g x + (h - g) (1 - x) l) =
    (1 + g (s + C - 1 - n) + h n) (1 - x) F + g d, with F = a / (1 - (1 - a) x) d.
    """
    coverage, lags, g, h = sum(leads), outstanding(leads), rule.stock_gain, rule.supply_line_gain
    line = np.isin(np.arange(max(coverage, 1) + 1), lags).astype(float)
    below = np.convolve([1.0, -1.0], (h - g) * line)
    below[:2] += [1.0, g - 1.0]
    wanted = 1.0 + g * (rule.safety_periods + coverage - 1 - len(lags)) + h * len(lags)
    impulse = np.eye(1, length)[0]
    forecast = lfilter([rule.smoothing], [1.0, rule.smoothing - 1.0], impulse)
    order = lfilter([1.0], below, wanted * lfilter([1.0, -1.0], [1.0], forecast) + g * impulse)
    assert abs(order[-20:]).max() < 1e-9 and order.sum() == pytest.approx(1.0)
    arrived = np.concatenate([np.zeros(coverage), order])[:length]
    return order, np.cumsum(arrived - impulse)


LEADS = [(0, 1), (1, 2), (3, 1), (2, 0), (0, 0), (0, 1, 3), (1, 2, 1), (1, 0, 2)]
GAINS = [(0.3, 0.3, 0.0), (0.5, 0.5, 0.2), (0.3, 0.6, 0.1), (0.5, 0.2, 0.0), (1.0, 1.0, 0.3)]
each_lead = pytest.mark.parametrize("leads", LEADS)
each_gain = pytest.mark.parametrize("gains", GAINS)


@pytest.mark.parametrize(
    ("leads", "gains"),
    [
        *((leads, GAINS[2]) for leads in LEADS),
        *((leads, GAINS[0]) for leads in LEADS[:4]),
        *(((1, 2), own) for own in GAINS),
    ],
)
def test_proportional_order_up_to_answers_demand_as_its_transfer_function_says(leads, gains):
    rule = ProportionalOrderUpTo(*gains, 1.5)
    expected = [response_ratio(way) for way in proportional_response(rule, leads)]
    if gains[0] == gains[1] and rule.smoothing == 0.0:  # Disney & Towill (2003), with T = 1 / gain
        time = 1.0 / gains[0]
        smooths, swings = 1.0 / (2.0 * time - 1.0), (time - 1.0) ** 2 / (2.0 * time - 1.0)
        assert expected == pytest.approx([smooths, sum(leads) + swings])
    seen = watched(rule, of_demand(0.0), leads)
    stock = seen["on_hand"] - seen["backlog"]
    assert_measures(measured_ratio(seen["production_order"], MEAN, seen["demand"]), expected[0], 1.1 * expected[0])
    assert_measures(measured_ratio(stock, 1.5 * MEAN, seen["demand"]), expected[1], 1.1 * expected[1])


@each_lead
@each_gain
def test_in_steady_flow_the_stock_of_proportional_order_up_to_is_what_was_wanted(leads, gains):
    seen = watched(ProportionalOrderUpTo(*gains, 1.5), 10.0, leads, on_hand=7.0, runs=1)
    np.testing.assert_allclose(seen["on_hand"] - seen["backlog"], 15.0, atol=1e-9)
    np.testing.assert_allclose(seen["production_order"], 10.0, atol=1e-9)


@each_lead
def test_with_gains_of_one_proportional_order_up_to_is_order_up_to(leads):
    demand = Normal(20.0, 8.0)
    orders = [
        recorded(
            shop(
                ordering=rule, demand=demand, node={"on_hand": 30.0, "production_lead_time": (*leads, 0)[2]},
                lane={"order_lead_time": leads[0], "shipment_lead_time": leads[1]}, periods=80,
            ),
            "shop", ["production_order"], runs=3,
        )["production_order"]
        for rule in (ProportionalOrderUpTo(1.0, 1.0, 0.3, 0.5), OrderUpToExponentialSmoothing(0.3, 0.5))
    ]  # fmt: skip
    assert (orders[0] == 0.0).any()
    np.testing.assert_allclose(*orders, atol=1e-10)
