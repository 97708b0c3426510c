"""Scale-free networks and networks in layers."""

import numpy as np
import pytest

import supplynet
from supplynet import Scenario
from supplynet.disruptions import Disruption
from supplynet.firms import firm_network
from supplynet.policies.ordering import MakeToOrder
from supplynet.topologies import Topology, firms_on, layered, scale_free


def test_few_nodes_of_a_scale_free_network_supply_very_many():
    # each of the others buys from a node with odds p, unless all of its 4 draws miss it, and the odds fall as r ** -0.5
    n = 50_000
    made = scale_free(n, 4, exponent=3.0, seed=1)
    customers = np.bincount(made.supplier, minlength=n)
    odds = np.arange(1.0, n + 1.0) ** -0.5
    expected = (n - 1) * (1.0 - (1.0 - odds / odds.sum()) ** 4)
    for first, last in ((0, 1), (1, 10), (10, 100), (100, 1_000), (1_000, n)):
        mean = expected[first:last].sum()
        assert abs(customers[first:last].sum() - mean) < 4.0 * np.sqrt(mean), (first, last)
    assert customers.max() > 50 * customers.mean()


def test_a_scale_free_network_has_no_lane_twice_and_nobody_supplies_itself():
    made = scale_free(300, 6, sectors=5, seed=2)
    assert (made.supplier != made.customer).all() and made.n_nodes == 300
    assert np.unique(made.supplier * 300 + made.customer).size == made.supplier.size
    assert np.bincount(made.customer).max() <= 6 and set(made.group.tolist()) == set(range(5))


def test_each_node_of_a_layer_buys_from_the_layer_before_and_everybody_sells():
    made = layered([30, 12, 5, 9], 3, seed=4)
    layer = made.group
    assert np.bincount(layer).tolist() == [30, 12, 5, 9]
    assert (layer[made.customer] == layer[made.supplier] + 1).all()
    assert (np.bincount(made.customer, minlength=56)[30:] >= 3).all()
    assert (np.bincount(made.supplier, minlength=56)[:47] >= 1).all()
    assert np.unique(made.supplier * 56 + made.customer).size == made.supplier.size


def test_a_seed_gives_the_same_network_again():
    for make in (lambda seed: scale_free(100, 3, seed=seed), lambda seed: layered([20, 20], 2, seed=seed)):
        one, again, other = make(1), make(1), make(2)
        assert np.array_equal(one.supplier, again.supplier) and not np.array_equal(one.supplier, other.supplier)


def test_layers_play_as_a_network():
    made = layered([4, 4, 4], 2, seed=1)
    kind = [("supplier", "factory", "customer")[layer] for layer in made.group]
    network = supplynet.from_columns(
        [f"node {number}" for number in range(made.n_nodes)], made.supplier, made.customer,
        node={
            "kind": kind, "ordering": [MakeToOrder() if name == "factory" else None for name in kind],
            "demand": [5.0 if name == "customer" else None for name in kind],
        },
    )  # fmt: skip
    shipped = supplynet.run(Scenario("layers", network, 30)).record["shipped"]
    assert shipped[10:, 8:].sum(axis=1) == pytest.approx(np.full(20, 20.0))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: scale_free(1, 2), "n_nodes is 1, must be a whole number >= 2"),
        (lambda: scale_free(10, 0), "suppliers is 0"),
        (lambda: scale_free(10, 2, sectors=0), "sectors is 0"),
        (lambda: scale_free(10, 2, exponent=1.0), "exponent is 1.0, must be a number > 1"),
        (lambda: layered([4], 1), "must be two or more whole numbers"),
        (lambda: layered([4, 0], 1), "must be two or more whole numbers"),
        (lambda: layered([4, 4], 0), "suppliers is 0"),
        (lambda: layered([4, 4], 1, sectors=0), "sectors is 0"),
        (lambda: firms_on(scale_free(9, 2), bought=1.0), "bought is 1.0, must be above 0 and below 1"),
        (lambda: firms_on(scale_free(9, 2), final_demand=np.ones(3)), "one of each of 9 nodes"),
        (lambda: firms_on(layered([2, 2], 2), final_demand=np.array([1.0, 0, 0, 0])), "nothing is asked of node 1"),
    ],
)
def test_a_network_that_cannot_be_says_what_to_mend(make, said):
    with pytest.raises(ValueError, match=said):
        make()


@pytest.mark.parametrize("shape", ["scale-free", "layers"])
def test_firms_on_a_topology_balance_and_stand_still_until_they_are_struck(shape):
    if shape == "layers":
        made = layered([30, 20, 10], 3, sectors=2, seed=1)
        firms = firms_on(made, final_demand=(made.group >= 4).astype(float))
    else:
        made = scale_free(80, 3, sectors=4, seed=1)
        firms = firms_on(made, bought=0.6)
    n = firms.n_firms
    sold, bought = (np.bincount(end, firms.flow, n) for end in (firms.supplier, firms.customer))
    assert sold + firms.final_demand == pytest.approx(firms.output, rel=1e-12) and (firms.output > 0.0).all()
    buys = np.bincount(firms.customer, minlength=n) > 0
    assert bought[buys] == pytest.approx((0.6 if shape == "scale-free" else 0.5) * firms.output[buys], rel=1e-9)
    assert (np.diff(firms.sector) >= 0).all() and len(set(firms.names())) == n
    assert sorted(np.bincount(made.customer, minlength=n)) == sorted(np.bincount(firms.customer, minlength=n))
    network = firm_network(firms)
    made_by = supplynet.run(Scenario(shape, network, 30)).record["production"][:, :n]
    assert np.abs(made_by / firms.output - 1.0).max() < 1e-9
    shut = Scenario(shape, network, 30).with_disruptions([Disruption("sector=sector 1", "capacity_factor", 0.0, 5, 9)])
    assert supplynet.run(shut).damage.value_added_lost > 0.0


def test_output_of_firms_on_a_chain_is_what_all_after_them_need():
    # households want 8 of the last, which buys half of that, and so on up; the first buys nothing
    chain = Topology(np.array([0, 1]), np.array([1, 2]), np.array([0, 1, 2]))
    firms = firms_on(chain, final_demand=np.array([0.0, 0.0, 8.0]))
    assert firms.output.tolist() == [2.0, 4.0, 8.0] and firms.value_added.tolist() == [2.0, 2.0, 4.0]
    assert firms.sectors() == ["sector 1", "sector 2", "sector 3"]


def test_sectors_of_layers_are_their_own():
    made = layered([40, 40], 2, sectors=3, seed=2)
    assert set(made.group[:40].tolist()) == {0, 1, 2} and set(made.group[40:].tolist()) == {3, 4, 5}
    plain = layered([40, 40], 2, seed=2)
    assert np.array_equal(plain.supplier, made.supplier) and plain.group.tolist() == [0] * 40 + [1] * 40
