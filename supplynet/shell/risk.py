"""The command that tells who is critical."""

from __future__ import annotations

import json as to_text
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from supplynet.shell.options import WHICH, console, picture_path, strict, told, with_options
from supplynet.shell.progress import Progress

if TYPE_CHECKING:
    from supplynet.risk import SystemicRisk
    from supplynet.trade import Trade

EPS: Final = 1e-2
AS_GIVEN: Final = "as-given"


def risk(
    scenario: Annotated[str, typer.Argument(help=WHICH)],
    top: Annotated[int, typer.Option(help="How many firms to print.")] = 20,
    essential: Annotated[
        str,
        typer.Option(metavar="all|none|as-given", help="Which inputs are essential; as-given: those of criticality 1."),
    ] = AS_GIVEN,
    replaceability: Annotated[
        bool,
        typer.Option(
            "--replaceability/--no-replaceability", help="Whether firms of one product stand in for each other."
        ),
    ] = True,
    eps: Annotated[float, typer.Option(help="A cascade ends when no firm drops by more in a step.")] = EPS,
    keeps: Annotated[float, typer.Option(help="The part of its capacity that the struck firm keeps.")] = 0.0,
    levers: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="LEVER=VALUE", help="Set a lever (`supplynet show` lists them); repeatable."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File for the whole ranking: .parquet.")] = None,
    plot: Annotated[
        Path | None, typer.Option(help="File of the picture: .png, .svg or .pdf (default: risk-SCENARIO.png).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
) -> None:
    """Rank the firms by systemic risk: which part of all sales fails if one of them does."""
    with told():
        from supplynet import plot as plots
        from supplynet.files import check_folder, write_together
        from supplynet.ranges import checked
        from supplynet.risk import systemic_risk
        from supplynet.scenarios import find_recipe
        from supplynet.trade import trade_of

        if top < 1:
            raise ValueError(f"--top {top}: must be a whole number >= 1; give how many firms to print")
        for option, value, means in (
            ("--eps", eps, "the published one is 0.01"), ("--keeps", keeps, "the part that the struck firm keeps"),
        ):  # fmt: skip
            checked(option, value, least=0.0, most=1.0, must=f"a number in [0, 1]; {means}")
        if out is not None and out.suffix != ".parquet":
            raise ValueError(f"--out {str(out)!r}: must be a file that ends in .parquet; name one")
        ready = with_options(find_recipe(scenario), levers or [], None, None).build()
        picture = picture_path(f"risk-{ready.name}", None, plot)
        if out is not None:
            check_folder(out.parent)
        trade = _with(trade_of(ready.network), essential)
        with Progress(trade.n_firms, "firms") as bar:
            found = systemic_risk(
                trade, capacity_factor=keeps, replaceability=replaceability, eps=eps, progress=bar.show
            )
        files: dict[Path, Any] = {}
        if out is not None:
            files[out] = lambda path: found.table().to_parquet(path, engine="pyarrow", index=False)
        if picture is not None:
            files[picture] = partial(plots.save, plots.criticality(found, ready))
        write_together(files)
        if json:
            typer.echo(_as_json(found, ready.name, essential))
        else:
            tell(found, ready.name, top)
            for what, where in (("Picture", picture), ("Ranking", out)):
                if where is not None:
                    typer.echo(f"{what}: {where}")


def _with(trade: Trade, essential: str) -> Trade:
    """The trade with all inputs essential, or none, or as they are. Raises ValueError for another word."""
    from supplynet.checks import nearest
    from supplynet.trade import ESSENTIAL, NON_ESSENTIAL

    words = {"all": ESSENTIAL, "none": NON_ESSENTIAL, AS_GIVEN: None}
    if essential not in words:
        raise ValueError(f"--essential {essential!r}: must be all, none or {AS_GIVEN}; {nearest(essential, words)}")
    value = words[essential]
    return trade if value is None else trade.with_essentiality(value)


def _as_json(found: SystemicRisk, name: str, essential: str) -> str:
    rows = found.table().to_dict("records")
    about = {
        "scenario": name, "essential": essential, "replaceability": found.replaceability, "eps": found.eps,
        "capacity_factor": found.capacity_factor,
        "firms": [{key: strict(value) if isinstance(value, float) else value for key, value in row.items()}
                  for row in rows],
    }  # fmt: skip
    return to_text.dumps(about, allow_nan=False)


def tell(found: SystemicRisk, name: str, top: int) -> None:
    """Print the first firms of the ranking, and what it says."""
    from supplynet.words.report import page_table, small_figure

    def percent(share: float) -> str:
        return f"{small_figure(100.0 * share)} %"

    page, table = console(), found.table()
    say = partial(page.print, markup=False, highlight=False)
    say(f"{name}: who is critical", style="bold")
    lines = page_table("firm", "product", "sector", numbers=("size", "risk", "times\nits size", "steps"))
    for row in table.head(top).to_dict("records"):
        times = small_figure(row["index"] / row["size"]) if row["size"] > 0.0 else "-"
        lines.add_row(
            str(row["name"]), str(row["product"]), str(row["sector"]), percent(row["size"]), percent(row["index"]),
            times, str(row["steps"]),
        )  # fmt: skip
    page.print(lines)
    more = f" {len(table) - top:,} more firms are not shown." if len(table) > top else ""
    say(
        "size: part of all sales; risk: the part that fails with the firm, among those it supplies and those that "
        f"supply it.{more}",
        style="dim",
    )
    highest = float(table["index"].iloc[0])
    plateau = int((table["index"] >= 0.9 * highest).sum())
    say(
        f"{plateau:,} of {len(table):,} firms take {percent(0.9 * highest)} or more of all sales down with them; the "
        f"middle firm takes {percent(float(table['index'].median()))}."
    )
