"""The map of a network of thousands of lanes: sectors in a ring, firms as dots, the strongest flows; nothing a slab."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from supplynet import Scenario, plot
from supplynet.firms import firm_network
from supplynet.plot import sectors
from supplynet.risk import systemic_risk
from supplynet.topologies import IoTable, firms_of
from supplynet.trade import trade_of


@pytest.fixture(scope="module")
def economy():
    """Four sectors, 500 firms, and the Scenario of them; the fourth sells to nobody but households."""
    flows = np.array([[5.0, 40.0, 5.0, 1.0], [9.0, 20.0, 20.0, 9.0], [5.0, 9.0, 15.0, 9.0], [0.0, 0.0, 0.0, 0.0]])
    table = IoTable(("farms", "industry", "services", "shops"), flows, np.array([90.0, 150.0, 120.0, 60.0]))
    firms = firms_of(table, 500)
    scenario = Scenario("economy", firm_network(firms))
    assert sectors.is_crowded(scenario.network)
    return firms, scenario


def test_each_firm_is_a_dot_in_its_sector_as_large_as_what_it_sells_and_sectors_do_not_overlap(economy):
    firms, scenario = economy
    ax = plot.network_map(scenario)
    (dots,) = ax.collections[-1:]
    place, area = np.asarray(dots.get_offsets()), dots.get_sizes()
    assert len(place) == firms.n_firms, "customers are left out"
    large = area > 2 * (2 * sectors.LEAST) ** 2
    scale = area[large] / firms.output[large]
    assert large.sum() > 20 and scale.max() < 1.3 * scale.min()
    centre = np.array([place[firms.sector == own].mean(axis=0) for own in range(4)])
    nearest = np.argmin(np.linalg.norm(place[:, None] - centre, axis=2), axis=1)
    assert (nearest == firms.sector).all()
    names = {text.get_text() for text in ax.texts}
    assert names == {"farms", "industry", "services", "shops"}


def test_lines_are_the_strongest_flows_between_sectors_and_no_more_than_say_most_of_it(economy):
    firms, scenario = economy
    ax = plot.network_map(scenario)
    widths = ax.collections[0].get_linewidths()
    total = np.zeros((4, 4))
    np.add.at(total, (firms.sector[firms.supplier], firms.sector[firms.customer]), firms.flow)
    np.fill_diagonal(total, 0.0)
    ranked = np.sort(total.ravel())[::-1]
    n = np.searchsorted(np.cumsum(ranked), sectors.DRAWN * ranked.sum()) + 1
    assert len(widths) == n < 12 and widths[0] == max(widths)
    assert f"lines: {100 * ranked[:n].sum() / ranked.sum():.0f} %" in ax.get_xlabel()


def test_colours_are_those_of_the_firms_and_no_text_is_cut(economy):
    firms, scenario = economy
    risk = systemic_risk(trade_of(scenario.network))
    figure = plot.criticality(risk, scenario)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    seen = figure.axes[1].collections[-1].get_facecolors()
    order = np.argsort(risk.index)
    assert len(seen) == firms.n_firms and not np.allclose(seen[order[0]], seen[order[-1]])
    for ax in figure.axes[:2]:
        for text in (*ax.texts, ax.title, ax.xaxis.label):
            box = text.get_window_extent(canvas.get_renderer())
            assert box.x0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y0 >= -1 and box.y1 <= figure.bbox.y1 + 1


def test_where_nothing_fails_the_picture_says_so_and_has_no_axes_in_billionths_of_a_percent(economy):
    _, scenario = economy
    figure = plot.criticality(systemic_risk(trade_of(scenario.network), capacity_factor=1.0), scenario)
    assert any("no sales fail" in text.get_text() for text in figure.axes[0].texts)
    ticks = [label.get_text() for ax in figure.axes for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
    assert not any("e-" in tick for tick in ticks) and "100 %" in ticks
