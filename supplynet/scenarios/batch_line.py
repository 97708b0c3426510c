"""The line of `toyota` before the change: large lots, and a schedule for every station."""

from __future__ import annotations

from typing import Any

from supplynet.network import Signal
from supplynet.policies.ordering import ForecastPush
from supplynet.ranges import NOT_NEGATIVE, SHARE, checked
from supplynet.scenario import Scenario
from supplynet.scenarios.factory_line import DEMAND, DEMAND_SD, SHIFT, STATIONS, UNIT_TIME, WEEK, Line, whole


def build(
    *,
    stations: int = STATIONS,
    lot: float = 100.0,
    setup: float = 20.0,
    unit_time: float = UNIT_TIME,
    review_period: int = WEEK,
    smoothing: float = 0.1,
    safety_periods: float = SHIFT / 2,
    finished_periods: float = SHIFT / 2,
    demand: float = DEMAND,
    demand_sd: float = DEMAND_SD,
    breakdown: float = 0.0,
) -> Scenario:
    """Batch and queue: each station makes large lots by a schedule of its own, and pushes them on.

    The machines, the customers and their luck are those of `toyota`; see there. Once a week a forecast of what
    customers will buy becomes a schedule for every station, which corrects its own stock by it and then keeps to it
    whatever happens; between stations lies half a shift of stock, so that nobody has to wait if the forecast was wrong
    or a lot is under way. With half a shift it serves customers about as well as the cards do. Most of it could be less
    if finished goods were more (--set safety_periods=50 --set finished_periods=360), which no station of its own would
    choose. Large lots keep set-ups rare, since each takes 20 minutes.

    It shows where a schedule hides its stock: most of it lies there in case, some waits in whole lots, and what the
    machines work on is the smallest part. In exchange it lives through an outage of hours that cards cannot bear.

    review_period: minutes from one schedule to the next; smoothing: weight of the newest such period in the forecast;
    safety_periods: minutes of demand that each station holds in reserve; finished_periods: minutes of demand that the
    finished goods hold in reserve. The other levers are those of `toyota`.

    Sources: a schedule for every process, with stock between them against its errors, is what Sugimori, Kusunoki, Cho &
    Uchikawa (1977), International Journal of Production Research 15(6), describe as the conventional way; weeks,
    Orlicky (1975), Material Requirements Planning; smoothing, Brown (1959), Statistical Forecasting for Inventory
    Control; the reserve is an assumption, tried out as said. Real plants had far more: two weeks of parts at GM
    Framingham against two hours at Toyota Takaoka and two days at NUMMI, Womack, Jones & Roos (1990), The Machine That
    Changed the World, chapter 4.
    """
    line = Line(stations, lot, setup, unit_time, demand, demand_sd, breakdown)
    review_period = whole("review_period", review_period, least=1)
    checked("smoothing", smoothing, **SHARE)
    for lever, value in (("safety_periods", safety_periods), ("finished_periods", finished_periods)):
        checked(lever, value, **NOT_NEGATIVE)
    a_minute = 1.0 - (1.0 - smoothing) ** (1.0 / review_period)

    def schedule(reserve: float, on_machine: float) -> dict[str, Any]:
        rule = ForecastPush(review_period, review_period, 0, a_minute, reserve, "told_demand")
        return {"ordering": rule, "on_hand": (reserve + on_machine) * line.demand}

    station, assembly = schedule(safety_periods, line.busy), schedule(finished_periods, 0.0)
    return line.scenario(
        "batch-line", lambda number: station, assembly,
        signals=[Signal("customers", name, "demand", 0) for name in (*line.names, "assembly")],
        about="batch and queue: the line of toyota with large lots, long set-ups and a schedule for every station",
        hint="supplynet run batch-line --set lot=25 --set setup=5, small lots alone",
    )  # fmt: skip
