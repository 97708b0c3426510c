"""Processes: what changes from period to period, by a rule or by luck, one file each.

Those that all others build on are in demand.py and distributions.py.
"""

from supplynet.processes.decay import Decay as Decay
from supplynet.processes.interest import EarlyInterest as EarlyInterest
from supplynet.processes.outages import Interruptions as Interruptions
from supplynet.processes.outages import Outages as Outages
from supplynet.processes.price_response import PriceResponse as PriceResponse
from supplynet.processes.season import SellingSeason as SellingSeason
from supplynet.processes.unknown_rate import UnknownRate as UnknownRate
