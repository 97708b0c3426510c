"""What tells the two apart: many runs of each in pairs of the same luck, with progress and a way to stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import solara
from solara.lab import Task, use_task
from solara.util import CancelledError

from supplynet import plot as plots
from supplynet.comparison import compare

from .. import images
from ..boxes import box
from ..faults import BAD_INPUT, told
from .study import Study
from .table import ASKED, shown

SAME = "A and B are the same, so that nothing can differ: choose another B, set a lever apart, or choose two rules."


@dataclass(frozen=True)
class Found:
    """What many runs say: the table as JSON, a picture of the differences, and a sentence; or a fault in words."""

    table: str = ""
    picture: str = ""
    sentence: str = ""
    fault: str = ""


@solara.component_vue("head.vue")
def Head(
    sentence: str, fault: str, state: str, progress: float, runs: int,
    event_cancel: Callable[[Any], None], event_again: Callable[[Any], None],
) -> None:  # fmt: skip
    """The trade in a sentence; while the runs go on, how far they are, and a way to stop them."""


@solara.component_vue("table.vue")
def Table(table: str, names: list[str], picture: str, file: str) -> None:
    """The differences under headings, the picture of them, and both to download; `table` is JSON, see `shown`."""


@solara.component
def Differences(study: Study) -> None:
    """The trade in a sentence, both over time, and the table of differences as soon as it is there."""

    def work() -> Found:
        return _found(study, task)

    task: Task[[], Found] = use_task(work, dependencies=[study], raise_error=False)
    found = task.value if task.finished and task.value is not None else Found()
    fault = told(task.exception) if task.error and task.exception is not None else found.fault
    state = "running" if task.pending else "cancelled" if task.cancelled else "done"
    with box("compare-top"):
        Head(
            sentence=found.sentence,
            fault=fault,
            state=state,
            progress=float(task.progress or 0.0),
            runs=2 * study.wanted.runs,
            event_cancel=lambda _: task.cancel(),
            event_again=lambda _: task.retry(),
        )
        with box("compare-demand", tag="figure"):
            box("", tag="figcaption", children=[study.demand_story])
            box("picture", tag="img", src=study.demand, alt="demand of the market over time, with what strikes it")
    _pictures(study)
    if found.table:
        file = f"compare-{study.results[0].scenario.name}-{study.results[1].scenario.name}"
        Table(table=found.table, names=list(study.names), picture=found.picture, file=file)


def _found(study: Study, task: Task[[], Found]) -> Found:
    """Run both many times. Stops where the task was cancelled, or where another one took its place."""
    if study.wanted.same:
        return Found(sentence=SAME)

    def tell(done: int, total: int) -> None:
        if not task.is_current():
            raise CancelledError
        task.progress = 100.0 * done / total

    first, second = (result.scenario for result in study.results)
    try:
        runs = compare(first, second, study.wanted.runs, outcomes=ASKED, progress=tell)
    except BAD_INPUT as fault:
        return Found(fault=told(fault))
    told_of = shown(runs)
    return Found(json.dumps(told_of), images.source(images.png(plots.differences(runs))), told_of["sentence"])


def _pictures(study: Study) -> None:
    """Each over time, with its story."""
    with box("compare-both"):
        for letter, result, picture in zip("AB", study.results, study.pictures, strict=True):
            with box("compare-side", tag="section", aria_label=letter):
                about = result.scenario.about
                box("compare-story", tag="p", children=[box("", tag="b", children=[f"{letter} "]), about])
                words = "stock and backlog, orders, and what is served at once, over time"
                box("picture", tag="img", src=picture, alt=f"{letter}: {words}")
    with box("compare-files"):
        name = f"compare-{study.results[0].scenario.name}"
        for letter, picture in zip("AB", study.pictures, strict=True):
            file = {"href": picture, "download": f"{name}-{letter}.png"}
            box("button", tag="a", children=[f"picture of {letter}"], **file)
