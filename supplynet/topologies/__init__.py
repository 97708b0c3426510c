"""Networks made up, as plain arrays: from an input-output table, scale-free, in layers."""

from supplynet.topologies.balanced import firms_on
from supplynet.topologies.io_firms import Firms, firms_of
from supplynet.topologies.io_table import IoTable
from supplynet.topologies.layered import layered
from supplynet.topologies.scale_free import Topology, scale_free

__all__ = ["Firms", "IoTable", "Topology", "firms_of", "firms_on", "layered", "scale_free"]
