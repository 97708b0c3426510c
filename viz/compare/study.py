"""Two systems as they were played once: their runs, their pictures, and what may be set on both or on one alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import supplynet
from supplynet.comparison import names_of
from supplynet.disruptions import DISRUPTED
from supplynet.network import Network
from supplynet.policies.catalogue import FAMILIES, find_rule, name_of, rules_of
from supplynet.scenario import SETTINGS, Result, Scenario
from supplynet.schema import KINDS
from supplynet.words.scenarios import own_levers

from ..explore.controls import LISTED, MEANINGS, groups, rule_text
from ..within import open_recipe, to_open
from .pictures import NEEDED, demand_of_both, over_time
from .wanted import CHOICES, Wanted

WHAT: Final = {
    "capacity_factor": ("capacity", "part that is left, 0 to 1", "0"),
    "demand_factor": ("demand", "times the usual", "2"),
    "stock_factor": ("stock", "part that is kept, 0 to 1", "0"),
    "order_factor": ("orders", "part that is still sent, 0 to 1", "0"),
    "hoarding": ("hoarding", "periods of use wanted at home", "2"),
    "open_factor": ("goods sent on lanes", "part that still gets through, 0 to 1", "0"),
    "transit_factor": ("goods on the way", "part that is kept, 0 to 1", "0"),
    "extra_lead_time": ("lead time", "periods that are added", "5"),
}
"""What may be struck: in words, what its number means, and a number to start from."""

OF_CUSTOMERS: Final = ("demand_factor", "hoarding")
"""Of these, what strikes customers."""


@dataclass(frozen=True, eq=False)
class Study:
    """Both, run once with the same luck: names, results, and pictures of each, and of the demand that both face."""

    wanted: Wanted
    names: tuple[str, str]
    results: tuple[Result, Result]
    pictures: tuple[str, str]
    demand: str
    demand_story: str
    panel: str


def play(wanted: Wanted) -> Study:
    """Make both comparable, run each once, and draw. Raises an exception that says what does not fit, and why."""
    wanted.runs  # noqa: B018  what does not fit is told before anything is played
    wanted = with_rules(wanted).settled()
    first, second = wanted.build()
    results = supplynet.run(first, keep=NEEDED), supplynet.run(second, keep=NEEDED)
    names = names_of(first, second)
    demand, story = demand_of_both(results, names)
    panel = json.dumps(panel_of(wanted, (first, second)))
    return Study(wanted, names, results, over_time(results, names), demand, story, panel)


def with_rules(wanted: Wanted) -> Wanted:
    """The same; a rule just chosen by its name gets the parameters of its example, at this scenario's scale."""
    if wanted.last != "rules":
        return wanted
    played = supplynet.run(open_recipe(wanted.a).build())
    for side in ("a", "b"):
        chosen = wanted.levers(side)
        given = {kind: rule_text(played, kind, name) for kind, name in chosen.items() if name in rules_of(kind)}
        wanted = wanted.with_levers(side, {**chosen, **given})
    return wanted


def choose_rules(scenario: str, kind: str, rules: Mapping[str, str], before: Wanted) -> Wanted:
    """Two rules of a kind on one scenario: by name, or as written, or "" for the one that it has."""
    kept = before.both if (before.a, before.b) == (scenario, scenario) else {}
    alone = {side: {kind: rule.strip()} if rule.strip() else {} for side, rule in rules.items()}
    return Wanted(
        scenario, scenario, {lever: value for lever, value in kept.items() if lever not in FAMILIES}, alone["a"],
        alone["b"], before.strikes if kept or before.a == scenario else (), before.replications, "rules",
    )  # fmt: skip


def strike_row(cells: Mapping[str, str]) -> str:
    """A row of disruptions.csv from the cells of a form; one that is empty at the end is left out."""
    texts = [str(cells.get(name, "")).strip() for name in ("where", "column", "factor", "start", "duration")]
    while len(texts) > 3 and not texts[-1]:
        texts.pop()
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="").writerow(texts)
    return line.getvalue()


def panel_of(wanted: Wanted, both: tuple[Scenario, Scenario]) -> dict[str, Any]:
    """What the panel shows: the two, what may be set, the rules of a scenario, what may be struck, and where."""
    return {
        "a": wanted.a, "b": wanted.b, "scenarios": list(dict.fromkeys([*to_open(), wanted.a, wanted.b])),
        "choices": [{"name": one.name, "about": one.about, "on": _like(one.wanted, wanted)} for one in CHOICES],
        "groups": list(_groups(wanted, both)), "rules": _rules(wanted, both),
        "strikes": list(wanted.strikes), "places": _places(both), "replications": wanted.replications,
        "what": [
            {"column": column, "table": DISRUPTED[column].table, "words": words, "means": means, "usual": usual,
             "where": "kind=customer" if column in OF_CUSTOMERS else ""}
            for column, (words, means, usual) in WHAT.items()
        ],
        "start": both[0].periods // 3, "duration": max(1, both[0].periods // 10),
    }  # fmt: skip


