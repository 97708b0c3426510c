"""What an experiment leaves behind: a table with theory beside simulation, and a figure with theory drawn in."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from shared.out import out_path
from shared.played import Estimate
from supplynet import plot
from supplynet.plot.style import COLOURS, GREY, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS: Final = ("o", "s", "^", "D", "v", "h", "p")


@dataclass(frozen=True)
class Point:
    """What was measured in one place of a figure, and what theory expects there."""

    curve: str
    at: float
    measured: Estimate
    expected: float


def table(points: Sequence[Point], at: str, what: str) -> list[str]:
    """A line for each point."""
    lines = [f"{'':<44} {at:>18}  {'simulation':>12} {'+- (95 %)':>10}  {'theory':>12}   {what}"]
    for point in points:
        lines.append(
            f"{point.curve:<44} {point.at:>18.4g}  {point.measured.value:>12,.4g} "
            f"{point.measured.half_width:>10,.2g}  {point.expected:>12,.4g}"
        )
    return lines


def check(points: Sequence[Point]) -> None:
    """Assert that the simulation agrees with theory everywhere."""
    wrong = [point for point in points if not point.measured.agrees(point.expected)]
    assert not wrong, "\n".join(["the simulation does not agree with theory:", *table(wrong, "at", "")])


def draw_points(ax: Axes, points: Sequence[Point], look: int, label: str | None = None) -> None:
    """Measured points with their 95 % intervals, in one of the looks that tell curves apart."""
    ax.errorbar(
        [point.at for point in points],
        [point.measured.value for point in points],
        [point.measured.half_width for point in points],
        fmt=MARKS[look], color=COLOURS[look], markersize=4.5, markerfacecolor="white", markeredgewidth=1.2,
        elinewidth=1.2, capsize=2.0, label=label, zorder=3,
    )  # fmt: skip


def new_figure(
    width: float, height: float, columns: int, *, rows: int = 1, same_y: bool = False
) -> tuple[Figure, list[Axes]]:
    """A figure of so many inches, and its axes row by row from left to right; same_y: all have one y axis."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(width, height), layout="constrained")
    return drawn, np.ravel(drawn.subplots(rows, columns, squeeze=False, sharey=same_y)).tolist()


def finish(ax: Axes, title: str, x: str, y: str, *, log: bool = False) -> None:
    """Title, labels with units, and no more ink than needed; log: powers of ten as plain numbers on the y axis."""
    ax.set_title(title, loc="left", fontsize=SMALL + 2)
    ax.set_xlabel(x, fontsize=SMALL + 1)
    ax.set_ylabel(y, fontsize=SMALL + 1)
    ax.tick_params(labelsize=SMALL)
    ax.spines[["top", "right"]].set_visible(False)
    if log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(lambda value, _: f"{value:,.9g}")


def explain(drawn: Figure, runs: int, theory: str = "theory") -> None:
    """Say below the figure what its lines and its points are."""
    ax = drawn.axes[0]
    line = ax.plot([], [], color=GREY, linewidth=1.5)[0]
    bar: Any = ax.errorbar([np.nan], [np.nan], [0.0], fmt="o", color=GREY, markerfacecolor="white", capsize=2.0)
    drawn.legend(
        [line, bar],
        [theory, f"simulation: mean of {runs} replications, and 95 % interval if wider than the mark"],
        loc="outside lower center", ncols=2, frameon=False, fontsize=SMALL,
    )  # fmt: skip


def publish(name: str, doc: str | None, work: Callable[[bool], tuple[list[str], Figure]]) -> None:
    """Do the work of an experiment from the shell: print and write its table, save its figure.

    work: told whether to be quick, it gives the lines of the table and the figure.
    """
    _, arguments = asked(name, doc, "fewer points and fewer replications")
    lines, drawn = work(arguments.quick)
    tell(lines, arguments)
    show(drawn, arguments)


def asked(
    name: str, doc: str | None, quick: str, dataset: str = ""
) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """What the shell asks of an experiment: quick, out, data where it reads a data set, and `table`, where out leads.

    quick: what `--quick` means; dataset: the folder of the real data that it reads.
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help=quick)
    parser.add_argument("--out", type=Path, help="a file for the table, as text; the figure goes beside it, as .png")
    if dataset:
        parser.add_argument("--data", type=Path, help=f"the folder that holds {dataset} (or set SUPPLYNET_DATA)")
    arguments = parser.parse_args()
    arguments.table = out_path(parser, arguments.out, name)
    return parser, arguments


def tell(lines: Sequence[str], arguments: argparse.Namespace) -> None:
    """Print a table, and write it where that was asked for."""
    print("\n".join(lines))
    if arguments.out:
        arguments.table.write_text("\n".join(lines) + "\n", encoding="utf-8")


def show(drawn: Figure, arguments: argparse.Namespace) -> None:
    """Save a figure beside the table, and say where."""
    print(f"figure: {plot.save(drawn, arguments.table.with_suffix('.png'))}")
