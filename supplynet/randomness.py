"""Random numbers by name: each is a function of (seed, replication, purpose, name, period) alone.

No generator is advanced, so there is no order of drawing: a longer horizon extends a shorter one, and a node
more or a node renamed leaves everybody else's luck as it was. Every stream is a stretch of one SplitMix64
sequence of 2**64 numbers, entered at a hashed place; the odds that any of n streams of length t overlap are
about n**2 * t / 2**64.
"""

import operator
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio, odd: the step of SplitMix64
_MIX = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
_LAST_SHIFT = np.uint64(31)
_ONE_TO_TWO = np.uint64(0x3FF0000000000000)  # sign and exponent of the doubles in [1, 2)


def stream_keys(seed: int, purpose: str, names: Sequence[str]) -> NDArray[np.uint64]:
    """Give every named stream of one purpose its key.

    Shapes and units: one key per name, in the order of `names`; equal names get equal keys.

    Raises: TypeError when `names` is one string, or the seed no whole number.

    Source: BLAKE2b, Aumasson, Neves, Wilcox-O'Hearn and Winnerlein (2013).
    """
    if isinstance(names, str):
        raise TypeError(f"stream_keys: names is {names!r}, must be a list of names; write [{names!r}]")
    # The length keeps ("ab", "c") apart from ("a", "bc").
    common = blake2b(f"{operator.index(seed)}:{len(purpose)}:{purpose}:".encode(), digest_size=8)
    digests = []
    for name in names:
        digest = common.copy()
        digest.update(name.encode())
        digests.append(digest.digest())
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def replicate(keys: NDArray[np.uint64], replication: int | NDArray[np.integer]) -> NDArray[np.uint64]:
    """Turn the keys of an experiment into the keys of one repetition of it.

    Shapes and units: `keys` and `replication` broadcast, so `replicate(keys, numbers[:, None])` gives keys
    [replication, name].

    Raises: ValueError when a replication is not a whole number >= 0.

    Source: the split of SplitMix64, Steele, Lea and Flood (2014).
    """
    numbers = np.atleast_1d(_whole("replication", replication))
    if numbers.size and numbers.min() < 0:
        raise ValueError(f"replicate: replication is {numbers.min()}, must be >= 0; count from 0")
    bits: NDArray[np.uint64] = np.atleast_1d(np.asarray(keys, dtype=np.uint64)) + _positions(numbers)
    _mix(bits)
    return bits


def uniforms(keys: NDArray[np.uint64], periods: range | ArrayLike) -> NDArray[np.float64]:
    """Draw one number strictly between 0 and 1 for every period and stream.

    Shapes and units: [period, key]; (k + 1/2) / 2**52 for a random k of 52 bits, so the least is 2**-53 and
    the greatest 1 - 2**-53. (With 53 bits k + 1/2 is no double, and the greatest would round to 1.)

    Raises: ValueError when a period is not a whole number.

    Source: SplitMix64, Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.
    """
    keys = np.atleast_1d(np.asarray(keys, dtype=np.uint64))
    positions = _positions(np.atleast_1d(_whole("periods", periods))).reshape(-1, *(1,) * keys.ndim)
    bits = positions + keys
    _mix(bits)
    bits >>= np.uint64(12)
    bits |= _ONE_TO_TWO
    drawn = bits.view(np.float64)
    drawn -= 1.0 - 2.0**-53
    return drawn


def _whole(field: str, value: range | ArrayLike) -> NDArray[np.int64]:
    if isinstance(value, range):
        return np.arange(value.start, value.stop, value.step, dtype=np.int64)
    numbers = np.asarray(value)
    if numbers.size and numbers.dtype.kind not in "iu":
        raise ValueError(f"{field} has dtype {numbers.dtype}, must be integers; use astype(int)")
    return numbers.astype(np.int64)


def _positions(numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Tell the places in the sequence; numpy's arrays of uint64 count modulo 2**64, as they should."""
    positions: NDArray[np.uint64] = numbers.view(np.uint64) + np.uint64(1)
    positions *= _GOLDEN
    return positions


def _mix(bits: NDArray[np.uint64]) -> None:
    """Scramble in place, one to one: every input bit sways every output bit."""
    shifted = np.empty_like(bits)
    for shift, factor in _MIX:
        np.right_shift(bits, shift, out=shifted)
        bits ^= shifted
        bits *= factor
    np.right_shift(bits, _LAST_SHIFT, out=shifted)
    bits ^= shifted
