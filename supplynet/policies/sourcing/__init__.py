"""Sourcing rules: how a buyer's need of an input is split among the lanes that bring it."""

from supplynet.policies.sourcing.backup_supplier import BackupSupplier as BackupSupplier
from supplynet.policies.sourcing.fixed_shares import FixedShares as FixedShares
from supplynet.policies.sourcing.share_by_reliability import ShareByReliability as ShareByReliability
