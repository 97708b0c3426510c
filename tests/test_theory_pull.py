"""Pull lines against queueing theory and Little's law, solved or derived here; measured means have standard errors."""

import itertools
import math

import networkx as nx
import numpy as np
import pytest
from measuring import recorded

import supplynet
from supplynet.demand import Trace
from supplynet.distributions import Bernoulli, Discrete, NegativeBinomial, Poisson
from supplynet.policies.containers import full
from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import BaseStock, BuildToOrder, Conwip, Kanban, MakeToOrder

SAME_DAY = {"order_lead_time": 0, "shipment_lead_time": 0}
RUNS = 100


def line(stations, demand, lane, *, signals=(), **scenario):
    """Stations one after the other, each a node's attributes, and the customer of the last one."""
    graph = nx.DiGraph()
    for number, station in enumerate(stations, 1):
        graph.add_node(f"station {number}", kind="factory", **station)
    graph.add_node("customer", kind="customer", demand=demand)
    for number in range(1, len(stations)):
        graph.add_edge(f"station {number}", f"station {number + 1}", **lane)
    graph.add_edge(f"station {len(stations)}", "customer", **SAME_DAY)
    return supplynet.Scenario("line", supplynet.from_graph(graph, signals=signals), start="empty", **scenario)


def conwip_line(n_stations, cards, chance, demand=None, **scenario):
    """Stations that finish a unit with this chance a period; moves are usable next period, and so is a card."""
    rules = [Conwip(cards), *[MakeToOrder()] * (n_stations - 1)]
    stations = [{"ordering": rule, "capacity": Bernoulli(chance)} for rule in rules]
    signals = [supplynet.Signal(f"station {n_stations}", "station 1", "shipped", 1)]
    demand = float(cards) if demand is None else demand
    return line(stations, demand, {"order_lead_time": 0, "shipment_lead_time": 1}, signals=signals, **scenario)


def assert_throughput(scenario, station, expected, *, wrong):
    """Assert that what a station ships a period is expected within 4 standard errors over runs, and no wrong value."""
    shipped = recorded(scenario, station, ("shipped",), runs=RUNS, warm_up=300)["shipped"].mean(axis=1)
    error = shipped.std(ddof=1) / math.sqrt(RUNS)
    assert abs(shipped.mean() - expected) < 4.0 * error, f"{shipped.mean()} +- {error}, expected {expected}"
    for other in wrong:
        assert abs(shipped.mean() - other) > 4.0 * error, f"{shipped.mean()} +- {error} cannot be told from {other}"


def stationary(step):
    """The long-run distribution of a chain with transition probabilities step [from, to]."""
    size = len(step)
    equations = np.vstack([step.T - np.eye(size), np.ones(size)])
    return np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)[0]


def conwip_throughput(n_stations, cards, chance):
    """Solved: each busy station finishes with a chance, and what it finished is at the next one the period after."""
    states = [jobs for jobs in itertools.product(range(cards + 1), repeat=n_stations) if sum(jobs) == cards]
    place = {jobs: at for at, jobs in enumerate(states)}
    step = np.zeros((len(states), len(states)))
    for jobs in states:
        for done in itertools.product(*[(0, 1) if job else (0,) for job in jobs]):
            after = tuple(job - out + done[at - 1] for at, (job, out) in enumerate(zip(jobs, done, strict=True)))
            busy = sum(job > 0 for job in jobs)
            step[place[jobs], place[after]] += chance ** sum(done) * (1.0 - chance) ** (busy - sum(done))
    return chance * stationary(step) @ np.array([jobs[-1] > 0 for jobs in states])


def conwip_formula(n_stations, cards, chance):
    """The chain in closed form: each way to keep k stations busy weighs (1 - p)^-k."""
    busy = np.arange(1, min(n_stations, cards) + 1)
    ways = np.array([math.comb(n_stations, k) * math.comb(cards - 1, k - 1) for k in busy.tolist()])
    weight = ways * (1.0 - chance) ** -busy
    return chance * float((busy / n_stations * weight).sum() / weight.sum())


