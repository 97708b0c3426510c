"""Build-to-order: no computer is made before it is sold, and all models share one stock of components."""

from __future__ import annotations

from supplynet.policies.ordering import BuildToOrder, PeriodicReview
from supplynet.scenario import Scenario
from supplynet.scenarios import computers


def build(
    *,
    models: int = computers.MODELS,
    cover_days: float = 7.0,
    review_days: int = 7,
    receivable_days: int = 30,
    payable_days: int = 70,
    weekly_cv: float = computers.WEEKLY_CV,
    price_fall: float = computers.PRICE_FALL,
    cost_share: float = computers.COST_SHARE,
    processing: int = computers.PROCESSING,
    building: int = computers.BUILDING,
    delivery: int = computers.DELIVERY,
) -> Scenario:
    """A maker of twenty models sells first and then builds; it stocks components and not one computer. A year of days.

    At each review every component is ordered up to its cover. A customer's order goes to the floor, takes a kit of all
    four components, or waits until there is one, is built, and leaves. It shows a stock of five days, because what all
    models share needs little against the chances of each; components that cost hardly more than on the day of the sale;
    customers who pay before suppliers are paid. The price of it is the wait: nobody gets a computer at once. With
    `models=1` the same cover runs dry in one week of three, and not of fourteen: that is what pooling is worth. Waiting
    costs nothing here; make it cost: `--set factory.backlog_cost=2`, in money for a computer and day.

    models: how many, each with customers of its own; cover_days: days that a component lasts when its delivery has
    come; review_days: days from one order of components to the next; receivable_days: days after which customers pay a
    computer; payable_days: days after which a delivered component is paid; weekly_cv: standard deviation over mean of a
    model's demand in a week, all days and models independent; price_fall: part of the price that components and
    computers lose in a week; cost_share: part of a computer's price that its components cost; processing: days from a
    customer's order to the floor; building: days that a computer is built; delivery: days from an order to the
    component, which is the supplier's until then.

    Sources: 30 and 70 days, Dell Inc., Form 10-K for fiscal 2005, with 3 to 4 days of stock and a cycle of -37, -36 and
    -37 days; the others beside the numbers in computers.py. A cover and a review of one week are assumptions. Left out:
    a boom of the whole market, against which pooling does nothing; suppliers who are short; returns, the dealers'
    margin, wages, interest. The mean of demand is known: a better forecast than anybody has.
    """
    maker = computers.Maker(
        models, cover_days, review_days, receivable_days, payable_days, weekly_cv, price_fall, cost_share, processing,
        building, delivery,
    )  # fmt: skip
    filled = (cover_days + delivery) * models * computers.DEMAND
    return Scenario(
        "dell", maker.network(PeriodicReview(filled, review_days), lambda number: BuildToOrder(), stocks="components"),
        periods=computers.DAYS, warm_up=computers.WARM_UP,
        about="computers built to order from components that all models share",
        hint="supplynet compare dell pc-channel, where the same computers are built to a forecast and fill a channel",
    )  # fmt: skip
