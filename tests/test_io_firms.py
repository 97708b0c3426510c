"""Firms made up from an input-output table: what they sell, buy and make adds up, and nothing moves of itself."""

import numpy as np
import pytest
from real_data import real_data

import supplynet
from supplynet import Keep, Scenario
from supplynet.firms import firm_network
from supplynet.readers.belgium import belgium
from supplynet.readers.io_tables import united_states
from supplynet.topologies import IoTable, firms_of
from supplynet.topologies.coupling import TOTAL, couple, in_parts, merge, without_own
from supplynet.topologies.sizes import apportion, zipf

TABLE = IoTable(("farms", "mills", "shops"), [[30.0, 60.0, 0.0], [5.0, 20.0, 70.0], [8.0, 4.0, 10.0]], [100, 200, 300])


def tables():
    """The table by hand, and the two real ones."""
    yield TABLE
    yield belgium(real_data()).table
    yield united_states(real_data())


def by_sector(firms):
    """What sectors sell each other, added up over firms."""
    n = len(firms.table.sectors)
    pair = firms.sector[firms.supplier] * n + firms.sector[firms.customer]
    return np.bincount(pair, firms.flow, n * n).reshape(n, n)


@pytest.mark.parametrize(("suppliers", "least"), [(1, 0.0), (3, 0.0), (2, 0.02)])
def test_each_firm_sells_its_output_and_buys_by_the_coefficients_of_its_sector(suppliers, least):
    for table in tables():
        n, count = len(table.sectors), 40 * len(table.sectors)
        firms = firms_of(table, count, suppliers=suppliers, least=least)
        used = np.where(table.coefficients < least, 0.0, table.coefficients)
        sold = np.bincount(firms.supplier, firms.flow, count) + firms.final_demand
        np.testing.assert_allclose(sold, firms.output, rtol=1e-13)
        bought = np.bincount(firms.customer * n + firms.sector[firms.supplier], firms.flow, count * n)
        whole = firms.output / zipf(np.bincount(firms.sector)) > table.output[firms.sector] * (1.0 - 1e-12)
        per_output = bought.reshape(count, n) / firms.output[:, None]
        np.testing.assert_allclose(per_output[whole], used.T[firms.sector[whole]], atol=1e-12)
        assert whole.sum() > 0.97 * count, "hardly any firm has to sell to itself"
        left = (table.output - (used * table.output).sum(axis=1)) / table.output
        np.testing.assert_allclose((firms.final_demand / firms.output)[whole], left[firms.sector[whole]], atol=1e-12)


@pytest.mark.parametrize("n_firms", [300, 3_000])
def test_firms_of_a_sector_add_up_to_it(n_firms):
    for table in tables():
        firms, n = firms_of(table, n_firms), len(table.sectors)
        elsewhere = ~np.eye(n, dtype=bool)
        np.testing.assert_allclose(by_sector(firms)[elsewhere], table.flow[elsewhere], rtol=1e-9, atol=1e-9)
        made = np.bincount(firms.sector, firms.output, n) + np.diag(table.flow) - np.diag(by_sector(firms))
        np.testing.assert_allclose(made, table.output, rtol=1e-12)
        np.testing.assert_allclose(np.bincount(firms.sector, firms.value_added), table.value_added, rtol=1e-12)


def test_nobody_buys_from_itself_and_no_lane_is_given_twice():
    for n_firms in (3, 4, 7, 50, 1_000):
        firms = firms_of(TABLE, n_firms, suppliers=4)
        assert (firms.supplier != firms.customer).all() and (firms.flow > 0.0).all()
        assert np.unique(firms.supplier * n_firms + firms.customer).size == firms.n_lanes


def test_a_firm_that_is_its_sector_makes_for_itself_what_the_sector_sells_itself():
    firms = firms_of(TABLE, 3)
    assert firms.output == pytest.approx([100.0 - 30.0, 200.0 - 20.0, 300.0 - 10.0])
    assert firms.value_added == pytest.approx(TABLE.value_added)


