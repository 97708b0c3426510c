"""What the canvas and the charts of Explore are sent, without a browser: frames, geometry, layouts and pictures."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from supplynet.viz.explore import frames, pictures

import supplynet
from supplynet import Disruption, Result, Scenario, Signal
from supplynet.demand import Constant
from supplynet.engine import Engine
from supplynet.policies.ordering import BaseStock
from supplynet.processes.outages import Outages
from supplynet.scenarios import find_recipe
from supplynet.topologies import layered

STRIKES = (
    Disruption("mill", "capacity_factor", 0.25, 5, 8, "linear", 3),
    Disruption("kind=distributor", "capacity_factor", Outages(1.0, 0.2, 0.4), 3),
    Disruption("mill>dc-south", "open_factor", 0.0, 9, 5),
)


def struck() -> Scenario:
    """Flour in 2020 with distributors that can lose a part of what they handle, some of which fails."""
    return supplynet.load("flour-2020").with_lever("distributor.capacity", 30.0).with_disruptions(STRIKES)


def played(scenario: Scenario, replication: int = 0, watchers=None) -> Result:
    return supplynet.run(scenario, replication=replication, keep=frames.NEEDED, watchers=watchers)


@pytest.fixture(scope="module")
def flour() -> Result:
    return played(supplynet.load("flour-2020"))


def opened(result: Result, period: int) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """What a frame says: its six columns, and what is left of capacities and lanes."""
    n, m = result.scenario.network.n_nodes, result.scenario.network.n_lanes
    sent = base64.b64decode(frames.Frames(result).at(period)["state"])
    numbers = np.frombuffer(sent, np.float32, 4 * n + 2 * m)
    left = np.frombuffer(sent, np.uint8, offset=numbers.nbytes)
    return np.split(numbers, [n, 2 * n, 3 * n, 4 * n, 4 * n + m]), left[:n], left[n:]


def test_a_frame_holds_what_nodes_hold_owe_are_asked_and_serve_and_what_lanes_carry(flour):
    (held, owed, asked, served, goods, orders), capacity, lanes = opened(flour, 13)
    record, mill, buyer = flour.record, list(flour.nodes).index("mill"), 0
    for column, key in ((held, "on_hand"), (owed, "backlog"), (asked, "demand"), (served, "filled")):
        assert column[mill] == np.float32(record[key][13, mill])
    for column, key in ((held, "demand"), (owed, "lost"), (asked, "demand"), (served, "filled")):
        assert column[buyer] == np.float32(record[key][13, buyer]) > 0
    assert np.array_equal(goods, record["shipment"][13].astype(np.float32))
    assert np.array_equal(orders, record["order"][13].astype(np.float32))
    assert (capacity == 255).all() and (lanes == 255).all() and lanes.size == 11


@pytest.mark.parametrize("unfilled", ["lost", "backorder"])
def test_a_customer_whose_goods_travel_is_served_at_once_by_what_its_suppliers_ship(unfilled):
    levers = {"customer.shipment_lead_time": 2, "customer.unfilled": unfilled}
    result = played(supplynet.load("flour-2020").with_levers(levers))
    buys = [at for at, name in enumerate(result.nodes) if name.startswith("households")]
    assert not result.record["filled"][:, buys].any()  # what it wants today it gets the day after tomorrow
    _, owed, asked, served = frames.of_nodes(result)
    whole = served[:, buys].sum() / asked[:, buys].sum()
    assert whole == pytest.approx(result.outcomes["fill_rate"], rel=1e-12) and 0.5 < whole < 1
    assert not owed[:5, buys].any() and (owed[10:14, buys] > 0).any()


@pytest.mark.parametrize("replication", [0, 2])
def test_what_is_left_of_capacities_and_lanes_is_what_the_engine_left_in_that_run(replication):
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def watch(engine: Engine):
        columns, layout = engine.union.state.columns, engine.union.layout

        def keep(_: int) -> None:
            seen.append((columns["capacity_factor"][layout.row], columns["open_factor"][layout.outbound]))

        yield SimpleNamespace(keep=keep)

    result = played(struck(), replication, watch)
    for (capacity, lanes), period in zip(seen, range(52), strict=True):
        _, left, free = opened(result, period)
        assert np.abs(left / 255 - capacity).max() < 1 / 255 and np.array_equal(free, 255 * lanes)
        assert np.array_equal(left == 0, capacity == 0) and np.array_equal(left == 255, capacity == 1)
    assert len({capacity.tobytes() for capacity, _ in seen}) > 10


def test_the_geometry_says_what_marks_are_measured_by_and_what_ever_fails(flour):
    told = json.loads(json.dumps(frames.geometry(flour)))
    names, record = told["names"], flour.record
    mill, shop, buyer = (names.index(name) for name in ("mill", "shops-west", "households-west"))
    shops = [at for at, name in enumerate(names) if name.startswith("shops")]
    assert told["most"][mill] == record["on_hand"][:, mill].max() and told["most"][names.index("grain")] == 0
    assert told["most"][shop] == record["on_hand"][:, shops].max() > record["on_hand"][:, shop].max()
    assert told["most"][buyer] == record["demand"].max(axis=0)[names.index("households-south")]
    assert told["goods"] == record["shipment"].max() and told["flow"] == max(told["goods"], record["order"].max())
    assert not (told["down"] or told["closed"] or told["signals"])
    signal = Signal("households-west", "mill", "demand", 1)
    told = frames.geometry(played(replace(struck(), network=replace(struck().network, signals=(signal,)))))
    assert told["down"] and told["closed"] and told["signals"] == [(buyer, mill)]


def test_nodes_of_a_region_stand_in_its_band_in_the_columns_of_their_tiers(flour):
    told = frames.geometry(flour)
    by_region, region = told["layouts"]["region"], flour.scenario.network.node["region"]
    assert list(told["layouts"]) == ["tier", "region"] and told["layouts"]["tier"]["bands"] == []
    bands = {name: (top, end) for name, top, end in by_region["bands"]}
    assert list(bands)[-1] == "no region" and {"south", "west", "midwest", "northeast"} < set(bands)
    assert [top for top, _ in bands.values()][1:] == [end for _, end in bands.values()][:-1]
    for y, label in zip(by_region["y"], region, strict=True):
        top, end = bands[label or "no region"]
        assert top < y < end
    assert len(set(zip(told["x"], by_region["y"], strict=True))) == 12  # none hides another


def test_a_layout_keeps_the_order_and_tells_how_close_the_closest_stand():
    labels, x = np.array(["a", "b", "a", "a", ""], object), np.array([0, 0, 0, 1, 1])
    told = frames.layout(labels, x, np.array([0.9, 0.7, 0.1, 0.5, 0.1]), "nowhere")
    assert [name for name, _, _ in told["bands"]] == ["a", "b", "nowhere"]
    assert told["y"] == [0.375, 0.625, 0.125, 0.25, 0.875] and told["rows"] == [4.0, 4.0]


def test_a_frame_of_300_nodes_is_one_small_array():
    made = layered([20, 40, 60, 80, 100], 3, seed=1)
    kinds = np.array(["supplier", "factory", "distributor", "distributor", "customer"])[made.group]
    node = {"kind": kinds.tolist(), "product": ["goods"] * 300, "ordering": [BaseStock(20.0)] * 200 + [None] * 100}
    node["demand"] = [Constant(5.0) if kind == "customer" else None for kind in kinds]
    network = supplynet.from_columns([f"n{at}" for at in range(300)], made.supplier, made.customer, node=node)
    result = played(Scenario("wide", network, periods=3))
    assert len(frames.Frames(result).at(1)["state"]) < 20_000


def test_the_charts_say_what_they_show_in_which_units_and_where_their_time_axes_lie(flour):
    told = {chart["name"]: chart for chart in json.loads(pictures.charts(flour))}
    assert list(told) == ["orders", "stock", "service", "cost"]
    for chart in told.values():
        assert (chart["first"], chart["last"]) == (0, 51) and 0 < chart["left"] < chart["right"] < 1
        assert 0 < chart["top"] < 1 - chart["bottom"] < 1 and chart["src"].startswith("data:image/png;base64,")
    for name, says in (("orders", "bullwhip ratio 18.4"), ("stock", "units"), ("service", "94.8 % in all"),
                       ("cost", "money/period; 97.5 in all")):  # fmt: skip
        assert says in told[name]["alt"]


def test_a_warm_up_is_told_beside_the_charts():
    result = played(find_recipe("flour-2020").with_lever("warm_up", "8").build())
    assert json.loads(pictures.charts(result))[0]["note"] == "grey: warm-up, left out of the measures"


def test_a_chart_without_any_cost_says_so():
    assert "; none anywhere" in json.loads(pictures.charts(played(supplynet.load("jit-covid"))))[3]["alt"]
