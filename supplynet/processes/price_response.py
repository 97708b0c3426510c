"""What a price does to demand."""

from __future__ import annotations

from dataclasses import dataclass, field

from supplynet.demand import Process, as_process
from supplynet.distributions import FloatArray
from supplynet.ranges import NOT_NEGATIVE, check_fields


@dataclass(frozen=True, slots=True)
class PriceResponse:
    """How many times as much is asked for at the price of the day: (price / opening price) ** -elasticity.

    Shapes and units: `asking_price` is a process in money a unit, the seller's; the opening price is its normal state,
    at which the response is 1.

    Raises: ValueError when the elasticity is not a finite number >= 0, or a price not > 0 (one that comes later, on
    use); TypeError when the price is no process.

    Source: constant elasticity, Tellis (1988), Journal of Marketing Research 25(4).
    """

    asking_price: Process
    elasticity: float = field(metadata=NOT_NEGATIVE)

    def __post_init__(self) -> None:
        check_fields(self)
        object.__setattr__(self, "asking_price", as_process(self.asking_price))
        self._check(self.asking_price.mean)

    @property
    def uses_randomness(self) -> bool:
        return self.asking_price.uses_randomness

    @property
    def mean(self) -> float:
        return 1.0

    def path(self, uniform: FloatArray) -> FloatArray:
        asked = self.asking_price.path(uniform)
        self._check(float(asked.min(initial=self.asking_price.mean)))
        return (asked / self.asking_price.mean) ** -self.elasticity

    def _check(self, least: float) -> None:
        if not least > 0.0:
            raise ValueError(f"PriceResponse: a price is {least!r}, must be > 0, or demand has no bounds; raise it")
