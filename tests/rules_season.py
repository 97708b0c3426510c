"""Rules for a season: examples that vary their parameters, and what they decide, worked by hand."""

import math
from statistics import NormalDist

from deciding import days

from supplynet.policies.ordering import SeasonReplenishment

WEEKS = (0.0, 3.0, 9.0, 12.0, 9.0, 6.0, 3.0)
EXAMPLES = [
    SeasonReplenishment(WEEKS, 0.5, 2, 0.75, 0.98, 0.0), SeasonReplenishment(WEEKS, 0.8, 3, 0.6, 0.9, 0.4),
    SeasonReplenishment((8.0,) * 12, 0.6, 2, 0.75, 0.95, 0.3, "told_demand"),
    SeasonReplenishment((8.0,) * 12, 0.4, 4, 0.9, 0.98, 0.5, "told_demand"),
]  # fmt: skip


MOST = NormalDist().cdf(1.0)  # 84 % of seasons

# With cv 1 the prior counts as one unit seen where one was foretold. Of m units ahead, n seen where c were foretold,
# the median is n m / c - (1 + 2 m / c) / 6, and 84 % want the mean and 1 - 1/(6 n) standard deviations at most, the
# variance being the mean times 1 + m / c.
# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    # The median of next week (m = 3) is 3 - 7/6, and after a week without a sale (c = 4) 3/4 - 5/12. Nothing comes in
    # time in the last week.
    (
        SeasonReplenishment((0.0, 3.0, 3.0), 1.0, 1, MOST, 0.5), {},
        days(
            demand=[0.0, 0.0, 5.0], inventory_position=[0.5, 0.0, -5.0], production_order=[0.0, 1.5, 0.0]
        ), [[3.0 - 7.0 / 6.0 - 0.5], [0.75 - 5.0 / 12.0], [0.0]],
    ),
    # 84 % of next weeks are covered by 3 + sqrt(12) * 5/6 = 5.89, but all that is to be sold has the median 9 - 19/6;
    # after a week without a sale (m = 6, c = 4) it is 6/4 - 4/6.
    (
        SeasonReplenishment((0.0, 3.0, 3.0, 3.0), 1.0, 1, 0.5, MOST), {},
        days(demand=[0.0, 0.0], inventory_position=[0.0, 0.0], production_order=[0.0, 0.0]),
        [[9.0 - 19.0 / 6.0], [1.5 - 4.0 / 6.0]],
    ),
    # The other way round, 84 % of next weeks are covered.
    (
        SeasonReplenishment((0.0, 3.0, 3.0, 3.0), 1.0, 1, MOST, MOST), {},
        days(demand=[0.0], inventory_position=[0.0], production_order=[0.0]),
        [[3.0 + math.sqrt(12.0) * 5.0 / 6.0]],
    ),
    # Half of 9 - 19/6 first, less 1.5 that is there; then it waits. 3 were asked where 3 were foretold: the next two
    # weeks have the median 6 - 4/6. It owes a twelfth, and expects to lose the 3 of next week before an order comes. A
    # week later nothing comes in time any more.
    (
        SeasonReplenishment((0.0, 0.0, 3.0, 3.0, 3.0), 1.0, 2, 0.5, 0.5, 0.5, "told_demand"), {"downstream": [1.0]},
        days(
            told_demand=[0.0, 0.0, 3.0, 1.0], told_lost=[0.0, 0.0, 0.0, 2.5],
            inventory_position=[0.5, 9.0, 9.0, 9.0], production_order=[0.0, 17.0 / 12.0, 0.0, 2.0],
        ), [[17.0 / 12.0], [0.0], [6.0 - 4.0 / 6.0 + 1.0 / 12.0 - 3.0], [0.0]],
    ),
    # What was lost was not sold: all 6 that were asked for are lost, so that 6 are still there, more than the 5.25 of
    # next week. n = 7 where c = 4: 10.5 - 4/6 to come.
    (
        SeasonReplenishment((0.0, 3.0, 3.0, 3.0, 3.0), 1.0, 2, 0.9, 0.5, 0.0, "told_demand"), {"downstream": [4.0]},
        days(
            told_demand=[0.0, 6.0], told_lost=[0.0, 6.0], inventory_position=[2.0, 9.0], production_order=[0.0, 0.0],
        ), [[0.0], [10.5 - 4.0 / 6.0 - 6.0]],
    ),
    # 3 were asked for where 3 were foretold, so the three weeks to come have the median 9 - 5.5/6; it has 1, and will
    # lose 5 in the two weeks before goods come. A week later it has nothing but 2 on order: of 9 - 25/42 to come 3 will
    # be lost next week and 1 in the week in which they come.
    (
        SeasonReplenishment((3.0,) * 5, 1.0, 3, 0.5, 0.5), {},
        days(demand=[3.0, 3.0], inventory_position=[1.0, 2.0], production_order=[0.0, 2.0]),
        [[9.0 - 5.5 / 6.0 - 1.0 - 5.0], [9.0 - 25.0 / 42.0 - 2.0 - 4.0]],
    ),
]  # fmt: skip
