"""Explore: one page on which a scenario's levers are set, and its run is played on the map and in charts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import solara
from solara.lab import use_task

from .. import link as links
from ..boxes import box
from ..within import offered, open_recipe, to_open
from .controls import groups, places
from .frames import card
from .study import BAD_INPUT, Study, Wanted, outcomes, play, told


@dataclass(frozen=True)
class Fault:
    """A lever that did not fit, the value it was given, and in words why."""

    lever: str = ""
    value: str = ""
    words: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of what was wanted: a run, if one is new, and what did not fit."""

    wanted: Wanted
    study: Study | None = None
    fault: Fault = Fault()


@dataclass(frozen=True)
class Asked:
    """The period to show; `turn` counts the questions, so that each is answered, though nothing may have changed."""

    period: int = 0
    turn: int = 0


@solara.component_vue("levers.vue")
def Levers(
    scenario: str, scenarios: list[str], about: str, panel: str, chips: list[str], command: str, fault: dict[str, str],
    event_open: Callable[[str], None], event_go: Callable[[str], None], event_set: Callable[[dict[str, str]], None],
    event_unset: Callable[[str], None], event_clear: Callable[[Any], None],
) -> None:  # fmt: skip
    """The panel of levers; `panel` is JSON, since Solara looks into every list at every step."""


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


@solara.component
def Page() -> None:
    """The page: levers on the left, the network and the charts on the right."""
    link = links.asked()
    wanted = solara.use_reactive(_wanted(link))
    asked, place = solara.use_reactive(Asked(_number(link.get("period")))), solara.use_reactive("")
    by = solara.use_reactive(link.get("by", ("tier",))[0])
    starts: dict[str, Study] = solara.use_memo(dict, [])
    kept: dict[str, Any] = solara.use_memo(lambda: {"study": None, "answer": Answer(wanted.value)}, [])

    def work() -> Answer:
        return _attempt(wanted.value, starts, kept["study"])

    task = use_task(work, dependencies=[wanted.value], raise_error=False)
    if task.finished:
        kept["answer"] = task.value
        kept["study"] = task.value.study or kept["study"]
    elif task.error:
        kept["answer"] = Answer(wanted.value, fault=Fault(wanted.value.last, words=told(task.exception)))
    study, answer = kept["study"], kept["answer"]
    fault = answer.fault
    seen = wanted.value if study is None else study.wanted
    links.Shown("/", {**seen.as_link(), "period": str(asked.value.period or ""), "by": by.value.removeprefix("tier")})
    panel = solara.use_memo(lambda: _panel(study, place.value), [study, place.value])

    solara.Style(Path(__file__).with_name("explore.css"))
    solara.Title(f"supplynet: {wanted.value.scenario}")
    with box("page", "busy" * task.pending):
        if study is None:
            with box("page-wait"):
                solara.Text(fault.words or "running the first time; the kernels may have to be compiled ...")
            return

        def show(period: int) -> None:
            asked.value = Asked(min(max(int(period), 0), study.frames.periods - 1), asked.value.turn + 1)

        ran: Wanted = study.wanted

        def so_far() -> Wanted:
            """What a lever is set on: what still runs, or else the last run that worked."""
            return ran if wanted.value == answer.wanted else wanted.value

        def want(new: Wanted) -> None:
            if place.value and new.scenario != study.wanted.scenario:
                place.value = ""
            wanted.value = new

        shown = min(asked.value.period, study.frames.periods - 1)
        _levers(study, fault, panel, place, so_far, want)
        with box("page-main"):
            _headline(study, starts[study.wanted.scenario], bool(task.pending))
            frame = {**study.frames.at(shown), "turn": asked.value.turn}
            Player(
                network=study.geometry,
                frame=frame,
                periods=study.frames.periods,
                chosen=place.value,
                arranged=by.value,
                components=PARTS,
                event_show=show,
                event_pick=place.set,
                event_arrange=by.set,
            )
            _card(study, place.value, shown)
            Charts(pictures=study.charts, period=shown, event_show=show)


def _wanted(link: Mapping[str, tuple[str, ...]]) -> Wanted:
    """What a link asks for, or else what the app was started with."""
    pairs = [text.partition("=") for text in link.get("set", ())]
    return Wanted(link.get("scenario", (offered(),))[0], {lever: value for lever, equals, value in pairs if equals})


