"""Who is critical: the large, or those that the large depend on?

Expected: nobody takes less down than its own sales, and most firms hardly more. A few take down a thousand times their
size, and the first of them all the same amount, whatever their size: a plateau, because whoever brings the core of
essential inputs down brings all of it down. Where no input is essential the plateau is gone; where nobody stands in for
another, it is many times as wide. Diem et al. found 0.035 % of the firms of Hungary on a plateau at 23 % of output.
Source: Diem, Borsos, Reisch, Kertesz & Thurner (2022), Scientific Reports 12, 7719.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from shared.economy import economy
from shared.pages import finish, new_figure, publish

from supplynet.plot.style import COLOURS, DASHES, GREY, SMALL
from supplynet.risk import SystemicRisk, systemic_risk
from supplynet.trade import ESSENTIAL, NON_ESSENTIAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRMS: Final = 10_000
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "some inputs essential": {},
    "every input essential": {"essentiality": ESSENTIAL},
    "no input essential": {"essentiality": NON_ESSENTIAL},
    "nobody stands in for another": {"replaceability": False},
}
SHOWN: Final = ("some inputs essential", "every input essential")  # firm by firm
PLATEAU: Final = 0.9  # of the highest index, from which on a firm counts to the plateau


def strike(n_firms: int) -> dict[str, SystemicRisk]:
    """The systemic risk of the same firms under each setting."""
    trade, found = economy(n_firms), {}
    for name, setting in SETTINGS.items():
        own = trade if "essentiality" not in setting else trade.with_essentiality(setting["essentiality"])
        found[name] = systemic_risk(own, replaceability=setting.get("replaceability", True))
        assert (found[name].index >= own.size - 1e-12).all(), "a firm takes at least itself down"
    return found


def tell(found: dict[str, SystemicRisk]) -> list[str]:
    """A line for each setting: how high, how many, how large."""
    some = next(iter(found.values()))
    lines = [
        f"{some.index.size:,} firms, {some.trade.flow.size:,} lanes; largest: {some.trade.size.max():.2%} of sales",
        "the plateau: firms with 90 % of the highest index or more",
        "",
        f"{'':<30} {'highest':>8} {'median':>9} {'plateau':>8} {'their sales':>12} {'smallest of them':>17} "
        f"{'rank correlation':>17}",
    ]  # fmt: skip
    for name, risk in found.items():
        size, high = risk.trade.size, risk.index.max()
        on_it = risk.index >= PLATEAU * high
        by_size, by_risk = (np.argsort(np.argsort(values)) for values in (size, risk.index))
        lines.append(
            f"{name:<30} {high:>8.1%} {np.median(risk.index):>9.3%} {on_it.sum():>8,} {size[on_it].sum():>12.2%} "
            f"{size[on_it].min():>17.4%} {np.corrcoef(by_size, by_risk)[0, 1]:>17.2f}"
        )
    lines += ["", "rank correlation: of index and size over all firms"]
    return lines


def draw(found: dict[str, SystemicRisk]) -> Figure:
    """Index against size of each firm; and the firms in the order of their index."""
    drawn, (left, right) = new_figure(11.0, 4.6, 2)
    for at, name in enumerate(found):
        risk = found[name]
        if name in SHOWN:
            left.scatter(
                risk.trade.size, risk.index, 9.0, c=COLOURS[1 + at], marker="os"[SHOWN.index(name)], linewidths=0.0,
                alpha=0.45, label=name, rasterized=True, zorder=3 - at,
            )  # fmt: skip
        rank = np.arange(1, risk.index.size + 1)
        right.plot(
            rank, np.sort(risk.index)[::-1], color=COLOURS[1 + at], linestyle=DASHES[at], label=name, linewidth=1.8
        )
    size = next(iter(found.values())).trade.size
    ends = np.array([size.min(), size.max()])
    left.plot(ends, ends, color="black", linewidth=1.0, zorder=4, label="only itself")
    right.plot(np.arange(1, size.size + 1), np.sort(size)[::-1], color=GREY, linewidth=1.0, label="only itself (size)")
    finish(left, "risk against size", "size: part of all sales", "part of all sales that fails with the firm")
    finish(
        right, "the few, and the many", "firms in the order of their risk", "part of all sales that fails with the firm"
    )
    for ax in (left, right):
        _log(ax)
    left.legend(loc="lower right", frameon=False, fontsize=SMALL)
    right.legend(loc="lower left", frameon=False, fontsize=SMALL)
    return drawn


def _log(ax: Axes) -> None:
    """Log axes, with parts of all sales as percentages."""
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    if ax.get_xlim()[1] < 1.0:
        ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
    else:
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def work(quick: bool) -> tuple[list[str], Figure]:
    found = strike(FIRMS // 10 if quick else FIRMS)
    high = {name: int((risk.index >= PLATEAU * risk.index.max()).sum()) for name, risk in found.items()}
    assert high["nobody stands in for another"] > high["some inputs essential"], "the core is easier to reach"
    assert found["no input essential"].index.max() < found["some inputs essential"].index.max()
    return tell(found), draw(found)


if __name__ == "__main__":
    publish("who_is_critical", __doc__, work)
