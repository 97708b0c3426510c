"""Sourcing rules: examples that vary their parameters, and what they decide, worked by hand."""

from deciding import days

from supplynet.policies.sourcing import BackupSupplier, FixedShares, ShareByReliability

EXAMPLES = [
    FixedShares(), BackupSupplier(), BackupSupplier(0.0, 0.0, 3.0), BackupSupplier(2.0, 2.0, 5.0),
    ShareByReliability(), ShareByReliability(0.5, 2.0, 0.1), ShareByReliability(1.0, 0.5, 0.3),
]  # fmt: skip

TWO_LANES = {"first_input": [0, 1], "first_end": [0, 2]}

DECIDED = [
    (FixedShares(), TWO_LANES | {"share": [0.75, 0.25]}, [{}, {}], [[0.75, 0.25]] * 2),
    # Goods are one period on the way and may be one late: after three periods of waiting (t = 1, 2, 3) the first has
    # failed, its second failed period is beyond the delay of 1, so the backup buys from t = 4 on; goods in t = 6.
    (
        BackupSupplier(1.0, 1.0), TWO_LANES | {"share": [1.0, 0.0], "reach": [1.0, 1.0]},
        days(
            order=[[0.0, 0.0]] * 7, on_order=[[9.0, 0.0]] * 7,
            received=[[5.0, 0.0], *[[0.0, 0.0]] * 5, [5.0, 5.0]],
        ), [[1.0, 0.0]] * 4 + [[0.0, 1.0]] * 2 + [[1.0, 0.0]],
    ),
    # Without a backup the other regular supplier takes over. The first cancels what is asked, so nothing is on order;
    # it has failed in t = 1 and 2, is asked for nothing, and after 2 periods of having failed it is tried again.
    (
        BackupSupplier(0.0, 0.0, 2.0), TWO_LANES | {"share": [0.5, 0.5], "reach": [1.0, 1.0]},
        days(
            order=[[5.0, 5.0], [5.0, 5.0], [0.0, 5.0], [0.0, 5.0]], on_order=[[0.0, 9.0]] * 4,
            received=[[0.0, 5.0]] * 4,
        ), [[0.5, 0.5], [0.0, 1.0], [0.0, 1.0], [0.5, 0.5]],
    ),
    # All of what was due comes from the first, half of it from the second: of 0.5 and 0.5 * 0.5 the parts are 2/3, 1/3.
    (
        ShareByReliability(1.0, 1.0, 0.1), TWO_LANES | {"share": [0.5, 0.5], "reach": [1.0, 1.0]},
        days(order=[[0.0, 0.0], [6.0, 6.0], [6.0, 6.0]], received=[[4.0, 4.0], [6.0, 3.0], [6.0, 0.0]]),
        [[0.5, 0.5], [2.0 / 3.0, 1.0 / 3.0], [1.0 / 1.1, 0.1 / 1.1]],
    ),
    # Squared, half of what was due weighs a quarter; both smoothed by a half: came 2 and 2, then 5 of 5 and 2 of 5 due.
    (
        ShareByReliability(0.5, 2.0, 0.1), TWO_LANES | {"share": [0.5, 0.5], "reach": [2.0, 2.0]},
        days(
            order=[[0.0, 0.0], [8.0, 8.0], [9.0, 9.0]], received=[[4.0, 4.0], [8.0, 8.0], [8.0, 3.0]],
        ), [[0.5, 0.5], [0.5, 0.5], [1.0 / (1.0 + (4.0 / 6.5) ** 2), 1.0 - 1.0 / (1.0 + (4.0 / 6.5) ** 2)]],
    ),
]  # fmt: skip
