"""The commands for one's own network: check the tables of a folder, write a scenario as tables."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from supplynet.shell.options import WHICH, told, with_options


def check(
    folder: Annotated[Path, typer.Argument(help="A folder of tables: nodes.csv, lanes.csv, ...; or a graph file.")],
) -> None:
    """Check the tables of a folder, or a graph file: every problem with its file and line, or that all is well."""
    with told():
        from supplynet.checks import Faults
        from supplynet.readers.folder import recorded
        from supplynet.readers.graph_files import read_path
        from supplynet.unstable import known_unstable

        try:
            scenario = read_path(folder)
        except Faults as fault:
            for problem in fault.problems:
                typer.echo(problem)
            found = len(fault.problems)
            raise ValueError(f"{folder} has {found} problem{'s; mend them' if found > 1 else '; mend it'}") from None
        network = scenario.network
        typer.echo(
            f"{folder}: all is well. {scenario.name!r} has {network.n_nodes:,} nodes, {network.n_lanes:,} lanes, "
            f"{len(network.signals):,} signals and {len(network.disruptions):,} disruptions, and plays "
            f"{scenario.periods:,} periods."
        )
        for words in known_unstable(network, scenario.periods):
            typer.echo(f"note: {words}")
        ends = {name: len(trace.quantities) - 1 for name, trace in recorded(network)}
        short = [name for name, last in ends.items() if last < scenario.periods - 1]
        if short:
            more = f" (and of {len(short) - 1:,} more)" if len(short) > 1 else ""
            typer.echo(
                f"note: the recorded demand of {short[0]!r}{more} ends in period {ends[short[0]]}; "
                "its last quantity is held from then on"
            )


def export(
    scenario: Annotated[str, typer.Argument(help=WHICH)],
    folder: Annotated[
        Path, typer.Argument(help="The folder for the tables, or a file that ends in .graphml or .json.")
    ],
    levers: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="LEVER=VALUE", help="Set a lever (`supplynet show` lists them); repeatable."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the tables that are in the folder.")] = False,
) -> None:
    """Write a scenario as a folder of plain tables, or as a graph file, to change in a spreadsheet and run again."""
    with told():
        from supplynet.readers.graph_files import is_graph_file, write_path
        from supplynet.scenarios import find_recipe

        ready = with_options(find_recipe(scenario), levers or [], None, None).build()
        write_path(ready, folder, overwrite=overwrite)
        what = "Graph" if is_graph_file(folder) else "Tables"
        again = shlex.quote(f"{'./' * (len(folder.parts) == 1)}{folder}")
        typer.echo(f"{what}: {folder} (run them with: supplynet run {again})")
