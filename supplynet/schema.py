"""Every column of the model, declared once: table, name, unit, default, meaning.

Arrays, agent attributes, checks and the documentation all come from these lines. Columns that a user
gives are inputs; columns that the engine fills are results. Quantities are in units of the node's product,
times in periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

Table = Literal["node", "lane", "inbound", "outbound", "input", "signal"]

KINDS: Final = ("supplier", "factory", "distributor", "customer")
CUSTOMER: Final = KINDS.index("customer")
UNFILLED: Final = ("backorder", "lost")
ORDER_SIZES: Final = ("order_multiple", "minimum_order_quantity", "order_cap")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table; `key` is the name by which kernels, records and plots know it."""

    table: Table
    name: str
    dtype: type
    unit: str
    default: float | str | None
    meaning: str
    random: bool = False

    @property
    def key(self) -> str:
        """The column's name, with its table before it where a node column has the same name."""
        return f"lane_{self.name}" if self.table == "outbound" and self.name == "backlog" else self.name


def _inputs() -> Iterator[Column]:
    text, real, whole = str, np.float64, np.uint32
    yield Column("node", "kind", text, "", "distributor", "supplier, factory, distributor or customer")
    yield Column("node", "product", text, "", None, "what the node makes or stocks (default: its own name)")
    yield Column("node", "site", text, "", "", "label: place")
    yield Column("node", "region", text, "", "", "label: region")
    yield Column("node", "sector", text, "", "", "label: industry")
    yield Column("node", "on_hand", real, "units", 0.0, "opening stock of finished goods")
    yield Column("node", "capacity", real, "units/period", np.inf, "most output that one period can start", random=True)
    yield Column("node", "capacity_factor", real, "", 1.0, "part of the capacity that is there; disruptions lower it")
    yield Column("node", "stock_factor", real, "", 1.0, "part of on_hand that outlasts a period; disruptions lower it")
    yield Column("node", "demand_factor", real, "", 1.0, "times a customer's demand; disruptions change it")
    yield Column("node", "order_factor", real, "", 1.0, "part of its orders that it places; disruptions lower it")
    yield Column("node", "hoarding", real, "periods", 0.0, "of normal use that it wants to hold beyond its target")
    yield Column(
        "node", "production_lead_time", whole, "periods", 0.0,
        "from start to finish of production; 0 = the same period", random=True,
    )  # fmt: skip
    yield Column(
        "node", "normal_output", real, "units/period", np.nan, "output of a normal period (default: mean demand)"
    )
    yield Column("node", "order_multiple", real, "units", 0.0, "orders are rounded up to multiples of it; 0 = not")
    yield Column("node", "minimum_order_quantity", real, "units", 0.0, "an order is at least so much, or nothing")
    yield Column("node", "order_cap", real, "units/period", np.inf, "an order is at most so much; the rest can wait")
    yield Column("node", "lot", real, "units", 0.0, "a machine makes lots of so much, each leaves whole; 0 = none")
    yield Column("node", "setup", real, "periods", 0.0, "machine time that a lot takes before its first unit")
    yield Column("node", "unit_time", real, "periods/unit", 0.0, "machine time that a unit of a lot takes")
    yield Column("node", "price", real, "money/unit", 0.0, "asked for a unit of the product", random=True)
    yield Column("node", "holding_cost", real, "money/unit/period", 0.0, "charged on on_hand at the end of a period")
    yield Column("node", "backlog_cost", real, "money/unit/period", 0.0, "charged on backlog at the end of a period")
    yield Column("node", "lost_cost", real, "money/unit", 0.0, "charged on demand that is lost")
    yield Column("node", "fixed_order_cost", real, "money/order", 0.0, "charged in each period with an order")
    yield Column("node", "setup_cost", real, "money/lot", 0.0, "charged on each lot that a machine starts")
    yield Column("node", "production_cost", real, "money/unit", 0.0, "paid for making a unit, beside its inputs")
    yield Column("node", "salvage_price", real, "money/unit", 0.0, "what a scrapped unit still brings")
    yield Column(
        "lane", "order_lead_time", whole, "periods", 0.0,
        "an order placed in t is booked in t + order_lead_time", random=True,
    )  # fmt: skip
    yield Column(
        "lane", "shipment_lead_time", whole, "periods", 1.0,
        "goods shipped in t are usable in t + shipment_lead_time", random=True,
    )  # fmt: skip
    yield Column("lane", "unfilled", text, "", "backorder", "what is not shipped at once: backorder or lost")
    yield Column(
        "lane", "in_transit_cost", real, "money/unit/period", 0.0, "charged to the supplier on goods in transit"
    )
    yield Column(
        "lane", "orders_in_mail", real, "units/slot", np.nan, "opening orders, one amount for each period of lead time"
    )
    yield Column(
        "lane", "goods_in_transit", real, "units/slot", np.nan, "opening goods, one amount for each period of lead time"
    )
    yield Column("lane", "input_stock", real, "units", np.nan, "opening stock of this supplier's goods at the buyer")
    yield Column("lane", "product", text, "", None, "what travels (default: the supplier's product)")
    yield Column("lane", "payment_terms", whole, "periods", 0.0, "goods shipped in t are paid in t + payment_terms")
    yield Column("inbound", "share", real, "", np.nan, "part of the buyer's need of this input (default: equal parts)")
    yield Column(
        "outbound", "normal_order", real, "units/period", np.nan, "order of a usual period (default: the mean flow)"
    )
    yield Column(
        "outbound", "open_factor", real, "", 1.0, "part of a normal order that can leave; 1 = any, disruptions lower it"
    )
    yield Column("outbound", "transit_factor", real, "", 1.0, "part of the goods in transit that outlasts a period")
    yield Column("outbound", "extra_lead_time", whole, "periods", 0.0, "that goods take longer; disruptions raise it")
    yield Column("outbound", "priority", real, "", 0.0, "lowest is served first")
    yield Column("input", "units_per_output", real, "units/unit", 1.0, "bill of materials")
    yield Column("input", "target", real, "units", 0.0, "raw material to hold beyond need; a customer's pantry")
    yield Column("input", "cover", real, "periods", 0.0, "periods of normal usage to hold, for days-of-cover")
    yield Column("input", "criticality", real, "", 1.0, "1 = output stops without it, 0 = output does not need it")
    yield Column(
        "input", "input_holding_cost", real, "money/unit/period", 0.0, "charged on input stock at the end of a period"
    )