def test_sizes_follow_zipf():
    part = zipf(np.array([20_000, 7]), 1.2)
    top = np.log(part[:2_000])
    assert np.polyfit(top, np.log(np.arange(1, 2_001) - 0.5), 1)[0] == pytest.approx(-1.2, abs=1e-9)
    assert part[:20_000].sum() == pytest.approx(1.0) and part[20_000:].sum() == pytest.approx(1.0)


def test_a_small_need_finds_a_seller_with_odds_in_proportion_to_what_it_sells():
    table = IoTable(("a", "b"), [[0.0, 1.0], [0.0, 0.0]], [1.0, 100.0])
    n, n_seeds = 6, 2_000
    count = np.zeros(n)
    for seed in range(n_seeds):
        firms = firms_of(table, n + 500, suppliers=1, exponent=1.0, seed=seed)
        smallest = firms.customer == firms.n_firms - 1
        count[firms.supplier[smallest][0]] += 1
    odds = firms.output[:n] / firms.output[:n].sum()
    assert firms.sector[n - 1] == 0
    error = np.sqrt(odds * (1.0 - odds) / n_seeds)
    assert (np.abs(count / n_seeds - odds) < 4.0 * error + 1e-3).all(), "1e-3 for needs that two sellers share"


def test_another_seed_gives_other_lanes_and_the_same_sums():
    one, other, again = (firms_of(TABLE, 300, seed=seed) for seed in (1, 2, 1))
    assert np.array_equal(one.flow, again.flow) and np.array_equal(one.supplier, again.supplier)
    assert not np.array_equal(one.supplier[:200], other.supplier[:200])
    assert np.array_equal(one.output, other.output)


def test_a_sector_that_sells_to_others_leaves_who_sells_elsewhere():
    flow = TABLE.flow.copy()
    flow[0] = [30.0, 0.0, 0.0]
    one, other = firms_of(TABLE, 300), firms_of(IoTable(TABLE.sectors, flow, TABLE.output), 300)
    shops = (made.sector[made.supplier] == 2 for made in (one, other))
    assert np.array_equal(*(made.customer[sold] for made, sold in zip((one, other), shops, strict=True)))


def test_a_need_that_one_seller_cannot_fill_goes_on_to_sellers_large_and_small():
    firms = firms_of(TABLE, 3_000)
    largest = int(np.flatnonzero(firms.sector == 2)[0])
    rank = np.sort(firms.supplier[(firms.customer == largest) & (firms.sector[firms.supplier] == 1)])
    assert rank.size > 50 and np.diff(rank).max() > 5 and rank[-1] - rank[0] > 0.9 * (firms.sector == 1).sum()


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("basis", ["output", "capped_demand"])
def test_undisturbed_firms_make_and_sell_the_same_for_a_year(linear, basis):
    for table, n_firms in zip(tables(), (50, 200, 200), strict=True):
        firms = firms_of(table, n_firms, least=0.005)
        network = firm_network(firms, linear=linear, basis=basis)
        record = supplynet.run(Scenario("firms", network, 365), keep=Keep(("production", "demand", "shipped"))).record
        np.testing.assert_allclose(record["production"][:, :n_firms], np.tile(firms.output, (365, 1)), rtol=1e-9)
        sold = np.tile(firms.final_demand[firms.final_demand > 0.0], (365, 1))
        np.testing.assert_allclose(record["shipped"][:, n_firms:], sold, rtol=1e-9)


def test_long_cover_does_not_let_rounding_grow_into_a_slump():
    country = belgium(real_data())
    firms = firms_of(country.table, 200)
    network = firm_network(firms, cover=country.cover, criticality=country.criticality)
    made = supplynet.run(Scenario("firms", network, 300), keep=Keep(("production",))).record["production"][:, :200]
    np.testing.assert_allclose(made, np.tile(firms.output, (300, 1)), rtol=1e-9)


def test_a_shared_part_is_exact_whatever_the_order():
    luck = np.random.default_rng(1)
    for _ in range(20):
        sells, needs = in_parts(luck.pareto(1.0, 30)), in_parts(luck.pareto(1.0, 70))
        seller, need, amount = couple(sells, needs)
        assert sells.sum() == needs.sum() == TOTAL and (amount > 0).all()
        assert np.array_equal(_sums(seller, amount, 30), sells) and np.array_equal(_sums(need, amount, 70), needs)


