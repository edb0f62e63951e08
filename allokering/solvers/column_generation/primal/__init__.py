"""Primal heuristics: greedy, diving, and sub-MIPs with most actors fixed."""
