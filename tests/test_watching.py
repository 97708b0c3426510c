"""What the rules of a node saw: as they were shown it when they decided, and in a run that this does not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import supplynet
from supplynet.policies.catalogue import FAMILIES
from supplynet.scenarios import READY_MADE
from supplynet.schema import CUSTOMER
from supplynet.watching import METHODS, rules_at, watch


@pytest.mark.parametrize("name", READY_MADE)
def test_what_was_decided_is_what_the_run_did(name):
    scenario = supplynet.load(name)
    if not scenario.network.disruptions:  # which strike late
        scenario = replace(scenario, periods=min(scenario.periods, 60), warm_up=0)
    record = supplynet.run(scenario).record
    network = scenario.network
    nodes = {int(np.flatnonzero(network.node["kind"] == kind)[0]) for kind in np.unique(network.node["kind"])}
    for node in sorted(nodes):
        for seen in watch(scenario, node):
            assert set(seen.read) <= set(seen.rule.reads) and len(seen.decided) == scenario.periods
            if seen.column == "ordering" and not network.node["order_multiple"][node]:
                decided = np.minimum(seen.decided[:, 0], network.node["order_cap"][node])
                if not network.node["minimum_order_quantity"][node]:
                    assert np.array_equal(decided, record["production_order"][:, node])
            elif seen.column == "input_rule":
                assert seen.decided.shape[1] == len(seen.suppliers)


def test_a_rule_sees_what_it_declares_as_it_is_when_it_decides():
    scenario = supplynet.load("flour-2020")
    mill = scenario.network.names.index("mill")
    by_column = {seen.column: seen for seen in watch(scenario, mill)}
    record = supplynet.run(scenario).record
    position = by_column["ordering"].read["inventory_position"][:, 0]
    assert np.array_equal(position, record["inventory_position"][:, mill])
    assert by_column["input_rule"].suppliers == by_column["input_rule"].inputs == ("grain",)
    assert by_column["input_rule"].read["input_stock"].shape == (scenario.periods, 1)


def test_only_rules_that_have_something_to_decide_are_named():
    network = supplynet.load("flour-2020").network
    customer = int(np.flatnonzero(network.node["kind"] == CUSTOMER)[0])
    assert list(rules_at(network, customer)) == ["input_rule"]
    assert "sourcing" not in rules_at(network, network.names.index("mill"))
    assert set(METHODS) < set(FAMILIES)


def test_another_repetition_is_another_luck():
    scenario = supplynet.load("zara")
    node = int(np.flatnonzero(scenario.network.node["kind"] != CUSTOMER)[0])
    first, again, other = (watch(scenario, node, replication)[0].decided for replication in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
