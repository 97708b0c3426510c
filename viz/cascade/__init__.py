"""Cascade: strike firms of a network, and watch the wave day by day."""