def _results() -> Iterator[Column]:
    def column(table: Table, name: str, unit: str, meaning: str) -> Column:
        return Column(table, name, np.float64, unit, 0.0, meaning)

    yield column("node", "on_hand", "units", "stock of finished goods")
    yield column("node", "backlog", "units", "demand booked and not yet shipped (a customer's: need not yet met)")
    yield column("node", "demand", "units/period", "asked of the node this period")
    yield column("node", "inventory_position", "units", "on hand, in process and wanted, less backlog, before ordering")
    yield column(
        "node", "production_order", "units/period", "how much more of its own product the node decided to want"
    )
    yield column("node", "production_backlog", "units", "decided and not started")
    yield column("node", "production_started", "units/period", "started this period")
    yield column("node", "in_process", "units", "started and not finished")
    yield column("node", "production", "units/period", "finished this period")
    yield column("node", "shipped", "units/period", "shipped this period (a customer's: consumed)")
    yield column("node", "filled", "units/period", "shipped in the very period in which it was demanded")
    yield column("node", "lost", "units/period", "demand of a customer that nobody will serve")
    yield column("node", "scrapped", "units/period", "destroyed, spoiled or written off")
    yield column("node", "interest", "units/period", "what customers look at before they buy (see EarlyInterest)")
    yield column("node", "cost", "money/period", "holding, backlog, lost sales, orders, set-ups and transit")
    yield column("inbound", "received", "units/period", "arrived on the lane this period")
    yield column("inbound", "order", "units/period", "ordered on the lane this period")
    yield column("inbound", "input_stock", "units", "held by the buyer of this supplier's goods")
    yield column("inbound", "spoiled", "units/period", "destroyed or spoiled of what the buyer held of these goods")
    yield column("inbound", "on_order", "units", "ordered and not yet received")
    yield column("outbound", "booked", "units/period", "orders that arrived on the lane this period")
    yield column("outbound", "backlog", "units", "booked on the lane and not yet shipped")
    yield column("outbound", "shipment", "units/period", "shipped on the lane this period")
    yield column("outbound", "destroyed", "units/period", "destroyed of the goods in transit")
    yield column("outbound", "billed", "money/period", "charged for what was shipped on the lane this period")
    yield column("outbound", "cancelled", "units/period", "unfilled on a lost-sales lane, struck off this period")


INPUTS: Final = tuple(_inputs())
RESULTS: Final = tuple(_results())


def inputs(table: Table) -> dict[str, Column]:
    """The columns of a table that a user may give, by name."""
    return {column.name: column for column in INPUTS if column.table == table}


def lane_inputs() -> dict[str, Column]:
    """All input columns that a lane may carry: its own, those of its two ends and those of its input."""
    return inputs("lane") | inputs("inbound") | inputs("outbound") | inputs("input")


def tellable() -> dict[str, Column]:
    """The node columns that a signal may tell: all results, and the inputs that may change from period to period."""
    changing = {name: column for name, column in inputs("node").items() if column.random and column.dtype is np.float64}
    return changing | results("node")


def results(table: Table) -> dict[str, Column]:
    """The columns of a table that the engine fills, by key."""
    return {column.key: column for column in RESULTS if column.table == table}
