"""Residents without a GP. Points per resident and month."""

from __future__ import annotations

from allokering.evidence.written_plan import WrittenPlan
from allokering.kinds import PerResidentMonth

NAME = "residents without a GP"
PRICED_BY = "rules.coverage"


def price(params: PerResidentMonth, period_months: int) -> int:
    """Points per resident and period."""
    return params.per_resident_month * period_months


def recount(params: PerResidentMonth, written: WrittenPlan) -> int:
    """Points of the whole plan."""
    residents = sum(row.without_gp for row in written.plan.coverage)
    return residents * written.period_months * params.per_resident_month
