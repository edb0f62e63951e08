"""The restricted master problem (RMP): its columns, its duals, and pricing."""
