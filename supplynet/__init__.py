"""supplynet."""