def _number(texts: tuple[str, ...] | None) -> int:
    return int(texts[0]) if texts and texts[0].isdecimal() and len(texts[0]) < 9 else 0


def _attempt(wanted: Wanted, starts: dict[str, Study], before: Study | None) -> Answer:
    """Play what is wanted. Of several things asked for at once, those that fit are done, and the first fault is told.

    starts: the run of each scenario with no lever set; before: the last run that worked.
    """
    came = _play(wanted, starts)
    if isinstance(came, Study):
        return Answer(wanted, came)
    same = before is not None and before.wanted.scenario == wanted.scenario
    known = before.wanted.levers if before is not None and same else {}
    fresh = [lever for lever, value in wanted.levers.items() if known.get(lever) != value]
    if len(fresh) + (not same) < 2:
        return Answer(wanted, fault=came)
    levers = {lever: value for lever, value in known.items() if lever in wanted.levers}
    steps = [_play(Wanted(wanted.scenario, levers), starts)]
    for lever in fresh:
        others = {other: value for other, value in levers.items() if other != lever}
        more = {**others, lever: wanted.levers[lever]}  # last, as it was set
        steps.append(_play(Wanted(wanted.scenario, more, lever), starts))
        levers = more if isinstance(steps[-1], Study) else levers
    played = [step for step in steps if isinstance(step, Study)]
    faults = [step for step in steps if isinstance(step, Fault)]
    return Answer(wanted, played[-1] if played else None, faults[0] if faults else came)


def _play(wanted: Wanted, starts: dict[str, Study]) -> Study | Fault:
    """One run, or what does not fit."""
    try:
        if wanted.scenario not in starts:
            plain = Wanted(wanted.scenario)
            starts[wanted.scenario] = play(plain, open_recipe(wanted.scenario))
        start = starts[wanted.scenario]
        return play(wanted, start.start) if wanted.levers else start
    except BAD_INPUT as fault:
        return Fault(wanted.last, wanted.levers.get(wanted.last, ""), told(fault))


def _panel(study: Study | None, place: str) -> str:
    """What the panel shows of a run at a place; where the network has no such place, of the whole scenario."""
    if study is None:
        return ""
    scenario = study.result.scenario
    found = places(scenario.network)
    known = place in scenario.network.names or any(place in part["names"] for part in found)
    return json.dumps({"place": place * known, "places": found, "groups": groups(scenario, place * known)})


def _levers(
    study: Study, fault: Fault, panel: str, place: solara.Reactive[str],
    so_far: Callable[[], Wanted], want: Callable[[Wanted], None],
) -> None:  # fmt: skip
    name = study.wanted.scenario
    Levers(
        scenario=name,
        scenarios=list(dict.fromkeys([*to_open(), name])),
        about=study.result.scenario.about,
        panel=panel,
        chips=list(study.wanted.levers),
        command=study.wanted.command,
        fault={"lever": fault.lever, "value": fault.value, "words": fault.words},
        event_open=lambda chosen: want(Wanted(chosen)),
        event_go=place.set,
        event_set=lambda said: want(study.with_lever(so_far(), said["lever"], said["value"])),
        event_unset=lambda lever: want(study.without_lever(so_far(), lever)),
        event_clear=lambda _: want(Wanted(so_far().scenario)),
    )


def _headline(study: Study, before: Study, pending: bool) -> None:
    """What the run comes to, and what happened."""
    with box("page-head", tag="header"):
        with box("page-outcomes"):
            for outcome in outcomes(study, before):
                parts = [box("name", children=[outcome["name"]]), box("value", children=[outcome["value"]])]
                if outcome["was"]:
                    parts.append(box("was", children=[f"was {outcome['was']}"]))
                box("outcome", title=outcome["about"], children=parts)
        box("page-story", tag="p", children=["running ..." if pending else study.story])


def _card(study: Study, place: str, period: int) -> None:
    """What the chosen node had and did in the period that is shown."""
    names = study.result.scenario.network.names
    with box("page-card"):
        if place not in names:
            box("hint", children=["click on a node: its numbers stand here, its levers on the left"])
            return
        box("who", tag="b", children=[place])
        for fact in card(study.result, names.index(place), period):
            box("fact", tag="span", children=[f"{fact['name']} ", box("number", tag="b", children=[fact["value"]])])
