"""The command that compares two scenarios."""

from __future__ import annotations

import json as to_text
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

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

    from supplynet.comparison import Comparison
    from supplynet.scenarios import Recipe

MANY_TIMES: Final = 1000.0  # beyond it, how many times as many runs is no longer told


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help=WHICH)],
    second: Annotated[str | None, typer.Argument(metavar="[B]", help="Another one (default: A, with changes).")] = None,
    rules: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="KIND=RULE", help="A rule that B follows: ordering=pout; repeatable."),
    ] = None,
    levers: Annotated[
        list[str] | None, typer.Option("--set", metavar="LEVER=VALUE", help="Set a lever of both; repeatable.")
    ] = None,
    levers_a: Annotated[
        list[str] | None, typer.Option("--set-a", metavar="LEVER=VALUE", help="Set a lever of A; repeatable.")
    ] = None,
    levers_b: Annotated[
        list[str] | None, typer.Option("--set-b", metavar="LEVER=VALUE", help="Set a lever of B; repeatable.")
    ] = None,
    strikes: Annotated[
        list[str] | None, typer.Option("--disrupt", metavar=STRIKE, help=f"Strikes both. {STRUCK}")
    ] = None,
    replications: Annotated[int, typer.Option(help="How many runs of each, in pairs of the same luck.")] = 100,
    confidence: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    periods: Annotated[int | None, typer.Option(help="How many periods to run.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all randomness.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="File of the picture: .png, .svg or .pdf (default: compare-A.png).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
) -> None:
    """Compare two scenarios, or two rules, under the same luck: what differs, and how sure that is."""
    with told():
        from supplynet import comparison
        from supplynet.scenarios import find_recipe

        if second is None and not (rules or levers_b):
            raise ValueError(
                f"compare {first}: there is nothing to compare it with; name another scenario, or say what is to "
                "differ: --rule ordering=base_stock, or --set-b LEVER=VALUE"
            )
        both = [
            with_options(find_recipe(name), levers or [], periods, seed, strikes) for name in (first, second or first)
        ]
        a = with_options(both[0], levers_a or [], None, None, option="--set-a").build()
        b = _with_rules(both[1], rules or [], levers_b or []).build()
        picture = picture_path(f"compare-{a.name}", None, plot)
        tell_of_compiling()
        with Progress(2 * replications, "runs") as bar:
            found = comparison.compare(
                a, b, replications, confidence=confidence, progress=lambda done, total: bar.show(done)
            )
        if picture is not None:
            from supplynet import plot as plots

            plots.save(plots.differences(found), picture)
        if json:
            typer.echo(_compared_as_json(found))
        else:
            tell(found, picture)


def _with_rules(recipe: Recipe, rules: list[str], levers: list[str]) -> Recipe:
    """The recipe of B: with other rules, and other levers, whose parameters may be those of the rules."""
    from supplynet.checks import nearest
    from supplynet.policies.catalogue import FAMILIES

    for text in rules:
        kind, _, rule = text.partition("=")
        named = kind.rpartition(".")[2].strip()
        if not rule or named not in FAMILIES:
            cure = f"name one, {named}=..." if named in FAMILIES else nearest(named, FAMILIES)
            raise ValueError(
                f"--rule {text!r}: must be KIND=RULE, where KIND is a kind of rule; {cure}, and `supplynet rules` "
                "lists the rules"
            )
    return with_options(recipe, [*rules, *levers], None, None, option="--set-b")


def _compared_as_json(found: Comparison) -> str:
    table = found.table()
    outcomes = {str(outcome): {name: strict(value) for name, value in row.items()} for outcome, row in table.iterrows()}
    about = {"a": found.names[0], "b": found.names[1], "confidence": found.confidence, "outcomes": outcomes}
    return to_text.dumps(about, allow_nan=False)


def tell(found: Comparison, picture: Path | None) -> None:
    """Print the table, what it says, and where the picture is."""
    page, table = console(), found.table()
    say = partial(page.print, markup=False, highlight=False)
    for letter, name in zip("AB", found.names, strict=True):
        say(f"{letter}: {name}", style="bold")
    page.print(_compared(found))
    known = table[table["low"].notna()]
    same = (known["low"] == 0.0) & (known["high"] == 0.0)
    groups = {
        "Higher in B": known.index[known["low"] > 0.0],
        "Lower in B": known.index[known["high"] < 0.0],
        "The same in both": known.index[same],
        "Not told apart": known.index[(known["low"] <= 0.0) & (known["high"] >= 0.0) & ~same],
        "Undefined": table.index[table["pairs"] == 0],
    }
    say(" ".join(f"{what}: {', '.join(names)}." for what, names in groups.items() if len(names)))
    if not found.varies:
        say("Nothing in them is random, so that one run tells all, and each interval is a point.")
    if left_out := table.loc[(table["pairs"] > 0) & (table["undefined"] > 0), "undefined"].to_dict():
        said = ", ".join(f"{outcome} in {count}" for outcome, count in left_out.items())
        say(f"Pairs in which an outcome is undefined are left out: {said}.")
    if picture is not None:
        typer.echo(f"Picture: {picture}")


def _compared(found: Comparison) -> Table:
    from rich.text import Text

    from supplynet.business import BUSINESS
    from supplynet.outcomes import UNITS
    from supplynet.words.report import figure, page_table, small_figure

    runs = int(found.table()[["pairs", "undefined"]].iloc[0].sum())
    units = UNITS | {name: unit for name, (unit, _) in BUSINESS.items()}
    table = page_table(
        "outcome", "unit", numbers=("A", "B", "B - A", f"{100 * found.confidence:g} % interval", "pairing saves")
    )
    table.columns[0].no_wrap = True
    for outcome, row in found.table().iterrows():
        saved = row.variance_reduction
        times = "-" if math.isnan(saved) else f"{saved:.1f} x" if saved < MANY_TIMES else f"> {MANY_TIMES:,.0f} x"
        interval = f"{small_figure(row.low)} to {small_figure(row.high)}" if math.isfinite(row.low) else "-"
        numbers = (figure(row["first"]), figure(row.second), small_figure(row.difference))
        table.add_row(str(outcome), units.get(str(outcome), ""), *numbers, interval, times)
    table.caption = Text(
        f"Means of {runs:,} runs of each, in pairs of the same luck; the interval is that of the mean of B - A. "
        "pairing saves: so many times as many runs would be needed if the two did not share their luck.",
        style="dim",
        justify="left",
    )
    return table
