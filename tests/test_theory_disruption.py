"""Disruptions against theory: how long catching up takes, and which networks even out independent shocks."""

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet.disruptions import Disruption
from supplynet.distributions import Uniform
from supplynet.policies.ordering import MakeToOrder

LOW, HIGH, DAYS = 0.5, 1.0, 4000
MEAN, VARIANCE = (LOW + HIGH) / 2, (HIGH - LOW) ** 2 / 12


@pytest.mark.parametrize(("out", "times", "demand"), [(6, 1.5, 4.0), (10, 2.0, 1.0), (3, 1.25, 8.0), (12, 4.0, 3.0)])
def test_catching_up_takes_as_long_as_the_outage_over_the_spare_capacity(out, times, demand):
    # R days of demand are owed when it ends, and (k - 1) days of demand are made up a day: R / (k - 1) days.
    graph = nx.DiGraph()
    graph.add_node("works", kind="factory", ordering=MakeToOrder(), capacity=times * demand)
    graph.add_node("town", kind="customer", demand=demand)
    graph.add_edge("works", "town", shipment_lead_time=0)
    events = [Disruption("works", "capacity_factor", 0.0, 5, out)]
    network = supplynet.from_graph(graph, disruptions=events)
    owed = supplynet.run(supplynet.Scenario("out", network, periods=80)).record["backlog"][:, 0]
    late = np.flatnonzero(owed > 1e-9)
    days = out / (times - 1.0)
    assert owed.max() == pytest.approx(out * demand) and late[0] == 5
    assert late[-1] + 1 == 5 + out + int(np.ceil(days)) - 1 and late.size == late[-1] - late[0] + 1


def sold(shape, n):
    """What all shops sell each day, whose makers can make a random part of what is wanted, lost if it is not there."""
    graph = nx.DiGraph()
    makers = ["maker"] if shape == "star" else [f"maker {at}" for at in range(n)]
    for maker in makers:
        size = float(n) if shape == "star" else 1.0
        graph.add_node(maker, kind="supplier", product="goods", capacity=Uniform(LOW * size, HIGH * size))
    for at in range(n):
        graph.add_node(f"shop {at}", kind="distributor", ordering=MakeToOrder())
        graph.add_node(f"town {at}", kind="customer", demand=1.0)
        graph.add_edge(f"shop {at}", f"town {at}", shipment_lead_time=0, unfilled="lost")
        for maker in makers if shape != "one each" else [makers[at]]:
            graph.add_edge(maker, f"shop {at}", shipment_lead_time=0, unfilled="lost")
    scenario = supplynet.Scenario(shape, supplynet.from_graph(graph), periods=DAYS)
    record = supplynet.run(scenario, keep=supplynet.Keep(columns=("shipped",))).record
    return record["shipped"][:, [at for at, name in enumerate(scenario.network.names) if name.startswith("town")]].sum(
        1
    )


@pytest.mark.parametrize("n", [4, 16])
@pytest.mark.parametrize("shape", ["star", "one each", "all to all"])
def test_a_star_does_not_even_out_independent_shocks_and_the_others_do_with_the_root_of_their_number(shape, n):
    # Acemoglu, Carvalho, Ozdaglar & Tahbaz-Salehi (2012), Econometrica 80(5): in a star all have the luck of one, so
    # the variance of the whole is n^2 that of one; where shocks are many and none weighs more, it is n times as much.
    squares = (sold(shape, n) - n * MEAN) ** 2
    expected = VARIANCE * (n**2 if shape == "star" else n)
    assert abs(squares.mean() - expected) < 4.0 * squares.std(ddof=1) / np.sqrt(DAYS)
    other = VARIANCE * (n if shape == "star" else n**2)
    assert abs(squares.mean() - other) > 20.0 * squares.std(ddof=1) / np.sqrt(DAYS)