@pytest.mark.parametrize(
    ("n_stations", "cards", "chance"), [(5, 5, 0.5), (2, 1, 0.3), (3, 7, 0.4), (4, 3, 0.8), (1, 2, 0.6)]
)
def test_a_conwip_line_makes_as_much_as_its_closed_queue(n_stations, cards, chance):
    expected = conwip_throughput(n_stations, cards, chance)
    assert expected == pytest.approx(conwip_formula(n_stations, cards, chance))
    if (n_stations, cards) == (5, 5):
        assert expected / chance == pytest.approx(0.6407, abs=5e-5)
    wrong = [conwip_formula(n_stations, more, chance) for more in (cards + 1, cards - 1) if more and n_stations > 1]
    scenario = conwip_line(n_stations, cards, chance, periods=2300)
    assert_throughput(scenario, f"station {n_stations}", expected, wrong=wrong)


@pytest.mark.parametrize(("n_stations", "cards"), [(5, 5), (2, 1), (3, 9)])
def test_a_conwip_line_seen_ever_more_often_makes_the_share_of_continuous_time(n_stations, cards):
    assert conwip_formula(n_stations, cards, 1e-9) / 1e-9 == pytest.approx(cards / (cards + n_stations - 1))


def units_in_line(record, names, lanes):
    """What a line holds from release to shipment [period]: wanted by the head, in process, on hand, on the way."""
    inside = [names.index(name) for name in names if name != "customer"]
    between = [at for at, name in enumerate(lanes) if not name.endswith("customer")]
    carried = record["shipment"][:, between].cumsum(axis=0) - record["received"][:, between].cumsum(axis=0)
    held = record["on_hand"][:, inside] + record["in_process"][:, inside]
    return (
        held.sum(axis=1)
        + (carried + record["input_stock"][:, between]).sum(axis=1)
        + record["production_backlog"][:, names.index("station 1")]
    )


@pytest.mark.parametrize("container", [1.0, 2.5])
def test_a_conwip_line_never_holds_more_than_its_cards_nor_makes_what_nobody_ordered(container):
    cards, outage = 6, Trace((3.0, 1.0, 0.0, 4.0, *[0.0] * 9, 5.0), repeat=True)
    rules = [Conwip(cards, container), MakeToOrder(), MakeToOrder()]
    stations = [{"ordering": rule, "capacity": able} for rule, able in zip(rules, (9.0, outage, 6.0), strict=True)]
    stations[2]["production_lead_time"] = Discrete((0, 1, 4), (0.4, 0.3, 0.3))
    lane = {"order_lead_time": 0, "shipment_lead_time": Discrete((0, 1, 2), (0.3, 0.4, 0.3))}
    demand = Trace((*np.random.default_rng(4).gamma(0.5, 2.0, 500), 0.0))
    signals = [supplynet.Signal("station 3", "station 1", "shipped", 1)]
    result = supplynet.run(line(stations, demand, lane, signals=signals, periods=900))
    held = units_in_line(result.record, result.nodes, result.scenario.network.lane_names())
    assert cards * container - 1e-9 < held.max() <= cards * container * (1.0 + 1e-12)
    row, released = result.nodes.index("customer"), result.record["production_order"][:, 0].cumsum()
    assert (released <= result.record["demand"][:, row].cumsum() * (1.0 + 1e-12)).all()
    assert released[-1] == pytest.approx(sum(demand.quantities)) and held[-1] == pytest.approx(0.0, abs=1e-9)


def kanban_throughput(first, second, chance):
    """Solved: units made by the first machine and not by the second one, at the start of a period.

    The first machine works unless all its own containers are full and so many more units wait at the second one as that
    has cards; what it finishes the second one may take up on the same day.
    """
    most = first + second
    step, makes = np.zeros((most + 1, most + 1)), np.zeros(most + 1)
    for waiting in range(most + 1):
        for came, of_first in ((0, 1.0 - chance), (1, chance)) if waiting < most else ((0, 1.0),):
            two = chance if waiting + came else 0.0
            step[waiting, waiting + came] += of_first * (1.0 - two)
            step[waiting, waiting + came - (two > 0.0)] += of_first * two
            makes[waiting] += of_first * two
    return float(stationary(step) @ makes)


