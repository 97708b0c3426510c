"""The books of a company: by hand, and by the identity that cash and profit must tell the same story."""

from dataclasses import fields, replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from networks import networks

import supplynet
from supplynet.business import BUSINESS
from supplynet.demand import Constant, Step, Trace
from supplynet.disruptions import Disruption
from supplynet.metrics import waiting_time, waiting_units
from supplynet.policies.ordering import BaseStock, MakeToOrder, Plan

MONEY = 1e-6  # of a money unit: a cent is ten thousand times as much


def trade(
    buys=(5.0, 5.0, 5.0, 5.0), wants=(3.0, 3.0, 3.0, 3.0), *, source=None, shop=None, lane=None, sale=None, events=()
):
    """A shop that buys by a plan and sells at once what it has; nothing is on the way at the start."""
    graph = nx.DiGraph()
    graph.add_node("source", kind="supplier", **({"price": 2.0} | (source or {})))
    graph.add_node("shop", ordering=Plan(tuple(buys)), **({"price": 10.0} | (shop or {})))
    graph.add_node("town", kind="customer", demand=Trace(tuple(wants)))
    graph.add_edge("source", "shop", **({"shipment_lead_time": 0} | (lane or {})))
    graph.add_edge("shop", "town", **({"shipment_lead_time": 0, "unfilled": "lost"} | (sale or {})))
    network = supplynet.from_graph(graph, disruptions=events)
    return supplynet.run(supplynet.Scenario("trade", network, periods=len(wants), start="empty"))


def told(result, *names):
    books = result.statement()
    return [getattr(books, name).round(9).tolist() for name in names]


def test_a_shop_earns_the_margin_of_what_it_sells_and_owns_what_it_has_not_sold():
    revenue, cost, profit, stock, cash = told(trade(), "revenue", "cost_of_goods", "profit", "inventory", "cash")
    assert revenue == [30, 30, 30, 30] and cost == [6, 6, 6, 6] and profit == [24, 24, 24, 24]
    assert stock == [4, 8, 12, 16]  # two more of five are left each period, at 2
    assert cash == [20, 40, 60, 80]  # 30 come in, 10 go out


def test_goods_go_out_at_what_the_oldest_had_cost():
    # 5 at 2 and 5 at 4 are bought, 3 are sold a period: 3 at 2, then 2 at 2 and 1 at 4, then 3 at 4, then one at 4.
    result = trade((5.0, 5.0, 0.0, 0.0), (3.0, 3.0, 3.0, 3.0), source={"price": Step(2.0, 4.0, 1)})
    assert told(result, "cost_of_goods", "inventory") == [[6, 8, 12, 4], [4, 16, 4, 0]]


def test_payment_terms_make_what_is_owed_and_shift_cash():
    result = trade(lane={"payment_terms": 2}, sale={"payment_terms": 1})
    receivable, payable, cash = told(result, "receivable", "payable", "cash")
    assert receivable == [30, 30, 30, 30] and payable == [10, 20, 20, 20]
    assert cash == [0, 30, 50, 70]


def test_the_cash_cycle_is_days_of_stock_and_to_be_paid_less_those_to_pay():
    # In a steady state 10 units at 2 lie on the shelf and 5 a period are sold: 2 periods of stock.
    result = trade(
        (5.0,) * 60, (5.0,) * 60, shop={"on_hand": 10.0}, lane={"payment_terms": 7}, sale={"payment_terms": 3}
    )
    books = replace(result.statement(), warm_up=20)
    assert books.days_of_inventory == pytest.approx(2.0) and books.days_receivable == pytest.approx(3.0)
    assert books.days_payable == pytest.approx(7.0) and books.cash_conversion_cycle == pytest.approx(-2.0)


def test_markdown_is_revenue_given_up_and_write_off_is_cost_scrapped_less_salvage():
    # 12 at 2 are bought; 3 are sold at 10, 3 at 6; at the end of period 1 the 6 left are scrapped for 0.5 each.
    result = trade(
        (12.0, 0.0), (3.0, 3.0), shop={"price": Step(10.0, 6.0, 1), "salvage_price": 0.5},
        events=[Disruption("shop", "stock_factor", 0.0, 1, 1)],
    )  # fmt: skip
    revenue, markdown, write_off, profit, stock, cash = told(
        result, "revenue", "markdown", "write_off", "profit", "inventory", "cash"
    )
    assert revenue == [30, 18] and markdown == [0, 12] and write_off == [0, 9]
    assert profit == [24, 3] and stock == [18, 0] and cash == [6, 27]
    assert result.business["leftover"] == 0.5


