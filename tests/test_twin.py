"""The engine and the plain tale of reference.py are one model: equal in every column of every node and lane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from networks import SHAPES, networks, starts

from supplynet import engine
from supplynet.lower import Case
from supplynet.reference import Reference
from supplynet.schema import results

PERIODS = 20
BLOCK_OF = {key: block for block in ("node", "inbound", "outbound") for key in results(block)}
TOLERANCE = 1e-12


def with_examples(examples):
    return settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )  # fmt: skip


class Run:
    """One run of a union, column by column in the user's order of rows."""

    def __init__(self, union, number=0):
        layout = union.layout
        nodes = slice(layout.nodes_of[number], layout.nodes_of[number + 1])
        lanes = slice(layout.lanes_of[number], layout.lanes_of[number + 1])
        self.columns = union.state.columns
        self.place = {"node": layout.row[nodes], "inbound": layout.inbound[lanes], "outbound": layout.outbound[lanes]}

    def __getitem__(self, key):
        return self.columns[key][self.place[BLOCK_OF[key]]]

    def bytes(self):
        return {key: self[key].tobytes() for key in BLOCK_OF}


def assert_equal(run, reference, tolerance=TOLERANCE):
    told = {key: reference[key] for key in BLOCK_OF}
    largest = max(np.abs(column).max(initial=0.0) for column in told.values())
    for key, column in told.items():
        assert np.isfinite(column).all(), key
        np.testing.assert_allclose(run[key], column, rtol=0.0, atol=tolerance * largest, err_msg=key)


def assert_twins(network, seed, replication, start, tolerance=TOLERANCE):
    ready = engine.start([Case(network, seed, (replication,), start)], PERIODS)
    run, reference = Run(ready.union), Reference(network, seed, replication=replication, start=start)
    for _ in range(PERIODS):
        ready.run(1)
        reference.step()
        assert_equal(run, reference, tolerance)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_engine_equals_the_reference(shape):
    @with_examples(25)
    @given(networks(shapes=(shape,)), st.integers(0, 99), st.integers(0, 9), starts())
    def holds(network, seed, replication, start):
        assert_twins(network, seed, replication, start)

    holds()
