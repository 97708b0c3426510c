"""Interruptions against theory: the share of good periods, from the first one on, and how long the bad ones last."""

import math
from itertools import pairwise

import numpy as np
import pytest

from supplynet.distributions import Discrete, Geometric, Poisson
from supplynet.processes.outages import Interruptions
from supplynet.randomness import stream_keys, uniforms

RUNS, PERIODS = 400, 500
DURATIONS = {
    "a number": (3.0, {3: 1.0}),
    "two lengths": (Discrete((1, 8), (0.75, 0.25)), {1: 0.75, 8: 0.25}),
    "geometric": (Geometric(0.25), {n: 0.25 * 0.75 ** (n - 1) for n in range(1, 200)}),
    "none is a period": (Poisson(1.0), {max(1, n): 0.0 for n in range(20)}),
}
DURATIONS["none is a period"][1].update(
    {n: math.exp(-1.0) * (2.0 if n == 1 else 1.0 / math.factorial(n)) for n in range(1, 20)}
)


def luck(periods=PERIODS, runs=RUNS):
    return uniforms(stream_keys(5, "capacity", [f"run {run}" for run in range(runs)]), range(periods))


@pytest.mark.parametrize("rate", [0.01, 0.2, 1.5])
@pytest.mark.parametrize("name", DURATIONS)
def test_good_periods_are_as_many_as_an_idle_queue_of_endless_servers_has(name, rate):
    # M/G/infinity: of those that began j periods ago none lasts longer with the probability exp(-rate P(duration > j)).
    duration, chances = DURATIONS[name]
    well = Interruptions(7.0, rate, duration).path(luck()) == 7.0
    mean = sum(length * chance for length, chance in chances.items())
    late = well[200:].mean(axis=0)
    error = late.std(ddof=1) / math.sqrt(RUNS)
    assert abs(late.mean() - math.exp(-rate * mean)) < 4.0 * error
    for period in (0, 1, 2, 5, 12):
        at_most = sum(min(length, period + 1) * chance for length, chance in chances.items())
        expected = math.exp(-rate * at_most)
        assert abs(well[period].mean() - expected) < 4.0 * math.sqrt(expected * (1.0 - expected) / RUNS)


def test_a_good_period_is_followed_by_a_bad_one_just_where_an_interruption_begins():
    well = Interruptions(1.0, 0.1, Geometric(0.5)).path(luck()) == 1.0
    after = well[1:][well[:-1]]
    chance = math.exp(-0.1)
    assert abs(after.mean() - chance) < 4.0 * math.sqrt(chance * (1.0 - chance) / after.size)


def test_interruptions_that_overlap_last_until_all_are_over():
    # A number below 1 - exp(-.5) = .393 begins one of 3 periods: in periods 1, 2 and 7, so 1 to 4 and 7 to 9 are bad.
    uniform = np.array([0.9, 0.1, 0.39, 0.4, 0.5, 0.6, 0.7, 0.2, 0.9, 0.8, 0.9])[:, None]
    path = Interruptions(8.0, 0.5, 3, left=0.25).path(uniform)
    assert path[:, 0].tolist() == [8, 2, 2, 2, 2, 8, 8, 2, 2, 2, 8]


def test_the_longest_of_those_that_begin_together_is_read_off_one_number():
    # Of 1 or 5 periods, half each: at most 1 with exp(-.8 / 2) = .670, so a number below .330 is 5, to .551 it is 1.
    path = Interruptions(1.0, 0.8, Discrete((1, 5), (0.5, 0.5))).path
    for number, bad in ((0.329, 5), (0.331, 1), (0.55, 1), (0.552, 0), (2.0**-53, 5)):
        assert (path(np.array([number, *[0.99] * 9])[:, None]) == 0.0).sum() == bad


def test_more_interruptions_or_longer_ones_never_make_a_period_better():
    often = [Interruptions(1.0, rate, Geometric(0.3)).path(luck()) for rate in (0.0, 0.02, 0.1)]
    longer = [Interruptions(1.0, 0.05, Geometric(chance)).path(luck()) for chance in (0.9, 0.3)]
    for better, worse in (*pairwise(often), longer):
        assert (better >= worse).all() and better.sum() > worse.sum()
    assert (often[0] == 1.0).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((1.0, -0.1, 3.0), "Interruptions: rate is -0.1, must be a finite number >= 0"),
        ((1.0, 0.1, 0.5), "Interruptions: duration is 0.5, must be a number >= 1 and <= 100,000 of periods, or a dist"),
        ((1.0, 0.1, "long"), "Interruptions: duration is 'long', must be a number"),
        ((1.0, 0.1, 3.0, 30.0), "Interruptions: left is 30.0, must be a number >= 0 and <= 1; give a share"),
    ],
)
def test_interruptions_that_cannot_be_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        Interruptions(*given)
