"""Ordering rules: how much more of its own product a node wants."""

from supplynet.policies.ordering.base_stock import BaseStock
from supplynet.policies.ordering.make_to_order import MakeToOrder
from supplynet.policies.ordering.order_up_to_exponential_smoothing import OrderUpToExponentialSmoothing
from supplynet.policies.ordering.order_up_to_moving_average import OrderUpToMovingAverage
from supplynet.policies.ordering.plan import Plan
from supplynet.policies.ordering.sterman import Sterman

__all__ = ["BaseStock", "MakeToOrder", "OrderUpToExponentialSmoothing", "OrderUpToMovingAverage", "Plan", "Sterman"]
