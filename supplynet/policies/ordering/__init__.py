"""Ordering rules: how much more of its own product a node wants."""

from supplynet.policies.ordering.base_stock import BaseStock as BaseStock
from supplynet.policies.ordering.build_to_order import BuildToOrder as BuildToOrder
from supplynet.policies.ordering.conwip import Conwip as Conwip
from supplynet.policies.ordering.demand_inference import DemandInference as DemandInference
from supplynet.policies.ordering.forecast_push import ForecastPush as ForecastPush
from supplynet.policies.ordering.forward_buying import ForwardBuying as ForwardBuying
from supplynet.policies.ordering.kanban import Kanban as Kanban
from supplynet.policies.ordering.make_to_order import MakeToOrder as MakeToOrder
from supplynet.policies.ordering.order_up_to_ar1 import OrderUpToAR1 as OrderUpToAR1
from supplynet.policies.ordering.order_up_to_exponential_smoothing import (
    OrderUpToExponentialSmoothing as OrderUpToExponentialSmoothing,
)
from supplynet.policies.ordering.order_up_to_moving_average import OrderUpToMovingAverage as OrderUpToMovingAverage
from supplynet.policies.ordering.periodic_review import PeriodicReview as PeriodicReview
from supplynet.policies.ordering.plan import Plan as Plan
from supplynet.policies.ordering.pos_replenishment import POSReplenishment as POSReplenishment
from supplynet.policies.ordering.proportional_order_up_to import ProportionalOrderUpTo as ProportionalOrderUpTo
from supplynet.policies.ordering.push_allocation import PushAllocation as PushAllocation
from supplynet.policies.ordering.reorder_point_lots import ReorderPointLots as ReorderPointLots
from supplynet.policies.ordering.reorder_point_order_up_to import ReorderPointOrderUpTo as ReorderPointOrderUpTo
from supplynet.policies.ordering.season_replenishment import SeasonReplenishment as SeasonReplenishment
from supplynet.policies.ordering.seasonal_buy import SeasonalBuy as SeasonalBuy
from supplynet.policies.ordering.sterman import Sterman as Sterman
from supplynet.policies.ordering.vendor_managed_inventory import VendorManagedInventory as VendorManagedInventory
