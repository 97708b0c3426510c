"""Real data: what readers make of them, and what they say when they are not there."""

from __future__ import annotations

import gzip
import math
from statistics import NormalDist

import numpy as np
import pytest
import real_data as shared
from measuring import recorded
from real_data import real_data

from supplynet import run
from supplynet.demand import Constant
from supplynet.distributions import Discrete, Distribution, Gamma, NegativeBinomial, Normal
from supplynet.opening import mean_flows
from supplynet.policies.ordering import BaseStock, OrderUpToMovingAverage
from supplynet.readers import supplygraph, usda, willems
from supplynet.readers.data_folder import PUBLIC
from supplynet.scenarios import flour_2020


@pytest.fixture(scope="module")
def data():
    return real_data()


@pytest.fixture
def nowhere(monkeypatch):
    monkeypatch.delenv("SUPPLYNET_DATA", raising=False)


READS = {
    "willems2008": lambda data=None: willems.read_chain(3, data),
    "usda_weekly_food_sales": lambda data=None: usda.weekly_sales("Flour and mixes", data=data),
    "supplygraph": lambda data=None: supplygraph.read_maker(data),
}


@pytest.mark.parametrize("dataset", READS)
def test_without_a_folder_one_is_told_how_to_name_it_and_where_the_public_finds_the_data(dataset, nowhere):
    with pytest.raises(ValueError, match="SUPPLYNET_DATA") as fault:
        READS[dataset]()
    assert PUBLIC[dataset] in str(fault.value) and "--data" in str(fault.value)


@pytest.mark.parametrize("dataset", READS)
def test_a_folder_without_the_data_a_damaged_file_and_a_missing_column_are_named(dataset, nowhere, tmp_path):
    with pytest.raises(ValueError, match=f"there is no file .*{dataset}"):
        READS[dataset](tmp_path)
    (tmp_path / dataset).mkdir()
    files = {"willems2008": "stages.csv.gz", "supplygraph": "daily_flows.csv.gz"}
    file = tmp_path / dataset / files.get(dataset, "national_subcategory_weekly.csv.gz")
    file.write_bytes(b"no gzip")
    with pytest.raises(ValueError, match="cannot be read"):
        READS[dataset](tmp_path)
    file.write_bytes(gzip.compress(b"chian,stagge,product,units\n"))
    with pytest.raises(ValueError, match="column '.*' is missing"):
        READS[dataset](tmp_path)


def test_a_cell_that_is_no_number_is_named_with_the_file(nowhere, tmp_path):
    (tmp_path / "willems2008").mkdir()
    file = tmp_path / "willems2008" / "arcs.csv.gz"
    file.write_bytes(gzip.compress(b"chain,source,target\none,a,b\n"))
    with pytest.raises(ValueError, match="arcs.csv.gz' cannot be read"):
        willems.arcs(1, tmp_path)


def test_the_folder_may_be_named_by_the_environment(data, monkeypatch):
    monkeypatch.setenv("SUPPLYNET_DATA", str(data))
    assert len(willems.stages(2)) == 13


def test_missing_data_fail_in_ci_and_skip_a_test_elsewhere(monkeypatch, tmp_path):
    monkeypatch.setattr(shared, "FOLDER", tmp_path / "none")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="real data are not there"):
        real_data()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="real data are not there"):
        real_data()


def test_every_chain_has_the_stages_arcs_and_markets_that_were_published(data):
    published = willems.chains(data)
    for chain in willems.CHAINS:
        told, stages = published.loc[chain], willems.stages(chain, data)
        assert len(stages) == told["n_stages"] and len(willems.arcs(chain, data)) == told["n_arcs"]
        assert stages["demand_mean_per_day"].notna().sum() == told["n_demand_stages"]
        assert math.isclose(stages["demand_mean_per_day"].sum(), told["total_demand_per_day"], abs_tol=0.01)


def test_every_demand_has_the_published_mean_and_spread_and_is_no_cut_normal(data):
    kinds = set()
    for chain in willems.CHAINS:
        sold = willems.stages(chain, data).dropna(subset="demand_mean_per_day")
        for mean, sd in zip(sold["demand_mean_per_day"], sold["demand_sd_per_day"], strict=True):
            process = willems.demand_of(mean, sd)
            kinds.add(type(process))
            assert math.isclose(process.mean, mean) and math.isclose(getattr(process, "sd", 0.0), sd)
            assert not isinstance(process, Normal) or sd <= mean / 3
    assert kinds == {Constant, Normal, NegativeBinomial, Gamma}


