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
    Analysis, section 2.6; its quantiles, Cornish & Fisher (1938), Revue de l'Institut International de Statistique
    5(4), right to a unit or 2 % where the ratio is 0.5 or more and cv at most 0.8.
    """

    forecast: tuple[float, ...] = parameter(
        "units/period", "expected demand period by period from the first on, 0 outside the season", least=0.0, many=True
    )
    cv: float = parameter("", "standard deviation of the forecast's error, over the forecast", least=0.01)
    lead_time: int = parameter("periods", "from an order until its goods are for sale", least=1, whole=True)
    critical_ratio: float = parameter(
        "", "how often all that is still to be sold is covered: (price - cost) / (price - salvage)",
        least=0.01, most=0.9999,
    )  # fmt: skip
    service: float = parameter(
        "", "how often demand is covered until the next order's goods are for sale",
        default=0.98, least=0.01, most=0.9999,
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
        safety = (Memory("best_safety", "standard deviations"), Memory("cover_safety", "standard deviations"))
        echelon = (Memory("echelon_position", "units", start="downstream"),)
        return (*seen, ordered, *safety, *(echelon if self.forecast_from == "told_demand" else ()))

    def order(self, local: Local, production_order: Array) -> None:
        today, told, last = local.period, self.forecast_from == "told_demand", len(self.forecast)
        if today == 0:
            from scipy.special import ndtri

            local.best_safety[:], local.cover_safety[:] = ndtri(self.critical_ratio), ndtri(self.service)
        elif today <= last:
            local.ordered[today - 1] = local.production_order
        if today < last and self.forecast[today] > 0.0:
            local.asked[:] += local.told_demand if told else local.demand
            local.foretold[:] += self.forecast[today]
        position = self._echelon_position(local) if told else local.inventory_position
        _replenish(
            today, told, np.array(self.forecast), np.concatenate([[0.0], np.cumsum(self.forecast)]), self.cv,
            self.lead_time, self.first_share, local.best_safety, local.cover_safety, local.asked, local.foretold,
            local.ordered, position, production_order,
        )  # fmt: skip

    def _echelon_position(self, local: Local) -> Array:
        """What it and all downstream hold and expect: what was ordered, less what was sold; losses are told later."""
        local.echelon_position[:] += local.inventory_position if local.period == 0 else local.production_order
        local.echelon_position[:] -= local.told_demand - local.told_lost
        position: Array = local.echelon_position
        return position


@numba.njit(cache=True)
def _quantile(safety: Any, shape: Any, counted: Any, ahead: Any) -> Any:
    """What demand where `ahead` is foretold is at most, from what was asked and foretold before, the prior's included.

    It is negative binomial with the shape `shape` and the chance counted / (counted + ahead); `safety` is the quantile
    of a standard normal, to which the third and fourth cumulant of demand are brought in.
    """
    if ahead <= 0.0:
        return 0.0
    chance, rest, z = counted / (counted + ahead), ahead / (counted + ahead), safety
    mean, variance = shape * ahead / counted, shape * ahead / counted / chance
    skew, excess = (1.0 + rest) / np.sqrt(shape * rest), (6.0 + chance * chance / rest) / shape
    away = z + (z * z - 1.0) * skew / 6.0
    away += (z * z - 3.0) * z * excess / 24.0 - (2.0 * z * z - 5.0) * z * skew * skew / 36.0
    return max(0.0, mean + np.sqrt(variance) * away)


@numba.njit(cache=True)
def _lost_before(today: Any, lead: Any, level: Any, forecast: Any, ordered: Any, position: Any) -> Any:
    """What is expected to be lost before an order of today is for sale, if demand keeps to its level."""
    lost, stock = 0.0, position
    for day in range(max(0, today - lead + 1), min(today, forecast.size)):
        stock -= ordered[day]
    for day in range(today + 1, min(today + lead, forecast.size)):
        if day >= lead:
            stock += ordered[day - lead]
        sold = min(max(0.0, stock), level * forecast[day])
        lost += level * forecast[day] - sold
        stock -= sold
    return lost


@numba.njit(cache=True)
def _replenish(
    today: Any, told: Any, forecast: Any, until: Any, cv: Any, lead_time: Any, first_share: Any, best_safety: Any,
    cover_safety: Any, asked: Any, foretold: Any, ordered: Any, position: Any, order: Any,
) -> None:  # fmt: skip
    """The first batch, or what the position lacks of the level; `until` is the forecast of all periods before one."""
    last = forecast.size
    tomorrow = min(today + 1, last)
    for row in range(order.size):
        order[row] = 0.0
        lead = int(lead_time[row])
        known = 1.0 / (cv[row] * cv[row])
        shape, counted = known + asked[row], known + foretold[row]
        best = _quantile(best_safety[row], shape, counted, until[last] - until[tomorrow])
        if today == 0 and first_share[row] > 0.0:
            order[row] = max(0.0, first_share[row] * best - position[row])
        elif until[last] > until[min(today + lead, last)] and (foretold[row] > 0.0 or not told):
            ahead = until[min(today + lead + 1, last)] - until[tomorrow]
            cover = min(best, _quantile(cover_safety[row], shape, counted, ahead))
            lost = _lost_before(today, lead, shape / counted, forecast, ordered[:, row], position[row])
            order[row] = max(0.0, cover - lost - position[row])
