"""The commands for one's own network: check the tables of a folder, write a scenario as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from supplynet.shell import WHICH, told, with_options


def check(
    folder: Annotated[Path, typer.Argument(help="A folder of tables: nodes.csv, lanes.csv, ...; or a graph file.")],
) -> None:
    """Check the tables of a folder, or a graph file: every problem with its file and line, or that all is well."""
    with told():
        from supplynet.checks import Faults
        from supplynet.readers.graph_files import read_path

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
        typer.echo(f"{what}: {folder} (run them with: supplynet run {'./' * (len(folder.parts) == 1)}{folder})")
