"""The same base-stock networks in supplynet and in stockpyl 1.0.2, period by period."""

import networkx as nx
import numpy as np
import pytest
from stockpyl.sim import simulation
from stockpyl.supply_chain_network import network_from_edges
from stockpyl.supply_chain_product import SupplyChainProduct

import supplynet
from supplynet.demand import Trace
from supplynet.policies.allocation import Priority
from supplynet.policies.ordering import BaseStock

PERIODS = 40


def serial(generator):
    """The edges of a chain of 2 to 5 stages; the last one meets the market."""
    n_stages = int(generator.integers(2, 6))
    return [(stage, stage + 1) for stage in range(n_stages - 1)]


def assembly(generator):
    """The edges of a tree in which everything is assembled into one last product."""
    n_nodes = int(generator.integers(3, 8))
    return [(node, int(generator.integers(node + 1, n_nodes))) for node in range(n_nodes - 1)]


def one_warehouse(generator):
    """The edges from one warehouse to 2 to 5 retailers."""
    return [(0, retailer) for retailer in range(1, int(generator.integers(3, 7)))]


def distribution(generator):
    """The edges of a tree in which every node has one supplier."""
    return [(int(generator.integers(node)), node) for node in range(1, int(generator.integers(4, 9)))]


def mixed(generator):
    """The edges of a network in which nodes both assemble and share out what they have."""
    n_nodes = int(generator.integers(4, 8))
    edges = {(int(generator.integers(node)), node) for node in range(1, n_nodes)}
    for _ in range(n_nodes):
        supplier, buyer = sorted(generator.choice(n_nodes, 2, replace=False).tolist())
        edges.add((supplier, buyer))
    return sorted(edges)


def dress(generator, edges, *, with_units=False):
    """Everything else that a network needs: demand, levels, lead times, opening stocks, costs, capacity, by node.

    With units, a product needs other than one unit of each input, by edge, and pipelines open empty.
    """
    nodes = sorted({node for edge in edges for node in edge})
    sells, buys = {supplier for supplier, _ in edges}, {buyer for _, buyer in edges}
    mean = generator.uniform(3.0, 20.0)

    def demand(node):
        if node in sells and generator.random() < 0.8:
            return None
        if generator.random() < 0.5:
            return generator.poisson(mean, PERIODS).tolist()
        return np.maximum(generator.normal(mean, mean / 2.0, PERIODS), 0.0).tolist()

    given = {node: demand(node) for node in nodes}
    units = {edge: float(generator.choice([0.5, 2.0, 3.0])) for edge in edges if with_units}
    filled = 0.0 if with_units else 1.0
    flow = {node: 0.0 if given[node] is None else mean for node in nodes}
    for supplier, buyer in sorted(edges, reverse=True):
        flow[supplier] += flow[buyer] * units.get((supplier, buyer), 1.0)
    order = {node: int(generator.choice([0, 0, 1, 2])) for node in nodes}
    shipment = {node: int(generator.integers(4)) for node in nodes}
    level = {node: flow[node] * (order[node] + shipment[node]) * generator.uniform(0.6, 1.6) for node in nodes}
    return {
        "edges": edges, "nodes": nodes, "demand": given, "units": units, "base_stock_level": level,
        "order_lead_time": order, "shipment_lead_time": shipment,
        "initial_inventory_level": {node: flow[node] * generator.uniform(0.0, 3.0) for node in nodes},
        "initial_orders": {node: filled * flow[node] * generator.uniform() * (node in buys) for node in nodes},
        "initial_shipments": {node: filled * flow[node] * generator.uniform() for node in nodes},
        "order_capacity": {
            node: None if node in buys or generator.random() < 0.5 else flow[node] * generator.uniform(1.0, 1.6)
            for node in nodes
        },
        "local_holding_cost": {node: generator.uniform(0.5, 5.0) for node in nodes},
        "stockout_cost": {node: generator.uniform(0.5, 20.0) for node in nodes},
    }  # fmt: skip


