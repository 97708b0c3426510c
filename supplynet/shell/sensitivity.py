"""The command that tells what an outcome depends on."""

from __future__ import annotations

import json as to_text
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from supplynet.shell.options import (
    STRIKE,
    STRUCK,
    WHICH,
    console,
    picture_path,
    strict,
    tell_of_compiling,
    told,
    with_options,
)
from supplynet.shell.progress import Progress

if TYPE_CHECKING:
    from rich.table import Table

    from supplynet.sensitivity import Indices, Tornado

METHODS: Final = ("tornado", "sobol")


def sensitivity(
    scenario: Annotated[str, typer.Argument(help=WHICH)],
    ranges: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="LEVER=LOW:HIGH",
            help="A lever and its range; 2:12 are whole numbers only, else write 2.0:12.0; repeatable.",
        ),
    ],
    method: Annotated[
        str, typer.Option(help="tornado: one lever at a time; sobol: shares of the variance over all ranges together.")
    ] = "tornado",
    outcome: Annotated[str, typer.Option(help="What is to be explained: total_cost, fill_rate, ...")] = "total_cost",
    points: Annotated[int, typer.Option(help="Of sobol: a power of two, times (levers + 2).")] = 256,
    replications: Annotated[
        int | None, typer.Option(help="Runs at each point, of the same luck (default: tornado 100, sobol 1).")
    ] = None,
    levers: Annotated[
        list[str] | None, typer.Option("--set", metavar="LEVER=VALUE", help="Set another lever; repeatable.")
    ] = None,
    strikes: Annotated[list[str] | None, typer.Option("--disrupt", metavar=STRIKE, help=STRUCK)] = None,
    periods: Annotated[int | None, typer.Option(help="How many periods to run.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all randomness.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="File of the picture: .png, .svg or .pdf (default: METHOD-SCENARIO.png).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
) -> None:
    """Find what an outcome depends on: a tornado, or Sobol indices (pip install 'supplynet[sensitivity]')."""
    with told():
        from supplynet import plot as plots
        from supplynet import sensitivity as studies
        from supplynet.checks import nearest
        from supplynet.scenarios import find_recipe

        if method not in METHODS:
            raise ValueError(f"--method {method!r}: must be one of {', '.join(METHODS)}; {nearest(method, METHODS)}")
        ready = with_options(find_recipe(scenario), levers or [], periods, seed, strikes).build()
        spans = dict(_range_of(text) for text in ranges)
        picture = picture_path(f"{method}-{ready.name}", None, plot)
        found: Tornado | Indices
        tornado = method == "tornado"
        runs = replications if replications is not None else 100 if tornado else 1
        n_scenarios = 1 + 2 * len(spans) if tornado else points * (len(spans) + 2)
        tell_of_compiling()
        with Progress(n_scenarios * runs, "runs") as bar:
            ways: dict[str, Any] = {"outcomes": (outcome,), "progress": lambda done, total: bar.show(done)}
            if tornado:
                found = studies.tornado(ready, spans, runs, **ways)
            else:
                found = studies.sobol(ready, spans, points, replications=runs, **ways)
        if picture is not None:
            draw: Any = plots.tornado if tornado else plots.indices
            plots.save(draw(found, outcome).get_figure(), picture)
        table = found.table(outcome)
        if json:
            rows = {str(lever): {key: strict(value) for key, value in row.items()} for lever, row in table.iterrows()}
            about = {"scenario": ready.name, "method": method, "outcome": outcome, "runs": n_scenarios * runs}
            typer.echo(to_text.dumps({**about, "levers": rows}, allow_nan=False))
            return
        page = console()
        page.print(f"{ready.name}: what {outcome} depends on", style="bold", markup=False, highlight=False)
        page.print(_swings(found, outcome) if tornado else _shares(found, outcome))  # type: ignore[arg-type]
        page.print(found.sentence(outcome), markup=False, highlight=False)
        if picture is not None:
            typer.echo(f"Picture: {picture}")


def _range_of(text: str) -> tuple[str, tuple[float, float]]:
    """A lever and its range as the shell gives them. Raises ValueError that says how to write one."""
    lever, _, ends = (part.strip() for part in text.partition("="))
    low, _, high = ends.partition(":")
    try:
        return lever, (_number(low), _number(high))
    except ValueError:
        raise ValueError(
            f"--vary {text!r}: must be LEVER=LOW:HIGH with two numbers; write for example --vary smoothing=0.1:0.9"
        ) from None


def _number(text: str) -> float:
    """A whole number if it is written as one."""
    try:
        return int(text)
    except ValueError:
        return float(text)


def _swings(found: Tornado, outcome: str) -> Table:
    from rich.text import Text

    from supplynet.words.report import figure, page_table

    table = page_table("lever", numbers=("from", "to", f"{outcome}\nat from", "at to", "change\nat from", "at to"))
    for lever, row in found.table(outcome).iterrows():
        changes = (_with_half(row[f"change_{side}"], row[f"half_{side}"]) for side in ("low", "high"))
        table.add_row(str(lever), f"{row.low:g}", f"{row.high:g}", figure(row.at_low), figure(row.at_high), *changes)
    base = next(iter(found.base.values()))
    table.caption = Text(
        f"One lever at a time, over {base.size:,} run{'s' * (base.size > 1)} each, of the same luck; +- half of the "
        f"{100 * found.confidence:g} % interval of the mean change.",
        style="dim", justify="left",
    )  # fmt: skip
    return table


def _shares(found: Indices, outcome: str) -> Table:
    from rich.text import Text

    from supplynet.words.report import page_table

    table = page_table("lever", numbers=("from", "to", "first", "total"))
    for lever, row in found.table(outcome).iterrows():
        low, high = found.ranges[str(lever)]
        shares = (_with_half(row["first"], row.half_first), _with_half(row.total, row.half_total))
        table.add_row(str(lever), f"{low:g}", f"{high:g}", *shares)
    table.caption = Text(
        "first: the part of the variance that goes if this lever alone is known; total: what is left if all others "
        f"are; +- half of the {100 * found.confidence:g} % interval, from {len(found.points):,} points.",
        style="dim", justify="left",
    )  # fmt: skip
    return table


def _with_half(value: float, half: float) -> str:
    """A number with half of its interval; a dash where it is undefined."""
    from supplynet.words.report import small_figure

    return small_figure(value) + f" +- {small_figure(half)}" * math.isfinite(half)
