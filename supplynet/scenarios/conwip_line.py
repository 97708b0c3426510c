"""The line of `toyota` on one kind of cards for the whole line."""

from __future__ import annotations

from typing import Any

from supplynet.network import Signal
from supplynet.policies.ordering import BaseStock, Conwip, MakeToOrder
from supplynet.scenario import Scenario
from supplynet.scenarios.factory_line import DEMAND, DEMAND_SD, STATIONS, UNIT_TIME, Line, whole


def build(
    *,
    stations: int = STATIONS,
    lot: float = 25.0,
    setup: float = 5.0,
    unit_time: float = UNIT_TIME,
    cards: int = 8,
    demand: float = DEMAND,
    demand_sd: float = DEMAND_SD,
    breakdown: float = 0.0,
) -> Scenario:
    """Constant work in process: a card lets a lot into the line, and comes back when customers have bought as much.

    The machines, the customers and their luck are those of `toyota`; see there. Orders go to the head of the line at
    once, which releases steel while a card is free; the stations behind work on what comes. So the line and the
    finished goods together never hold more than `cards` lots. There is no stock between stations to fill, so it needs
    less than two cards at every one of them for the same output (experiments/wip_anatomy.py); but nobody bounds
    what gathers before a station that fails, but for the cards of the line.

    cards: for the line and its finished goods, each with a lot. The other levers are those of `toyota`.

    Source: Spearman, Woodruff & Hopp (1990), International Journal of Production Research 28(5).
    """
    line = Line(stations, lot, setup, unit_time, demand, demand_sd, breakdown)
    held = whole("cards", cards, least=1) * line.lot
    rules: list[dict[str, Any]] = [{"ordering": Conwip(cards, line.lot)}, {"ordering": MakeToOrder()}]
    return line.scenario(
        "conwip-line", lambda number: rules[min(number, 1)], {"ordering": BaseStock(held), "on_hand": held},
        signals=[Signal("assembly", line.names[0], "shipped", 1)],
        about="the line of toyota with one count of cards for all of it, which bounds what it holds",
        hint="supplynet compare conwip-line toyota, whose cards belong to each station",
    )  # fmt: skip
