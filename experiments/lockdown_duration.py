"""What does a lockdown cost the longer it lasts? A fifth of an economy stops, and the rest lives on its stocks.

10,000 firms are made up from the table of the United States (71 industries, the inputs that are a hundredth of output
or more, each need from one seller on average). They hold 9 days of each input on average (drawn, at least 4) and close
gaps in 6. Firms with 21 % of all value added, drawn anywhere, make nothing for some days.

Expected: a short lockdown costs little more than what the closed firms do not make. A long one costs more than in
proportion, since stocks run out, and within a month or so the indirect loss is larger than the direct one. In per cent
of a year's value added Inoue & Todo (2020), PLoS ONE 15(9), e0239251, who close Tokyo in a network of 1.7 million firms
that exist, find 0.106 after 1 day, 0.699 after 7, 1.75 after 14, 5.22 after 30 and 12.8 after 60; nothing is fitted to
that. Firms in Tokyo buy in Tokyo, and the closed ones here are drawn one by one.

Run it as `python experiments/lockdown_duration.py --data DIR`, where DIR holds bea_io_us_2021; it takes some minutes,
and `--quick` a few seconds, with 500 firms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray
from shared.pages import asked, show, tell

from supplynet import Keep, Scenario, run
from supplynet.damage import LOSSES, damage
from supplynet.disruptions import Disruption
from supplynet.firms import COVER, firm_network
from supplynet.plot.style import COLOURS, SMALL
from supplynet.readers.io_tables import united_states
from supplynet.topologies import Firms, firms_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[Any]
SHUT: Final = 0.21  # of value added: that of Tokyo
LEAST_COVER: Final = 4.0  # days
PUBLISHED: Final = {1: 0.106, 7: 0.699, 14: 1.75, 30: 5.22, 60: 12.8}
"""Days of lockdown, and per cent of a year's value added. Source: Inoue & Todo (2020)."""
DAYS: Final = (1, 3, 7, 10, 14, 21, 30, 45, 60)
AFTERWARDS: Final = 120  # days, in which the rest of the loss comes
YEAR: Final = 365.0  # days


@dataclass(frozen=True)
class Loss:
    """What a lockdown of so many days costs, in per cent of a year's value added, and of a day's on the worst day."""

    days: int
    direct: float
    total: float
    worst_day: float

    @property
    def ratio(self) -> float:
        """Indirect over direct loss."""
        return self.total / self.direct - 1.0


def lock_down(firms: Firms, days: int, seed: int) -> Loss:
    """Close firms for some days, drawn until they have the part SHUT of value added."""
    luck = np.random.default_rng(seed)
    drawn = luck.permutation(firms.n_firms)
    closed = drawn[np.cumsum(firms.value_added[drawn]) <= SHUT * firms.value_added.sum()]
    cover = np.maximum(LEAST_COVER, luck.poisson(COVER, firms.n_firms).astype(np.float64))
    region = np.full(firms.n_firms, "open", object)
    region[closed] = "closed"
    event = Disruption("region=closed", "capacity_factor", 0.0, 0, days)
    periods = days + AFTERWARDS
    network = firm_network(firms, cover=cover, region=region.tolist(), disruptions=[event])
    result = run(Scenario("lockdown", network, periods), keep=Keep(LOSSES))
    value, total = firms.value_added / firms.output, firms.value_added.sum()
    of_nodes = np.append(value, np.zeros(network.n_nodes - firms.n_firms))  # customers add none
    found = damage(result.record, result.undisturbed.record, value=of_nodes)
    lost = found.periods["value_added_lost"].to_numpy()
    assert lost[-1] < 0.01 * total, "the economy should be back"
    percent = 100.0 / (YEAR * total)
    return Loss(days, found.direct_loss * percent, found.value_added_lost * percent, 100.0 * lost.max() / total)


