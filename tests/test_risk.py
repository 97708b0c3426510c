"""The systemic risk index: by hand on a few firms, by the formulas on more, and what holds whatever the firms."""

from __future__ import annotations

from itertools import pairwise

import numba
import numpy as np
import pytest
from trades import by_the_formulas, random_trade

from supplynet.risk import PARALLEL_FROM, cascade_of, systemic_risk
from supplynet.risk_cascade import strike
from supplynet.trade import trade_from

TIGHT = 1e-12


def test_a_chain_of_essential_inputs_falls_both_ways():
    # 0 -> 1 -> 2, 10 each, and 2 sells 10 to households: sizes 1/3 each.
    trade = trade_from([0, 1], [1, 2], [10.0, 10.0], [0, 1, 2], 2, final_demand=[0.0, 0.0, 10.0])
    assert trade.size == pytest.approx([1 / 3] * 3)
    risk = systemic_risk(trade)
    # 0 gone: 1 gets nothing, then 2; 1 gone: 2 falls and 0 sells nothing; 2 gone: 1 sells nothing, then 0.
    assert risk.index == pytest.approx([1.0, 1.0, 1.0])
    # the last drop of 0 and 2 comes in step 2, of 1 in step 1, and a step without a drop ends it
    assert risk.steps.tolist() == [3, 2, 3]


def test_upstream_a_supplier_loses_what_it_sells_to_those_that_fail():
    # 0 sells 30 to firm 1, 10 to firm 2 and 60 to households; 1 and 2 sell 50 each to households: sizes 1/2, 1/4, 1/4.
    trade = trade_from([0, 0], [1, 2], [30.0, 10.0], [0, 1, 1], 0, final_demand=[60.0, 50.0, 50.0])
    cascade = cascade_of(trade, 1)
    assert cascade.upstream == pytest.approx([0.7, 0.0, 1.0])
    assert cascade.downstream == pytest.approx([1.0, 0.0, 1.0])
    assert cascade.index == pytest.approx(0.3 / 2 + 1 / 4)


def test_of_a_product_from_two_suppliers_the_one_that_stays_makes_up_for_its_part():
    # 0 and 1 make the same and sell 60 and 40 to firm 2, which sells 300 to households; the input is essential.
    trade = trade_from([0, 1], [2, 2], [60.0, 40.0], [0, 0, 1], 2, final_demand=[0.0, 0.0, 300.0])
    # 0 gone: what is left sells 40, so 0 is not replaceable: sigma = min(1, 60 / 40) = 1 and 2 keeps 1 - 0.6
    assert cascade_of(trade, 0).downstream == pytest.approx([0.0, 1.0, 0.4])
    # 1 gone: what is left sells 60, sigma = 40 / 60 and 2 keeps 1 - 2/3 * 0.4; without replaceability 1 - 0.4
    assert cascade_of(trade, 1).downstream == pytest.approx([1.0, 0.0, 1.0 - 2 / 3 * 0.4])
    assert cascade_of(trade, 1, replaceability=False).downstream == pytest.approx([1.0, 0.0, 0.6])
    # sizes 60, 40 and 300 of 400
    assert systemic_risk(trade).index[1] == pytest.approx((40 + 300 * 0.8 / 3) / 400)


def test_essential_inputs_take_the_worst_and_others_add_up():
    # Firm 3 buys 20 of product 0, 30 of product 1 and 50 of product 2, one supplier of each, and alone sells to others.
    table = np.ones((4, 4), int)
    ends = [0, 1, 2], [3, 3, 3], [20.0, 30.0, 50.0], [0, 1, 2, 3]
    table[0, 3], table[1, 3], table[2, 3] = 2, 1, 1
    trade = trade_from(*ends, table, final_demand=[0.0, 0.0, 0.0, 100.0])
    # half of an essential input is half of the output; a non-essential one counts with its part of all that is bought
    assert cascade_of(trade, 0, capacity_factor=0.5).downstream[3] == pytest.approx(0.5)
    assert cascade_of(trade, 1, capacity_factor=0.5).downstream[3] == pytest.approx(1 - 0.5 * 30 / 100)
    table[1, 3] = 0
    assert cascade_of(trade_from(*ends, table), 1).downstream[3] == 1.0


