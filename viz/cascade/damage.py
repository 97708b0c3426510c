"""What strikes cost, and how far they carry: the measures of `supplynet.losses` over one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from supplynet.losses import cascade_size, direct_loss, value_lost
from supplynet.scenario import Result
from supplynet.shocks import Shock

from .economy import Ground

Array = NDArray[Any]
FALLEN: Final = 0.1  # of its usual output: who makes less than 90 % is counted
BACK: Final = 1.0  # per cent of a normal day: a loss below it is over
SHARE_OF_WORST: Final = 0.05  # and that is so small a part of that on the worst day
NOTHING: Final = 1e-6  # per cent of a normal day


@dataclass(frozen=True, eq=False)
class Damage:
    """What a run lost, in per cent of what a normal day is worth; see `losses` for direct.

    total, direct, indirect, size [day]: losses, and how many firms make less than 90 % of the usual; share [day, firm]:
    of its usual output; factor [day, firm]: what a strike leaves of it; normal: a day's worth, in what is `lost`.
    """

    lost: str
    normal: float
    total: Array
    direct: Array
    size: Array
    share: Array
    factor: Array

    @property
    def indirect(self) -> Array:
        """What is lost beside the direct loss."""
        rest: Array = self.total - self.direct
        return rest

    @property
    def worst(self) -> int | None:
        """The day of the greatest loss; None where nothing is lost."""
        return int(self.total.argmax()) if self.total.max() > NOTHING else None

    @property
    def recovered(self) -> int | None:
        """The first day from which on next to nothing is lost; None where more still is at the end."""
        bad = np.flatnonzero(self.total > max(NOTHING, min(BACK, SHARE_OF_WORST * self.total.max())))
        last = int(bad[-1]) if bad.size else -1
        return last + 1 if last < self.total.size - 1 else None

    @property
    def struck_ever(self) -> int:
        """How many firms make less than 90 % of the usual on some day."""
        return int((self.share < 1.0 - FALLEN).any(axis=0).sum())

    def days_lost(self) -> dict[str, float]:
        """Total, direct and indirect loss of the whole run, in normal days."""
        parts = {"total": self.total, "direct": self.direct, "indirect": self.indirect}
        return {name: float(part.sum()) / 100.0 for name, part in parts.items()}


def damage_of(result: Result, ground: Ground) -> Damage:
    """What was lost in a run of a network, beside the one in which nothing happens."""
    output, usual = result.record["production"][:, ground.rows], ground.usual
    normal = float((usual @ ground.worth).mean())
    factor = _left(result, ground)
    percent = 100.0 / normal if normal > 0.0 else 0.0
    share = np.divide(output, usual, out=np.ones_like(output), where=usual > 0.0)
    return Damage(
        ground.lost, normal,
        percent * value_lost(output, usual, ground.worth), percent * direct_loss(factor, usual, ground.worth),
        cascade_size(output, usual, FALLEN), share, factor,
    )  # fmt: skip


def _left(result: Result, ground: Ground) -> Array:
    """What part of its usual output a firm can make at most, whatever the others do [day, firm]."""
    network, periods = result.scenario.network, result.scenario.periods
    shock = Shock(network, "capacity_factor", periods, 1)
    shock.deal(result.scenario.seed, np.zeros(1, np.int64))
    factor = np.ones((periods, network.n_nodes))
    factor[:, shock.rows] = [shock.at(day) for day in range(periods)]
    capacity = network.node["capacity"][ground.rows].astype(np.float64)
    factor, usual = factor[:, ground.rows], ground.usual
    with np.errstate(invalid="ignore", divide="ignore"):
        most = np.where(factor < 1.0, np.nan_to_num(factor * capacity / usual, nan=0.0, posinf=np.inf), 1.0)
    return np.minimum(most, 1.0)
