"""Demand that shows itself before it buys: what customers look at today, a part of them buys some periods later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from supplynet.demand import Process, as_process
from supplynet.distributions import FloatArray
from supplynet.ranges import SHARE, check_fields

_HALVES = 2.0**26  # a number of 52 bits is cut into two independent ones of 26


@dataclass(frozen=True, slots=True)
class EarlyInterest:
    """Each unit of interest becomes a unit of demand `lead` periods later with the probability `conversion`.

    Shapes and units: `interest` is a process in units a period, rounded to whole ones; `lead` in periods. A node tells
    it as `interest` (Signal(..., tells="interest")). Before the first period interest was at its mean.

    Raises: ValueError when conversion is outside [0, 1] or lead is no whole number >= 0; TypeError when interest is no
    process.

    Source: the thinning of a Poisson process, Kingman (1993), Poisson Processes, section 5.1.
    """

    interest: Process
    conversion: float = field(metadata=SHARE)
    lead: int = 1
    uses_randomness: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_fields(self)
        object.__setattr__(self, "interest", as_process(self.interest))
        lead: Any = self.lead
        if isinstance(lead, bool) or not isinstance(lead, (int, np.integer)) or lead < 0:
            raise ValueError(f"EarlyInterest: lead is {lead!r}, must be a whole number >= 0 periods; round it")

    @property
    def mean(self) -> float:
        return self.conversion * self.interest.mean

    def interest_path(self, uniform: FloatArray) -> FloatArray:
        """What is looked at in every period and row, from the numbers that also decide who buys."""
        above = np.floor(uniform * _HALVES)
        return np.rint(self.interest.path((above + 0.5) / _HALVES))

    def path(self, uniform: FloatArray) -> FloatArray:
        from scipy.stats import binom

        looked = np.full(uniform.shape, np.rint(self.interest.mean))
        looked[self.lead :] = self.interest_path(uniform)[: max(0, len(uniform) - self.lead)]
        scaled = uniform * _HALVES
        return np.asarray(binom.ppf(scaled - np.floor(scaled), looked, self.conversion), np.float64)
