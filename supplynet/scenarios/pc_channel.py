"""Build-to-forecast: every four weeks a maker of computers fills its channel again, model by model."""

from __future__ import annotations

from supplynet.policies.ordering import BuildToOrder, PeriodicReview
from supplynet.scenario import Scenario
from supplynet.scenarios import computers


def build(
    *,
    models: int = computers.MODELS,
    cover_days: float = 42.0,
    review_days: int = 28,
    receivable_days: int = 51,
    payable_days: int = 46,
    weekly_cv: float = computers.WEEKLY_CV,
    price_fall: float = computers.PRICE_FALL,
    cost_share: float = computers.COST_SHARE,
    processing: int = computers.PROCESSING,
    building: int = computers.BUILDING,
    delivery: int = computers.DELIVERY,
) -> Scenario:
    """The network, customers and prices of `dell`, but computers are built before they are sold. A year of days.

    At each review a model is built up to what the forecast sells in the days of its cover; components are bought for
    that plan, and none are stocked. A customer takes a computer from the shelf, or waits for the plan. What stands in
    the channel is the maker's, sold or not: it makes good to dealers what prices fall, and takes back what is not sold.
    It shows customers who do not wait; four weeks of stock; and components that were bought a month before they are
    sold, at the prices of then. On the terms of `dell` (`receivable_days=30 payable_days=70`) its cash cycle is
    negative too, about -11 days, a mean of 40 runs, since 29 + 30 is less than 70. With its own it is not: of the days
    between the cycles of the two, a third comes from the way of working and two thirds from the terms.

    models: how many, each with customers of its own; cover_days: days that a model lasts when its plan has come;
    review_days: days from one plan to the next; receivable_days: days after which customers pay a computer;
    payable_days: days after which a delivered component is paid; weekly_cv: standard deviation over mean of a model's
    demand in a week, all days and models independent; price_fall: part of the price that components and computers lose
    in a week; cost_share: part of a computer's price that its components cost; processing: days from a plan to the
    floor; building: days that a computer is built; delivery: days from an order to the component, which is the
    supplier's until then.

    Sources: 51 and 46 days, Dell's own quarters of 1993 to 1996 on average, before it managed its cash cycle, Ruback &
    Sesia (2003), Dell's Working Capital, Harvard Business School case 201-029; six weeks, what dealers held of Compaq's
    computers, SoundView Financial Group (16 December 1997); that the maker bears their loss of value, Callioni et al.
    (2005), Harvard Business Review 83(3). A plan every four weeks is an assumption. Left out: what `dell` leaves out,
    errors of the forecast and models that nobody wants any more above all.
    """
    maker = computers.Maker(
        models, cover_days, review_days, receivable_days, payable_days, weekly_cv, price_fall, cost_share, processing,
        building, delivery,
    )  # fmt: skip
    filled = (cover_days + processing + delivery + building) * computers.DEMAND
    network = maker.network(
        BuildToOrder(), lambda number: PeriodicReview(filled, review_days, maker.review_of(number)), stocks="models"
    )
    return Scenario(
        "pc-channel", network, periods=computers.DAYS, warm_up=computers.WARM_UP,
        about="computers built to a forecast, which fill a channel every four weeks",
        hint="supplynet compare dell pc-channel, where the same customers wait for computers that are built to order",
    )  # fmt: skip
