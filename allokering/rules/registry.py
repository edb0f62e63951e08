"""Every kind of rule and the module that knows it."""

from __future__ import annotations

from types import ModuleType

from allokering.rules import (
    absences,
    budget,
    catchment,
    coverage,
    cross_border,
    eligibility,
    free_places,
    groups,
    list_limits,
    not_before,
    notice,
    one_path,
    openings,
    pins,
    pipeline,
    position_places,
    recruitment,
    selection,
    shared_position,
    site_slots,
    start_window,
    trainees_per_municipality,
    training_time,
)
from allokering.rules.supervision import rule as supervision

RULES: dict[str, ModuleType] = {
    "one_path": one_path,
    "training_time": training_time,
    "start_window": start_window,
    "eligibility": eligibility,
    "not_before": not_before,
    "notice": notice,
    "catchment": catchment,
    "pins": pins,
    "position_places": position_places,
    "shared_position": shared_position,
    "site_slots": site_slots,
    "supervision": supervision,
    "absences": absences,
    "trainees_per_municipality": trainees_per_municipality,
    "coverage": coverage,
    "list_limits": list_limits,
    "cross_border": cross_border,
    "groups": groups,
    "openings": openings,
    "recruitment": recruitment,
    "pipeline": pipeline,
    "budget": budget,
    "selection": selection,
    "free_places": free_places,
}
"""The order is that of `kinds.RULE_KINDS`."""
