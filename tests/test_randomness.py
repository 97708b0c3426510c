"""Every number is a function of (seed, replication, purpose, name, period), and looks like luck."""

import time
import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supplynet.randomness import replicate, stream_keys, uniforms

N = 100_000
names = st.text(max_size=8)
few = settings(max_examples=25, deadline=None)


def draw(*, seed=1, purpose="demand", name="shop", replication=0, n=N):
    return uniforms(replicate(stream_keys(seed, purpose, [name]), replication), range(n))[:, 0]


def scalar_splitmix64(key, period):
    """The published recursion, in Python's unbounded integers."""
    mask = 2**64 - 1
    z = (key + (period + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def test_the_bits_are_splitmix64s_published_ones():
    # First outputs of SplitMix64 seeded with 1234567, as in Rosetta Code and Java's SplittableRandom.
    assert [scalar_splitmix64(1234567, t) for t in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@few
@given(st.integers(0, 2**64 - 1), st.lists(st.integers(0, 2**40), min_size=1, max_size=5))
def test_uniforms_are_the_leading_bits_of_splitmix64(key, periods):
    expected = [((scalar_splitmix64(key, t) >> 12) + 0.5) / 2**52 for t in periods]
    assert uniforms(np.array([key], dtype=np.uint64), periods)[:, 0].tolist() == expected


def test_the_extreme_bits_stay_inside_the_open_interval():
    assert (2**52 - 1 + 0.5) / 2**52 == 1.0 - 2.0**-53 < 1.0
    drawn = uniforms(stream_keys(0, "demand", [str(i) for i in range(1000)]), range(1000))
    assert drawn.shape == (1000, 1000) and 0.0 < drawn.min() and drawn.max() < 1.0


@few
@given(st.integers(0, 10**9), st.lists(names, min_size=1, max_size=6), st.integers(0, 40), st.integers(0, 40))
def test_a_longer_horizon_extends_a_shorter_one_and_any_part_can_be_drawn_alone(seed, named, short, more):
    keys = stream_keys(seed, "demand", named)
    whole = uniforms(keys, range(short + more))
    assert np.array_equal(uniforms(keys, range(short)), whole[:short])
    assert np.array_equal(uniforms(keys, range(short, short + more)), whole[short:])
    assert np.array_equal(uniforms(keys, np.arange(short + more)[::-1]), whole[::-1])


@few
@given(st.lists(names, min_size=1, max_size=6, unique=True), names, st.integers(0, 9), st.randoms())
def test_adding_or_shuffling_names_changes_nobodys_luck(named, stranger, replication, shuffler):
    alone = {name: draw(name=name, replication=replication, n=5).tolist() for name in named}
    crowd = [*named, stranger]
    shuffler.shuffle(crowd)
    together = uniforms(replicate(stream_keys(1, "demand", crowd), replication), range(5))
    for row, name in enumerate(crowd):
        assert name not in alone or together[:, row].tolist() == alone[name]


def test_numbers_are_uniform_within_the_kolmogorov_smirnov_bound():
    for name in ("shop", "a", ""):
        ordered = np.sort(draw(name=name))
        distance = np.abs(ordered - (np.arange(N) + 0.5) / N).max() + 0.5 / N
        assert distance < 2.2 / np.sqrt(N)  # exceeded with probability 2 exp(-2 * 2.2**2) = 1.3e-4


def test_numbers_of_one_period_are_uniform_over_names_and_over_replications():
    by_name = uniforms(stream_keys(1, "demand", [f"node {i}" for i in range(N)]), [7])[0]
    by_replication = uniforms(replicate(stream_keys(1, "demand", ["shop"]), np.arange(N)), [7])[0]
    for drawn in (by_name, by_replication):
        assert abs(drawn.mean() - 0.5) < 4 * np.sqrt(1 / 12 / N)
        assert abs(drawn.var() - 1 / 12) < 4 * np.sqrt(1 / 180 / N)  # Var (u - 1/2)^2 = 1/80 - 1/144 = 1/180
        assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 4 / np.sqrt(N)


def test_streams_that_differ_in_one_part_of_their_name_are_independent():
    streams = [
        draw(),
        draw(seed=2),
        draw(purpose="capacity"),
        draw(name="shoq"),
        draw(replication=1),
        draw(replication=2),
        draw(name="shoq", replication=1),
    ]
    for first, second in combinations(streams, 2):
        assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(N)


def test_a_stream_has_no_memory_at_lags_of_1_to_10_nor_overlaps_its_replications():
    drawn, other = draw(), draw(replication=1)
    for lag in range(1, 11):
        assert abs(np.corrcoef(drawn[lag:], drawn[:-lag])[0, 1]) < 4 / np.sqrt(N - lag)
        assert abs(np.corrcoef(drawn[lag:], other[:-lag])[0, 1]) < 4 / np.sqrt(N - lag)
    assert np.unique(np.concatenate([drawn, other])).size == 2 * N


def test_purpose_and_name_cannot_run_into_each_other():
    parts = [("ab", "c"), ("a", "bc"), ("a:", "b"), ("a", ":b"), ("", "a:b"), ("a:b", "")]
    keys = [stream_keys(seed, purpose, [name]).item() for seed in (1, 11, -1) for purpose, name in parts]
    assert len(set(keys)) == len(keys)


def test_one_flipped_bit_of_a_key_flips_half_the_bits_after_replication():
    key = np.uint64(0x0123456789ABCDEF)
    flipped = key ^ (np.uint64(1) << np.arange(64, dtype=np.uint64))
    change = replicate(flipped, 3) ^ replicate(np.array([key]), 3)
    share = np.unpackbits(change.view(np.uint8)).mean()
    assert abs(share - 0.5) < 4 * 0.5 / np.sqrt(64 * 64)


def test_replications_broadcast_over_names():
    keys, numbers = stream_keys(1, "demand", ["a", "b", "c"]), np.arange(4, dtype=np.uint64)
    table = replicate(keys, numbers[:, None])
    assert table.shape == (4, 3)
    assert uniforms(table, range(5)).shape == (5, 4, 3)
    for number in range(4):
        assert np.array_equal(table[number], replicate(keys, number))
    assert np.array_equal(replicate(keys, np.array([3, 1, 2]))[[1]], replicate(keys[[1]], 1))


def test_inputs_are_left_alone_and_no_overflow_is_warned_of():
    keys = stream_keys(1, "demand", ["a", "b"])
    before = keys.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        uniforms(replicate(keys, 2**60), range(10))
    assert np.array_equal(keys, before) and keys.dtype == np.uint64


def test_no_names_or_no_periods_give_empty_tables():
    assert uniforms(stream_keys(1, "demand", []), range(3)).shape == (3, 0)
    assert uniforms(stream_keys(1, "demand", ["a"]), []).shape == (0, 1)


def test_a_million_numbers_take_milliseconds():
    keys = stream_keys(1, "demand", [str(i) for i in range(1000)])
    best = min(timed(lambda: uniforms(keys, range(1000))) for _ in range(5))
    assert best < 0.06  # 3 ms on an idle core


def timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def test_bad_input_is_named_with_its_cure():
    with pytest.raises(TypeError, match=r"names is 'shop'.*write \['shop'\]"):
        stream_keys(1, "demand", "shop")
    with pytest.raises(TypeError):
        stream_keys(1.5, "demand", ["shop"])
    keys = stream_keys(1, "demand", ["shop"])
    with pytest.raises(ValueError, match="replication is -1, must be >= 0"):
        replicate(keys, -1)
    with pytest.raises(ValueError, match="replication has dtype float64"):
        replicate(keys, 0.5)
    with pytest.raises(ValueError, match="periods has dtype float64"):
        uniforms(keys, [0.5])


@few
@given(st.integers(-(2**70), 2**70), names, names)
def test_keys_are_the_same_on_every_call(seed, purpose, name):
    assert stream_keys(seed, purpose, [name] * 2).tolist() == stream_keys(seed, purpose, [name]).tolist() * 2
