"""What the commands of the shell share: how faults are told, how options change a scenario, where a page goes."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from supplynet.scenarios import Recipe

NARROW: Final = 100  # columns of a page that is no terminal
COMPILING: Final = "compiling the kernels; this happens once, and takes about ten seconds"
STRIKE: Final = "WHERE,COLUMN,FACTOR[,START[,DURATION...]]"
STRUCK: Final = "A disruption, as a row of disruptions.csv: mill,capacity_factor,0,20,5; repeatable."
WHICH: Final = "A name that `supplynet scenarios` lists, a folder of tables, a graph file, or a saved scenario.toml."


@contextmanager
def told() -> Iterator[None]:
    """Turn what a library raises into one message on stderr and an exit code, and warnings into lines there."""
    try:
        with _warnings_told():
            yield
    except KeyboardInterrupt:
        typer.echo("stopped, nothing written", err=True)
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise
    except (ValueError, TypeError, KeyError, ArithmeticError, MemoryError, RecursionError, OSError) as fault:
        words = str(fault.args[0]) if isinstance(fault, KeyError) and fault.args else str(fault)
        cure = "; run fewer periods, or something smaller" * isinstance(fault, MemoryError) * ("run fewer" not in words)
        typer.echo(f"error: {words or type(fault).__name__}{cure}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Say what the package warns of, each once."""
    said: set[str] = set()

    def tell(message: Warning | str, *_: Any, **__: Any) -> None:
        if (words := str(message)) not in said:
            said.add(words)
            typer.echo(f"warning: {words}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = tell
        yield


def with_options(
    recipe: Recipe, sets: list[str], periods: int | None, seed: int | None,
    strikes: list[str] | None = None, *, option: str = "--set",
) -> Recipe:  # fmt: skip
    """The recipe with what the command line sets. Raises ValueError that names the option."""
    from supplynet.policies.catalogue import FAMILIES

    pairs = []
    for text in sets:
        lever, _, value = (part.strip() for part in text.partition("="))
        if not (lever and value):
            raise ValueError(f"{option} {text!r}: must be LEVER=VALUE; write for example {option} periods=100")
        pairs.append((lever, value))
    for lever, value in sorted(pairs, key=lambda pair: pair[0].rpartition(".")[2] not in FAMILIES):
        recipe = recipe.with_lever(lever, value)  # rules first, so that their parameters may stand in any order
    for lever, given in (("periods", periods), ("seed", seed)):
        if given is not None:
            recipe = recipe.with_lever(lever, given)
    return replace(recipe, disruptions=(*recipe.disruptions, *(strikes or ())))


def picture_path(name: str, out: Path | None, plot: Path | None) -> Path | None:
    """Where the picture goes; None, and a word on stderr, if nobody asked for it and the folder is closed.

    Raises ValueError for a kind of picture that is not known, OSError if its folder cannot be written to.
    """
    from supplynet.files import check_folder
    from supplynet.plot import check_path

    if plot is not None:
        check_path(plot)
        check_folder(plot.parent)
        return plot
    path = Path(f"{name}.png") if out is None else out / f"{name}.png"
    try:
        check_folder(path.parent)
    except OSError as fault:
        if out is not None:
            raise
        typer.echo(f"no picture: {fault}; or name a file with --plot", err=True)
        return None
    return path


def strict(value: Any) -> float | None:
    """A number as JSON knows it; None where it is undefined or infinite."""
    return float(value) if math.isfinite(value) else None


def tell_of_compiling() -> None:
    """Say so if the kernels have to be compiled before anything can be played."""
    if _cache_is_cold():
        typer.echo(COMPILING, err=True)


def _cache_is_cold() -> bool:
    """Whether numba has no compiled kernel of this very source at hand."""
    import numba

    from supplynet.phases import book

    if numba.config.DISABLE_JIT:
        return False  # nothing is compiled at all
    kernel: Any = book.book.serial
    source, cache = Path(book.__file__), Path(kernel.stats.cache_path)
    compiled = [index.stat().st_mtime for index in cache.glob("book.*.nbi")]
    return not compiled or max(compiled) < source.stat().st_mtime


def console() -> Console:
    from rich.console import Console

    page = Console(highlight=False)
    return page if page.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=NARROW)
