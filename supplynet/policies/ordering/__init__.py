"""Ordering rules: how much more of its own product a node wants."""

from supplynet.policies.ordering.base_stock import BaseStock
from supplynet.policies.ordering.build_to_order import BuildToOrder
from supplynet.policies.ordering.conwip import Conwip
from supplynet.policies.ordering.demand_inference import DemandInference
from supplynet.policies.ordering.forecast_push import ForecastPush
from supplynet.policies.ordering.forward_buying import ForwardBuying
from supplynet.policies.ordering.kanban import Kanban
from supplynet.policies.ordering.make_to_order import MakeToOrder
from supplynet.policies.ordering.order_up_to_ar1 import OrderUpToAR1
from supplynet.policies.ordering.order_up_to_exponential_smoothing import OrderUpToExponentialSmoothing
from supplynet.policies.ordering.order_up_to_moving_average import OrderUpToMovingAverage
from supplynet.policies.ordering.periodic_review import PeriodicReview
from supplynet.policies.ordering.plan import Plan
from supplynet.policies.ordering.pos_replenishment import POSReplenishment
from supplynet.policies.ordering.proportional_order_up_to import ProportionalOrderUpTo
from supplynet.policies.ordering.push_allocation import PushAllocation
from supplynet.policies.ordering.reorder_point_lots import ReorderPointLots
from supplynet.policies.ordering.reorder_point_order_up_to import ReorderPointOrderUpTo
from supplynet.policies.ordering.season_replenishment import SeasonReplenishment
from supplynet.policies.ordering.seasonal_buy import SeasonalBuy
from supplynet.policies.ordering.sterman import Sterman
from supplynet.policies.ordering.vendor_managed_inventory import VendorManagedInventory

__all__ = [
    "BaseStock",
    "BuildToOrder",
    "Conwip",
    "DemandInference",
    "ForecastPush",
    "ForwardBuying",
    "Kanban",
    "MakeToOrder",
    "OrderUpToAR1",
    "OrderUpToExponentialSmoothing",
    "OrderUpToMovingAverage",
    "POSReplenishment",
    "PeriodicReview",
    "Plan",
    "ProportionalOrderUpTo",
    "PushAllocation",
    "ReorderPointLots",
    "ReorderPointOrderUpTo",
    "SeasonReplenishment",
    "SeasonalBuy",
    "Sterman",
    "VendorManagedInventory",
]
