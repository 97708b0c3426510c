"""The command line: run a scenario, list them, show one; list the rules, show one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from supplynet import __version__
from supplynet.shell.compare import compare
from supplynet.shell.options import STRIKE, STRUCK, WHICH, console, picture_path, tell_of_compiling, told, with_options
from supplynet.shell.progress import Progress
from supplynet.shell.risk import risk
from supplynet.shell.sensitivity import sensitivity
from supplynet.shell.sweep import results, sweep
from supplynet.shell.tables import check, export

if TYPE_CHECKING:
    from supplynet.record import Keep
    from supplynet.scenario import Result, Scenario

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Supply networks in which bullwhip, shortages and cascades emerge from local rules.",
    epilog="Start with: supplynet run",
)


def main() -> None:
    """The entry point of the shell command."""
    app(prog_name="supplynet")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"supplynet {__version__}")
        raise typer.Exit


@app.callback()
def shell(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Supply networks in which bullwhip, shortages and cascades emerge from local rules."""


@app.command()
def run(
    scenario: Annotated[str, typer.Argument(help=WHICH)] = "flour-2020",
    periods: Annotated[int | None, typer.Option(help="How many periods to run.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of all randomness.")] = None,
    levers: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="LEVER=VALUE", help="Set a lever (`supplynet show` lists them); repeatable."),
    ] = None,
    strikes: Annotated[list[str] | None, typer.Option("--disrupt", metavar=STRIKE, help=STRUCK)] = None,
    replication: Annotated[
        int | None, typer.Option(help="Which repetition of the luck (default: the first, 0).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for nodes.parquet, lanes.parquet, outcomes.json, scenario.toml, the picture, and "
            "damage.parquet and shortages.parquet of a scenario that is struck."
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="File of the picture: .png, .svg or .pdf (default: SCENARIO.png).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")] = False,
) -> None:
    """Run a scenario, print what happened, and save a picture."""
    with told():
        from supplynet import saving
        from supplynet.files import write_together
        from supplynet.scenarios import find_recipe

        recipe = with_options(find_recipe(scenario), levers or [], periods, seed, strikes)
        recipe = recipe if replication is None else replace(recipe, replication=replication)
        ready = recipe.build()
        picture = picture_path(ready.name, out, plot)
        if out is not None:
            saving.check_out(out)
        result = play(ready, recipe.replication, keep_for(ready))
        files: dict[Path, Any] = {} if out is None else dict(saving.files_of(result, out))
        if picture is not None:
            from supplynet import plot as plots

            files[picture] = partial(plots.save, plots.overview(result))
        write_together(files)
        if json:
            typer.echo(saving.to_json(result))
        else:
            tell(result, picture, out)


@app.command()
def scenarios() -> None:
    """List the ready-made scenarios."""
    with told():
        from supplynet.scenarios import READY_MADE, load

        width = max(map(len, READY_MADE))
        for name in READY_MADE:
            typer.echo(f"{name:{width}}  {load(name).about}")


@app.command()
def show(
    scenario: Annotated[str, typer.Argument(help=WHICH)],
) -> None:
    """Show a scenario: its network, its rules, and its levers with units and current values."""
    with told():
        from supplynet.scenarios import load
        from supplynet.words.scenarios import scenario_parts

        page = console()
        for part in scenario_parts(load(scenario)):
            page.print(part)


@app.command()
def rules(
    name: Annotated[str | None, typer.Argument(help="A rule to show at work, by any of its names.")] = None,
) -> None:
    """List the rules, or show one: its parameters, what it sees, and ten periods of it at work."""
    with told():
        from supplynet.words import rules as rule_pages

        page = console()
        for part in rule_pages.all_rules() if name is None else rule_pages.one_rule(name):
            page.print(part, markup=False)


@app.command("app")
def page(
    scenario: Annotated[str, typer.Argument(help=WHICH)] = "flour-2020",
    port: Annotated[int | None, typer.Option(help="Port on this machine (default: the first free from 8765).")] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; with another than this machine's own, others can open the app.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it in your browser.")] = True,
) -> None:
    """See it, break it, play it: the app in the browser. It opens what lies in the folder in which it is started."""
    with told():
        from supplynet.scenarios import find_recipe

        ready = find_recipe(scenario).build()
        try:
            from supplynet.viz import server
        except ModuleNotFoundError as fault:
            raise ValueError(f"the page needs {fault.name}; install it with: pip install 'supplynet[app]'") from None
        free = server.free_port(port, host)
        play(ready, 0, keep_for(ready))  # what is wrong with the network is said here, and the kernels are compiled
        server.serve(
            scenario, free, host=host, browser=browser, ready=lambda at: typer.echo(f"Page: {at} (stop with Ctrl-C)")
        )


app.command()(check)
app.command()(export)
app.command()(sweep)
app.command()(results)
app.command()(compare)
app.command()(sensitivity)
app.command()(risk)


def keep_for(scenario: Scenario) -> Keep | None:
    """What to keep: everything; of a long run what the table and the picture need; None leaves it to the record.

    Raises MemoryError if even the demand of so many periods would not fit.
    """
    import psutil

    from supplynet.damage import LOSSES
    from supplynet.outcomes import NEEDED
    from supplynet.outcomes.scrapped import TABLES
    from supplynet.record import FULL, Keep

    struck = LOSSES if scenario.network.disruptions else ()
    told = (*(NEEDED.columns or ()), "filled", "on_hand", "backlog", "lost", "cost", *struck)
    needed = Keep(columns=told, totals=tuple(TABLES))
    columns = len(needed.columns or ())
    cells = scenario.periods * scenario.network.n_nodes
    free = psutil.virtual_memory().available
    if 8 * cells > free:
        raise MemoryError(
            f"{scenario.periods:,} periods of {scenario.network.n_nodes:,} nodes need more than "
            f"{8 * cells / 1e9:,.1f} GB and {free / 1e9:.1f} GB are free; run fewer with --periods"
        )
    everything = cells * 14 + scenario.periods * scenario.network.n_lanes * 7
    return needed if everything > FULL >= cells * columns / 10 and 8 * cells * columns < free / 4 else None


def play(scenario: Scenario, replication: int, keep: Keep | None) -> Result:
    """Run, with a progress bar from the first second on, and a word if the kernels have to be compiled."""
    import supplynet

    tell_of_compiling()
    if keep is not None:
        typer.echo("a long run: kept are the columns that the table needs, not the lanes", err=True)
    with Progress(scenario.periods) as progress:
        return supplynet.run(scenario, replication=replication, keep=keep, watchers=lambda engine: (progress,))


def tell(result: Result, picture: Path | None, out: Path | None) -> None:
    """Print the table by tier, what happened, what to try next, and where the files are."""
    from supplynet.words import report
    from supplynet.words.damage import damage_parts

    page, scenario = console(), result.scenario
    page.print(f"{scenario.name}: {scenario.about}".removesuffix(": "), style="bold", markup=False, highlight=False)
    if not result.record.summed:
        page.print(report.tier_table(result))
        page.print()
    page.print(report.sentence(result), markup=False, highlight=False)
    if scenario.name in report.CAVEATS:
        page.print(report.CAVEATS[scenario.name], markup=False, highlight=False)
    for part in damage_parts(result) if scenario.network.disruptions else ():
        page.print(part)
    if hint := report.next_step(scenario):
        page.print(f"Try next: {hint}", markup=False, highlight=False)
    for what, where in (("Picture", picture), ("Files", out)):
        if where is not None:
            typer.echo(f"{what}: {where}")


if __name__ == "__main__":
    main()
