"""Primal heuristics: first fit, diving, and sub-MIPs with most actors fixed."""
