"""From instance and model to a problem, and from its solution to the rows of a plan."""
