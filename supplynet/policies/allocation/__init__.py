"""Allocation rules: how what is on hand is shared among the lanes that wait for it."""

from supplynet.policies.allocation.final_demand import FinalDemand
from supplynet.policies.allocation.priority import Priority
from supplynet.policies.allocation.proportional import Proportional
from supplynet.policies.allocation.uniform import Uniform
from supplynet.policies.allocation.water_fill import WaterFill

__all__ = ["FinalDemand", "Priority", "Proportional", "Uniform", "WaterFill"]
