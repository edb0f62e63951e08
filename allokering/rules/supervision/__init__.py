"""Supervision: the rule, and the places that supervisors give."""