@pytest.mark.parametrize("greatest", [0.3, 0.6, 5.0])
def test_goods_that_would_stay_at_home_are_exchanged_and_all_sums_stay(greatest):
    luck = np.random.default_rng(2)
    for _ in range(20):
        sells = in_parts(np.array([greatest, *luck.uniform(0.02, 0.1, 14)]))
        lanes = merge(*couple(sells, sells[::1]))  # all of it stays at home
        assert (lanes[0] == lanes[1]).all()
        seller, buyer, amount = without_own(*lanes)
        assert np.array_equal(_sums(seller, amount, 15), sells) and np.array_equal(_sums(buyer, amount, 15), sells)
        stays = amount[seller == buyer]
        forced = max(0, 2 * int(sells[0]) - TOTAL)
        assert stays.sum() == forced and (seller[seller == buyer] == 0).all()


def _sums(owner, amount, n):
    total = np.zeros(n, np.int64)
    np.add.at(total, owner, amount)
    return total


def test_seats_go_by_weight_and_nobody_with_some_weight_goes_without():
    assert apportion(np.array([70.0, 20.0, 10.0, 0.0]), 10).tolist() == [6, 2, 2, 0]
    for seats in (3, 4, 17, 1_000):
        number = apportion(np.array([1e6, 1.0, 2.0, 0.0]), seats)
        assert number.sum() == seats and (number[:3] >= 1).all() and number[3] == 0


@pytest.mark.parametrize(
    ("flow", "output", "said"),
    [
        ([[0.0, -2.0], [0.0, 0.0]], [1.0, 1.0], "row 'a', column 'b' is -2"),
        ([[0.0, np.nan], [0.0, 0.0]], [1.0, 1.0], "row 'a', column 'b' is nan"),
        ([[0.0, 1.0], [1.0, 0.0]], [1.0, 1.0], "spectral radius of its coefficients is 1, must be < 1"),
        ([[2.0, 0.0], [0.0, 0.5]], [1.0, 1.0], "radius of its coefficients is 2, must be < 1; 'a' use up"),
        ([[0.0, 3.0], [0.0, 0.0]], [1.0, 9.0], "sector 'a' sells 3 to sectors, but makes 1"),
        ([[0.0, 3.0], [0.0, 0.0]], [4.0, 1.0], "sector 'b' buys 3 and makes only 1"),
        ([[0.0, 3.0], [0.0, 0.0]], [0.0, 4.0], "sector 'a' makes nothing"),
        ([[0.0, 3.0]], [4.0, 4.0], r"flow has shape \(1, 2\), must be \(2, 2\)"),
        ([[0.0, 1.0], [0.0, 0.0]], [4.0], r"output has shape \(1,\)"),
        ([[0.0, 1.0], [0.0, 0.0]], [4.0, -4.0], "output of 'b' is -4, must be >= 0"),
    ],
)
def test_a_table_that_cannot_be_says_where(flow, output, said):
    with pytest.raises(ValueError, match=said):
        IoTable(("a", "b"), flow, output)


def test_firms_that_cannot_be_say_what_to_mend():
    for asked, said in (
        ({"n_firms": 2}, "n_firms is 2, must be a whole number >= 3"), ({"suppliers": 0}, "suppliers is 0"),
        ({"exponent": 0.0}, "exponent is 0"), ({"least": 1.0}, "least is 1"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            firms_of(TABLE, **{"n_firms": 30, **asked})
    firms = firms_of(TABLE, 30)
    for asked, said in (
        ({"cover": np.ones(4)}, r"cover has shape \(4,\), must be one number, \(3,\) or \(30,\), or \(3, 3\)"),
        ({"region": ["north"] * 3}, "region has 3 labels for 30 firms; give one of each firm"),
        ({"adjustment_time": np.ones(2)}, r"adjustment_time has shape \(2,\), must be one number or \(3,\), one"),
        ({"criticality": 1.5}, "criticality of all is 1.5, must be a number in"),
        ({"cover": np.array([1.0, 2.0, 0.5])}, "cover of 'shops' is 0.5, must be at least 1"),
        ({"linear": True, "criticality": np.ones((3, 3))}, "criticality has shape"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            firm_network(firms, **asked)
