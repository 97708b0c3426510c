"""The border: tables and graphs become networks, or say what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from shapes import shop

from supplynet import Keep, Network, Scenario, Signal, from_columns, from_graph, load, run, to_graph
from supplynet.demand import Step
from supplynet.distributions import Geometric, Normal
from supplynet.policies.input import DaysOfCover
from supplynet.policies.ordering import BaseStock, MakeToOrder


def graph() -> nx.DiGraph:
    """A source, a shop and a customer, to be spoilt."""
    made = nx.DiGraph()
    made.add_node("customer", kind="customer", demand=10.0)
    made.add_node("shop", ordering=BaseStock(40.0))
    made.add_node("source", kind="supplier")
    made.add_edge("shop", "customer", shipment_lead_time=0)
    made.add_edge("source", "shop")
    return made


Spoil = Callable[[nx.DiGraph], object]


def node(name: str, **columns: object) -> Spoil:
    """Give a node these columns."""
    return lambda made: made.nodes[name].update(columns)


def lane(supplier: str, customer: str, **columns: object) -> Spoil:
    """Give a lane these columns."""
    return lambda made: made.edges[supplier, customer].update(columns)


def sell_what_is_never_there(made: nx.DiGraph) -> None:
    """Make to order, with a production lead time, for customers who do not wait."""
    node("shop", ordering=MakeToOrder(), production_lead_time=1)(made)
    lane("shop", "customer", unfilled="lost")(made)


FAULTS: dict[str, tuple[Spoil, str]] = {
    "unknown column": (node("shop", ordring=1), "'ordring' is not a column; did you mean 'ordering'"),
    "unknown lane column": (lane("source", "shop", leadtime=1), "'leadtime' is not a column"),
    "negative lead time": (lane("source", "shop", shipment_lead_time=-1), "is -1.0, must be a whole"),
    "fractional lead time": (lane("source", "shop", order_lead_time=1.5), "is 1.5, must be a whole"),
    "infinite lead time": (lane("source", "shop", order_lead_time=np.inf), "is inf, must be a whole"),
    "endless lead time": (lane("source", "shop", order_lead_time=5_000_000_000), "must be at most 100,000 periods"),
    "nothing to sell": (
        lambda made: made.remove_edge("source", "shop"),
        "has nothing to sell; add a lane from a supplier",
    ),
    "text for a number": (node("shop", capacity="ten"), "capacity is 'ten', must be a number"),
    "negative capacity": (node("shop", capacity=-1.0), "capacity is -1.0, must be a number >= 0"),
    "nan": (node("shop", holding_cost=np.nan), "holding_cost is nan"),
    "no demand": (lambda made: made.nodes["customer"].pop("demand"), "customer 'customer' has no demand"),
    "demand of a shop": (node("shop", demand=3.0), "a distributor has no demand of its own"),
    "negative demand": (node("customer", demand=-3.0), "quantity is -3.0, must be a finite number >= 0"),
    "no rule": (lambda made: made.nodes["shop"].pop("ordering"), "a distributor needs an ordering rule"),
    "rule of the wrong kind": (node("shop", ordering=DaysOfCover()), "must be a rule of kind OrderingRule"),
    "rule of a customer": (node("customer", ordering=BaseStock(1.0)), "a customer orders what it consumes"),
    "stock of a customer": (node("customer", on_hand=3.0), "must be 0, since a customer has no goods to sell"),
    "unknown kind": (node("shop", kind="distributer"), "did you mean 'distributor'"),
    "unknown unfilled": (lane("shop", "customer", unfilled="lose"), "did you mean 'lost'"),
    "lane out of a customer": (lambda made: made.add_edge("customer", "shop"), "a customer supplies nobody"),
    "lane into a supplier": (lambda made: made.add_edge("shop", "source"), "a supplier makes from nothing"),
    "lane to itself": (lambda made: made.add_edge("shop", "shop"), "cannot supply itself"),
    "nobody serves": (lambda made: made.remove_edge("shop", "customer"), "nobody can serve it"),
    "shares": (lane("source", "shop", share=0.5), "sum to 0.5, must be 1"),
    "no units": (
        lane("source", "shop", units_per_output=0.0),
        "units_per_output is 0.0, must be a number > 0; mend it",
    ),
    "criticality": (lane("source", "shop", criticality=1.5), "criticality is 1.5, must be a number in [0, 1]; mend it"),
    "name of a lane": (lambda made: made.add_node("a>b", ordering=BaseStock(1.0)), "cannot contain '>'"),
    "name that is no text": (lambda made: made.add_node(7, ordering=BaseStock(1.0)), "a name must be a text"),
    "sale that cannot be": (sell_what_is_never_there, "makes to order with a production lead time"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_place_and_its_cure(fault: str) -> None:
    spoil, message = FAULTS[fault]
    spoilt = graph()
    spoil(spoilt)
    with pytest.raises(ValueError) as raised:
        run(Scenario("spoilt", from_graph(spoilt)))
    assert message in str(raised.value)
    assert ";" in str(raised.value)


def test_all_faults_of_a_network_are_told_at_once() -> None:
    spoilt = graph()
    spoilt.nodes["shop"].update(capacity=-1.0, holding_cost=-2.0)
    spoilt.edges["source", "shop"].update(shipment_lead_time=0.5)
    with pytest.raises(ValueError) as raised:
        from_graph(spoilt)
    assert len(str(raised.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        (Signal("customer", "shp", "demand"), "there is no node 'shp'; did you mean 'shop'"),
        (Signal("customer", "shop", "demand", delay=-1), "delay is -1, must be a whole number"),
        (Signal("customer", "shop", "demand", weight=float("nan")), "weight is nan"),
        (Signal("customer", "shop", "demand", delay="two"), "delay is 'two', must be a whole number"),  # type: ignore[arg-type]
        (Signal("customer", "shop", "demand", start=float("inf")), "start is inf"),
        (Signal("customer", "shop", "demnd"), "did you mean 'demand'"),
        (Signal("customer", "shop", "lost"), "known only when the day is settled; give it a delay of at least 1"),
    ],
)
def test_a_faulty_signal_is_named(signal: Signal, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(shop(signals=[signal]))


def test_lanes_of_one_input_must_agree_on_the_bill_of_materials() -> None:
    made = graph()
    made.add_node("other", kind="supplier", product="source")
    made.add_edge("other", "shop", units_per_output=2.0)
    with pytest.raises(ValueError, match="share one bill of materials"):
        from_graph(made)


def test_an_undirected_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="nx.DiGraph"):
        from_graph(nx.Graph())


def test_an_unknown_column_of_the_record_and_an_unknown_scenario_have_a_nearest_name() -> None:
    with pytest.raises(ValueError, match="did you mean 'on_hand'"):
        run(shop(), keep=Keep(columns=("onhand",)))
    with pytest.raises(ValueError, match="did you mean 'beer-game'"):
        load("beergame")


def test_lanes_that_carry_one_product_substitute_and_share_equally_by_default() -> None:
    made = graph()
    made.add_node("other", kind="supplier", product="source")
    made.add_edge("other", "shop")
    network = from_graph(made)
    assert network.n_inputs == 2  # the customer's and the shop's
    assert network.lane["share"].tolist() == [1.0, 0.5, 0.5]


def test_columns_and_a_graph_make_the_same_network() -> None:
    network = from_columns(
        ["customer", "shop", "source"], [1, 2], [0, 1],
        node={
            "kind": ["customer", "distributor", "supplier"],
            "demand": [10.0, None, None],
            "ordering": [None, BaseStock(40.0), None],
        },
        lane={"shipment_lead_time": [0, 1]},
    )  # fmt: skip
    same = from_graph(graph())
    assert equal(network, same)
    alone, graphed = (run(Scenario("x", each, periods=9)).record["shipped"] for each in (network, same))
    assert np.array_equal(alone, graphed)


def test_a_network_goes_to_a_graph_and_back_unchanged() -> None:
    for scenario in (
        load("flour-2020"),
        load("beer-game"),
        shop(
            demand=Step(5.0, 9.0, 3), sale={"unfilled": "lost"},
            lane={"shipment_lead_time": Geometric(0.5), "target": 4.0},
            node={"capacity": Normal(20.0, 2.0), "region": "north"},
        ),
    ):  # fmt: skip
        assert equal(from_graph(to_graph(scenario.network), signals=scenario.network.signals), scenario.network)


def equal(one: Network, other: Network) -> bool:
    """Whether two networks hold the same tables and objects."""
    same = one.names == other.names
    for table in ("node", "lane", "input"):
        left, right = getattr(one, table), getattr(other, table)
        same &= left.keys() == right.keys()
        same &= all(np.array_equal(left[key], right[key], equal_nan=left[key].dtype.kind == "f") for key in left)
    for key, coded in one.objects.items():
        column = [None if code < 0 else coded.values[code] for code in coded.codes]
        back = other.objects[key]
        same &= column == [None if code < 0 else back.values[code] for code in back.codes]
    return same


def test_a_scenario_wants_a_network_and_says_how_to_make_one() -> None:
    with pytest.raises(TypeError, match="make one with supplynet.from_graph"):
        Scenario("raw", graph())  # type: ignore[arg-type]
