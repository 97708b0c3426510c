"""Input rules: how the wish to make becomes orders on lanes."""

from supplynet.policies.input.days_of_cover import DaysOfCover
from supplynet.policies.input.lot_for_lot import LotForLot

__all__ = ["DaysOfCover", "LotForLot"]
