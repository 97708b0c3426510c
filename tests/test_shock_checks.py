"""Disruptions that would change nothing are refused, each with why; those of no depth, or that strike some, are not."""

from dataclasses import replace

import numpy as np
import pytest
from folders import good, write_tables
from shell import shell
from test_disruptions import played, shops

import supplynet
from supplynet.checks import Faults
from supplynet.demand import FromFunction, Trace
from supplynet.disruptions import Disruption
from supplynet.distributions import Bernoulli, Normal
from supplynet.policies.input import DaysOfCover
from supplynet.processes.outages import Interruptions, Outages
from supplynet.readers.flows import read_flows
from supplynet.readers.folders import read_folder


def with_rule(rule, *events):
    """The shops, both of which buy by a rule."""
    network = shops(events).network.with_column("node", "input_rule", np.array([1, 3]), rule)
    return replace(shops(), network=network)


NOTHING = {
    "hoarding of who buys nothing": (shops([Disruption("works", "hoarding", 5)]), "'works': hoarding .* buys nothing"),
    "hoarding by days of cover": (
        with_rule(DaysOfCover(), Disruption("kind=distributor", "hoarding", 5)),
        "'kind=distributor': hoarding .* each of its 2 nodes has an input rule that looks at no target",
    ),
    "orders of who buys nothing": (shops([Disruption("works", "order_factor", 0.0)]), "'works': an order_factor .* it"),
    "stock of customers": (
        shops([Disruption("kind=customer", "stock_factor", 0.0)]), "each of its 2 nodes is a customer without a pantry",
    ),
    "demand of firms": (
        shops([Disruption("tier=1", "demand_factor", 2.0)]), "for customers, and each of its 2 nodes is none",
    ),
    "a part of no end": (shops([Disruption("north", "capacity_factor", 0.5)]), "'north': a part of its capacity is"),
    "a slow recovery to no end": (
        shops([Disruption("north", "capacity_factor", 0.0, 1, 2, "linear", 3)]), "a part of its capacity is lost",
    ),
    "a part of no end now and then": (
        shops([Disruption("north", "capacity_factor", Interruptions(1.0, 0.2, 2.0, left=0.5))]), "a part of its cap",
    ),
    "a part of no end in a schedule": (
        shops([Disruption("north", "capacity_factor", Trace((1.0, 0.0, 0.9)))]), "a part of its capacity",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTHING)
def test_a_disruption_that_would_do_nothing_is_refused_with_why(case):
    scenario, message = NOTHING[case]
    with pytest.raises(ValueError, match=f"disruption of .*{message}.*; "):
        played(scenario)


WORKS = {
    "no depth": [
        Disruption(where, column, factor, 2, 5)
        for where, column, factor in [
            ("works", "hoarding", 0.0), ("works", "order_factor", 1.0), ("north town", "stock_factor", 1.0),
            ("north", "demand_factor", 1.0), ("north", "capacity_factor", 1.0),
        ]
    ],
    "no depth and a recovery": [Disruption("north", "capacity_factor", 1.0, 2, 5, "linear", 4)],
}  # fmt: skip


@pytest.mark.parametrize("case", WORKS)
def test_a_disruption_of_no_depth_is_nothing_anywhere(case):
    calm, record = played(shops()), played(shops(WORKS[case]))
    assert all(record[key].tobytes() == calm[key].tobytes() for key in calm.keys)


@pytest.mark.parametrize(
    "factor", [0.0, Outages(1.0, 0.2, 0.5), Bernoulli(0.5, 1.0), Interruptions(1.0, 0.3, 2.0), Trace((1.0, 0.0, 1.0))]
)
def test_an_endless_capacity_may_be_lost_as_a_whole_now_and_then(factor):
    record = played(shops([Disruption("north", "capacity_factor", factor, 2)], stock=0.0))
    assert record["production_started"][2:, 1].min() == 0.0 and record["lost"][2:, 2].sum() > 0.0


def test_a_label_strikes_those_it_can_do_something_to():
    # all are in one region: the works alone has an end to its capacity, the shops alone have orders, the towns demand
    columns = {"capacity_factor": 0.25, "order_factor": 0.0, "demand_factor": 2.0, "stock_factor": 0.0, "hoarding": 2.0}
    for column, factor in columns.items():
        event = Disruption("region=here", column, factor, 2, 3)
        network = shops().network
        network = replace(network, node={**network.node, "region": np.array(["here"] * 5, object)})
        calm, struck = (played(replace(shops(), network=replace(network, disruptions=some))) for some in ((), (event,)))
        assert any(struck[key].tobytes() != calm[key].tobytes() for key in calm.keys), column


@pytest.mark.parametrize(
    "node",
    [{"capacity": 5.0}, {"target": 3.0}, {"input_rule": DaysOfCover()}, {"criticality": 0.5}, {"hoarding": 1.0}],
    ids=str,
)
def test_stock_of_a_customer_who_may_hold_some_can_be_struck(node):
    network, ((column, value),) = shops([Disruption("north town", "stock_factor", 0.5)]).network, node.items()
    table = "input" if column in ("target", "criticality") else "node"
    row = 2 if table == "node" else int(np.flatnonzero(network.input["node"] == 2)[0])
    played(replace(shops(), network=network.with_column(table, column, np.array([row]), value)))


HEAD = "where,column,factor,start,duration\n"
ROWS = {
    "late": ("shop,stock_factor,0,30,2", "start is 30, must be below the 30 periods"),
    "endless": ("shop,capacity_factor,0.5,3,2", "a part of its capacity is lost, but that is infinite"),
    "demand": ("shop,demand_factor,0.5,3,2", "a demand_factor other than 1 is for customers, and it is a distributor"),
    "hoarding": ("mine,hoarding,3,3,2", "it buys nothing"),
    "range": ("works,capacity_factor,\"normal(1, 0.5)\",3,9", "the process of capacity_factor gives"),
    "lane": ("mine>works,capacity_factor,0,3,2", "'mine>works' is a lane, but this column is one of nodes"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_row_of_disruptions_that_can_do_nothing_is_named_with_its_file_and_line(tmp_path, case):
    row, message = ROWS[case]
    folder = write_tables(tmp_path / "pits", good(disruptions_csv=f"{HEAD}works,stock_factor,0.5,2,2\n{row}\n"))
    with pytest.raises(Faults, match=f"disruptions.csv line 3: disruption of .*{message}") as caught:
        read_folder(folder)
    assert len(caught.value.problems) == 1
    told = shell("check", str(folder))
    assert told.exit_code != 0 and "disruptions.csv line 3: " in told.output.replace("\n", "")


def test_a_folder_without_periods_is_as_long_as_its_demand_when_an_event_is_late(tmp_path):
    tables = good(disruptions_csv=f"{HEAD}works,stock_factor,0.5,3\n", scenario_toml="seed = 3\n")
    with pytest.raises(Faults, match=r"disruptions.csv line 2: .*start is 3, must be below the 3 periods"):
        read_folder(write_tables(tmp_path / "pits", tables))


def test_a_row_of_disruptions_beside_flows_is_named_with_its_line_too(tmp_path):
    firms, flows = "firm,final_demand,cover\na,50,4\nb,0,4\n", "supplier,customer,flow\nb,a,10\n"
    rows = HEAD + 'b,order_factor,0,3,2\na,capacity_factor,"normal(1, 0.5)",3,5\n'
    tables = {"firms.csv": firms, "flows.csv": flows, "disruptions.csv": rows}
    with pytest.raises(Faults) as caught:
        read_flows(write_tables(tmp_path / "idle", tables))
    assert ["line 2: disruption of 'b': an order_factor" in problem for problem in caught.value.problems] == [True]
    tables["disruptions.csv"] = rows.replace("b,order", "a,order")
    with pytest.raises(Faults, match=r"disruptions.csv line 3: .* must stay in \[0, 1\]"):
        read_flows(write_tables(tmp_path / "range", tables))


@pytest.mark.parametrize("where", [3, None, ("works", "north")])
def test_a_place_that_is_no_text_and_an_event_that_is_none_are_refused(where):
    with pytest.raises(ValueError, match="where is .*, must be a text; write a node"):
        shops([Disruption(where, "open_factor", 0.5, 5, 3)])
    with pytest.raises(ValueError, match=r"disruptions\[1\] is 'x', must be a Disruption; write"):
        shops([Disruption("works", "capacity_factor", 0.5), "x"])


def test_a_function_of_the_period_is_asked_for_no_period_beyond_the_run():
    def left(period):
        return (1.0, 0.0, 1.0)[period]

    event = Disruption("north", "capacity_factor", FromFunction(left), 9, 3)
    assert played(shops([event], stock=0.0))["production_started"][9:, 1].tolist() == [6.0, 0.0, 6.0]


def test_a_process_that_leaves_its_range_is_refused_before_it_does():
    with pytest.raises(ValueError, match="the process of capacity_factor gives"):
        supplynet.run(shops([Disruption("works", "capacity_factor", Normal(1.0, 0.5))]))
