"""Customers who see empty shelves: what they ask for beyond their use, how long, and who tells them."""

from dataclasses import replace

import numpy as np
import pytest
from shapes import shop

import supplynet
from supplynet.balance import Balance
from supplynet.disruptions import Disruption
from supplynet.policies.ordering import BaseStock

PERIODS, OUT = 60, 4  # the source fails in period 4


def fearful(periods_hoarded=3.0, threshold=0.0, forgetting=0.5):
    return f"panic_buying(periods_hoarded={periods_hoarded}, threshold={threshold}, forgetting={forgetting})"


def scenario(rule, out=4):
    """A shop with 10 on the shelf, a period from a source that is out; 10 a period are used, what is short is lost."""
    base = shop(
        ordering=BaseStock(20.0), node={"on_hand": 10.0}, lane={"shipment_lead_time": 1}, sale={"unfilled": "lost"},
        periods=PERIODS,
    )  # fmt: skip
    struck = (Disruption("source", "capacity_factor", 0.0, OUT, out),)
    struck_too = replace(base, network=replace(base.network, disruptions=struck))
    return struck_too.with_lever("customer.input_rule", rule) if rule else struck_too


def played(rule, out=4):
    return supplynet.run(scenario(rule, out), watchers=lambda ready: (Balance(ready.union),)).record


def test_the_shops_tell_what_was_asked_of_them_and_filled_a_period_later():
    told = scenario(fearful()).network.signals
    assert {(signal.source, signal.reader, signal.tells, signal.delay, signal.weight) for signal in told} == {
        ("shop", "customer", "demand", 1, 1.0), ("shop", "customer", "filled", 1, 1.0),
    }  # fmt: skip


def test_customers_ask_for_their_use_and_a_pantry_while_nothing_comes():
    # The shelf holds 10 for period 4 and what was under way, 10, for period 5; in period 6 it is empty, and from 7 on
    # the customer, who has heard so, asks for 10 and a pantry of 3 * 10.
    asked = played(fearful())["demand"][:, 1]
    calm = played(None)["demand"][:, 1]
    short = int(np.flatnonzero(played(None)["lost"][:, 0])[0])
    assert asked[: short + 1].tolist() == calm[: short + 1].tolist() == [10.0] * (short + 1)
    assert asked[short + 1] == 40.0 and calm[short + 1] == 10.0


def test_the_pantry_is_filled_and_then_used_up_so_that_all_is_as_before():
    record = played(fearful())
    pantry = record["input_stock"][:, 0]
    assert pantry.max() > 10.0 and pantry.max() <= 30.0 + 1e-9
    assert pantry[-1] == pytest.approx(0.0, abs=1e-9) and record["demand"][-1, 1] == pytest.approx(10.0)
    assert record["demand"][:, 1].max() == 40.0 and record["demand"][:, 1].min() < 10.0, "a pantry too full is eaten"


def test_who_forgets_slowly_or_hoards_more_asks_for_more_and_who_looks_away_for_no_more():
    asked = [played(rule)["demand"][:, 1].sum() for rule in (fearful(), fearful(forgetting=0.1), fearful(6.0))]
    assert asked[0] < asked[1] and asked[0] < asked[2]
    nothing = [played(rule)["demand"][:, 1] for rule in (None, fearful(0.0))]
    assert nothing[0].tolist() == nothing[1].tolist()
