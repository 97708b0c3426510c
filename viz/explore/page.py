"""Explore: one page on which a scenario's levers are set, and its run is played on the map and in charts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import solara
from solara.lab import use_task

from supplynet.scenarios import READY_MADE

from .. import link as links
from ..boxes import box
from ..faults import Fault, told
from ..within import headed
from .answers import Answer, Link, Runner, not_there, read_link
from .beside import Agent, Downloads, Levers, Opening
from .breaking import in_words, row_of, strikes
from .controls import groups, places
from .pace import Pace, Stopped
from .study import Study, Wanted, outcomes

PATH: Final = "/"
NAME: Final = "Explore"
ABOUT: Final = "set the levers of a scenario, and watch it play"


@dataclass(frozen=True)
class Asked:
    """The period to show; `turn` counts the questions, so that each is answered, though nothing may have changed."""

    period: int = 0
    turn: int = 0


@solara.component_vue("player.vue")
def Player(
    network: str, frame: dict[str, Any], periods: int, chosen: str, arranged: str, components: dict[str, str],
    event_show: Callable[[int], None], event_pick: Callable[[str], None], event_arrange: Callable[[str], None],
) -> None:  # fmt: skip
    """The network on a canvas, and the buttons that play it; `network` is JSON, as above; `components` its parts."""


PARTS: Final = {
    f"network-{part}": Path(__file__).with_name(f"{part}.vue").read_text("utf-8") for part in ("map", "tip", "legend")
}
"""Parts of the player, by the name that they have in it."""


@solara.component_vue("charts.vue")
def Charts(pictures: str, period: int, event_show: Callable[[int], None]) -> None:
    """The charts, with a line at the period that is shown; what comes after it is pale. `pictures` is JSON."""


@solara.component_vue("strikes.vue")
def Strikes(strikes: list[str], event_undo: Callable[[int], None]) -> None:
    """What is broken, in words; each can be undone, and with -1 all."""


@solara.component_vue("running.vue")
def _Running(words: str, part: float, instead: str, event_cancel: Callable[[Any], None]) -> None:
    """How far a run has come, and a button that ends it."""


@solara.component_vue("notice.vue")
def Notice(words: list[str], event_close: Callable[[Any], None]) -> None:
    """What of a link could not be shown."""


@solara.component
def Running(pace: solara.Reactive[tuple[int, int]], instead: str, event_cancel: Callable[[Any], None]) -> None:
    """How far a run has come, once it is worth a word."""
    done, periods = pace.value
    if periods:
        words, part = f"running: period {done:,} of {periods:,}", done / periods
        _Running(words=words, part=part, instead=instead, event_cancel=event_cancel)


@solara.component
def Page() -> None:
    """The page: levers on the left, the network and the charts in the middle, and the chosen agent on the right."""
    query = links.asked()
    link: Link = solara.use_memo(lambda: read_link(query), [])
    wanted = solara.use_reactive(link.wanted)
    asked, place = solara.use_reactive(Asked(link.period)), solara.use_reactive(link.node)
    noticed, cancels = solara.use_reactive(False), solara.use_reactive(0)
    pace: solara.Reactive[tuple[int, int]] = solara.use_reactive((0, 0))
    by = solara.use_reactive(query.get("by", ("tier",))[0])
    runner = solara.use_memo(Runner, [])
    kept: dict[str, Any] = solara.use_memo(lambda: {"open": True, "study": None, "answer": Answer(wanted.value)}, [])
    solara.use_effect(lambda: lambda: kept.update(open=False), [])

    def work() -> Answer:
        now = wanted.peek()
        pace.value = (0, 0)
        watch = Pace(lambda: kept["open"] and wanted.peek() is now, lambda done, of: pace.set((done, of)))
        try:
            answer: Answer = runner.attempt(now, kept["study"], watch)
        except Stopped:
            return Answer(now)
        return answer

    task = use_task(work, dependencies=[wanted.value], raise_error=False)
    if task.finished:
        kept["answer"] = task.value
        kept["study"] = task.value.study or kept["study"]
    elif task.error:
        kept["answer"] = Answer(wanted.value, fault=Fault(wanted.value.last, words=told(task.exception)))
    study, answer = kept["study"], kept["answer"]
    seen = wanted.value if study is None else study.wanted
    on_canvas = {"period": str(asked.value.period or ""), "node": place.value, "by": by.value.removeprefix("tier")}
    links.Shown(PATH, {**seen.as_link(), **on_canvas})
    wrong = solara.use_memo(lambda: [*link.wrong, *(not_there(link, study) if study else ())], [study is None])
    panel = solara.use_memo(lambda: _panel(study, place.value), [study, place.value])
    scenarios = solara.use_memo(lambda: _scenarios(study), [study])

    for style in ("explore.css", "beside.css"):
        solara.Style(Path(__file__).with_name(style))
    solara.Title(f"supplynet: {wanted.value.scenario}")
    if study is None:
        with box("page-wait"):
            words = "running the first time; the kernels may have to be compiled ..."
            box("page-first", tag="p", children=[answer.fault.words or words])
            if task.pending:
                instead = f"cancel, and open {READY_MADE[0]}"
                Running(pace=pace, instead=instead, event_cancel=lambda _: wanted.set(Wanted(READY_MADE[0])))
        return

    ran: Wanted = study.wanted
    shown = min(asked.value.period, study.frames.periods - 1)
    chosen = place.value if place.value in study.result.nodes else ""
    fault = answer.fault
    of_blow = fault.lever in answer.wanted.strikes and strikes(fault.lever, chosen)

    def show(period: int) -> None:
        asked.value = Asked(min(max(int(period), 0), study.frames.periods - 1), asked.value.turn + 1)

    def go(name: str) -> None:
        place.value = str(name)

    def so_far() -> Wanted:
        """What a lever is set on: what still runs, or else the last run that worked."""
        return ran if wanted.value == answer.wanted else wanted.value

    def want(new: Wanted) -> None:
        if place.value and new.scenario != ran.scenario:
            place.value = ""
        wanted.value = new

    def cancel(_: Any) -> None:
        cancels.value += 1
        want(ran)

    def undo(at: int) -> None:
        every = not 0 <= at < len(ran.strikes)
        want(replace(so_far(), strikes=()) if every else so_far().without_strike(ran.strikes[at]))

    with box("page", "page-open" if chosen else "", "busy" * task.pending):
        with box("side"):
            Opening(ran.scenario, scenarios, study.result.scenario.about, lambda name: want(Wanted(name)))
            _levers(study, Fault() if of_blow else fault, panel, cancels.value, go, so_far, want)
            Downloads(study)
        with box("page-main"):
            with box("page-notes"):  # what comes and goes: a player that changed its place would start anew
                if wrong and not noticed.value:
                    Notice(words=wrong, event_close=lambda _: noticed.set(True))
                _headline(study, bool(task.pending))
                if task.pending:
                    Running(pace=pace, instead="cancel", event_cancel=cancel)
                if ran.strikes:
                    Strikes(strikes=[in_words(row) for row in ran.strikes], event_undo=undo)
            Player(
                network=study.geometry,
                frame={**study.frames.at(shown), "turn": asked.value.turn},
                periods=study.frames.periods,
                chosen=place.value,
                arranged=by.value,
                components=PARTS,
                event_show=show,
                event_pick=go,
                event_arrange=by.set,
            )
            Charts(pictures=study.charts, period=shown, event_show=show)
        if chosen:
            Agent(
                study,
                chosen,
                shown,
                fault.words * of_blow,
                event_go=go,
                event_strike=lambda said: want(so_far().with_strike(row_of(said, chosen, shown))),
            )


def _scenarios(study: Study | None) -> str:
    """What can be opened, as JSON; what is open is among it, wherever it comes from."""
    parts = [{"title": title, "names": names} for title, names in headed()]
    name = "" if study is None else study.wanted.scenario
    if name and not any(name in part["names"] for part in parts):
        parts.append({"title": "Open", "names": [name]})
    return json.dumps(parts)


def _panel(study: Study | None, place: str) -> str:
    """What the panel shows of a run at a place; where the network has no such place, of the whole scenario."""
    if study is None:
        return ""
    scenario = study.result.scenario
    found = places(scenario.network)
    known = place in scenario.network.names or any(place in part["names"] for part in found)
    return json.dumps({"place": place * known, "places": found, "groups": groups(scenario, place * known)})


def _levers(
    study: Study, fault: Fault, panel: str, cancels: int, go: Callable[[str], None],
    so_far: Callable[[], Wanted], want: Callable[[Wanted], None],
) -> None:  # fmt: skip
    Levers(
        scenario=study.wanted.scenario,
        panel=panel,
        chips=list(study.wanted.levers),
        command=study.wanted.command,
        fault={"lever": fault.lever, "value": fault.value, "words": fault.words},
        cancels=cancels,
        event_go=go,
        event_set=lambda said: want(study.with_lever(so_far(), said["lever"], said["value"])),
        event_unset=lambda lever: want(study.without_lever(so_far(), lever)),
        event_clear=lambda _: want(replace(so_far(), levers={})),
    )


def _headline(study: Study, pending: bool) -> None:
    """What the run comes to, and what happened."""
    with box("page-head", tag="header"):
        with box("page-outcomes"):
            for outcome in outcomes(study):
                parts = [box("name", children=[outcome["name"]]), box("value", children=[outcome["value"]])]
                if outcome["unit"]:
                    parts.append(box("unit", children=[outcome["unit"]]))
                if outcome["was"]:
                    parts.append(box("was", children=[f"was {outcome['was']}"]))
                box("outcome", title=outcome["about"], children=parts)
        box("page-story", tag="p", children=["running ..." if pending else study.story])
