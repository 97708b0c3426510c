"""The allocation rules: examples that vary what they can be told, and what they share out, worked by hand."""

from supplynet.policies.allocation import FinalDemand, Priority, Proportional, Uniform, WaterFill

EXAMPLES = [FinalDemand(), FinalDemand(False), Priority(), Proportional(), Uniform(), WaterFill()]


def lanes(lane_backlog, **columns):
    """The columns of the lanes of one node; those not given are zero."""
    return {"lane_backlog": lane_backlog} | columns


# Rule, on hand, columns of the lanes, shipments.
SHARED = [
    (Proportional(), 10.0, lanes([12.0, 0.0, 8.0]), [6.0, 0.0, 4.0]),
    (Proportional(), 30.0, lanes([12.0, 0.0, 8.0]), [12.0, 0.0, 8.0]),
    (Priority(), 5.0, lanes([4.0, 3.0, 3.0], priority=[1, -2, -2]), [0.0, 2.5, 2.5]),
    (Priority(), 8.0, lanes([4.0, 3.0, 3.0], priority=[1, 0, 0]), [2.0, 3.0, 3.0]),
    (Priority(), 9.0, lanes([4.0, 1.0, 5.0, 6.0], priority=[5, 1, 3, 3]), [0.0, 1.0, 40.0 / 11.0, 48.0 / 11.0]),
    # A part of 13/4 serves 1, one of 12/3 serves 4, and 8/2 is left for each of the others.
    (Uniform(), 13.0, lanes([1.0, 9.0, 4.0, 8.0]), [1.0, 4.0, 4.0, 4.0]),
    # A part of 16/4 serves 1 and 4, and 11/2 is left for each of the others.
    (Uniform(), 16.0, lanes([1.0, 9.0, 4.0, 8.0]), [1.0, 5.5, 4.0, 5.5]),
    # Ratios 1, .3, 1.2 and 1.5 of the normal order: 400 serve all.
    (WaterFill(), 400.0, lanes([100.0, 30.0, 120.0, 150.0], normal_order=[100.0] * 4), [100.0, 30.0, 120.0, 150.0]),
    # Of 360, a ratio of .9 serves 30, one of 330/300 serves 100, and 230/200 is left for the others, which want more.
    (WaterFill(), 360.0, lanes([100.0, 30.0, 120.0, 150.0], normal_order=[100.0] * 4), [100.0, 30.0, 115.0, 115.0]),
    # Ratios 3, 1 and 2: of 90, one of 90/90 serves 30, and 60/60 is left: as much as is usual.
    (WaterFill(), 90.0, lanes([60.0, 30.0, 80.0], normal_order=[20.0, 30.0, 40.0]), [20.0, 30.0, 40.0]),
    # Of 150, a ratio of 150/90 serves 30, one of 120/60 serves 80, and 40/20 is left.
    (WaterFill(), 150.0, lanes([60.0, 30.0, 80.0], normal_order=[20.0, 30.0, 40.0]), [40.0, 30.0, 80.0]),
    # Who usually orders nothing is last: 9 serve the 4 and the 3, and 2 are shared in proportion.
    (WaterFill(), 9.0, lanes([6.0, 4.0, 2.0, 3.0], normal_order=[0.0, 1.0, 0.0, 9.0]), [1.5, 4.0, 0.5, 3.0]),
    (WaterFill(), 3.0, lanes([6.0, 4.0, 2.0], normal_order=[0.0, 1.0, 0.0]), [0.0, 3.0, 0.0]),
    # Customers claim 5, firms 12: of 9, 4 are left for firms; of 4, none.
    (FinalDemand(), 9.0, lanes([4.0, 3.0, 8.0, 2.0], to_customer=[0, 1, 0, 1]), [4.0 / 3.0, 3.0, 8.0 / 3.0, 2.0]),
    (FinalDemand(), 4.0, lanes([4.0, 3.0, 8.0, 2.0], to_customer=[0, 1, 0, 1]), [0.0, 2.4, 0.0, 1.6]),
    # The other way round: of 9, none are left for customers; of 13, 1.
    (FinalDemand(False), 9.0, lanes([4.0, 3.0, 8.0, 2.0], to_customer=[0, 1, 0, 1]), [3.0, 0.0, 6.0, 0.0]),
    (FinalDemand(False), 13.0, lanes([4.0, 3.0, 8.0, 2.0], to_customer=[0, 1, 0, 1]), [4.0, 0.6, 8.0, 0.4]),
]  # fmt: skip
