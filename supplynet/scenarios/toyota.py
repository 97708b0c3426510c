"""A line on two kinds of cards, with small lots and quick set-ups."""

from __future__ import annotations

from supplynet.policies.input import WithdrawalCards
from supplynet.policies.ordering import Kanban
from supplynet.ranges import checked
from supplynet.scenario import Scenario
from supplynet.scenarios.factory_line import DEMAND, DEMAND_SD, STATIONS, UNIT_TIME, Line, whole


def build(
    *,
    stations: int = STATIONS,
    lot: float = 25.0,
    setup: float = 5.0,
    unit_time: float = UNIT_TIME,
    cards: int = 5,
    finished_cards: int = 8,
    container: float = 5.0,
    demand: float = DEMAND,
    demand_sd: float = DEMAND_SD,
    breakdown: float = 0.0,
) -> Scenario:
    """A line in which nothing is made or moved before the next station has used some: Toyota's two cards.

    Steel passes machines (`stations` of them), each of which makes lots, and an assembly, which keeps what customers
    buy; who finds none waits. A withdrawal card fetches a container when the one that it hung on is opened; fetching it
    frees a production card, which asks the machine behind for another; a machine begins when a lot's worth of cards
    has come. Nobody has a forecast or a plan. A period is a minute, goods and cards move at once.

    Compare it with `batch-line`, the same machines and the same customers before the change: large lots, because
    set-ups are long, and a schedule for every station. Work in process falls by more than three quarters (1,287 to 265,
    means of 100 runs) at equal output and no worse service, through cards *and* small lots *and* quick set-ups
    together: cards alone with large lots save 18 %, small lots alone under a schedule 22 %
    (experiments/wip_anatomy.py), and small lots without quick set-ups cannot keep up at all. Machines hold stations *
    (setup + lot * unit_time) over the takt in any case; the rest waits, and that rest is what one compares with: a
    schedule that keeps its reserve in finished goods, five times those of the cards, holds 619 instead of 1,287, and
    with small lots 219, no more than the cards do. What cards give up: with so little stock, customers are short much
    sooner when a station fails (disrupt its capacity_factor). `conwip-line` runs the line on one kind of cards for all
    of it.

    stations: how many machines; lot: units that a machine makes at a time; setup: minutes before the first of them;
    unit_time: minutes a unit; cards: of each kind, at each machine, and in front of the assembly; finished_cards: cards
    on finished goods; container: units a card; demand, demand_sd: mean and standard deviation, units a minute;
    breakdown: chance that a machine cannot begin a lot in a minute. Lots and set-ups are machines and not rules, so
    both scenarios of the pair have them, with the values of the line before and after. The defaults put as few cards as
    a lot can do with, one lot in front of a machine, and one in it or behind it.

    Sources: the cards, Sugimori, Kusunoki, Cho & Uchikawa (1977), International Journal of Production Research 15(6);
    set-ups of single minutes, Shingo (1985), A Revolution in Manufacturing: The SMED System; lots and set-ups of 100
    and 20 and of 25 and 5, whose machines hold setup + lot * unit_time over the takt, a theory of one line
    (Hopp & Spearman, 2011, Factory Physics); demand, factory_line.py. Money: steel, wages of machine minutes and
    set-ups, and the price are assumptions; a set-up costs what its minutes do, so a quarter of the lot costs no more a
    unit if its set-up is four times as short. It leaves out levelling, several models, defects and stopping the line;
    everybody pays at once.
    """
    line = Line(stations, lot, setup, unit_time, demand, demand_sd, breakdown)
    cards, finished_cards = whole("cards", cards, least=1), whole("finished_cards", finished_cards, least=1)
    must = f"> 0 and at most the lot, {line.lot:g}; lower it"
    container = checked("container", container, least=1e-9, most=line.lot, must=must)
    if cards * container < line.lot * (1.0 - 1e-9):
        raise ValueError(
            f"cards is {cards}, of {container:g} units each, must be enough for a lot, {line.lot:g}, or no machine "
            f"could begin one; give {-int(-line.lot // container)} or more"
        )
    held = cards * container
    rules = {"ordering": Kanban(cards, container), "input_rule": WithdrawalCards(cards, container), "on_hand": held}
    finished = {**rules, "ordering": Kanban(finished_cards, container), "on_hand": finished_cards * container}
    return line.scenario(
        "toyota", lambda number: rules, finished, input_stock=held,
        about="a line on two kinds of cards with small lots and quick set-ups: nothing is made before it is used",
        hint="supplynet compare toyota batch-line, the same line with large lots and a schedule for every station",
    )  # fmt: skip
