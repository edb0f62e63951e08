"""Dual bounds: the root node and what strengthens it."""
