"""Rules chosen by name: from Python and from the shell, with their parameters, and with whom they listen to."""

from dataclasses import fields

import networkx as nx
import pytest
from shapes import shop
from shell import one_object, shell

import supplynet
from supplynet.policies.catalogue import FAMILIES, find_rule, name_of, required, rules_of
from supplynet.policies.input import LotForLot, WithdrawalCards
from supplynet.policies.ordering import BaseStock, Kanban, POSReplenishment, ProportionalOrderUpTo, Sterman
from supplynet.schema import inputs

NAMES = [(column, name) for column in FAMILIES for name in rules_of(column)]


def written(value):
    return f"({', '.join(f'{part:g}' for part in value)},)" if isinstance(value, tuple) else str(value)


@pytest.mark.parametrize(("column", "name"), NAMES, ids=[name for _, name in NAMES])
def test_every_rule_can_be_set_by_its_name_and_parameters_and_the_saved_run_plays_again(column, name, folder):
    kind = rules_of(column)[name]
    place, more = "dc-north", {}
    if name == "demand_inference":  # flour is not looked at before it is bought, and only shops lose sales
        place, more = "shops-south", {"infer_from": "sales"}
    sets = [
        f"--set={place}.{column}={name}",
        *(f"--set={place}.{key}={written(value)}" for key, value in {**kind.example, **more}.items()),
    ]
    done = shell("run", "flour-2020", "--periods", "12", *sets, "--out", "saved", "--json")
    assert done.exit_code == 0, done.output
    network = supplynet.load("saved/scenario.toml").network
    assert network.object_of("node", column, network.names.index(place)) == kind(**kind.example, **more)
    again = shell("run", "saved/scenario.toml", "--json")
    assert one_object(again.stdout) == one_object(done.stdout)


def test_no_parameter_has_the_name_of_a_column_which_a_lever_would_set_instead():
    columns = {name for table in ("node", "lane", "inbound", "outbound", "input") for name in inputs(table)}
    for column in FAMILIES:
        for kind in rules_of(column).values():
            assert not columns & {own.name for own in fields(kind)}, kind.__name__


def test_a_rule_is_known_by_its_file_its_class_and_its_abbreviation():
    for name in ("proportional_order_up_to", "proportional-order-up-to", "ProportionalOrderUpTo", "pout"):
        assert find_rule(name) == ("ordering", ProportionalOrderUpTo)
    names = [name for column in FAMILIES for name in rules_of(column)]
    short = [kind.abbreviation for column in FAMILIES for kind in rules_of(column).values() if kind.abbreviation]
    assert len({*names, *short}) == len(names) + len(short), "a name means two rules"
    assert all(set(required(kind)) <= set(kind.example) for column in FAMILIES for kind in rules_of(column).values())
    assert all(name_of(kind) == name for column in FAMILIES for name, kind in rules_of(column).items())


def chosen(scenario, column="ordering", node="shop"):
    return scenario.network.object_of("node", column, scenario.network.names.index(node))


def test_a_rule_takes_the_parameters_that_other_levers_set_of_its_node_whatever_their_order(folder):
    one = shop().with_levers({"shop.ordering": "kanban", "distributor.cards": "7", "container": 2, "shop.cards": 3})
    assert chosen(one) == Kanban(3, 2.0)
    for sets in (("mill.ordering=kanban", "mill.cards=4"), ("mill.cards=4", "mill.ordering=kanban")):
        done = shell("run", "flour-2020", *(f"--set={text}" for text in sets), "--out", "saved", "--json")
        assert done.exit_code == 0, done.output
        assert chosen(supplynet.load("saved/scenario.toml"), node="mill") == Kanban(4)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("base_stock(12)", BaseStock(12.0)),
        ("BaseStock(base_stock_level=12.0)", BaseStock(12.0)),
        (repr(Sterman(17.0, 0.26, whole_units=True)), Sterman(17.0, 0.26, whole_units=True)),
        (BaseStock(12.0), BaseStock(12.0)),
    ],
)
def test_a_rule_is_given_as_a_text_as_its_repr_or_as_itself(value, rule):
    assert chosen(shop().with_lever("shop.ordering", value)) == rule


def test_a_later_lever_changes_a_parameter_of_the_rule_that_was_chosen():
    scenario = shop().with_lever("shop.ordering", "base_stock(12)").with_lever("base_stock_level", "30")
    assert chosen(scenario) == BaseStock(30.0)
    assert scenario.levers == {"shop.ordering": "base_stock(12)", "base_stock_level": "30"}
    other = scenario.with_lever("shop.ordering", "pout")
    assert chosen(other) == ProportionalOrderUpTo() and other.levers == {"shop.ordering": "pout"}


