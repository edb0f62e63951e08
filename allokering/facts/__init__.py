"""What rules and stages know of an instance under a model, computed once. The verifier keeps its own reading."""