def test_losses_go_round_in_circles_until_no_firm_drops_by_more_than_eps():
    # Two firms that buy from each other half of what they sell, non-essential and nothing else: each loss comes back
    # whole downstream, so all is lost in a step; upstream half of it: 1 keeps 1/2, 0 nothing whatever happens.
    trade = trade_from([0, 1], [1, 0], [50.0, 50.0], [0, 1], 1, final_demand=[50.0, 50.0])
    both = cascade_of(trade, 0)
    assert both.downstream.tolist() == [0.0, 0.0] and both.upstream.tolist() == [0.0, 0.5] and both.steps == 2
    # Kept at 0.5, firm 0 sees half of half of its loss come back upstream, which its cap hides: h_u = (0.5, 0.75).
    assert cascade_of(trade, 0, capacity_factor=0.5, eps=0.0).upstream == pytest.approx([0.5, 0.75])


@pytest.mark.parametrize("replaceability", [True, False])
@pytest.mark.parametrize("eps", [1e-9, 1e-2, 0.1])
@pytest.mark.parametrize(("essentiality", "capacity_factor"), [(None, 0.0), (2, 0.0), (1, 0.3), (None, 0.6)])
def test_the_index_is_that_of_the_formulas(essentiality, capacity_factor, eps, replaceability):
    settings = {"capacity_factor": capacity_factor, "eps": eps, "replaceability": replaceability}
    for seed, n_lanes in ((1, 18), (2, 30), (3, 100)):  # sparse enough to push, dense enough to pull
        trade = random_trade(seed, n_firms=12, n_lanes=n_lanes, n_products=5, essentiality=essentiality)
        risk = systemic_risk(trade, **settings)
        for firm in range(seed % 2, trade.n_firms, 2 if eps > 1e-6 else 4):
            index, h_d, h_u, steps = by_the_formulas(trade, firm, **settings)
            cascade = cascade_of(trade, firm, **settings)
            assert [risk.index[firm], cascade.index] == pytest.approx([index, index], abs=TIGHT)
            assert cascade.downstream == pytest.approx(h_d, abs=TIGHT)
            assert cascade.upstream == pytest.approx(h_u, abs=TIGHT)
            assert risk.steps[firm] == cascade.steps == steps


@pytest.mark.parametrize("seed", range(3))
def test_the_more_inputs_are_essential_the_more_fails(seed):
    none, given, every = (
        systemic_risk(random_trade(seed, essentiality=essentiality), eps=0.0).index for essentiality in (1, None, 2)
    )
    unused = systemic_risk(random_trade(seed, essentiality=0), eps=0.0).index
    assert (every >= none - TIGHT).all() and (every >= given - TIGHT).all() and (none >= unused - TIGHT).all()
    assert every.sum() > given.sum() > none.sum() > unused.sum()


@pytest.mark.parametrize("essentiality", [None, 1, 2])
def test_less_fails_where_firms_stand_in_for_each_other(essentiality):
    trade = random_trade(4, essentiality=essentiality)
    alone, helped = (systemic_risk(trade, replaceability=given, eps=0.0).index for given in (False, True))
    assert (alone >= helped - TIGHT).all() and alone.sum() > helped.sum()


