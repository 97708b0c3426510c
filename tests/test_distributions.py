"""Quantiles are the inverses they claim to be, moments are theirs, and bad parameters are named."""

import copy
import math
import pickle
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from supplynet.distributions import (
    Bernoulli,
    Discrete,
    Distribution,
    Exponential,
    Gamma,
    Geometric,
    NegativeBinomial,
    Normal,
    Poisson,
    Uniform,
)
from supplynet.randomness import stream_keys, uniforms

N = 100_000
MID = (np.arange(N) + 0.5) / N
few = settings(max_examples=30, deadline=None)
chances = st.floats(1e-6, 1 - 1e-6)
EACH = [
    Normal(10.0, 2.0),
    Normal(3.0, 5.0),
    Normal(-1.0, 2.0, -math.inf),
    Normal(4.0, 0.0),
    Poisson(0.0),
    Poisson(0.3),
    Poisson(40.0),
    NegativeBinomial(5.0, 4.0),
    NegativeBinomial(0.2, 0.9),
    Exponential(3.0),
    Exponential(0.0),
    Gamma(2.0, 1.1),
    Gamma(0.4, 0.6),
    Uniform(2.0, 7.0),
    Uniform(3.0, 3.0),
    Bernoulli(0.3),
    Bernoulli(0.0, 4.0),
    Bernoulli(1.0, 4.0),
    Geometric(0.25),
    Geometric(1.0),
    Discrete((5, 1, 2), (0.2, 0.5, 0.3)),
    Discrete((0.5, 9.0), (1.0, 0.0)),
]
UNCUT = [each for each in EACH if not (isinstance(each, Normal) and each.least == 0.0 and each.sd > 0)]
each = pytest.mark.parametrize("distribution", EACH, ids=repr)


def at(distribution, probability):
    return float(distribution.quantile(np.array([probability]))[0])


def luck(name):
    return uniforms(stream_keys(1, "test", [name]), range(N))[:, 0]


@pytest.mark.parametrize("distribution", UNCUT, ids=repr)
def test_the_average_and_spread_of_draws_are_the_stated_ones(distribution):
    drawn = distribution.quantile(luck(repr(distribution)))
    assert abs(drawn.mean() - distribution.mean) <= 4 * distribution.sd / math.sqrt(N) + 1e-12
    squares = (drawn - distribution.mean) ** 2
    assert abs(squares.mean() - distribution.sd**2) <= 4 * squares.std() / math.sqrt(N) + 1e-12


@each
@settings(few, max_examples=8)
@given(low=chances, high=chances)
def test_quantiles_rise_and_keep_any_shape(distribution, low, high):
    low, high = sorted((low, high))
    assert at(distribution, low) <= at(distribution, high)
    for shape in ((2, 3), (0,), (4, 0), (1, 1, 2)):
        drawn = distribution.quantile(np.full(shape, low))
        assert drawn.shape == shape and drawn.dtype == np.float64 and (drawn == at(distribution, low)).all()


@each
def test_path_is_quantile_and_leaves_its_argument_alone(distribution):
    uniform = MID[:60].reshape(20, 3)
    uniform.flags.writeable = False
    assert np.array_equal(distribution.path(uniform), distribution.quantile(uniform))
    assert distribution.uses_randomness and isinstance(distribution, Distribution)


@each
def test_a_draw_is_the_same_bit_for_bit_alone_and_among_others(distribution):
    uniform = luck("crowd")[:1001]
    together = distribution.quantile(uniform)
    alone = [at(distribution, u) for u in uniform[:100]]
    assert together[:100].tolist() == alone
    assert distribution.quantile(uniform[1::3]).tolist() == together[1::3].tolist()


@each
def test_whole_draws_are_integers_between_smallest_and_largest(distribution):
    uniform = luck("whole")
    whole = distribution.whole(uniform)
    assert whole.dtype == np.int64
    assert distribution.smallest() <= whole.min() and whole.max() <= distribution.largest()
    inside = (whole > 0) & (whole < distribution.largest())
    assert np.array_equal(whole[inside], np.rint(distribution.quantile(uniform))[inside])
    assert (distribution.quantile(uniform) > distribution.largest()).mean() <= 1e-4 + 4 * math.sqrt(1e-4 / N)
    assert distribution.smallest() >= distribution.whole(np.array([2.0**-53]))[0]
    assert distribution.largest(0.5) <= distribution.largest(0.99)