def test_processing_times_are_the_published_ones(data):
    by_name = {row.stage: willems.processing_time(row) for row in willems.stages(0, data).itertuples()}
    assert by_name["Part_0001"] == Discrete((20.0, 25.0, 50.0), (0.4, 0.4, 0.2))
    assert by_name["Manuf_0001"] == 10.0
    odd = willems.stages(8, data).set_index("stage", drop=False).loc["Part_0001"]
    assert willems.processing_time(odd).mean == pytest.approx(23.0) and odd.lead_time_mean_days == 42.5
    normal = next(row for row in willems.stages(30, data).itertuples() if row.lead_time_dist == "normal")
    assert willems.processing_time(normal) == Normal(normal.lead_time_mean_days, normal.lead_time_sd_days)
    assert willems.usual_days(normal) == round(normal.lead_time_mean_days)


def test_the_stock_plan_of_the_example_is_that_by_hand(data):
    plan = willems.stock_plan(0, data).set_index("stage")
    z = NormalDist().inv_cdf(0.95)
    # one market of 253 +- 36.62 a day; parts of 12, 5 and 9 and 39 of making go into a unit
    assert plan["mean_demand"].tolist() == [253.0] * 5 and plan.at["Retail_0001", "unit_cost"] == 65.0
    assert plan.at["Manuf_0001", "base_stock_level"] == pytest.approx(2530.0 + z * 36.62 * math.sqrt(10.0))
    # 20, 25 or 50 days: mean 28, variance 0.4 * 64 + 0.4 * 9 + 0.2 * 484 = 126
    wanted = 253.0 * 28.0 + z * math.sqrt(36.62**2 * 28.0 + 253.0**2 * 126.0)
    assert plan.at["Part_0001", "base_stock_level"] == pytest.approx(wanted, rel=1e-9)
    assert plan.at["Retail_0001", "base_stock_level"] == 0.0  # it takes no time


@pytest.mark.parametrize("chain", [3, 20, 38])
def test_the_plan_reckons_with_the_demand_that_the_lanes_bring_to_a_stage(chain, data):
    network, plan = willems.read_chain(chain, data).network, willems.stock_plan(chain, data)
    mean, variance = np.zeros(len(plan)), np.zeros(len(plan))
    sold = willems.stages(chain, data).dropna(subset="demand_mean_per_day")
    for place, row in enumerate(sold.itertuples()):
        final = np.zeros(network.n_nodes)
        final[len(plan) + place] = 1.0  # what a unit at one market asks of each stage, up to three of it in chain 20
        units = mean_flows(network, final)[: len(plan)]
        mean += units * row.demand_mean_per_day
        variance += (units * row.demand_sd_per_day) ** 2
    assert np.allclose(plan["mean_demand"], mean, rtol=1e-9)
    assert np.allclose(plan["sd_demand"], np.sqrt(variance), rtol=1e-9)


def test_a_promised_time_counts_off_the_time_that_stock_must_cover(data):
    stages, plan = willems.stages(2, data), willems.stock_plan(2, data)
    promised = stages["max_service_time_days"].fillna(0.0)
    for row, days, by in zip(stages.itertuples(), plan["days"], promised, strict=True):
        if not isinstance(willems.processing_time(row), Distribution):
            assert days == max(willems.processing_time(row) - by, 0.0)
    assert (promised > 0).any() and (plan["days"][promised > 0] < stages["lead_time_mean_days"][promised > 0]).all()


def test_a_stage_that_waits_for_nobody_is_without_stock_out_as_often_as_planned(data):
    scenario = willems.read_chain(0, data, periods=1000, warm_up=200)
    backlog = recorded(scenario, "Part_0002", ["backlog"], runs=40, warm_up=200)["backlog"]
    good = (backlog <= 1e-6).mean(axis=1)  # share of days, run by run
    assert abs(good.mean() - 0.95) < 4 * good.std(ddof=1) / math.sqrt(40)
    assert good.std() > 0.0


def test_a_chain_runs_and_passes_orders_on_as_they_are(data):
    result = run(willems.read_chain(5, data))
    n_stages = len(willems.stages(5, data))
    ratio = result.measures["bullwhip_ratio"][:n_stages]
    assert np.allclose(ratio, 1.0) and result.outcomes["total_cost"] > 0.0
    assert 0.5 < result.record["shipped"].sum() / result.record["demand"].sum() < 1.5


