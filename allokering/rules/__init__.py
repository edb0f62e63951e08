"""The rules: one file per rule kind, each with `enforce` (for the solver) and `check` (for the verifier)."""
