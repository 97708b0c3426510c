"""What each lane is filled under each allocation rule, against the mean over all that may be asked, and a queue."""

import math
from collections import deque
from itertools import product

import networkx as nx
import numpy as np
import pytest
from deciding import gathered
from test_theory_inventory import assert_mean

import supplynet
from supplynet.distributions import Discrete, Poisson
from supplynet.policies.allocation import FinalDemand, Priority, Proportional, Uniform, WaterFill
from supplynet.policies.contract import AllocationRule
from supplynet.policies.ordering import BaseStock, MakeToOrder, Plan

CLAIMS = {  # what is asked for each period on four lanes, and how likely: two lanes to households, two to firms
    "house": ((2.0, 0.5), (5.0, 0.5)), "home": ((3.0, 0.6), (4.0, 0.2), (8.0, 0.2)),
    "dairy": ((2.0, 0.3), (7.0, 0.7)), "bakery": ((4.0, 0.5), (6.0, 0.5)),
}  # fmt: skip
SCARCE = 10.0  # never as much as is asked for
PRIORITY = np.array([1.0, 0.0, 0.0, 2.0])
TO_FIRM = np.array([0.0, 0.0, 1.0, 1.0])
USUAL = np.array([2.0, *(sum(value * chance for value, chance in CLAIMS[name]) for name in list(CLAIMS)[1:])])
EQUAL = np.ones(4)
ORDER_AND_PART = {  # who is served before whom, and in which parts those are served that are equal; None: of the claim
    Proportional(): (EQUAL, None), Priority(): (PRIORITY, None), Uniform(): (EQUAL, EQUAL), WaterFill(): (EQUAL, USUAL),
    FinalDemand(True): (TO_FIRM, None), FinalDemand(False): (-TO_FIRM, None),
}  # fmt: skip
each_allocation = pytest.mark.parametrize("rule", ORDER_AND_PART, ids=repr)


def rationed(claims, rule):
    """What each lane gets: rank after rank, raised in parts until there is no more or a claim is met."""
    rank, part = ORDER_AND_PART[rule]
    given, part = np.zeros(4), claims if part is None else part
    for at in np.unique(rank):
        while (open_ := (rank == at) & (given < claims - 1e-12)).any() and given.sum() < SCARCE - 1e-12:
            until_met = np.min((claims - given)[open_] / part[open_])
            given += open_ * part * min(until_met, (SCARCE - given.sum()) / part[open_].sum())
    return given


def rationing(rule, periods):
    """A works with so much a period; what a lane asks for and does not get is forgotten."""
    lost, graph = {"order_lead_time": 0, "shipment_lead_time": 0, "unfilled": "lost"}, nx.DiGraph()
    graph.add_node("works", kind="supplier", ordering=Plan((SCARCE,) * periods), allocation=rule)
    for name, claims, priority, firm in zip(CLAIMS, CLAIMS.values(), PRIORITY.tolist(), TO_FIRM, strict=True):
        wants = {"kind": "customer", "demand": Discrete(*zip(*claims, strict=True))}
        graph.add_node(name, **({"kind": "factory", "ordering": MakeToOrder()} if firm else wants))
        graph.add_edge("works", name, priority=priority, **lost, **({} if name != "house" else {"normal_order": 2.0}))
        if firm:
            graph.add_node(f"buyer of {name}", **wants)
            graph.add_edge(name, f"buyer of {name}", **lost)
    return supplynet.Scenario("rationing", supplynet.from_graph(graph), periods=periods, start="empty")


def test_every_allocation_rule_of_the_package_is_held_against_theory_here():
    assert set(ORDER_AND_PART) == {rule for rule in gathered("EXAMPLES") if isinstance(rule, AllocationRule)}


