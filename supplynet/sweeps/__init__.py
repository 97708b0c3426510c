"""Sweeps: many scenarios, many replications of each, one tidy row per run."""
