"""Three pull systems, day by day as worked by hand: kanban with two kinds of cards, point of sale, build-to-order."""

import math

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet.demand import Trace
from supplynet.policies.containers import full
from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import BaseStock, BuildToOrder, Kanban, MakeToOrder, POSReplenishment

SAME_DAY = {"order_lead_time": 0, "shipment_lead_time": 0}


def play(graph, periods, *, start="empty", signals=()):
    network = supplynet.from_graph(graph, signals=signals)
    return supplynet.run(supplynet.Scenario("example", network, periods=periods, start=start))


def of_node(result, key, name):
    return result.record[key][:, result.nodes.index(name)].tolist()


def of_lane(result, key, name):
    return result.record[key][:, result.scenario.network.lane_names().index(name)].tolist()


def two_stages(quantities, cards=3.0):
    """Machining (2 periods) feeds assembly (1 period, 2 cards), which fetches with 3 cards; 2 units a container."""
    line = nx.DiGraph()
    line.add_node("customer", kind="customer", demand=Trace(quantities))
    line.add_node(
        "machining", kind="factory", ordering=Kanban(cards, 2.0), production_lead_time=2, on_hand=2.0 * cards,
    )  # fmt: skip
    line.add_node(
        "assembly", kind="factory", ordering=Kanban(2.0, 2.0), input_rule=WithdrawalCards(3.0, 2.0),
        production_lead_time=1, on_hand=4.0,
    )  # fmt: skip
    line.add_edge("machining", "assembly", order_lead_time=0, shipment_lead_time=1, input_stock=6.0)
    line.add_edge("assembly", "customer", **SAME_DAY)
    return line


def test_a_two_card_line_follows_the_table_worked_by_hand():
    # Assembly (A) and machining (M) want containers of 2. "After" is on hand, arrivals included, less today's backlog;
    # a card is kept by a full container or coming back with one; every other card wants 2.
    #
    #  t  demand | A after  kept coming wants | input less need  kept coming fetches | M after  kept coming wants
    #  0       1 |       3     1      0     2 |           6-2=4     2      0       2 |   6-2=4     2      0     2
    #  1       3 |   5-3=2     1      0     2 |           6-2=4     2      0       2 |   4-2=2     1      1     2
    #  2       2 |   4-2=2     1      0     2 |           6-2=4     2      0       2 |   4-2=2     1      1     2
    #  3       6 |   4-6<0     0      0     4 |           6-4=2     1      0       4 |   4-4=0     0      1     4
    #  4       5 | 4-2-5<0     0      0     4 |           6-4=2     1      0       4 |   2-4<0     0      2     2
    #  5       0 |   4-3=1     0      0     4 |           4-4=0     0      1       4 | 4-2-4<0     0      1     4
    #  6       0 |       5     2      0     0 |               4     2      1       0 |   2-2=0     0      2     2
    #  7       0 |       5     2      0     0 |               6     3      0       0 |       4     2      1     0
    #
    # Assembly ships 1, 3, 2, then all of its 4, 4, then the 3 still owed: what is beyond 4 waits, and no card is added.
    result = play(two_stages((1.0, 3.0, 2.0, 6.0, 5.0, 0.0)), 8)
    assert of_node(result, "production_order", "assembly") == [2, 2, 2, 4, 4, 4, 0, 0]
    assert of_lane(result, "order", "machining>assembly") == [2, 2, 2, 4, 4, 4, 0, 0]
    assert of_node(result, "production_order", "machining") == [2, 2, 2, 4, 2, 4, 2, 0]
    assert of_node(result, "shipped", "assembly") == [1, 3, 2, 4, 4, 3, 0, 0]
    assert of_node(result, "backlog", "assembly") == [0, 0, 0, 2, 3, 0, 0, 0]
    assert of_node(result, "shipped", "machining") == [2, 2, 2, 4, 2, 4, 2, 0]
    assert of_node(result, "backlog", "machining") == [0, 0, 0, 0, 2, 2, 0, 0]
    assert of_node(result, "on_hand", "assembly") == [3, 2, 2, 0, 0, 1, 5, 5]
    assert of_node(result, "on_hand", "machining") == [4, 2, 2, 0, 0, 0, 0, 4]
    assert of_lane(result, "input_stock", "machining>assembly") == [4, 4, 4, 2, 2, 0, 4, 6]


@pytest.mark.parametrize("cards", [1.0, 2.0, 5.0])
def test_no_stage_ever_has_more_containers_than_cards(cards):
    random = np.random.default_rng(7)
    result = play(two_stages(tuple(random.integers(0, 9, 300).astype(float)), cards), 300)
    for stage, limit in (("machining", cards), ("assembly", 2.0)):
        coming = np.array(of_node(result, "in_process", stage)) + of_node(result, "production_backlog", stage)
        containers = full(np.array(of_node(result, "on_hand", stage)), 2.0) + coming / 2.0
        assert containers.max() == limit
    kept = full(np.array(of_lane(result, "input_stock", "machining>assembly")), 2.0)
    assert (kept + np.array(of_lane(result, "on_order", "machining>assembly")) / 2.0).max() == 3.0


