"""The commands for many runs at once: play a sweep, and tell what one came to."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from supplynet.shell.options import STRIKE, STRUCK, WHICH, console, tell_of_compiling, told, with_options
from supplynet.shell.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

    from supplynet.sweeps.design import Design
    from supplynet.sweeps.traces import Traces

SHOWN: Final = 40  # scenarios of a table


def sweep(
    scenario: Annotated[str, typer.Argument(help=f"{WHICH} Or a TOML file that says all of this: an experiment.")],
    varied: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="LEVER=VALUES",
            help="A lever and its values: 1,2,4 or LOW:HIGH:HOW_MANY; LOW:HIGH with another design; repeatable.",
        ),
    ] = None,
    levers: Annotated[
        list[str] | None, typer.Option("--set", metavar="LEVER=VALUE", help="Set a lever of all; repeatable.")
    ] = None,
    strikes: Annotated[list[str] | None, typer.Option("--disrupt", metavar=STRIKE, help=STRUCK)] = None,
    design: Annotated[str | None, typer.Option(help="grid (the default), latin_hypercube or sobol.")] = None,
    points: Annotated[int | None, typer.Option(help="How many points a latin_hypercube or sobol design has.")] = None,
    seeds: Annotated[int | None, typer.Option(help="How many replications of each scenario (default: 100).")] = None,
    outcomes: Annotated[
        str | None, typer.Option(help="Names with commas between them: fill_rate,shop.peak_order.")
    ] = None,
    traces: Annotated[
        list[str] | None,
        typer.Option(
            "--trace",
            metavar="COLUMN",
            help="Keep it period by period: order, shop.on_hand; repeatable, with --out.",
        ),
    ] = None,
    every: Annotated[int | None, typer.Option(help="Of traces keep one period in so many (default: all).")] = None,
    periods: Annotated[int | None, typer.Option(help="How many periods to run.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all randomness.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the runs; the same command goes on in it.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes (default: as many as are worth it).")] = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Play the I-th of N parts only.")] = "1/1",
    cluster: Annotated[str | None, typer.Option(help="Address of a Dask scheduler, tcp://HOST:PORT.")] = None,
) -> None:
    """Play many scenarios many times, a row for each run, and print a summary."""
    with told():
        from supplynet.scenarios import find_recipe
        from supplynet.sweeps.outcomes import DEFAULT
        from supplynet.sweeps.running import sweep as play
        from supplynet.sweeps.wording import is_experiment, read_experiment

        said: dict[str, Any] = read_experiment(Path(scenario)) if is_experiment(scenario) else {"scenario": scenario}
        options = {
            "design": design, "points": points, "seeds": seeds, "periods": periods, "seed": seed, "workers": workers,
            "out": None if out is None else str(out), "outcomes": None if outcomes is None else _names(outcomes),
            "traces": traces or None, "every": every,
        }  # fmt: skip
        said |= {name: value for name, value in options.items() if value is not None}
        sets = [*(f"{lever}={value}" for lever, value in said.get("set", {}).items()), *(levers or [])]
        events = [*said.get("disruptions", []), *(strikes or [])]
        recipe = with_options(find_recipe(said["scenario"]), sets, said.get("periods"), said.get("seed"), events)
        chosen = _design(recipe.build(), said, varied or [])
        part = _shard(shard)
        if cluster is not None and workers is not None:
            raise ValueError("--cluster and --workers are both given; the cluster has its own workers, leave one out")
        tell_of_compiling()
        with ExitStack() as stack:
            ways: dict[str, Any] = {"workers": said.get("workers")}
            if cluster is not None:
                from supplynet.executors import cluster as connected

                ways = {"executor": stack.enter_context(connected(cluster))}
            bar = stack.enter_context(Progress(1, "runs"))

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.show(done)

            try:
                runs = play(
                    chosen, said.get("seeds", 100), outcomes=said.get("outcomes", DEFAULT), traces=_traces(said),
                    out=said.get("out"), shard=part, progress=show, **ways,
                )  # fmt: skip
            except KeyboardInterrupt:
                where = "nothing kept, since there was no --out"
                if "out" in said:
                    where = f"what is finished is safe in {said['out']}; the same command goes on with it"
                typer.echo(f"stopped: {where}", err=True)
                raise typer.Exit(130) from None
        tell(runs)
        if "out" in said:
            typer.echo(f"Runs: {said['out']} (pictures: supplynet results {said['out']})")
        else:
            typer.echo("Nothing was stored; name a folder with --out to keep the runs.")


def results(
    folder: Annotated[Path, typer.Argument(help="The folder that `supplynet sweep --out` wrote.")],
    plot: Annotated[bool, typer.Option("--plot/--no-plot", help="Save pictures and summary.csv in the folder.")] = True,
) -> None:
    """Tell what a sweep came to, all its shards together: a table, and pictures beside the runs."""
    with told():
        from functools import partial

        from supplynet.files import write_together
        from supplynet.sweeps.storage import read_sweep

        runs = read_sweep(folder)
        tell(runs)
        if plot:
            from supplynet.plot import save
            from supplynet.plot.sweeps import pictures
            from supplynet.plot.traces import fans
            from supplynet.sweeps.summary import summarise

            drawn = pictures(runs) | fans(folder, runs)
            files: dict[Path, Any] = {folder / f"{name}.png": partial(save, each) for name, each in drawn.items()}
            files[folder / "summary.csv"] = partial(summarise(runs).to_csv, index=False)
            write_together(files)
            for path in files:
                typer.echo(f"File: {path}")


def tell(runs: pd.DataFrame) -> None:
    """Print a row for each scenario, and how many runs failed and why."""
    from supplynet.sweeps.summary import levers_of, outcomes_of, summarise
    from supplynet.words.report import figure, page_table

    levers, outcomes, table = levers_of(runs), outcomes_of(runs), summarise(runs)
    page = console()
    lines = page_table("scenario", *levers, numbers=("runs", *outcomes))
    for row in table.head(SHOWN).to_dict("records"):
        means = [
            figure(row[outcome]) + (f" ± {figure(half)}" if (half := row[f"{outcome}_half"]) == half else "")
            for outcome in outcomes
        ]
        lines.add_row(str(row["scenario"]), *(_word(row[lever]) for lever in levers), f"{row['runs']:,}", *means)
    page.print(lines)
    more = f" {len(table) - SHOWN:,} more scenarios are not shown." if len(table) > SHOWN else ""
    page.print(f"{len(runs):,} runs. Means over runs, with 95 % intervals.{more}", style="dim", markup=False)
    failed = runs["error"].dropna()
    if len(failed):
        typer.echo(f"{len(failed):,} of {len(runs):,} runs failed; the first said: {failed.iloc[0]}", err=True)


def _design(base: Any, said: dict[str, Any], varied: list[str]) -> Design:
    """The scenarios that the file and the options ask for."""
    from supplynet.sweeps.design import as_design, vary
    from supplynet.sweeps.wording import read_values

    kind = said.get("design", "grid")
    texts = dict(said.get("vary", {}))
    for text in varied:
        lever, _, values = (word.strip() for word in text.partition("="))
        if not lever:
            raise ValueError(f"--vary {text!r}: must be LEVER=VALUES; write for example --vary window=2,4,8")
        texts[lever] = values
    asked = {
        lever: read_values(lever, values, ends=kind != "grid") if isinstance(values, str) else values
        for lever, values in texts.items()
    }
    return vary(base, asked, design=kind, n=said.get("points")) if asked else as_design(base)


def _traces(said: dict[str, Any]) -> Traces | None:
    from supplynet.sweeps.traces import Traces

    if "traces" in said:
        return Traces(tuple(said["traces"]), said.get("every", 1))
    if "every" in said:
        raise ValueError("every thins traces, and there are none; name some with --trace, or leave it out")
    return None


def _shard(text: str) -> tuple[int, int]:
    part, _, n_parts = text.partition("/")
    if not (part.isdigit() and n_parts.isdigit()):
        raise ValueError(f"--shard {text!r}: must be I/N with I from 1 to N; write for example --shard 2/8")
    return int(part), int(n_parts)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _word(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
