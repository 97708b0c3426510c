"""What does it do to a chain if a distribution centre hoards? An agent of your own, in fifteen lines.

In the flour panic of 2020 two centres share one mill. Expected: a centre that alone orders twice what it needs takes
flour from the other one, so its own shops lose fewer sales and all shops together lose more. If both hoard, the mill
shares as before and no shop sells a bag more, but the variance of what the mill orders grows by half.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from shared.out import out_path

from supplynet import plot
from supplynet.agents import Distributor
from supplynet.model import SupplyModel
from supplynet.plot.style import COLOURS, DASHES, SMALL
from supplynet.scenario import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Hoarder(Distributor):
    """Orders twice what it needs while far more is asked of it than in a normal week."""

    alarm = 1.2  # times a normal week
    fear = 2.0  # times what it needs

    def order(self) -> None:
        super().order()
        if self.demand > self.alarm * self.normal_output:
            self.production_order *= self.fear


CASES: Final[dict[str, dict[str, Any]]] = {
    "nobody hoards": {},
    "the northern centre hoards": {"dc-north": Hoarder},
    "both centres hoard": {"dc-north": Hoarder, "dc-south": Hoarder},
}
SIDES: Final = {"north": ("northeast", "midwest"), "south": ("south", "west")}


def play(agents: dict[str, Any], periods: int) -> Result:
    """The flour panic with some agents of one's own."""
    model = SupplyModel("flour-2020", agents=agents, periods=periods)
    model.run_model()
    result: Result = model.result
    return result


def lost(result: Result) -> dict[str, float]:
    """Sales lost by the shops behind each centre, in million packages."""
    by_node = dict(zip(result.nodes, result.measures["lost"].tolist(), strict=True))
    return {side: sum(by_node[f"households-{region}"] for region in regions) for side, regions in SIDES.items()}


def table(played: dict[str, Result]) -> list[str]:
    """A line for each case."""
    lines = [f"{'':<28} {'lost, north':>11} {'lost, south':>11} {'lost':>7} {'bullwhip ratio':>14}"]
    for case, result in played.items():
        side, told = lost(result), result.outcomes
        lines.append(
            f"{case:<28} {side['north']:>11.2f} {side['south']:>11.2f} {told['lost']:>7.2f} "
            f"{told['bullwhip_ratio']:>14.1f}"
        )
    return [
        *lines,
        "",
        "lost: sales for want of flour, in million packages, by the shops behind each centre",
        "bullwhip ratio: variance of the mill's orders over that of what households buy",
        "north: the Northeast and the Midwest; south: the South and the West",
    ]


def figure(played: dict[str, Result]) -> Figure:
    """What the shops lose, and what the mill orders."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(10.0, 4.0), layout="constrained")
    sales, orders = drawn.subplots(1, 2, width_ratios=(1.0, 1.6))
    draw_lost(sales, played)
    for (case, result), colour, dash in zip(played.items(), COLOURS, DASHES, strict=False):
        mill = result.record["production_order"][:, result.nodes.index("mill")]
        orders.plot(np.arange(1, mill.size + 1), mill, color=colour, linestyle=dash, linewidth=1.5, label=case)
    orders.set_title("What the mill orders", fontsize=SMALL + 2, loc="left")
    orders.set_xlabel("week of 2020")
    orders.set_ylabel("million packages a week")
    orders.set_ylim(bottom=0.0)
    orders.legend(frameon=False, fontsize=SMALL)
    for ax in (sales, orders):
        ax.spines[["top", "right"]].set_visible(False)
    return drawn


def draw_lost(ax: Axes, played: dict[str, Result]) -> None:
    """A group of bars for each side of the country, a bar for each case."""
    width = 0.8 / len(played)
    for at, (result, colour) in enumerate(zip(played.values(), COLOURS, strict=False)):
        side = lost(result)
        bars = ax.bar(np.arange(len(side)) + (at - 1) * width, list(side.values()), 0.92 * width, color=colour)
        ax.bar_label(bars, fmt="%.1f", fontsize=SMALL, padding=1)
    ax.set_xticks(range(len(SIDES)), [f"shops in the {side}" for side in SIDES])
    ax.set_title("Sales lost for want of flour", fontsize=SMALL + 2, loc="left")
    ax.set_ylabel("million packages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the first half of the year")
    parser.add_argument("--out", type=Path, help="a file for the table, as text; the figure goes beside it, as .png")
    arguments = parser.parse_args()
    out = out_path(parser, arguments.out, "your_own_agent")
    played = {case: play(agents, 26 if arguments.quick else 52) for case, agents in CASES.items()}
    lines = table(played)
    print("\n".join(lines))
    nobody, north, both = ({**lost(result), **result.outcomes} for result in played.values())
    assert north["north"] < nobody["north"] < nobody["south"] < north["south"] and north["lost"] > nobody["lost"]
    assert np.isclose(both["lost"], nobody["lost"]) and both["bullwhip_ratio"] > 1.2 * nobody["bullwhip_ratio"]
    if arguments.out:
        out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"figure: {plot.save(figure(played), out.with_suffix('.png'))}")


if __name__ == "__main__":
    main()
