"""Rules that push, buy for a season or infer demand say what is wrong with what they are given."""

import pytest

from supplynet.policies.ordering import DemandInference, ForecastPush, SeasonalBuy

SEASON = {"mean": 9.0, "sd": 3.0, "selling_price": 100.0, "unit_cost": 40.0, "salvage_value": 20.0}


@pytest.mark.parametrize(
    ("rule", "given", "message"),
    [
        (ForecastPush, {"review_period": 4, "horizon": 5, "frozen": 2}, r"is 4 \+ 2, must be at most the horizon, 5"),
        (ForecastPush, {"horizon": 2.5}, "horizon is 2.5, must be a whole number >= 1"),
        (SeasonalBuy, SEASON | {"unit_cost": 120.0}, "are 100.0, 120.0 and 20.0, must fall in this order"),
        (SeasonalBuy, SEASON | {"salvage_value": 40.0}, "are 100.0, 40.0 and 40.0, must fall in this order"),
        (SeasonalBuy, SEASON | {"season": 4, "second_buy": 4}, "second_buy is 4, must be below the season, 4"),
        (DemandInference, {"prior_units": 9.0, "demand_law": "exponential"}, "prior_periods is 1.0, must exceed 1"),
        (DemandInference, {"prior_units": 9.0, "infer_from": "guesses"}, "must be one of 'interest', 'sales'"),
        (DemandInference, {"prior_units": 9.0, "infer_from": "sales", "lead": 2}, "lead is 2, must be 0 where sales"),
        (DemandInference, {"prior_units": 9.0, "conversion": 1.5, "lead": 2}, "conversion is 1.5, must be <= 1 with a"),
    ],
)
def test_a_parameter_that_cannot_be_is_an_error_that_says_what_it_must_be(rule, given, message):
    with pytest.raises(ValueError, match=message):
        rule(**given)


def test_a_plan_may_be_made_anew_just_when_it_has_been_kept_to_its_end():
    assert ForecastPush(review_period=5, horizon=8, frozen=3).frozen == 3
