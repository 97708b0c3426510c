"""Records and levers: what is kept, and how a scenario is changed."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import psutil
import pytest
from shapes import shop

from supplynet import Keep, Scenario, from_graph, load, replicate, run
from supplynet.disruptions import Disruption
from supplynet.distributions import Normal
from supplynet.firms import firm_network
from supplynet.metrics import bullwhip_ratio, cycle_service_level, days_of_supply, fill_rate, mean, variance
from supplynet.processes.outages import Outages
from supplynet.topologies import IoTable, firms_of


def test_a_thinned_record_keeps_every_so_many_th_period() -> None:
    scenario = shop(demand=Normal(10.0, 3.0), periods=20)
    whole, thin = run(scenario).record, run(scenario, keep=Keep(every=3)).record
    assert np.array_equal(thin["on_hand"], whole["on_hand"][2::3])
    assert np.array_equal(thin["on_order"], whole["on_order"][2::3])
    assert run(scenario, keep=Keep(every=3)).table()["period"].unique().tolist() == [2, 5, 8, 11, 14, 17]


def test_sums_by_kind_are_sums_of_nodes_and_totals_sums_over_time() -> None:
    scenario = load("flour-2020")
    whole, summed = run(scenario).record, run(scenario, keep=Keep(by="kind")).record
    kind = scenario.network.node["kind"]
    assert summed.labels == ("customer", "distributor", "factory", "supplier")
    for column, number in (("shipped", 2), ("on_hand", 2), ("demand", 3)):
        at = summed.labels.index(("supplier", "factory", "distributor", "customer")[number])
        assert np.allclose(summed[column][:, at], whole[column][:, kind == number].sum(axis=1), rtol=1e-12)
        in_order = summed.totals[column][summed.union.layout.row]
        assert np.allclose(in_order, whole[column].sum(axis=0), rtol=1e-12)


def test_totals_tell_what_a_run_cost_however_little_of_it_was_kept() -> None:
    scenario = shop(demand=Normal(10.0, 3.0), periods=23, warm_up=4, node={"holding_cost": 1.0, "backlog_cost": 2.0})
    whole = run(scenario).outcomes
    for keep in (Keep(every=5), Keep(by="kind"), Keep(by=("kind", "region"), every=5)):
        part = run(scenario, keep=keep).outcomes
        for name in ("total_cost", "fill_rate", "mean_on_hand", "mean_backlog", "lost", "mean_demand"):
            assert part[name] == pytest.approx(whole[name], rel=1e-12)
    assert np.isnan(run(scenario, keep=Keep(by="kind")).outcomes["bullwhip_ratio"])


def test_a_large_run_keeps_sums_by_kind_sector_and_region() -> None:
    record = run(shop(periods=190_000)).record
    assert record.labels == ("kind:customer", "kind:distributor", "kind:supplier", "sector:", "region:")
    assert record["demand"][:, 0].sum() == 1_900_000.0


def test_sums_by_region_follow_the_label() -> None:
    scenario = load("flour-2020")
    whole, summed = run(scenario).record, run(scenario, keep=Keep(columns=("shipped",), by="region")).record
    south = scenario.network.node["region"] == "south"
    assert np.allclose(summed["shipped"][:, summed.labels.index("south")], whole["shipped"][:, south].sum(axis=1))


def test_a_record_that_does_not_fit_says_how_much_it_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    class Little:
        available = 1000

    monkeypatch.setattr(psutil, "virtual_memory", Little)
    with pytest.raises(MemoryError, match="GB are free; keep fewer columns"):
        run(shop(periods=1000))


def test_a_column_that_was_not_kept_is_named() -> None:
    with pytest.raises(KeyError, match="was not kept"):
        run(shop(), keep=Keep(columns=("demand",))).record["on_hand"]


def test_measures_are_what_their_formulas_say_and_undefined_ones_are_nan() -> None:
    luck = np.random.default_rng(5)
    order, demand = luck.normal(50.0, 9.0, (200, 3)), luck.normal(50.0, 4.0, (200, 3))
    assert np.allclose(mean(order), order.mean(axis=0), rtol=1e-13)
    assert np.allclose(variance(order), order.var(axis=0, ddof=1), rtol=1e-12)
    assert np.allclose(bullwhip_ratio(order, demand), order.var(axis=0) / demand.var(axis=0), rtol=1e-12)
    assert np.isnan(bullwhip_ratio(order, np.ones((200, 3)))).all()
    assert np.isnan(fill_rate(np.zeros(4), np.zeros(4)))
    assert fill_rate(np.array([3.0, 1.0]), np.array([4.0, 4.0])) == 0.5
    assert days_of_supply(np.array([6.0, 2.0]), np.array([2.0, 2.0])) == 2.0
    assert cycle_service_level(np.array([0.0, 1.0, 0.0, 0.0])) == 0.75


def test_what_varies_by_rounding_alone_does_not_vary():
    sums = np.array([[0.1 + 0.2, 1e6], [0.3, 1e6 + 1e-5], [0.3, 1e6]])
    assert sums.var(axis=0).min() > 0.0 and (variance(sums)[0], variance(sums)[1] > 0.0) == (0.0, True)
    assert np.isnan(bullwhip_ratio(np.array([[1.0], [2.0], [3.0]]), sums[:, :1])).all()
    assert bullwhip_ratio(sums[:, :1], np.array([[1.0], [2.0], [3.0]])).tolist() == [0.0]


def test_firms_whose_customers_want_the_same_each_day_have_no_bullwhip_alone_or_in_a_union():
    table = IoTable(("farms", "industry"), np.array([[10.0, 20.0], [30.0, 40.0]]), np.array([60.0, 150.0]))
    events = [Disruption("sector=farms", "capacity_factor", Outages(1.0, 0.1, 0.3))]
    scenario = Scenario("firms", firm_network(firms_of(table, 40), disruptions=events), 40)
    alone = [run(scenario, replication=at).outcomes["bullwhip_ratio"] for at in range(3)]
    assert np.isnan(alone).all() and np.isnan(replicate(scenario, 3)["bullwhip_ratio"]).all()
    wanted = run(scenario).record["demand"]
    assert wanted.sum(axis=1).var() > 0.0, "rounding makes it vary"


def test_variance_keeps_its_digits_far_from_zero() -> None:
    assert variance(1e9 + np.array([1.0, 2.0, 3.0, 4.0])) == 5.0 / 3.0


def test_the_warm_up_is_left_out_of_the_measures_only() -> None:
    scenario = shop(demand=[50.0] * 5 + [10.0] * 15, warm_up=5, node={"on_hand": 1000.0})
    result = run(scenario)
    assert result.record["demand"].shape[0] == 20
    assert result.outcomes["mean_demand"] == 10.0
    assert result.outcomes["fill_rate"] == 1.0


@pytest.mark.parametrize(
    ("lever", "value", "node", "expected"),
    [
        ("capacity", "7", "source", 7.0),
        ("distributor.capacity", 7, "source", np.inf),
        ("shop.capacity", "7", "shop", 7.0),
    ],
)
def test_a_lever_sets_a_column_where_it_says(lever: str, value: object, node: str, expected: float) -> None:
    network = shop().with_lever(lever, value).network
    assert network.node["capacity"][network.names.index(node)] == expected


LANE_LEVERS = (("source>shop.shipment_lead_time", "4"), ("customer.order_lead_time", 2))


def test_a_lever_sets_lanes_by_name_by_buyer_and_rules_by_parameter() -> None:
    scenario = shop()
    one, into = (scenario.with_lever(*lever).network.lane for lever in LANE_LEVERS)
    assert one["shipment_lead_time"].tolist() == [0, 4]
    assert into["order_lead_time"].tolist() == [2, 0]
    changed = scenario.with_lever("base_stock_level", "55").network
    assert changed.object_of("node", "ordering", 1).base_stock_level == 55.0
    assert scenario.network.object_of("node", "ordering", 1).base_stock_level == 40.0


@pytest.mark.parametrize(
    ("lever", "value", "message"),
    [
        ("shop.base_stock_levl", 3, "did you mean 'shop.base_stock_level'"),
        ("shp.capacity", 3, "did you mean 'shop'"),
        ("source>shp.share", 3, "did you mean 'source>shop'"),
        ("capacity", "-3", "must be a number >= 0"),
        ("order_lead_time", "1.5", "must be a whole number >= 0"),
        ("unfilled", "lose", "must be one of backorder, lost"),
        ("kind", "factory", "cannot be set"),
        ("base_stock_level", "high", "must be a number like 40.0"),
        ("periods", 0, "must be a whole number >= 1"),
        ("start", "hot", "must be one of empty, steady"),
    ],
)
def test_a_lever_that_does_not_fit_says_so(lever: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        shop().with_lever(lever, value)


def test_replications_have_their_own_luck_and_need_a_number() -> None:
    outcomes = replicate(shop(demand=Normal(10.0, 3.0)), 8)
    assert np.unique(outcomes["mean_demand"]).size == 8
    with pytest.raises(ValueError, match="at least 1"):
        replicate(shop(), 0)


def test_a_thinned_record_does_not_invent_what_needs_every_period() -> None:
    outcomes = run(load("flour-2020"), keep=Keep(every=2)).outcomes
    assert np.isnan(outcomes["bullwhip_ratio"])
    assert np.isnan(outcomes["peak_order"])


def test_a_table_of_sums_has_a_row_for_each_label() -> None:
    table = run(load("beer-game"), keep=Keep(by="kind")).table()
    assert table.columns[:2].tolist() == ["period", "kind"]
    assert table.groupby("kind", observed=True)["cost"].sum()["factory"] == 54.0


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        ({"columns": "on_hand"}, r"columns is a text, must be a tuple of names; write \('on_hand',\)"),
        ({"every": 21}, "every is 21 of 20 periods"),
        ({"every": 0}, "every is 0, must be a whole number >= 1"),
        ({"by": "tone"}, "by is 'tone', must be one of"),
        ({"totals": ("costs",)}, "did you mean 'cost'"),
    ],
)
def test_a_record_that_cannot_be_is_refused(keep: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(shop(), keep=Keep(**keep))  # type: ignore[arg-type]


def test_a_ready_made_scenarios_own_lever_means_the_same_however_it_is_set() -> None:
    loaded = run(load("flour-2020", safety_periods=2.0)).outcomes
    assert run(load("flour-2020").with_lever("safety_periods", 2.0)).outcomes == loaded
    assert run(load("flour-2020").with_lever("safety_periods", "2")).outcomes == loaded
    both = load("flour-2020").with_lever("mill.holding_cost", 3.0).with_lever("mill_capacity", 4.0)
    assert both.levers == {"mill.holding_cost": 3.0}
    assert both.network.node["holding_cost"][both.network.names.index("mill")] == 3.0
    assert both.network.node["capacity"][both.network.names.index("mill")] == 4.0 * 6.88


def test_an_own_lever_does_not_silently_lose_what_was_changed_in_python() -> None:
    scenario = load("flour-2020")
    changed = replace(scenario, network=scenario.network.with_column("node", "capacity", np.arange(3), 1.0))
    with pytest.raises(ValueError, match="its network was changed in Python; set it first"):
        changed.with_lever("window", 6)


def test_a_share_lever_leaves_the_rest_to_the_other_lanes_or_is_refused() -> None:
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=10.0)
    for name in ("near", "far"):
        graph.add_node(name, kind="supplier", product="tea")
        graph.add_edge(name, "customer")
    scenario = Scenario("tea", from_graph(graph))
    assert scenario.with_lever("far>customer.share", 0.2).network.lane["share"].tolist() == [0.8, 0.2]
    with pytest.raises(ValueError, match="no other lane can make up for it"):
        scenario.with_lever("share", 0.3)
    with pytest.raises(ValueError, match="no other lane can make up for it"):
        shop().with_lever("share", 0.3)


def test_replications_are_whole_numbers() -> None:
    assert replicate(shop(), np.int64(2))["mean_demand"].size == 2  # type: ignore[arg-type]
    assert replicate(shop(), [3, 5])["mean_demand"].size == 2
    with pytest.raises(TypeError):
        replicate(shop(), 2.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be a whole number >= 0"):
        run(shop(), replication=-1)
