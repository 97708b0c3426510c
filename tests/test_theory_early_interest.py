"""What it is worth to know who looks before they buy: how fast a rate is learned, and what is left to guard against.

The theory is derived here, from the thinning of Poisson processes (Kingman, 1993) and the gamma-Poisson posterior.
"""

import numpy as np
import pytest
from test_theory_inference import inferred
from test_theory_inventory import assert_mean

from supplynet.distributions import Poisson
from supplynet.policies.ordering import DemandInference
from supplynet.processes.interest import EarlyInterest
from supplynet.processes.unknown_rate import UnknownRate

RUNS = 3000
LATER = 40


@pytest.mark.parametrize("infer_from", ["interest", "sales"])
@pytest.mark.parametrize(
    ("units", "known", "conversion", "seen"), [(2.0, 0.1, 0.25, 4), (1.0, 0.05, 0.5, 3), (6.0, 1.0, 0.2, 1)]
)
def test_looks_of_n_periods_tell_what_sales_tell_in_n_over_conversion(units, known, conversion, seen, infer_from):
    # Of lookers at a rate that is gamma (a, b), a part c buy. After n periods of looks the rate of buying is c sqrt(a /
    # (b (b + n))) off; that rate is gamma (a, b / c), and after m of sales c sqrt(a / (b (b + c m))) off. It shows
    # itself in later sales, whose mean over k periods adds its own variance, the mean rate over k.
    def theory(seen):
        return conversion**2 * units / (known * (known + seen)) + conversion * units / known / LATER

    demand = EarlyInterest(UnknownRate(units, known), conversion, 0)
    if infer_from == "interest":
        rule, last = DemandInference(units, known, delay=0, conversion=conversion), seen - 1
    else:  # what is sold in a period is told in the next
        rule, last = DemandInference(units, known / conversion, "sales", delay=1), round(seen / conversion)
    wanted, _, _, level = inferred(demand, rule, periods=last + 1 + LATER, runs=RUNS)
    error = level[:, last] - wanted[:, last + 1 :].mean(axis=1)
    assert_mean(error**2, theory(seen), wrong=[theory(conversion * seen), theory(seen / conversion)])
    assert_mean(error, 0.0)


@pytest.mark.parametrize(("coverage", "lead", "conversion"), [(3, 2, 0.3), (4, 4, 0.6), (2, 5, 1.0), (5, 1, 0.9)])
def test_of_a_known_rate_only_those_who_did_not_show_are_left_to_guard_against(coverage, lead, conversion):
    # Those who look later, of K periods fewer: l (C - K); of those who looked, who of them buys: l (1 - c) K. In all
    # l (C - c K), K = min(lead, C): a safety stock is sqrt(1 - c K / C) of what it was, none where all is known.
    rate, trusted, known = 20.0, 1e7, min(lead, coverage)
    shared = {"prior_units": rate * trusted, "prior_periods": trusted, "delay": 0, "conversion": conversion}
    rules = [DemandInference(**shared, safety_factor=factor, lead=lead) for factor in (0.0, 1.0)]
    rules += [DemandInference(**shared)]
    start = lead + 1
    demand, _, _, told, safe, blind = inferred(
        EarlyInterest(Poisson(rate), conversion, lead), *rules, lead=coverage, periods=start + 1 + coverage,
        runs=2 * RUNS,
    )  # fmt: skip
    comes = demand[:, start + 1 :].sum(axis=1)
    left = rate * conversion * (coverage - conversion * known)
    if left > 0.0:
        assert_mean((comes - told[:, start]) ** 2, left, wrong=[rate * conversion * coverage])
        assert_mean((safe - told)[:, start] ** 2, left)
        assert_mean(comes - told[:, start], 0.0)
    else:
        assert np.array_equal(told[:, start], comes) and np.array_equal(safe[:, start], comes)
    assert_mean((comes - blind[:, start]) ** 2, rate * conversion * coverage, wrong=[left])


@pytest.mark.parametrize(("conversion", "lead"), [(0.3, 2), (0.7, 4)])
@pytest.mark.parametrize("seen", [1, 3, 8])
def test_of_an_unknown_rate_a_standard_deviation_of_safety_is_that_of_the_demand_that_comes(conversion, lead, seen):
    # From the first period on: before it interest was at its mean, which is what the rule supposes of it.
    units, known, coverage = 3.0, 0.25, 3
    shared = {"prior_units": units, "prior_periods": known, "delay": 0, "conversion": conversion, "lead": lead}
    rules = [DemandInference(**shared, safety_factor=factor) for factor in (0.0, 1.0)]
    demand, _, _, told, safe = inferred(
        EarlyInterest(UnknownRate(units, known), conversion, lead), *rules, lead=coverage, periods=seen + coverage,
        runs=2 * RUNS,
    )  # fmt: skip
    error = demand[:, seen:].sum(axis=1) - told[:, seen - 1]
    spread = (safe - told)[:, seen - 1]
    assert_mean(error, 0.0)
    assert_mean(error**2 - spread**2, 0.0, wrong=[np.mean(told[:, seen - 1] - spread**2)])
