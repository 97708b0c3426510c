"""Rules that push, buy ahead or guess: examples that vary their parameters, and what they decide, worked by hand."""

import math
from statistics import NormalDist

from deciding import days

from supplynet.policies.input import ShortageGaming
from supplynet.policies.ordering import DemandInference, ForecastPush, ForwardBuying, PushAllocation, SeasonalBuy

EXAMPLES = [
    ForecastPush(2, 4, 1, 0.5, 1.0), ForecastPush(1, 4, 0, 0.2, 0.0), ForecastPush(3, 5, 2, 0.3, 2.0, "told_demand"),
    PushAllocation(0.5), PushAllocation(0.2),
    SeasonalBuy(90.0, 30.0, 100.0, 40.0, 20.0, 5, 0.4, 2, 0.5, 20.0),
    SeasonalBuy(120.0, 80.0, 50.0, 30.0, 10.0, 3, 1.0, 1, 0.25, 60.0),
    DemandInference(20.0, 2.0, "interest", 0, 0.5, "poisson", 0.1, 1.0, 1.5),
    DemandInference(40.0, 4.0, "interest", 1, 0.3, "poisson", 0.0, 2.0, 0.5),
    DemandInference(30.0, 3.0, "interest", 2, 0.5, "exponential", 0.2, 0.0, 1.0),
    DemandInference(40.0, 4.0, "interest", 0, 0.3, "poisson", 0.1, 1.0, 0.5, 2),
    DemandInference(30.0, 3.0, "interest", 1, 0.5, "exponential", 0.0, 0.0, 1.0, 4),
    DemandInference(30.0, 3.0, "sales", 1, 1.0, "poisson", 0.1, 1.0, 1.0),
    DemandInference(25.0, 2.5, "sales", 1, 1.2, "exponential", 0.0, 1.5, 0.5),
    ForwardBuying(40.0, 60.0, 8.0), ForwardBuying(50.0, 55.0, 2.0), ShortageGaming(2.0), ShortageGaming(5.0),
]  # fmt: skip

QUARTER = NormalDist().inv_cdf(0.75)  # (100 - 40) / (100 - 20) of the seasons are to be served in full
AT_LEAST_ONE = 2.0 / (1.0 - math.exp(-2.0))
NEWS = 1.0 - (3.0 * AT_LEAST_ONE - AT_LEAST_ONE**2) / 2.0
NEED = {
    "share": [0.25, 0.75], "units_per_output": [2.0], "target": [5.0], "input_stock": [2.0, 1.0],
    "on_order": [4.0, 0.0], "production_backlog": [10.0], "first_end": [0, 2],
}  # fmt: skip


# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    # Smoothed demand is 12, 10, 8, 14, 12, 12. Reviews in 0, 2 and 4 need 6 periods of it (2 + 4 - 1 + 1), less the
    # position, less the 10, 13 and 5 that the old plan has for the day itself: 39, 15 and 57, in thirds.
    (
        ForecastPush(2, 4, 1, 0.5, 1.0), {"normal_output": [10.0], "coverage": [2.0]},
        days(
            demand=[14.0, 8.0, 6.0, 20.0, 10.0, 12.0], inventory_position=[23.0, 0.0, 20.0, 99.0, 10.0, 0.0]
        ), [[10.0], [13.0], [13.0], [5.0], [5.0], [19.0]],
    ),
    # A plan that is made anew each day takes a third of what is lacking: 30 and 21; there is enough for the third day.
    (
        ForecastPush(1, 3, 0, 0.0), {"normal_output": [10.0], "coverage": [3.0]},
        days(demand=[14.0, 8.0, 6.0], inventory_position=[20.0, 29.0, 51.0]), [[10.0], [7.0], [0.0]],
    ),
    (PushAllocation(0.25), {}, [{"told_production": [8.0, 0.0]}], [[2.0, 0.0]]),
    # The best quantity is the mean, since 60 is half-way from 20 to 100: a quarter of 80 first. Then 50 of the 0.5 that
    # come early foretell 100, of weight 900 / (900 + 1600) = 0.36 against 80: 87.2 in all. In the second season 30
    # foretell 60, so 72.8 in all.
    (
        SeasonalBuy(80.0, 30.0, 100.0, 60.0, 20.0, 4, 0.25, 1, 0.5, 40.0), {},
        days(
            demand=[10.0, 40.0, 99.0, 99.0, 10.0, 20.0, 99.0],
            production_order=[7.0, 20.0, 67.2, 0.0, 0.0, 20.0, 52.8],
        ),
        [[20.0], [67.2], [0.0], [0.0], [20.0], [52.8], [0.0]],
    ),
    # The same with a safety stock of 30 and then sqrt(900 * 0.64) = 24 times the quartile; all is bought at first. 50
    # foretold, so 69.2 in all, need no more; in the second season 200 are foretold, so 80 + 0.36 * 120 = 123.2 in all.
    (
        SeasonalBuy(80.0, 30.0, 100.0, 40.0, 20.0, 2, 1.0, 1, 0.5, 40.0), {},
        days(demand=[10.0, 15.0, 10.0, 90.0], production_order=[0.0, 80.0 + 30.0 * QUARTER] * 2),
        [[80.0 + 30.0 * QUARTER], [0.0], [80.0 + 30.0 * QUARTER], [43.2 - 6.0 * QUARTER]],
    ),
    # The first buy was cut to 60 of 80 + 30 times the quartile, so that much more is bought when 123.2 are foretold.
    (
        SeasonalBuy(80.0, 30.0, 100.0, 40.0, 20.0, 2, 1.0, 1, 0.5, 40.0), {},
        days(demand=[10.0, 90.0], production_order=[0.0, 60.0]),
        [[80.0 + 30.0 * QUARTER], [63.2 + 24.0 * QUARTER]],
    ),
    # A forecast with twice its mean as spread and a small margin (a quarter to be served): nothing is bought.
    (
        SeasonalBuy(10.0, 20.0, 25.0, 20.0, 5.0, 2), {}, days(demand=[5.0, 5.0], production_order=[0.0, 0.0]),
        [[0.0], [0.0]],
    ),
    # Half of 12 in 2 periods: rate 3, variance 2 (3 + 2 * 3 / 4) = 9. Then half of 12 + 24 in 3, rate 6, variance
    # 2 (6 + 2 * 6 / 6) = 16; half of the 24 and of the period beyond the prior fade, 0.5 are seen: half of 24.5 in 3.5,
    # rate 3.5, variance 2 (3.5 + 2 * 3.5 / 7) = 9. Levels 3 rate + 2 sd: 15, 26, 16.5.
    (
        DemandInference(12.0, 2.0, "interest", 1, 0.5, "poisson", 0.5, 1.0, 2.0), {"coverage": [2.0]},
        days(told_interest=[99.0, 24.0, 0.5], inventory_position=[5.0, 20.0, 17.0]), [[10.0], [6.0], [0.0]],
    ),
    # Who looked at least 1 and at most 2 periods ago will buy, half of them, and nobody knows of the third period: 16
    # (8 a period, as foretold) and a rate of 4, variance 16 / 4 + 4 + 4 / 4. Then 8 and 8.75, and half of 24.75 in 3
    # periods, variance 16.75 / 4 + 4.125 (1 + 1 / 6); levels with 2 sd.
    (
        DemandInference(16.0, 2.0, "interest", 1, 0.5, "poisson", 0.0, 0.0, 2.0, 3), {"coverage": [3.0]},
        days(told_interest=[99.0, 8.75], inventory_position=[8.0, 10.5]), [[10.0], [8.0]],
    ),
    # Of 1 period to cover, only those who looked 2 periods ago count: 16 as foretold, 16, and the 64 of a period ago.
    (
        DemandInference(16.0, 1.0, "interest", 1, 0.5, "poisson", 0.0, 0.0, 2.0, 3), {"coverage": [1.0]},
        days(told_interest=[99.0, 64.0, 2.0], inventory_position=[5.0, 5.0, 5.0]), [[7.0], [7.0], [35.0]],
    ),
    # Sold out at 6: 36 units in 3 periods, mean 12, variance 3 (144 + 4 * 144 / 2) = 36^2. Then 40 in 4, mean 10,
    # variance 3 (100 + 4 * 100 / 3) = 700.
    (
        DemandInference(30.0, 3.0, "sales", 0, 1.0, "exponential", 0.0, 0.0, 0.5), {"coverage": [3.0]},
        days(told_shipped=[6.0, 4.0], told_on_hand=[0.0, 3.0], inventory_position=[14.0, 10.0]),
        [[40.0], [20.0 + 0.5 * math.sqrt(700.0)]],
    ),
    # At a rate of 2, demand of 1 at least has the mean m = 2 / (1 - e^-2) and the variance 6 / (1 - e^-2) - m^2. A part
    # 1 - variance / 2 of a period is seen, and in it m less the rest of the rate.
    (
        DemandInference(4.0, 2.0, "sales", 0), {"coverage": [1.0]},
        days(told_shipped=[1.0, 3.0], told_on_hand=[0.0, 1.0], inventory_position=[0.0, 0.0]),
        [[(2.0 + AT_LEAST_ONE + 2.0 * NEWS) / (2.0 + NEWS)], [(5.0 + AT_LEAST_ONE + 2.0 * NEWS) / (3.0 + NEWS)]],
    ),
    # Nothing sold out of nothing tells nothing.
    (
        DemandInference(4.0, 2.0, "sales", 0), {"coverage": [1.0]},
        days(told_shipped=[0.0], told_on_hand=[0.0], inventory_position=[0.5]), [[1.5]],
    ),
    (
        ForwardBuying(40.0, 60.0, 8.0), {}, [{"told_price": [8.0, 9.0, 7.0], "inventory_position": [30.0, 30.0, 70.0]}],
        [[30.0, 10.0, 0.0]],
    ),
    # It lacks 5 + 2 * 10 - 3 - 4 = 18, a quarter of it on the first lane. What comes first was due. Of 9 due on a lane
    # 6 come: half as much again is asked; of 9 due none, or 3, come: twice; all of it, or nothing was due: the need.
    (
        ShortageGaming(2.0), NEED | {"reach": [1.0, 1.0]},
        days(
            order=[[0.0, 0.0], [9.0, 9.0], [9.0, 9.0], [0.0, 0.0]],
            received=[[4.0, 4.0], [6.0, 0.0], [3.0, 9.0], [0.0, 0.0]],
        ), [[4.5, 13.5], [6.75, 27.0], [9.0, 13.5], [4.5, 13.5]],
    ),
]  # fmt: skip
