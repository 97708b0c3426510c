"""Allocation rules: how what is on hand is shared among the lanes that wait for it."""

from supplynet.policies.allocation.final_demand import FinalDemand as FinalDemand
from supplynet.policies.allocation.priority import Priority as Priority
from supplynet.policies.allocation.proportional import Proportional as Proportional
from supplynet.policies.allocation.uniform import Uniform as Uniform
from supplynet.policies.allocation.water_fill import WaterFill as WaterFill
