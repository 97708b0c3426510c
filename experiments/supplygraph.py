"""Do the lots in which a maker produces explain why its production swings more than its orders?

The real daily orders for 31 products of a maker (`supplygraph.read_maker`) are played through a works for each product.
No number is fitted to the ratios below, which compare variances week by week, each in parts of its mean. Measured:
production over orders 1.77 (median of the products), deliveries over orders 0.99. Weeks that begin on other days give
1.51 to 2.08 for the first; the page that comes with the data says 1.71. Expected of the model:

(1) 1.0 where just what is ordered is made.
(2) More with the lots and the pace of the data, most for slow movers. Source: Caplin (1985), Econometrica 53(6).
(3) More again where stocks follow the orders of the last `WINDOW` days, the more the larger they are (1.5 with a week
of stock, 2.1 with two). Source: Chen, Drezner, Ryan & Simchi-Levi (2000), Management Science 46(3).
(4) Lots tell the products apart, but alone they fall short of the median; deliveries are as steady as orders.

Run it as `python experiments/supplygraph.py --data DIR`, where DIR holds supplygraph; it takes a few seconds, and
`--quick` leaves out nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from shared.pages import asked, show, tell

from supplynet import run
from supplynet.plot.style import COLOURS, PALE, SMALL
from supplynet.policies.ordering import OrderUpToMovingAverage
from supplynet.readers import supplygraph
from supplynet.scenario import Scenario

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WINDOW: Final = 28  # days, four weeks
FOLLOW: Final = OrderUpToMovingAverage(WINDOW, safety_periods=supplygraph.STOCK_DAYS - 1)  # and a day of production
PUBLISHED: Final = {"production": 1.71, "delivery": 0.99}
"""Medians on the page that comes with the data, whose weeks are not stated; ours must be near."""
MEASURED: Final = "measured"
WAYS: Final = {
    "as ordered": {"in_lots": False},
    "in lots": {"in_lots": True},
    "stocks that follow": {"in_lots": False, "ordering": FOLLOW},
    "lots, and stocks that follow": {"in_lots": True, "ordering": FOLLOW},
}


def flows(scenario: Scenario, measured: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """What the works of a scenario made and delivered, by day and product, in cases."""
    result = run(scenario)
    orders = measured["sales_order"]
    at = [result.nodes.index(product) for product in orders.columns]
    kept = {"production": "production", "delivery": "shipped", "sales_order": "demand"}
    made = {
        flow: pd.DataFrame(result.record[key][:, at], orders.index, orders.columns) for flow, key in kept.items()
    }  # fmt: skip
    assert np.allclose(made["sales_order"], orders), "the works must be asked for what the maker was asked for"
    assert made["delivery"].to_numpy().sum() > 0.9 * orders.to_numpy().sum(), "goods must flow"
    return made


def ratios(daily: dict[str, pd.DataFrame]) -> dict[str, pd.Series]:
    """Weekly variance ratios over orders, by flow: a number for each product."""
    weekly = {flow: supplygraph.by_week(table) for flow, table in daily.items()}
    return {flow: supplygraph.variance_ratio(weekly[flow], weekly["sales_order"]) for flow in PUBLISHED}


def play(data: Path | None) -> dict[str, dict[str, pd.Series]]:
    """The ratios as measured and as the model has them, way by way."""
    measured = supplygraph.daily_flows(data)
    found = {MEASURED: ratios(measured)}
    for way, options in WAYS.items():
        found[way] = ratios(flows(supplygraph.read_maker(data, **options), measured))  # type: ignore[arg-type]
    return found


def figure(found: dict[str, dict[str, pd.Series]]) -> Figure:
    """The ratios of all products, way by way, and product by product the model with lots beside what was measured."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(10.0, 4.4), layout="constrained")
    ways, products = drawn.subplots(1, 2, width_ratios=[1.25, 1.0])
    for row, own in enumerate(reversed(found.values())):
        for flow, colour, mark, shift in (("production", COLOURS[2], "s", 0.14), ("delivery", COLOURS[1], "o", -0.14)):
            values = own[flow]
            places = np.full(len(values), row + shift)
            ways.scatter(values, places, 7, color=colour, alpha=0.35, linewidths=0)
            middle, first = float(values.median()), "production" if flow == "production" else "deliveries"
            ways.scatter(
                middle, row + shift, 50, color=colour, marker=mark, edgecolors="black", linewidths=0.6, zorder=3,
                label=f"{first} (large: median)" if row == 0 else None,
            )  # fmt: skip
            if flow == "production":
                ways.annotate(
                    f"{middle:.2f}", (middle, row + shift), (0, 6), textcoords="offset points", ha="center",
                    fontsize=SMALL,
                )  # fmt: skip
    ways.axvline(1.0, color="black", linewidth=0.8, zorder=0)
    ways.set_yticks(range(len(found)), list(reversed(found)))
    ways.set_ylim(-0.5, len(found) - 0.3)
    ways.set_xlabel("variance over that of orders, weekly, both in parts of their means", fontsize=SMALL + 1)
    ways.legend(frameon=False, fontsize=SMALL, loc="lower right")
    ways.set_title("31 products: measured, and four ways to plan", loc="left", fontsize=10, fontweight="bold")
    real, modelled = found[MEASURED]["production"], found["in lots"]["production"]
    most = 1.3 * max(real.max(), modelled.max())
    products.plot([0.3, most], [0.3, most], color=PALE, linewidth=1.0)
    products.scatter(real, modelled, 26, color=COLOURS[2], alpha=0.7, edgecolors="black", linewidths=0.5)
    products.set_xlim(0.5, most)
    products.set_ylim(0.5, most)
    products.set_yscale("log")
    products.set_xlabel("measured", fontsize=SMALL + 1)
    products.set_ylabel("model, in lots", fontsize=SMALL + 1)
    products.set_title(
        f"in lots, product by product (rank corr. {agreement(found, 'in lots'):.2f})", loc="left", fontsize=10,
        fontweight="bold",
    )  # fmt: skip
    ticks = [value for value in (0.5, 1, 2, 5, 10, 20) if value <= most]
    for ax in (ways, products):
        ax.set_xscale("log")
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
        ax.tick_params(labelsize=SMALL)
        ax.tick_params(which="minor", length=0, labelbottom=False, labelleft=False)
        ax.spines[["top", "right"]].set_visible(False)
    products.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    return drawn


