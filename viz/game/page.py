"""The page: the setting, the board, an order box for each role a person plays, and at the end what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import solara
from solara.lab import use_task

from supplynet.scenario import Result
from supplynet.scenarios.beer_game import PLAYERS

from .. import link as links
from ..boxes import box
from .ending import Seat, final, money
from .files import LARGEST, of_parts, parts_of, read, text_of
from .sight import board
from .table import WEEKS, Game, Setting, order_of, play, seed_of

PATH: Final = "/beer-game"
NAME: Final = "Beer game"
ABOUT: Final = "order beer for 36 weeks, and see what the chain makes of it"

RULES = "A case in stock costs $0.50 a week, a case owed $1.00."


@dataclass(frozen=True)
class Table:
    """A game, the week that is looked at (0: the one to be played), and what did not fit."""

    game: Game = field(default_factory=Game)
    seen: int = 0
    faults: Mapping[str, str] = field(default_factory=dict)
    setting_fault: str = ""
    note: str = ""

    @property
    def week(self) -> int:
        """The week on the board."""
        return min(self.seen, self.game.week) or self.game.week


@dataclass(frozen=True, eq=False)
class Played:
    """A game as the model plays it, and after its end what came of it."""

    game: Game
    result: Result
    final: Mapping[str, Any] | None


@solara.component_vue("setup.vue")
def Setup(setting: str, fault: str, event_start: Callable[[dict[str, Any]], None]) -> None:
    """Who plays what, with whom; `setting` is JSON."""


@solara.component_vue("board.vue")
def Board(board: str) -> None:
    """The board; `board` is JSON."""


@solara.component_vue("desk.vue")
def Desk(desk: str, faults: dict[str, str], event_play: Callable[[dict[str, Any]], None]) -> None:
    """The order boxes; `desk` is JSON."""


@solara.component_vue("replay.vue")
def Replay(
    week: int, last: int, weeks: int, over: bool, largest: int,
    event_show: Callable[[int], None], event_load: Callable[[str], None],
) -> None:  # fmt: skip
    """Look back, week by week, and open a game from a file."""


@solara.component
def Page() -> None:
    """The page: the setting above, the board, and below it the order boxes or the end of the game."""
    asked = links.asked()
    table = solara.use_reactive(solara.use_memo(lambda: _of_link(asked), []))
    kept: dict[str, Played] = solara.use_memo(dict, [])
    task = use_task(lambda: _play(table.value.game), dependencies=[table.value.game], raise_error=False)
    if task.finished and task.value is not None:
        kept["played"] = task.value
    now, played = table.value, kept.get("played")

    solara.Style(Path(__file__).with_name("game.css"))
    solara.Title("supplynet: beer game")
    links.Shown(PATH, {**parts_of(now.game), "week": str(now.seen or "")})
    with box("game", "busy" * task.pending):
        said = {name: getattr(now.game.setting, name) for name in ("roles", "agents", "demand", "seed", "information")}
        Setup(
            setting=json.dumps({**said, "all": PLAYERS, "begun": bool(now.game.orders)}),
            fault=now.setting_fault,
            event_start=lambda form: table.set(_start(table.value, form)),
        )
        if played is None:
            box("game-wait", tag="p", children=[str(task.exception or "setting the board ...")])
            return
        shown = replace(now, game=played.game)
        seen = board(shown.game, played.result, shown.week)
        _bar(table, shown, seen)
        Board(board=json.dumps(seen))
        if played.final is not None:
            _ending(played.final)
        elif not now.seen:
            Desk(
                desk=_desk(shown.game, seen),
                faults=dict(now.faults),
                event_play=lambda form: table.set(_order(table.value, form)),
            )


def _of_link(link: Mapping[str, tuple[str, ...]]) -> Table:
    """The game that a link leads to; where it leads to none, a new one, and why."""
    try:
        seen = link.get("week", ("",))[0]
        return _looking_at(Table(of_parts(link)), int(seen) if seen.isdecimal() and len(seen) < 3 else 0)
    except ValueError as fault:
        return Table(note=f"the link leads to no game: {fault}")


def _play(game: Game) -> Played:
    return Played(game, play(game), final(game) if game.finished else None)


def _start(now: Table, form: Mapping[str, Any]) -> Table:
    """A new game with a setting from the form, or what does not fit in it."""
    try:
        seed = seed_of(str(form["seed"]))
        roles = tuple(map(str, form["roles"]))
        if not roles:
            raise ValueError("nobody would play; choose one role or more")
        setting = Setting(roles, str(form["agents"]), str(form["demand"]), seed, str(form["information"]))
    except ValueError as fault:
        return replace(now, setting_fault=str(fault))
    return Table(Game(setting))


def _order(now: Table, form: Mapping[str, Any]) -> Table:
    """One week on, if every box holds an order; else what is wrong, box by box."""
    if form["week"] != len(now.game.orders) + 1:  # sent twice, before the next week came
        return now
    orders, faults = {}, {}
    for role in now.game.setting.roles:
        try:
            orders[role] = order_of(str(form["orders"].get(role, "")))
        except ValueError as fault:
            faults[role] = str(fault)
    if faults:
        return replace(now, faults=faults, note="")
    try:
        return Table(now.game.with_orders(orders))
    except ValueError as fault:
        return replace(now, faults={now.game.setting.roles[0]: str(fault)})


def _load(text: str) -> Table:
    """The game of a file, looked at from its first week."""
    game = read(text)
    return Table(game, 1 if game.orders else 0, note=f"Opened: {len(game.orders)} weeks; press replay to watch them.")


def _look(table: solara.Reactive[Table], week: int) -> None:
    table.set(_looking_at(replace(table.value, note=""), week))


def _looking_at(table: Table, week: int) -> Table:
    """A table at which one looks back at a week that is over, or at the one to be played."""
    return replace(table, seen=week if 0 < week < table.game.week else 0)


def _desk(game: Game, seen: Mapping[str, Any]) -> str:
    """What the order boxes need: the week, and of each seat its history and what it waits for."""
    seats = []
    for at, station in enumerate(seen["stations"]):
        if station["mine"]:
            source = "the brewery" if station["role"] == "factory" else f"the {PLAYERS[at + 1]}"
            seats.append({**{key: station[key] for key in ("role", "orders", "levels", "demands", "waiting")},
                          "source": source})  # fmt: skip
    key = f"{game.setting}"
    return json.dumps({"week": seen["week"], "weeks": WEEKS, "fixed": seen["fixed"], "seats": seats, "game": key})


def _bar(table: solara.Reactive[Table], shown: Table, seen: Mapping[str, Any]) -> None:
    """The week, the cost so far, and the file: save, open, look back."""
    paid = sum(station["paid"] for station in seen["stations"] if station["mine"])

    def load(text: str) -> None:
        try:
            table.set(_load(text))
        except ValueError as fault:
            table.set(replace(table.value, note=str(fault)))

    with box("game-bar"):
        head = [f"week {seen['week']} of {WEEKS}; your cost so far ", box("", tag="b", children=[money(paid)])]
        box("game-head", tag="p", children=head)
        box("game-hint", tag="p", children=[RULES])
        with box("game-replay"):
            Replay(
                week=shown.week, last=shown.game.week, weeks=WEEKS, over=shown.game.finished, largest=LARGEST,
                event_show=lambda week: _look(table, int(week)), event_load=load,
            )  # fmt: skip
            with solara.FileDownload(lambda: text_of(shown.game), filename="beer-game.json"):
                box("button", tag="button", children=["save the game"])
    if table.value.note:
        box("fault" * (not table.value.note.startswith("Opened")), "game-note", tag="p", role="status",
            children=[table.value.note])  # fmt: skip


def _ending(said: Mapping[str, Any]) -> None:
    """Why it went so, the table of costs, and the charts."""
    box("game-why", tag="p", children=[said["why"]])
    seats: list[Seat] = said["seats"]
    with box("game-scores"), box("", tag="table"):
        with box("", tag="thead"), box("", tag="tr"):
            for name in _COLUMNS:
                box("", tag="th", children=[name])
        with box("", tag="tbody"):
            for seat in seats:
                _line("game-own" * seat.mine, _cells(seat))
            benchmark = [seat.benchmark for seat in seats if seat.benchmark is not None]
            paid, by_agents = sum(seat.cost for seat in seats), sum(seat.agent for seat in seats)
            best = money(sum(benchmark)) if benchmark else ""
            _line("", ["all", money(paid), best, money(by_agents), "", "", "", ""])
    with box("game-charts"):
        for chart in said["charts"]:
            with box("picture-room"):
                box("picture", tag="img", **chart)


_COLUMNS = (
    "role", "cost", "Sterman's benchmark", "an agent in the seat", "bullwhip ratio",
    "largest order (cases)", "most owed (cases)", "most beyond need (cases)",
)  # fmt: skip


def _cells(seat: Seat) -> list[str]:
    benchmark = "" if seat.benchmark is None else money(seat.benchmark)
    return [
        f"{seat.role}{' (you)' * seat.mine}", money(seat.cost), benchmark, money(seat.agent), f"{seat.bullwhip:.2f}",
        f"{seat.most:g} in week {seat.most_in}", f"{seat.owed:g}",
        f"{seat.beyond:,.0f} in week {seat.beyond_in}" if seat.beyond else "0",
    ]  # fmt: skip


def _line(look: str, cells: list[str]) -> None:
    with box(look, tag="tr"):
        for cell in cells:
            box("", tag="td", children=[cell])
