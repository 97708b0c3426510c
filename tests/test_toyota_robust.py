"""Every constant of the line on cards and of the line on batches a fifth up and down: what is said of them still holds.

One union plays all variants; constants that belong to both lines change in both at once.
"""

from __future__ import annotations

import pytest
from lines import error, play, with_outage

import supplynet

RUNS = 8
WARM_UP, WEEK, OUTAGE = 960, 2400, 720
SHARED = {"stations": (4, 6), "unit_time": (0.64, 0.96), "demand": (0.6, 0.9), "demand_sd": (1.28, 1.92)}
OF_CARDS = (
    {"lot": 20.0, "cards": 4}, {"lot": 30.0, "cards": 6}, {"setup": 4.0}, {"setup": 6.0}, {"cards": 6},
    {"finished_cards": 6}, {"finished_cards": 10}, {"container": 4.0, "cards": 7}, {"container": 6.0},
)  # fmt: skip
OF_BATCHES = {
    "lot": (80.0, 120.0), "setup": (16.0, 24.0), "review_period": (1920, 2880), "smoothing": (0.08, 0.12),
    "safety_periods": (192.0, 288.0), "finished_periods": (192.0, 288.0),
}  # fmt: skip
CHANGES = (
    [({}, {})]
    + [({lever: value}, {lever: value}) for lever, values in SHARED.items() for value in values]
    + [(levers, {}) for levers in OF_CARDS]
    + [({}, {lever: value}) for lever, values in OF_BATCHES.items() for value in values]
)


def scenarios():
    """Every variant of both lines, by name and levers."""
    pairs = {("toyota", *cards.items()): cards for cards, _ in CHANGES}
    pairs |= {("batch-line", *batches.items()): batches for _, batches in CHANGES}
    return {key: supplynet.load(key[0], **levers) for key, levers in pairs.items()}


@pytest.fixture(scope="module")
def played():
    """Measures of each variant in a usual week, and in an outage of the first station."""
    variants = scenarios()
    usual = play(variants, RUNS, periods=WARM_UP + WEEK, warm_up=WARM_UP)
    failing = {key: with_outage(each, WARM_UP, OUTAGE) for key, each in variants.items()}
    return usual, play(failing, RUNS, periods=WARM_UP + OUTAGE, warm_up=WARM_UP)


@pytest.mark.parametrize(("cards", "batches"), CHANGES)
def test_each_claim_keeps_its_sign(played, cards, batches):
    usual, failing = played
    new, old = ("toyota", *cards.items()), ("batch-line", *batches.items())
    for measure, sure in (("wip", 4.0), ("finished", 2.0)):  # how sure so few runs can be
        less = usual[old][measure] - usual[new][measure]
        assert less.mean() > sure * error(less), measure
    cycle = {key: usual[key]["wip"] / usual[key]["output"] for key in (new, old)}
    assert (cycle[new] < cycle[old]).all(), "cycle time, by Little's law"
    more = usual[new]["output"] - usual[old]["output"]
    assert abs(more.mean()) < 0.01 * usual[old]["output"].mean(), "output"
    assert (usual[new]["fill"] - usual[old]["fill"]).mean() > -0.02 and usual[new]["fill"].mean() > 0.97, "service"
    owed = failing[new]["short"] - failing[old]["short"]
    assert owed.mean() > 4.0 * error(owed), "who owes how much in the outage"
    assert failing[old]["fill"].mean() > failing[new]["fill"].mean(), "who serves how much in the outage"
