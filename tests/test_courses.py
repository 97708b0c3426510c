"""Decay and outages: what loses value steadily, and what works or does not."""

import math

import numpy as np
import pytest

from supplynet.demand import Process, as_process
from supplynet.processes.decay import Decay
from supplynet.processes.outages import Interruptions, Outages
from supplynet.randomness import stream_keys, uniforms

PERIODS = 4000


def luck(periods, rows=3):
    return uniforms(stream_keys(1, "capacity", [f"row {i}" for i in range(rows)]), range(periods))


def test_a_decay_loses_the_same_part_every_period():
    assert Decay(800.0, 0.25).path(luck(4))[:, 0].tolist() == [800.0, 600.0, 450.0, 337.5]
    weekly = Decay(1.0, 1.0 - 0.99 ** (1 / 7)).path(luck(365))[:, 0]
    np.testing.assert_allclose(weekly[7::7], 0.99 ** np.arange(1, 53), rtol=1e-12)
    assert (Decay(5.0, 0.0).path(luck(9)) == 5.0).all() and Decay(5.0, 1.0).path(luck(3))[:, 1].tolist() == [5, 0, 0]
    assert Decay(5.0, 0.1).mean == 5.0 and not Decay.uses_randomness


@pytest.mark.parametrize("process", [Decay(5.0, 0.01), Outages(7.0, 0.05, 0.3), Interruptions(7.0, 0.1, 3.0)], ids=repr)
def test_a_longer_horizon_extends_a_shorter_one_and_rows_do_not_meet(process):
    uniform = luck(60, rows=9)
    together = process.path(uniform)
    assert np.array_equal(process.path(uniform[:25]), together[:25])
    assert np.array_equal(process.path(uniform[:, [4]])[:, 0], together[:, 4])
    assert process.path(luck(0)).shape == (0, 3) and isinstance(process, Process) and as_process(process) is process


@pytest.mark.parametrize(("fails", "mends"), [(0.02, 0.2), (0.1, 0.5), (0.4, 0.9)])
def test_outages_come_and_go_as_a_markov_chain_of_two_states(fails, mends):
    # The share of good periods is mends / (fails + mends); given where one is, the next period is one coin.
    works = Outages(7.0, fails, mends).path(luck(PERIODS, rows=50)) == 7.0
    of_runs = works.mean(axis=0)
    assert abs(of_runs.mean() - mends / (fails + mends)) < 4.0 * of_runs.std(ddof=1) / math.sqrt(50)
    first = works[0]
    assert abs(first.mean() - mends / (fails + mends)) < 4.0 * math.sqrt(0.25 / 50)
    for state, chance in ((True, 1.0 - fails), (False, mends)):
        after = works[1:][works[:-1] == state]
        assert abs(after.mean() - chance) < 4.0 * math.sqrt(chance * (1.0 - chance) / after.size)


@pytest.mark.parametrize(("fails", "mends"), [(0.1, 0.3), (0.7, 0.8), (1.0, 1.0)])
def test_outages_follow_their_luck_period_by_period(fails, mends):
    uniform, works = luck(200), Outages(1.0, fails, mends).path(luck(200)) == 1.0
    for row in range(3):
        state = bool(uniform[0, row] >= fails / (fails + mends))
        for period in range(1, 200):
            assert works[period - 1, row] == state
            state = bool(uniform[period, row] >= (fails if state else 1.0 - mends))


def test_better_luck_never_brings_more_outages():
    rare, often = (Outages(1.0, fails, 0.3).path(luck(500)) for fails in (0.05, 0.2))
    assert (rare >= often).all() and rare.sum() > often.sum()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Decay(-1.0, 0.1), "Decay: start is -1.0, must be a finite number >= 0"),
        (lambda: Decay(1.0, 1.1), "Decay: loss is 1.1, must be a number >= 0 and <= 1"),
        (lambda: Outages(1.0, 0.0, 0.1), "Outages: fails is 0.0, must be a number > 0 and <= 1"),
        (lambda: Outages(1.0, 0.1, 2.0), "Outages: mends is 2.0, must be a number > 0 and <= 1"),
    ],
)
def test_a_course_that_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
