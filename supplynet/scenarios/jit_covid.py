"""Lean in a pandemic: a carmaker that orders chips just in time."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import networkx as nx

from supplynet.checks import nearest
from supplynet.graphs import from_graph
from supplynet.policies.ordering import OrderUpToExponentialSmoothing
from supplynet.ranges import NOT_NEGATIVE, checked
from supplynet.scenario import Scenario
from supplynet.scenarios import arguments
from supplynet.scenarios.buffered import SYSTEMS, buffered
from supplynet.scenarios.shock import DAYS, Shock, shocked
from supplynet.schema import KINDS

LEAN: Final = "lean"


def build(
    *,
    system: str = "lean",
    buffer: float = 10.0,
    slump: float = 0.5,
    rebound: float = 1.1,
    slump_start: int = 60,
    slump_length: int = 60,
    outage_length: int = 60,
    capacity: float = 1.1,
    supply_lead: int = 30,
    smoothing: float = 0.3,
) -> Scenario:
    """Customers want a car a day. In a slump of two months the carmaker orders fewer chips; then all comes at once.

    The chips take `supply_lead` days, and the carmaker orders up to what it forecasts for them and for its buffer, by
    exponential smoothing; a car that is not there is a sale lost. Demand halves on day 60. On day 120 it comes back,
    somewhat higher, and on the same day the chipmaker fails for two months. In the slump the forecast halves, and with
    it all that is on the way and on the shelf: F (30 + 1 + s) chips at F = .5 meet 90 days of 1.1 cars, so
    83.5 - .5 s days of sales are lost. Of them 18 are no fault of the chipmaker: the last thirty days of the slump were
    ordered at the slump's rate, .5, and met 1.1. The buffer is worth half of what it was meant to be, since a rule
    that follows the slump sheds half of it first. (Beyond 29 days of buffer the slump is over before so much is shed,
    and 98 - s days are lost.) It is the story of cars and chips in 2020 and 2021.

    With `system` the same shock strikes another way of working, in suppliers, customers and time scaled to its run:
    push-retail or zara, batch-line or toyota, pc-channel or dell, netflix-history or netflix. Its buffer is what it
    holds beyond what it holds by itself, by the lever with which it can (supplynet/scenarios/buffered.py); its
    suppliers are out too, but were never short. So one sees what each saves in good times, and pays in a bad one
    (experiments/efficiency_resilience.py).

    system: who is struck, lean for the carmaker or one of those; buffer: days of stock at the forecast, above its own
    (s); slump, rebound: times the demand of before; slump_start, slump_length, outage_length: days, in a run of 360;
    capacity: of the chipmaker, times normal demand; supply_lead: days from order to chips; smoothing: weight of the
    newest demand in the forecast. The last three are the carmaker's alone.

    Sources: the numbers are chosen to be plain, after Burkacky, Lingemann & Pototzky (2021), Coping with the
    auto-semiconductor shortage, McKinsey & Company: in early 2020 sales of cars fell by half and more, their makers
    cancelled chips, and demand was back within the year. Left out: other buyers who took the chips,
    prices, and hoarding. The shock is supplynet/scenarios/shock.py, which lays it over any scenario.
    """
    shock = Shock(slump, rebound, slump_start, slump_length, outage_length, capacity)
    checked("buffer", buffer, **NOT_NEGATIVE)
    if system != LEAN:
        own = {"capacity": capacity, "supply_lead": supply_lead, "smoothing": smoothing}
        for lever, value in own.items():
            if value != arguments("jit-covid")[lever].default:
                raise ValueError(f"{lever} is {value!r}, but is the carmaker's alone, not {system!r}'s; leave it out")
        return _of_system(system, buffer, replace(shock, capacity=math.inf))
    if supply_lead != int(supply_lead) or supply_lead < 0:
        raise ValueError(f"supply_lead is {supply_lead!r}, must be a whole number >= 0 of days; mend it")
    network = nx.DiGraph()
    network.add_node("drivers", kind="customer", demand=1.0)
    rule = OrderUpToExponentialSmoothing(smoothing, safety_periods=1.0 + buffer)
    network.add_node("carmaker", kind="distributor", ordering=rule, on_hand=buffer)
    network.add_node("chipmaker", kind="supplier")
    network.add_edge("carmaker", "drivers", order_lead_time=0, shipment_lead_time=0, unfilled="lost")
    network.add_edge("chipmaker", "carmaker", order_lead_time=0, shipment_lead_time=supply_lead)
    lean = Scenario(
        "jit-covid", from_graph(network), periods=DAYS,
        about="a carmaker that orders chips just in time, through a slump, an outage and a rebound",
        hint="supplynet run jit-covid --set buffer=20, which saves 5 days of sales",
    )  # fmt: skip
    return shocked(lean, shock, ["chipmaker"])


def _of_system(system: str, buffer: float, shock: Shock) -> Scenario:
    """Another system under the shock. Raises ValueError for one that is not known."""
    if system not in SYSTEMS:
        known = (LEAN, *SYSTEMS)
        raise ValueError(f"system is {system!r}, must be one of {', '.join(known)}; {nearest(system, known)}")
    own, by = buffered(system, buffer), SYSTEMS[system].supplied_by
    kinds = zip(own.network.names, own.network.node["kind"], strict=True)
    suppliers = [name for name, kind in kinds if kind == KINDS.index("supplier") and name.startswith(by)]
    return replace(
        shocked(own, shock.within(own.periods), suppliers), name="jit-covid",
        about=f"{system} through a slump of demand, a rebound and an outage of its suppliers",
        hint=f"supplynet compare jit-covid jit-covid --set system={system} --set-b buffer=20",
    )  # fmt: skip
