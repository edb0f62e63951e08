"""The restricted master problem, its duals, its column pool and pricing."""