def agreement(found: dict[str, dict[str, pd.Series]], way: str) -> float:
    """Rank correlation of a way's production ratios with the measured ones. Source: Spearman (1904)."""
    return float(found[way]["production"].rank().corr(found[MEASURED]["production"].rank()))


def table(found: dict[str, dict[str, pd.Series]]) -> list[str]:
    """A line for each way, and what it comes to."""
    lines = [f"{'variance over orders, weekly':<30} {'production':>24} {'deliveries':>12} {'rank correlation':>18}"]
    lines.append(f"{'':<30} {'median':>8} {'mean':>7} {'least':>7} {'median':>12} {'with measured':>18}")
    for way, own in found.items():
        made = own["production"]
        lines.append(
            f"{way:<30} {made.median():>8.2f} {made.mean():>7.2f} {made.min():>7.2f} {own['delivery'].median():>12.2f} "
            f"{agreement(found, way):>18.2f}"
        )
    real, lots = (float(found[way]["production"].median()) for way in (MEASURED, "in lots"))
    lines.append(f"lots alone explain {(lots - 1) / (real - 1):.0%} of what the median production varies beyond orders")
    return lines


def main() -> None:
    parser, arguments = asked("supplygraph", __doc__, "all of it: it takes a few seconds", "supplygraph")
    try:
        found = play(arguments.data)
    except ValueError as fault:
        parser.exit(2, f"error: {fault}\n")
    lines = table(found)
    tell(lines, arguments)
    for flow, published in PUBLISHED.items():
        assert abs(float(found[MEASURED][flow].median()) - published) < 0.07, f"{flow}: not the data as published"
    assert (found[MEASURED]["production"] > 1.0).all()
    for way in WAYS:
        assert abs(float(found[way]["delivery"].median()) - 1.0) < 0.01, f"{way}: stock must last"
    show(figure(found), arguments)


if __name__ == "__main__":
    main()
