"""Rules that forecast, review or batch: examples that vary their parameters, and what they decide, worked by hand."""

from deciding import days

from supplynet.policies.ordering import (
    OrderUpToAR1,
    PeriodicReview,
    ProportionalOrderUpTo,
    ReorderPointLots,
    ReorderPointOrderUpTo,
)

EXAMPLES = [
    OrderUpToAR1(0.7, 1.0, 0.1), OrderUpToAR1(-0.5, 2.0, 0.4), OrderUpToAR1(0.4, 0.0, 0.1, "told_demand"),
    ProportionalOrderUpTo(0.5, 0.25, 0.2, 1.0), ProportionalOrderUpTo(1.0, 1.0, 0.0, 3.0),
    ProportionalOrderUpTo(0.25, 0.25, 0.1, 2.0, "told_demand"),
    ReorderPointOrderUpTo(10.0, 40.0), ReorderPointOrderUpTo(14.5, 30.0),
    ReorderPointLots(12.0, 5.0), ReorderPointLots(16.5, 8.0),
    PeriodicReview(60.0, 3, 1), PeriodicReview(45.0, 2, 0),
]  # fmt: skip

# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    # An error of a period counts 1 and 1 - 1/4 = 3/4 times in two: sqrt(1 + 9/16) = 5/4 times, and what is known of
    # today -1/4 * 3/4. Of 18, 8 off: 20 - 8 * 3/16 + 2 * 5/4 * 8; of 6, forecast 8: 20 + 4 * 3/16 + 2 * 5/4 * 2.
    (
        OrderUpToAR1(-0.25, 2.0, 1.0), {"normal_output": [10.0], "coverage": [2.0]},
        days(demand=[18.0, 6.0], inventory_position=[30.0, 30.0]), [[8.5], [0.0]],
    ),
    # Errors 7, 1 and 5 of the forecasts 10, 13.5 and 12.25: their mean squares are 49, 25 and 25.
    (
        OrderUpToAR1(0.5, 1.0, 0.1), {"normal_output": [10.0], "coverage": [1.0]},
        days(demand=[17.0, 14.5, 17.25], inventory_position=[0.0, 0.0, 0.0]), [[20.5], [17.25], [18.625]],
    ),
    # Forecasts 12, 10 and 6. Stock 20 of 24, supply line 40 of 36: 12 + 4/2 - 4/4. Stock 30 of 20, supply line 20 of
    # 30: 10 - 10/2 + 10/4. Stock 40 of 12, supply line 50 of 18: 6 - 28/2 - 32/4.
    (
        ProportionalOrderUpTo(0.5, 0.25, 0.5, 2.0),
        {"normal_output": [10.0], "coverage": [4.0], "supply_line_periods": [3.0]},
        days(demand=[14.0, 8.0, 2.0], inventory_position=[60.0, 50.0, 90.0], supply_line=[40.0, 20.0, 50.0]),
        [[13.0], [7.5], [0.0]],
    ),
    # One of three periods has arrived and one is the order: stock 18 of 10, supply line 8 of 10, so 10 - 8 + 2/2.
    (
        ProportionalOrderUpTo(1.0, 0.5, 0.0),
        {"normal_output": [10.0], "coverage": [3.0], "supply_line_periods": [1.0]},
        days(demand=[99.0], inventory_position=[26.0], supply_line=[8.0]), [[3.0]],
    ),
    # A position that is 30 but for rounding is 30.
    (
        ReorderPointOrderUpTo(30.0, 60.0), {}, [{"inventory_position": [31.0, 30.0, 30.0 + 1e-12, 12.0, 61.0]}],
        [[0.0, 30.0, 30.0 - 1e-12, 48.0, 0.0]],
    ),
    # 6 + 25 is above 30, and 5 + 25 is not; -20 + 3 * 25 = 55.
    (
        ReorderPointLots(30.0, 25.0), {}, [{"inventory_position": [31.0, 30.0, 6.0, 5.0, -20.0, 90.0]}],
        [[0.0, 25.0, 25.0, 50.0, 75.0, 0.0]],
    ),
    (ReorderPointLots(0.3, 0.1), {}, [{"inventory_position": [0.1 + 0.2, 0.4 - 0.1, 0.31]}], [[0.1, 0.1, 0.0]]),
    (
        PeriodicReview(70.0, 3, 1), {}, days(inventory_position=[50.0, 50.0, 50.0, 50.0, 80.0, 9.0, 9.0, 40.0]),
        [[0.0], [20.0], [0.0], [0.0], [0.0], [0.0], [0.0], [30.0]],
    ),
]  # fmt: skip