def test_smallest_and_largest_by_hand():
    assert (Uniform(0.6, 4.2).smallest(), Uniform(0.6, 4.2).largest(0.999999)) == (1, 5)
    assert (Geometric(0.5).smallest(), Geometric(0.5).largest(0.999)) == (1, 10)  # 1 - 2**-10 = 0.99902
    assert (Normal(3.0, 0.0).smallest(), Normal(3.0, 0.0).largest()) == (3, 3)
    assert (Normal(5.0, 1.0).smallest(), Normal(5.0, 1.0).largest()) == (0, 9)  # 5 + 3.72
    assert Normal(20.0, 1.0).smallest() == 12  # 20 - 8.2
    assert (Normal(-5.0, 1.0, -math.inf).smallest(), Normal(-5.0, 1.0, -math.inf).largest()) == (0, 0)
    nines = Discrete((9, 2, 4), (0.5, 0.0, 0.5))
    assert (nines.smallest(), nines.largest()) == (4, 9)


@few
@given(st.floats(0.01, 500), st.integers(0, 2**32))
def test_poisson_quantiles_are_scipys(mean, seed):
    uniform = np.random.default_rng(seed).random(200)
    assert np.array_equal(Poisson(mean).quantile(uniform), stats.poisson.ppf(uniform, mean))


@few
@given(st.floats(0.05, 300), st.floats(1.01, 30), st.integers(0, 2**32))
def test_negative_binomial_quantiles_are_scipys(mean, variance_ratio, seed):
    uniform = np.random.default_rng(seed).random(200)
    sd = math.sqrt(mean * variance_ratio)
    ours = NegativeBinomial(mean, sd).quantile(uniform)
    assert np.array_equal(ours, stats.nbinom.ppf(uniform, mean**2 / (sd**2 - mean), mean / sd**2))


@few
@given(st.floats(0.01, 1e7), chances, st.floats(1.5, 50))
def test_a_count_is_the_smallest_that_reaches_its_probability_whatever_the_mean(mean, probability, spread):
    count = at(Poisson(mean), probability)
    assert special.pdtr(count, mean) >= probability
    assert count == 0 or special.pdtr(count - 1, mean) < probability
    sd = spread * math.sqrt(mean)
    theory = stats.nbinom(mean**2 / (sd**2 - mean), mean / sd**2)
    count = at(NegativeBinomial(mean, sd), probability)
    assert theory.cdf(count) >= probability - 1e-9
    assert count == 0 or theory.cdf(count - 1) < probability + 1e-9


def test_a_table_and_a_bisection_give_the_same_counts():
    wide = NegativeBinomial(1e4, 1e4)
    uniform = luck("wide")[:20_000]
    span = at(wide, uniform.max()) - at(wide, uniform.min())
    assert 32 * 1000 < span / 2 and span < 32 * 20_000  # 1,000 numbers bisect, 20,000 use a table
    assert np.array_equal(wide.quantile(uniform[:1000]), wide.quantile(uniform)[:1000])


@pytest.mark.parametrize("distribution", [Poisson(8.0), Poisson(1e6), NegativeBinomial(50.0, 40.0)], ids=repr)
def test_many_counts_are_fast(distribution):
    uniform = luck("speed")
    distribution.quantile(uniform)
    start = time.perf_counter()
    distribution.quantile(uniform)
    assert time.perf_counter() - start < 0.1  # 10 ms at most on an idle core


@few
@given(chances)
def test_continuous_and_geometric_quantiles_are_scipys(u):
    assert at(Exponential(3.0), u) == pytest.approx(stats.expon.ppf(u, scale=3.0), rel=1e-12)
    assert at(Normal(3.0, 2.0, -math.inf), u) == pytest.approx(stats.norm.ppf(u, 3, 2), rel=1e-9, abs=1e-12)
    assert at(Uniform(2.0, 7.0), u) == pytest.approx(2.0 + 5.0 * u, rel=1e-12)
    assert at(Geometric(0.25), u) == stats.geom.ppf(u, 0.25)


def test_a_cut_normal_averages_what_its_docstring_says():
    for mean, sd, least in ((10.0, 10.0, 0.0), (3.0, 5.0, 1.0), (9.0, 3.0, 0.0)):
        gap = mean - least
        expected = least + gap * stats.norm.cdf(gap / sd) + sd * stats.norm.pdf(gap / sd)
        drawn = Normal(mean, sd, least).quantile(luck(f"cut {mean}"))
        assert drawn.min() >= least and Normal(mean, sd, least).mean == mean
        assert abs(drawn.mean() - expected) < 4 * drawn.std() / math.sqrt(N)
    assert stats.norm.cdf(1) + stats.norm.pdf(1) == pytest.approx(1.08, abs=0.005)
    assert stats.norm.cdf(3) + stats.norm.pdf(3) / 3 == pytest.approx(1.0001, abs=0.00005)


