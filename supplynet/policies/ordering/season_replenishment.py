"""Season replenishment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
import numpy as np

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class SeasonReplenishment(OrderingRule):
    """Buy a part of what a season may need; then order each period what sales call for, while it still comes in time.

    Demand is Poisson around the forecast times an unknown level, gamma with the mean 1; what was asked so far sharpens
    it. An order lifts the position to what covers demand until the next order's goods are for sale (`service`), but not
    beyond the newsvendor's quantity for all that is still to be sold (`critical_ratio`), and leaves out what will be
    lost before it comes. Whoever learns from told_demand counts all downstream of it as its own stock, and orders again
    only when the first sales have been told.
    Source: Fisher & Raman (1996), Operations Research 44(1); the posterior, Gelman et al. (2013), Bayesian Data
    Analysis, section 2.6.
    """

    forecast: tuple[float, ...] = parameter(
        "units/period", "expected demand period by period from the first on, 0 outside the season", least=0.0, many=True
    )
    cv: float = parameter("", "standard deviation of the forecast's error, over the forecast", least=0.01)
    lead_time: int = parameter("periods", "from an order until its goods are for sale", least=1, whole=True)
    critical_ratio: float = parameter(
        "", "how often all that is still to be sold is covered: (price - cost) / (price - salvage)",
        least=0.0, most=0.9999,
    )  # fmt: skip
    service: float = parameter(
        "", "how often demand is covered until the next order's goods are for sale",
        default=0.98, least=0.0, most=0.9999,
    )  # fmt: skip
    first_share: float = parameter(
        "", "part of the newsvendor's quantity for the season that is bought in the first period",
        default=0.0, least=0.0, most=1.0,
    )  # fmt: skip
    forecast_from: str = forecasts.forecast_from()
    structure: ClassVar = ("forecast", "forecast_from")
    told_by: ClassVar = {"demand": "market", "lost": "market"}
    example: ClassVar = {
        "forecast": (0.0, 4.0, 8.0, 12.0, 8.0, 8.0, 4.0, 4.0), "cv": 0.5, "lead_time": 2, "critical_ratio": 0.75,
        "first_share": 0.3,
    }  # fmt: skip

    @property
    def reads(self) -> tuple[str, ...]:
        seen = ("demand",) if self.forecast_from == "demand" else ("told_demand", "told_lost")
        return (*seen, "inventory_position", "production_order")

    @property
    def memory(self) -> tuple[Memory, ...]:
        seen = (Memory("asked", "units"), Memory("foretold", "units"))
        ordered = Memory("ordered", "units/period", width=len(self.forecast))
        echelon = (Memory("echelon_position", "units", start="downstream"),)
        return (*seen, ordered, *(echelon if self.forecast_from == "told_demand" else ()))

    def order(self, local: Local, production_order: Array) -> None:
        from scipy.stats import nbinom

        today, told, last = local.period, self.forecast_from == "told_demand", len(self.forecast)
        asked = local.told_demand if told else local.demand
        if 0 < today <= last:
            local.ordered[today - 1] = local.production_order
        if today < last and self.forecast[today] > 0.0:
            local.asked[:] += asked
            local.foretold[:] += self.forecast[today]
        position = self._echelon_position(local) if told else local.inventory_position

        until = np.concatenate([[0.0], np.cumsum(self.forecast)])  # the forecast of all periods before a period
        arrival, tomorrow = today + np.asarray(self.lead_time, np.int64), min(today + 1, last)
        first = (np.asarray(self.first_share) > 0.0) & (today == 0)
        again = (until[last] > until[np.minimum(arrival, last)]) & ((local.foretold > 0.0) | (not told))
        known = 1.0 / self.cv**2
        shape, counted = known + local.asked, known + local.foretold

        def quantity(ratio: Any, end: Array) -> Array:
            """What demand from tomorrow to before `end` is at most, with this probability: negative binomial."""
            ahead = until[np.minimum(end, last)] - until[tomorrow]
            some, found = (first | again) & (ahead > 0.0), np.zeros(position.size)
            chance = counted[some] / (counted[some] + ahead[some])
            found[some] = nbinom.ppf(ratio[some], shape[some], chance)
            return found

        best = quantity(self.critical_ratio, np.full(position.size, last))
        level = np.minimum(best, quantity(self.service, arrival + 1))
        level -= _lost_before(today, arrival, shape / counted, np.array(self.forecast), local.ordered, position)
        level = np.where(first, self.first_share * best, level)
        production_order[:] = np.where(first | again, np.maximum(0.0, level - position), 0.0)

    def _echelon_position(self, local: Local) -> Array:
        """What it and all downstream hold and expect: what was ordered, less what was sold; losses are told later."""
        local.echelon_position[:] += local.inventory_position if local.period == 0 else local.production_order
        local.echelon_position[:] -= local.told_demand - local.told_lost
        position: Array = local.echelon_position
        return position


@numba.njit(cache=True)
def _lost_before(today: Any, arrival: Any, level: Any, forecast: Any, ordered: Any, position: Any) -> Any:
    """What is expected to be lost before an order of today is for sale [row], if demand keeps to its level."""
    lost = np.zeros(position.size)
    for row in range(position.size):
        lead, stock = arrival[row] - today, position[row]
        for day in range(max(0, today - lead + 1), min(today, forecast.size)):
            stock -= ordered[day, row]
        for day in range(today + 1, min(arrival[row], forecast.size)):
            if day >= lead:
                stock += ordered[day - lead, row]
            sold = min(max(0.0, stock), level[row] * forecast[day])
            lost[row] += level[row] * forecast[day] - sold
            stock -= sold
    return lost
