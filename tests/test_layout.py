"""Where things lie: sorting, columns of objects, inputs and carriers, quick for millions and as one expects."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplynet import engine, layout
from supplynet.coded import Objects
from supplynet.disruptions import Disruption
from supplynet.firms import firm_network
from supplynet.layout import in_order
from supplynet.lower import Case
from supplynet.network import from_columns
from supplynet.policies.ordering import BaseStock
from supplynet.record import Record
from supplynet.schema import results
from supplynet.topologies import IoTable, firms_of
from supplynet.windows import windows


@pytest.mark.parametrize("largest", [1, 9, 65_535, 65_536, 70_000, 2**31, 2**52])
def test_whole_numbers_are_sorted_and_equals_keep_their_order(largest):
    luck = np.random.default_rng(largest)
    for number in (luck.integers(0, largest, 5_000), np.sort(luck.integers(0, largest, 500)), np.zeros(0, np.int64)):
        assert np.array_equal(in_order(number), np.argsort(number, kind="stable"))


def test_equal_objects_share_a_code_and_come_in_the_order_of_their_first_row():
    column = [None, BaseStock(2.0), BaseStock(1.0), None, BaseStock(2.0), 3, 3.0]
    coded = Objects.of(column)
    assert coded.values == (BaseStock(2.0), BaseStock(1.0), 3) and coded.codes.tolist() == [-1, 0, 1, -1, 0, 2, 2]
    numbers = Objects.of(np.array([5.0, 4.0, 5.0]))
    assert numbers.values == (5.0, 4.0) and numbers.codes.tolist() == [0, 1, 0]
    lists = [1.0, 2.0], [1.0, 2.0]  # which cannot be hashed, so each is itself
    assert Objects.of([lists[0], lists[1], lists[0]]).codes.tolist() == [0, 1, 0]


@pytest.mark.parametrize("shuffled", [False, True])
def test_inputs_are_numbered_by_buyer_and_then_by_the_name_of_the_product(shuffled):
    supplier, customer = np.array([0, 1, 2, 0, 2]), np.array([3, 3, 3, 4, 4])
    order = np.array([4, 2, 0, 3, 1]) if shuffled else np.array([2, 0, 1, 4, 3])
    network = from_columns(
        ["a", "b", "c", "shop", "store"], supplier[order], customer[order],
        node={
            "kind": ["supplier"] * 3 + ["factory"] * 2, "product": ["z", "z", "k", None, None],
            "ordering": [None] * 3 + [BaseStock(1.0)] * 2,
        },
    )  # fmt: skip
    assert network.input["node"].tolist() == [3, 3, 4, 4] and network.input["product"].tolist() == ["k", "z", "k", "z"]
    named = {"ka": 0, "za": 1, "kb": 2, "zb": 3}
    made = np.array(["z", "z", "k"])[supplier[order]]
    at = [named[product + ("a" if buyer == 3 else "b")] for product, buyer in zip(made, customer[order], strict=True)]
    assert network.lane["input"].tolist() == at


def test_where_the_slots_of_carriers_lie_changes_no_byte(monkeypatch):
    table = IoTable(("a", "b", "c"), [[3.0, 6.0, 0.0], [1.0, 2.0, 7.0], [1.0, 1.0, 1.0]], [10.0, 20.0, 30.0])
    event = Disruption("sector=a", "capacity_factor", 0.3, 5, 20)
    cases = [Case(firm_network(firms_of(table, 60), disruptions=[event]), 0, (0, 3))]

    def played():
        ready = engine.start(cases, 60)
        record = Record(ready.union, 60)
        ready.run(60, [record])
        return record

    one = played()
    assert one["cancelled"].any(), "answers should be read too"
    for readers in (1, 7):
        monkeypatch.setattr(layout, "READ_TOGETHER", readers)
        other = played()
        for start in ("dock_start", "mail_start", "answer_start"):
            assert not np.array_equal(one.union.state.columns[start], other.union.state.columns[start])
        for key in [key for block in ("node", "inbound", "outbound") for key in results(block)]:
            assert one.of_runs(key, 0, 2).tobytes() == other.of_runs(key, 0, 2).tobytes(), key


@given(
    counts=st.lists(st.integers(0, 9), max_size=40),
    readers=st.integers(1, 12),
    chosen=st.randoms(use_true_random=False),
)
def test_windows_hold_each_row_once_and_glance_at_slots_that_it_reads(counts, readers, chosen):
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    rows = np.array([row for row in range(len(counts)) if chosen.random() < 0.8], np.int64)
    slots = np.arange(-(-int(offsets[-1]) // readers) + 1) * readers  # one for each end
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "READ_TOGETHER", readers)
        found = windows(offsets[rows], offsets[rows + 1], slots)
    held = found["window_rows"]
    assert held[0] == 0 and held[-1] == rows.size and (np.diff(held[:-1]) > 0).all()
    for first, last, near, far in zip(held[:-1], held[1:], found["near"], found["far"], strict=True):
        read = sum(counts[row] for row in rows[first:last])
        assert far - near == readers * (slots.size > 2 and last > first and read >= readers // 2)
        if far > near:
            assert near <= offsets[rows[first]] < far or offsets[rows[first]] == offsets[-1]
