"""The first rules: examples that vary their parameters, and what they decide, worked by hand."""

from deciding import days

from supplynet.policies.input import DaysOfCover, LotForLot
from supplynet.policies.ordering import (
    BaseStock,
    MakeToOrder,
    OrderUpToExponentialSmoothing,
    OrderUpToMovingAverage,
    Plan,
    Sterman,
)

EXAMPLES = [
    BaseStock(40.0), BaseStock(55.5), MakeToOrder(), Plan((5.0, 0.0, 2.5, 7.0)), Plan((1.0,)),
    OrderUpToMovingAverage(3, 1.0), OrderUpToMovingAverage(3, 2.5), OrderUpToMovingAverage(2, 0.0, "told_demand"),
    OrderUpToMovingAverage(3, 0.0, "demand", 1.5, 0.3),
    OrderUpToExponentialSmoothing(0.3, 1.0), OrderUpToExponentialSmoothing(1.0, 0.5),
    OrderUpToExponentialSmoothing(0.2, 3.0, "told_demand"), OrderUpToExponentialSmoothing(0.4, 0.0, "demand", 2.0, 0.5),
    Sterman(60.0, 0.5, 0.3, 0.4, 1), Sterman(45.0, 1.0, 1.0, 0.0, 2), Sterman(50.0, 0.26, 0.34, 0.36, 0, True),
    LotForLot(), DaysOfCover(4.0, 0.5, "output"), DaysOfCover(6.0, 1.0, "output"), DaysOfCover(),
    DaysOfCover(2.0, 0.5, "demand"),
]  # fmt: skip

STEEL_AND_COAL = {
    "first_input": [0, 2], "first_end": [0, 2, 3], "share": [0.25, 0.75, 1.0], "units_per_output": [2.0, 1.0],
    "input_stock": [3.0, 1.0, 12.0],
}  # fmt: skip
FIRM = {
    "production_started": [6.0], "demand": [10.0], "normal_output": [8.0], "share": [0.5], "units_per_output": [2.0],
    "cover": [3.0], "reach": [2.0], "input_stock": [10.0], "on_order": [4.0],
}  # fmt: skip


# Rule, columns that stay, what it sees each period, what it decides each period.
DECIDED = [
    (BaseStock(40.0), {}, [{"inventory_position": [30.0, 40.0, 55.0]}], [[10.0, 0.0, 0.0]]),
    (MakeToOrder(), {}, [{"demand": [0.0, 3.5]}], [[0.0, 3.5]]),
    (Plan((5.0, 2.5)), {}, [{}, {}, {}], [[5.0], [2.5], [0.0]]),
    # 3 + 1 periods of the mean of 10 and 14, then of 14 and 6, then of 6 and 20: targets 48, 40, 52.
    (
        OrderUpToMovingAverage(2, 1.0), {"normal_output": [10.0], "coverage": [3.0]},
        days(demand=[14.0, 6.0, 20.0], inventory_position=[40.0, 35.0, 60.0]), [[8.0], [5.0], [0.0]],
    ),
    # Forecasts 10, 13.5 and 15.75 of 17, 14.5 and 50.75 are wrong by 7, 1 and 35: squares 49, then half and half 25 and
    # 625. To 4 + 1 periods of the mean 13.5, 15.75 and 32.625 come 2 * sqrt(4) times 7, 5 and 25.
    (
        OrderUpToMovingAverage(2, 1.0, "demand", 2.0, 0.5), {"normal_output": [10.0], "coverage": [4.0]},
        days(demand=[17.0, 14.5, 50.75], inventory_position=[90.0, 100.0, 0.0]), [[5.5], [0.0], [263.125]],
    ),
    # The same errors of the forecasts 10, 11.75 and 12; then 5 times 11.75, 12 and 20.75.
    (
        OrderUpToExponentialSmoothing(0.25, 1.0, "demand", 2.0, 0.5), {"normal_output": [10.0], "coverage": [4.0]},
        days(demand=[17.0, 12.75, 47.0], inventory_position=[80.0, 60.0, 200.0]), [[6.75], [20.0], [3.75]],
    ),
    # Forecasts 10 + (14 - 10) / 4 = 11, then 10, then 12: targets 44, 40, 48.
    (
        OrderUpToExponentialSmoothing(0.25, 1.0), {"normal_output": [10.0], "coverage": [3.0]},
        days(demand=[14.0, 7.0, 18.0], inventory_position=[40.0, 50.0, 30.0]), [[4.0], [0.0], [18.0]],
    ),
    # 4 whatever happens, 6 expected; then 7 expected, level 30 - 20, gap 20 - 10 - 20 / 4 = 5, so 7 + 5 / 2; then 4
    # expected, gap 20 - 40.
    (
        Sterman(20.0, 0.5, 0.25, 0.5, 1), {"normal_output": [4.0]},
        days(demand=[8.0, 8.0, 1.0], inventory_position=[1.0, 30.0, 40.0], supply_line=[0.0, 20.0, 0.0]),
        [[4.0], [9.5], [0.0]],
    ),
    # The same 9.5 and a 9.25 (gap 4.5), in whole units, half up.
    (
        Sterman(20.0, 0.5, 0.25, 0.0, 0, True), {"normal_output": [7.0]},
        days(demand=[7.0, 7.0], inventory_position=[30.0, 30.5], supply_line=[20.0, 20.0]), [[10.0], [9.0]],
    ),
    # (5 + 2 * 10) - (3 + 1 + 4 + 2) = 15 of steel, on two lanes; of coal it holds 12 for 10.
    (
        LotForLot(), STEEL_AND_COAL,
        [{"production_backlog": [10.0], "target": [5.0, 0.0], "on_order": [4.0, 2.0, 0.0]}], [[3.75, 11.25, 0.0]],
    ),
    # The usage u is 0.5 * 2 = 1 times 6, 8 or 10; the order u + (3 u - 10 + (u - 4) / 2) / 2.
    (DaysOfCover(2.0, 0.5, "output"), {}, [FIRM], [[10.5]]),
    (DaysOfCover(2.0, 0.5, "capped_demand"), {}, [FIRM], [[16.0]]),
    (DaysOfCover(2.0, 0.5, "demand"), {}, [FIRM], [[21.5]]),
]  # fmt: skip