@pytest.mark.parametrize(("first", "second", "chance"), [(1, 1, 0.5), (2, 1, 0.3), (1, 3, 0.6), (4, 2, 0.2)])
def test_two_kanban_stages_that_always_have_orders_make_as_much_as_their_chain(first, second, chance):
    stages = [{"ordering": Kanban(cards), "capacity": Bernoulli(chance)} for cards in (first, second)]
    wrong = [kanban_throughput(first + more, second, chance) for more in (1, -1) if first + more]
    scenario = line(stages, 1.0, SAME_DAY, periods=2300)
    assert_throughput(scenario, "station 2", kanban_throughput(first, second, chance), wrong=wrong)


@pytest.mark.parametrize(("first", "second"), [(1, 1), (2, 3), (5, 1)])
def test_halving_the_period_halves_the_gap_of_two_kanban_stages_to_continuous_time(first, second):
    limit = (first + second) / (first + second + 1)
    gaps = [kanban_throughput(first, second, chance) / chance - limit for chance in (0.02, 0.01, 0.005)]
    assert gaps[0] / gaps[1] == pytest.approx(2.0, rel=0.05) and gaps[1] / gaps[2] == pytest.approx(2.0, rel=0.025)


@pytest.mark.parametrize("seed", range(4))
def test_no_stage_ever_asks_for_more_containers_than_it_has_cards_whatever_fails(seed):
    # An open container carries no card, so a stage holds less than one container beyond its cards.
    graph, cards, container = nx.DiGraph(), {"shop": 4, "plates": 3, "bolts": 5, "far bolts": 5}, 2.5
    shut = Trace((*[20.0] * 30, *[0.0] * 12, *[3.0] * 15), repeat=True)
    late = Discrete((1, 2, 5), (0.5, 0.3, 0.2))
    graph.add_node(
        "shop", kind="factory", ordering=Kanban(4, container), input_rule=WithdrawalCards(3, container), on_hand=5.0,
        capacity=shut, production_lead_time=late,
    )  # fmt: skip
    for name, capacity in (("plates", Bernoulli(0.6, 7.0)), ("bolts", shut), ("far bolts", 1.5)):
        rule = Kanban(cards[name], container)
        own = {"ordering": rule, "capacity": capacity, "production_lead_time": late, "product": name.split()[-1]}
        graph.add_node(name, kind="factory", on_hand=3.0, **own)
        graph.add_edge(name, "shop", shipment_lead_time=late, criticality=0.7 if name == "plates" else 1.0)
    graph.add_node("customer", kind="customer", demand=NegativeBinomial(2.0, 8.0))
    graph.add_node("mail order", kind="customer", demand=Poisson(1.0))
    graph.add_edge("shop", "customer", unfilled="lost", **SAME_DAY)
    graph.add_edge("shop", "mail order", shipment_lead_time=2)
    network = supplynet.from_graph(graph)
    record = supplynet.run(supplynet.Scenario("shop", network, 900, seed, start="empty")).record
    coming = record["in_process"] + record["production_backlog"]
    for at, (name, limit) in enumerate(cards.items()):
        assert coming[:, at].max() == pytest.approx(limit * container, rel=1e-12), f"{name} never used all its cards"
        assert (record["on_hand"] + coming)[:, at].max() < (limit + 1) * container
    fetched = [at for at, name in enumerate(network.lane_names()) if name.endswith(">shop")]
    held, on_order = record["input_stock"][:, fetched], record["on_order"][:, fetched]
    assert on_order.max(axis=0).tolist() == pytest.approx([3 * container] * 3, rel=1e-12)
    assert (held + on_order).max() < 4 * container and (full(held, container) <= 3.0).all()


@pytest.mark.parametrize("rate", [3.0, 2.2])
def test_a_levelled_order_book_is_the_queue_of_lindley(rate):
    asked = np.random.default_rng(3).poisson(2.0, 400).astype(float)
    station = {"ordering": BuildToOrder(), "order_cap": rate, "production_lead_time": 2}
    result = supplynet.run(line([station], Trace(asked), {}, periods=400))
    book, released = 0.0, []
    for quantity in asked.tolist():
        released.append(min(rate, book + quantity))
        book += quantity - released[-1]
    np.testing.assert_allclose(result.record["production_order"][:, 0], released, atol=1e-9)
    assert book < 30.0 < np.cumsum(asked).max() and max(released) == rate