def _like(choice: Wanted, wanted: Wanted) -> bool:
    """Whether the same two are compared, whatever is set on both."""
    return (choice.a, choice.b, choice.alone_a, choice.alone_b) == (
        wanted.a, wanted.b, wanted.alone_a, wanted.alone_b,
    )  # fmt: skip


def _groups(wanted: Wanted, both: tuple[Scenario, Scenario]) -> Iterator[dict[str, Any]]:
    """Levers of the run, those that both have, and those of one alone."""
    run = [
        _field(wanted, name, MEANINGS[name], [getattr(scenario, name) for scenario in both], ["both"])
        for name in SETTINGS[:3]
    ]
    owned = [{name: (value, meaning) for name, value, meaning in own_levers(scenario)} for scenario in both]
    yield {"title": "The run of both", "open": True, "run": True, "fields": run}
    shared = [
        _field(wanted, name, meaning, [value, owned[1][name][0]], ["both"])
        for name, (value, meaning) in owned[0].items()
        if name in owned[1]
    ]
    held = any(field["set"] for one in shared for field in one["fields"])
    yield {"title": "Levers that both have", "open": held, "fields": shared}
    for side, own, other in (("a", owned[0], owned[1]), ("b", owned[1], owned[0])):
        alone = [
            _field(wanted, name, meaning, [value], [side])
            for name, (value, meaning) in own.items()
            if name not in other
        ]
        yield {"title": f"Levers of {side.upper()} alone", "open": False, "fields": alone}


def _field(wanted: Wanted, lever: str, meaning: str, values: list[Any], sides: list[str]) -> dict[str, Any]:
    """A lever as the page shows it: one field for both, or, where it was set apart, one for each."""
    texts = [f"{value:.12g}" if isinstance(value, float) else str(value) for value in values]
    apart = sides == ["both"] and (lever in wanted.alone_a or lever in wanted.alone_b)
    sides = ["a", "b"] if apart else sides
    same = len(set(texts)) == 1
    fields = [
        {
            "side": side, "value": texts[at] if apart or same else "",
            "shown": "" if apart or same else " | ".join(texts), "set": lever in wanted.levers(side),
        }
        for at, side in enumerate(sides)
    ]  # fmt: skip
    switch = isinstance(values[0], bool)
    return {
        "lever": lever, "label": lever, "meaning": meaning, "texts": texts, "fields": fields,
        "choices": ["False", "True"] if switch else [], "splits": sides == ["both"] and lever not in SETTINGS,
    }  # fmt: skip


def _rules(wanted: Wanted, both: tuple[Scenario, Scenario]) -> dict[str, Any]:
    """The kinds of rules that decide something in A's scenario, their names, and which of them are compared."""
    found = [control for group in groups(both[0], "") for control in group["controls"]]
    kinds = [
        {"kind": one["lever"], "now": one["value"] or one["shown"], "choices": list(one["choices"])}
        for one in found
        if one["lever"] in FAMILIES
    ]
    set_now = [kind for kind in FAMILIES if wanted.a == wanted.b and {kind} & {*wanted.alone_a, *wanted.alone_b}]
    kind = set_now[0] if set_now else kinds[0]["kind"] if kinds else ""
    written = {side: wanted.levers(side).get(kind, "") for side in ("a", "b")}
    names = {side: _rule(text, kind) if text else "" for side, text in written.items()}
    return {"scenario": wanted.a, "kinds": kinds, "kind": kind, "on": bool(set_now), "written": written, "names": names}


def _rule(text: str, kind: str) -> str:
    """The full name of a rule that is written with or without its parameters."""
    return name_of(find_rule(text.partition("(")[0], kind)[1])


def _places(both: tuple[Scenario, Scenario]) -> dict[str, list[dict[str, Any]]]:
    """Where both can be struck: kinds, and nodes and lanes that both have."""
    networks: list[Network] = [scenario.network for scenario in both]
    numbers = set.intersection(*(set(network.node["kind"].tolist()) for network in networks))
    kinds = [f"kind={KINDS[number]}" for number in sorted(numbers)]
    second = set(networks[1].names)
    nodes = [name for name in networks[0].names if name in second]
    few = networks[0].n_lanes <= LISTED
    known = set(networks[1].lane_names()) if few and networks[1].n_lanes <= LISTED else set()
    lanes = [name for name in networks[0].lane_names() if name in known] if few else []
    of_kinds = [f"{kind}>*" for kind in kinds if kind != "kind=customer"]
    headed = {
        "node": (("Every node of a kind", kinds), ("Nodes that both have", nodes if len(nodes) <= LISTED else [])),
        "lane": (("Lanes from a kind", of_kinds), ("Lanes that both have", lanes)),
    }
    return {
        table: [{"title": title, "names": names} for title, names in parts if names] for table, parts in headed.items()
    }
