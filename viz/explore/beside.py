"""What stands beside the network: what is open, its levers, what to take home, and the agent that was clicked on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import solara
from solara.lab import use_task

from supplynet.disruptions import RECOVERIES
from supplynet.watching import Seen, watch

from ..faults import BAD_INPUT, told
from ..uploads import KINDS, LARGEST, MOST, bring
from . import downloads
from .agent import now, portrait
from .pace import Pace, Stopped
from .study import Study

Files = list[dict[str, Any]]


@solara.component_vue("opening.vue")
def _Opening(
    scenario: str, scenarios: str, about: str, accept: str, most: int, largest: int, fault: str, turn: int,
    event_open: Callable[[str], None], event_bring: Callable[[Files], None],
) -> None:  # fmt: skip
    """The list of what can be opened, and a place to drop one's own files; `scenarios` is JSON."""


@solara.component_vue("levers.vue")
def Levers(
    panel: str, chips: list[str], command: str, scenario: str, fault: dict[str, str], cancels: int,
    event_go: Callable[[str], None], event_set: Callable[[dict[str, str]], None],
    event_unset: Callable[[str], None], event_clear: Callable[[Any], None],
) -> None:  # fmt: skip
    """The panel of levers; `panel` is JSON, since Solara looks into every list at every step. `cancels` are counted."""


@solara.component_vue("downloads.vue")
def _Downloads(
    kinds: list[dict[str, str]], busy: bool, fault: str, file: dict[str, Any],
    event_make: Callable[[str], None], event_taken: Callable[[int], None],
) -> None:  # fmt: skip
    """Buttons to take a file; the browser keeps it."""


@solara.component_vue("agent.vue")
def _Agent(
    portrait: str, now: str, recoveries: list[str], fault: str,
    event_go: Callable[[str], None], event_strike: Callable[[dict[str, str]], None],
) -> None:  # fmt: skip
    """An agent, and how to break it; `portrait` and `now` are JSON."""


@solara.component
def Opening(scenario: str, scenarios: str, about: str, event_open: Callable[[str], None]) -> None:
    """What is open and what else can be; files that are brought are read beside, and opened."""
    given: solara.Reactive[tuple[int, Files]] = solara.use_reactive((0, []))

    def read() -> str:
        turn, files = given.value
        if turn:
            try:
                event_open(bring(files))
            except BAD_INPUT as fault:
                return told(fault)
        return ""

    reading = use_task(read, dependencies=[given.value[0]], raise_error=False)
    failed = told(reading.exception) if reading.error and reading.exception else ""
    _Opening(
        scenario=scenario,
        scenarios=scenarios,
        about=about,
        accept=",".join((".zip", *KINDS)),
        most=MOST,
        largest=LARGEST,
        fault=failed or ("" if reading.pending else reading.value or ""),
        turn=-1 if reading.pending else given.value[0],
        event_open=event_open,
        event_bring=lambda files: given.set((given.value[0] + 1, files)),
    )


@solara.component
def Downloads(study: Study) -> None:
    """Files of the run that is shown, made when they are asked for."""
    asked: solara.Reactive[tuple[str, int]] = solara.use_reactive(("", 0))

    def make() -> tuple[dict[str, Any], str]:
        kind, turn = asked.value
        if not kind:
            return {}, ""
        try:
            return downloads.made(kind, study.result, turn), ""
        except BAD_INPUT as fault:
            return {}, told(fault)

    making = use_task(make, dependencies=[asked.value], raise_error=False)
    file, fault = (making.value if making.finished else None) or ({}, "")
    if making.error and making.exception:
        fault = told(making.exception)
    _Downloads(
        kinds=[{"name": name, "label": label, "about": about} for name, (label, about, *_) in downloads.KINDS.items()],
        busy=making.pending and bool(asked.value[0]),
        fault=fault,
        file=file,
        event_make=lambda kind: asked.set((kind if kind in downloads.KINDS else "", asked.value[1] + 1)),
        event_taken=lambda _: asked.set(("", asked.value[1])),
    )


@solara.component
def Agent(
    study: Study, name: str, period: int, fault: str,
    event_go: Callable[[str], None], event_strike: Callable[[dict[str, str]], None],
) -> None:  # fmt: skip
    """The agent of a node in a period; what it sees is found out by playing the run once more."""
    node = study.result.nodes.index(name)
    last: dict[str, Any] = solara.use_memo(dict, [])
    last["wanted"] = (study, name)
    told_once = solara.use_memo(lambda: json.dumps(portrait(study.result, node)), [study, name])

    def look() -> tuple[Study, str, tuple[Seen, ...]]:
        pace = Pace(lambda: last.get("wanted") == (study, name), lambda _, __: None)
        try:
            seen = watch(study.result.scenario, node, study.start.replication, watchers=lambda _: (pace,))
        except Stopped:
            seen = ()
        return study, name, seen

    solara.use_effect(lambda: last.clear, [])
    looking = use_task(look, dependencies=[study, name], raise_error=False)
    found = looking.value if looking.finished and looking.value else (None, "", None)
    seen = found[2] if found[:2] == (study, name) else () if looking.error else None
    _Agent(
        portrait=told_once,
        now=json.dumps(now(study.result, seen, node, period)),
        recoveries=list(RECOVERIES),
        fault=fault,
        event_go=event_go,
        event_strike=event_strike,
    )
