"""Solvers for the placement; the only modules that import a solver for it."""
