"""`supplynet rules`: what it says comes from the rules, and the example is the rule at work."""

from dataclasses import fields

import numpy as np
import pytest
from shell import shell

from supplynet.policies.catalogue import FAMILIES, rules_of
from supplynet.policies.parameters import range_of
from supplynet.words.rule_example import PERIODS, worked_example
from supplynet.words.rules import first_line, source

KINDS = {name: kind for column in FAMILIES for name, kind in rules_of(column).items()}
each_rule = pytest.mark.parametrize("name", KINDS)
pytestmark = pytest.mark.usefixtures("folder")


def words(text):
    return " ".join(text.split())


def test_the_list_has_every_rule_with_one_line_parameters_units_and_source(monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    done = shell("rules")
    assert done.exit_code == 0, done.output
    for name, kind in KINDS.items():
        for said in (name, kind.abbreviation, first_line(kind), source(kind)):
            assert said in words(done.stdout), said
    assert "base_stock_level [units]" in done.stdout and "smoothing = 0.1" in done.stdout


@each_rule
def test_the_page_of_a_rule_shows_its_parameters_and_ten_periods(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    done = shell("rules", name)
    assert done.exit_code == 0 and "Traceback" not in done.output, done.output
    kind = KINDS[name]
    for own in fields(kind):
        assert own.name in done.stdout
        if own.metadata:
            assert own.metadata["meaning"] in done.stdout and range_of(own) in done.stdout
    assert source(kind) in words(done.stdout)
    rows = [line.split() for line in done.stdout.splitlines() if line.split()[:1] and line.split()[0].isdigit()]
    assert [row[0] for row in rows] == [str(at) for at in range(PERIODS)]


@each_rule
def test_the_example_of_a_rule_decides_something_and_not_always_the_same(name):
    example = worked_example(name)
    decided = [at for at, title in enumerate(example.titles) if title.startswith("->")]
    decisions = {tuple(row[at] for at in decided) for row in example.rows}
    assert len(decisions) > 1 or name == "fixed_shares"
    assert not any("nan" in cell or "-0" in cell.split() for row in example.rows for cell in row)


def test_the_example_shows_what_the_rule_saw_and_what_it_made_of_it():
    example = worked_example("base_stock")
    assert example.titles == ("period", "inventory_position", "-> production_order")
    for _, position, order in example.rows:
        assert float(order) == max(0.0, example.rule.base_stock_level - float(position))
    saw = np.array([[float(cell) for cell in row] for row in worked_example("priority").rows])
    assert (saw[:, 5:].sum(axis=1) <= saw[:, 1] + 1e-9).all(), "no more is shared than there is"


def test_a_rule_that_is_not_known_is_an_error_with_the_nearest_name():
    done = shell("rules", "kanbn")
    assert done.exit_code == 2 and "did you mean 'kanban'?" in done.stderr and not done.stdout
