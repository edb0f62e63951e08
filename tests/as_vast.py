"""Parameters that make small problems go through what large ones go through."""

from __future__ import annotations

from allokering.solvers.column_generation.parameters import DEFAULTS

AS_VAST = DEFAULTS.changed({"driver.large_scale": 1, "driver.enumerated": 0, "construction.group_sizes": (2, 3)})
"""Even two actors are too many for the simplex, groups have at most two, and no last program holds all options."""
