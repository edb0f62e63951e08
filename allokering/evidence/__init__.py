"""Reading a written plan: who is where and when, by the plan's own rows. For checks, verifier and report."""
