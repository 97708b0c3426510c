"""What the commands of the shell share: how faults are told, how options change a scenario, where a page goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from supplynet.scenarios import Recipe

NARROW: Final = 100  # columns of a page that is no terminal
WHICH: Final = "A name that `supplynet scenarios` lists, a folder of tables, a graph file, or a saved scenario.toml."


@contextmanager
def told() -> Iterator[None]:
    """Turn what a library raises into one message on stderr and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("stopped, nothing written", err=True)
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, MemoryError, OSError) as fault:
        words = str(fault.args[0]) if isinstance(fault, KeyError) and fault.args else str(fault)
        cure = "; run fewer periods, or something smaller" * isinstance(fault, MemoryError) * ("run fewer" not in words)
        typer.echo(f"error: {words or type(fault).__name__}{cure}", err=True)
        raise typer.Exit(2) from None


def with_options(recipe: Recipe, sets: list[str], periods: int | None, seed: int | None) -> Recipe:
    """The recipe with what the command line sets. Raises ValueError that names the option."""
    from supplynet.policies.catalogue import FAMILIES

    pairs = []
    for text in sets:
        lever, _, value = (part.strip() for part in text.partition("="))
        if not (lever and value):
            raise ValueError(f"--set {text!r}: must be LEVER=VALUE; write for example --set periods=100")
        pairs.append((lever, value))
    for lever, value in sorted(pairs, key=lambda pair: pair[0].rpartition(".")[2] not in FAMILIES):
        recipe = recipe.with_lever(lever, value)  # rules first, so that their parameters may stand in any order
    for lever, given in (("periods", periods), ("seed", seed)):
        if given is not None:
            recipe = recipe.with_lever(lever, given)
    return recipe


def console() -> Console:
    from rich.console import Console

    page = Console(highlight=False)
    return page if page.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=NARROW)
