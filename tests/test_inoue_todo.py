"""Firms with days of cover against the model of Inoue & Todo (2019), Nature Sustainability 2, written a second time.

Tables are [supplier, buyer] and [day, firm]. Both models open with `cover` days of stock before the first day's use.
"""

import networkx as nx
import numpy as np
import pytest

import supplynet
from supplynet.demand import Trace
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import MakeToOrder

BASES = ("output", "capped_demand", "demand")


def published(need, products, final, cover, adjustment_time, capacity, basis):
    """The equations: output [day, firm], and orders and stock after use [day, supplier, buyer]."""
    normal = final[0] + need.sum(axis=1)
    same = (products[:, None] == products[None, :]).astype(float)
    needed = same @ need
    stock, usual, days = cover * need, np.ones(normal.size), []
    for wanted, able in zip(final, capacity, strict=True):
        order = np.maximum(0.0, need * usual + (cover * need * usual - stock) / adjustment_time)
        demand = wanted + order.sum(axis=1)
        held = same @ stock
        lasts = np.divide(held, needed, out=np.full_like(held, np.inf), where=needed > 0.0).min(axis=0)
        output = np.minimum(np.minimum(able, demand), normal * lasts)
        left = np.maximum(held - needed * output / normal, 0.0)
        stock = stock * np.divide(left, held, out=np.zeros_like(held), where=held > 0.0)
        days.append((output, order, stock))
        filled = np.divide(output, demand, out=np.zeros_like(demand), where=demand > 0.0)
        stock = stock + filled[:, None] * order
        usual = {"output": output, "capped_demand": np.minimum(demand, normal), "demand": demand}[basis] / normal
    return tuple(np.array(part) for part in zip(*days, strict=True))


def played(need, products, final, cover, adjustment_time, capacity, basis):
    """The same three tables from supplynet, and what households consume [day, firm]."""
    normal = final[0] + need.sum(axis=1)
    same = products[:, None] == products[None, :]
    units = same @ need / normal
    rule = DaysOfCover(adjustment_time=adjustment_time, basis=basis)
    graph = nx.DiGraph()
    for firm, product in enumerate(products):
        graph.add_node(
            f"firm {firm}", kind="factory", product=f"product {product}", ordering=MakeToOrder(), input_rule=rule,
            capacity=Trace(capacity[:, firm]),
        )  # fmt: skip
    for supplier, buyer in np.argwhere(need > 0.0):
        graph.add_edge(
            f"firm {supplier}", f"firm {buyer}", unfilled="lost", cover=cover[supplier, buyer],
            units_per_output=units[supplier, buyer],
            share=need[supplier, buyer] / (units[supplier, buyer] * normal[buyer]),
        )  # fmt: skip
    for firm in np.flatnonzero(final.any(axis=0)):
        graph.add_node(f"household {firm}", kind="customer", demand=Trace(final[:, firm]))
        graph.add_edge(f"firm {firm}", f"household {firm}", unfilled="lost", shipment_lead_time=0)
    result = supplynet.run(supplynet.Scenario("firms", supplynet.from_graph(graph), periods=len(final)))
    n_firms = products.size
    place = [(int(a.split()[1]), int(b.split()[1])) for a, b in graph.edges if not b.startswith("household")]
    lanes = [at for at, (_, b) in enumerate(graph.edges) if not b.startswith("household")]
    tables = []
    for key in ("order", "input_stock"):
        table = np.zeros((len(final), n_firms, n_firms))
        table[:, *np.transpose(place)] = result.record[key][:, lanes]
        tables.append(table)
    consumed = np.zeros((len(final), n_firms))
    consumed[:, final.any(axis=0)] = result.record["shipped"][:, n_firms:]
    return result.record["production"][:, :n_firms], *tables, consumed