# A card that is freed in t brings its container in t + lead, and demand is seen before cards are counted: a position of
# at least K C has to cover the demand of `lead` periods, so K = ceil(D lead / C). The position takes every value in
# [K C, K C + C) that lies on the grid of gcd(D, C), its least one included, so K - 1 runs short.
STEADY = [(3.0, 4, 5.0), (3.0, 2, 2.0), (7.0, 3, 4.0), (4.0, 5, 10.0), (2.5, 3, 2.0), (6.0, 1, 6.0)]


def longest_wait(cards, demand, lead, container, *, fetched):
    """The most units that customers ever wait for, with production cards or with withdrawal cards."""
    shop = nx.DiGraph()
    shop.add_node("customer", kind="customer", demand=demand)
    if fetched:
        shop.add_node("store", kind="supplier")
        shop.add_node("shop", kind="factory", ordering=MakeToOrder(), input_rule=WithdrawalCards(cards, container))
        leads = {"order_lead_time": lead // 2, "shipment_lead_time": lead - lead // 2}
        shop.add_edge("store", "shop", input_stock=cards * container, **leads)
    else:
        rule = Kanban(cards, container)
        shop.add_node("shop", kind="factory", ordering=rule, production_lead_time=lead, on_hand=cards * container)
    shop.add_edge("shop", "customer", **SAME_DAY)
    return max(of_node(play(shop, 80), "backlog", "shop"))


@pytest.mark.parametrize("fetched", [False, True], ids=["production cards", "withdrawal cards"])
@pytest.mark.parametrize(("demand", "lead", "container"), STEADY)
def test_the_toyota_number_of_cards_never_starves_and_one_card_less_does(demand, lead, container, fetched):
    cards = math.ceil(demand * lead / container)
    assert longest_wait(cards, demand, lead, container, fetched=fetched) == 0.0
    assert longest_wait(cards - 1.0, demand, lead, container, fetched=fetched) > 0.0


def test_rows_with_other_numbers_of_cards_share_one_call_and_keep_their_own():
    alone = [play(two_stages((1.0, 3.0, 2.0, 6.0, 5.0, 0.0), cards), 8) for cards in (3.0, 4.0)]
    assert of_node(alone[0], "production_order", "assembly") == of_node(alone[1], "production_order", "assembly")
    assert of_node(alone[0], "production_order", "machining") == [2, 2, 2, 4, 2, 4, 2, 0]
    # One more card at machining: a container more lies there each day, so on day 4 all 4 can leave.
    assert of_node(alone[1], "shipped", "machining") == [2, 2, 2, 4, 4, 4, 0, 0]


def shops(delay):
    chain = nx.DiGraph()
    chain.add_node("customer", kind="customer", demand=Trace((4.0, 6.0, 8.0, 4.0, 4.0, 0.0, 4.0, 4.0)))
    chain.add_node("shop", kind="distributor", ordering=BaseStock(20.0), on_hand=12.0)
    chain.add_node("wholesaler", kind="distributor", ordering=POSReplenishment(3.0, 2), on_hand=30.0)
    chain.add_node("mill", kind="supplier")
    chain.add_edge("shop", "customer", **SAME_DAY)
    chain.add_edge("wholesaler", "shop", order_lead_time=1, shipment_lead_time=1)
    chain.add_edge("mill", "wholesaler", order_lead_time=0, shipment_lead_time=1)
    told = [
        supplynet.Signal("customer", "wholesaler", tells, delay + later)
        for tells, later in (("demand", 0), ("lost", 1))
    ]
    return play(chain, 8, start="steady", signals=told)


# Echelon order-up-to: what was sold, plus the change of the target: 3 times a mean, 1.5 (today + yesterday).
#
#   sold           4   6   8   4   4   0   4   4    (4 a day before)
#   target        12  15  21  18  12   6   6  12    (12 before)
#   its change     0   3   6  -3  -6  -6   0   6
#   sold + change  4   9  14   1  -2  -6   4  10
#
# Where sold + change is below zero nothing is ordered and the surplus stays in the echelon: 2 after day 4, 8 after
# day 5. Day 6 works off 4 of the 8 and orders nothing, day 7 works off the other 4 and orders 10 - 4 = 6.
POINT_OF_SALE = [4, 9, 14, 1, 0, 0, 0, 6]


def test_a_wholesaler_that_is_told_of_sales_at_once_follows_the_table_worked_by_hand():
    result = shops(0)
    assert of_node(result, "production_order", "wholesaler") == POINT_OF_SALE
    assert of_node(result, "demand", "wholesaler") == [4, 4, 6, 8, 4, 4, 0, 4], "the shop's orders, a day later"
    assert of_lane(result, "order", "mill>wholesaler") == POINT_OF_SALE, "its order is what it wants"


def test_news_of_sales_two_days_old_shifts_the_orders_by_two_days():
    assert of_node(shops(2), "production_order", "wholesaler") == [4, 4, *POINT_OF_SALE[:6]]


def test_a_rule_that_is_told_what_no_signal_tells_is_an_error_that_names_the_cure():
    chain = nx.DiGraph()
    chain.add_node("customer", kind="customer", demand=4.0)
    chain.add_node("shop", kind="factory", ordering=POSReplenishment(3.0, 2))
    chain.add_edge("shop", "customer", **SAME_DAY)
    with pytest.raises(ValueError, match=r"POSReplenishment reads told_demand, but no signal tells .* add a Signal"):
        play(chain, 3)


def test_build_to_order_draws_complete_kits_from_its_component_stocks_as_worked_by_hand():
    # A PC takes 1 chip (target 10, fetched in 2 days) and 2 disks (target 12, fetched in 1); nothing is built ahead.
    # Order = target + need of all PCs wanted - in stock - on order. Stocks are after today's arrivals.
    #
    #  t  demand  PCs wanted | chips  on order  order | disks  on order  order | built
    #  0       3           3 |    10         0      3 |    12         0      6 |     3
    #  1       6           6 |     7         3      6 |    12         0     12 |     6
    #  2       5           5 |   1+3         6      5 |    12         0     10 |     4: no more chips; 8 disks are drawn
    #  3       2         1+2 |   0+6         5      2 |  4+10         0      4 |     3
    #  4       0           0 |   3+5         2      0 |   8+4         0      0 |     0
    #  5       7           7 |   8+2         0      7 |    12         0     14 |     6: no more disks; 6 chips are drawn
    #  6       1         1+1 |     4         7      1 |  0+14         0      2 |     2
    shop = nx.DiGraph()
    shop.add_node("customer", kind="customer", demand=Trace((3.0, 6.0, 5.0, 2.0, 0.0, 7.0, 1.0)))
    shop.add_node("assembler", kind="factory", ordering=BuildToOrder())
    for component, units, target, lead in (("chips", 1.0, 10.0, 2), ("disks", 2.0, 12.0, 1)):
        shop.add_node(component, kind="supplier")
        stock = {"target": target, "input_stock": target}
        shop.add_edge(component, "assembler", units_per_output=units, shipment_lead_time=lead, **stock)
    shop.add_edge("assembler", "customer", **SAME_DAY)
    result = play(shop, 7)
    assert of_lane(result, "order", "chips>assembler") == [3, 6, 5, 2, 0, 7, 1]
    assert of_lane(result, "order", "disks>assembler") == [6, 12, 10, 4, 0, 14, 2]
    assert of_node(result, "production_started", "assembler") == [3, 6, 4, 3, 0, 6, 2]
    assert of_node(result, "shipped", "assembler") == [3, 6, 4, 3, 0, 6, 2]
    assert of_node(result, "backlog", "assembler") == [0, 0, 1, 0, 0, 1, 0]
    assert of_node(result, "on_hand", "assembler") == [0] * 7
    assert of_lane(result, "input_stock", "chips>assembler") == [7, 1, 0, 3, 8, 4, 2]
    assert of_lane(result, "input_stock", "disks>assembler") == [6, 0, 4, 8, 12, 0, 10]


def test_one_pool_of_chips_serves_two_models_whose_demand_shifts_between_them():
    # Together the models want 8 a day; chips come in 2 days; so 16 in the pool and on order cover any split of the 8.
    shop = nx.DiGraph()
    shop.add_node("maker", kind="supplier")
    shop.add_node("pool", kind="distributor", ordering=BaseStock(16.0), on_hand=16.0)
    shop.add_edge("maker", "pool", shipment_lead_time=2)
    for model, quantities in (("tower", (8.0, 1.0, 6.0, 0.0, 3.0)), ("laptop", (0.0, 7.0, 2.0, 8.0, 5.0))):
        shop.add_node(model, kind="factory", ordering=BuildToOrder())
        shop.add_node(f"{model} buyer", kind="customer", demand=Trace(quantities))
        shop.add_edge("pool", model, **SAME_DAY)
        shop.add_edge(model, f"{model} buyer", **SAME_DAY)
    result = play(shop, 5)
    assert of_node(result, "shipped", "tower") == [8, 1, 6, 0, 3]
    assert of_node(result, "shipped", "laptop") == [0, 7, 2, 8, 5]
    assert of_node(result, "on_hand", "pool") == [8, 0, 0, 0, 0]
    assert result.record["backlog"].max() == 0.0