def table(losses: list[Loss], spread: dict[int, float]) -> list[str]:
    """A line for each length of lockdown."""
    lines = [
        "% of a year's value added; worst day: % of a day's; +-: standard deviation over draws of who is closed",
        f"{'days':>5} {'direct':>8} {'total':>8} {'+-':>6} {'indirect/direct':>16} {'worst day':>10} {'Tokyo':>8}",
    ]
    for loss in losses:
        published = f"{PUBLISHED[loss.days]:>8.3g}" if loss.days in PUBLISHED else ""
        lines.append(
            f"{loss.days:>5} {loss.direct:>8.3f} {loss.total:>8.3f} {spread[loss.days]:>6.3f} {loss.ratio:>16.2f} "
            f"{loss.worst_day:>10.0f} {published}".rstrip()
        )
    return lines


def figure(losses: list[Loss]) -> Figure:
    """Loss against days, with the direct loss under it and the published points."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(7.0, 4.6), layout="constrained")
    ax = drawn.subplots()
    days = [loss.days for loss in losses]
    ax.plot(
        days,
        [loss.direct for loss in losses],
        color=COLOURS[1],
        linewidth=1.5,
        label="direct: what closed firms do not make",
    )
    ax.plot(
        days,
        [loss.total for loss in losses],
        color=COLOURS[2],
        marker="o",
        markersize=4.5,
        linewidth=1.5,
        label="total, made-up firms",
    )
    ax.plot(
        list(PUBLISHED), list(PUBLISHED.values()), linestyle="none", marker="D", markersize=6.5, color=COLOURS[0],
        markerfacecolor="white", markeredgewidth=1.2, label="total, Tokyo, Inoue & Todo (2020)", zorder=3,
    )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks([*PUBLISHED, 3], [str(day) for day in (*PUBLISHED, 3)], minor=False)
    ax.tick_params(which="minor", length=0, labelbottom=False)
    ax.tick_params(labelsize=SMALL)
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set_xlabel("days of lockdown", fontsize=SMALL + 1)
    ax.set_ylabel("value added lost, % of a year's", fontsize=SMALL + 1)
    ax.set_title("A lockdown of firms with 21 % of value added", loc="left", fontsize=10, fontweight="bold")
    ax.legend(frameon=False, fontsize=SMALL, loc="upper left")
    ax.spines[["top", "right"]].set_visible(False)
    return drawn


def measure(firms: Firms, seeds: int) -> tuple[list[Loss], dict[int, float]]:
    """The mean loss of each length over draws of who is closed, and the standard deviation of the total."""
    losses, spread = [], {}
    for days in DAYS:
        found = [lock_down(firms, days, seed) for seed in range(seeds)]
        mean = [float(np.mean([getattr(one, name) for one in found])) for name in ("direct", "total", "worst_day")]
        losses.append(Loss(days, *mean))
        spread[days] = float(np.std([one.total for one in found], ddof=1)) if seeds > 1 else float("nan")
    return losses, spread


def check(losses: list[Loss]) -> None:
    """Assert what is expected."""
    by_days = {loss.days: loss for loss in losses}
    per_day = [loss.total / loss.days for loss in losses]
    assert per_day[-1] > 1.5 * per_day[0], "a long lockdown costs more than in proportion"
    assert by_days[7].ratio < 1.0 < by_days[30].ratio, "indirect overtakes direct"


def main() -> None:
    parser, arguments = asked("lockdown_duration", __doc__, "500 firms and one draw of who is closed", "bea_io_us_2021")
    try:
        firms = firms_of(united_states(arguments.data), 500 if arguments.quick else 10_000, suppliers=1, least=0.01)
    except ValueError as fault:
        parser.exit(2, f"error: {fault}\n")
    losses, spread = measure(firms, 1 if arguments.quick else 3)
    lines = table(losses, spread)
    tell(lines, arguments)
    check(losses)
    show(figure(losses), arguments)


if __name__ == "__main__":
    main()
