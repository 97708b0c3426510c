"""Compare: two systems, or two rules, side by side on the same demand and the same shock, and what tells them apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import solara
from solara.lab import use_task

from .. import link as links
from ..boxes import box
from ..faults import BAD_INPUT, told
from .differing import Differences
from .study import Study, choose_rules, play, strike_row
from .wanted import CHOICES, Wanted, wanted_of

PATH: Final = "/compare"
NAME: Final = "Compare"
ABOUT: Final = "two systems or two rules under the same luck, and what tells them apart"


@dataclass(frozen=True)
class Answer:
    """What came of what was wanted: a study, or in words why there is none."""

    wanted: Wanted
    study: Study | None = None
    fault: str = ""


@solara.component_vue("panel.vue")
def Panel(
    panel: str, command: str, fault: dict[str, str], busy: bool,
    event_choose: Callable[[str], None], event_open: Callable[[dict[str, str]], None],
    event_set: Callable[[dict[str, str]], None], event_split: Callable[[str], None],
    event_unset: Callable[[str], None], event_choose_rules: Callable[[dict[str, Any]], None],
    event_strike: Callable[[dict[str, str]], None], event_mend: Callable[[int], None],
    event_replications: Callable[[str], None],
) -> None:  # fmt: skip
    """The choices one click away, the levers, the rules and the strikes; `panel` is JSON, see `panel_of`."""


@solara.component
def Page() -> None:
    """The page: what is compared on the left; the trade in words, both over time, and the differences on the right."""
    link = links.asked()
    wanted = solara.use_reactive(wanted_of(link))
    kept: dict[str, Any] = solara.use_memo(lambda: {"study": None, "answer": Answer(wanted.value)}, [])

    def work() -> Answer:
        asked = wanted.value
        try:
            return Answer(asked, play(asked))
        except BAD_INPUT as fault:
            return Answer(asked, fault=told(fault))

    task = use_task(work, dependencies=[wanted.value], raise_error=False)
    if task.finished:
        kept["answer"] = task.value
        kept["study"] = task.value.study or kept["study"]
    elif task.error:
        kept["answer"] = Answer(wanted.value, fault=told(task.exception))
    study, answer = kept["study"], kept["answer"]
    seen = wanted.value if study is None else study.wanted
    links.Shown(PATH, seen.as_link())
    solara.Style(Path(__file__).with_name("compare.css"))
    solara.Title(f"supplynet: {seen.a} and {seen.b}")
    with box("compare", "busy" * bool(task.pending)):
        if study is None:
            with box("compare-wait"):
                box("", tag="p", children=[answer.fault or "running both the first time; kernels may be compiled ..."])
                if answer.fault:
                    solara.Button(
                        "start from the usual pair", on_click=lambda: wanted.set(CHOICES[0].wanted), classes=["button"]
                    )
            return
        _panel(study, answer, wanted, bool(task.pending))
        with box("compare-main"):
            Differences(study)


def _panel(study: Study, answer: Answer, wanted: solara.Reactive[Wanted], pending: bool) -> None:
    def so_far() -> Wanted:
        """What a lever is set on: what still runs, or else the last comparison that worked."""
        return study.wanted if wanted.value == answer.wanted else wanted.value

    def open_pair(said: dict[str, str]) -> None:
        side, now = said["side"], so_far()
        wanted.value = Wanted(
            said["name"] if side == "a" else now.a,
            said["name"] if side == "b" else now.b,
            strikes=now.strikes,
            replications=now.replications,
            last=side,
        )

    def choose(name: str) -> None:
        chosen = next(one for one in CHOICES if one.name == name).wanted
        wanted.value = replace(chosen, replications=so_far().replications)

    def strike(cells: dict[str, str]) -> None:
        wanted.value = replace(so_far(), strikes=(*so_far().strikes, strike_row(cells)), last="strike")

    def mend(at: int) -> None:
        rows = so_far().strikes
        wanted.value = replace(so_far(), strikes=(*rows[:at], *rows[at + 1 :]), last="strike")

    def split(lever: str) -> None:
        fields = [field for group in json.loads(study.panel)["groups"] for field in group["fields"]]
        wanted.value = so_far().split(lever, next(field["texts"] for field in fields if field["lever"] == lever))

    Panel(
        panel=study.panel,
        command=study.wanted.command,
        fault={"field": answer.wanted.last, "words": answer.fault, "value": _last_value(answer.wanted)},
        busy=pending,
        event_choose=choose,
        event_open=open_pair,
        event_set=lambda said: wanted.set(so_far().with_lever(said["side"], said["lever"], said["value"])),
        event_split=split,
        event_unset=lambda lever: wanted.set(so_far().without(lever)),
        event_choose_rules=lambda said: wanted.set(
            choose_rules(said["scenario"], said["kind"], {"a": said["a"], "b": said["b"]}, so_far())
        ),
        event_strike=strike,
        event_mend=mend,
        event_replications=lambda text: wanted.set(replace(so_far(), replications=text, last="replications")),
    )


def _last_value(wanted: Wanted) -> str:
    """The text of what was set last."""
    if wanted.last == "replications":
        return wanted.replications
    side, _, lever = wanted.last.partition("-")
    return wanted.levers(side).get(lever, "") if lever else ""
