"""Dual bounds: column and cut generation at the root node, and the Lagrangian decomposition that strengthens it."""
