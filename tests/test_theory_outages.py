"""One plant that fails and mends against theory: what a buffer costs, and when none is best."""

import math

import networkx as nx
import numpy as np
import pytest
from measuring import recorded
from shapes import shop
from test_theory_inventory import assert_mean

import supplynet
from supplynet.disruptions import Disruption
from supplynet.policies.ordering import BaseStock
from supplynet.processes.outages import Interruptions, Outages

HELD, RUNS, PERIODS = 1.0, 60, 3000


def net_stock(buffer, fails, mends):
    """Stock less backlog of a shop [run, period] whose only source of goods fails and mends; one unit is asked."""
    scenario = shop(
        demand=1.0, ordering=BaseStock(buffer), node={"on_hand": buffer, "capacity": Outages(1e6, fails, mends)},
        lane={"shipment_lead_time": 0}, periods=PERIODS,
    )  # fmt: skip
    seen = recorded(scenario, "shop", ("on_hand", "backlog"), runs=RUNS, warm_up=100)
    return seen["on_hand"] - seen["backlog"]


def cost(buffer, fails, mends, owed):
    """Expected cost of a period: out for n periods with the probability q b (1 - b)^(n-1), q = a / (a + b).

    Source: Snyder & Shen (2019), Fundamentals of Supply Chain Theory, section 9.2.
    """
    out = fails / (fails + mends)
    lengths = np.arange(1, 400)
    chance = out * mends * (1.0 - mends) ** (lengths - 1)
    each = HELD * np.maximum(0.0, buffer - lengths) + owed * np.maximum(0.0, lengths - buffer)
    return HELD * buffer * (1.0 - out) + float(chance @ each)


@pytest.mark.parametrize(("fails", "mends", "buffer"), [(0.02, 0.2, 0.0), (0.02, 0.2, 6.0), (0.1, 0.4, 2.0)])
def test_a_buffer_costs_what_the_lengths_of_outages_say(fails, mends, buffer):
    net = net_stock(buffer, fails, mends)
    assert_mean(
        (HELD * np.maximum(net, 0.0) + 9.0 * np.maximum(-net, 0.0)).mean(axis=1), cost(buffer, fails, mends, 9.0)
    )
    assert_mean((net < 0.0).mean(axis=1), fails / (fails + mends) * (1.0 - mends) ** buffer)


@pytest.mark.parametrize(("fails", "mends"), [(0.02, 0.2), (0.05, 0.3), (0.1, 0.4)])
@pytest.mark.parametrize("times", [0.7, 1.5])
def test_no_buffer_is_best_just_where_good_periods_are_the_critical_part_of_all(fails, mends, times):
    # Good periods are the part b / (a + b) of all, p / (p + h) is as much at p = h b / a.
    owed = times * HELD * mends / fails
    first = np.array([net_stock(buffer, fails, mends) for buffer in (0.0, 1.0)])
    costs = (HELD * np.maximum(first, 0.0) + owed * np.maximum(-first, 0.0)).mean(axis=2)
    gain = costs[0] - costs[1]
    assert abs(gain.mean()) > 4.0 * gain.std(ddof=1) / math.sqrt(RUNS)
    assert (gain.mean() > 0.0) == (times > 1.0)
    exact = [cost(buffer, fails, mends, owed) for buffer in range(60)]
    formula = math.log(fails / (fails + mends) * (owed + HELD) / HELD) / -math.log(1.0 - mends)
    assert exact.index(min(exact)) == max(0, math.ceil(formula))


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("other", "uptime"),
    [(Outages(1.0, 0.02, 0.1), 0.1 / 0.12), (Interruptions(1.0, 0.02, 5.0), math.exp(-0.02 * 5.0))],
)
def test_the_uptimes_of_two_causes_that_strike_one_plant_from_one_period_on_multiply(other, uptime, together):
    first = Outages(1.0, 0.05, 0.25)
    events = [Disruption("plant", "capacity_factor", cause, together=together) for cause in (first, other)]
    graph = nx.DiGraph()
    graph.add_node("plant", kind="supplier", capacity=1.0)
    graph.add_node("town", kind="customer", demand=1.0)
    graph.add_edge("plant", "town", shipment_lead_time=0, unfilled="lost")
    scenario = supplynet.Scenario("plant", supplynet.from_graph(graph, disruptions=events), periods=PERIODS)
    works = recorded(scenario, "plant", ("shipped",), runs=RUNS, warm_up=10)["shipped"] > 0.0
    alone = 0.25 / 0.3
    assert_mean(works.mean(axis=1), alone * uptime, wrong=(min(alone, uptime),))
