"""Compare: two systems, or two rules, side by side on the same demand and the same shock."""