def test_stages_may_follow_other_rules_one_each(data):
    rules = [OrderUpToMovingAverage(28)] * 13
    network = willems.read_chain(2, data, ordering=rules).network
    assert network.objects["node", "ordering"].values == (rules[0],)
    with pytest.raises(ValueError, match="ordering has 1 rules for 13 stages"):
        willems.read_chain(2, data, ordering=[BaseStock(1.0)])
    with pytest.raises(ValueError, match="chain is 39, must be a whole number from 1 to 38"):
        willems.stages(39, data)


def test_the_flour_scenario_is_what_the_panel_says(data):
    sales = usda.weekly_sales("Flour and mixes", data=data)
    year = sales["2020-01-05":"2020-12-27"] / usda.in_normal_weeks(sales)
    assert tuple(year.round(2)) == flour_2020.INDEX
    assert round(usda.in_normal_weeks(sales) / 1e6, 2) == flour_2020.NORMAL_SALES


def test_the_panic_shows_in_the_nation_and_in_the_states(data):
    food = usda.weekly_sales("All foods", data=data)
    before = food["2020-01-05":"2020-02-23"].mean()
    assert food["2020-03-15"] / before == pytest.approx(1.51, abs=0.005)
    assert len(usda.states(data)) == 43 and len(usda.categories("Utah", data)) == 11
    grains = usda.weekly_sales("Grains", "Utah", data, measure="dollars")
    assert grains.size == 168 and 1.5 < grains["2020-03-15"] / usda.in_normal_weeks(grains) < 4.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"category": "Flour and mixs"}, "did you mean 'Grains: Flour and mixes'"),
        ({"category": "Other"}, "is several; write one of 'Alcohol: Other'"),
        ({"category": "Grains", "state": "Iwoa"}, "state 'Iwoa' is not in the panel; did you mean 'Iowa'"),
        ({"category": "Grains", "measure": "unit"}, "did you mean 'units'"),
    ],
)
def test_a_name_that_the_panel_does_not_know_is_answered_with_the_nearest(data, asked, said):
    with pytest.raises(ValueError) as fault:
        usda.weekly_sales(**asked, data=data)
    assert said in str(fault.value)


def test_weeks_in_which_sales_are_not_known_are_nan(data):
    unknown = [
        usda.weekly_sales(category, "Florida", data).isna().sum() for category in usda.categories("Florida", data)
    ]
    assert sum(unknown) == 3 and usda.weekly_sales("Dairy: Other", data=data).notna().all()


def test_the_maker_produces_in_larger_swings_than_it_is_ordered_from_and_delivers_as_ordered(data):
    weekly = supplygraph.weekly_flows(data)
    assert all(len(flow) == 31 and flow.shape[1] == 31 for flow in weekly.values())
    made = supplygraph.variance_ratio(weekly["production"], weekly["sales_order"])
    sent = supplygraph.variance_ratio(weekly["delivery"], weekly["sales_order"])
    assert made.median() == pytest.approx(1.77, abs=0.005) and made.min() > 1.0
    assert made.mean() == pytest.approx(2.79, abs=0.005) and sent.median() == pytest.approx(0.99, abs=0.005)
    daily = supplygraph.daily_flows(data)
    served = daily["delivery"].sum() / daily["sales_order"].sum()
    assert served.mean() == pytest.approx(0.97, abs=0.005) and served.min() == pytest.approx(0.71, abs=0.005)
    assert supplygraph.products(data)["active"].sum() == 31


def test_a_campaign_is_an_unbroken_run_of_producing_days():
    made = np.array([0.0, 3.0, 4.0, 0.0, 5.0, 0.0, 0.0, 1.0])
    assert supplygraph.campaigns(made).tolist() == [7.0, 5.0, 1.0]
    assert supplygraph.campaigns(np.zeros(3)).size == 0


def test_the_works_are_asked_for_the_real_orders_and_make_lots_of_the_real_size(data):
    orders, sizes = supplygraph.daily_flows(data)["sales_order"], supplygraph.lots(data)
    result = run(supplygraph.read_maker(data))
    at = [result.nodes.index(product) for product in orders.columns]
    assert np.allclose(result.record["demand"][:, at], orders)
    in_lots = result.record["production_order"][:, at] / sizes["lot"].to_numpy()
    assert np.allclose(in_lots, in_lots.round()) and in_lots.max() >= 1.0
    assert (result.record["production_started"][:, at] <= sizes["pace"].to_numpy() + 1e-9).all()
