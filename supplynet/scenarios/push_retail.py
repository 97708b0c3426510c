"""Push retail: a season's fashion bought once, on a forecast made months ahead, and pushed into the shops."""

from __future__ import annotations

from supplynet.policies.ordering import PushAllocation, SeasonalBuy
from supplynet.scenario import Scenario
from supplynet.scenarios.fashion import PERIODS, Fashion


def build(
    *,
    styles: int = Fashion.styles,
    shops: int = Fashion.shops,
    units: float = Fashion.units,
    forecast_cv: float = Fashion.forecast_cv,
    season: int = Fashion.season,
    peak: float = Fashion.peak,
    swing: float = Fashion.swing,
    lead_time: int = Fashion.lead_time,
    price: float = Fashion.price,
    unit_cost: float = Fashion.unit_cost,
    salvage: float = Fashion.salvage,
    markdown: float = Fashion.markdown,
    sale_weeks: int = Fashion.sale_weeks,
    elasticity: float = Fashion.elasticity,
    holding_cost: float = Fashion.holding_cost,
    payment_weeks: int = Fashion.payment_weeks,
) -> Scenario:
    """Buy the whole season at once, push it into the shops, mark down what does not sell, and scrap the rest.

    Months before the season a chain decides how much of each style it will want. The forecast may be far off, so it
    buys the newsvendor's quantity: enough to serve three seasons in four in full. The goods come to a centre, which
    sends each shop its part at once, needed or not. Then nothing moves any more but the buyers. A style that takes on
    is soon sold out and loses sales for weeks; one that does not fills the shops, is marked down in the last weeks,
    when demand rises by its elasticity, and what is left on the last day is scrapped at its salvage value.

    A week is a period. Each style has a level, drawn once a season and the same for all its shops; what a shop's buyers
    want in a week is Poisson around it. A style's level has its luck by the style's name, a week's demand by that of
    the buyers. Buyers who find nothing go elsewhere. `zara` has the same network, buyers and luck, and other rules:
    `supplynet compare push-retail zara` shows what that is worth. Whoever buys once gains nothing by a shorter
    lead_time, and here it only keeps goods on their way for longer: the season opens when they are in the shops.

    * styles: how many, each with a level of its own; shops: how many sell each style, in equal parts;
    * units: demand of a style in a season at the opening price, all shops together, as it is forecast;
    * forecast_cv: standard deviation of the forecast's error, over the forecast (0.4 to 0.8 in fashion, after Fisher,
      Hammond, Obermeyer & Raman (1994), Harvard Business Review 72(3));
    * season: weeks; peak: part of the season after which sales are highest; swing: how much they rise and fall, from 0,
      even, to 1, a triangle (assumptions);
    * lead_time: weeks from an order to the centre's shelf, of making and moving; a week more to the shops;
    * price: money a unit at the opening; unit_cost: money a unit, paid to the maker; salvage: money a unit that is left
      over at the end brings (a critical ratio of 0.75, assumed);
    * markdown: part of the price that is taken off in the sale; sale_weeks: weeks that the sale lasts (assumptions);
    * elasticity: per cent by which demand rises where the price falls by one (the mean of 367 estimates, Tellis (1988),
      Journal of Marketing Research 25(4));
    * holding_cost: money a unit and week (26 % of the cost a year, after Silver, Pyke & Thomas (2017));
    * payment_weeks: weeks from shipment until the maker is paid (60 days at most, Directive 2011/7/EU).

    Left out: buyers who choose another style or size, shops that lend to each other, prices set by what is left, and
    the months in which the forecast is made; they are in its error.
    Source: Fisher & Raman (1996), Operations Research 44(1); the newsvendor, Arrow, Harris & Marschak (1951).
    """
    trade = Fashion(
        styles, shops, units, forecast_cv, season, peak, swing, lead_time, price, unit_cost, salvage, markdown,
        sale_weeks, elasticity, holding_cost, payment_weeks,
    )  # fmt: skip
    buy = SeasonalBuy(units, forecast_cv * units, price, unit_cost, salvage, season=PERIODS)
    return Scenario(
        "push-retail", trade.network(buy, PushAllocation(1.0 / shops)), periods=PERIODS, start="empty",
        about="a season of fashion bought once on a forecast, pushed into the shops, marked down, and scrapped",
        hint="supplynet compare push-retail zara, where the same buyers are served from what the tills say",
    )  # fmt: skip
