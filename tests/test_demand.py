"""Processes say what happens in time: by hand, by theory, and causally."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplynet.demand import AR1, Constant, FromFunction, Process, Seasonal, Step, Trace, as_process
from supplynet.distributions import NegativeBinomial, Normal, Poisson, Uniform
from supplynet.processes.price_response import PriceResponse
from supplynet.processes.season import SellingSeason
from supplynet.randomness import stream_keys, uniforms

inf = math.inf
few = settings(max_examples=30, deadline=None)


def rising(period):
    return 2.0 * period + 1.0


EACH = [
    Constant(4.0),
    Step(4.0, 8.0, 5),
    Trace((3.0, 1.0, 2.0)),
    Trace((3.0, 1.0, 2.0), repeat=True),
    AR1(10.0, 3.0, 0.6),
    AR1(0.0, 1.0, -0.9, -inf),
    Seasonal(Constant(10.0), 0.5, 12.0, 3.0),
    Seasonal(AR1(10.0, 3.0, 0.6), 0.2, 7.0),
    Seasonal(Normal(5.0, 2.0), 1.0, 4.5, -1.0),
    FromFunction(rising),
    Normal(5.0, 2.0),
    Poisson(6.0),
    NegativeBinomial(6.0, 5.0),
    SellingSeason(300.0, 0.6, 3, 12),
    SellingSeason(90.0, 0.0, 1, 50, 1.0, 0.5, Step(1.0, 2.0, 9), "coat"),
    PriceResponse(Trace((8.0, 8.0, 4.0)), 1.5),
    PriceResponse(Uniform(1.0, 2.0), 2.0),
]
each = pytest.mark.parametrize("process", EACH, ids=lambda process: type(process).__name__)


def luck(periods, rows=3):
    return uniforms(stream_keys(1, "demand", [f"row {i}" for i in range(rows)]), range(periods))


def first_row(process, periods):
    return process.path(luck(periods))[:, 0].tolist()


@each
def test_every_process_keeps_the_shape_and_its_argument_and_is_a_process(process):
    uniform = luck(20)
    uniform.flags.writeable = False
    values = process.path(uniform)
    assert values.shape == (20, 3) and values.dtype == np.float64 and np.isfinite(values).all()
    assert process.path(luck(0)).shape == (0, 3) and process.path(luck(4, rows=0)).shape == (4, 0)
    assert isinstance(process, Process) and as_process(process) is process


@each
@settings(few, max_examples=8)
@given(short=st.integers(0, 30), more=st.integers(0, 30))
def test_a_longer_horizon_extends_a_shorter_one(process, short, more):
    uniform = luck(short + more)
    assert np.array_equal(process.path(uniform[:short]), process.path(uniform)[:short])


@each
def test_a_row_among_others_equals_the_row_alone_bit_for_bit(process):
    uniform = luck(40, rows=37)
    together = process.path(uniform)
    for row in (0, 5, 36):
        assert np.array_equal(process.path(uniform[:, [row]])[:, 0], together[:, row])


@each
def test_uses_randomness_tells_whether_the_numbers_matter(process):
    uniform = luck(20)
    changed = not np.array_equal(process.path(uniform), process.path(1.0 - uniform))
    assert changed == process.uses_randomness


@each
def test_a_process_is_a_value(process):
    assert eval(repr(process)) == process if not isinstance(process, FromFunction) else True
    assert pickle.loads(pickle.dumps(process)) == process
    assert hash(pickle.loads(pickle.dumps(process))) == hash(process)
    assert len({*EACH, process}) == len(EACH)


def test_constant_step_trace_and_function_by_hand():
    assert first_row(Constant(4), 3) == [4.0, 4.0, 4.0]
    assert first_row(Step(4, 8, 2), 4) == [4.0, 4.0, 8.0, 8.0]
    assert first_row(Step(4, 8, 0), 2) == [8.0, 8.0]
    assert first_row(Trace((3, 1, 2)), 5) == [3.0, 1.0, 2.0, 2.0, 2.0]
    assert first_row(Trace((3, 1, 2), repeat=True), 5) == [3.0, 1.0, 2.0, 3.0, 1.0]
    assert first_row(Trace((3, 1, 2)), 2) == [3.0, 1.0]
    assert first_row(FromFunction(rising), 3) == [1.0, 3.0, 5.0]


def test_the_mean_is_the_normal_state_before_anything_happens():
    assert Constant(4).mean == 4.0
    assert Step(4, 8, 5).mean == 4.0
    assert Trace((3, 1, 2)).mean == 3.0
    assert AR1(10, 3, 0.5).mean == 10.0
    assert Seasonal(Poisson(6), 0.3, 12).mean == 6.0
    assert FromFunction(rising).mean == 1.0


def test_a_season_swings_by_its_amplitude_and_returns_exactly():
    values = np.array(first_row(Seasonal(Constant(10.0), 0.5, 12.0), 36))
    assert values[[0, 3, 6, 9]] == pytest.approx([10.0, 15.0, 10.0, 5.0], abs=1e-12)
    assert np.array_equal(values[:12], values[24:])
    assert first_row(Seasonal(Constant(10.0), 0.5, 12.0, 3.0), 12) == [*values[3:12], *values[:3]]
    assert Seasonal(Normal(5.0, 2.0), 0.5, 4.0).path(luck(9))[::2] == pytest.approx(Normal(5.0, 2.0).path(luck(9))[::2])
    assert Seasonal(7, 0.5, 4) == Seasonal(Constant(7.0), 0.5, 4)


@pytest.mark.parametrize("correlation", [-0.7, 0.0, 0.5, 0.9])
def test_ar1_has_its_mean_spread_and_correlation_from_the_first_period_on(correlation):
    rows = 20_000
    values = AR1(10.0, 3.0, correlation, -inf).path(luck(9, rows=rows))
    error = 1.0 / math.sqrt(rows)  # rows are independent, so standard errors over them are textbook ones
    for t in (0, 1, 8):
        assert abs(values[t].mean() - 10.0) < 4 * 3.0 * error
        assert abs(values[t].var() - 9.0) < 4 * 9.0 * math.sqrt(2) * error
    for lag in (1, 2, 5):
        expected = correlation**lag
        assert abs(np.corrcoef(values[0], values[lag])[0, 1] - expected) < 4 * (1 - expected**2) * error
        assert abs(np.corrcoef(values[3], values[3 + min(lag, 5)])[0, 1] - expected) < 4 * error


def test_ar1_without_correlation_or_spread_is_what_it_should_be():
    uniform = luck(50)
    assert np.array_equal(AR1(10.0, 3.0, 0.0).path(uniform), Normal(10.0, 3.0).path(uniform))
    assert (AR1(10.0, 0.0, 0.5).path(uniform) == 10.0).all()


def test_ar1_is_cut_in_what_it_shows_not_in_what_it_remembers():
    free, cut = (AR1(1.0, 3.0, 0.8, least).path(luck(60)) for least in (-inf, 0.0))
    assert free.min() < 0.0
    assert np.array_equal(cut, np.maximum(free, 0.0))


@few
@given(st.sampled_from([0.25, 2.0, 1024.0]))
def test_scaled_parameters_scale_the_path(k):
    pairs = [
        (Constant(3.0), Constant(3.0 * k)),
        (Step(1.0, 3.0, 4), Step(k, 3.0 * k, 4)),
        (Trace((1.0, 3.0)), Trace((k, 3.0 * k))),
        (AR1(9.0, 3.0, 0.5), AR1(9.0 * k, 3.0 * k, 0.5)),
        (Seasonal(Normal(9.0, 3.0), 0.5, 7.0), Seasonal(Normal(9.0 * k, 3.0 * k), 0.5, 7.0)),
    ]
    for small, large in pairs:
        assert np.array_equal(large.path(luck(12)), k * small.path(luck(12)))
        assert large.mean == k * small.mean


def test_as_process_reads_what_a_planner_writes():
    assert as_process(4) == as_process(np.float64(4)) == Constant(4.0)
    for written in ([1, 2], (1, 2), range(1, 3), np.array([1, 2]), pd.Series([1.0, 2.0], index=[7, 9])):
        assert as_process(written) == Trace((1.0, 2.0))
    assert as_process(rising) == FromFunction(rising)


@pytest.mark.parametrize("value", ["ten", None, {"mean": 3}, b"1", Poisson])
def test_anything_else_is_no_process_and_the_error_says_what_is(value):
    with pytest.raises(TypeError, match=r"must be .*; (give|write) "):
        as_process(value)


def nan_in_period_2(period):
    return math.nan if period == 2 else 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant(-1.0), r"^Constant: quantity is -1.0, must be a finite number >= 0; "),
        (lambda: Constant(inf), r"^Constant: quantity is inf"),
        (lambda: Step(1.0, math.nan, 3), r"^Step: after is nan"),
        (lambda: Step(1.0, 2.0, -3), r"^Step: period is -3, must be a whole number >= 0; "),
        (lambda: Step(1.0, 2.0, 2.5), r"^Step: period is 2.5, must be a whole number >= 0; "),
        (lambda: Trace((1.0, -2.0)), r"^Trace: quantities\[1\] is -2.0, must be a finite number >= 0; "),
        (lambda: Trace((1.0, 2.0, math.nan)), r"^Trace: quantities\[2\] is nan"),
        (lambda: Trace(()), r"^Trace: quantities has shape \(0,\)"),
        (lambda: as_process(np.ones((2, 2))), r"^Trace: quantities has shape \(2, 2\).*one Trace per node"),
        (lambda: AR1(10.0, 1.0, 1.0), r"^AR1: correlation is 1.0, must be a number > -1 and < 1; "),
        (lambda: AR1(10.0, -1.0, 0.5), r"^AR1: sd is -1.0"),
        (lambda: AR1(10.0, 1.0, 0.5, math.nan), r"^AR1: least is nan"),
        (lambda: Seasonal(Constant(1.0), 1.5, 12), r"^Seasonal: amplitude is 1.5"),
        (lambda: Seasonal(Constant(1.0), 0.5, 0), r"^Seasonal: season is 0, must be a finite number > 0; "),
        (lambda: FromFunction(nan_in_period_2).path(luck(4)), r"^FromFunction: the value in period 2 is nan"),
    ],
)
def test_bad_input_is_named_with_rule_and_cure(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_function_must_be_one():
    with pytest.raises(TypeError, match="FromFunction: function is 3, must be callable; "):
        FromFunction(3)
