"""Zara: a first batch, then small orders week by week from what the tills say."""

from __future__ import annotations

from supplynet.policies.ordering import SeasonReplenishment
from supplynet.scenario import Scenario
from supplynet.scenarios.fashion import PERIODS, SHOP_LEAD, Fashion


def build(
    *,
    first_share: float = 0.35,
    service: float = 0.98,
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
    """Buy a part of the season, see what sells, and have that made while the season lasts.

    Nobody knows which style will take on, and the first weeks tell. So a third of what a season may need is bought
    before it opens. Then each centre is told every week what buyers asked for, sharpens its estimate of each style's
    level (gamma-Poisson), and has no more made than will be wanted until the next order can be on the shelf, and never
    more than the newsvendor's quantity for all that is still to be sold at the full price. It stops when goods would
    come too late for that: the sale is not made for. Shops draw on the centre each week towards what they will sell
    until the next delivery.

    The same network, buyers and luck as `push-retail`; only the rules of centres and shops are others. What it shows:
    less left over, fewer sales lost at the full price, less marked down and written off, faster turns, more profit, all
    because a decision that is put off is a better one. That is bought with speed: with a longer lead_time the first
    batch has to last longer and news comes too late, until nothing is left of the advantage
    (experiments/lead_time_kills_zara.py). Most of what it does lose are bargain hunters, for whom it has nothing left.

    * first_share: part of the newsvendor's quantity for the season that is bought first (a quarter to a half; with
      traditional chains 80 to 100 %, Ghemawat & Nueno (2003), Harvard Business School case 9-703-497);
    * service: how often a centre or a shop covers demand until the next goods are for sale (an assumption);
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

    Left out: dearer work nearby, new styles in mid-season, buyers who learn to come early, and shelves kept full for
    show. Centres know what buyers asked for and did not find, as shop managers tell them.
    Source: Ferdows, Lewis & Machuca (2004), Harvard Business Review 82(11); Fisher & Raman (1996), Operations Research
    44(1).
    """
    trade = Fashion(
        styles, shops, units, forecast_cv, season, peak, swing, lead_time, price, unit_cost, salvage, markdown,
        sale_weeks, elasticity, holding_cost, payment_weeks,
    )  # fmt: skip
    shop = SeasonReplenishment(trade.forecast(1), forecast_cv, SHOP_LEAD, trade.critical_ratio, service)
    centre = SeasonReplenishment(
        trade.forecast(shops, trade.sale_starts), forecast_cv, lead_time + SHOP_LEAD, trade.critical_ratio, service,
        first_share, "told_demand",
    )  # fmt: skip
    return Scenario(
        "zara", trade.network(centre, shop), periods=PERIODS, start="empty",
        about="a season of fashion made in small batches while the tills say what sells",
        hint="supplynet run zara --set lead_time=8, where news comes too late",
    )  # fmt: skip