def passage(entered, left):
    """Days that each piece of a flow stays, first in, first out, [piece]: day it leaves, days, units.

    Cumulative flows are matched unit by unit; what has not left yet is left out.
    """
    come, gone = np.cumsum(entered), np.cumsum(left)
    edges = np.unique(np.concatenate([[0.0], come, gone]))
    edges = edges[edges <= gone[-1]]
    middle, units = (edges[1:] + edges[:-1]) / 2.0, np.diff(edges)
    real = units > 1e-6
    day_in, day_out = (np.searchsorted(total, middle[real]) for total in (come, gone))
    return day_out, day_out - day_in, units[real]


def assert_little(held, entered, left, where):
    """Assert that mean stock is throughput times mean stay, but for those who were there at either end; tell the stay.

    The stock is that of the state; those who were there when the count began or ended are counted with their whole stay
    or not at all, which is off by at most the longest stay for each of them.
    """
    begin, days = 300, len(held) - 300
    day, stay, units = passage(np.append(held[0], entered[1:]), np.append(0.0, left[1:]))
    counted = day >= begin
    throughput = units[counted].sum() / days
    mean_stay = (stay * units)[counted].sum() / units[counted].sum()
    edge = (held[begin - 1] + held[-1]) * stay.max() / days
    assert throughput > 0.1, f"{where}: nothing flows"
    assert edge < 0.05 * max(held[begin:].mean(), throughput), f"{where}: too short a run"
    assert abs(held[begin:].mean() - throughput * mean_stay) <= edge + 1e-6, where
    return mean_stay


def two_card_line():
    stages = [
        {"ordering": Kanban(6, 2.0), "production_lead_time": 2, "capacity": Bernoulli(0.8, 5.0)},
        {"ordering": Kanban(4, 2.0), "input_rule": WithdrawalCards(5, 2.0), "production_lead_time": 1},
    ]
    return line(stages, Poisson(2.0), {"order_lead_time": 1, "shipment_lead_time": 2}, periods=4000)


def built_to_order():
    chain = [{"ordering": BaseStock(25.0)}, {"ordering": BuildToOrder(), "order_cap": 4.0, "production_lead_time": 3}]
    return line(chain, Poisson(3.0), {"order_lead_time": 0, "shipment_lead_time": 2, "target": 9.0}, periods=4000)


@pytest.mark.parametrize(
    ("scenario", "process", "transit"),
    [
        (two_card_line(), [2.0, 1.0], [2.0, 0.0]),
        (built_to_order(), [0.0, 3.0], [2.0, 0.0]),
        (conwip_line(3, 5, 0.7, Poisson(0.4), periods=6000), [0.0] * 3, [1.0, 1.0, 0.0]),
    ],
    ids=["two cards", "build to order", "conwip"],
)
def test_stock_is_throughput_times_time_at_every_node_and_lane(scenario, process, transit):
    result = supplynet.run(scenario, seed=2)
    record = result.record
    for at, lead_time in enumerate(process):
        node = {key: record[key][:, at] for key in ("on_hand", "in_process", "production_backlog", "backlog")}
        flow = {key: record[key][:, at] for key in ("production_order", "production_started", "production", "shipped")}
        where = result.nodes[at]
        stay = assert_little(node["in_process"], flow["production_started"], flow["production"], f"{where}: in process")
        assert stay == pytest.approx(lead_time, abs=0.01), "a unit is in process for just the production lead time"
        assert_little(node["on_hand"], flow["production"], flow["shipped"], f"{where}: on hand")
        inside = node["on_hand"] + node["in_process"] + node["production_backlog"]
        assert_little(inside, flow["production_order"], flow["shipped"], f"{where}: from order to shipment")
        assert_little(node["backlog"], record["demand"][:, at], flow["shipped"], f"{where}: customers' wait")
    for at, lead_time in enumerate(transit):
        lane = {key: record[key][:, at] for key in ("order", "shipment", "received", "on_order")}
        where = scenario.network.lane_names()[at]
        assert_little(lane["on_order"], lane["order"], lane["received"], f"{where}: on order")
        carried = np.cumsum(lane["shipment"] - lane["received"])
        assert assert_little(carried, lane["shipment"], lane["received"], where) == pytest.approx(lead_time, abs=0.01)
