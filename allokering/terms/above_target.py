"""Patients above the targets of their holders' lists. Points per patient and month."""

from __future__ import annotations

from allokering.evidence.written_plan import WrittenPlan
from allokering.kinds import PerPatientMonth

NAME = "patients above the targets of their lists"
PRICED_BY = "rules.coverage"


def price(params: PerPatientMonth, period_months: int) -> int:
    """Points per patient and period."""
    return params.per_patient_month * period_months


def recount(params: PerPatientMonth, written: WrittenPlan) -> int:
    """Points of the whole plan."""
    patients = sum(row.above_target for row in written.plan.coverage)
    return patients * written.period_months * params.per_patient_month