def test_without_a_place_those_get_the_rule_who_decide_by_one():
    scenario = supplynet.load("flour-2020").with_levers({"ordering": "base_stock", "base_stock_level": 9})
    kinds = [scenario.network.object_of("node", "ordering", row) for row in range(scenario.network.n_nodes)]
    assert [rule is not None for rule in kinds] == [not name.startswith(("households", "grain")) for name in
                                                    scenario.network.names]  # fmt: skip
    bought = shop().with_lever("input_rule", "withdrawal_cards(cards=2)")
    assert chosen(bought, "input_rule") == WithdrawalCards(2)
    assert chosen(bought, "input_rule", "customer") is None, "customers buy what they consume"
    assert chosen(shop().with_lever("customer.input_rule", "lot_for_lot"), "input_rule", "customer") == LotForLot()


def test_a_rule_that_listens_is_told_by_whom_it_says_unless_the_network_says_otherwise():
    # The market told of is all customers behind a node, and each weighs what takes part of it.
    flour = supplynet.load("flour-2020").with_lever("dc-north.ordering", "pos(horizon=4, participation=0.25)")
    told = {
        (signal.source, signal.reader, signal.tells, signal.delay, signal.weight) for signal in flour.network.signals
    }
    households = ("households-northeast", "households-midwest")
    assert told == {
        (name, "dc-north", tells, delay, 0.25) for name in households for tells, delay in (("demand", 0), ("lost", 1))
    }
    own = (supplynet.Signal("customer", "shop", "demand", 3), supplynet.Signal("customer", "shop", "lost", 4))
    told_already = shop(signals=own).with_lever("shop.ordering", POSReplenishment(4.0))
    assert told_already.network.signals == own
    line = supplynet.load("beer-game").with_lever("factory.ordering", "conwip(cards=9)").network.signals
    assert [(signal.source, signal.tells, signal.delay) for signal in line] == [("retailer", "shipped", 1)]
    vendor = supplynet.load("beer-game").with_lever("factory.ordering", "vmi").network.signals
    assert {(signal.source, signal.tells, signal.delay) for signal in vendor} == {
        ("distributor", tells, 2) for tells in ("demand", "inventory_position")
    }


@pytest.mark.parametrize(
    ("lever", "value", "message"),
    [
        ("shop.ordering", "base_stok", "'shop.ordering': rule 'base_stok' is not known; did you mean 'base_stock'"),
        ("shop.ordering", "base_stock", r"needs base_stock_level; give that beside it, or write 'base_stock\("),
        ("shop.ordering", "base_stock(level=3)", "rule 'base_stock' has no parameter 'level'; .*base_stock_level"),
        ("shop.ordering", "base_stock(high)", r"'base_stock\(high\)' is no rule; write name or name\(parameter=value"),
        ("shop.ordering", "base_stock(3", "is no rule"),
        ("shop.ordering", "lot_for_lot", "rule 'lot_for_lot' is one for input_rule, not for ordering"),
        ("shop.ordering", "base_stock(1, 2)", "is given 2 values for 1 parameters; write each once"),
        ("shop.ordering", "base_stock(1, base_stock_level=2)", "is given base_stock_level twice"),
        ("shop.ordering", "sterman(20, smoothing=2)", "smoothing is 2.*must be a finite number >= 0 and <= 1"),
        ("shop.ordering", 3, "is 3, must be a rule of kind OrderingRule, or its name"),
        ("customer.ordering", "mto", "no node there can follow a rule of this kind"),
        ("source.input_rule", "lot_for_lot", "no node there can follow a rule of this kind"),
        ("shp.ordering", "mto", "there is no node or kind 'shp'; did you mean 'shop'"),
        ("shop.orderin", "mto", "did you mean 'shop.ordering'"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_set_says_why(lever, value, message):
    with pytest.raises(ValueError, match=message):
        shop().with_lever(lever, value)


def test_a_cycle_of_firms_can_be_told_of_its_market():
    graph = nx.DiGraph()
    graph.add_node("customer", kind="customer", demand=4.0)
    for name in ("iron", "coal"):
        graph.add_node(name, kind="factory", ordering=BaseStock(9.0), on_hand=5.0)
    graph.add_edge("iron", "coal", units_per_output=0.1, order_lead_time=1)
    graph.add_edge("coal", "iron", units_per_output=0.1, order_lead_time=1)
    graph.add_edge("iron", "customer", shipment_lead_time=0)
    scenario = supplynet.Scenario("two", supplynet.from_graph(graph), periods=5)
    changed = scenario.with_lever("coal.ordering", "pos(horizon=2)")
    assert {signal.source for signal in changed.network.signals} == {"customer"}
    assert supplynet.run(changed).record["shipped"].sum() > 0.0
