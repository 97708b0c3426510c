"""Rules for a season: examples that vary their parameters, and what they decide, worked by hand."""

from deciding import days

from supplynet.policies.ordering import SeasonReplenishment

WEEKS = (0.0, 3.0, 9.0, 12.0, 9.0, 6.0, 3.0)
EXAMPLES = [
    SeasonReplenishment(WEEKS, 0.5, 2, 0.75, 0.98, 0.0), SeasonReplenishment(WEEKS, 0.8, 3, 0.6, 0.9, 0.4),
    SeasonReplenishment((8.0,) * 12, 0.6, 2, 0.75, 0.95, 0.3, "told_demand"),
    SeasonReplenishment((8.0,) * 12, 0.4, 4, 0.9, 0.98, 0.5, "told_demand"),
]  # fmt: skip


# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    # With cv 1 the level is exponential, and demand geometric: that of m units ahead, n seen where f were foretold (n =
    # 0), is k at most with the probability 1 - (m / (1 + f + m))^(k + 1). Next week (m = 3 of 4) the median is 2, and
    # 3 of 4 seasons (m = 6 of 7) want 8 at most. After a week without a sale (m = 3 of 7) the median is 0, and nothing
    # comes in time in the last week.
    (
        SeasonReplenishment((0.0, 3.0, 3.0), 1.0, 1, 0.75, 0.5), {},
        days(
            demand=[0.0, 0.0, 5.0], inventory_position=[0.5, 0.0, -5.0], production_order=[0.0, 1.5, 0.0]
        ), [[1.5], [0.0], [0.0]],
    ),
    # The newsvendor's quantity caps it: 8 cover 90 % of next weeks (m = 3 of 4), but 2 a quarter of all seasons (m = 9
    # of 10), and after a week without a sale 0 do (m = 6 of 10).
    (
        SeasonReplenishment((0.0, 3.0, 3.0, 3.0), 1.0, 1, 0.25, 0.9), {},
        days(demand=[0.0, 0.0], inventory_position=[0.0, 0.0], production_order=[0.0, 0.0]), [[2.0], [0.0]],
    ),
    # 3 of 4 seasons (m = 9 of 10) want 13 at most: a quarter of it first, less 1.5 that is there; then it waits. 3 were
    # asked where 3 were foretold: of the next two weeks (6 units, negative binomial with shape 4 and chance 0.4) the
    # median is 5. It has 1.5 + 1.75 - 3 = 0.25, and expects to lose 3 - 0.25 of next week's before an order comes, so 2
    # are lacking. A week later nothing comes in time any more.
    (
        SeasonReplenishment((0.0, 0.0, 3.0, 3.0, 3.0), 1.0, 2, 0.75, 0.5, 0.25, "told_demand"), {"downstream": [1.0]},
        days(
            told_demand=[0.0, 0.0, 3.0, 1.0], told_lost=[0.0, 0.0, 0.0, 2.5],
            inventory_position=[0.5, 9.0, 9.0, 9.0], production_order=[0.0, 1.75, 0.0, 2.0],
        ), [[1.75], [0.0], [2.0], [0.0]],
    ),
    # 3 were asked for where 3 were foretold, so 9 in the three weeks to come (shape 4, chance 4/13, median 8), of which
    # it has 1 and will lose 5 in the two weeks before goods come: 2 are lacking. A week later it has nothing but those
    # 2: of 9 to come (shape 7, chance 7/16, median 8) 3 will be lost next week and 1 in the week in which they come.
    (
        SeasonReplenishment((3.0,) * 5, 1.0, 3, 0.75, 0.5), {},
        days(demand=[3.0, 3.0], inventory_position=[1.0, 2.0], production_order=[0.0, 2.0]), [[2.0], [2.0]],
    ),
]  # fmt: skip
