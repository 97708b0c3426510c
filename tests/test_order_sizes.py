"""Least, most and multiple of an order, under any rule, worked by hand."""

import numpy as np
import pytest
from shapes import shop

from supplynet import run
from supplynet.distributions import Poisson
from supplynet.policies.ordering import BaseStock, BuildToOrder, Conwip, Kanban, MakeToOrder

# wanted, multiple, minimum, cap, ordered
SIZED = [
    (0.0, 6.0, 15.0, 90.0, 0.0),
    (10.0, 0.0, 0.0, np.inf, 10.0),
    (10.0, 6.0, 0.0, np.inf, 12.0),
    (12.0, 6.0, 0.0, np.inf, 12.0),
    (10.0, 0.0, 15.0, np.inf, 15.0),
    (16.0, 0.0, 15.0, np.inf, 16.0),
    (10.0, 6.0, 15.0, np.inf, 18.0),
    (10.0, 0.0, 0.0, 7.0, 7.0),
    (10.0, 6.0, 0.0, 11.0, 6.0),
    (10.0, 6.0, 5.0, 17.0, 12.0),
    (0.3, 0.1, 0.0, np.inf, 0.1 * 3),  # three tenths are three times a tenth, whatever floats say
]


@pytest.mark.parametrize(("wanted", "multiple", "minimum", "cap", "ordered"), SIZED)
def test_an_order_is_sized_as_worked_by_hand(wanted, multiple, minimum, cap, ordered):
    sizes = {"order_multiple": multiple, "minimum_order_quantity": minimum, "order_cap": cap, "on_hand": 40.0}
    record = run(shop(demand=[wanted], ordering=BaseStock(40.0), node=sizes, periods=1, start="empty")).record
    assert record["production_order"][0, 1] == pytest.approx(ordered, rel=1e-12)
    assert record["order"][0, 1] == record["production_order"][0, 1], "the lane carries what was decided"


def test_what_a_cap_puts_off_is_ordered_later_and_what_a_multiple_adds_is_netted():
    # Of the 10 wanted 6 are allowed, the other 4 come next. In lots of 25, positions are 30, 45, 35, 50, 40, 30: one
    # order in the first and in the third period, and the next when the position is below 40 again.
    capped = run(shop(demand=[10.0, 0.0, 0.0, 0.0], node={"order_cap": 6.0, "on_hand": 40.0}, periods=4, start="empty"))
    assert capped.record["production_order"][:, 1].tolist() == [6.0, 4.0, 0.0, 0.0]
    lots = run(shop(node={"order_multiple": 25.0, "on_hand": 40.0}, periods=6, start="empty"))
    assert lots.record["production_order"][:, 1].tolist() == [25.0, 0.0, 25.0, 0.0, 0.0, 25.0]


def test_build_to_order_keeps_what_a_cap_puts_off_in_its_book():
    node = {"order_cap": 6.0, "on_hand": 0.0}
    record = run(shop(demand=[10.0, 0.0, 0.0], ordering=BuildToOrder(), node=node, periods=3, start="empty")).record
    assert record["production_order"][:, 1].tolist() == [6.0, 4.0, 0.0]


def test_orders_in_lots_pass_on_the_demand_and_the_variance_of_their_lots():
    # Base-stock in lots of Q is (r, nQ): with D whole, Var = Var(D) + Q^2 E[f (1 - f)], f = frac(D / Q).
    from scipy.stats import poisson

    mean, lot, periods = 37.0, 10, 60_000
    demand = np.arange(200)
    part = (demand % lot) / lot
    expected = mean + lot**2 * (poisson.pmf(demand, mean) * part * (1.0 - part)).sum()
    record = run(
        shop(demand=Poisson(mean), ordering=BaseStock(200.0), node={"order_multiple": float(lot)}, periods=periods)
    ).record
    squares = (record["production_order"][100:, 1] - mean) ** 2
    blocks = squares[: squares.size // 100 * 100].reshape(-1, 100).mean(axis=1)  # far longer than the memory of lots
    error = blocks.std(ddof=1) / np.sqrt(blocks.size)
    assert abs(blocks.mean() - expected) < 4.0 * error < 0.1 * (expected - mean)


@pytest.mark.parametrize(
    ("ordering", "node", "message"),
    [
        (BaseStock(4.0), {"order_multiple": 9.0, "order_cap": 5.0}, "order_cap is 5, which its order_multiple 9 and"),
        (BaseStock(4.0), {"minimum_order_quantity": 9.0, "order_cap": 5.0}, "minimum_order_quantity 9 do not reach"),
        (MakeToOrder(), {"order_cap": 5.0}, "it makes to order, .* use BuildToOrder, which keeps a book"),
        (MakeToOrder(), {"order_multiple": 5.0}, "would forget what order_multiple"),
        (BaseStock(4.0), {"order_cap": -1.0}, "order_cap is -1.0, must be a number >= 0"),
        (BaseStock(4.0), {"order_multiple": 4.0, "minimum_order_quantity": 5.0, "order_cap": 7.0}, "do not reach"),
        (Kanban(4, 5.0), {"minimum_order_quantity": 50.0}, "cards decide how much it orders"),
        (Conwip(4), {"order_multiple": 3.0}, "cards decide how much it orders"),
    ],
)  # fmt: skip
def test_sizes_that_cannot_be_are_refused(ordering, node, message):
    with pytest.raises(ValueError, match=message):
        run(shop(ordering=ordering, node=node))


@pytest.mark.parametrize("sizes", [{"order_cap": 7.0}, {"order_multiple": 7.0}, {"minimum_order_quantity": 7.0}])
def test_a_customer_has_no_order_sizes_and_a_lever_without_a_place_leaves_it_out(sizes):
    with pytest.raises(ValueError, match="it consumes just what is asked today, and would forget .* remove them"):
        run(shop(customer=sizes))
    changed = shop().with_levers(sizes).network
    for name, size in sizes.items():
        assert (changed.node[name] == size).tolist() == [False, True, False]
