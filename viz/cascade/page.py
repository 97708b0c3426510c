"""Cascade: one page on which firms are struck, and the wave that follows is watched day by day."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import solara
from solara.lab import use_task
from solara.util import CancelledError

from .. import link as links
from ..boxes import box
from ..faults import BAD_INPUT, Fault
from . import telling
from .economy import BadLever
from .ranking import rank
from .strikes import BLOW, Strike
from .study import MOST_STRIKES, Study, Wanted, headline, play

PATH: Final = "/cascade"
NAME: Final = "Cascade"
ABOUT: Final = "strike firms, and watch the wave go through their network"

CANCELLED: Final = "cancelled; what you see is the run before"


@dataclass(frozen=True)
class Answer:
    """What came of what was wanted: a run, or what did not fit."""

    turn: int = -1
    study: Study | None = None
    fault: Fault = field(default_factory=Fault)


@dataclass(frozen=True)
class Begin:
    """The day to show; each `turn` goes there anew, and plays on from there if it `plays`."""

    day: int = 0
    turn: int = 0
    plays: bool = False


@solara.component_vue("panel.vue")
def Panel(
    panel: str, form: dict[str, str], chips: list[str], code: str, fault: dict[str, str],
    event_set: Callable[[dict[str, str]], None], event_fill: Callable[[dict[str, str]], None],
    event_strike: Callable[[str], None], event_undo: Callable[[int], None],
) -> None:  # fmt: skip
    """The network and the strikes; `panel` is JSON, since Solara looks into every list at every step."""


@solara.component_vue("wave.vue")
def Wave(
    network: str, frames: str, curves: str, table: str, begin: dict[str, Any], chosen: str, name: str,
    event_show: Callable[[int], None], event_pick: Callable[[str], None], event_strike: Callable[[str], None],
) -> None:  # fmt: skip
    """The firms on a canvas, the days to play, and the curves; all days are sent at once, as JSON and base64."""


@solara.component_vue("side.vue")
def Side(
    ranking: str, progress: int, tree: str, chosen: str, event_strike: Callable[[str], None],
    event_pick: Callable[[str], None], event_cancel: Callable[[Any], None], event_rank: Callable[[Any], None],
) -> None:  # fmt: skip
    """The most critical firms, and the ripple tree, both as JSON; progress in per cent, -1 while nothing is ranked."""


@solara.component
def Page() -> None:
    """The page: the network and its strikes on the left, the wave in the middle, who is critical on the right."""
    link = links.asked()
    first, unread = solara.use_memo(lambda: Wanted.read(link), [])
    wanted = solara.use_reactive(first)
    form = solara.use_reactive({"where": "", **{lever.name: str(getattr(Strike(""), lever.name)) for lever in BLOW}})
    slip = solara.use_reactive(
        Fault("" if unread is None else unread.lever, words="" if unread is None else str(unread))
    )
    day = solara.use_reactive(_number(link.get("day")))
    begin, chosen = solara.use_reactive(Begin(day.value)), solara.use_reactive(link.get("firm", ("",))[0][:200])
    kept: dict[str, Answer] = solara.use_memo(lambda: {"answer": Answer()}, [])

    def work() -> Answer:
        return _attempt(wanted.value, kept["answer"].study, lambda done: _tell(task, done))

    task = use_task(work, dependencies=[wanted.value], raise_error=False)
    answer = kept["answer"]
    if task.finished and task.value.turn != answer.turn:
        answer = replace(task.value, study=task.value.study or answer.study)
    elif (task.error or task.cancelled) and answer.turn != wanted.value.turn:
        words = CANCELLED if task.cancelled else f"this could not be run ({type(task.exception).__name__})"
        answer = Answer(wanted.value.turn, answer.study, Fault(wanted.value.last, wanted.value.value, words))
    kept["answer"], study = answer, answer.study
    ranked = use_task(
        lambda: None if study is None else rank(study.ground, lambda done: _tell(ranked, done)),
        dependencies=[None if study is None else study.wanted.economy], raise_error=False,
    )  # fmt: skip
    seen = wanted.value if study is None else study.wanted
    last = seen.economy.days - 1
    shown = str(min(day.value, last)) if day.value else ""
    links.Shown(PATH, {**seen.as_link(), "day": shown, "firm": chosen.value})
    panel = solara.use_memo(lambda: telling.panel(study), [study])
    tree = solara.use_memo(lambda: telling.tree(study, chosen.value), [study, chosen.value])
    curves = solara.use_memo(lambda: telling.curves(study), [study])
    solara.Style(Path(__file__).with_name("cascade.css"))
    solara.Title("supplynet: cascade")

    def want(new: Wanted) -> None:
        slip.value = Fault()
        wanted.value = replace(new, turn=wanted.value.turn + 1)

    if study is None:
        _wait(task, answer, wanted.value, want)
        return

    def so_far() -> Wanted:
        """What a lever is set on: what still runs, or else the last run that worked."""
        return study.wanted if wanted.value.turn == answer.turn else wanted.value

    def set_lever(said: dict[str, str]) -> None:
        name, value, now = said["name"], said["value"], so_far()
        try:
            economy = now.economy.with_lever(name, value)
        except BadLever as fault:
            slip.value = Fault(name, value, str(fault))
            return
        if name == "kind":
            form.value, chosen.value = {**form.value, "where": ""}, ""
        want(Wanted(economy, () if name == "kind" else now.strikes, name, value))

    def strike(where: str) -> None:
        now, value = so_far(), where
        try:
            blow = Strike(where)
            for lever, value in form.value.items():
                blow = blow if lever == "where" else blow.with_lever(lever, value)
            blow.events(study.ground)
            if len(now.strikes) >= MOST_STRIKES:
                raise BadLever("where", f"there are {MOST_STRIKES} strikes, and no more are played; take one back")
        except BadLever as fault:
            slip.value = Fault(f"strike.{fault.lever}", value, str(fault))
            return
        if where in study.ground.names:
            chosen.value = where
        begin.value = Begin(max(blow.start - 1, 0), begin.value.turn + 1, True)
        want(Wanted(now.economy, (*now.strikes, blow), "strike.where", blow.where))

    def undo(at: int) -> None:
        now = so_far()
        left = () if at < 0 else tuple(one for place, one in enumerate(now.strikes) if place != at)
        want(Wanted(now.economy, left))

    def pick(name: str) -> None:
        chosen.value = name
        if name:
            form.value = {**form.value, "where": name}

    fault = slip.value if slip.value.words else answer.fault
    with box("cascade", "busy" * task.pending):
        Panel(
            panel=panel,
            form=form.value,
            chips=[one.words() for one in seen.strikes],
            code=study.code,
            fault={"lever": fault.lever, "value": fault.value, "words": fault.words},
            event_set=set_lever,
            event_fill=lambda said: form.set({**form.value, said["name"]: str(said["value"])[:200]}),
            event_strike=strike,
            event_undo=undo,
        )
        with box("cascade-main"):
            _headline(study, task)
            Wave(
                network=study.geometry,
                frames=study.frames,
                curves=curves,
                table=study.table,
                begin={"day": begin.value.day, "turn": begin.value.turn, "plays": begin.value.plays},
                chosen=chosen.value,
                name=study.wanted.economy.kind,
                event_show=day.set,
                event_pick=pick,
                event_strike=strike,
            )
        Side(
            ranking=_ranking(ranked),
            progress=int(ranked.progress or 0) if ranked.pending else -1,
            tree=tree,
            chosen=chosen.value,
            event_strike=strike,
            event_pick=pick,
            event_cancel=lambda _: ranked.cancel(),
            event_rank=lambda _: ranked(),
        )


def _number(texts: tuple[str, ...] | None) -> int:
    return int(texts[0]) if texts and texts[0].isdecimal() and len(texts[0]) < 5 else 0


def _tell(task: Any, done: float) -> None:
    """Say how much is done, in per cent, and stop where nobody waits for it any more."""
    if not task.is_current():
        raise CancelledError
    if task.progress is None or done - task.progress >= 5.0:
        task.progress = done


def _attempt(wanted: Wanted, before: Study | None, tell: Callable[[float], None]) -> Answer:
    """Play what is wanted, or say what does not fit."""
    days = wanted.economy.days
    try:
        study = play(wanted, before, lambda day: tell(95.0 * (day + 1) / days))
    except BAD_INPUT as fault:
        words = str(fault.args[0] if isinstance(fault, KeyError) and fault.args else fault) or type(fault).__name__
        lever = wanted.last or (fault.lever if isinstance(fault, BadLever) else "")
        return Answer(wanted.turn, fault=Fault(lever, wanted.value, words))
    return Answer(wanted.turn, study)


def _wait(task: Any, answer: Answer, wanted: Wanted, want: Callable[[Wanted], None]) -> None:
    """What stands on the page before the first run is done, or where it cannot be done."""
    with box("cascade-wait"):
        if task.pending:
            solara.Text(f"running ... {task.progress or 0:.0f} % (the first time, kernels may have to be compiled)")
            solara.Button("cancel", on_click=task.cancel, classes=["button"], text=True)
            return
        solara.Text(answer.fault.words, classes=["fault"])
        solara.Button("start with the made-up economy", on_click=lambda: want(Wanted.read({})[0]), classes=["button"])
        solara.Button("try again", on_click=lambda: want(wanted), classes=["button"])


def _ranking(task: Any) -> str:
    if task.error:
        return json.dumps({"rows": [], "words": str(task.exception)})
    words = "not ranked" if task.cancelled else ""
    return json.dumps(task.latest or {"rows": [], "words": words})


def _headline(study: Study, task: Any) -> None:
    """What the run comes to; and while another one runs, how far it is, and a way to stop it."""
    with box("cascade-head", tag="header"):
        with box("cascade-outcomes"):
            for told in headline(study.damage, study.ground.rows.size):
                parts = [box("name", children=[told["name"]]), box("value", children=[told["value"]])]
                box("outcome", title=told["about"], children=parts)
        if task.pending:
            with box("cascade-running", role="status"):
                solara.Text(f"running ... {task.progress or 0:.0f} %")
                solara.Button("cancel", on_click=task.cancel, classes=["button"], text=True)
