"""Comparisons with other solvers and with published results."""