def in_stockpyl(case):
    """What stockpyl says: levels, orders, costs, what was filled at once [period, node], and what each lane owes."""
    given = {key: value for key, value in case.items() if key not in ("edges", "nodes", "demand", "units")}
    asked = {node: demand for node, demand in case["demand"].items() if demand is not None}
    network = network_from_edges(
        case["edges"], node_order_in_lists=case["nodes"], policy_type="BS", demand_list=asked,
        demand_type=dict.fromkeys(asked, "D"), **given,
    )  # fmt: skip
    for node in case["nodes"] if case["units"] else ():
        network.nodes_by_index[node].add_product(SupplyChainProduct(node))
    for (supplier, buyer), units in case["units"].items():
        network.products_by_index[buyer].set_bill_of_materials(supplier, units)
    simulation(network, PERIODS, progress_bar=False, consistency_checks="E")
    found = {key: np.zeros((PERIODS, len(case["nodes"]))) for key in ("level", "order", "cost", "filled")}
    owed = np.zeros((PERIODS, len(case["edges"])))
    for node in case["nodes"]:
        for period, state in enumerate(network.nodes_by_index[node].state_vars[:PERIODS]):
            (found["level"][period, node],) = state.inventory_level.values()
            (found["order"][period, node],) = state.order_quantity_fg.values()
            (found["filled"][period, node],) = state.demand_met_from_stock.values()
            found["cost"][period, node] = state.total_cost_incurred
            for lane, (supplier, buyer) in enumerate(case["edges"]):
                if supplier == node:
                    (owed[period, lane],) = state.backorders_by_successor[buyer].values()
    return found, owed


def in_supplynet(case):
    """The same from supplynet; the outside supplier of stockpyl is a node of its own, and so is the market."""
    graph = nx.DiGraph()
    for node in case["nodes"]:
        graph.add_node(
            str(node), kind="factory", ordering=BaseStock(case["base_stock_level"][node]), allocation=Priority(),
            on_hand=case["initial_inventory_level"][node], holding_cost=case["local_holding_cost"][node],
            backlog_cost=case["stockout_cost"][node],
        )  # fmt: skip
    lanes = [
        (
            str(edge[0]), edge[1],
            {"priority": place, "in_transit_cost": cost, "input_holding_cost": cost, "units_per_output": units},
        )
        for place, edge in enumerate(case["edges"])
        for cost, units in [(case["local_holding_cost"][edge[0]], case["units"].get(edge, 1.0))]
    ]  # fmt: skip
    for node in sorted(set(case["nodes"]) - {buyer for _, buyer in case["edges"]}):
        capacity = case["order_capacity"][node]
        graph.add_node(f"source of {node}", kind="supplier", capacity=np.inf if capacity is None else capacity)
        lanes.append((f"source of {node}", node, {}))
    for supplier, buyer, attributes in lanes:
        graph.add_edge(
            supplier, str(buyer), **attributes,
            order_lead_time=case["order_lead_time"][buyer], shipment_lead_time=case["shipment_lead_time"][buyer],
            orders_in_mail=case["initial_orders"][buyer], goods_in_transit=case["initial_shipments"][buyer],
        )  # fmt: skip
    for node, demand in case["demand"].items():
        if demand is not None:
            graph.add_node(f"market of {node}", kind="customer", demand=Trace(demand))
            graph.add_edge(
                str(node), f"market of {node}", order_lead_time=0, shipment_lead_time=0, priority=len(case["edges"])
            )
    result = supplynet.run(supplynet.Scenario("twin", supplynet.from_graph(graph), periods=PERIODS, start="empty"))
    record, n_nodes = result.record, len(case["nodes"])
    columns = {"order": "production_order", "cost": "cost", "filled": "filled"}
    found = {key: record[column][:, :n_nodes] for key, column in columns.items()}
    found["level"] = (record["on_hand"] - record["backlog"])[:, :n_nodes]
    rows = {edge: lane for lane, edge in enumerate(graph.edges)}
    return found, record["lane_backlog"][:, [rows[str(a), str(b)] for a, b in case["edges"]]]


def assert_twins(case):
    """Assert that both programs tell the same story, and return ours.

    What capacity does not let through waits at the buyer in stockpyl, and here, ordered, at the source.
    """
    (theirs, their_lanes), (ours, our_lanes) = in_stockpyl(case), in_supplynet(case)
    limited = [node for node in case["nodes"] if case["order_capacity"][node] is not None]
    theirs["order"][:, limited] = ours["order"][:, limited]
    for key, expected in theirs.items():
        np.testing.assert_allclose(ours[key], expected, rtol=1e-9, atol=1e-9, err_msg=key)
    np.testing.assert_allclose(our_lanes, their_lanes, rtol=1e-9, atol=1e-9)
    return ours, our_lanes


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shape", [serial, assembly, one_warehouse, distribution, mixed])
def test_random_networks_under_base_stock_equal_stockpyl_period_by_period(shape, seed):
    generator = np.random.default_rng([seed, len(shape.__name__)])
    ours, _ = assert_twins(dress(generator, shape(generator)))
    assert (ours["level"] < 0.0).any() and (ours["level"] > 0.0).any() and ours["filled"].sum() > 0.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", [serial, assembly, mixed])
def test_bills_of_materials_mean_the_same_in_stockpyl(shape, seed):
    generator = np.random.default_rng([seed, len(shape.__name__)])
    ours, lanes = assert_twins(dress(generator, shape(generator), with_units=True))
    assert ours["filled"].sum() > 0.0 and lanes.sum() > 0.0
