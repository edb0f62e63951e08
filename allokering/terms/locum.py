"""Patients cared for by locums, each at a share of what a locum costs, whole kroner a period."""

from __future__ import annotations

from allokering.evidence.written_plan import WrittenPlan
from allokering.kinds import Locum

NAME = "locums"
PRICED_BY = "rules.coverage"
IS_NOK = True


def price(params: Locum, period_months: int) -> int:
    """NOK per patient and period."""
    return params.nok_per_week * 52 * period_months // (12 * params.patients_per_locum)


def recount(params: Locum, written: WrittenPlan) -> int:
    """NOK of the whole plan."""
    nok_per_patient = params.nok_per_week * 52 * written.period_months // (12 * params.patients_per_locum)
    return nok_per_patient * sum(row.locum for row in written.plan.coverage)
