"""Demand inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numba
import numpy as np

from supplynet.policies import forecasts
from supplynet.policies.contract import Array, Local, Memory, OrderingRule
from supplynet.policies.parameters import parameter

SOURCES: Final = {"interest": ("told_interest",), "sales": ("told_shipped", "told_on_hand")}
"""What demand can be inferred from, and what signals have to tell for it."""
LAWS: Final = ("poisson", "exponential")


@dataclass(frozen=True, slots=True)
class DemandInference(OrderingRule):
    """Infer the rate of demand from what customers look at or what a shop sells, and order up to what it foretells.

    What is known of the rate is so many units seen in so many periods, the prior's and those since. A shop that loses
    what it cannot serve and ends a period without stock tells only the least that demand was: the demand to expect then
    takes the place of the sales, and the period counts only as far as it tells anything (with exponential demand, not).
    Source: Gelman et al. (2013), Bayesian Data Analysis, section 2.6; stock-outs, Conrad (1976), Operational Research
    Quarterly 27(1), Nahmias (1994), Naval Research Logistics 41(6), and Titterington (1984), J. Royal Statistical
    Society B 46(2); fading, Kulhavy & Zarrop (1993), International Journal of Control 58(4); who
    is known to buy, Hariharan & Zipkin (1995), Management Science 41(10).
    """

    prior_units: float = parameter("units", "as if seen before the first period (gamma shape)", least=0.0)
    prior_periods: float = parameter(
        "periods", "in which the prior's units were seen (gamma rate): how far it is trusted", default=1.0, least=1e-9
    )
    infer_from: str = parameter(
        "", "what is seen: interest, or the sales of one shop and the stock it ends with", default="interest",
        choices=tuple(SOURCES),
    )  # fmt: skip
    delay: int = parameter(
        "periods", "that of the signals; what they tell of the time before the opening does not count", default=1,
        least=0, whole=True,
    )  # fmt: skip
    conversion: float = parameter("", "units of demand for each unit seen", default=1.0, least=0.0)
    demand_law: str = parameter("", "how demand varies about its rate", default="poisson", choices=LAWS)
    forgetting: float = parameter(
        "", "part of what was seen that fades each period, so that the prior returns", default=0.0, least=0.0, most=1.0
    )
    safety_periods: float = forecasts.safety_periods()
    safety_factor: float = forecasts.safety_factor()
    lead: int = parameter(
        "periods", "from interest to demand: who has looked since then has yet to buy; 0 = only the rate is inferred",
        default=0, least=0, whole=True,
    )  # fmt: skip
    structure: ClassVar = ("infer_from", "demand_law", "lead")
    told_by: ClassVar = {"interest": "market", "shipped": "itself", "on_hand": "itself"}
    example: ClassVar = {"prior_units": 10.0}

    def __post_init__(self) -> None:
        OrderingRule.__post_init__(self)
        if self.demand_law == "exponential" and self.prior_periods <= 1.0:
            raise ValueError(
                f"DemandInference: prior_periods is {self.prior_periods}, must exceed 1 with exponential demand, since "
                "one period does not tell its spread; trust the prior more, for example prior_periods=2"
            )
        if self.lead > 0 and self.infer_from != "interest":
            raise ValueError(
                f"DemandInference: lead is {self.lead}, must be 0 where sales are seen, since a sale tells of no "
                "later one; use infer_from='interest', or lead=0"
            )
        if self.lead > 0 and self.conversion > 1.0:
            raise ValueError(
                f"DemandInference: conversion is {self.conversion}, must be <= 1 with a lead, since each who looked "
                "buys once or not; give a share, or lead=0"
            )

    @property
    def reads(self) -> tuple[str, ...]:
        return ("inventory_position", "coverage", *SOURCES[self.infer_from])

    @property
    def memory(self) -> tuple[Memory, ...]:
        of_rate = (
            Memory("units", "units", start=1.0, times=self.prior_units),
            Memory("periods", "periods", start=1.0, times=self.prior_periods),
        )
        if not self.lead:
            return of_rate
        usual = self.prior_units / self.prior_periods
        return (*of_rate, Memory("looked", "units/period", width=self.lead, start=1.0, times=usual))

    def order(self, local: Local, production_order: Array) -> None:
        exponential = self.demand_law == "exponential"
        if self.infer_from == "interest":
            _see_interest(
                local.period, self.delay, self.prior_units, self.prior_periods, self.forgetting, local.told_interest,
                local.units, local.periods,
            )  # fmt: skip
        else:
            _see_sales(
                local.period, self.delay, self.prior_units, self.prior_periods, self.forgetting, local.told_shipped,
                local.told_on_hand, exponential, local.units, local.periods,
            )  # fmt: skip
        looked = local.looked if self.lead else np.empty((0, production_order.size))
        if self.lead:
            _remember(local.period, self.delay, local.told_interest, looked)
        _order_up_to(
            local.period, self.delay, local.units, local.periods, looked, self.conversion, exponential, local.coverage,
            self.safety_periods, self.safety_factor, local.inventory_position, production_order,
        )  # fmt: skip


@numba.njit(cache=True)
def _see_interest(
    period: Any, delay: Any, prior_units: Any, prior_periods: Any, forgetting: Any, seen: Any, units: Any, periods: Any
) -> None:
    """What was seen fades towards the prior, and the newest is added."""
    for row in range(units.size):
        if period >= delay[row]:
            units[row] += forgetting[row] * (prior_units[row] - units[row]) + seen[row]
            periods[row] += forgetting[row] * (prior_periods[row] - periods[row]) + 1.0


@numba.njit(cache=True)
def _remember(period: Any, delay: Any, seen: Any, looked: Any) -> None:
    """What was seen takes the place of what was seen a lead ago, which is bought by now."""
    for row in range(seen.size):
        if period >= delay[row]:
            looked[period % looked.shape[0], row] = seen[row]


@numba.njit(cache=True)
def _see_sales(
    period: Any, delay: Any, prior_units: Any, prior_periods: Any, forgetting: Any, sold: Any, left: Any,
    exponential: Any, units: Any, periods: Any,
) -> None:  # fmt: skip
    """The same, where what a shop sold that has nothing left may be less than was wanted.

    Of the demand to expect, that part is no news which only repeats the rate: of exponential demand (sold + rate is
    expected) the whole rate, of Poisson demand what `_beyond` says.
    """
    for row in range(units.size):
        if period >= delay[row]:
            seen, counted = max(0.0, sold[row]), 1.0
            if left[row] <= 0.0:
                counted = 0.0
                if not exponential:
                    rate = units[row] / periods[row]
                    seen, counted = _beyond(rate, seen)
                    seen += counted * rate
            units[row] += forgetting[row] * (prior_units[row] - units[row]) + seen
            periods[row] += forgetting[row] * (prior_periods[row] - periods[row]) + counted


@numba.njit(cache=True)
def _beyond(rate: Any, sold: Any) -> Any:
    """How far Poisson demand of at least what was sold lies beyond its rate, and what part of a period that is worth.

    The first is h = s P(D = s) / P(D >= s) = s / (1 + rate u) with u = 1/(s+1) + rate/((s+1)(s+2)) + ...; it falls by
    h (rate + h - s) / rate for a unit of rate, and so much of a unit is news, while the rest of it repeats the rate.
    """
    term = 1.0 / (sold + 1.0)
    series, count = term, sold + 1.0
    while 1e-17 * series < term < 1e200:
        count += 1.0
        term *= rate / count
        series += term
    chance = 1.0 / (1.0 + rate * series)
    return sold * chance, sold * chance * (1.0 - sold * series * chance)


@numba.njit(cache=True)
def _order_up_to(
    period: Any, delay: Any, units: Any, periods: Any, looked: Any, conversion: Any, exponential: Any, coverage: Any,
    safety_periods: Any, safety_factor: Any, inventory_position: Any, order: Any,
) -> None:  # fmt: skip
    """The demand foretold and its predictive variance over the coverage: that of demand, and that of its rate.

    What was seen `delay` + age periods ago is bought in lead - delay - age periods, binomially; where it is known, the
    rate tells only of the rest of the coverage.

    Poisson: the rate has the variance units / periods^2. Exponential: one over the mean is gamma with the shape
    periods + 1 and the rate units, so the mean has the expectation rate and the variance rate^2 / (periods - 1).
    """
    lead = looked.shape[0]
    for row in range(order.size):
        rate = conversion[row] * units[row] / periods[row]
        if exponential:
            of_rate = rate * rate / (periods[row] - 1.0)
            of_demand = rate * rate + of_rate
        else:
            of_rate = rate * conversion[row] / periods[row]
            of_demand = rate
        known, rest = 0.0, coverage[row]
        left = lead - int(delay[row])
        for age in range(left):
            if left - age <= coverage[row]:
                known += looked[(period - age) % lead, row]
                rest -= 1.0
        variance = rest * (of_demand + rest * of_rate) + known * conversion[row] * (1.0 - conversion[row])
        level = conversion[row] * known + rate * (rest + safety_periods[row])
        level += safety_factor[row] * np.sqrt(max(0.0, variance))
        order[row] = max(0.0, level - inventory_position[row])
