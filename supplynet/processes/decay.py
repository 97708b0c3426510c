"""Decay: what loses the same part of its value every period, such as the price of a component."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from supplynet.distributions import FloatArray
from supplynet.ranges import NOT_NEGATIVE, SHARE, check_fields


@dataclass(frozen=True, slots=True)
class Decay:
    """A value that loses a part `loss` of itself every period: start * (1 - loss)^period.

    Shapes and units: `start` is the value in period 0, and the normal state. A loss of 1 % a week is one of
    1 - 0.99^(1/7) a day.

    Raises: ValueError when start is negative or loss is outside [0, 1].
    """

    start: float = field(metadata=NOT_NEGATIVE)
    loss: float = field(metadata=SHARE)
    uses_randomness: ClassVar[bool] = False
    is_list_price: ClassVar[bool] = True
    """As a price: what falls is the list price itself, so that nothing is marked down."""

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def mean(self) -> float:
        return self.start

    def path(self, uniform: FloatArray) -> FloatArray:
        kept = np.full(len(uniform), 1.0 - self.loss)
        kept[:1] = self.start
        left: FloatArray = np.cumprod(kept)  # one after the other, so that a longer horizon extends a shorter one
        return np.broadcast_to(left.reshape(-1, *(1,) * (uniform.ndim - 1)), uniform.shape)