def test_erosion_is_what_stock_would_cost_less_to_replace():
    # 10 are held at the end of period 0 less 3 sold: 7 * (2 - 1.5), then 4 * (1.5 - 1).
    result = trade((10.0, 0.0, 0.0), (3.0, 3.0, 0.0), source={"price": Trace((2.0, 1.5, 1.0))})
    assert told(result, "erosion") == [[0, 3.5, 2.0]]


def test_running_costs_are_those_that_the_nodes_were_charged():
    costs = {"holding_cost": 0.5, "backlog_cost": 3.0, "fixed_order_cost": 7.0}
    result = trade((5.0, 0.0, 0.0), (3.0, 3.0, 3.0), shop=costs, sale={"unfilled": "backorder"})
    assert told(result, "holding", "backlog_cost", "ordering") == [[1, 0, 0], [0, 3, 12], [7, 0, 0]]


def test_a_machine_pays_for_its_set_ups_and_for_making():
    graph = nx.DiGraph()
    graph.add_node("works", kind="factory", ordering=MakeToOrder(), lot=4.0, setup=0.25, setup_cost=6.0, price=9.0,
                   production_cost=1.5)  # fmt: skip
    graph.add_node("town", kind="customer", demand=Constant(8.0))
    graph.add_edge("works", "town", shipment_lead_time=0)
    result = supplynet.run(supplynet.Scenario("works", supplynet.from_graph(graph), periods=10, start="empty"))
    books = result.statement()
    assert books.set_ups.tolist() == [12.0] * 10 and books.set_ups.tolist() == result.record["cost"][:, 0].tolist()
    np.testing.assert_allclose(books.cost_of_goods, 1.5 * result.record["shipped"][:, 0])


def test_inside_a_company_goods_move_at_cost_and_between_companies_at_their_price():
    graph = nx.DiGraph()
    graph.add_node("mine", kind="supplier", price=1.0)
    graph.add_node("works", kind="factory", ordering=BaseStock(10.0), on_hand=10.0, price=5.0, production_cost=0.5)
    graph.add_node("shop", ordering=BaseStock(10.0), on_hand=10.0, price=8.0)
    graph.add_node("town", kind="customer", demand=4.0)
    graph.add_edge("mine", "works", units_per_output=2.0)
    graph.add_edge("works", "shop")
    graph.add_edge("shop", "town", shipment_lead_time=0)
    result = supplynet.run(supplynet.Scenario("two", supplynet.from_graph(graph), periods=12))
    whole, works, shop = (result.statement(firm) for firm in (None, ["works"], ["shop"]))
    steady = slice(6, None)
    assert set(whole.cost_of_goods[steady]) == {10.0} and set(whole.revenue[steady]) == {32.0}  # 4 at 2 * 1 + 0.5
    assert set(works.revenue[steady]) == {20.0} and set(works.cost_of_goods[steady]) == {10.0}
    assert set(shop.cost_of_goods[steady]) == {20.0}
    np.testing.assert_allclose(whole.profit[steady], works.profit[steady] + shop.profit[steady])


