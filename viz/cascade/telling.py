"""What the page sends to its parts, as JSON."""

from __future__ import annotations

import json

from ..within import to_open
from .economy import MOST_TRACED
from .made import KINDS, kinds
from .strikes import BLOW, schedules
from .study import Study
from .trees import lines


def panel(study: Study | None) -> str:
    """What the panel shows: kinds of network, its levers, and what can be struck."""
    if study is None:
        return ""
    ground, economy = study.ground, study.ground.economy
    about = KINDS[economy.kind][1] if economy.kind in KINDS else ground.scenario.about
    levers = [
        {
            "name": lever.name, "label": lever.label, "unit": lever.unit, "meaning": lever.meaning,
            "least": lever.least, "most": lever.most, "step": lever.step, "value": f"{getattr(economy, lever.name):g}",
        }
        for lever in economy.levers()
    ]  # fmt: skip
    blow = [
        {"name": one.name, "label": one.label, "unit": one.unit, "meaning": one.meaning, "least": one.least,
         "most": min(one.most, economy.days - 1) if one.name == "start" else one.most, "step": one.step}
        for one in BLOW
    ]  # fmt: skip
    opens = [name for name in to_open() if name not in KINDS]
    made = [{"name": kind, "label": KINDS[kind][0]} for kind in kinds()]
    sectors, regions = (sorted(set(ground.labels(label)) - {""}) for label in ("sector", "region"))
    return json.dumps(
        {
            "kind": economy.kind, "kinds": made, "opens": opens, "sectors": sectors, "regions": regions,
            "about": about, "levers": levers, "blow": blow, "warned": list(study.warned),
            "schedules": schedules(ground), "first": next((f"sector={name}" for name in ground.exposed), ""),
            "shell": economy.kind not in KINDS,
        }
    )  # fmt: skip


def curves(study: Study | None) -> str:
    """The curves, and the numbers of each day: losses in per cent of a normal day, and firms below 90 %."""
    if study is None:
        return ""
    damage = study.damage
    days = {name: [round(float(v), 2) for v in getattr(damage, name)] for name in ("total", "direct", "size")}
    return json.dumps({**study.curves, **days, "lost": damage.lost})


def tree(study: Study | None, firm: str) -> str:
    """The ripple tree of a firm, or of all; in words why there is none."""
    if study is None:
        return ""
    if study.shortages is None:
        most = MOST_TRACED // max(study.ground.scenario.network.n_lanes, 1)
        about = f"so many firms and days are not traced; look at {most} days or less, or at fewer firms"
        return json.dumps({"about": about, "lines": [], "more": 0})
    return json.dumps(lines(study.shortages, firm if firm in study.ground.names else ""))