def test_the_more_a_firm_keeps_the_less_fails():
    trade = random_trade(5)
    kept = [systemic_risk(trade, capacity_factor=part, eps=0.0).index for part in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert all((more >= less - TIGHT).all() for more, less in pairwise(kept))
    assert (kept[0] > kept[3]).all() and (kept[4] == 0.0).all()


@pytest.mark.parametrize("seed", range(5))
def test_the_index_lies_between_a_firms_own_size_and_one(seed):
    trade = random_trade(seed)
    index = systemic_risk(trade).index
    assert (index >= trade.size - TIGHT).all() and (index <= 1.0 + TIGHT).all()


def test_a_firm_that_deals_with_no_firm_takes_only_itself_down():
    trade = trade_from([0], [1], [5.0], [0, 1, 2], 2, final_demand=[0.0, 6.0, 9.0])
    risk = systemic_risk(trade)
    assert risk.index[2] == trade.size[2] == 9 / 20 and risk.steps[2] == 1


@pytest.mark.parametrize("eps", [0.0, 1e-2])
def test_firms_in_another_order_have_the_same_index_up_to_the_order_of_sums(eps):
    order = np.random.default_rng(0).permutation(30)
    for seed in range(5):
        plain, mixed = (systemic_risk(random_trade(seed, order=rows), eps=eps) for rows in (None, order))
        assert mixed.index == pytest.approx(plain.index[order], abs=TIGHT)
        assert eps == 0.0 or mixed.steps.tolist() == plain.steps[order].tolist()


@pytest.mark.parametrize("scale", [1e-6, 2.0**40, 3e5])
def test_the_unit_of_money_changes_nothing(scale):
    plain, scaled = (systemic_risk(random_trade(6, scale=by)) for by in (1.0, scale))
    assert scaled.index == pytest.approx(plain.index, abs=TIGHT) and (scaled.steps == plain.steps).all()


def test_the_digits_depend_neither_on_the_threads_nor_on_who_else_is_struck():
    trade = random_trade(7, n_firms=PARALLEL_FROM + 11, n_lanes=4000)
    most = numba.get_num_threads()
    found = []
    for threads in {1, most}:
        numba.set_num_threads(threads)
        found.append(systemic_risk(trade).index)
    numba.set_num_threads(most)
    some = [17, 3, 400]
    found.append(found[0].copy())
    found[-1][some] = systemic_risk(trade, firms=some).index  # few enough to be struck by the serial kernel
    assert all(index.tobytes() == found[0].tobytes() for index in found)
    assert strike.parallel.targetoptions["parallel"] and strike.parallel.stats.cache_path
    assert "strike_parallel" in strike.parallel.py_func.__name__ and strike.parallel.signatures


def test_the_table_ranks_firms_with_the_most_critical_first():
    trade = random_trade(8)
    risk = systemic_risk(trade)
    table = risk.table()
    assert list(table.columns) == ["name", "product", "sector", "size", "index", "steps"]
    assert table["index"].is_monotonic_decreasing and sorted(table["name"], key=int) == trade.names
    top = int(table["name"][0])
    assert risk.index[top] == risk.index.max() == table["index"][0] and table["size"][0] == trade.size[top]


def test_progress_counts_up_to_all_firms():
    told = []
    systemic_risk(random_trade(9), progress=told.append)
    assert told == sorted(told) and told[-1] == 30


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"capacity_factor": 1.5}, r"capacity_factor is 1.5, must be a number in \[0, 1\]"),
        ({"eps": -1.0}, "eps is -1.0, must be"),
        ({"firms": [30]}, "there is no firm 30; rows run from 0 to 29"),
        ({"firms": [0.5]}, "must be whole numbers"),
    ],
)
def test_a_setting_that_cannot_be_is_named(settings, words):
    with pytest.raises(ValueError, match=words):
        systemic_risk(random_trade(0), **settings)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"flow": [1.0, -2.0]}, "flow of row 1 is -2, must be a number >= 0"),
        ({"flow": [1.0, np.nan]}, "flow of row 1 is nan"),
        ({"flow": [0.0, 0.0]}, "nobody sells anything"),
        ({"flow": [1.0]}, "supplier has 2 values for 1 rows"),
        ({"customer": [1, 3]}, "customer must be rows of firms, 0 to 2"),
        ({"supplier": [-1, 0]}, "supplier must be rows of firms"),
        ({"product": [0, 1, -1]}, "product must be whole numbers >= 0"),
        ({"essentiality": 3}, r"essentiality must be 0 \(unused\), 1 \(non-essential\) or 2"),
        ({"essentiality": np.ones((2, 2))}, r"shape \(2, 2\), must be a table \[product, product\] of 3"),
        ({"final_demand": [1.0, 2.0]}, "final_demand has 2 values for 3 rows"),
        ({"names": ["a"]}, "names has 1 values for 3 firms"),
    ],
)
def test_trade_that_cannot_be_is_named(change, words):
    given = {"supplier": [0, 1], "customer": [1, 2], "flow": [1.0, 1.0], "product": [0, 1, 2], "essentiality": 2}
    with pytest.raises(ValueError, match=words):
        trade_from(**{**given, **change})
