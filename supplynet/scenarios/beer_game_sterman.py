"""The beer game as people play it."""

from __future__ import annotations

from dataclasses import replace

from supplynet.scenario import Scenario
from supplynet.scenarios.beer_game import build as build_benchmark


def build(
    *,
    desired_stock: float = 17.0,
    stock_adjustment: float = 0.26,
    supply_line_weight: float = 0.34,
    smoothing: float = 0.36,
) -> Scenario:
    """The beer game with the mean parameters of Sterman's subjects, orders rounded half up.

    They forget two thirds of what they have ordered and not received, so orders swing wider at every tier.
    Source: Sterman (1989), Management Science 35(3), table 2.
    """
    scenario = build_benchmark(
        desired_stock=desired_stock, factory_desired_stock=desired_stock, stock_adjustment=stock_adjustment,
        supply_line_weight=supply_line_weight, smoothing=smoothing, whole_units=True,
    )  # fmt: skip
    return replace(
        scenario, name="beer-game-sterman",
        about="the beer game with the mean parameters of Sterman's subjects, who forget most of their supply line",
        hint="supplynet run beer-game-sterman --set supply_line_weight=1, which sees the whole supply line",
    )  # fmt: skip
