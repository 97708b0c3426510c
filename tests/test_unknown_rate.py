"""A rate that nobody knows beforehand: what is counted, what the first count tells, and whose rate it is."""

import numpy as np
import pytest
from scipy.stats import nbinom
from shapes import shop
from test_theory_inventory import assert_mean

from supplynet import replicate, run
from supplynet.processes.unknown_rate import UnknownRate

CASES = [(1.5, 0.25), (4.0, 2.0), (0.5, 0.1)]


def counted(units, periods, *, length=3, rows=40_000):
    """Counts [period, row] of many rows, from numbers of 26 bits, which is what EarlyInterest leaves to a process."""
    luck = np.random.default_rng(5).random((length, rows))
    return UnknownRate(units, periods).path((np.floor(luck * 2.0**26) + 0.5) / 2.0**26)


@pytest.mark.parametrize(("units", "periods"), CASES)
def test_each_count_is_negative_binomial_and_two_of_a_row_share_a_rate(units, periods):
    counts = counted(units, periods)
    mean, variance = units / periods, units / periods**2  # of the rate
    law = nbinom(units, periods / (periods + 1.0))
    for own in counts:
        assert_mean(own, mean)
        assert_mean((own - mean) ** 2, mean + variance, wrong=[mean])
        for few in (0.0, 1.0, 3.0):
            assert_mean(1.0 * (own == few), law.pmf(few))
    for one, two in ((0, 1), (0, 2), (1, 2)):
        assert_mean((counts[one] - mean) * (counts[two] - mean), variance, wrong=[0.0, mean + variance])
        assert_mean((counts[one] - counts[two]) ** 2, 2.0 * mean, wrong=[2.0 * (mean + variance)])


@pytest.mark.parametrize(("units", "periods"), CASES)
def test_what_the_first_count_foretells_of_the_rate_is_the_gamma_posterior(units, periods):
    first, second, third = counted(units, periods)
    foretold = (units + first) / (periods + 1.0)
    for weight in (np.ones(first.size), first, 1.0 * (first == 0.0)):
        assert_mean(weight * (second - foretold), 0.0)
    spread = (second - foretold) * (third - foretold)  # both have the rate in common: its variance, given the first
    assert_mean(spread - foretold / (periods + 1.0), 0.0, wrong=[np.mean(-foretold / (periods + 1.0))])


def test_a_longer_horizon_extends_a_shorter_one_and_rows_do_not_matter_to_each_other():
    luck = np.random.default_rng(6).random((9, 7))
    process = UnknownRate(2.0, 0.1)
    whole = process.path(luck)
    assert np.array_equal(process.path(luck[:4]), whole[:4])
    assert np.array_equal(process.path(luck[:, 2:3]), whole[:, 2:3])
    assert process.path(luck[:0]).shape == (0, 7)
    assert process.mean == 20.0


def test_the_numbers_at_either_end_give_numbers():
    ends = np.array([[2.0**-53, 1.0 - 2.0**-53]] * 2)
    for units, periods in CASES:
        counts = UnknownRate(units, periods).path(ends)
        assert np.isfinite(counts).all() and (counts >= 0.0).all() and counts[0, 1] > 5.0 * units / periods


def test_each_node_and_each_replication_has_a_rate_of_its_own_in_any_company():
    scenario = shop(demand=UnknownRate(1.0, 0.01), periods=40)
    means = replicate(scenario, 6, block=4)["mean_demand"]
    assert means.tolist() == [run(scenario, replication=at).outcomes["mean_demand"] for at in range(6)]
    assert means.std() > 30.0  # Poisson counts of one common rate of 100 would differ by 10 / sqrt(40)


@pytest.mark.parametrize(("given", "message"), [((0.0, 1.0), "units is 0.0"), ((1.0, -2.0), "periods is -2.0")])
def test_a_rate_that_cannot_be_is_refused(given, message):
    with pytest.raises(ValueError, match=f"UnknownRate: {message}, must be a finite number > 0"):
        UnknownRate(*given)
