"""The page: choose a sweep, a picture, its axes and which runs; click a point to see its runs, and open one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import solara
from solara.lab import use_task

from supplynet.plot.sweeps import seconds, with_unit
from supplynet.words.report import figure

from .. import link as links
from ..boxes import box
from .drawing import KINDS, Asked, draw
from .reading import Sweep, filtered, link_of, open_sweep, sweeps, why_not, word

PATH: Final = "/results"
NAME: Final = "Results"
ABOUT: Final = "the runs of a sweep, in pictures"

LISTED = 50  # runs of a point
NONE_YET = (
    "No sweep lies in the folder in which the app was started. Make one there, and load this page anew: "
    "supplynet sweep flour-2020 --vary window=2,4,8 --vary safety_periods=0:3:7 --seeds 100 --out runs"
)


@dataclass(frozen=True)
class Wanted:
    """What to show: a sweep, a picture and its axes (empty: the first that fits), which runs, and the point picked."""

    sweep: str = ""
    asked: Asked = field(default_factory=Asked)
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    picked: Mapping[str, str] = field(default_factory=dict)

    def as_link(self) -> dict[str, str | list[str]]:
        """The parts of a link that ask for the same."""
        said = self.asked
        return {
            "sweep": self.sweep, "picture": said.kind, "along": said.lever, "by": said.by, "outcome": said.outcome,
            "other": said.other, "keep": [f"{lever}={value}" for lever, each in self.kept.items() for value in each],
            "pick": [f"{name}={value}" for name, value in self.picked.items()],
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Shown:
    """A sweep as it was opened, those of its runs that are kept, and their picture; or what went wrong."""

    wanted: Wanted
    sweep: Sweep | None = None
    runs: pd.DataFrame | None = None
    picture: Mapping[str, Any] | None = None
    fault: str = ""


@solara.component_vue("picture.vue")
def Picture(drawn: str, picked: dict[str, str], event_pick: Callable[[dict[str, str]], None]) -> None:
    """The picture; `drawn` is JSON: the image and its points."""


@solara.component_vue("runs.vue")
def Runs(table: str, event_go: Callable[[str], None]) -> None:
    """Some runs as a table, each with a link; `table` is JSON."""


@solara.component_vue("choices.vue")
def Choices(panel: str, event_set: Callable[[dict[str, str]], None]) -> None:
    """The choices: sweep, picture, axes, outcomes, and which values of each lever are kept; `panel` is JSON."""


@solara.component
def Page() -> None:
    """Choices on the left, the picture and the runs of a point on the right."""
    asked = links.asked()
    names = solara.use_memo(sweeps, [])
    wanted = solara.use_reactive(_wanted(asked, names))
    opened: dict[str, Sweep] = solara.use_memo(dict, [])
    kept: dict[str, Any] = solara.use_memo(dict, [])
    router = solara.use_router()
    # what is picked changes the table alone
    task = use_task(
        lambda: _look(wanted.value, opened), dependencies=[replace(wanted.value, picked={})], raise_error=False
    )
    if task.finished:
        kept["shown"] = task.value
    elif task.error:
        kept["shown"] = Shown(wanted.value, fault=f"{task.exception}")
    shown: Shown | None = kept.get("shown")

    solara.Style(Path(__file__).with_name("results.css"))
    solara.Title("supplynet: results")
    links.Shown(PATH, wanted.value.as_link())
    with box("results", "busy" * task.pending):
        if not names and not wanted.value.sweep:
            box("results-none", tag="p", children=[NONE_YET])
            return
        if shown is None:
            box("results-none", tag="p", children=["reading the runs ..."])
            return
        Choices(panel=_panel(shown, wanted.value, names), event_set=lambda said: wanted.set(_set(wanted.value, said)))
        with box("results-main"):
            _head(shown)
            if shown.picture is not None:
                public = {name: value for name, value in shown.picture.items() if name != "png"}
                Picture(
                    drawn=json.dumps(public),
                    picked=dict(wanted.value.picked),
                    event_pick=lambda pick: wanted.set(replace(wanted.value, picked=_texts(pick))),
                )
                _downloads(shown)
            _picked(shown, wanted.value.picked, router.push)


def _wanted(link: Mapping[str, tuple[str, ...]], names: list[str]) -> Wanted:
    """What a link asks for, or else the first sweep."""
    word_of = {name: values[0] for name, values in link.items() if values}
    asked = Asked(*(word_of.get(name, "") for name in ("picture", "along", "by", "outcome", "other")))
    kept: dict[str, tuple[str, ...]] = {}
    for lever, _, value in (text.partition("=") for text in link.get("keep", ())):
        kept[lever] = (*kept.get(lever, ()), value)
    picked = {name: value for name, _, value in (text.partition("=") for text in link.get("pick", ()))}
    return Wanted(word_of.get("sweep") or next(iter(names), ""), asked, kept, picked)


def _set(wanted: Wanted, said: Mapping[str, str]) -> Wanted:
    """What is wanted, with one choice made; another sweep starts with nothing chosen."""
    name, value = said["name"], said["value"]
    if name == "sweep":
        return Wanted(value)
    if name.startswith("keep "):
        lever, values = name.removeprefix("keep "), tuple(filter(None, value.split("\n")))
        others = {other: each for other, each in wanted.kept.items() if other != lever}
        return replace(wanted, kept={**others, lever: values} if value else others, picked={})
    return replace(wanted, asked=replace(wanted.asked, **{name: value}), picked={})


def _texts(pick: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in pick.items()}


def _look(wanted: Wanted, opened: dict[str, Sweep]) -> Shown:
    """Open the sweep, keep the runs that are asked for, and draw them."""
    sweep = None
    try:
        if wanted.sweep not in opened:
            opened[wanted.sweep] = open_sweep(wanted.sweep)
        sweep = opened[wanted.sweep]
        runs = filtered(sweep, wanted.kept)
        if runs.empty:
            return Shown(wanted, sweep, runs, fault="no run is kept; keep more values")
        return Shown(wanted, sweep, runs, draw(runs, fitting(sweep, runs, wanted.asked)))
    except (ValueError, OSError) as fault:
        return Shown(wanted, sweep, fault=str(fault))


def fitting(sweep: Sweep, runs: pd.DataFrame, asked: Asked) -> Asked:
    """The picture that is asked for, with what fits where nothing, or nothing that there is, was chosen."""

    def one(name: str, offered: list[str]) -> str:
        return name if name in offered else next(iter(offered), "")

    levers, outcomes = list(sweep.levers), list(sweep.outcomes)
    kind = one(asked.kind, offered_kinds(sweep))
    lever = one(asked.lever, levers)
    others = [name for name in levers if name != lever]
    by = one(asked.by, others if kind == "heat map" else seconds(runs, lever) if lever else [])
    outcome = one(asked.outcome, outcomes)
    return Asked(kind, lever, by, outcome, one(asked.other, [name for name in outcomes if name != outcome]))


def offered_kinds(sweep: Sweep) -> list[str]:
    """The pictures that a sweep is good for. Raises ValueError if there is none."""
    good = {"line": len(sweep.levers) > 0, "heat map": len(sweep.levers) > 1,
            "frontier": len(sweep.outcomes) > 1 and sweep.runs["scenario"].nunique() > 1}  # fmt: skip
    offered = [kind for kind in KINDS if good[kind]]
    if not offered:
        raise ValueError("this sweep has a single scenario, so there is nothing to draw along; vary a lever")
    return offered


def _panel(shown: Shown, wanted: Wanted, names: list[str]) -> str:
    """The choices as JSON: heading, name, options and value of each select, and the levers to filter by."""
    sweep = shown.sweep
    selects = [_select("sweep", "sweep", list(dict.fromkeys([*names, wanted.sweep])), wanted.sweep)]
    filters: list[dict[str, Any]] = []
    if sweep is not None and shown.picture is not None and shown.runs is not None:
        now = fitting(sweep, shown.runs, wanted.asked)
        others = [lever for lever in sweep.levers if lever != now.lever]
        selects.append(_select("kind", "picture", offered_kinds(sweep), now.kind))
        if now.kind != "frontier":
            selects.append(_select("lever", "along", list(sweep.levers), now.lever))
            many = others if now.kind == "heat map" else seconds(shown.runs, now.lever)
            selects.append(_select("by", "up" if now.kind == "heat map" else "a line for each", many, now.by))
        selects.append(_select("outcome", "outcome", list(sweep.outcomes), now.outcome))
        if now.kind == "frontier":
            rest = [name for name in sweep.outcomes if name != now.outcome]
            selects.append(_select("other", "against", rest, now.other))
    if sweep is not None:
        filters = [
            {"lever": lever, "values": values, "kept": list(wanted.kept.get(lever, values))}
            for lever, values in sweep.few().items()
            if len(values) > 1
        ]
        filters += [
            {"lever": lever, "values": [], "kept": list(wanted.kept.get(lever, (f"{low:g}:{high:g}",)))}
            for lever, (low, high) in sweep.spans().items()
        ]
    return json.dumps({"selects": [each for each in selects if each["options"]], "filters": filters})


def _select(name: str, label: str, options: list[str], value: str) -> dict[str, Any]:
    return {"name": name, "label": label, "options": options, "value": value}


def _head(shown: Shown) -> None:
    """How many runs, what was wrong with some, and what cannot be shown."""
    if shown.fault:
        box("fault", tag="p", role="alert", children=[shown.fault])
    if shown.sweep is None:
        return
    told, runs = shown.sweep.told["experiment"], shown.sweep.runs
    kept = len(runs) if shown.runs is None else len(shown.runs)
    failed = int(runs["error"].notna().sum())
    words = (
        f"{told['scenario']}: {kept:,} of {len(runs):,} runs, {runs['scenario'].nunique():,} scenarios"
        + f", {failed:,} runs failed" * bool(failed)
    )
    box("results-head", tag="p", children=[words])
    for warned in shown.sweep.warned[:3]:
        box("fault", tag="p", children=[warned])


def _downloads(shown: Shown) -> None:
    runs, picture = shown.runs, shown.picture
    assert runs is not None and picture is not None
    with box("results-tools"):
        for data, name, label in (
            (lambda: picture["png"], "results.png", "picture (PNG)"),
            (lambda: runs.to_csv(index=False), "runs.csv", f"{len(runs):,} runs (CSV)"),
        ):
            with solara.FileDownload(data, filename=name):
                box("button", tag="button", children=[label])


def _picked(shown: Shown, picked: Mapping[str, str], go: Callable[[str], None]) -> None:
    """The runs of the point that was picked, each with a way into Explore."""
    if shown.sweep is None or shown.runs is None:
        return
    if not picked:
        box("results-hint", tag="p", children=["Click on a point: its runs stand here, and each opens in Explore."])
        return
    runs = shown.runs
    for name, value in picked.items():
        if name in runs:
            runs = runs[runs[name].map(word) == value]
    said = ", ".join(f"{name} = {value}" for name, value in picked.items())
    more = f"; the first {LISTED} are shown" * (len(runs) > LISTED)
    reason = why_not(shown.sweep)
    box("results-head", tag="p", children=[f"{said}: {len(runs):,} runs{more}. {reason}"])
    columns = ["scenario", *shown.sweep.levers, "replication", *shown.sweep.outcomes]
    rows = [
        {
            "key": at,
            "cells": [figure(row[name]) if isinstance(row[name], float) else word(row[name]) for name in columns],
            "link": "" if reason or row["error"] is not None else link_of(shown.sweep, row),
            "error": row["error"] or "",
        }
        for at, row in enumerate(runs.head(LISTED).to_dict("records"))
    ]
    Runs(table=json.dumps({"columns": [with_unit(name) for name in columns], "rows": rows}), event_go=go)