def random_firms(generator, days, n_firms=20, n_products=8):
    """Firms that buy from four others each, round in circles; some are shut for a while, and some demand moves."""
    products = generator.integers(n_products, size=n_firms)
    per_output = np.zeros((n_firms, n_firms))
    for buyer in range(n_firms):
        suppliers = generator.choice(np.delete(np.arange(n_firms), buyer), 4, replace=False)
        per_output[suppliers, buyer] = generator.uniform(0.05, 0.2, 4)
    per_household = np.where(generator.random(n_firms) < 0.6, generator.uniform(20.0, 100.0, n_firms), 0.0)
    normal = np.linalg.solve(np.eye(n_firms) - per_output, per_household)
    of_product = generator.uniform(1.5, 9.0, (n_products, n_firms))
    capacity = np.tile(normal * generator.uniform(1.0, 1.5, n_firms), (days, 1))
    for firm in generator.choice(n_firms, 6, replace=False):
        first = generator.integers(days // 2)
        capacity[first : first + generator.integers(3, 15), firm] *= generator.choice([0.0, 0.3, 0.7])
    moves = np.ones((days, n_firms))
    moves[generator.integers(1, days) :] = generator.uniform(0.5, 1.4, n_firms)
    return per_output * normal, products, per_household * moves, of_product[products], capacity


def chain(n_firms, days, shut, slack):
    """Firms in a row that make 100 a day each and hold 3 days of stock, the first one shut for some days."""
    need = np.diag(np.full(n_firms - 1, 100.0), 1)
    final, capacity = np.zeros((days, n_firms)), np.full((days, n_firms), 100.0 * slack)
    final[:, -1], capacity[:shut, 0] = 100.0, 0.0
    return need, np.arange(n_firms), final, np.full_like(need, 3.0), 6.0, capacity


def shut_economy(seed, shut, days):
    """Random firms in circles with 9 days of stock and nothing to spare, a quarter of them shut for some days."""
    need, products, final, _, _ = random_firms(np.random.default_rng(seed), days)
    final = np.tile(final[0], (days, 1))
    capacity = np.tile(final[0] + need.sum(axis=1), (days, 1))
    capacity[:shut, :5] = 0.0
    return need, products, final, np.full_like(need, 9.0), 6.0, capacity


def assert_equal(measured, expected):
    """Assert that tables are equal to 1e-9 of the largest flow."""
    np.testing.assert_allclose(measured, expected, rtol=1e-9, atol=1e-9 * expected.max())


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("seed", range(4))
def test_random_firms_in_circles_follow_the_equations_day_by_day(seed, basis):
    need, products, final, cover, capacity = random_firms(np.random.default_rng(seed), days=45)
    case = need, products, final, cover, 3.0 + 2.0 * seed, capacity, basis
    output, order, stock, consumed = played(*case)
    expected_output, expected_order, expected_stock = published(*case)
    assert np.ptp(expected_output, axis=0).min() > 0.0, "every firm should feel the shocks"
    assert_equal(output, expected_output)
    assert_equal(order, expected_order)
    assert_equal(stock, expected_stock)
    demand = final + expected_order.sum(axis=2)
    filled = np.divide(expected_output, demand, out=np.zeros_like(demand), where=demand > 0.0)
    assert_equal(consumed, final * filled)


@pytest.mark.parametrize("basis", BASES)
def test_undisturbed_firms_open_steady_and_stay_steady(basis):
    case = shut_economy(3, 0, 30)
    output, order, _, _ = played(*case, basis)
    np.testing.assert_allclose(output, np.tile(case[2][0] + case[0].sum(axis=1), (30, 1)), rtol=1e-9)
    np.testing.assert_allclose(order, np.tile(case[0], (30, 1, 1)), rtol=1e-8)


@pytest.mark.parametrize("basis", BASES)
def test_a_leontief_chain_stops_firm_by_firm_as_its_stocks_run_out(basis):
    need = np.zeros((3, 3))
    need[0, 1], need[1, 2] = 50.0, 80.0
    final, capacity = np.tile([0.0, 0.0, 100.0], (14, 1)), np.tile([0.0, 1e3, 1e3], (14, 1))
    output, *_ = played(need, np.arange(3), final, np.full_like(need, 4.0), 6.0, capacity, basis)
    assert output[:4, 1] == pytest.approx([80.0] * 4) and (output[4:, 1] == 0.0).all()
    assert output[:8, 2] == pytest.approx([100.0] * 8) and (output[8:, 2] == 0.0).all()


def two_suppliers(products):
    """What a buyer makes of 50 a day from each of two suppliers, 3 days of stock of each, when one of them is gone."""
    need = np.zeros((3, 3))
    need[:2, 2] = 50.0
    final, capacity = np.tile([0.0, 0.0, 100.0], (9, 1)), np.tile([0.0, 50.0, 1e3], (9, 1))
    return played(need, np.array(products), final, np.full_like(need, 3.0), 6.0, capacity, "output")[0][:, 2]


def test_a_second_supplier_of_the_same_product_stands_in_for_half_of_the_first():
    # Stock is 300 and falls by 100 - 50 a day, so 100 a day last 5 days; then the 50 are made that came in yesterday.
    # From day 6 on usage of a lane is half of 50, and an order is 25 + (3 * 25 - stock) / 6, with 50 in stock at first.
    first = 25.0 + (75.0 - 50.0) / 6.0
    second = 25.0 + (75.0 - first) / 6.0
    assert [first, second] == pytest.approx([29.1667, 32.6389], abs=5e-5)
    assert two_suppliers(["a", "a", "b"]) == pytest.approx([100.0] * 5 + [50.0, 50.0, first, second])


def test_a_second_supplier_of_another_product_is_no_help():
    assert two_suppliers(["a", "b", "c"]) == pytest.approx([100.0] * 3 + [0.0] * 6)


@pytest.mark.parametrize("cover", [1.0, 2.0, 3.5, 9.0])
@pytest.mark.parametrize("cut", [0.125, 0.25, 0.375, 0.5, 1.0])
def test_a_partial_cut_first_hurts_when_the_stock_above_one_day_is_gone(cut, cover):
    need, products, final, _, _, capacity = chain(2, 80, 0, 1e3)
    capacity[:, 0] = 100.0 * (1.0 - cut)
    output, *_ = played(need, products, final, np.full_like(need, cover), 6.0, capacity, "output")
    assert np.flatnonzero(output[:, 1] < 100.0 - 1e-6)[0] == (cover - 1.0) // cut + 1


def test_after_a_long_lockdown_orders_on_realised_output_never_start_again():
    for case in (chain(4, 200, 25, 1e3), shut_economy(1, 30, 200), shut_economy(2, 30, 200)):
        normal = case[2][0] + case[0].sum(axis=1)
        output, order, _, consumed = played(*case, "output")
        assert output[100:].max() < 1e-6 * normal.min() and order[100:].max() < 1e-6 * normal.min()
        assert consumed[100:].max() < 1e-6 * normal.min()


def test_after_a_long_lockdown_orders_on_capped_demand_recover_in_full():
    for case in (chain(4, 200, 25, 1e3), shut_economy(1, 30, 200), shut_economy(2, 30, 200)):
        need, _, final, cover, adjustment_time, _ = case
        _, order, _, consumed = played(*case, "capped_demand")
        assert consumed[25].sum() < 0.5 * final[25].sum(), "the lockdown should be felt"
        gap = 1.0 - consumed.sum(axis=1) / final.sum(axis=1)
        assert gap[-1] < 0.01 and gap[-1] <= gap[100] + 1e-9, "all the way back, or ever closer"
        assert (order <= need * (1.0 + cover / adjustment_time) + 1e-9).all(), "usage is capped, and so is the gap"


def test_after_a_long_lockdown_orders_on_raw_demand_swing_along_a_chain():
    case = chain(5, 200, 25, 1e3)
    output, *_ = played(*case, "demand")
    calm, *_ = played(*case, "capped_demand")
    first, settled = output[25:, 0], calm[25:, 0]
    assert first.max() > 150.0 >= settled.max(), "orders of a capped usage are at most 1 + 3 / 6 of normal"
    assert first.min() < 50.0 and settled.min() > 100.0 - 1e-9
    assert first[-20:] == pytest.approx(settled[-20:], rel=1e-3)


def test_after_a_long_lockdown_orders_on_raw_demand_explode_where_firms_buy_in_circles():
    for seed in (1, 2):
        need, _, final, *_ = case = shut_economy(seed, 30, 150)
        _, order, _, consumed = played(*case, "demand")
        asked = order.sum(axis=(1, 2)) / need.sum()
        assert asked[140:].min() > 1e3 * asked[70:80].max() > 1e3, "orders beget orders"
        assert consumed[140:].sum() < 0.95 * final[140:].sum(), "and crowd out the households"
