"""How a rule answers demand, as theory says: an order weighs what was asked k periods ago by response[k]."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import ndtri

Array = NDArray[Any]


def ratio_of_response(response: Array) -> float:
    """Var(orders) / Var(demand) where demand does not remember."""
    return float(response @ response)


def moving_average(coverage: float, window: int) -> Array:
    """Order-up-to with a moving average: today's demand, and the change of `coverage` periods of its mean.

    Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
    """
    return np.array([1.0 + coverage / window, *np.zeros(window - 1), -coverage / window])


def anchored(coverage: int, stock_gain: float, line_gain: float, smoothing: float, length: int = 400) -> Array:
    """A forecast F, a part of the gap to a fixed stock, and a part of the gap to a fixed supply line.

    With x one period of delay, orders o, demand d, g and h the two parts, the supply line is o l, l being the sum of
    x to x^(L-1), and the position (o x - d) / (1 - x). Put into the rule this is
    o (1 - x + g x + (h - g) (1 - x) l) = (1 - x) F + g d, with F = a / (1 - (1 - a) x) d.
    Source: derived here, after John, Naim & Towill (1994), International Journal of Manufacturing System Design 1(4).
    """
    below = np.zeros(coverage + 1)
    below[:2] = 1.0, line_gain - 1.0
    below[coverage] += stock_gain - line_gain
    impulse = np.eye(1, length)[0]
    forecast = lfilter([smoothing], [1.0, smoothing - 1.0], impulse)
    above = lfilter([1.0, -1.0], [1.0], forecast) + stock_gain * impulse
    return np.asarray(lfilter([1.0], below, above))


def part_of_a_lot(lot: float, mean: float, sd: float, points: int = 20_000) -> float:
    """E[f (1 - f)], f being the part of a lot by which a normal demand exceeds whole lots; over so many quantiles."""
    part = (mean + sd * ndtri((np.arange(points) + 0.5) / points)) / lot % 1.0
    return float((part * (1.0 - part)).mean())


def lots(lot: float, mean: float, sd: float) -> float:
    """Var(orders) / Var(demand) where orders are whole lots. Source: after Caplin (1985), Econometrica 53(6)."""
    return 1.0 + lot**2 * part_of_a_lot(lot, mean, sd) / sd**2
