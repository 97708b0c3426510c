"""Schedules by date: what they make of a capacity, and what cannot be one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from real_data import real_data
from test_disruptions import played, shops

from supplynet.demand import Trace
from supplynet.disruptions import Disruption
from supplynet.readers.oxcgrt import lockdowns, stringency
from supplynet.readers.schedules import from_schedule


def schedule(**places):
    days = pd.date_range("2020-03-01", periods=len(next(iter(places.values()))))
    return pd.DataFrame(places, index=days)


def test_each_place_in_which_something_happens_has_a_disruption():
    events = from_schedule(schedule(north=[1.0, 0.5, 0.0, 1.0], south=[1.0] * 4), label="site", start=3)
    assert events == (Disruption("site=north", "capacity_factor", Trace((1.0, 0.5, 0.0, 1.0)), 3, 4),)


def test_periods_of_several_days_have_their_mean_and_a_part_of_one_is_left_out():
    event = from_schedule(schedule(works=[1.0, 0.5, 0.0, 0.5, 0.2]), label="", days=2)[0]
    assert event.where == "works" and event.factor.quantities == (0.75, 0.25) and event.duration == 2


def test_a_schedule_closes_the_works_day_by_day():
    event = from_schedule(schedule(works=[0.5, 0.0, 0.25]), label="", start=2)
    assert played(shops(event))["production_started"][:6, 0].tolist() == [10, 10, 10, 0, 5, 20]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (schedule(north=[1.0, 0.5, 1.0]).drop(pd.Timestamp("2020-03-02")), "2020-03-01 is followed by 2020-03-03"),
        (schedule(north=[1.0, np.nan, 1.0]), "'north' on 2020-03-02 is nan, must be a number in"),
        (schedule(north=[1.0, 1.5]), r"'north' on 2020-03-02 is 1.5, must be a number in \[0, 1\]"),
        (schedule(north=[1.0]).reset_index(drop=True), "its index must be days"),
    ],
)
def test_a_schedule_with_gaps_or_wrong_factors_is_refused(table, message):
    with pytest.raises(ValueError, match=message):
        from_schedule(table)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"label": "regio"}, "label is 'regio', must be one of nodes, or .*; did you mean 'region'"),
        ({"column": "extra_lead_time", "label": ""}, "column is 'extra_lead_time', but pipelines are finite; give"),
        ({"start": -3}, "start is -3, must be a whole number >= 0"),
        ({"start": 1.5}, "start is 1.5, must be a whole number >= 0"),
    ],
)
def test_a_schedule_that_no_network_could_take_is_refused_at_once(settings, message):
    with pytest.raises(ValueError, match=message):
        from_schedule(schedule(north=[1.0, 1.0]), **settings)


def test_a_cell_that_is_no_number_is_named_with_its_day():
    with pytest.raises(ValueError, match=r"'north' on 2020-03-02 is 'shut', must be a number in \[0, 1\]"):
        from_schedule(schedule(north=[1.0, "shut"]))


@pytest.mark.parametrize(
    ("regions", "when", "message"),
    [
        ({}, {}, "regions is empty, must name one"),
        ({"x": "BEL"}, {"first": "2020-13-01"}, "first is '2020-13-01', must be a day; write it as 2020-03-18"),
        ({"x": "BEL"}, {"last": None}, "last is None, must be a day"),
        ({"x": "BEL"}, {"first": "2021-01-01", "last": "2020-01-01"}, "'2021-01-01', after last, '2020-01-01'"),
    ],
)
def test_days_and_regions_of_lockdowns_that_cannot_be_are_refused(regions, when, message):
    with pytest.raises(ValueError, match=f"lockdowns: .*{message}"):
        lockdowns(regions, **when)


def test_lockdowns_of_the_first_year_come_as_they_came():
    # First days at a stringency of 50: China 26 January, Italy 23 February, Belgium 14 March 2020 (the data's README).
    data = real_data()
    index = stringency("CHN", "ITA", "BEL", "US_CA", data=data)
    first = [str(index.index[(index[code] >= 50.0).to_numpy()][0].date()) for code in ("CHN", "ITA", "BEL")]
    assert first == ["2020-01-26", "2020-02-23", "2020-03-14"]
    east, west = lockdowns({"east": "CHN", "west": "BEL"}, 0.4, last="2020-06-30", data=data)
    assert (east.where, west.where, east.duration) == ("region=east", "region=west", 182)
    at = (pd.Timestamp("2020-04-01") - pd.Timestamp("2020-01-01")).days
    expected = 1.0 - 0.4 * (index.loc["2020-04-01", "BEL"] - 20.0) / 80.0
    assert west.factor.quantities[at] == pytest.approx(expected) and west.factor.quantities[0] == 1.0
    scenario = replace(shops(), periods=182)
    regions = np.array(["east", "", "", "west", ""], object)
    network = scenario.network
    network = replace(network, node={**network.node, "region": regions, "capacity": np.full(5, 20.0)})
    record = played(replace(scenario, network=replace(network, disruptions=(east, west))))
    assert record["production_started"][:, 0].min() < 20.0 * 0.8


def test_places_and_days_that_are_not_known_are_refused():
    data = real_data()
    with pytest.raises(ValueError, match="place 'BELG' is not known; did you mean 'BEL'"):
        stringency("BELG", data=data)
    with pytest.raises(ValueError, match="'x' on 2023-.* is nan"):
        lockdowns({"x": "BEL"}, last="2023-02-28", data=data)
    with pytest.raises(ValueError, match="depth is 1.5"):
        lockdowns({"x": "BEL"}, 1.5, data=data)