def test_discrete_values_come_in_order_of_value_with_their_probabilities():
    uniform = np.array([1e-9, 0.499, 0.501, 0.799, 0.801, 1 - 1e-12])
    assert Discrete((5, 1, 2), (0.2, 0.5, 0.3)).quantile(uniform).tolist() == [1, 1, 2, 2, 5, 5]
    tenths = Discrete(range(11), [0.1] * 10 + [0.0])  # ten tenths sum to less than 1 in floating point
    assert at(tenths, 1 - 2.0**-53) == 9


@each
def test_scaled_parameters_scale_the_draws(distribution):
    scaled = {
        Normal: lambda d: Normal(4 * d.mean, 4 * d.sd, 4 * d.least),
        Exponential: lambda d: Exponential(4 * d.mean),
        Gamma: lambda d: Gamma(4 * d.mean, 4 * d.sd),
        Uniform: lambda d: Uniform(4 * d.low, 4 * d.high),
        Bernoulli: lambda d: Bernoulli(d.probability, 4 * d.size),
        Discrete: lambda d: Discrete([4 * v for v in d.values], d.probabilities),
    }
    if type(distribution) in scaled:  # counts have no unit to scale
        larger = scaled[type(distribution)](distribution)
        assert np.array_equal(larger.quantile(MID), 4 * distribution.quantile(MID))


@each
def test_a_distribution_is_a_value(distribution):
    assert eval(repr(distribution)) == distribution == pickle.loads(pickle.dumps(distribution))
    assert hash(copy.deepcopy(distribution)) == hash(distribution)
    assert not hasattr(distribution, "__dict__")
    with pytest.raises(AttributeError):
        setattr(distribution, fields(distribution)[0].name, 1.0)
    assert distribution != Poisson(99.0)


def test_numpy_and_whole_numbers_become_plain_floats():
    assert repr(Normal(np.float32(2), np.int64(1))) == "Normal(mean=2.0, sd=1.0, least=0.0)"
    assert Discrete([1, 2], np.array([0.5, 0.5])) == Discrete((1.0, 2.0), (0.5, 0.5))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(1.0, -1.0), r"^Normal: sd is -1.0, must be a finite number >= 0; "),
        (lambda: Normal(math.nan, 1.0), r"^Normal: mean is nan, must be a finite number; "),
        (lambda: Normal("3", 1.0), r"^Normal: mean is '3', must be a finite number; "),
        (lambda: Normal(1.0, 1.0, math.nan), r"^Normal: least is nan, must be a number, or -inf for no cut; "),
        (lambda: Normal(1.0, 1.0, math.inf), r"^Normal: least is inf"),
        (lambda: Poisson(-1), r"^Poisson: mean is -1, must be a finite number >= 0; "),
        (lambda: Poisson(math.inf), r"^Poisson: mean is inf"),
        (lambda: NegativeBinomial(0.0, 1.0), r"^NegativeBinomial: mean is 0.0, must be a finite number > 0; "),
        (lambda: NegativeBinomial(4.0, 2.0), r"sd is 2.0, must be > 2, .*or use Poisson\(4.0\)"),
        (lambda: Exponential(-2.0), r"^Exponential: mean is -2.0"),
        (lambda: Uniform(3.0, 2.0), r"^Uniform: high is 2.0, must be >= low, 3.0; swap"),
        (lambda: Uniform(-1.0, 2.0), r"^Uniform: low is -1.0"),
        (lambda: Bernoulli(30), r"^Bernoulli: probability is 30, must be .* <= 1; give a share, not a"),
        (lambda: Bernoulli(0.5, -1.0), r"^Bernoulli: size is -1.0"),
        (lambda: Geometric(0.0), r"^Geometric: probability is 0.0, must be a number > 0 and <= 1; "),
        (lambda: Discrete((1, -2), (0.5, 0.5)), r"^Discrete: values\[1\] is -2"),
        (lambda: Discrete((1, 2), (0.5, 0.6)), r"^Discrete: sum of probabilities is 1.1, must be 1; "),
        (lambda: Discrete((1, 2), (1.0,)), r"^Discrete: length of probabilities is 1, not 2; "),
        (lambda: Discrete((), ()), r"^Discrete: sum of probabilities is 0"),
        (lambda: Normal(3.0, 1.0).largest(1.0), r"cut is 1.0, must be a number > 0 and < 1; "),
        (lambda: Poisson(3.0).quantile(np.array([0.5, 1.5])), r"uniform spans 0.5 to 1.5, must be inside"),
        (lambda: Poisson(3.0).quantile(np.array([0.5, math.nan])), r"uniform spans nan"),
    ],
)
def test_bad_parameters_are_named_with_rule_and_cure(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_importing_the_file_imports_no_scipy():
    code = "import sys, supplynet.distributions; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