@each_allocation
def test_each_lane_is_filled_as_the_mean_over_all_that_may_be_asked(rule):
    result = supplynet.run(rationing(rule, 4000))
    lanes = [result.scenario.network.lane_names().index(f"works>{name}") for name in CLAIMS]
    booked, shipment, owed = (result.record[key][:, lanes] for key in ("booked", "shipment", "lane_backlog"))
    assert owed.max() == 0.0 and result.record["on_hand"].max() < 1e-9, "a period is as if there had been none before"
    before = np.vstack([np.zeros(4), owed[:-1]])
    at_once = np.maximum(0.0, shipment - before)
    filled_of = dict.fromkeys(ORDER_AND_PART, np.zeros(4))
    for drawn in product(*CLAIMS.values()):
        claims, chances = np.array(drawn).T
        for other in filled_of:
            filled_of[other] = filled_of[other] + chances.prod() * rationed(claims, other)
    told_apart = {other: False for other in filled_of if other != rule}
    for lane, name in enumerate(CLAIMS):
        asked = sum(value * chance for value, chance in CLAIMS[name])
        surplus = at_once[:, lane] - filled_of[rule][lane] / asked * booked[:, lane]  # periods are independent
        assert_mean(surplus, 0.0)
        for other in told_apart:
            gap = abs(surplus.mean() - (filled_of[other] - filled_of[rule])[lane])
            told_apart[other] |= gap > 4.0 * surplus.std() / math.sqrt(surplus.size)
    assert all(told_apart.values())


def first_come_first_served(booked, shipment, cancelled):
    """What is shipped in each period of what was booked in it, unit by unit, on one lane."""
    queue, at_once = deque(), np.zeros(booked.size)
    for period, (asked, goods, struck) in enumerate(zip(booked, shipment, cancelled, strict=True)):
        queue.append([period, asked])
        while queue and goods > 0.0:
            part = min(goods, queue[0][1])
            at_once[period] += part * (queue[0][0] == period)
            goods, queue[0][1] = goods - part, queue[0][1] - part
            if queue[0][1] <= 0.0:
                queue.popleft()
        if struck > 0.0:
            queue.clear()
    return at_once


def waiting(rule, lost):
    """A depot at which a firm and three households wait, or two, and the third goes elsewhere; and the four lanes."""
    graph = nx.DiGraph()
    graph.add_node("mill", kind="supplier", capacity=42.0)
    graph.add_node("depot", ordering=BaseStock(90.0), on_hand=40.0, allocation=rule)
    graph.add_edge("mill", "depot", shipment_lead_time=2)
    for at in range(4):
        name = f"buyer {at}"
        graph.add_node(name, kind="customer", demand=Poisson(4.0 + 4.0 * at))
        if at == 0:
            graph.add_node("bakery", kind="factory", ordering=MakeToOrder())
            graph.add_edge("bakery", name)
            name = "bakery"
        unfilled = "lost" if lost and at == 3 else "backorder"
        graph.add_edge("depot", name, priority=float(at % 3), normal_order=10.0, unfilled=unfilled)
    network = supplynet.from_graph(graph)
    lanes = [at for at, lane in enumerate(network.lane_names()) if lane.startswith("depot>")]
    return supplynet.Scenario("waiting", network, periods=400, warm_up=20), lanes


@each_allocation
@pytest.mark.parametrize("lost", [False, True])
def test_the_fill_rate_counts_what_first_come_first_served_ships_in_the_period_it_was_asked(rule, lost):
    scenario, lanes = waiting(rule, lost)
    result = supplynet.run(scenario)
    record, depot = result.record, result.nodes.index("depot")
    total = np.zeros(400)
    for lane in lanes:
        booked, shipment, owed = (record[key][:, lane] for key in ("booked", "shipment", "lane_backlog"))
        at_once = first_come_first_served(booked, shipment, record["cancelled"][:, lane])
        before = np.concatenate([[0.0], owed[:-1]])
        np.testing.assert_allclose(at_once, np.maximum(0.0, shipment - before), atol=1e-9)
        total += at_once
    np.testing.assert_allclose(record["filled"][:, depot], total, atol=1e-9)
    part = total[20:].sum() / record["demand"][20:, depot].sum()
    assert result.measures["fill_rate"][depot] == pytest.approx(part) and part < 0.99


def test_however_a_depot_shares_it_ships_the_same_in_all_and_not_to_each():
    records = [supplynet.run(waiting(rule, False)[0]).record for rule in ORDER_AND_PART]
    for other in records[1:]:
        np.testing.assert_allclose(other["shipped"][:, 1], records[0]["shipped"][:, 1], atol=1e-9)
        assert not np.allclose(other["shipment"], records[0]["shipment"])