@pytest.mark.filterwarnings("ignore:.*(days of cover with|outlasts its cover)")
@settings(max_examples=40, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(
    networks(shapes=("serial", "assembly", "distribution", "general")), st.integers(0, 9), st.lists(st.integers(0, 5))
)
def test_cash_is_profit_less_what_stock_and_receivables_took_plus_what_is_owed(network, replication, terms):
    lanes = np.array((terms * network.n_lanes + [0] * network.n_lanes)[: network.n_lanes], np.float64)
    network = replace(network, lane={**network.lane, "payment_terms": lanes})
    made = {"production_cost": 1.25, "salvage_price": 0.5}
    network = replace(network, node={**network.node} | {key: np.full(network.n_nodes, v) for key, v in made.items()})
    result = supplynet.run(supplynet.Scenario("any", network, periods=12), replication=replication)
    assume((network.node["kind"] == 1).any() or (network.node["kind"] == 2).any())
    books = result.statement()
    tied = np.diff(books.working_capital, prepend=books.opening_inventory)
    cash = np.diff(books.cash, prepend=0.0)
    scale = max(1.0, *(float(np.abs(getattr(books, own.name)).max()) for own in fields(books) if own.name != "warm_up"))
    np.testing.assert_allclose(cash, books.profit - tied, rtol=0.0, atol=1e-9 * scale)
    assert (books.inventory >= -1e-9 * scale).all()


def test_the_books_close_to_the_cent_where_millions_pass():
    luck = np.random.default_rng(1)
    buys, wants = (tuple(luck.uniform(9e3, 1.1e4, 300).tolist()) for _ in range(2))
    falling = Trace(tuple(np.linspace(60.0, 40.0, 300)))
    terms = {"lane": {"payment_terms": 45}, "sale": {"payment_terms": 30}}
    result = trade(buys, wants, source={"price": falling}, shop={"price": 99.0, "holding_cost": 0.1}, **terms)
    books = result.statement()
    tied = np.diff(books.working_capital, prepend=books.opening_inventory)
    assert np.abs(np.diff(books.cash, prepend=0.0) - books.profit + tied).max() < MONEY and books.revenue.sum() > 1e8


def test_waiting_is_counted_unit_by_unit_first_in_first_out():
    # 4 are asked in period 0, 2 in period 1; served 1, 2, 3: one waits 0, two wait 1, one waits 2 and two wait 1.
    units = waiting_units(np.array([[4.0], [2.0], [0.0]]), np.array([[1.0], [2.0], [3.0]]))
    assert units.tolist() == [1, 4, 1, 0] and waiting_time(units) == 1.0
    assert waiting_time(units, 0.5) == 1.0 and waiting_time(units, 0.95) == 2.0
    # The last to come is the first to leave unserved, and who still waits at the end has waited so long.
    units = waiting_units(np.array([[4.0], [2.0]]), np.array([[1.0], [1.0]]), np.array([[0.0], [2.0]]))
    assert units.tolist() == [1, 1, 2] and np.isnan(waiting_time(np.zeros(3)))


def test_those_who_wait_at_the_start_are_served_before_all_others():
    # 3 wait from before: service of 2 and 2 is theirs but for one unit, so of 2 asked in period 0 one waits 1, one 2.
    units = waiting_units(np.array([[2.0], [0.0], [0.0]]), np.array([[2.0], [2.0], [1.0]]), queue=np.array([3.0]))
    assert units.tolist() == [0, 1, 1, 0]
    graph = nx.DiGraph()
    graph.add_node("works", kind="factory", ordering=MakeToOrder(), production_lead_time=3, price=1.0)
    graph.add_node("town", kind="customer", demand=supplynet.distributions.Poisson(10.0))
    graph.add_edge("works", "town", shipment_lead_time=0)
    result = supplynet.run(supplynet.Scenario("steady", supplynet.from_graph(graph), periods=300, warm_up=50))
    assert result.business["waiting_time_95"] == 3.0 and result.business["waiting_time"] == pytest.approx(3.0, abs=0.05)


def test_the_mean_wait_is_the_mean_queue_over_the_flow():
    graph = nx.DiGraph()
    graph.add_node("works", kind="factory", ordering=MakeToOrder(), capacity=11.0)
    graph.add_node("town", kind="customer", demand=supplynet.distributions.Poisson(10.0))
    graph.add_edge("works", "town", shipment_lead_time=0)
    result = supplynet.run(supplynet.Scenario("queue", supplynet.from_graph(graph), periods=3000))
    queue, asked = (result.record[key][:, 1] for key in ("backlog", "demand"))
    waits = waiting_units(asked[:, None], result.record["shipped"][:, [1]])
    at_end = waits.sum() - result.record["shipped"][:, 1].sum()
    assert at_end == pytest.approx(queue[-1])
    assert waiting_time(waits) * waits.sum() == pytest.approx(queue.sum(), rel=1e-9)


@pytest.mark.parametrize(
    ("firm", "message"),
    [
        (["shp"], "there is no node 'shp'; did you mean 'shop'"),
        (["town"], "'town' is a customer, whom no company owns"),
    ],
)
def test_a_company_that_cannot_be_is_refused(firm, message):
    with pytest.raises(ValueError, match=message):
        trade().statement(firm)


def test_books_of_a_record_that_is_not_whole_are_refused():
    scenario = trade().scenario
    with pytest.raises(ValueError, match="the books need .*billed"):
        supplynet.run(scenario, keep=supplynet.Keep(columns=("on_hand",))).statement()
    with pytest.raises(ValueError, match="holds sums or leaves out periods"):
        supplynet.run(scenario, keep=supplynet.Keep(by="kind")).statement()


def test_measures_of_business_are_outcomes_of_a_sweep_with_the_digits_of_the_run_alone():
    scenario = trade((5.0,) * 20, (4.0,) * 20, lane={"payment_terms": 2}).scenario
    demand = supplynet.distributions.Poisson(4.0)
    scenario = replace(scenario, network=scenario.network.with_column("node", "demand", np.array([2]), demand))
    runs = supplynet.sweep(scenario, 7, outcomes=("fill_rate", *BUSINESS), block=3, workers=1)
    for at in range(7):
        alone = supplynet.run(scenario, replication=at).business
        assert set(alone) == set(BUSINESS)
        for name, value in alone.items():
            np.testing.assert_equal(runs[name][at], value)
    assert runs["profit"].std() > 0.0
