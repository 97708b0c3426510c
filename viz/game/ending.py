"""The end of a game: what everybody paid and ordered, beside the benchmark and the agents, and in words why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from supplynet.metrics import bullwhip_ratio
from supplynet.plot import orders_by_tier, stock_and_backlog
from supplynet.scenario import Result, run
from supplynet.scenarios.beer_game import PLAYERS

from .. import images
from .table import FIXED, WEEKS, Game, Setting, agents_alone, costs, demand_of, scenario_of

AWAY: Final = {"factory": 3}
"""Weeks from an order to its goods where it is not the usual: 2 in the mail and 2 on the road."""
USUALLY: Final = 4
OPENING: Final = 12.0  # cases that everybody opens with, and that nobody needs
SIZE: Final = (7.2, 3.0)  # inches of each chart
DOTS: Final = 160
TICKS: Final = (1, 6, 12, 18, 24, 30, 36)


@dataclass(frozen=True, slots=True)
class Seat:
    """What became of one role. Money in dollars, quantities in cases, weeks counted from 1.

    benchmark: its cost in Sterman's, where demand is the classic one; agent: what an agent would have paid in a game
    of agents alone; bullwhip: variance of its orders over that of what it was asked for; beyond: how far at its
    peak its stock and all it had on order, less what it owed, exceeded what customers want while an order is away;
    on_order: how much of that was ordered and had not come; stock_after: its greatest stock from then on.
    """

    role: str
    mine: bool
    cost: float
    benchmark: float | None
    agent: float
    bullwhip: float
    most: float
    most_in: int
    owed: float
    beyond: float
    beyond_in: int
    on_order: float
    stock_after: float
    weeks_away: int


def seats(game: Game, result: Result) -> list[Seat]:
    """What became of each role in a finished game, from the retailer up."""
    paid, by_agents = costs(result), costs(agents_alone(game.setting))
    benchmark = costs(agents_alone(Setting())) if game.setting.demand == "classic" else {}
    return [_seat(game, result, role, paid, benchmark, by_agents) for role in PLAYERS]


def _seat(
    game: Game, result: Result, role: str,
    paid: dict[str, float], benchmark: dict[str, float], by_agents: dict[str, float],
) -> Seat:  # fmt: skip
    at, record, weeks = result.nodes.index(role), result.record, AWAY.get(role, USUALLY)
    orders, demand = record["production_order"][:WEEKS, at], record["demand"][:WEEKS, at]
    stock, owed = record["on_hand"][:WEEKS, at], record["backlog"][:WEEKS, at]
    position = record["inventory_position"][:WEEKS, at] + orders
    peak = int(position.argmax())
    return Seat(
        role, game.plays(role), paid[role], benchmark.get(role), by_agents[role],
        float(bullwhip_ratio(orders[:, None], demand[:, None])[0]),
        float(orders.max()), int(orders.argmax()) + 1,
        float(owed.max()), max(0.0, float(position[peak] - weeks * wanted(game.setting))), peak + 1,
        float(position[peak] - stock[peak] + owed[peak]), float(stock[peak:].max()), weeks,
    )  # fmt: skip


def wanted(setting: Setting) -> float:
    """Cases that customers want in a week once the opening is over, on the mean."""
    return float(np.mean(demand_of(setting)[FIXED:]))


def why(game: Game, seats: list[Seat]) -> str:
    """One paragraph, made from the numbers: what it cost, who swung most, and what was ordered twice."""
    total, agents = sum(seat.cost for seat in seats), sum(seat.agent for seat in seats)
    said = [f"The chain paid {money(total)}"]
    if all(seat.benchmark is not None for seat in seats):
        benchmark = sum(seat.benchmark or 0.0 for seat in seats)
        said[0] += f", {_times(total, benchmark)} of Sterman's benchmark"
    said[0] += f"; agents in all seats would have paid {money(agents)}. "
    own = [seat for seat in seats if seat.mine]
    paid, instead = sum(seat.cost for seat in own), sum(seat.agent for seat in own)
    whom = " and ".join(f"the {seat.role}" for seat in own)
    said.append(f"Your seat{'s' * (len(own) > 1)} ({whom}) cost {money(paid)}, an agent's there {money(instead)}. ")
    swung = [seat for seat in seats if seat.bullwhip > 1.0 + 1e-9]
    if not swung:
        said.append("Nobody's orders varied more than what they were asked for, so no wave went up the chain. ")
    else:
        most = max(swung, key=lambda seat: seat.bullwhip)
        said.append(
            f"The {_who(most)} amplified most: its orders varied {most.bullwhip:.1f} times as much as what it was "
            f"asked for, and stood highest at {most.most:g} cases, in week {most.most_in}. "
        )
    most = max(seats, key=lambda seat: seat.beyond)
    need = most.weeks_away * wanted(game.setting)
    line = f"what customers want in the {most.weeks_away} weeks that an order is away"
    if most.beyond <= OPENING:
        went = f"went more than {most.beyond:,.0f} cases" if most.beyond >= 1.0 else "went"
        said.append(
            f"Nobody's stock and open orders, less what was owed, {went} beyond {line}: what was on its way was "
            "counted, and not ordered again."
        )
    else:
        said.append(
            f"The reason lies on the way: in week {most.beyond_in} the {_who(most)} had {most.on_order:,.0f} cases "
            f"ordered that had not come; with its stock, less what it owed, that made {need + most.beyond:,.0f}, and "
            f"{need:,.0f} cover {line}. Whoever forgets what is on its way orders it a second time: "
            f"{most.beyond:,.0f} phantom cases, after which its stock rose to {most.stock_after:,.0f}."
        )
    return "".join(said)


def _who(seat: Seat) -> str:
    return f"{seat.role} (you)" if seat.mine else f"{seat.role} (an agent)"


def _times(paid: float, benchmark: float) -> str:
    if abs(paid - benchmark) < 0.005:
        return f"just the {money(benchmark)}"
    return f"{paid / benchmark:.{1 if paid > 2.0 * benchmark else 2}f} times the {money(benchmark)}"


def money(dollars: float) -> str:
    """Dollars as the page writes them."""
    return f"${dollars:,.2f}"


def final(game: Game) -> dict[str, Any]:
    """All that the page shows of a finished game: table, paragraph, and two charts."""
    result = run(scenario_of(game))
    found = seats(game, result)
    return {"seats": found, "why": why(game, found), "charts": charts(result)}


def charts(result: Result) -> list[dict[str, str]]:
    """Everybody's orders, and everybody's stock and backlog, as images; weeks count from 1."""
    words = {
        orders_by_tier: ("everybody's orders", "orders (cases a week)"),
        stock_and_backlog: ("stock (above zero) and backlog (below zero)", "backlog | stock (cases)"),
    }
    return [_chart(result, draw, *said) for draw, said in words.items()]


def _chart(result: Result, draw: Callable[..., Any], title: str, unit: str) -> dict[str, str]:
    figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
    axes = draw(result, figure.subplots())
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
    axes.set_ylabel(unit)
    axes.set_xlabel("week")
    axes.set_xticks([week - 1 for week in TICKS], [str(week) for week in TICKS])
    return {"src": images.source(images.png(figure)),
            "alt": f"{title}, week by week"}  # fmt: skip
