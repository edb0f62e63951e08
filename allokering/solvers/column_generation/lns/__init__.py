"""Large-neighbourhood search: destroy operators, their sizes, and the order they run in."""
