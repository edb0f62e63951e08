"""The exact solver: every option enumerated, tier by tier, to proven optimality."""
