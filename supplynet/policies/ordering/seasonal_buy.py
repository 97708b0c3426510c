"""Seasonal buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numba
import numpy as np

from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter


@dataclass(frozen=True, slots=True)
class SeasonalBuy(OrderingRule):
    """Buy once for a whole season, before much is sold; or keep a part back and buy again when early sales are seen.

    The quantity is the newsvendor's for normal demand. Early sales, divided by the part of a season that they usually
    are, are a second forecast, and Bayes weighs the two; the second buy fills up to the new quantity. What is left over
    at the end of a season stays on hand, and the next season's buy does not count on it.
    Source: Arrow, Harris & Marschak (1951), Econometrica 19(3); Fisher & Raman (1996), Operations Research 44(1).
    """

    mean: float = parameter("units/season", "forecast demand of a season", least=0.0)
    sd: float = parameter("units/season", "standard deviation of the error of that forecast", least=0.0)
    selling_price: float = parameter("money/unit", "what a unit sells for")
    unit_cost: float = parameter("money/unit", "what a unit costs")
    salvage_value: float = parameter("money/unit", "what a unit left over is worth", default=0.0)
    season: int = parameter("periods", "length of a season", default=16, least=1, whole=True)
    first_share: float = parameter("", "part of the quantity that is bought first", default=1.0, least=0.0, most=1.0)
    second_buy: int = parameter(
        "periods", "from the start of a season to the second buy, 0 = none", default=0, least=0, whole=True
    )
    early_share: float = parameter(
        "", "part of a season's demand that usually comes until the second buy, its period included", default=0.25,
        least=1e-9, most=1.0,
    )  # fmt: skip
    signal_sd: float = parameter(
        "units/season", "standard deviation of the error of what early sales foretell", default=0.0, least=0.0
    )
    reads: ClassVar = ("demand", "production_order")
    example: ClassVar = {
        "mean": 40.0, "sd": 16.0, "selling_price": 100.0, "unit_cost": 40.0, "salvage_value": 20.0, "season": 5,
        "first_share": 0.6, "second_buy": 2, "early_share": 0.6, "signal_sd": 8.0,
    }  # fmt: skip

    def __post_init__(self) -> None:
        OrderingRule.__post_init__(self)
        if not self.selling_price > self.unit_cost > self.salvage_value:
            raise ValueError(
                f"SeasonalBuy: selling_price, unit_cost and salvage_value are {self.selling_price}, {self.unit_cost} "
                f"and {self.salvage_value}, must fall in this order, or one would buy nothing or without end; mend them"
            )
        if self.second_buy >= self.season:
            raise ValueError(
                f"SeasonalBuy: second_buy is {self.second_buy}, must be below the season, {self.season}; buy earlier"
            )

    @property
    def memory(self) -> tuple[Memory, ...]:
        return (Memory("asked", "units"), Memory("bought", "units"), Memory("safety", "standard deviations"))

    def order(self, local: Local, production_order: Array) -> None:
        if local.period == 0:
            from scipy.special import ndtri

            local.safety[:] = ndtri((self.selling_price - self.unit_cost) / (self.selling_price - self.salvage_value))
        _buy(
            local.period, self.season, self.second_buy, self.mean, self.sd, self.first_share, self.early_share,
            self.signal_sd, local.demand, local.safety, local.asked, local.bought, local.production_order,
            production_order,
        )  # fmt: skip


@numba.njit(cache=True)
def _buy(
    period: Any, season: Any, second_buy: Any, mean: Any, sd: Any, first_share: Any, early_share: Any, signal_sd: Any,
    demand: Any, safety: Any, asked: Any, bought: Any, ordered: Any, order: Any,
) -> None:  # fmt: skip
    """The first buy, the second one, or on other days nothing; what was asked and bought is counted every day."""
    for row in range(order.size):
        day = period % int(season[row])
        yesterday = ordered[row]
        bought[row] = bought[row] + yesterday if day > 0 else 0.0
        asked[row] = asked[row] + demand[row] if day > 0 else demand[row]
        order[row] = 0.0
        if day == 0:
            order[row] = first_share[row] * max(0.0, mean[row] + safety[row] * sd[row])
        elif day == second_buy[row]:
            variance, noise = sd[row] * sd[row], signal_sd[row] * signal_sd[row]
            weight = variance / (variance + noise) if variance > 0.0 else 0.0
            foretold = mean[row] + weight * (asked[row] / early_share[row] - mean[row])
            up_to = foretold + safety[row] * np.sqrt(variance * (1.0 - weight))
            order[row] = max(0.0, up_to - bought[row])
