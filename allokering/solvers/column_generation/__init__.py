"""Column generation for problems whose options are too many to list."""
