"""Interest that shows before demand: what is looked at, what is bought of it, and who is told."""

import numpy as np
import pytest
from shapes import shop

from supplynet import Signal, from_graph, replicate, run, to_graph
from supplynet.distributions import Poisson
from supplynet.policies.ordering import DemandInference
from supplynet.processes.interest import EarlyInterest

PERIODS = 40_000


def looked_and_bought(conversion, lead, mean=9.0):
    scenario = shop(demand=EarlyInterest(Poisson(mean), conversion, lead), periods=PERIODS, seed=4)
    record = run(scenario).record
    return record["interest"][: PERIODS - lead, 0], record["demand"][lead:, 0]


@pytest.mark.parametrize(("conversion", "lead"), [(0.3, 2), (0.8, 1), (0.5, 0)])
def test_a_part_of_the_lookers_buy_each_for_himself_after_the_lead(conversion, lead):
    # Given what was looked at, demand is binomial; of a Poisson interest of mean m the buyers are Poisson of mean c m,
    # those who do not buy are Poisson of mean (1 - c) m, and the two are independent.
    looked, bought = looked_and_bought(conversion, lead)
    assert (bought <= looked).all() and np.array_equal(bought, np.rint(bought))
    stayed = looked - bought
    for part, mean in ((bought, 9.0 * conversion), (stayed, 9.0 * (1.0 - conversion))):
        assert abs(part.mean() - mean) < 4.0 * np.sqrt(mean / part.size)
        assert abs(part.var() - mean) < 4.0 * np.sqrt((mean + 2.0 * mean**2) / part.size)
    covariance = ((bought - bought.mean()) * (stayed - stayed.mean())).mean()
    assert abs(covariance) < 4.0 * np.sqrt(bought.var() * stayed.var() / looked.size)


def test_all_who_look_buy_where_conversion_is_one_and_nobody_where_it_is_zero():
    looked, bought = looked_and_bought(1.0, 3)
    assert np.array_equal(looked, bought)
    assert looked_and_bought(0.0, 1)[1].max() == 0.0


def test_before_the_first_lookers_buy_interest_was_at_its_mean():
    scenario = shop(demand=EarlyInterest([4.0, 8.0, 2.0], 1.0, 2), periods=5)
    assert run(scenario).record["demand"][:, 0].tolist() == [4.0, 4.0, 4.0, 8.0, 2.0]


def test_interest_has_the_same_luck_in_any_company_and_each_replication_its_own():
    scenario = shop(demand=EarlyInterest(Poisson(9.0), 0.4, 2), periods=30)
    outcomes = replicate(scenario, 4, block=3)["mean_demand"]
    assert outcomes.tolist() == [run(scenario, replication=at).outcomes["mean_demand"] for at in range(4)]
    assert np.unique(outcomes).size > 1


def test_whoever_is_told_of_interest_knows_demand_ahead():
    told = Signal("customer", "shop", "interest")
    rule = DemandInference(prior_units=9.0, delay=0, conversion=0.5)
    scenario = shop(demand=EarlyInterest(Poisson(18.0), 0.5, 2), ordering=rule, signals=[told], periods=300)
    result = run(scenario)
    wanted = result.record["production_order"][:, 1] + result.record["inventory_position"][:, 1]
    seen = (9.0 + np.cumsum(result.record["interest"][:, 0])) / (1.0 + np.arange(1, 301))
    np.testing.assert_allclose(np.maximum(wanted, 0.5 * seen), wanted, rtol=1e-12)  # 1 period of coverage, or no order
    ordered = result.record["production_order"][:, 1] > 0.0
    np.testing.assert_allclose(wanted[ordered], 0.5 * seen[ordered], rtol=1e-12)
    assert from_graph(to_graph(scenario.network)).object_of("node", "demand", 0) == EarlyInterest(Poisson(18.0), 0.5, 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((Poisson(4.0), 1.5), "conversion is 1.5, must be a number >= 0 and <= 1"),
        ((Poisson(4.0), 0.5, -1), "lead is -1, must be a whole number >= 0 periods"),
        ((Poisson(4.0), 0.5, 1.5), "lead is 1.5, must be a whole number >= 0 periods"),
        (("much", 0.5), "a process is 'much', must be a number"),
    ],
)
def test_interest_that_cannot_be_is_refused(given, message):
    with pytest.raises((ValueError, TypeError), match=message):
        EarlyInterest(*given)
